/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "names.h"

#define PATH_MAX_LEN 4096
#define LINE_MAX_LEN 256
#define FILE_MODE    0600

static const char *state;
static const char *log_path;
static atomic_ulong counts[UKB_FAULT_FUNCTION_COUNT];

void
ukb_fault_record_start(const char *state_dir, const char *log_file)
{
    state = state_dir;
    log_path = log_file;
}

/* A byte is put behind the file of the function: where that ended is the number, whoever else writes meanwhile. */
static unsigned long
count_over_all(enum ukb_fault_function function)
{
    char path[PATH_MAX_LEN];
    off_t end = -1;
    int fd;

    (void)snprintf(path, sizeof(path), "%s/%s", state, ukb_fault_function_name(function));
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (fd >= 0) {
        if (write(fd, ".", 1) == 1) {
            end = lseek(fd, 0, SEEK_CUR);
        }
        (void)close(fd);
    }
    if (end <= 0) {
        fprintf(stderr, "ukb-fault: %s cannot be counted in\n", path);
        abort(); /* a test that does not count is none */
    }
    return (unsigned long)end;
}

unsigned long
ukb_fault_record_count(enum ukb_fault_function function)
{
    return state == NULL ? atomic_fetch_add(&counts[function], 1U) + 1U : count_over_all(function);
}

void
ukb_fault_record_log(enum ukb_fault_function function, unsigned long n, const char *detail)
{
    char line[LINE_MAX_LEN];
    int len;
    int fd;

    if (log_path == NULL) {
        return;
    }
    len = snprintf(line, sizeof(line), "%ld %s %lu%s%s\n", (long)getpid(), ukb_fault_function_name(function), n,
                   detail[0] == '\0' ? "" : " ", detail);
    fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (fd < 0 || write(fd, line, (size_t)len) != len) { /* one write: lines of several processes do not mix */
        fprintf(stderr, "ukb-fault: %s cannot be written\n", log_path);
        abort();
    }
    (void)close(fd);
}
