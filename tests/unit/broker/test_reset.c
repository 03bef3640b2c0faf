/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/reset.c: which worker a finish goes to, and that it goes there once. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "broker/reset.h"

#define TOKEN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define RESET TOKEN "-00112233445566778899aabbccddeeff"
#define HERE  "https://portal.example"

static struct ukb_broker broker;
static struct ukb_worker worker;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&broker, 0, sizeof(broker));
    memset(&worker, 0, sizeof(worker));
    worker.broker = &broker;
    broker.workers = &worker;
    return 0;
}

/* Whether the worker stays after such a job. */
static bool
keep(enum ukb_method_id method, const char *result_text)
{
    struct ukb_call call = { .broker = &broker };
    const struct ukb_job job = { .call = &call, .method = &ukb_contract[method] };
    cJSON *result = cJSON_Parse(result_text);
    bool kept;

    (void)snprintf(call.request.context.origin, sizeof(call.request.context.origin), "%s", HERE);
    kept = ukb_reset_keep(&worker, &job, result);
    cJSON_Delete(result);
    return kept;
}

static enum ukb_status
take(const char *reset, const char *origin)
{
    struct ukb_call call = { .broker = &broker };
    struct ukb_worker *found = NULL;
    cJSON *params = cJSON_CreateObject();
    enum ukb_status st;

    (void)snprintf(call.request.context.origin, sizeof(call.request.context.origin), "%s", origin);
    (void)cJSON_AddStringToObject(params, "reset", reset);
    call.request.params = params;
    st = ukb_reset_take(&call, &found, &err);
    cJSON_Delete(params);
    if (st == UKB_OK) {
        assert_ptr_equal(found, &worker);
    } else {
        assert_null(found);
    }
    return st;
}

static void
a_worker_stays_for_a_reset_that_was_begun_and_for_nothing_else(void **state)
{
    (void)state;
    assert_false(keep(UKB_PIN_CHANGE, "{}"));
    assert_false(keep(UKB_PIN_RESET_FINISH, "{}"));
    assert_false(keep(UKB_PIN_CHANGE, "{\"reset\":\"" RESET "\"}"));
    assert_false(keep(UKB_PIN_RESET_BEGIN, "null"));
    assert_false(keep(UKB_PIN_RESET_BEGIN, "{\"reset\":\"short\"}"));
    assert_string_equal(worker.reset, "");
    assert_true(keep(UKB_PIN_RESET_BEGIN, "{\"reset\":\"" RESET "\"}"));
    assert_string_equal(worker.reset, RESET);
    assert_string_equal(worker.reset_origin, HERE);
}

static void
a_reset_is_finished_once_by_its_own_site(void **state)
{
    (void)state;
    assert_true(keep(UKB_PIN_RESET_BEGIN, "{\"reset\":\"" RESET "\"}"));
    assert_int_equal(take(RESET, "https://other.example"), UKB_E_NOT_YOURS);
    assert_int_equal(take(RESET, ""), UKB_E_NOT_YOURS);
    assert_int_equal(take(RESET, HERE), UKB_OK);
    assert_int_equal(take(RESET, HERE), UKB_E_RESET_USED);
}

static void
a_reset_that_is_not_open_has_expired(void **state)
{
    (void)state;
    assert_int_equal(take(RESET, HERE), UKB_E_RESET_EXPIRED);
    assert_true(keep(UKB_PIN_RESET_BEGIN, "{\"reset\":\"" RESET "\"}"));
    assert_int_equal(take(TOKEN, HERE), UKB_E_RESET_EXPIRED);
    assert_int_equal(take("", HERE), UKB_E_RESET_EXPIRED);
    worker.is_retired = true;
    assert_int_equal(take(RESET, HERE), UKB_E_RESET_EXPIRED);
    worker.is_retired = false;
    worker.killed_for = UKB_E_CANCELLED;
    assert_int_equal(take(RESET, HERE), UKB_E_RESET_EXPIRED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_worker_stays_for_a_reset_that_was_begun_and_for_nothing_else, setup),
        cmocka_unit_test_setup(a_reset_is_finished_once_by_its_own_site, setup),
        cmocka_unit_test_setup(a_reset_that_is_not_open_has_expired, setup),
    };

    return cmocka_run_group_tests_name("broker/reset", tests, NULL, NULL);
}
