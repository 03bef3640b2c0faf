/* SPDX-License-Identifier: MIT */
/* Unit tests for rules.c: what a script may say, and what it may not. */
#include "../unit/test.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "rules.h"

static struct ukb_fault_rules
parse(const char *script)
{
    struct ukb_fault_rules rules;
    const char *at = NULL;
    const char *wrong = ukb_fault_rules_parse(script, &rules, &at);

    if (wrong != NULL) {
        fail_msg("%s: \"%s\"", wrong, at);
    }
    return rules;
}

static void
expect_wrong(const char *script, const char *wrong, const char *at)
{
    struct ukb_fault_rules rules;
    const char *where = NULL;
    const char *what = ukb_fault_rules_parse(script, &rules, &where);

    if (what == NULL) {
        fail_msg("taken: %s", script);
    }
    assert_string_equal(what, wrong);
    assert_string_equal(where, at);
}

static void
a_script_may_be_missing_or_empty(void **state)
{
    (void)state;
    assert_int_equal(parse(NULL).count, 0);
    assert_int_equal(parse("").count, 0);
    assert_int_equal(parse(" ; ;\n").count, 0);
}

static void
rules_stand_in_their_order(void **state)
{
    const struct ukb_fault_rules rules =
        parse("C_GetTokenInfo:2=hang; C_CreateObject:1=kill-after;C_Sign=print ;C_Sign=pull;C_Sign=pull-after");

    (void)state;
    assert_int_equal(rules.count, 5);
    assert_int_equal(rules.items[0].function, UKB_FAULT_C_GetTokenInfo);
    assert_int_equal(rules.items[0].action, UKB_FAULT_HANG);
    assert_int_equal(rules.items[1].function, UKB_FAULT_C_CreateObject);
    assert_int_equal(rules.items[1].action, UKB_FAULT_KILL_AFTER);
    assert_int_equal(rules.items[2].action, UKB_FAULT_PRINT);
    assert_string_equal(rules.items[2].text, "");
    assert_int_equal(rules.items[3].action, UKB_FAULT_PULL);
    assert_int_equal(rules.items[4].action, UKB_FAULT_PULL_AFTER);
}

static bool
hits(const char *calls, unsigned long n)
{
    char script[64];
    struct ukb_fault_rules rules;

    (void)snprintf(script, sizeof(script), "C_Login%s=hang", calls);
    rules = parse(script);
    return ukb_fault_rule_hits(&rules.items[0], UKB_FAULT_C_Login, n);
}

static void
calls_are_one_a_range_or_all(void **state)
{
    (void)state;
    assert_true(hits("", 1) && hits("", ULONG_MAX));
    assert_true(!hits(":2", 1) && hits(":2", 2) && !hits(":2", 3));
    assert_true(!hits(":2+", 1) && hits(":2+", 2) && hits(":2+", ULONG_MAX));
    assert_true(!hits(":2-3", 1) && hits(":2-3", 2) && hits(":2-3", 3) && !hits(":2-3", 4));
    assert_true(hits(":1000000", 1000000));
}

static void
a_rule_is_of_its_function_alone(void **state)
{
    const struct ukb_fault_rules rules = parse("C_Login=hang");

    (void)state;
    assert_false(ukb_fault_rule_hits(&rules.items[0], UKB_FAULT_C_Logout, 1));
}

static void
every_answer_has_a_name_or_a_number(void **state)
{
    struct ukb_fault_rules rules =
        parse("C_Sign=CKR_DEVICE_REMOVED; C_Sign=CKR_GENERAL_ERROR-after; C_Sign=0x8000000A; C_Sign=0xab-after");

    (void)state;
    assert_int_equal(rules.items[0].action, UKB_FAULT_ANSWER);
    assert_int_equal(rules.items[0].answer, CKR_DEVICE_REMOVED);
    assert_int_equal(rules.items[1].action, UKB_FAULT_ANSWER_AFTER);
    assert_int_equal(rules.items[1].answer, CKR_GENERAL_ERROR);
    assert_int_equal(rules.items[2].answer, 0x8000000AUL);
    assert_int_equal(rules.items[3].action, UKB_FAULT_ANSWER_AFTER);
    assert_int_equal(rules.items[3].answer, 0xabUL);
}

static void
actions_take_what_stands_in_parentheses(void **state)
{
    struct ukb_fault_rules rules = parse("C_GetInfo=print(a; b = c); C_GetInfo=delay(600000); "
                                         "C_GetTokenInfo=set(LOW|FINAL_TRY); C_GetTokenInfo=clear(INITIALIZED); "
                                         "C_GetTokenInfo:3+=label(UKey two); C_GetTokenInfo=serial(0123456789abcdef)");

    (void)state;
    assert_string_equal(rules.items[0].text, "a; b = c");
    assert_int_equal(rules.items[1].delay_ms, 600000);
    assert_int_equal(rules.items[2].flags, CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
    assert_int_equal(rules.items[3].action, UKB_FAULT_CLEAR);
    assert_int_equal(rules.items[3].flags, CKF_USER_PIN_INITIALIZED);
    assert_string_equal(rules.items[4].text, "UKey two");
    assert_int_equal(rules.items[4].first, 3);
    assert_string_equal(rules.items[5].text, "0123456789abcdef");
}

static void
what_makes_no_sense_is_named(void **state)
{
    static const struct {
        const char *script;
        const char *wrong;
        const char *at;
    } rows[] = {
        { "C_Logon=hang", "no such function", "C_Logon=hang" },
        { "c_login=hang", "no such function", "c_login=hang" },
        { "=hang", "no such function", "=hang" },
        { "C_Sign=hang; hang", "no such function", "hang" },
        { "C_Login", "'=' is missing", "" },
        { "C_Login hang", "'=' is missing", " hang" },
        { "C_Login = hang", "'=' is missing", " = hang" },
        { "C_Login:0=hang", "calls are numbered from 1", "0=hang" },
        { "C_Login:=hang", "calls are numbered from 1", "=hang" },
        { "C_Login:-1=hang", "calls are numbered from 1", "-1=hang" },
        { "C_Login:1000001=hang", "calls are numbered from 1", "1000001=hang" },
        { "C_Login:99999999999999999999=hang", "calls are numbered from 1", "99999999999999999999=hang" },
        { "C_Login:3-2=hang", "a range ends behind its start", "2=hang" },
        { "C_Login:3-=hang", "a range ends behind its start", "=hang" },
        { "C_Login:3*=hang", "'=' is missing", "*=hang" },
        { "C_Login=", "no such action", "" },
        { "C_Login=burn", "no such action", "burn" },
        { "C_Login=kill-before", "no such action", "kill-before" },
        { "C_Login=hang-after", "no such action", "hang-after" },
        { "C_Login=CKR_OK", "no such action", "CKR_OK" },
        { "C_Login=CKR_DEVICE_REMOVE", "no such action", "CKR_DEVICE_REMOVE" },
        { "C_Login=-after", "no such action", "-after" },
        { "C_Login=0x0", "no such action", "0x0" },
        { "C_Login=0x", "no such action", "0x" },
        { "C_Login=0x123456789", "no such action", "0x123456789" },
        { "C_Login=0xg", "no such action", "0xg" },
        { "C_Login=12", "no such action", "12" },
        { "C_Login=hang C_Sign=hang", "';' is missing", "C_Sign=hang" },
        { "C_Login=hang()", "this action takes no parentheses", ")" },
        { "C_Login=CKR_CANCEL(1)", "';' is missing", "(1)" },
        { "C_Login=delay", "'(' is missing", "" },
        { "C_Login=delay()", "not a number of milliseconds", ")" },
        { "C_Login=delay(0)", "not a number of milliseconds", "0)" },
        { "C_Login=delay(600001)", "not a number of milliseconds", "600001)" },
        { "C_Login=delay(5 s)", "not a number of milliseconds", "5 s)" },
        { "C_Login=delay(5", "')' is missing", "" },
        { "C_Login=print()", "no text, or too long", ")" },
        { "C_Login=set(LOW)", "only C_GetTokenInfo tells this", "set(LOW)" },
        { "C_Login=label(A)", "only C_GetTokenInfo tells this", "label(A)" },
        { "C_GetTokenInfo=set", "'(' is missing", "" },
        { "C_GetTokenInfo=set()", "no such flag", ")" },
        { "C_GetTokenInfo=set(LOW|)", "no such flag", "LOW|)" },
        { "C_GetTokenInfo=set(LOW,LOCKED)", "no such flag", "LOW,LOCKED)" },
        { "C_GetTokenInfo=set(low)", "no such flag", "low)" },
        { "C_GetTokenInfo=label()", "no text, or too long", ")" },
        { "C_GetTokenInfo=label(123456789012345678901234567890123)", "no text, or too long",
          "123456789012345678901234567890123)" },
        { "C_GetTokenInfo=serial(12345678901234567)", "no text, or too long", "12345678901234567)" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        expect_wrong(rows[i].script, rows[i].wrong, rows[i].at);
    }
}

static void
a_script_has_a_longest_length(void **state)
{
    char script[(UKB_FAULT_RULES_MAX + 1U) * sizeof("C_Sign=hang;")] = "";
    size_t len = 0;
    size_t i;

    (void)state;
    for (i = 0; i < UKB_FAULT_RULES_MAX; i++) {
        memcpy(script + len, "C_Sign=hang;", sizeof("C_Sign=hang;"));
        len += strlen("C_Sign=hang;");
    }
    assert_int_equal(parse(script).count, UKB_FAULT_RULES_MAX);
    memcpy(script + len, "C_Sign=hang", sizeof("C_Sign=hang"));
    expect_wrong(script, "too many rules", "C_Sign=hang");
}

static void
texts_of_full_length_fit(void **state)
{
    char script[128] = "C_GetInfo=print(";
    const size_t head = strlen(script);

    (void)state;
    memset(script + head, 'x', UKB_FAULT_RULE_TEXT_MAX);
    memcpy(script + head + UKB_FAULT_RULE_TEXT_MAX, ")", 2);
    assert_int_equal(strlen(parse(script).items[0].text), UKB_FAULT_RULE_TEXT_MAX);
    memcpy(script + head + UKB_FAULT_RULE_TEXT_MAX, "x)", 3);
    expect_wrong(script, "no text, or too long", script + head);
    assert_int_equal(parse("C_GetTokenInfo=label(12345678901234567890123456789012)").count, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_may_be_missing_or_empty),
        cmocka_unit_test(rules_stand_in_their_order),
        cmocka_unit_test(calls_are_one_a_range_or_all),
        cmocka_unit_test(a_rule_is_of_its_function_alone),
        cmocka_unit_test(every_answer_has_a_name_or_a_number),
        cmocka_unit_test(actions_take_what_stands_in_parentheses),
        cmocka_unit_test(what_makes_no_sense_is_named),
        cmocka_unit_test(a_script_has_a_longest_length),
        cmocka_unit_test(texts_of_full_length_fit),
    };

    return cmocka_run_group_tests_name("module/rules", tests, NULL, NULL);
}
