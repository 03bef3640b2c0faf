/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/command.c: which command a word is, and what becomes of what it prints. */
#include "typed.h"

#include "broker/command.h"
#include "core/contract.h"

#define RUN(...) TYPED(ukb_command_run, "ukeybridge", __VA_ARGS__)

static void
without_a_word_or_with_help_the_commands_are_told(void **state)
{
    static const char *const commands[] = { "tokens",   "certificates", "renewals", "call METHOD", "describe",
                                            "register", "unregister",   "help",     "--version" };
    static const char *const alone[] = { "ukeybridge", NULL };
    char told[sizeof(typed.out)];
    size_t i;

    (void)state;
    assert_int_equal(typed_run(ukb_command_run, alone), UKB_EXIT_OK);
    memcpy(told, typed.out, sizeof(told));
    assert_int_equal(RUN("help"), UKB_EXIT_OK);
    assert_string_equal(typed.out, told);
    assert_int_equal(RUN("--help"), UKB_EXIT_OK);
    assert_string_equal(typed.out, told);
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        char line[64];

        (void)snprintf(line, sizeof(line), "  ukeybridge %s", commands[i]);
        typed_has(told, line);
    }
    assert_string_equal(typed.err, "");
}

/* How often a text has letters of none but ASCII behind an indent: a line that was not translated. */
static size_t
plain_lines(const char *text, const char *indent)
{
    size_t count = 0;
    const char *line = strstr(text, indent);

    for (; line != NULL; line = strstr(line + 1, indent)) {
        const char *end = strchr(line + 1, '\n');
        const char *at = line + 1;

        while (at < end && (unsigned char)*at < 0x80U) {
            at++;
        }
        count += at == end ? 1U : 0U;
    }
    return count;
}

static void
help_and_slips_are_told_in_the_users_language(void **state)
{
    static const char *const commands[] = { "tokens",   "certificates", "renewals",   "audit", "doctor",   "call",
                                            "describe", "register",     "unregister", "help",  "--version" };
    size_t i;

    (void)state;
    assert_int_equal(RUN("help"), UKB_EXIT_OK);
    assert_int_equal(plain_lines(typed.out, "\n      "), sizeof(commands) / sizeof(commands[0]));
    typed_language("zh_CN.UTF-8");
    assert_int_equal(RUN("help"), UKB_EXIT_OK);
    assert_int_equal(plain_lines(typed.out, "\n      "), 0);
    typed_has(typed.out, "  ukeybridge certificates [TOKEN] [--json]\n      列出");
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_int_equal(RUN("help", commands[i]), UKB_EXIT_OK);
        typed_has(typed.out, "用法：ukeybridge ");
        typed_has(typed.out, "。\n");
        assert_int_equal(plain_lines(typed.out, "\n  --"), 0);
    }
    assert_int_equal(RUN("token"), UKB_EXIT_USAGE);
    assert_string_equal(typed.err, "ukeybridge: 没有命令“token”；是否要输入 tokens？\n所有命令见 ukeybridge help\n");
    assert_int_equal(RUN("tokens", "--xml"), UKB_EXIT_USAGE);
    assert_string_equal(typed.err, "用法：ukeybridge tokens [--json]\n详细说明见 ukeybridge tokens --help\n");
    assert_int_equal(RUN("register", "--browser", "lynx"), UKB_EXIT_USAGE);
    assert_string_equal(typed.err, "ukeybridge: 没有这个浏览器：lynx；用法见 ukeybridge register --help\n");
}

static void
an_unknown_word_is_a_matter_of_usage(void **state)
{
    static const char *const words[] = { "", "Tokens", "token", "tokens ", "--json", "chrome-extension:/x" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_int_equal(RUN(words[i]), UKB_EXIT_USAGE);
        typed_has(typed.err, "no command");
        assert_string_equal(typed.out, "");
    }
}

static void
the_version_is_one_line(void **state)
{
    (void)state;
    assert_int_equal(RUN("--version"), UKB_EXIT_OK);
    assert_memory_equal(typed.out, "ukeybridge ", strlen("ukeybridge "));
    assert_ptr_equal(strchr(typed.out, '\n'), typed.out + strlen(typed.out) - 1U);
}

static void
the_description_is_the_contract(void **state)
{
    cJSON *json = NULL;

    (void)state;
    assert_int_equal(RUN("describe"), UKB_EXIT_OK);
    json = cJSON_Parse(typed.out);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "methods")), UKB_METHOD_COUNT);
    cJSON_Delete(json);
    assert_int_equal(RUN("describe", "--json"), UKB_EXIT_USAGE);
    assert_string_equal(typed.out, "");
}

static void
a_command_gets_the_words_behind_it(void **state)
{
    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"renewals\":[],\"tokens\":[],\"problems\":[]}}'; done");
    assert_int_equal(RUN("tokens"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "no UKey is inserted\n");
    assert_int_equal(RUN("certificates"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "no certificate, or no UKey is inserted\n");
    assert_int_equal(RUN("renewals", "--json"), UKB_EXIT_OK);
    typed_has(typed.out, "\"renewals\"");
    assert_int_equal(RUN("call", "host.ping"), UKB_EXIT_OK);
    assert_int_equal(RUN("tokens", "--xml"), UKB_EXIT_USAGE);
    typed_has(typed.err, "usage: ukeybridge tokens");
    assert_int_equal(RUN("register", "--browser", "lynx"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("unregister", "--browser"), UKB_EXIT_USAGE);
}

static void
what_cannot_be_written_has_failed(void **state)
{
    static const char *const commands[][4] = {
        { "ukeybridge", "help", NULL },
        { "ukeybridge", "--version", NULL },
        { "ukeybridge", "describe", NULL },
        { "ukeybridge", "tokens", NULL },
        { "ukeybridge", "tokens", "--json", NULL },
        { "ukeybridge", "call", "host.ping", NULL },
    };
    size_t i;

    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"tokens\":[],\"problems\":[]}}'; done");
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_int_equal(typed_run_to("/dev/full", ukb_command_run, commands[i]), UKB_EXIT_FAILED);
        typed_read("err", typed.err, sizeof(typed.err));
        assert_string_equal(typed.err, "ukeybridge: the output cannot be written\n");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, typed_setup, typed_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_word_or_with_help_the_commands_are_told),
        TEST(help_and_slips_are_told_in_the_users_language),
        TEST(an_unknown_word_is_a_matter_of_usage),
        TEST(the_version_is_one_line),
        TEST(the_description_is_the_contract),
        TEST(a_command_gets_the_words_behind_it),
        TEST(what_cannot_be_written_has_failed),
    };

    return cmocka_run_group_tests_name("broker/command", tests, NULL, NULL);
}
