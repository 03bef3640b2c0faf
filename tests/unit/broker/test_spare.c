/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/spare.c with workers that are scripts. */
#include "script.h"

#include <unistd.h>

#include "broker/health.h"
#include "broker/spare.h"
#include "broker/watch.h"

/* Let the loop run until @p count workers have started; more would have done so in the moment behind that. */
static void
wait_for_starts(long count)
{
    unsigned int i;

    for (i = 0; i < 500 && (access(scratch_path(scratch, "starts"), F_OK) != 0 || script_starts() < count); i++) {
        (void)uv_run(&served.broker.loop, UV_RUN_NOWAIT);
        uv_sleep(10);
    }
    uv_sleep(50);
    assert_int_equal(script_starts(), count);
}

static void
submit_login(const struct ukb_policy_module *module)
{
    ukb_worker_submit(&served.broker, UKB_RUNS_IN_LOGIN_WORKER, module, ukb_watch_job());
}

static void
a_login_worker_that_was_prepared_takes_the_next_call_and_no_other(void **state)
{
    const struct ukb_worker *spare = NULL;

    (void)state;
    script_worker("take; exec sleep 5");
    ukb_spare_prepare(&served.broker, served_module(0));
    ukb_spare_prepare(&served.broker, served_module(0));
    wait_for_starts(1);
    spare = served.broker.workers;
    assert_true(spare->is_spare);
    submit_login(served_module(0));
    assert_false(spare->is_spare);
    assert_non_null(spare->current);
    wait_for_starts(1);
    submit_login(served_module(0));
    wait_for_starts(2);
}

static void
a_prepared_worker_is_of_one_module_and_ends_when_no_call_comes(void **state)
{
    struct ukb_worker *first = NULL;
    struct ukb_worker *second = NULL;
    unsigned int i;

    (void)state;
    script_worker("cat > /dev/null");
    ukb_spare_prepare(&served.broker, served_module(0));
    first = served.broker.workers;
    ukb_spare_prepare(&served.broker, served_module(1));
    second = served.broker.workers;
    assert_ptr_not_equal(first, second);
    assert_true(first->is_retired);
    assert_false(first->is_spare);
    assert_true(second->is_spare);
    assert_in_range(uv_timer_get_due_in(&second->timer), 1000, 59000); /* before the worker itself would go */
    second->timer.timer_cb(&second->timer);
    for (i = 0; i < 500 && served.broker.workers != NULL; i++) {
        (void)uv_run(&served.broker.loop, UV_RUN_NOWAIT);
        uv_sleep(10);
    }
    assert_null(served.broker.workers);
    assert_int_equal(ukb_health_check(&served.broker, served_module(1), &(struct ukb_error){ 0 }), UKB_OK);
}

static void
a_prepared_worker_takes_no_call_of_a_module_that_is_left_alone(void **state)
{
    (void)state;
    script_worker("take; exec sleep 5");
    ukb_spare_prepare(&served.broker, served_module(0));
    ukb_health_failed(&served.broker, served_module(0), UKB_E_MODULE_CRASHED);
    submit_login(served_module(0));
    assert_null(served.broker.workers->current);
    ukb_spare_prepare(&served.broker, served_module(0));
    wait_for_starts(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_login_worker_that_was_prepared_takes_the_next_call_and_no_other),
        TEST(a_prepared_worker_is_of_one_module_and_ends_when_no_call_comes),
        TEST(a_prepared_worker_takes_no_call_of_a_module_that_is_left_alone),
    };

    return cmocka_run_group_tests_name("broker/spare", tests, NULL, NULL);
}
