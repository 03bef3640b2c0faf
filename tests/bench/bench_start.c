/* SPDX-License-Identifier: MIT */
/*
 * bench_start [--json] [--starts N] [--pings N] HOST EMPTY_HOST
 *
 * Compares a host with the empty one, turn by turn in one run, so that whatever else the machine does happens to both.
 * Exits with 0 when it could measure: judging the figures is for people.
 */
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "series.h"

#define WARM_UP       20U
#define STARTS        300U
#define STARTS_MAX    SERIES_MAX
#define PINGS         100000U
#define CHUNKS        50U
#define PINGS_FOR_RSS 2000U

static const char HELLO[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"host.hello\",\"params\":{\"client\":{\"name\":"
                            "\"bench\",\"version\":\"1\"},\"protocol\":1}}";
static const char PING[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"host.ping\",\"params\":{}}";

enum { HOST, EMPTY, HOSTS };
static const char *const names[HOSTS] = { "ukeybridge", "empty host" };

struct figures {
    const char *program;
    struct series start_us;
    struct series end_us;
    struct series pings_per_s;
    long hello_kb;
    long pings_kb;
    int libraries;
};

static struct figures figures[HOSTS];

/* From the start of the process to the whole reply, and from closing its stdin to its end. */
static int
measure_start(struct figures *host, bool counts)
{
    struct child child;
    double start_us = now_us();
    double replied_us;
    double end_us;

    if (child_start(host->program, ORIGIN, &child) != 0 || child_ask(&child, HELLO) != 0) {
        return -1;
    }
    replied_us = now_us();
    end_us = child_end(&child);
    if (end_us < 0) {
        return -1;
    }
    if (counts) {
        series_add(&host->start_us, replied_us - start_us);
        series_add(&host->end_us, end_us);
    }
    return 0;
}

static int
measure_starts(unsigned int repetitions)
{
    unsigned int i;

    for (i = 0; i < WARM_UP + repetitions; i++) {
        const bool counts = i >= WARM_UP;
        const int first = (int)(i % 2U); /* neither is always the one that runs behind the other */

        if (measure_start(&figures[first], counts) != 0 || measure_start(&figures[1 - first], counts) != 0) {
            return -1;
        }
    }
    return 0;
}

static int
ping(const struct child *child, unsigned int count)
{
    unsigned int i;
    int result = 0;

    for (i = 0; i < count && result == 0; i++) {
        result = child_ask(child, PING);
    }
    return result;
}

static int
measure_memory(struct figures *host)
{
    struct child child;

    if (child_start(host->program, ORIGIN, &child) != 0 || child_ask(&child, HELLO) != 0) {
        return -1;
    }
    host->hello_kb = child_peak_kb(&child);
    host->libraries = child_libraries(&child);
    if (ping(&child, PINGS_FOR_RSS) != 0) {
        return -1;
    }
    host->pings_kb = child_peak_kb(&child);
    return child_end(&child) < 0 || host->hello_kb < 0 || host->pings_kb < 0 || host->libraries < 0 ? -1 : 0;
}

/* Everything on one core, ours and theirs: what a round trip costs, not how well two cores overlap. */
static void
stay_on_one_core(void)
{
    const int core = sched_getcpu();
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET((size_t)(core < 0 ? 0 : core), &one);
    (void)sched_setaffinity(0, sizeof(one), &one); /* without it the figures are a little noisier */
}

static int
measure_pings(unsigned int total)
{
    const unsigned int chunk = total / CHUNKS > 0 ? total / CHUNKS : 1U;
    struct child children[HOSTS];
    unsigned int i;
    int host;

    for (host = 0; host < HOSTS; host++) {
        if (child_start(figures[host].program, ORIGIN, &children[host]) != 0 || ping(&children[host], chunk) != 0) {
            return -1;
        }
    }
    for (i = 0; i < 2U * CHUNKS; i++) {
        double start_us = now_us();

        host = (int)(i % 2U);
        if (ping(&children[host], chunk) != 0) {
            return -1;
        }
        series_add(&figures[host].pings_per_s, chunk * 1e6 / (now_us() - start_us));
    }
    return child_end(&children[HOST]) < 0 || child_end(&children[EMPTY]) < 0 ? -1 : 0;
}

static void
print_row(const char *what, double ours, double theirs, int decimals, const char *target)
{
    printf("%-38s%12.*f%12.*f%9.2f%s%s\n", what, decimals, ours, decimals, theirs, theirs > 0 ? ours / theirs : 0.0,
           target[0] == '\0' ? "" : "   ", target);
}

static void
print_table(unsigned int starts, unsigned int pings)
{
    struct figures *ours = &figures[HOST];
    struct figures *theirs = &figures[EMPTY];

    printf("%u starts of each, %u pings of each, turn by turn\n\n", starts, pings);
    printf("%-38s%12s%12s%9s   %s\n", "", names[HOST], names[EMPTY], "ratio", "target");
    print_row("start to host.hello, median (ms)", series_quantile(&ours->start_us, 0.5) / 1e3,
              series_quantile(&theirs->start_us, 0.5) / 1e3, 3, "ratio at most 1.5");
    print_row("start to host.hello, p95 (ms)", series_quantile(&ours->start_us, 0.95) / 1e3,
              series_quantile(&theirs->start_us, 0.95) / 1e3, 3, "");
    print_row("end of stdin to exit, median (ms)", series_quantile(&ours->end_us, 0.5) / 1e3,
              series_quantile(&theirs->end_us, 0.5) / 1e3, 3, "");
    print_row("end of stdin to exit, p95 (ms)", series_quantile(&ours->end_us, 0.95) / 1e3,
              series_quantile(&theirs->end_us, 0.95) / 1e3, 3, "");
    print_row("peak memory after host.hello (kB)", (double)ours->hello_kb, (double)theirs->hello_kb, 0, "below 2560");
    print_row("peak memory after 2,000 pings (kB)", (double)ours->pings_kb, (double)theirs->pings_kb, 0, "below 2560");
    print_row("libraries, with the loader", ours->libraries, theirs->libraries, 0, "");
    print_row("host.ping round trips per second", series_quantile(&ours->pings_per_s, 0.5),
              series_quantile(&theirs->pings_per_s, 0.5), 0, "ratio at least 0.5");
}

static void
print_json_host(struct figures *host)
{
    printf("{\"startMs\":{\"median\":%.4f,\"p95\":%.4f},", series_quantile(&host->start_us, 0.5) / 1e3,
           series_quantile(&host->start_us, 0.95) / 1e3);
    printf("\"endMs\":{\"median\":%.4f,\"p95\":%.4f},", series_quantile(&host->end_us, 0.5) / 1e3,
           series_quantile(&host->end_us, 0.95) / 1e3);
    printf("\"peakKb\":{\"hello\":%ld,\"pings\":%ld},\"libraries\":%d,\"pingsPerSecond\":%.0f}", host->hello_kb,
           host->pings_kb, host->libraries, series_quantile(&host->pings_per_s, 0.5));
}

static void
print_json(unsigned int starts, unsigned int pings)
{
    printf("{\"starts\":%u,\"pings\":%u,\"host\":", starts, pings);
    print_json_host(&figures[HOST]);
    printf(",\"emptyHost\":");
    print_json_host(&figures[EMPTY]);
    printf(",\"ratio\":{\"start\":%.3f,\"pings\":%.3f}}\n",
           series_quantile(&figures[HOST].start_us, 0.5) / series_quantile(&figures[EMPTY].start_us, 0.5),
           series_quantile(&figures[HOST].pings_per_s, 0.5) / series_quantile(&figures[EMPTY].pings_per_s, 0.5));
}

int
main(int argc, char **argv)
{
    unsigned int starts = STARTS;
    unsigned int pings = PINGS;
    bool json = false;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--starts") == 0) {
            starts = read_number(argv[++i], STARTS_MAX);
        } else if (strcmp(argv[i], "--pings") == 0) {
            pings = read_number(argv[++i], 10000000UL);
        } else {
            starts = 0;
        }
    }
    if (argc - i != HOSTS || starts == 0 || pings == 0) {
        fputs("usage: bench_start [--json] [--starts N] [--pings N] HOST EMPTY_HOST\n", stderr);
        return 2;
    }
    figures[HOST].program = argv[i];
    figures[EMPTY].program = argv[i + 1];
    (void)signal(SIGPIPE, SIG_IGN);
    if (measure_starts(starts) != 0 || measure_memory(&figures[HOST]) != 0 || measure_memory(&figures[EMPTY]) != 0) {
        fputs("bench_start: a host did not start, answer or end as it should\n", stderr);
        return 1;
    }
    stay_on_one_core();
    if (measure_pings(pings) != 0) {
        fputs("bench_start: a host did not answer its pings\n", stderr);
        return 1;
    }
    (json ? print_json : print_table)(starts, pings);
    return 0;
}
