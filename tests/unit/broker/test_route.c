/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/route.c: which token a call is about, and what is known of tokens. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "broker/call.h"
#include "broker/health.h"

#define TOKEN_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TOKEN_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct ukb_broker broker;
static const struct ukb_policy_module *first;
static const struct ukb_policy_module *second;

static int
setup(void **state)
{
    struct ukb_error error = { 0 };
    size_t count = 0;

    (void)state;
    memset(&broker, 0, sizeof(broker));
    assert_int_equal(ukb_policy_parse("{\"modules\":[{\"name\":\"first\",\"path\":\"/first.so\"},"
                                      "{\"name\":\"second\",\"path\":\"/second.so\"}]}",
                                      NULL, &broker.policy, &error),
                     UKB_OK);
    assert_int_equal(uv_loop_init(&broker.loop), 0);
    first = ukb_policy_modules(broker.policy, &count);
    assert_int_equal(count, 2);
    second = first + 1;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_policy_free(broker.policy);
    return uv_loop_close(&broker.loop);
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
    return ukb_route_module(&broker, id);
}

static void
what_a_list_shows_is_learnt_and_can_be_forgotten(void **state)
{
    (void)state;
    learn("[{\"id\":\"" TOKEN_A "\"},{\"id\":\"" TOKEN_B "\"}]", first);
    assert_int_equal(broker.token_count, 2);
    assert_ptr_equal(module_of(TOKEN_A), first);
    ukb_route_forget(&broker, TOKEN_A);
    ukb_route_forget(&broker, TOKEN_A);
    assert_null(module_of(TOKEN_A));
    assert_ptr_equal(module_of(TOKEN_B), first);
    ukb_route_forget(&broker, TOKEN_B);
    assert_int_equal(broker.token_count, 0);
}

static void
a_modules_list_replaces_what_was_known_of_it(void **state)
{
    (void)state;
    learn("[{\"id\":\"" TOKEN_A "\"},{\"id\":\"" TOKEN_B "\"}]", first);
    learn("[{\"id\":\"" TOKEN_B "\"}]", first);
    assert_null(module_of(TOKEN_A));
    learn("[{\"id\":\"" TOKEN_A "\"}]", second); /* pulled and put into another reader */
    assert_ptr_equal(module_of(TOKEN_A), second);
    assert_ptr_equal(module_of(TOKEN_B), first);
    ukb_route_learn(&broker, NULL, first); /* no list at all says nothing */
    assert_ptr_equal(module_of(TOKEN_B), first);
    learn("[]", first);
    assert_null(module_of(TOKEN_B));
    assert_ptr_equal(module_of(TOKEN_A), second);
}

static void
of_two_modules_the_first_is_asked_whichever_list_came_last(void **state)
{
    (void)state;
    learn("[{\"id\":\"" TOKEN_A "\"}]", first);
    learn("[{\"id\":\"" TOKEN_A "\"}]", second);
    assert_ptr_equal(module_of(TOKEN_A), first);
    ukb_route_forget(&broker, TOKEN_A);
    assert_null(module_of(TOKEN_A));
    learn("[{\"id\":\"" TOKEN_A "\"}]", second);
    assert_ptr_equal(module_of(TOKEN_A), second);
    learn("[{\"id\":\"" TOKEN_A "\"}]", first);
    assert_ptr_equal(module_of(TOKEN_A), first);
    learn("[]", first);
    assert_ptr_equal(module_of(TOKEN_A), second);
}

static void
a_module_that_is_left_alone_is_asked_when_no_other_has_the_token(void **state)
{
    (void)state;
    learn("[{\"id\":\"" TOKEN_A "\"},{\"id\":\"" TOKEN_B "\"}]", first);
    learn("[{\"id\":\"" TOKEN_A "\"}]", second);
    ukb_health_failed(&broker, first, UKB_E_MODULE_HUNG);
    assert_ptr_equal(module_of(TOKEN_A), second);
    assert_ptr_equal(module_of(TOKEN_B), first);
    ukb_health_good(&broker, first);
    assert_ptr_equal(module_of(TOKEN_A), first);
}

static void
what_is_no_token_is_not_learnt(void **state)
{
    (void)state;
    learn("[]", first);
    learn("{}", first);
    learn("[{},{\"id\":1},{\"id\":\"\"},{\"id\":\"short\"},{\"id\":null},1,\"" TOKEN_A "\"]", first);
    learn("[{\"id\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]", first);
    learn("[{\"id\":\"" TOKEN_A "a\"}]", first);
    ukb_route_learn(&broker, NULL, first);
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
        learn(text, first);
        assert_in_range(broker.token_count, 1, UKB_KNOWN_TOKENS_MAX);
    }
    (void)snprintf(text, sizeof(text), "%032x", i - 1U);
    assert_ptr_equal(module_of(text), first);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_names_its_token_or_a_renewal_on_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_malformed_renewal_names_none, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_list_shows_is_learnt_and_can_be_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(a_modules_list_replaces_what_was_known_of_it, setup, teardown),
        cmocka_unit_test_setup_teardown(of_two_modules_the_first_is_asked_whichever_list_came_last, setup, teardown),
        cmocka_unit_test_setup_teardown(a_module_that_is_left_alone_is_asked_when_no_other_has_the_token, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_no_token_is_not_learnt, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_memory_starts_over, setup, teardown),
    };

    return cmocka_run_group_tests_name("broker/route", tests, NULL, NULL);
}
