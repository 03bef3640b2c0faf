/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/watch.c: what the client is told of UKeys that come, go and change. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "broker/call.h"
#include "broker/watch.h"
#include "served.h"

#define TOKEN_A "{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"label\":\"A\",\"present\":true}"
#define OTHER_A "{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"label\":\"Other\",\"present\":true}"
#define TOKEN_B "{\"id\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",\"label\":\"B\",\"present\":true}"

static void
saw(size_t module, const char *tokens_text)
{
    cJSON *tokens = cJSON_Parse(tokens_text);

    assert_non_null(tokens);
    ukb_watch_saw(&served.broker, served_module(module), tokens);
    cJSON_Delete(tokens);
}

static void
expect(const char *kind, const char *label, bool present)
{
    cJSON *message = served_next();
    const cJSON *params = ukb_json_get(message, "params");
    const cJSON *token = ukb_json_get(params, "token");

    assert_non_null(message);
    assert_null(ukb_json_get(message, "id"));
    assert_string_equal(ukb_json_string(message, "method"), "tokens.changed");
    assert_string_equal(ukb_json_string(params, "kind"), kind);
    assert_string_equal(ukb_json_string(token, "label"), label);
    assert_int_equal(ukb_json_bool(token, "present", !present), present);
    cJSON_Delete(message);
}

static void
expect_silence(void)
{
    assert_null(served_next());
}

static void
a_modules_first_list_tells_nothing(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[" TOKEN_A "]");
    saw(1, "[" TOKEN_B "]");
    expect_silence();
}

static void
without_a_watcher_nothing_is_told_or_remembered(void **state)
{
    (void)state;
    saw(0, "[]");
    saw(0, "[" TOKEN_A "]");
    expect_silence();
    assert_null(served.broker.watch.seen[0]);
}

static void
what_comes_and_goes_is_told(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[]");
    saw(0, "[" TOKEN_A "," TOKEN_B "]");
    expect("inserted", "A", true);
    expect("inserted", "B", true);
    saw(0, "[" TOKEN_B "]");
    expect("removed", "A", false); /* as it was, but not present */
    saw(0, "[" TOKEN_B "]");
    expect_silence();
}

static void
what_went_is_told_before_what_came(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[" TOKEN_A "]");
    saw(0, "[" TOKEN_B "]");
    expect("removed", "A", false);
    expect("inserted", "B", true);
    expect_silence();
}

static void
a_change_is_told_with_what_it_is_now(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[" TOKEN_A "," TOKEN_B "]");
    saw(0, "[" TOKEN_B "," OTHER_A "]"); /* another order alone is no change */
    expect("changed", "Other", true);
    expect_silence();
}

static void
a_token_in_two_modules_comes_and_goes_once(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[]");
    saw(1, "[]");
    saw(0, "[" TOKEN_A "]");
    expect("inserted", "A", true);
    saw(1, "[" TOKEN_A "]");
    expect_silence();
    saw(0, "[]");
    expect_silence();
    saw(1, "[]");
    expect("removed", "A", false);
}

static void
what_has_no_id_is_never_told(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[]");
    saw(0, "[{\"label\":\"nameless\"},{\"id\":7},null]");
    saw(0, "[]");
    expect_silence();
}

static void
no_list_at_all_leaves_what_is_known(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[" TOKEN_A "]");
    ukb_watch_saw(&served.broker, served_module(0), NULL);
    saw(0, "[]");
    expect("removed", "A", false);
}

static void
a_second_start_keeps_what_is_known(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[]");
    ukb_watch_start(&served.broker);
    saw(0, "[" TOKEN_A "]");
    expect("inserted", "A", true);
}

static void
stopping_forgets_so_that_the_next_start_is_a_first_one(void **state)
{
    (void)state;
    ukb_watch_start(&served.broker);
    saw(0, "[]");
    ukb_watch_stop(&served.broker);
    assert_null(served.broker.watch.seen[0]);
    saw(0, "[" TOKEN_A "]");
    ukb_watch_start(&served.broker);
    saw(0, "[" TOKEN_B "]");
    expect_silence();
    ukb_watch_stop(&served.broker);
    ukb_watch_stop(&served.broker); /* twice is fine */
}

static void
a_workers_end_matters_only_while_somebody_watches(void **state)
{
    uv_handle_t *timer = (uv_handle_t *)&served.broker.watch.restart;

    (void)state;
    ukb_watch_worker_ended(&served.broker);
    assert_false(uv_is_active(timer));
    ukb_watch_start(&served.broker);
    ukb_watch_worker_ended(&served.broker);
    assert_true(uv_is_active(timer));
    ukb_watch_stop(&served.broker);
    assert_false(uv_is_active(timer));
    ukb_watch_start(&served.broker);
    served.broker.is_ending = true;
    ukb_watch_worker_ended(&served.broker);
    assert_false(uv_is_active(timer));
}

static void
the_job_is_one_of_watching_without_a_call(void **state)
{
    struct ukb_job *job = ukb_watch_job();

    (void)state;
    assert_null(job->call);
    assert_int_equal(job->use, UKB_JOB_WATCH);
    assert_string_equal(job->method->name, "tokens.watch");
    free(job);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_setup, served_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_modules_first_list_tells_nothing),
        TEST(without_a_watcher_nothing_is_told_or_remembered),
        TEST(what_comes_and_goes_is_told),
        TEST(what_went_is_told_before_what_came),
        TEST(a_change_is_told_with_what_it_is_now),
        TEST(a_token_in_two_modules_comes_and_goes_once),
        TEST(what_has_no_id_is_never_told),
        TEST(no_list_at_all_leaves_what_is_known),
        TEST(a_second_start_keeps_what_is_known),
        TEST(stopping_forgets_so_that_the_next_start_is_a_first_one),
        TEST(a_workers_end_matters_only_while_somebody_watches),
        TEST(the_job_is_one_of_watching_without_a_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
