/* SPDX-License-Identifier: MIT */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MAX_LEN 1048576U
#define END_MAX_US    5000000.0
#define LIBRARIES_MAX 64

static char frame[REPLY_MAX_LEN + 1U];

extern char **environ;

double
now_us(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int
spawn(const char *const *command, int in, int out, pid_t *ret_pid)
{
    char *const *args = (char *const *)(uintptr_t)command; /* which it only reads */
    posix_spawn_file_actions_t actions;
    int error;

    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -1;
    }
    error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO) != 0 ||
            posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) != 0 ||
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
            posix_spawn(ret_pid, command[0], &actions, NULL, args, environ) != 0;
    (void)posix_spawn_file_actions_destroy(&actions);
    return error ? -1 : 0;
}

int
child_start_command(const char *const *command, struct child *ret_child)
{
    int in[2] = { -1, -1 };
    int out[2] = { -1, -1 };
    int i;

    if (pipe(in) != 0 || pipe(out) != 0) {
        return -1;
    }
    for (i = 0; i < 2; i++) { /* the child's own ends are copies without this flag */
        (void)fcntl(in[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(out[i], F_SETFD, FD_CLOEXEC);
    }
    ret_child->in = in[1];
    ret_child->out = out[0];
    i = spawn(command, in[0], out[1], &ret_child->pid);
    (void)close(in[0]);
    (void)close(out[1]);
    return i;
}

int
child_start(const char *program, const char *argument, struct child *ret_child)
{
    const char *const command[] = { program, argument, NULL };

    return child_start_command(command, ret_child);
}

static int
read_full(int fd, void *data, size_t len)
{
    char *at = data;

    while (len > 0) {
        ssize_t got = read(fd, at, len);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return -1;
        }
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

int
child_send(const struct child *child, const char *body)
{
    const uint32_t body_len = (uint32_t)strlen(body);

    memcpy(frame, &body_len, sizeof(body_len));
    memcpy(frame + sizeof(body_len), body, body_len);
    return write(child->in, frame, sizeof(body_len) + body_len) == (ssize_t)(sizeof(body_len) + body_len) ? 0 : -1;
}

int
child_receive(const struct child *child)
{
    uint32_t reply_len = 0;

    frame[0] = '\0'; /* what is left of the last one is no reply of this one */
    if (read_full(child->out, &reply_len, sizeof(reply_len)) != 0 || reply_len > REPLY_MAX_LEN ||
        read_full(child->out, frame, reply_len) != 0) {
        return -1;
    }
    frame[reply_len] = '\0';
    return strstr(frame, "\"result\":") == NULL ? -1 : 0;
}

int
child_ask(const struct child *child, const char *body)
{
    return child_send(child, body) == 0 ? child_receive(child) : -1;
}

const char *
child_reply(void)
{
    return frame;
}

double
child_end(struct child *child)
{
    const struct timespec pause = { 0, 20000 }; /* 20 µs: what the time may be too long by */
    double start_us = now_us();
    pid_t gone = 0;
    int status = 0;

    (void)close(child->in);
    while (gone == 0 && now_us() - start_us < END_MAX_US) {
        gone = waitpid(child->pid, &status, WNOHANG);
        if (gone == 0) {
            (void)nanosleep(&pause, NULL);
        }
    }
    if (gone == 0) {
        (void)kill(child->pid, SIGKILL);
        (void)waitpid(child->pid, &status, 0);
    }
    (void)close(child->out);
    return gone == child->pid && status == 0 ? now_us() - start_us : -1;
}

static FILE *
open_proc(const struct child *child, const char *name)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)child->pid, name);
    return fopen(path, "r");
}

long
child_peak_kb(const struct child *child)
{
    FILE *file = open_proc(child, "status");
    char line[256];
    long peak_kb = -1;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            peak_kb = strtol(line + 6, NULL, 10);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return peak_kb;
}

int
child_libraries(const struct child *child)
{
    static char seen[LIBRARIES_MAX][256];
    FILE *file = open_proc(child, "maps");
    char line[512];
    int count = 0;

    if (file == NULL) {
        return -1;
    }
    while (fgets(line, sizeof(line), file) != NULL && count < LIBRARIES_MAX) {
        const char *path = strchr(line, '/');
        int i = 0;

        if (path == NULL || strstr(path, ".so") == NULL) {
            continue;
        }
        (void)snprintf(seen[count], sizeof(seen[count]), "%.*s", (int)strcspn(path, "\n"), path);
        while (strcmp(seen[i], seen[count]) != 0) {
            i++;
        }
        count += i == count ? 1 : 0;
    }
    (void)fclose(file);
    return count;
}
