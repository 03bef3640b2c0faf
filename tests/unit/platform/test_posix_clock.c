/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_clock.c. */
#include "../test.h"

#include <time.h>

#include "platform/clock.h"

static void
time_goes_on_as_fast_as_it_does(void **state)
{
    const struct timespec pause = { 0, 30 * 1000000L };
    const long long start_ms = ukb_clock_uptime_ms();
    long long passed_ms;

    (void)state;
    assert_true(start_ms > 0);
    assert_int_equal(nanosleep(&pause, NULL), 0);
    passed_ms = ukb_clock_uptime_ms() - start_ms;
    assert_true(passed_ms >= 29 && passed_ms < 20000);
}

static void
a_pause_takes_as_long_as_it_says(void **state)
{
    const long long start_ms = ukb_clock_uptime_ms();
    long long passed_ms;

    (void)state;
    ukb_clock_sleep_ms(30);
    passed_ms = ukb_clock_uptime_ms() - start_ms;
    assert_true(passed_ms >= 29 && passed_ms < 20000);
    ukb_clock_sleep_ms(0);
}

static void
it_never_goes_back(void **state)
{
    long long last_ms = ukb_clock_uptime_ms();
    int i;

    (void)state;
    for (i = 0; i < 10000; i++) {
        const long long now_ms = ukb_clock_uptime_ms();

        assert_true(now_ms >= last_ms);
        last_ms = now_ms;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_goes_on_as_fast_as_it_does),
        cmocka_unit_test(a_pause_takes_as_long_as_it_says),
        cmocka_unit_test(it_never_goes_back),
    };

    return cmocka_run_group_tests_name("platform/posix_clock", tests, NULL, NULL);
}
