/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/health.c: a module that fails is left alone for a while that doubles. */
#include "../test.h"

#include <string.h>

#include "broker/health.h"

static struct ukb_broker broker;
static const struct ukb_policy_module *modules;
static struct ukb_error err;

static int
setup(void **state)
{
    static const char policy[] =
        "{\"modules\":[{\"name\":\"a\",\"path\":\"/a.so\"},{\"name\":\"b\",\"path\":\"/b.so\"}]}";
    size_t count = 0;

    (void)state;
    memset(&broker, 0, sizeof(broker));
    memset(&err, 0, sizeof(err));
    assert_int_equal(uv_loop_init(&broker.loop), 0);
    assert_int_equal(ukb_policy_parse(policy, NULL, &broker.policy, &err), UKB_OK);
    modules = ukb_policy_modules(broker.policy, &count);
    assert_int_equal(count, 2);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_policy_free(broker.policy);
    return uv_loop_close(&broker.loop);
}

static uint64_t
pause_of(size_t module)
{
    const uint64_t now_ms = uv_now(&broker.loop);

    return broker.health[module].not_before_ms > now_ms ? broker.health[module].not_before_ms - now_ms : 0;
}

static void
a_module_is_good_until_it_fails(void **state)
{
    (void)state;
    assert_int_equal(ukb_health_check(&broker, &modules[0], &err), UKB_OK);
    assert_int_equal(ukb_health_check(&broker, &modules[1], &err), UKB_OK);
    assert_int_equal(ukb_health_check(&broker, NULL, &err), UKB_OK);
}

static void
each_failure_doubles_the_pause_up_to_half_a_minute(void **state)
{
    static const uint64_t pauses_ms[] = { 250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(pauses_ms) / sizeof(pauses_ms[0]); i++) {
        ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_CRASHED);
        assert_int_equal(pause_of(0), pauses_ms[i]);
    }
    for (i = 0; i < 1000; i++) { /* no overflow however often */
        ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_CRASHED);
    }
    assert_int_equal(pause_of(0), 30000);
}

static void
within_the_pause_the_reason_is_told_and_behind_it_another_try_is_free(void **state)
{
    (void)state;
    ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_HUNG);
    assert_int_equal(ukb_health_check(&broker, &modules[0], &err), UKB_E_MODULE_HUNG);
    assert_int_equal(err.status, UKB_E_MODULE_HUNG);
    assert_string_equal(err.attrs[0].name, "module");
    assert_string_equal(err.attrs[0].string, "a");
    uv_sleep(300);
    uv_update_time(&broker.loop);
    assert_int_equal(ukb_health_check(&broker, &modules[0], &err), UKB_OK);
    ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_CRASHED); /* it is still counted */
    assert_int_equal(pause_of(0), 500);
    assert_int_equal(ukb_health_check(&broker, &modules[0], &err), UKB_E_MODULE_CRASHED);
}

static void
an_answer_makes_it_good_again(void **state)
{
    (void)state;
    ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_CRASHED);
    ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_CRASHED);
    ukb_health_good(&broker, &modules[0]);
    assert_int_equal(ukb_health_check(&broker, &modules[0], &err), UKB_OK);
    ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_CRASHED);
    assert_int_equal(pause_of(0), 250);
}

static void
one_modules_failures_are_not_the_others(void **state)
{
    (void)state;
    ukb_health_failed(&broker, &modules[0], UKB_E_MODULE_CRASHED);
    assert_int_equal(ukb_health_check(&broker, &modules[1], &err), UKB_OK);
    ukb_health_good(&broker, &modules[1]);
    assert_int_equal(ukb_health_check(&broker, &modules[0], &err), UKB_E_MODULE_CRASHED);
}

static void
the_worker_without_a_module_is_never_left_alone(void **state)
{
    (void)state;
    ukb_health_failed(&broker, NULL, UKB_E_MODULE_CRASHED);
    ukb_health_good(&broker, NULL);
    assert_int_equal(ukb_health_check(&broker, NULL, &err), UKB_OK);
    ukb_health_raise(NULL, UKB_E_MODULE_HUNG, &err);
    assert_int_equal(err.status, UKB_E_TIMEOUT);
    ukb_health_raise(NULL, UKB_E_MODULE_CRASHED, &err);
    assert_int_equal(err.status, UKB_E_INTERNAL);
    assert_int_equal(err.attr_count, 0); /* no module to be named */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_module_is_good_until_it_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(each_failure_doubles_the_pause_up_to_half_a_minute, setup, teardown),
        cmocka_unit_test_setup_teardown(within_the_pause_the_reason_is_told_and_behind_it_another_try_is_free, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answer_makes_it_good_again, setup, teardown),
        cmocka_unit_test_setup_teardown(one_modules_failures_are_not_the_others, setup, teardown),
        cmocka_unit_test_setup_teardown(the_worker_without_a_module_is_never_left_alone, setup, teardown),
    };

    return cmocka_run_group_tests_name("broker/health", tests, NULL, NULL);
}
