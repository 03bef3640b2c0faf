/* SPDX-License-Identifier: MIT */
/*
 * bench_idle [--json] [--seconds N] HOST EMPTY_HOST
 *
 * What a host costs while nobody asks it for anything: the broker and its workers after a list, first without a watch,
 * then with one, beside the empty host in the same seconds.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "child.h"
#include "series.h"
#include "usage.h"

#define SECONDS     30U
#define SETTLE_S    7   /* after a call: what it woke goes back to sleep */
#define SECONDS_MAX 50U /* an idle worker ends after a minute */

#define HEAD "{\"jsonrpc\":\"2.0\",\"id\":1,\"context\":{\"ui\":true,\"lang\":\"en\"},\"method\":"

static const char LIST[] = HEAD "\"tokens.list\",\"params\":{}}";
static const char WATCH[] = HEAD "\"tokens.watch\",\"params\":{\"enabled\":true}}";

struct figures {
    double core_percent;
    double switches;
    unsigned int processes;
};

static void
sleep_s(unsigned int seconds)
{
    const struct timespec pause = { (time_t)seconds, 0 };

    (void)nanosleep(&pause, NULL);
}

static void
compare(const struct usage *before, const struct usage *after, double s, struct figures *ret_figures)
{
    ret_figures->core_percent = (double)(after->cpu_ns - before->cpu_ns) / 1e9 / s * 100.0;
    ret_figures->switches = (double)(after->switches - before->switches);
    ret_figures->processes = after->processes;
}

/* Both hosts over the same seconds. */
static int
measure(const struct child *host, const struct child *empty, unsigned int seconds, struct figures *ret_host,
        struct figures *ret_empty)
{
    struct usage before[2] = { { .cpu_ns = 0 }, { .cpu_ns = 0 } };
    struct usage after[2] = { { .cpu_ns = 0 }, { .cpu_ns = 0 } };
    double start_us;

    sleep_s(SETTLE_S);
    start_us = now_us();
    if (usage_read(host->pid, &before[0]) != 0 || usage_read(empty->pid, &before[1]) != 0) {
        return -1;
    }
    sleep_s(seconds);
    if (usage_read(host->pid, &after[0]) != 0 || usage_read(empty->pid, &after[1]) != 0) {
        return -1;
    }
    compare(&before[0], &after[0], (now_us() - start_us) / 1e6, ret_host);
    compare(&before[1], &after[1], (now_us() - start_us) / 1e6, ret_empty);
    return before[0].processes == after[0].processes ? 0 : -1;
}

static void
print_row(const char *what, const struct figures *host, const struct figures *empty, const char *target)
{
    printf("%-26s%10u%12.4f%12.0f%16.4f%12.0f   %s\n", what, host->processes, host->core_percent, host->switches,
           empty->core_percent, empty->switches, target);
}

static void
print_table(const struct figures quiet[2], const struct figures watched[2], unsigned int seconds)
{
    printf("%u seconds each\n\n%-26s%10s%12s%12s%16s%12s   %s\n", seconds, "", "processes", "% of a core", "switches",
           "empty: % core", "switches", "target");
    print_row("after a list", &quiet[0], &quiet[1], "no switch");
    print_row("with a watch", &watched[0], &watched[1], "below 0.1 %");
}

static void
print_json(const struct figures quiet[2], const struct figures watched[2], unsigned int seconds)
{
    printf("{\"seconds\":%u,\"quiet\":{\"corePercent\":%.5f,\"switches\":%.0f},\"watched\":{\"corePercent\":%.5f,"
           "\"switches\":%.0f},\"processes\":%u}\n",
           seconds, quiet[0].core_percent, quiet[0].switches, watched[0].core_percent, watched[0].switches,
           watched[0].processes);
}

int
main(int argc, char **argv)
{
    struct figures quiet[2];
    struct figures watched[2];
    unsigned int seconds = SECONDS;
    struct child host;
    struct child empty;
    int json = 0;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = 1;
        } else {
            seconds = strcmp(argv[i], "--seconds") == 0 ? read_number(argv[++i], SECONDS_MAX) : 0;
        }
    }
    if (argc - i != 2 || seconds == 0) {
        fputs("usage: bench_idle [--json] [--seconds N] HOST EMPTY_HOST\n", stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (child_start(argv[i], ORIGIN, &host) != 0 || child_start(argv[i + 1], ORIGIN, &empty) != 0 ||
        child_ask(&empty, LIST) != 0 || child_ask(&host, LIST) != 0 ||
        measure(&host, &empty, seconds, &quiet[0], &quiet[1]) != 0 || child_ask(&host, WATCH) != 0 ||
        measure(&host, &empty, seconds, &watched[0], &watched[1]) != 0 || child_end(&host) < 0 ||
        child_end(&empty) < 0) {
        fputs("bench_idle: a process did not start, answer or end as it should\n", stderr);
        return 1;
    }
    (json ? print_json : print_table)(quiet, watched, seconds);
    return 0;
}
