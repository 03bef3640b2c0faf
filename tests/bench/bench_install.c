/* SPDX-License-Identifier: MIT */
/*
 * bench_install [--json] [--turns N] HOST BARE_INSTALL MODULE LABEL DIR
 *
 * What a portal waits for renewal.install, a same-key renewal, beside the bare PKCS#11 calls of it: turn by turn on one
 * token, whose certificate the host renews, then the bare program, and so on. DIR holds what issue.c put there.
 *
 * Counted, of the host: from the request to the reply, with the start of the dialog's program and all that is said to it
 * (answer.c, which answers at once: nothing is subtracted), and with the journal's flushes. Not counted: the start of
 * the broker, renewal.begin, and renewal.preview, behind which the login worker starts. Of the bare program: from its start to
 * its answer, which is behind the logout, as the host's reply is.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "child.h"
#include "series.h"

#define TURNS        100U
#define WARM_UP      2U
#define TURNS_MAX    4000U
#define REST_MS      30L
#define TOKEN_LEN    32U
#define ID_LEN       64U
#define RENEWAL_LEN  128U
#define PEM_MAX_LEN  4096U
#define BODY_MAX_LEN (6U * PEM_MAX_LEN)

#define PORTAL "https://portal.example"
#define HEAD                                                                                                           \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"context\":{\"origin\":\"" PORTAL "\",\"topOrigin\":\"" PORTAL                     \
    "\",\"documentId\":\"D0\",\"userActivation\":true,\"lang\":\"en\"},\"method\":"

static const char LIST[] = HEAD "\"tokens.list\"}";

static struct series ours;
static struct series theirs;

/* The host's steps, as `progress` tells them, and the reply. Each begins where the one before ends. */
static const char *const steps[] = { "check", "pin", "write", "prove", "commit", "tidy", NULL };
#define STEPS (sizeof(steps) / sizeof(steps[0]))
static struct series step_us[STEPS];
static double last_step_us[STEPS];

struct place {
    const char *host;
    const char *bare;
    const char *module;
    const char *label;
    const char *dir;
};

/* Copy the string behind the first @p name of the last reply, of at most @p max_len characters. */
static int
read_string(const char *name, size_t max_len, char *ret_text)
{
    const char *at = strstr(child_reply(), name);
    size_t len;

    if (at == NULL) {
        return -1;
    }
    at += strlen(name);
    len = strcspn(at, "\"");
    if (len == 0 || len > max_len) {
        return -1;
    }
    memcpy(ret_text, at, len);
    ret_text[len] = '\0';
    return 0;
}

/* Note how long it took to the step that the last message tells, if it tells one. */
static void
note_step(double *inout_us)
{
    const double us = now_us();
    char name[32];
    size_t i = 0;

    if (read_string("\"step\":\"", sizeof(name) - 1U, name) != 0) {
        return;
    }
    while (i + 1U < STEPS && strcmp(steps[i], name) != 0) {
        i++;
    }
    last_step_us[i] = us - *inout_us;
    *inout_us = us;
}

/* Ask, and listen to what is told on the way to the reply. */
static int
ask(const struct child *host, const char *body)
{
    double us = now_us();

    if (child_send(host, body) != 0) {
        return -1;
    }
    while (child_receive(host) != 0) {
        if (strstr(child_reply(), "\"method\":") == NULL) {
            return -1;
        }
        note_step(&us);
    }
    last_step_us[STEPS - 1U] = now_us() - us;
    return 0;
}

/* A file's text as it stands in JSON, where a line's end is two characters. */
static int
read_pem(const char *dir, const char *name, char ret_text[PEM_MAX_LEN])
{
    char path[PEM_MAX_LEN];
    FILE *file = NULL;
    size_t len = 0;
    int c;

    (void)snprintf(path, sizeof(path), "%s/%s.pem", dir, name);
    file = fopen(path, "r");
    if (file == NULL) {
        return -1;
    }
    while ((c = fgetc(file)) != EOF && len + 3U < PEM_MAX_LEN) {
        if (c == '\n') {
            ret_text[len++] = '\\';
            c = 'n';
        }
        ret_text[len++] = (char)c;
    }
    ret_text[len] = '\0';
    return fclose(file) == 0 && c == EOF ? 0 : -1;
}

/* What a portal does before: which UKey, which certificate, and the request. */
static int
begin(const struct child *host, unsigned int turn, char ret_renewal[RENEWAL_LEN + 1U])
{
    char token[TOKEN_LEN + 1U];
    char id[ID_LEN + 1U];
    char body[1024];

    if (ask(host, LIST) != 0 || read_string("\"id\":\"", TOKEN_LEN, token) != 0) {
        return -1;
    }
    (void)snprintf(body, sizeof(body), HEAD "\"certificates.list\",\"params\":{\"token\":\"%s\"}}", token);
    if (ask(host, body) != 0 || read_string("\"id\":\"", ID_LEN, id) != 0) {
        return -1;
    }
    (void)snprintf(body, sizeof(body),
                   HEAD "\"renewal.begin\",\"params\":{\"token\":\"%s\",\"kind\":\"renew\",\"certificate\":\"%s\","
                        "\"key\":\"same\",\"challenge\":\"nonce-%u\",\"order\":\"order-%u\"}}",
                   token, id, turn, turn);
    return ask(host, body) == 0 ? read_string("\"renewal\":{\"id\":\"", RENEWAL_LEN, ret_renewal) : -1;
}

static void
rest(void)
{
    const struct timespec pause = { 0, REST_MS * 1000000L };

    (void)nanosleep(&pause, NULL);
}

/* Call install behind the preview that a portal shows; neither the workers that are replaced after a call that logged
 * in nor the one that starts behind the preview are measured beside it. */
static int
install(const struct child *host, const char *preview, const char *body, double *ret_us)
{
    double start_us;

    if (ask(host, LIST) != 0 || ask(host, preview) != 0) {
        return -1;
    }
    rest();
    start_us = now_us();
    if (ask(host, body) != 0) {
        return -1;
    }
    *ret_us = now_us() - start_us;
    return strstr(child_reply(), "\"state\":\"installed\"") == NULL ? -1 : 0;
}

/* A broker for each turn: OpenSC goes on listing what it read before another process wrote. */
static int
turn_host(const struct place *place, unsigned int number, double *ret_us)
{
    static char preview[BODY_MAX_LEN];
    static char body[BODY_MAX_LEN];
    static char pem[PEM_MAX_LEN];
    static char ca[PEM_MAX_LEN];
    char renewal[RENEWAL_LEN + 1U];
    char name[16];
    struct child host;

    (void)snprintf(name, sizeof(name), "%u", number);
    if (child_start(place->host, ORIGIN, &host) != 0 || begin(&host, number, renewal) != 0 ||
        read_pem(place->dir, name, pem) != 0 || read_pem(place->dir, "ca", ca) != 0) {
        return -1;
    }
    (void)snprintf(preview, sizeof(preview),
                   HEAD "\"renewal.preview\",\"params\":{\"renewal\":\"%s\",\"signing\":\"%s\",\"chain\":[\"%s\"]}}",
                   renewal, pem, ca);
    (void)snprintf(body, sizeof(body),
                   HEAD "\"renewal.install\",\"params\":{\"renewal\":\"%s\",\"signing\":\"%s\",\"chain\":[\"%s\"]}}",
                   renewal, pem, ca);
    return install(&host, preview, body, ret_us) != 0 || child_end(&host) < 0 ? -1 : 0;
}

static int
turn_bare(const struct place *place, unsigned int number, double *ret_us)
{
    char before[16];
    char behind[16];
    const char *const command[] = { place->bare, place->module, place->label, place->dir, before, behind, NULL };
    struct child bare;
    double start_us;

    (void)snprintf(before, sizeof(before), "%u", number - 1U);
    (void)snprintf(behind, sizeof(behind), "%u", number);
    start_us = now_us();
    if (child_start_command(command, &bare) != 0 || child_receive(&bare) != 0) {
        return -1;
    }
    *ret_us = now_us() - start_us;
    return child_end(&bare) < 0 ? -1 : 0;
}

static int
measure(const struct place *place, unsigned int turns, unsigned int warm_up)
{
    unsigned int number = 0;
    unsigned int i;
    size_t step;

    for (i = 0; i < warm_up + turns; i++) {
        double us = 0;
        double bare_us = 0;

        if (turn_host(place, ++number, &us) != 0) {
            return -1;
        }
        for (step = 0; step < STEPS && i >= warm_up; step++) {
            series_add(&step_us[step], last_step_us[step]);
        }
        rest();
        if (turn_bare(place, ++number, &bare_us) != 0) {
            return -1;
        }
        if (i >= warm_up) {
            series_add(&ours, us);
            series_add(&theirs, bare_us);
        }
    }
    return 0;
}

static void
print_row(const char *what, double part, const char *target)
{
    const double us = series_quantile(&ours, part);
    const double bare_us = series_quantile(&theirs, part);

    printf("%-14s%14.3f%14.3f%9.2f   %s\n", what, us / 1e3, bare_us / 1e3, us / bare_us, target);
}

static void
print_table(void)
{
    size_t i;

    printf("%zu turns of each\n\n%-14s%14s%14s%9s   %s\n", ours.count, "", "ukeybridge", "bare calls", "ratio",
           "target");
    print_row("median (ms)", 0.5, "ratio at most 1.3");
    print_row("p95 (ms)", 0.95, "");
    printf("\nof the host's median (ms):");
    for (i = 0; i < STEPS; i++) {
        printf(" %.1f to %s%s", series_quantile(&step_us[i], 0.5) / 1e3, steps[i] == NULL ? "the reply" : steps[i],
               i + 1U < STEPS ? "," : "\n");
    }
}

static void
print_json(void)
{
    const double us = series_quantile(&ours, 0.5);
    const double bare_us = series_quantile(&theirs, 0.5);

    printf("{\"turns\":%zu,\"hostMs\":{\"median\":%.3f,\"p95\":%.3f},", ours.count, us / 1e3,
           series_quantile(&ours, 0.95) / 1e3);
    printf("\"bareMs\":{\"median\":%.3f,\"p95\":%.3f},\"ratio\":%.3f}\n", bare_us / 1e3,
           series_quantile(&theirs, 0.95) / 1e3, us / bare_us);
}

int
main(int argc, char **argv)
{
    struct place place;
    unsigned int turns = TURNS;
    unsigned int warm_up = WARM_UP;
    int json = 0;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = 1;
        } else if (strcmp(argv[i], "--once") == 0) {
            turns = 1;
            warm_up = 0;
        } else {
            turns = strcmp(argv[i], "--turns") == 0 ? read_number(argv[++i], TURNS_MAX) : 0;
        }
    }
    if (argc - i != 5 || turns == 0) {
        fputs("usage: bench_install [--json] [--turns N | --once] HOST BARE_INSTALL MODULE LABEL DIR\n", stderr);
        return 2;
    }
    place = (struct place){ argv[i], argv[i + 1], argv[i + 2], argv[i + 3], argv[i + 4] };
    (void)signal(SIGPIPE, SIG_IGN);
    if (measure(&place, turns, warm_up) != 0) {
        fprintf(stderr, "bench_install: a process did not start, answer or end as it should\n%.2000s\n", child_reply());
        return 1;
    }
    (json ? print_json : print_table)();
    return 0;
}
