/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/audit.c: which calls are written down, as what, and how they are listed. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serving.h"
#include "store/audit.h"
#include "worker/audit.h"

#define TOKEN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    serving_start(UKB_WORKER_LOGIN);
    serving.context.user_activation = true;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    serving_stop();
    return 0;
}

static void
served(enum ukb_method_id method, const char *params_text, enum ukb_status outcome)
{
    cJSON *params = cJSON_Parse(params_text);

    ukb_audit_serving(&serving.service, &ukb_contract[method], params);
    cJSON_Delete(params);
    ukb_audit_served(&serving.service, &ukb_contract[method], outcome);
}

/* audit.list's newest entry, and of how many; owned with *ret_result. */
static const cJSON *
newest(int count, cJSON **ret_result)
{
    *ret_result = serving_call(UKB_AUDIT_LIST, ukb_audit_list_handle, "{}", &err);
    assert_non_null(*ret_result);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(*ret_result, "entries")), count);
    return cJSON_GetArrayItem(ukb_json_get(*ret_result, "entries"), 0);
}

static void
expect(int count, const char *method, const char *token, const char *outcome)
{
    cJSON *result = NULL;
    const cJSON *entry = newest(count, &result);

    assert_string_equal(ukb_json_string(entry, "origin"), SERVING_ORIGIN);
    assert_string_equal(ukb_json_string(entry, "method"), method);
    assert_string_equal(ukb_json_string(entry, "outcome"), outcome);
    assert_true(ukb_json_bool(entry, "userActivation", false));
    assert_false(ukb_json_bool(entry, "refused", true));
    if (token == NULL) {
        assert_null(ukb_json_get(entry, "token"));
    } else {
        assert_string_equal(ukb_json_string(entry, "token"), token);
    }
    cJSON_Delete(result);
}

static void
calls_that_log_in_are_written_down_with_token_and_outcome(void **state)
{
    (void)state;
    served(UKB_PIN_CHANGE, "{\"token\":\"" TOKEN "\"}", UKB_OK);
    expect(1, "pin.change", TOKEN, "OK");
    served(UKB_RENEWAL_INSTALL, "{\"renewal\":\"" TOKEN "-0123\",\"signing\":\"secret\"}", UKB_E_ROLLED_BACK);
    expect(2, "renewal.install", TOKEN, "ROLLED_BACK");
    served(UKB_PIN_RESET_FINISH, "{\"reset\":\"" TOKEN "-0123\"}", UKB_E_RESET_EXPIRED);
    expect(3, "pin.reset.finish", TOKEN, "RESET_EXPIRED");
    served(UKB_RENEWAL_ABANDON, "{\"renewal\":\"nothing like an id of ours\"}", UKB_E_NO_RENEWAL);
    expect(4, "renewal.abandon", NULL, "NO_RENEWAL");
    served(UKB_AUTH_SIGN, "{}", UKB_E_PARAMS);
    expect(5, "auth.sign", NULL, "INVALID_PARAMS");
}

static void
what_was_kept_with_its_renewal_is_not_written_again_unless_the_call_failed_behind_it(void **state)
{
    cJSON *params = cJSON_Parse("{\"renewal\":\"" TOKEN "-0123\"}");
    cJSON *result = NULL;

    (void)state;
    ukb_audit_serving(&serving.service, &ukb_contract[UKB_RENEWAL_INSTALL], params);
    assert_string_equal(serving.service.audit.entry.outcome, "OK");
    assert_string_equal(serving.service.audit.entry.token, TOKEN);
    serving.service.audit.is_kept = true; /* as the journal does */
    ukb_audit_served(&serving.service, &ukb_contract[UKB_RENEWAL_INSTALL], UKB_OK);
    assert_null(newest(0, &result));
    cJSON_Delete(result);
    ukb_audit_served(&serving.service, &ukb_contract[UKB_RENEWAL_INSTALL], UKB_E_TOKEN_REMOVED);
    expect(1, "renewal.install", TOKEN, "TOKEN_REMOVED");
    ukb_audit_serving(&serving.service, &ukb_contract[UKB_RENEWAL_INSTALL], params); /* the next call's is another */
    ukb_audit_served(&serving.service, &ukb_contract[UKB_RENEWAL_INSTALL], UKB_OK);
    expect(2, "renewal.install", TOKEN, "OK");
    cJSON_Delete(params);
}

static void
lists_are_not_written_down(void **state)
{
    cJSON *result = NULL;

    (void)state;
    served(UKB_TOKENS_LIST, "{}", UKB_OK);
    served(UKB_RENEWAL_LIST, "{}", UKB_OK);
    served(UKB_RENEWAL_PREVIEW, "{\"token\":\"" TOKEN "\"}", UKB_OK);
    assert_null(newest(0, &result));
    cJSON_Delete(result);
}

static void
the_extensions_own_calls_have_no_origin(void **state)
{
    cJSON *result = NULL;

    (void)state;
    serving.context.origin[0] = '\0';
    serving.context.ui = true;
    served(UKB_PIN_UNBLOCK, "{\"token\":\"" TOKEN "\"}", UKB_E_PIN_CANCELLED);
    assert_null(ukb_json_get(newest(1, &result), "origin"));
    cJSON_Delete(result);
}

static void
the_brokers_word_is_written_as_it_is(void **state)
{
    cJSON *params =
        cJSON_Parse("{\"origin\":\"https://evil.example\",\"method\":\"pin.change\",\"outcome\":\"UI_ONLY\","
                    "\"userActivation\":false,\"refused\":true}");
    cJSON *result = NULL;
    const cJSON *entry = NULL;

    (void)state;
    assert_int_equal(ukb_fields_check(ukb_contract_note.params, params, &err), UKB_OK);
    assert_int_equal(ukb_note_handle(&serving.service, params, &result, &err), UKB_OK);
    cJSON_Delete(result);
    cJSON_Delete(params);
    entry = newest(1, &result);
    assert_string_equal(ukb_json_string(entry, "origin"), "https://evil.example");
    assert_true(ukb_json_bool(entry, "refused", false));
    assert_false(ukb_json_bool(entry, "userActivation", true));
    cJSON_Delete(result);
}

static void
pages_follow_each_other(void **state)
{
    char params[128];
    cJSON *result = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < UKB_PAGE_MAX_ITEMS + 3U; i++) {
        served(UKB_PIN_CHANGE, "{\"token\":\"" TOKEN "\"}", UKB_OK);
    }
    (void)newest((int)UKB_PAGE_MAX_ITEMS, &result);
    (void)snprintf(params, sizeof(params), "{\"cursor\":\"%s\"}", ukb_json_string(result, "next"));
    cJSON_Delete(result);
    result = serving_call(UKB_AUDIT_LIST, ukb_audit_list_handle, params, &err);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "entries")), 3);
    assert_null(ukb_json_get(result, "next"));
    cJSON_Delete(result);
    assert_null(serving_call(UKB_AUDIT_LIST, ukb_audit_list_handle, "{\"cursor\":\"x\"}", &err));
    assert_int_equal(err.status, UKB_E_PARAMS);
}

static void
a_journal_that_is_none_spoils_no_call(void **state)
{
    (void)state;
    assert_int_equal(setenv("XDG_STATE_HOME", "/dev/null", 1), 0);
    served(UKB_PIN_CHANGE, "{\"token\":\"" TOKEN "\"}", UKB_OK);
    assert_null(serving.service.journal);
    assert_null(serving_call(UKB_AUDIT_LIST, ukb_audit_list_handle, "{}", &err));
    assert_int_equal(err.status, UKB_E_JOURNAL_UNAVAILABLE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(calls_that_log_in_are_written_down_with_token_and_outcome, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_was_kept_with_its_renewal_is_not_written_again_unless_the_call_failed_behind_it, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_are_not_written_down, setup, teardown),
        cmocka_unit_test_setup_teardown(the_extensions_own_calls_have_no_origin, setup, teardown),
        cmocka_unit_test_setup_teardown(the_brokers_word_is_written_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_follow_each_other, setup, teardown),
        cmocka_unit_test_setup_teardown(a_journal_that_is_none_spoils_no_call, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
