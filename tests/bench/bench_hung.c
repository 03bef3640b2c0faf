/* SPDX-License-Identifier: MIT */
/*
 * bench_hung [--json] [--turns N] HOST HOME HOME_WITH_HUNG_MODULE
 *
 * Compares a host that has one good module with one that has a module that hangs beside it: how soon tokens.list
 * answers, and whether certificates.list of the good module's token is as fast, turn by turn in one run, while the bad
 * module is left alone and while it hangs.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "child.h"
#include "series.h"

#define TURNS     100U
#define WARM_UP   3U
#define HANGS     3U   /* how often the module is tried while we measure */
#define HANG_MS   2500 /* for how long we measure in one of them: below the time limit of tokens.list */
#define ALONE_MS  100  /* a reply within that: the module was not even tried */
#define TOKEN_LEN 32U

#define HEAD "{\"jsonrpc\":\"2.0\",\"context\":{\"ui\":true,\"lang\":\"en\"},"

static const char LIST[] = HEAD "\"id\":1,\"method\":\"tokens.list\",\"params\":{}}";

enum { GOOD, HUNG, HOSTS };

static struct child hosts[HOSTS];
static struct series left_alone_us[HOSTS];
static struct series hanging_us[HOSTS];
static struct series tokens_us[HOSTS];
static char certificates[256];

static int
start(int host, const char *program, const char *home)
{
    return setenv("HOME", home, 1) == 0 ? child_start(program, ORIGIN, &hosts[host]) : -1;
}

static int
ask_tokens(int host)
{
    double start_us = now_us();

    if (child_ask(&hosts[host], LIST) != 0) {
        return -1;
    }
    series_add(&tokens_us[host], now_us() - start_us);
    return 0;
}

/* The request for the first page of the first token in the last reply. */
static int
make_request(void)
{
    static const char name[] = "\"id\":\"";
    const char *at = strstr(child_reply(), name);

    if (at == NULL) {
        return -1;
    }
    (void)snprintf(certificates, sizeof(certificates),
                   HEAD "\"id\":2,\"method\":\"certificates.list\",\"params\":{\"token\":\"%.*s\"}}", (int)TOKEN_LEN,
                   at + sizeof(name) - 1U);
    return 0;
}

static int
ask_both(unsigned int turn, struct series *series)
{
    unsigned int i;

    for (i = 0; i < HOSTS; i++) {
        const unsigned int host = (turn + i) % HOSTS;
        double start_us = now_us();

        if (child_ask(&hosts[host], certificates) != 0) {
            return -1;
        }
        if (turn >= WARM_UP) {
            series_add(&series[host], now_us() - start_us);
        }
    }
    return 0;
}

/* Have the module tried, which takes patience after each failure, and measure while it hangs. */
static int
measure_hang(void)
{
    struct pollfd reply = { .fd = hosts[HUNG].out, .events = POLLIN };
    const struct timespec pause = { 1, 0 };
    unsigned int turn = WARM_UP;
    double start_us = now_us();

    while (child_send(&hosts[HUNG], LIST) == 0 && poll(&reply, 1, ALONE_MS) > 0) {
        if (child_receive(&hosts[HUNG]) != 0) {
            return -1;
        }
        (void)nanosleep(&pause, NULL);
        start_us = now_us();
    }
    while (now_us() - start_us < HANG_MS * 1e3) {
        if (ask_both(turn++, hanging_us) != 0) {
            return -1;
        }
    }
    if (child_receive(&hosts[HUNG]) != 0 || strstr(child_reply(), "MODULE_HUNG") == NULL) {
        return -1;
    }
    series_add(&tokens_us[HUNG], now_us() - start_us);
    return 0;
}

static int
measure(unsigned int turns)
{
    unsigned int i;

    if (ask_tokens(HUNG) != 0 || strstr(child_reply(), "MODULE_HUNG") == NULL || ask_tokens(GOOD) != 0 ||
        make_request() != 0) {
        return -1;
    }
    for (i = 0; i < WARM_UP + turns; i++) {
        if (ask_both(i, left_alone_us) != 0) {
            return -1;
        }
    }
    for (i = 0; i < HANGS; i++) {
        if (measure_hang() != 0) {
            return -1;
        }
    }
    return child_end(&hosts[GOOD]) < 0 || child_end(&hosts[HUNG]) < 0 ? -1 : 0;
}

static void
print_row(const char *what, struct series *series, double part)
{
    const double good = series_quantile(&series[GOOD], part);
    const double hung = series_quantile(&series[HUNG], part);

    printf("%-50s%12.3f%12.3f%9.2f   %s\n", what, hung / 1e3, good / 1e3, hung / good,
           part > 0.5 ? "" : "ratio at most 1.2");
}

static void
print_table(void)
{
    printf("%zu turns while the module is left alone, %zu while it hangs\n\n%-50s%12s%12s%9s   %s\n",
           left_alone_us[HUNG].count, hanging_us[HUNG].count, "", "hung beside", "good alone", "ratio", "target");
    print_row("certificates.list, left alone, median (ms)", left_alone_us, 0.5);
    print_row("certificates.list, left alone, p95 (ms)", left_alone_us, 0.95);
    print_row("certificates.list, while it hangs, median (ms)", hanging_us, 0.5);
    print_row("certificates.list, while it hangs, p95 (ms)", hanging_us, 0.95);
    printf("%-50s%12.0f%12.0f%9s   %s\n", "tokens.list with the module tried, slowest (ms)",
           series_quantile(&tokens_us[HUNG], 1) / 1e3, series_quantile(&tokens_us[GOOD], 1) / 1e3, "", "within 5,000");
}

static void
print_json(void)
{
    printf("{\"leftAlone\":%.3f,\"hanging\":%.3f,\"tokensMs\":%.0f}\n",
           series_quantile(&left_alone_us[HUNG], 0.5) / series_quantile(&left_alone_us[GOOD], 0.5),
           series_quantile(&hanging_us[HUNG], 0.5) / series_quantile(&hanging_us[GOOD], 0.5),
           series_quantile(&tokens_us[HUNG], 1) / 1e3);
}

int
main(int argc, char **argv)
{
    unsigned int turns = TURNS;
    int json = 0;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = 1;
        } else {
            turns = strcmp(argv[i], "--turns") == 0 ? read_number(argv[++i], SERIES_MAX) : 0;
        }
    }
    if (argc - i != 3 || turns == 0) {
        fputs("usage: bench_hung [--json] [--turns N] HOST HOME HOME_WITH_HUNG_MODULE\n", stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (start(GOOD, argv[i], argv[i + 1]) != 0 || start(HUNG, argv[i], argv[i + 2]) != 0 || measure(turns) != 0) {
        fprintf(stderr, "bench_hung: a process did not start, answer or end as it should\n%.2000s\n", child_reply());
        return 1;
    }
    (json ? print_json : print_table)();
    return 0;
}
