/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/admit.c: method, then permission, then parameters. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "broker/broker.h"

#define ALLOWED  "\"context\":{\"origin\":\"https://portal.example\",\"topOrigin\":\"https://portal.example\"}"
#define STRANGER "\"context\":{\"origin\":\"https://stranger.example\"}"
#define BAD      "\"context\":{\"origin\":\"http://portal.example\"}"
#define UI       "\"context\":{\"ui\":true}"

static struct ukb_policy *policy;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    return ukb_policy_parse("{\"portals\":[\"https://portal.example\"]}", NULL, &policy, &err) == UKB_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_policy_free(policy);
    return 0;
}

/* Admit a request of @p method with these @p params and context, both JSON members or "". */
static enum ukb_status
admit(const char *method, const char *params, const char *context)
{
    char text[1024];
    struct ukb_request request;
    const struct ukb_method *found = NULL;
    enum ukb_status st;
    int len = snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\"%s%s%s%s}", method,
                       params[0] == '\0' ? "" : ",", params, context[0] == '\0' ? "" : ",", context);

    memset(&err, 0, sizeof(err));
    assert_int_equal(ukb_request_parse(text, (size_t)len, &request, &err), UKB_OK);
    st = ukb_admit(policy, &request, &found, &err);
    assert_int_equal(st == UKB_OK, found != NULL);
    assert_true(found == NULL || strcmp(found->name, method) == 0);
    ukb_request_done(&request);
    return st;
}

static void
what_is_right_in_all_three_is_admitted(void **state)
{
    (void)state;
    assert_int_equal(admit("host.ping", "", ""), UKB_OK);
    assert_int_equal(admit("host.ping", "\"params\":{}", ALLOWED), UKB_OK);
    assert_int_equal(admit("tokens.list", "", ALLOWED), UKB_OK);
    assert_int_equal(admit("tokens.list", "", UI), UKB_OK);
}

static void
an_unknown_method_is_told_first(void **state)
{
    (void)state;
    assert_int_equal(admit("tokens.steal", "\"params\":{\"x\":1}", BAD), UKB_E_METHOD_UNKNOWN);
    assert_int_equal(admit("Host.ping", "", ""), UKB_E_METHOD_UNKNOWN);
    assert_int_equal(admit("host.ping ", "", ""), UKB_E_METHOD_UNKNOWN);
    assert_int_equal(admit("progress", "", UI), UKB_E_METHOD_UNKNOWN); /* the host's own notification */
}

/* Who is not allowed learns nothing of the fields. */
static void
permission_comes_before_parameters(void **state)
{
    static const char wrong[] = "\"params\":{\"unknown\":1}";

    (void)state;
    assert_int_equal(admit("tokens.list", wrong, STRANGER), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(err.attr_count, 0);
    assert_int_equal(admit("tokens.list", wrong, BAD), UKB_E_BAD_ORIGIN);
    assert_int_equal(admit("tokens.list", wrong, ""), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(admit("host.ping", wrong, BAD), UKB_E_BAD_ORIGIN);
}

static void
parameters_are_checked_last(void **state)
{
    (void)state;
    assert_int_equal(admit("tokens.list", "\"params\":{\"unknown\":1}", ALLOWED), UKB_E_PARAMS);
    assert_string_equal(err.attrs[0].name, "field");
    assert_string_equal(err.attrs[0].string, "unknown");
    assert_int_equal(admit("certificates.list", "", ALLOWED), UKB_E_PARAMS);
    assert_string_equal(err.attrs[0].string, "token");
    assert_int_equal(admit("host.hello", "\"params\":{\"protocol\":1}", ""), UKB_E_PARAMS);
}

/* host.c and portals.c answer only these; another row that ran here would be answered wrongly. */
static void
only_the_brokers_own_methods_run_in_it(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        const char *name = ukb_contract[i].name;

        assert_int_equal(ukb_contract[i].runs_in == UKB_RUNS_IN_BROKER,
                         strncmp(name, "host.", 5) == 0 || strncmp(name, "portals.", 8) == 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_in_all_three_is_admitted), cmocka_unit_test(an_unknown_method_is_told_first),
        cmocka_unit_test(permission_comes_before_parameters),     cmocka_unit_test(parameters_are_checked_last),
        cmocka_unit_test(only_the_brokers_own_methods_run_in_it),
    };

    return cmocka_run_group_tests_name("broker/admit", tests, setup, teardown);
}
