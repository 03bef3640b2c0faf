/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/talk.c: what a worker's words change, and how long it may be silent. */
#include "script.h"

#include <stdlib.h>

#include "broker/health.h"
#include "broker/worker.h"

#define TOKEN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LIST  "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"renewal.list\",\"context\":{\"ui\":true}}"
#define STATE "{\"method\":\"worker.state\",\"params\":{\"%s\":%s}}"

/* Start a plain worker that runs @p script with a call to serve; the worker. */
static struct ukb_worker *
started(const char *script)
{
    script_worker(script);
    served_ask(LIST);
    while (served.broker.workers == NULL || served.broker.workers->current == NULL) {
        (void)uv_run(&served.broker.loop, UV_RUN_ONCE);
    }
    return served.broker.workers;
}

static void
says(struct ukb_worker *worker, const char *text)
{
    ukb_worker_said(worker, text, strlen(text));
}

static void
says_state(struct ukb_worker *worker, const char *member, bool value)
{
    char text[128];

    (void)snprintf(text, sizeof(text), STATE, member, value ? "true" : "false");
    says(worker, text);
}

/* Leave the worker @p ms more of its time limit. */
static void
left(struct ukb_worker *worker, uint64_t ms)
{
    worker->left_ms = ms;
    ukb_worker_clock_start(worker);
}

static bool
clock_runs(struct ukb_worker *worker)
{
    return uv_is_active((uv_handle_t *)&worker->timer) != 0;
}

static void
run_for(uint64_t ms)
{
    const uint64_t end_ms = uv_hrtime() / 1000000U + ms;

    while (uv_hrtime() / 1000000U < end_ms) {
        (void)uv_run(&served.broker.loop, UV_RUN_NOWAIT);
        uv_sleep(1);
    }
    (void)uv_run(&served.broker.loop, UV_RUN_NOWAIT); /* so that the loop's time is now */
}

static void
a_silent_worker_is_killed_when_its_time_is_up(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");

    (void)state;
    assert_true(clock_runs(worker));
    left(worker, 50);
    script_expect_reason(served_wait(), "TIMEOUT");
    assert_null(served.broker.calls);
}

static struct ukb_worker *
worker_of(const struct ukb_policy_module *module)
{
    struct ukb_worker *worker = served.broker.workers;

    while (worker->module != module) {
        worker = worker->next;
    }
    return worker;
}

static void
a_module_that_hangs_is_named_and_left_alone(void **state)
{
    struct ukb_error err = { 0 };
    cJSON *reply = NULL;
    const cJSON *problems = NULL;

    (void)state;
    script_worker("take; if [ \"$2\" = b ]; then say '{\"id\":1,\"result\":{\"tokens\":[]}}'; fi; exec sleep 30");
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tokens.list\",\"context\":{\"ui\":true}}");
    while (served.broker.workers == NULL || served.broker.workers->next == NULL) {
        (void)uv_run(&served.broker.loop, UV_RUN_ONCE);
    }
    while (worker_of(served_module(1))->current != NULL) { /* or the other's pause may be over before it answers */
        (void)uv_run(&served.broker.loop, UV_RUN_ONCE);
    }
    left(worker_of(served_module(0)), 50);
    reply = served_wait();
    problems = ukb_json_get(ukb_json_get(reply, "result"), "problems");
    assert_int_equal(cJSON_GetArraySize(problems), 1);
    assert_string_equal(ukb_json_string(problems->child, "module"), "a");
    assert_string_equal(ukb_json_string(problems->child, "reason"), "MODULE_HUNG");
    cJSON_Delete(reply);
    assert_int_equal(ukb_health_check(&served.broker, served_module(0), &err), UKB_E_MODULE_HUNG);
    assert_int_equal(ukb_health_check(&served.broker, served_module(1), &err), UKB_OK);
}

static void
the_users_own_time_does_not_count(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");

    (void)state;
    assert_false(worker->current->call->asked);
    left(worker, 60);
    says_state(worker, "waiting", true);
    assert_false(clock_runs(worker));
    assert_true(worker->current->call->asked);
    run_for(120);
    assert_null(served_next());
    says_state(worker, "waiting", true); /* said twice changes nothing */
    assert_false(clock_runs(worker));
    says_state(worker, "waiting", false);
    assert_true(clock_runs(worker));
    assert_in_range(worker->left_ms, 1, 60);
    script_expect_reason(served_wait(), "TIMEOUT");
}

static void
waiting_gives_no_time_back(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");
    int i;

    (void)state;
    left(worker, 10000);
    for (i = 0; i < 5; i++) {
        const uint64_t before_ms = worker->left_ms;

        run_for(5);
        says_state(worker, "waiting", true);
        assert_true(worker->left_ms < before_ms);
        says_state(worker, "waiting", false);
    }
}

static void
a_write_that_has_begun_gets_a_minute_more_once(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");

    (void)state;
    says_state(worker, "interruptible", false);
    assert_true(worker->is_uninterruptible);
    left(worker, 20);
    run_for(80);
    assert_null(served_next());
    assert_int_equal(worker->killed_for, UKB_OK);
    assert_false(worker->is_uninterruptible);
    assert_true(clock_runs(worker));
    assert_in_range(uv_timer_get_due_in(&worker->timer), 50000, 60000);
    left(worker, 20); /* and that is up, too */
    script_expect_reason(served_wait(), "TIMEOUT");
}

static void
a_write_that_is_over_may_be_stopped_again(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");

    (void)state;
    says_state(worker, "interruptible", false);
    says_state(worker, "interruptible", true);
    left(worker, 20);
    script_expect_reason(served_wait(), "TIMEOUT");
}

static void
a_write_that_was_faster_than_the_word_to_stop_goes_on(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");
    const struct ukb_rpc_id canceller = { .type = UKB_ID_INTEGER, .integer = 8 };
    cJSON *reply = NULL;

    (void)state;
    worker->current->call->canceller = canceller; /* as for a login worker that was told to stop */
    worker->killed_for = UKB_E_CANCELLED;
    ukb_worker_clock_stop_soon(worker);
    says_state(worker, "interruptible", false);
    assert_int_equal(worker->killed_for, UKB_OK);
    reply = served_wait();
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(reply, "id")), 8);
    assert_false(ukb_json_bool(ukb_json_get(reply, "result"), "cancelled", true));
    cJSON_Delete(reply);
    assert_non_null(served.broker.calls);
    assert_true(uv_timer_get_due_in(&worker->timer) > 2000);
}

static void
one_that_does_not_stop_is_killed(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");

    (void)state;
    ukb_worker_stop(worker);
    assert_in_range(uv_timer_get_due_in(&worker->timer), 1000, 2000);
    says_state(worker, "waiting", true); /* no excuse */
    assert_true(clock_runs(worker));
    script_expect_reason(served_wait(), "CANCELLED");
}

static void
steps_of_nobodys_call_and_steps_that_are_none_are_not_told(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");
    struct ukb_call *call = worker->current->call;

    (void)state;
    says(worker, "{\"method\":\"progress\"}");
    says(worker, "{\"method\":\"progress\",\"params\":[]}");
    assert_null(served_next());
    worker->current->call = NULL;
    says(worker, "{\"method\":\"progress\",\"params\":{\"step\":\"check\"}}");
    says_state(worker, "waiting", true);
    says_state(worker, "interruptible", false);
    assert_null(served_next());
    worker->current->call = call;
}

static void
a_look_is_learnt_from(void **state)
{
    struct ukb_worker *worker = started("take; exec sleep 30");

    (void)state;
    worker->module = served_module(1);
    says(worker, "{\"method\":\"worker.tokens\",\"params\":{\"tokens\":[{\"id\":\"" TOKEN "\"}]}}");
    assert_ptr_equal(ukb_route_module(&served.broker, TOKEN), served_module(1));
    says(worker, "{\"method\":\"worker.tokens\",\"params\":{}}"); /* says nothing of them */
    assert_ptr_equal(ukb_route_module(&served.broker, TOKEN), served_module(1));
    says(worker, "{\"method\":\"worker.tokens\",\"params\":{\"tokens\":[]}}");
    assert_null(ukb_route_module(&served.broker, TOKEN));
    worker->module = NULL;
}

static void
a_reply_to_nothing_is_no_reply(void **state)
{
    struct ukb_worker *worker = started("take; say '{\"id\":1,\"result\":{\"renewals\":[]}}'; exec sleep 30");
    cJSON *reply = served_wait();

    (void)state;
    cJSON_Delete(reply);
    assert_null(worker->current);
    assert_false(clock_runs(worker));
    says(worker, "{\"id\":1,\"result\":{}}");
    says(worker, "{\"id\":1,\"error\":{}}");
    says(worker, "[]");
    says_state(worker, "waiting", true);
    says_state(worker, "interruptible", false);
    assert_null(served_next());
    assert_int_equal(worker->killed_for, UKB_OK);
}

static void
an_answer_that_is_neither_result_nor_error_is_an_error(void **state)
{
    static const char *const answers[] = { "{}", "{\"id\":1}", "{\"id\":1,\"error\":7}", "[]", "7" };
    size_t i;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        says(started("take; exec sleep 30"), answers[i]);
        script_expect_reason(served_wait(), NULL);
        assert_int_equal(script_teardown(state), 0);
        assert_int_equal(script_setup(state), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_silent_worker_is_killed_when_its_time_is_up),
        TEST(a_module_that_hangs_is_named_and_left_alone),
        TEST(the_users_own_time_does_not_count),
        TEST(waiting_gives_no_time_back),
        TEST(a_write_that_has_begun_gets_a_minute_more_once),
        TEST(a_write_that_is_over_may_be_stopped_again),
        TEST(a_write_that_was_faster_than_the_word_to_stop_goes_on),
        TEST(one_that_does_not_stop_is_killed),
        TEST(steps_of_nobodys_call_and_steps_that_are_none_are_not_told),
        TEST(a_look_is_learnt_from),
        TEST(a_reply_to_nothing_is_no_reply),
        TEST(an_answer_that_is_neither_result_nor_error_is_an_error),
    };

    return cmocka_run_group_tests_name("broker/talk", tests, NULL, NULL);
}
