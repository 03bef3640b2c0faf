/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/worker.c with a worker that is a script; test_talk.c has what it says. */
#include "script.h"

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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
