/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/fleet.c: what the system's log is told. It stands here in place of platform/posix_syslog.c. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "platform/syslog.h"
#include "serving.h"
#include "worker/audit.h"
#include "worker/fleet.h"

static char line[1024];
static bool is_notable;
static int lines;

void
ukb_syslog_write(bool notable, const char *text)
{
    is_notable = notable;
    (void)snprintf(line, sizeof(line), "%s", text);
    lines++;
}

static int
setup(void **state)
{
    (void)state;
    serving_start(UKB_WORKER_LOGIN);
    lines = 0;
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
tell(bool notable)
{
    cJSON *facts = cJSON_Parse("{\"a\":1,\"b\":[true,\"x\\ny\"]}");

    ukb_fleet_tell(serving.service.policy, "test", notable, facts);
    cJSON_Delete(facts);
}

static void
nothing_is_told_unless_the_policy_says_so(void **state)
{
    (void)state;
    tell(true);
    assert_int_equal(lines, 0);
    serving_policy("{\"auditSyslog\":false}");
    tell(true);
    assert_int_equal(lines, 0);
}

static void
one_line_says_what_it_is_and_then_the_facts(void **state)
{
    (void)state;
    serving_policy("{\"auditSyslog\":true}");
    tell(false);
    assert_int_equal(lines, 1);
    assert_false(is_notable);
    assert_string_equal(line, "@cee: {\"event\":\"test\",\"a\":1,\"b\":[true,\"x\\ny\"]}");
    tell(true);
    assert_true(is_notable);
}

static void
served(enum ukb_status outcome)
{
    cJSON *params = cJSON_Parse("{\"signing\":\"secret\"}");

    ukb_audit_serving(&serving.service, &ukb_contract[UKB_RENEWAL_INSTALL], params);
    ukb_audit_served(&serving.service, &ukb_contract[UKB_RENEWAL_INSTALL], outcome);
    cJSON_Delete(params);
}

static void
the_audit_is_told_as_it_is_listed(void **state)
{
    (void)state;
    serving_policy("{\"auditSyslog\":true}");
    served(UKB_OK);
    assert_int_equal(lines, 1);
    assert_false(is_notable);
    assert_non_null(strstr(line, "{\"event\":\"audit\",\"at\":\"20"));
    assert_non_null(
        strstr(line, "\"origin\":\"" SERVING_ORIGIN "\",\"method\":\"renewal.install\",\"outcome\":\"OK\""));
    assert_null(strstr(line, "secret"));
    served(UKB_E_PIN_LOCKED);
    assert_true(is_notable);
    assert_non_null(strstr(line, "\"outcome\":\"PIN_LOCKED\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_told_unless_the_policy_says_so),
        TEST(one_line_says_what_it_is_and_then_the_facts),
        TEST(the_audit_is_told_as_it_is_listed),
    };

    return cmocka_run_group_tests_name("worker/fleet", tests, NULL, NULL);
}
