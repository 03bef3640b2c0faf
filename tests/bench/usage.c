/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *
open_of_thread(pid_t pid, const char *thread, const char *name)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "/proc/%ld/task/%.16s/%s", (long)pid, thread, name);
    return fopen(path, "r");
}

static int
add_cpu(pid_t pid, const char *thread, struct usage *usage)
{
    FILE *file = open_of_thread(pid, thread, "schedstat");
    char line[128] = "";

    if (file == NULL) {
        return -1;
    }
    if (fgets(line, sizeof(line), file) != NULL) {
        usage->cpu_ns += strtoull(line, NULL, 10);
    }
    (void)fclose(file);
    return 0;
}

static int
add_switches(pid_t pid, const char *thread, struct usage *usage)
{
    FILE *file = open_of_thread(pid, thread, "status");
    char line[256];

    if (file == NULL) {
        return -1;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0 ||
            strncmp(line, "nonvoluntary_ctxt_switches:", 27) == 0) {
            usage->switches += strtoull(strchr(line, ':') + 1, NULL, 10);
        }
    }
    (void)fclose(file);
    return 0;
}

static int
add_children(pid_t pid, const char *thread, struct usage *usage)
{
    FILE *file = open_of_thread(pid, thread, "children");
    char line[1024] = "";
    char *at = line;
    int result = 0;

    if (file == NULL) {
        return -1;
    }
    (void)!fgets(line, sizeof(line), file); /* nothing: no children */
    (void)fclose(file);
    while (result == 0) {
        char *end = NULL;
        const long child = strtol(at, &end, 10);

        if (end == at) {
            break;
        }
        at = end;
        result = usage_read((pid_t)child, usage);
    }
    return result;
}

int
usage_read(pid_t pid, struct usage *inout_usage)
{
    char path[64];
    DIR *threads = NULL;
    const struct dirent *thread = NULL;
    int result = 0;

    (void)snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
    threads = opendir(path);
    if (threads == NULL) {
        return -1;
    }
    inout_usage->processes++;
    for (thread = readdir(threads); thread != NULL && result == 0; thread = readdir(threads)) {
        if (thread->d_name[0] != '.') {
            result = add_cpu(pid, thread->d_name, inout_usage) != 0 ||
                             add_switches(pid, thread->d_name, inout_usage) != 0 ||
                             add_children(pid, thread->d_name, inout_usage) != 0
                         ? -1
                         : 0;
        }
    }
    (void)closedir(threads);
    return result;
}
