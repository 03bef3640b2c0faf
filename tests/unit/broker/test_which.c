/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/which.c: a UKey by its label or the first digits of its id, and never the wrong one. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "broker/which.h"

#define ID_A "abcd0000000000000000000000000001"
#define ID_B "abcd0000000000000000000000000002"
#define ID_C "ab000000000000000000000000000003"
#define ID_Z "ffff0000000000000000000000000009" /* of none that is here */

static const char tokens_text[] = "[{\"id\":\"" ID_A "\",\"label\":\"示例UKey\"},{\"id\":\"" ID_B
                                  "\",\"label\":\"twin\"},{\"id\":\"" ID_C "\",\"label\":\"twin\"},"
                                  "{\"id\":\"0123456789abcdef0123456789abcdef\"},"
                                  "{\"id\":\"7123456789abcdef0123456789abcdef\",\"label\":\"0123\"}]";

static enum ukb_status
which(const char *word, const char *wanted)
{
    char id[UKB_TOKEN_ID_LEN + 1U] = "";
    struct ukb_error err = { 0 };
    cJSON *tokens = cJSON_Parse(tokens_text);
    enum ukb_status st = ukb_which_token(tokens, word, id, &err);

    assert_non_null(tokens);
    cJSON_Delete(tokens);
    assert_string_equal(id, wanted);
    assert_true(st == UKB_OK || strstr(err.message, "ukeybridge tokens") != NULL);
    return st;
}

static void
a_label_or_the_first_digits_find_one(void **state)
{
    (void)state;
    assert_int_equal(which("示例UKey", ID_A), UKB_OK);
    assert_int_equal(which(ID_A, ID_A), UKB_OK);
    assert_int_equal(which("abcd0000000000000000000000000002", ID_B), UKB_OK);
    assert_int_equal(which("ab00", ID_C), UKB_OK);
    assert_int_equal(which("01234", "0123456789abcdef0123456789abcdef"), UKB_OK);
}

static void
what_may_be_several_is_not_guessed(void **state)
{
    (void)state;
    assert_int_equal(which("twin", ""), UKB_E_TOKEN_AMBIGUOUS);
    assert_int_equal(which("ab", ""), UKB_E_TOKEN_AMBIGUOUS);
    assert_int_equal(which("abcd", ""), UKB_E_TOKEN_AMBIGUOUS);
    assert_int_equal(which("0123", ""), UKB_E_TOKEN_AMBIGUOUS); /* one's label, the other's digits */
}

static void
what_is_not_there_is_not_found(void **state)
{
    (void)state;
    assert_int_equal(which("", ""), UKB_E_NO_TOKEN);
    assert_int_equal(which("示例", ""), UKB_E_NO_TOKEN); /* half a label */
    assert_int_equal(which("TWIN", ""), UKB_E_NO_TOKEN);
    assert_int_equal(which("ABCD", ""), UKB_E_NO_TOKEN);
    assert_int_equal(which(ID_A "0", ""), UKB_E_NO_TOKEN);
}

static void
a_whole_id_is_believed(void **state)
{
    (void)state;
    assert_int_equal(which(ID_Z, ID_Z), UKB_OK);
}

static void
what_is_wrong_is_said_in_the_users_language(void **state)
{
    struct ukb_error err = { 0 };
    char id[UKB_TOKEN_ID_LEN + 1U] = "";
    cJSON *tokens = cJSON_Parse(tokens_text);

    (void)state;
    assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
    assert_int_equal(ukb_which_token(tokens, "示例", id, &err), UKB_E_NO_TOKEN);
    assert_non_null(strstr(err.message, "名称为“示例”"));
    assert_int_equal(ukb_which_token(tokens, "twin", id, &err), UKB_E_TOKEN_AMBIGUOUS);
    assert_non_null(strstr(err.message, "“twin”可能指 2 个 UKey"));
    cJSON_Delete(tokens);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_label_or_the_first_digits_find_one),
        cmocka_unit_test(what_may_be_several_is_not_guessed),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(a_whole_id_is_believed),
        cmocka_unit_test(what_is_wrong_is_said_in_the_users_language),
    };

    return cmocka_run_group_tests_name("broker/which", tests, NULL, NULL);
}
