/* SPDX-License-Identifier: MIT */
/*
 * clock - time that nobody can set back.
 *
 * Room: platform.  The time of day, which people and networks set, is time() of the C library.
 */
#ifndef UKB_PLATFORM_CLOCK_H
#define UKB_PLATFORM_CLOCK_H

/** Milliseconds since some moment before this process; those of a sleeping computer count. */
long long ukb_clock_uptime_ms(void);

/** Wait so many milliseconds; less when a signal comes. */
void ukb_clock_sleep_ms(unsigned int ms);

#endif /* UKB_PLATFORM_CLOCK_H */
