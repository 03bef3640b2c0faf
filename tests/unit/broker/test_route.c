/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/route.c: which token a call is about, and what is known of tokens. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "broker/call.h"

#define TOKEN_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TOKEN_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct ukb_broker broker;
static const struct ukb_policy_module first = { "first", "/first.so" };
static const struct ukb_policy_module second = { "second", "/second.so" };

static int
setup(void **state)
{
    (void)state;
    memset(&broker, 0, sizeof(broker));
    return 0;
}

/* The token that a call with these params names; "" for none. */
static const char *
token_of(const char *params_text)
{
    static char token[UKB_TOKEN_ID_LEN + 1U];
    cJSON *params = cJSON_Parse(params_text);
    struct ukb_call call = { .broker = &broker };
    bool named;

    call.request.params = params;
    memset(token, 0, sizeof(token));
    named = ukb_route_token(&call, token);
    cJSON_Delete(params);
    return named ? token : "";
}

static void
a_call_names_its_token_or_a_renewal_on_it(void **state)
{
    (void)state;
    assert_string_equal(token_of("{\"token\":\"" TOKEN_A "\"}"), TOKEN_A);
    assert_string_equal(token_of("{\"renewal\":\"" TOKEN_A "-00112233445566778899aabbccddeeff\"}"), TOKEN_A);
    assert_string_equal(token_of("{\"renewal\":\"" TOKEN_A "-\"}"), TOKEN_A);
    assert_string_equal(token_of("{\"token\":\"" TOKEN_A "\",\"renewal\":\"" TOKEN_B "-1\"}"), TOKEN_A);
}

static void
a_malformed_renewal_names_none(void **state)
{
    static const char *const bad[] = {
        "{}",
        "null",
        "{\"renewal\":\"\"}",
        "{\"renewal\":\"-\"}",
        "{\"renewal\":\"aaaa\"}",
        "{\"renewal\":\"" TOKEN_A "\"}",
        "{\"renewal\":\"" TOKEN_A "0\"}",
        "{\"renewal\":\"" TOKEN_A "_1\"}",
        "{\"renewal\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1\"}",
        "{\"renewal\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA-1\"}",
        "{\"renewal\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaag-1\"}",
        "{\"renewal\":\"../../../../../../../../../../../-1\"}",
        "{\"renewal\":1}",
        "{\"token\":\"\"}",
        "{\"token\":\"short\"}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (token_of(bad[i])[0] != '\0') {
            fail_msg("%s names a token", bad[i]);
        }
    }
}

static void
learn(const char *text, const struct ukb_policy_module *module)
{
    cJSON *tokens = cJSON_Parse(text);

    ukb_route_learn(&broker, tokens, module);
    cJSON_Delete(tokens);
}

static const struct ukb_policy_module *
module_of(const char *id)
{
    size_t i;

    for (i = 0; i < broker.token_count; i++) {
        if (strcmp(broker.tokens[i].id, id) == 0) {
            return broker.tokens[i].module;
        }
    }
    return NULL;
}

static void
what_a_list_shows_is_learnt_and_can_be_forgotten(void **state)
{
    (void)state;
    learn("[{\"id\":\"" TOKEN_A "\"},{\"id\":\"" TOKEN_B "\"}]", &first);
    assert_int_equal(broker.token_count, 2);
    assert_ptr_equal(module_of(TOKEN_A), &first);
    learn("[{\"id\":\"" TOKEN_A "\"}]", &second); /* pulled and put into another reader */
    assert_int_equal(broker.token_count, 2);
    assert_ptr_equal(module_of(TOKEN_A), &second);
    assert_ptr_equal(module_of(TOKEN_B), &first);
    ukb_route_forget(&broker, TOKEN_A);
    ukb_route_forget(&broker, TOKEN_A);
    assert_null(module_of(TOKEN_A));
    assert_ptr_equal(module_of(TOKEN_B), &first);
    ukb_route_forget(&broker, TOKEN_B);
    assert_int_equal(broker.token_count, 0);
}

static void
what_is_no_token_is_not_learnt(void **state)
{
    (void)state;
    learn("[]", &first);
    learn("{}", &first);
    learn("[{},{\"id\":1},{\"id\":\"\"},{\"id\":\"short\"},{\"id\":null},1,\"" TOKEN_A "\"]", &first);
    learn("[{\"id\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]", &first);
    learn("[{\"id\":\"" TOKEN_A "a\"}]", &first);
    ukb_route_learn(&broker, NULL, &first);
    assert_int_equal(broker.token_count, 0);
}

static void
a_full_memory_starts_over(void **state)
{
    char text[64];
    unsigned int i;

    (void)state;
    for (i = 0; i < UKB_KNOWN_TOKENS_MAX + 10U; i++) {
        (void)snprintf(text, sizeof(text), "[{\"id\":\"%032x\"}]", i);
        learn(text, &first);
        assert_in_range(broker.token_count, 1, UKB_KNOWN_TOKENS_MAX);
    }
    (void)snprintf(text, sizeof(text), "%032x", i - 1U);
    assert_ptr_equal(module_of(text), &first);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_call_names_its_token_or_a_renewal_on_it, setup),
        cmocka_unit_test_setup(a_malformed_renewal_names_none, setup),
        cmocka_unit_test_setup(what_a_list_shows_is_learnt_and_can_be_forgotten, setup),
        cmocka_unit_test_setup(what_is_no_token_is_not_learnt, setup),
        cmocka_unit_test_setup(a_full_memory_starts_over, setup),
    };

    return cmocka_run_group_tests_name("broker/route", tests, NULL, NULL);
}
