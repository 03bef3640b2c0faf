/* SPDX-License-Identifier: MIT */
#include "platform/guard.h"

#include <pthread.h>
#include <unistd.h>

#include "platform/stdio.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool uninterruptible;

/* On the watching thread. _exit: nothing of the main thread, which may hang, is waited for. */
static void
broker_gone(void)
{
    bool finish;

    (void)pthread_mutex_lock(&mutex);
    finish = uninterruptible;
    if (!finish) {
        _exit(0); /* with the mutex held: a write that wants to begin now never does */
    }
    (void)pthread_mutex_unlock(&mutex);
    (void)sleep(UKB_GUARD_FINISH_MS / 1000U);
    _exit(1);
}

enum ukb_status
ukb_guard_start(int fd, struct ukb_error *reterr)
{
    return ukb_platform_watch_end(fd, broker_gone, reterr);
}

void
ukb_guard_set_uninterruptible(bool on)
{
    (void)pthread_mutex_lock(&mutex);
    uninterruptible = on;
    (void)pthread_mutex_unlock(&mutex);
}
