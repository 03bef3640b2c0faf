/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/veil.c: no page reads a path of this computer. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "broker/veil.h"
#include "served.h"

#define PATH "/home/li/.config/ukeybridge/config.json"

static const struct ukb_context ui = { .present = true, .ui = true };
static const struct ukb_context page = { .present = true, .origin = "https://portal.example" };
static const struct ukb_context nobody = { 0 };

static struct ukb_error
fault(enum ukb_status status)
{
    struct ukb_error error = { 0 };

    (void)ukb_raise(&error, status, 13, "%s: Permission denied", PATH);
    ukb_error_add_string(&error, "module", "vendor");
    return error;
}

static void
a_page_hears_the_reason_and_no_path(void **state)
{
    static const enum ukb_status veiled[] = { UKB_E_POLICY_INVALID, UKB_E_JOURNAL_UNAVAILABLE, UKB_E_DISK_FULL,
                                              UKB_E_MODULE_MISSING };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(veiled) / sizeof(veiled[0]); i++) {
        const struct ukb_error whole = fault(veiled[i]);
        const struct ukb_error told = ukb_veil(&served.broker, &page, &whole);

        assert_int_equal(told.status, veiled[i]);
        assert_null(strchr(told.message, '/'));
        assert_true(told.message[0] != '\0');
        assert_string_equal(told.attrs[0].string, "vendor");
        assert_null(strchr(ukb_veil(&served.broker, &nobody, &whole).message, '/'));
    }
}

static void
the_extension_and_the_command_line_hear_all(void **state)
{
    const struct ukb_error whole = fault(UKB_E_POLICY_INVALID);

    (void)state;
    assert_string_equal(ukb_veil(&served.broker, &ui, &whole).message, whole.message);
}

static void
other_reasons_are_told_as_they_are(void **state)
{
    const struct ukb_error whole = fault(UKB_E_NO_CERTIFICATE);

    (void)state;
    assert_string_equal(ukb_veil(&served.broker, &page, &whole).message, whole.message);
}

/* A request as the extension sends it; the message of the refusal. */
static void
expect_refusal(const char *context, const char *wanted, const char *unwanted)
{
    struct ukb_error err = { 0 };
    char request[256];
    cJSON *reply = NULL;
    const char *message = NULL;

    ukb_policy_free(served.broker.policy);
    assert_int_equal(ukb_policy_parse("{\"portal\":[]}", NULL, &served.broker.policy, &err), UKB_OK);
    (void)snprintf(request, sizeof(request),
                   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tokens.list\",\"context\":{%s}}", context);
    served_ask(request);
    reply = served_wait();
    message = ukb_json_string(ukb_json_get(reply, "error"), "message");
    assert_non_null(message);
    assert_non_null(strstr(message, wanted));
    assert_null(strstr(message, unwanted));
    cJSON_Delete(reply);
}

static void
a_refusal_of_the_policy_is_veiled_on_its_way(void **state)
{
    (void)state;
    expect_refusal("\"origin\":\"https://portal.example\"", "ukeybridge tokens", "policy.json");
    expect_refusal("\"ui\":true", "policy.json: portal: unknown member", "ukeybridge tokens");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_setup, served_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_hears_the_reason_and_no_path),
        TEST(the_extension_and_the_command_line_hear_all),
        TEST(other_reasons_are_told_as_they_are),
        TEST(a_refusal_of_the_policy_is_veiled_on_its_way),
    };

    return cmocka_run_group_tests_name("broker/veil", tests, NULL, NULL);
}
