/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/worker.c with a worker that is a script; test_talk.c has what it says. */
#include "script.h"

#include <unistd.h>

#include "broker/health.h"
#include "broker/watch.h"
#include "broker/worker.h"

/* Ask for the renewals, which the plain worker @p script lists; the next message, owned by the caller. */
static cJSON *
ask(const char *script)
{
    script_worker(script);
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"renewal.list\",\"context\":{\"ui\":true}}");
    return served_wait();
}

static void
a_reply_is_passed_on_under_the_calls_own_id(void **state)
{
    cJSON *reply = ask("take; say '{\"id\":1,\"result\":{\"renewals\":[]}}'; exec sleep 5");

    (void)state;
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(reply, "id")), 7);
    assert_non_null(ukb_json_get(ukb_json_get(reply, "result"), "renewals"));
    cJSON_Delete(reply);
    assert_null(served.broker.calls);
}

static void
an_error_is_passed_on_with_its_reason(void **state)
{
    (void)state;
    script_expect_reason(ask("take; say '{\"id\":1,\"error\":{\"code\":-32022,\"message\":\"m\",\"data\":"
                             "{\"reason\":\"DISK_FULL\"}}}'; exec sleep 5"),
                         "DISK_FULL");
}

static void
a_step_is_told_under_the_calls_own_id(void **state)
{
    cJSON *message = ask("take; say '{\"method\":\"progress\",\"params\":{\"step\":\"check\"}}'; exec sleep 5");

    (void)state;
    assert_string_equal(ukb_json_string(message, "method"), "progress");
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(ukb_json_get(message, "params"), "id")), 7);
    assert_string_equal(ukb_json_string(ukb_json_get(message, "params"), "step"), "check");
    cJSON_Delete(message);
}

static void
a_worker_that_crashes_fails_its_job_and_is_not_tried_again(void **state)
{
    (void)state;
    script_expect_reason(ask("take; kill -SEGV $$"), NULL);
    assert_int_equal(script_starts(), 1);
}

static void
a_worker_that_talks_nonsense_is_killed(void **state)
{
    (void)state;
    script_expect_reason(ask("take; say 'nonsense'; exec sleep 5"), NULL);
}

static void
a_worker_that_leaves_with_its_job_is_replaced_once(void **state)
{
    (void)state;
    script_expect_reason(ask("exit 0"), NULL);
    assert_int_equal(script_starts(), 2);
}

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
    ukb_worker_prepare(&served.broker, served_module(0));
    ukb_worker_prepare(&served.broker, served_module(0));
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
    ukb_worker_prepare(&served.broker, served_module(0));
    first = served.broker.workers;
    ukb_worker_prepare(&served.broker, served_module(1));
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
    ukb_worker_prepare(&served.broker, served_module(0));
    ukb_health_failed(&served.broker, served_module(0), UKB_E_MODULE_CRASHED);
    submit_login(served_module(0));
    assert_null(served.broker.workers->current);
    ukb_worker_prepare(&served.broker, served_module(0));
    wait_for_starts(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reply_is_passed_on_under_the_calls_own_id),
        TEST(an_error_is_passed_on_with_its_reason),
        TEST(a_step_is_told_under_the_calls_own_id),
        TEST(a_worker_that_crashes_fails_its_job_and_is_not_tried_again),
        TEST(a_worker_that_talks_nonsense_is_killed),
        TEST(a_worker_that_leaves_with_its_job_is_replaced_once),
        TEST(a_login_worker_that_was_prepared_takes_the_next_call_and_no_other),
        TEST(a_prepared_worker_is_of_one_module_and_ends_when_no_call_comes),
        TEST(a_prepared_worker_takes_no_call_of_a_module_that_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
