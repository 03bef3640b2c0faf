/* SPDX-License-Identifier: MIT */
#include "platform/clock.h"

#include <time.h>

#ifdef CLOCK_BOOTTIME
#define CLOCK CLOCK_BOOTTIME
#else
#define CLOCK CLOCK_MONOTONIC /* where POSIX is all there is; it may stand still while the computer sleeps */
#endif

long long
ukb_clock_uptime_ms(void)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(CLOCK, &now); /* cannot fail: the clock exists and the pointer is good */
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
ukb_clock_sleep_ms(unsigned int ms)
{
    const struct timespec pause = { (time_t)(ms / 1000U), (long)(ms % 1000U) * 1000000L };

    (void)nanosleep(&pause, NULL);
}
