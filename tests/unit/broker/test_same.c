/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/same.c: which tokens are one UKey, and which module's is told. */
#include "../test.h"

#include <string.h>

#include "broker/same.h"

static const struct ukb_policy_module modules[] = { { "a", "/a.so" }, { "b", "/b.so" }, { "c", "/c.so" } };

static bool
same(const char *one_text, const char *other_text)
{
    cJSON *one = cJSON_Parse(one_text);
    cJSON *other = cJSON_Parse(other_text);
    bool is = ukb_same_token(one, other);

    assert_int_equal(ukb_same_token(other, one), is);
    cJSON_Delete(one);
    cJSON_Delete(other);
    return is;
}

static void
one_id_is_one_ukey_and_so_are_one_serial_and_reader(void **state)
{
    (void)state;
    assert_true(same("{\"id\":\"1\"}", "{\"id\":\"1\",\"serial\":\"9\"}"));
    assert_true(
        same("{\"id\":\"1\",\"serial\":\"9\",\"reader\":\"r\"}", "{\"id\":\"2\",\"serial\":\"9\",\"reader\":\"r\"}"));
    assert_false(
        same("{\"id\":\"1\",\"serial\":\"9\",\"reader\":\"r\"}", "{\"id\":\"2\",\"serial\":\"9\",\"reader\":\"s\"}"));
    assert_false(
        same("{\"id\":\"1\",\"serial\":\"8\",\"reader\":\"r\"}", "{\"id\":\"2\",\"serial\":\"9\",\"reader\":\"r\"}"));
    assert_false(
        same("{\"id\":\"1\",\"serial\":\"\",\"reader\":\"r\"}", "{\"id\":\"2\",\"serial\":\"\",\"reader\":\"r\"}"));
    assert_false(same("{\"id\":\"1\",\"serial\":\"9\"}", "{\"id\":\"2\",\"serial\":\"9\"}"));
    assert_false(same("{\"id\":\"1\",\"reader\":\"r\"}", "{\"id\":\"2\",\"reader\":\"r\"}"));
    assert_false(same("{}", "{}"));
    assert_false(same("{\"id\":1}", "{\"id\":1}"));
}

/* Merge three modules' tokens (NULL: none) and compare with {"tokens":…,"problems":…}. */
static void
expect_merged(const char *a, const char *b, const char *c, const char *wanted)
{
    const char *const texts[] = { a, b, c };
    cJSON *parts[3] = { NULL };
    cJSON *result = cJSON_CreateObject();
    cJSON *tokens = cJSON_AddArrayToObject(result, "tokens");
    cJSON *problems = cJSON_AddArrayToObject(result, "problems");
    char *text = NULL;
    size_t i;

    for (i = 0; i < 3; i++) {
        parts[i] = texts[i] == NULL ? NULL : cJSON_Parse(texts[i]);
    }
    ukb_same_merge(parts, modules, 3, tokens, problems);
    text = cJSON_PrintUnformatted(result);
    assert_string_equal(text, wanted);
    cJSON_free(text);
    cJSON_Delete(result);
    for (i = 0; i < 3; i++) {
        cJSON_Delete(parts[i]);
    }
}

static void
the_first_modules_token_is_listed_and_the_others_are_named(void **state)
{
    (void)state;
    expect_merged(NULL, NULL, NULL, "{\"tokens\":[],\"problems\":[]}");
    expect_merged("[{\"id\":\"1\",\"of\":\"a\"}]", "[{\"id\":\"1\",\"of\":\"b\"}]", "[{\"id\":\"1\",\"of\":\"c\"}]",
                  "{\"tokens\":[{\"id\":\"1\",\"of\":\"a\"}],\"problems\":["
                  "{\"module\":\"b\",\"reason\":\"SAME_TOKEN\",\"token\":\"1\"},"
                  "{\"module\":\"c\",\"reason\":\"SAME_TOKEN\",\"token\":\"1\"}]}");
    expect_merged(NULL, "[{\"id\":\"1\",\"of\":\"b\"}]", "[{\"id\":\"2\"},{\"id\":\"1\",\"of\":\"c\"}]",
                  "{\"tokens\":[{\"id\":\"1\",\"of\":\"b\"},{\"id\":\"2\"}],\"problems\":["
                  "{\"module\":\"c\",\"reason\":\"SAME_TOKEN\",\"token\":\"1\"}]}");
}

static void
a_ukey_under_two_ids_is_named_by_the_one_that_is_listed(void **state)
{
    (void)state;
    expect_merged("[{\"id\":\"1\",\"serial\":\"9\",\"reader\":\"r\"}]",
                  "[{\"id\":\"2\",\"serial\":\"9\",\"reader\":\"r\"}]", NULL,
                  "{\"tokens\":[{\"id\":\"1\",\"serial\":\"9\",\"reader\":\"r\"}],\"problems\":["
                  "{\"module\":\"b\",\"reason\":\"SAME_TOKEN\",\"token\":\"1\"}]}");
}

static void
two_tokens_of_one_module_stay_two(void **state)
{
    (void)state;
    expect_merged("[{\"id\":\"1\"},{\"id\":\"1\"}]", NULL, "[]",
                  "{\"tokens\":[{\"id\":\"1\"},{\"id\":\"1\"}],\"problems\":[]}");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_id_is_one_ukey_and_so_are_one_serial_and_reader),
        cmocka_unit_test(the_first_modules_token_is_listed_and_the_others_are_named),
        cmocka_unit_test(a_ukey_under_two_ids_is_named_by_the_one_that_is_listed),
        cmocka_unit_test(two_tokens_of_one_module_stay_two),
    };

    return cmocka_run_group_tests_name("broker/same", tests, NULL, NULL);
}
