/* SPDX-License-Identifier: MIT */
/*
 * bench_lists [--json] [--turns N] [--colds N] HOST BARE_LISTS MODULE
 *
 * Compares what a browser waits for tokens.list and all pages of certificates.list with the bare PKCS#11 calls in a
 * process of their own, turn by turn in one run: warm, with every process running and the module loaded, and cold, from
 * the start of the process. Both read the token at every turn.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "series.h"

#define TURNS     200U
#define COLDS     30U
#define WARM_UP   5U
#define TOKEN_LEN 32U
#define ID_LEN    64U

#define HEAD "{\"jsonrpc\":\"2.0\",\"id\":1,\"context\":{\"ui\":true,\"lang\":\"en\"},\"method\":"

static const char LIST[] = HEAD "\"tokens.list\",\"params\":{}}";
static const char NEXT[] = "\"next\":\"";

struct figures {
    struct series warm_us;
    struct series tokens_us; /* of warm_us, tokens.list alone */
    struct series cold_us;
};

static struct figures ours;
static struct figures theirs;
static unsigned int certificates;
static unsigned int pages;

/* Copy the @p len characters behind the first @p name of the last reply; -1 when there are fewer. */
static int
read_member(const char *name, size_t len, char *ret_text)
{
    const char *at = strstr(child_reply(), name);

    if (at == NULL || strlen(at + strlen(name)) <= len) {
        return -1;
    }
    memcpy(ret_text, at + strlen(name), len);
    ret_text[len] = '\0';
    return 0;
}

static unsigned int
count_certificates(void)
{
    static const char each[] = "\"notAfter\":";
    const char *at = child_reply();
    unsigned int count = 0;

    for (at = strstr(at, each); at != NULL; at = strstr(at + 1, each)) {
        count++;
    }
    return count;
}

/* All pages. Counting is left out of what is timed: it is no work of the host's. */
static int
ask_certificates(const struct child *host, const char *token, double *inout_us)
{
    char cursor[ID_LEN + 1U] = "";
    char body[512];
    int more = 0;

    certificates = 0;
    pages = 0;
    do {
        double start_us;

        (void)snprintf(body, sizeof(body), HEAD "\"certificates.list\",\"params\":{\"token\":\"%s\"%s%s%s}}", token,
                       more ? ",\"cursor\":\"" : "", cursor, more ? "\"" : "");
        start_us = now_us();
        if (child_ask(host, body) != 0) {
            return -1;
        }
        *inout_us += now_us() - start_us;
        certificates += count_certificates();
        pages++;
        more = read_member(NEXT, ID_LEN, cursor) == 0;
    } while (more);
    return 0;
}

static int
ask_host(const struct child *host, double *ret_tokens_us, double *ret_us)
{
    char token[TOKEN_LEN + 1U];
    double start_us = now_us();

    if (child_ask(host, LIST) != 0 || read_member("\"id\":\"", TOKEN_LEN, token) != 0) {
        return -1;
    }
    *ret_tokens_us = now_us() - start_us;
    *ret_us = *ret_tokens_us;
    return ask_certificates(host, token, ret_us);
}

static int
ask_bare(const struct child *bare, double *ret_us)
{
    double start_us = now_us();

    if (child_ask(bare, "{}") != 0) {
        return -1;
    }
    *ret_us = now_us() - start_us;
    return 0;
}

static int
measure_warm(const char *program, const char *bare_program, const char *module, unsigned int turns)
{
    struct child host;
    struct child bare;
    unsigned int i;

    if (child_start(program, ORIGIN, &host) != 0 || child_start(bare_program, module, &bare) != 0) {
        return -1;
    }
    for (i = 0; i < WARM_UP + turns; i++) {
        double tokens_us = 0;
        double us = 0;
        double bare_us = 0;

        if (ask_host(&host, &tokens_us, &us) != 0 || ask_bare(&bare, &bare_us) != 0) {
            return -1;
        }
        if (i >= WARM_UP) {
            series_add(&ours.warm_us, us);
            series_add(&ours.tokens_us, tokens_us);
            series_add(&theirs.warm_us, bare_us);
        }
    }
    return child_end(&host) < 0 || child_end(&bare) < 0 ? -1 : 0;
}

static int
measure_cold(const char *program, const char *bare_program, const char *module, unsigned int turns)
{
    struct child child;
    unsigned int i;

    for (i = 0; i < turns; i++) {
        double ignored_us = 0;
        double ask_us = 0;
        double start_us = now_us();

        if (child_start(program, ORIGIN, &child) != 0) {
            return -1;
        }
        start_us = now_us() - start_us;
        if (ask_host(&child, &ignored_us, &ask_us) != 0 || child_end(&child) < 0) {
            return -1;
        }
        series_add(&ours.cold_us, start_us + ask_us);
        start_us = now_us();
        if (child_start(bare_program, module, &child) != 0 || ask_bare(&child, &ignored_us) != 0) {
            return -1;
        }
        series_add(&theirs.cold_us, now_us() - start_us);
        if (child_end(&child) < 0) {
            return -1;
        }
    }
    return 0;
}

static void
print_row(const char *what, double us, double bare_us, const char *target)
{
    printf("%-38s%12.3f%12.3f%9.2f   %s\n", what, us / 1e3, bare_us / 1e3, us / bare_us, target);
}

static void
print_table(void)
{
    const double bare_us = series_quantile(&theirs.warm_us, 0.5);

    printf("%u certificates on %u pages; %zu turns warm, %zu cold\n\n", certificates, pages, ours.warm_us.count,
           ours.cold_us.count);
    printf("%-38s%12s%12s%9s   %s\n", "", "ukeybridge", "bare calls", "ratio", "target");
    print_row("warm, median (ms)", series_quantile(&ours.warm_us, 0.5), bare_us, "ratio at most 1.5");
    print_row("warm, p95 (ms)", series_quantile(&ours.warm_us, 0.95), series_quantile(&theirs.warm_us, 0.95), "");
    print_row("cold, median (ms)", series_quantile(&ours.cold_us, 0.5), series_quantile(&theirs.cold_us, 0.5), "");
    printf("%-38s%12.3f\n", "of warm, tokens.list alone (ms)", series_quantile(&ours.tokens_us, 0.5) / 1e3);
    printf("%-38s%12.3f%12.3f\n\n", "warm, for each certificate (µs)",
           series_quantile(&ours.warm_us, 0.5) / certificates, bare_us / certificates);
}

static void
print_json(void)
{
    const double us = series_quantile(&ours.warm_us, 0.5);
    const double bare_us = series_quantile(&theirs.warm_us, 0.5);

    printf("{\"certificates\":%u,\"pages\":%u,\"turns\":%zu,", certificates, pages, ours.warm_us.count);
    printf("\"warmMs\":{\"host\":%.4f,\"bare\":%.4f,\"ratio\":%.3f},", us / 1e3, bare_us / 1e3, us / bare_us);
    printf("\"coldMs\":{\"host\":%.4f,\"bare\":%.4f}}\n", series_quantile(&ours.cold_us, 0.5) / 1e3,
           series_quantile(&theirs.cold_us, 0.5) / 1e3);
}

int
main(int argc, char **argv)
{
    unsigned int turns = TURNS;
    unsigned int colds = COLDS;
    int json = 0;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = 1;
        } else if (strcmp(argv[i], "--turns") == 0) {
            turns = read_number(argv[++i], SERIES_MAX);
        } else if (strcmp(argv[i], "--colds") == 0) {
            colds = read_number(argv[++i], SERIES_MAX);
        } else {
            turns = 0;
        }
    }
    if (argc - i != 3 || turns == 0 || colds == 0) {
        fputs("usage: bench_lists [--json] [--turns N] [--colds N] HOST BARE_LISTS MODULE\n", stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (measure_warm(argv[i], argv[i + 1], argv[i + 2], turns) != 0 ||
        measure_cold(argv[i], argv[i + 1], argv[i + 2], colds) != 0) {
        fprintf(stderr, "bench_lists: a process did not start, answer or end as it should\n%.2000s\n", child_reply());
        return 1;
    }
    (json ? print_json : print_table)();
    return 0;
}
