/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/tokens.c: lists and looks, on SoftHSM and on a module that can be in trouble. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "../token/fake/fake_module.h"
#include "../token/fake/softhsm.h"
#include "serving.h"

static const struct ukb_policy_module configured = { .name = "softhsm", .path = SOFTHSM_PATH };

static struct softhsm soft;
static struct ukb_error err;

static int
group_setup(void **state)
{
    (void)state;
    softhsm_start(&soft, NULL);
    softhsm_token_new(&soft, "A");
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    softhsm_stop(&soft);
    return 0;
}

/* The module is lent to the service for the test, which may lose it. */
static int
setup_soft(void **state)
{
    (void)state;
    serving_start(UKB_WORKER_LISTING);
    serving.service.configured = &configured;
    serving.service.module = soft.module;
    return 0;
}

static int
teardown_soft(void **state)
{
    (void)state;
    assert_int_equal(ukb_service_need_module(&serving.service, &err), UKB_OK);
    soft.module = serving.service.module;
    assert_int_equal(ukb_module_refresh(soft.module, &err), UKB_OK);
    serving_stop();
    return 0;
}

static int
setup_fake(void **state)
{
    (void)state;
    serving_start(UKB_WORKER_LISTING);
    fake_reset();
    assert_int_equal(ukb_module_wrap("fake", fake_functions(), &serving.service.module, &err), UKB_OK);
    return 0;
}

static int
teardown_fake(void **state)
{
    (void)state;
    ukb_module_free(serving.service.module);
    serving_stop();
    return 0;
}

static cJSON *
list(void)
{
    return serving_call(UKB_TOKENS_LIST, ukb_tokens_list_handle, "{}", &err);
}

static enum ukb_status
watch(const char *params_text)
{
    cJSON *params = cJSON_Parse(params_text);
    cJSON *result = NULL;
    enum ukb_status st = ukb_tokens_watch_handle(&serving.service, params, &result, &err);

    assert_int_equal(st == UKB_OK, result != NULL);
    cJSON_Delete(params);
    cJSON_Delete(result);
    return st;
}

static int
count_of(const cJSON *result)
{
    assert_non_null(result);
    return cJSON_GetArraySize(ukb_json_get(result, "tokens"));
}

/* Look once; how many tokens were told, or -1 for silence. */
static int
look(void)
{
    cJSON *message = NULL;
    int count = -1;

    ukb_tokens_watch_tick(&serving.service);
    message = serving_heard();
    if (message != NULL) {
        assert_string_equal(ukb_json_string(message, "method"), "worker.tokens");
        count = count_of(ukb_json_get(message, "params"));
    }
    cJSON_Delete(message);
    assert_null(serving_heard());
    return count;
}

static void
break_softhsm(void)
{
    assert_int_equal(setenv("SOFTHSM2_CONF", "/nonexistent/softhsm2.conf", 1), 0);
}

static void
mend_softhsm(void)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/softhsm2.conf", soft.directory);
    assert_int_equal(setenv("SOFTHSM2_CONF", path, 1), 0);
}

/* Lists */

static void
a_list_has_what_is_in(void **state)
{
    cJSON *result = list();
    const cJSON *token = cJSON_GetArrayItem(ukb_json_get(result, "tokens"), 0);

    (void)state;
    assert_int_equal(count_of(result), 1);
    assert_string_equal(ukb_json_string(token, "id"), soft.token_id);
    assert_string_equal(ukb_json_string(ukb_json_get(token, "module"), "id"), "softhsm");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "problems")), 0);
    cJSON_Delete(result);
}

static void
a_ukey_that_came_after_an_empty_list_is_seen(void **state)
{
    cJSON *result = NULL;

    (void)state;
    softhsm_pull(&soft);
    assert_int_equal(ukb_module_refresh(serving.service.module, &err), UKB_OK);
    result = list();
    assert_int_equal(count_of(result), 0);
    cJSON_Delete(result);
    softhsm_insert(&soft); /* which SoftHSM notices only when it is started again */
    result = list();
    assert_int_equal(count_of(result), 1);
    cJSON_Delete(result);
}

static void
with_a_ukey_in_the_module_is_not_started_again(void **state)
{
    cJSON *result = list();

    (void)state;
    assert_int_equal(count_of(result), 1);
    assert_int_equal(fake.initialize_calls, 1);
    cJSON_Delete(result);
    fake.slot_count = 0;
    result = list();
    assert_int_equal(count_of(result), 0);
    assert_int_equal(fake.initialize_calls, 2);
    cJSON_Delete(result);
}

static void
a_module_in_trouble_says_so(void **state)
{
    (void)state;
    fake.slot_list_answer = CKR_DEVICE_ERROR;
    assert_null(list());
    assert_int_equal(err.status, UKB_E_TOKEN_ERROR);
    assert_int_equal(fake.initialize_calls, 1);
    fake.slot_list_answer = CKR_OK;
    fake.slot_count = FAKE_SLOTS_MAX;
    assert_null(list());
    assert_int_equal(err.status, UKB_E_TOO_LARGE);
    assert_null(serving_heard());
}

static void
a_module_that_did_not_start_again_is_loaded_anew(void **state)
{
    cJSON *result = NULL;

    (void)state;
    softhsm_pull(&soft);
    assert_int_equal(ukb_module_refresh(serving.service.module, &err), UKB_OK);
    break_softhsm();
    assert_null(list());
    assert_int_equal(err.status, UKB_E_MODULE_MISSING);
    assert_string_equal(err.attrs[0].string, "softhsm");
    assert_null(serving.service.module);
    assert_int_equal(ukb_service_need_module(&serving.service, &err), UKB_E_MODULE_MISSING);
    mend_softhsm();
    softhsm_insert(&soft);
    assert_int_equal(ukb_service_need_module(&serving.service, &err), UKB_OK);
    result = list();
    assert_int_equal(count_of(result), 1);
    cJSON_Delete(result);
}

/* Another handler starts the module again, too, for what other processes wrote, and leaves it as it came out. */
static void
a_module_that_any_call_left_unstarted_is_loaded_anew(void **state)
{
    cJSON *result = NULL;

    (void)state;
    break_softhsm();
    assert_int_equal(ukb_module_refresh(serving.service.module, &err), UKB_E_MODULE_MISSING);
    assert_false(ukb_module_is_started(serving.service.module));
    mend_softhsm();
    assert_int_equal(ukb_service_need_module(&serving.service, &err), UKB_OK);
    assert_true(ukb_module_is_started(serving.service.module));
    result = list();
    assert_int_equal(count_of(result), 1);
    cJSON_Delete(result);
}

/* Looks */

static void
watching_begins_with_what_is_there_and_ends(void **state)
{
    (void)state;
    assert_int_equal(watch("{\"enabled\":true}"), UKB_OK);
    assert_true(serving.service.is_watching);
    assert_int_equal(look(), -1); /* that was told */
    assert_int_equal(watch("{\"enabled\":false}"), UKB_OK);
    assert_false(serving.service.is_watching);
    assert_null(serving_heard());
}

static void
only_what_is_new_is_told(void **state)
{
    (void)state;
    assert_int_equal(watch("{\"enabled\":true}"), UKB_OK);
    fake.slot_count = 2;
    fake.serials[1] = "another";
    assert_int_equal(look(), 2);
    assert_int_equal(look(), -1);
    fake.tells_tries = true; /* a flag of the PIN is news, too */
    fake.tries_left = 1;
    assert_int_equal(look(), 2);
    fake.slot_count = 0;
    assert_int_equal(look(), 0);
    assert_int_equal(look(), -1);
}

static void
a_look_at_a_module_in_trouble_tells_nothing_and_forgets_nothing(void **state)
{
    (void)state;
    assert_int_equal(watch("{\"enabled\":true}"), UKB_OK);
    fake.slot_list_answer = CKR_DEVICE_ERROR;
    assert_int_equal(look(), -1);
    fake.slot_list_answer = CKR_OK;
    assert_int_equal(look(), -1); /* the same as before */
}

static void
a_watch_that_begins_in_trouble_fails_and_tells_later(void **state)
{
    (void)state;
    fake.slot_list_answer = CKR_DEVICE_ERROR;
    assert_int_not_equal(watch("{\"enabled\":true}"), UKB_OK);
    fake.slot_list_answer = CKR_OK;
    assert_int_equal(look(), 1);
}

/* A look for which the module may be started again. */
static int
look_anew(void)
{
    serving.service.restart_due_ms = 0;
    return look();
}

static void
what_comes_and_goes_in_a_software_module_is_seen_when_it_is_started_again(void **state)
{
    (void)state;
    assert_int_equal(watch("{\"enabled\":true}"), UKB_OK);
    assert_true(serving.service.restart_due_ms > 0); /* not yet: it was read just now */
    softhsm_pull(&soft);
    assert_int_equal(look_anew(), 0);
    assert_int_equal(look_anew(), -1);
    softhsm_insert(&soft);
    assert_int_equal(look(), -1);
    assert_int_equal(look_anew(), 1);
    assert_int_equal(look_anew(), -1);
}

static void
a_look_brings_back_a_module_that_did_not_start_again(void **state)
{
    (void)state;
    assert_int_equal(watch("{\"enabled\":true}"), UKB_OK);
    break_softhsm();
    assert_int_equal(look_anew(), -1);
    assert_null(serving.service.module);
    assert_int_equal(look(), -1);
    assert_null(serving.service.module);
    mend_softhsm();
    assert_int_equal(look(), -1); /* nothing is new */
    assert_non_null(serving.service.module);
    softhsm_pull(&soft);
    assert_int_equal(look_anew(), 0);
    softhsm_insert(&soft);
}

#define SOFT(name) cmocka_unit_test_setup_teardown(name, setup_soft, teardown_soft)
#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup_fake, teardown_fake)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SOFT(a_list_has_what_is_in),
        SOFT(a_ukey_that_came_after_an_empty_list_is_seen),
        FAKE(with_a_ukey_in_the_module_is_not_started_again),
        FAKE(a_module_in_trouble_says_so),
        SOFT(a_module_that_did_not_start_again_is_loaded_anew),
        SOFT(a_module_that_any_call_left_unstarted_is_loaded_anew),
        FAKE(watching_begins_with_what_is_there_and_ends),
        FAKE(only_what_is_new_is_told),
        FAKE(a_look_at_a_module_in_trouble_tells_nothing_and_forgets_nothing),
        FAKE(a_watch_that_begins_in_trouble_fails_and_tells_later),
        SOFT(what_comes_and_goes_in_a_software_module_is_seen_when_it_is_started_again),
        SOFT(a_look_brings_back_a_module_that_did_not_start_again),
    };

    return cmocka_run_group_tests_name("worker/tokens", tests, group_setup, group_teardown);
}
