/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/lists.c with workers that are a script: tables for people, JSON for machines, exit codes. */
#include "typed.h"

#include "broker/command.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define TOKEN(id, label)                                                                                               \
    "{\"id\":\"" id "\",\"label\":\"" label "\",\"serial\":\"S-" label                                                 \
    "\",\"present\":true,\"pin\":{\"state\":\"ok\"},"                                                                  \
    "\"module\":{\"id\":\"a\"}}"
#define TOKENS "{\"id\":1,\"result\":{\"tokens\":[" TOKEN(ID_A, "Zhang") "," TOKEN(ID_B, "Li") "],\"problems\":[]}}"
#define CERTIFICATE(owner, more)                                                                                       \
    "{\"subject\":{\"commonName\":\"" owner "\"},\"issuer\":{\"commonName\":\"CA\"},\"role\":\"signing\","             \
    "\"state\":\"valid\",\"notAfter\":\"2027-11-21T08:00:00Z\",\"daysLeft\":358,\"serial\":\"0A\"" more "}"
#define RENEWAL                                                                                                        \
    "{\"id\":\"" ID_A "-1\",\"created\":\"2026-11-28T01:02:03Z\",\"kind\":\"renew\",\"state\":\"installed\","          \
    "\"origin\":\"https://portal.example\"}"

/* One of two pages for the first token, one for the second. */
#define LISTING                                                                                                        \
    "while take; do case $request in\n*tokens.list*) say '" TOKENS "';;\n"                                             \
    "*" ID_B "*) say '{\"id\":1,\"result\":{\"certificates\":[" CERTIFICATE(                                           \
        "Li", "") "]}}';;\n"                                                                                           \
                  "*cursor*page-2*) say '{\"id\":1,\"result\":{\"certificates\":[" CERTIFICATE(                        \
                      "Wang", ",\"history\":true") "]}}';;\n"                                                          \
                                                   "*) say '{\"id\":1,\"result\":{\"certificates\":[" CERTIFICATE(     \
                                                       "Zhang", "") "],\"next\":\"page-2\"}}';;\nesac; done"

static void
tokens_are_a_table_or_json(void **state)
{
    cJSON *json = NULL;

    (void)state;
    typed_worker(LISTING);
    assert_int_equal(TYPED(ukb_command_tokens, "tokens"), UKB_EXIT_OK);
    typed_has(typed.out, "LABEL");
    typed_has(typed.out, "S-Zhang");
    typed_has(typed.out, ID_B);
    assert_string_equal(typed.err, "");
    assert_int_equal(TYPED(ukb_command_tokens, "tokens", "--json"), UKB_EXIT_OK);
    json = cJSON_Parse(typed.out);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "tokens")), 2);
    cJSON_Delete(json);
}

static void
tables_are_in_the_users_language_and_line_up(void **state)
{
    (void)state;
    typed_worker(LISTING);
    typed_language("zh_CN.UTF-8");
    assert_int_equal(TYPED(ukb_command_tokens, "tokens"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "名称   UKey 编号  PIN 码  驱动  标识\n"
                                   "Zhang  S-Zhang    正常    a     " ID_A "\n"
                                   "Li     S-Li       正常    a     " ID_B "\n");
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", ID_A), UKB_EXIT_OK);
    assert_string_equal(typed.out, "持有人  用途  状态    到期日期    剩余天数  证书序列号  发证机构\n"
                                   "Zhang   签名  有效    2027-11-21  358       0A          CA\n"
                                   "Wang    签名  旧证书  2027-11-21  358       0A          CA\n");
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"renewals\":[" RENEWAL "]}}'; done");
    assert_int_equal(TYPED(ukb_command_renewals, "renewals"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "开始日期    类型      状态    办理网站                订单号  记录编号\n"
                                   "2026-11-28  证书延期  已完成  https://portal.example  -       " ID_A "-1\n");
}

static void
machines_get_the_same_in_every_language(void **state)
{
    char english[sizeof(typed.out)];

    (void)state;
    typed_worker(LISTING);
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", "--json"), UKB_EXIT_OK);
    memcpy(english, typed.out, sizeof(english));
    typed_language("zh_CN.UTF-8");
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", "--json"), UKB_EXIT_OK);
    assert_string_equal(typed.out, english);
}

static void
what_stopped_a_list_is_told_in_chinese_besides(void **state)
{
    (void)state;
    typed_worker("take; say '{\"id\":1,\"error\":{\"code\":-32000,\"message\":\"full\",\"data\":"
                 "{\"reason\":\"DISK_FULL\"}}}'; take");
    typed_language("zh_CN.UTF-8");
    assert_int_equal(TYPED(ukb_command_renewals, "renewals"), UKB_EXIT_FAILED);
    assert_string_equal(typed.err, "ukeybridge: DISK_FULL: full\n"
                                   "电脑磁盘已满，没有继续操作。请清理磁盘空间后重试。\n");
}

static void
no_ukey_is_said_and_a_modules_problem_is_told_beside(void **state)
{
    (void)state;
    typed_worker("take; kill -SEGV $$");
    assert_int_equal(TYPED(ukb_command_tokens, "tokens"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "no UKey is inserted\n");
    typed_has(typed.err, "MODULE_CRASHED: module \"a\"");
}

static void
certificates_of_all_ukeys_and_pages_are_one_list(void **state)
{
    cJSON *json = NULL;

    (void)state;
    typed_worker(LISTING);
    assert_int_equal(TYPED(ukb_command_certificates, "certificates"), UKB_EXIT_OK);
    typed_has(typed.out, "OWNER");
    typed_has(typed.out, "2027-11-21  358");
    typed_has(typed.out, "history");
    assert_null(strstr(typed.out, "T08"));
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", "--json"), UKB_EXIT_OK);
    json = cJSON_Parse(typed.out);
    assert_int_equal(cJSON_GetArraySize(json), 3);
    assert_string_equal(ukb_json_string(ukb_json_get(cJSON_GetArrayItem(json, 1), "subject"), "commonName"), "Wang");
    cJSON_Delete(json);
}

static void
certificates_of_one_ukey_are_its_own(void **state)
{
    (void)state;
    typed_worker(LISTING);
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", ID_B), UKB_EXIT_OK);
    typed_has(typed.out, "Li");
    assert_null(strstr(typed.out, "Zhang"));
}

static void
what_a_worker_leaves_out_is_no_crash(void **state)
{
    (void)state;
    typed_worker(
        "while take; do case $request in\n*tokens.list*) say '{\"id\":1,\"result\":{\"tokens\":[{\"id\":\"" ID_A
        "\"},{},7]}}';;\n*certificates.list*) say '{\"id\":1,\"result\":{\"certificates\":[{},{\"daysLeft\":"
        "\"x\"}]}}';;\n*) say '{\"id\":1,\"result\":{\"renewals\":[{},null]}}';;\nesac; done");
    assert_int_equal(TYPED(ukb_command_tokens, "tokens"), UKB_EXIT_OK);
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", ID_A), UKB_EXIT_OK);
    typed_has(typed.out, "OWNER");
    assert_int_equal(TYPED(ukb_command_renewals, "renewals"), UKB_EXIT_OK);
    typed_has(typed.out, "CREATED");
}

static void
a_list_that_breaks_off_is_no_list(void **state)
{
    (void)state;
    typed_worker("while take; do case $request in\n*tokens.list*) say '" TOKENS "';;\n*" ID_B "*) say '{\"id\":1,"
                 "\"error\":{\"code\":-32000,\"message\":\"gone\",\"data\":{\"reason\":\"TOKEN_REMOVED\"}}}';;\n"
                 "*) say '{\"id\":1,\"result\":{\"certificates\":[" CERTIFICATE("Zhang", "") "]}}';;\nesac; done");
    assert_int_equal(TYPED(ukb_command_certificates, "certificates"), UKB_EXIT_FAILED);
    assert_string_equal(typed.out, "");
    assert_string_equal(typed.err, "ukeybridge: TOKEN_REMOVED: gone\n");
}

static void
a_ukey_that_is_not_in_or_no_id_is_an_error(void **state)
{
    (void)state;
    typed_worker(LISTING);
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", "ffffffffffffffffffffffffffffffff"),
                     UKB_EXIT_FAILED);
    typed_has(typed.err, "NO_TOKEN");
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", "--json", "short"), UKB_EXIT_FAILED);
    typed_has(typed.err, "token");
    assert_string_equal(typed.out, "");
}

static void
renewals_are_a_table_or_json(void **state)
{
    cJSON *json = NULL;

    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"renewals\":[" RENEWAL "]}}'; done");
    assert_int_equal(TYPED(ukb_command_renewals, "renewals", ID_A), UKB_EXIT_OK);
    typed_has(typed.out, "2026-11-28");
    typed_has(typed.out, "https://portal.example");
    typed_has(typed_requests(), "\"params\":{\"token\":\"" ID_A "\"}");
    assert_int_equal(TYPED(ukb_command_renewals, "renewals", "--json"), UKB_EXIT_OK);
    json = cJSON_Parse(typed.out);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "renewals")), 1);
    cJSON_Delete(json);
}

static void
no_renewal_is_said_and_trouble_is_told(void **state)
{
    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"renewals\":[]}}'; done");
    assert_int_equal(TYPED(ukb_command_renewals, "renewals"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "no renewal yet\n");
    typed_worker("take; say '{\"id\":1,\"error\":{\"code\":-32000,\"message\":\"full\",\"data\":"
                 "{\"reason\":\"DISK_FULL\"}}}'; take");
    assert_int_equal(TYPED(ukb_command_renewals, "renewals"), UKB_EXIT_FAILED);
    assert_string_equal(typed.out, "");
    assert_string_equal(typed.err, "ukeybridge: DISK_FULL: full\n");
}

static void
any_method_can_be_called(void **state)
{
    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"renewals\":[]}}'; done");
    assert_int_equal(TYPED(ukb_command_call, "call", "host.ping"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "{\n}\n");
    assert_int_equal(TYPED(ukb_command_call, "call", "renewal.list", "{\"token\":\"" ID_A "\"}"), UKB_EXIT_OK);
    typed_has(typed.out, "renewals");
    typed_has(typed_requests(), ID_A);
}

static void
a_call_that_the_host_refuses_has_failed(void **state)
{
    (void)state;
    assert_int_equal(TYPED(ukb_command_call, "call", "no.such"), UKB_EXIT_FAILED);
    typed_has(typed.err, "ukeybridge: ");
    assert_int_equal(TYPED(ukb_command_call, "call", "certificates.list", "{}"), UKB_EXIT_FAILED);
    typed_has(typed.err, "token");
    (void)scratch_file(typed.scratch, "ukeybridge/config.json", "junk");
    assert_int_equal(TYPED(ukb_command_call, "call", "renewal.list"), UKB_EXIT_FAILED);
    typed_has(typed.err, "POLICY_INVALID");
    assert_string_equal(typed.out, "");
}

static void
parameters_that_are_no_object_are_a_matter_of_usage(void **state)
{
    static const char *const bad[] = { "", "[]", "7", "null", "{", "{\"a\":1,\"a\":2}" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(TYPED(ukb_command_call, "call", "host.ping", bad[i]), UKB_EXIT_USAGE);
        typed_has(typed.err, "the parameters must be a JSON object");
        assert_null(strstr(typed.err, ": \n"));
        assert_string_equal(typed.out, "");
    }
}

static void
words_that_are_none_of_ours_are_a_matter_of_usage(void **state)
{
    (void)state;
    assert_int_equal(TYPED(ukb_command_tokens, "tokens", ID_A), UKB_EXIT_USAGE);
    assert_int_equal(TYPED(ukb_command_tokens, "tokens", "--xml"), UKB_EXIT_USAGE);
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", ID_A, ID_B), UKB_EXIT_USAGE);
    assert_int_equal(TYPED(ukb_command_certificates, "certificates", "-j"), UKB_EXIT_USAGE);
    assert_int_equal(TYPED(ukb_command_renewals, "renewals", "--"), UKB_EXIT_USAGE);
    assert_int_equal(TYPED(ukb_command_call, "call"), UKB_EXIT_USAGE);
    assert_int_equal(TYPED(ukb_command_call, "call", "host.ping", "{}", "{}"), UKB_EXIT_USAGE);
    typed_has(typed.err, "usage: ukeybridge call METHOD [JSON]");
    typed_has(typed.err, "`ukeybridge call --help` says more");
    assert_string_equal(typed.out, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, typed_setup, typed_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tokens_are_a_table_or_json),
        TEST(tables_are_in_the_users_language_and_line_up),
        TEST(machines_get_the_same_in_every_language),
        TEST(what_stopped_a_list_is_told_in_chinese_besides),
        TEST(no_ukey_is_said_and_a_modules_problem_is_told_beside),
        TEST(certificates_of_all_ukeys_and_pages_are_one_list),
        TEST(certificates_of_one_ukey_are_its_own),
        TEST(what_a_worker_leaves_out_is_no_crash),
        TEST(a_list_that_breaks_off_is_no_list),
        TEST(a_ukey_that_is_not_in_or_no_id_is_an_error),
        TEST(renewals_are_a_table_or_json),
        TEST(no_renewal_is_said_and_trouble_is_told),
        TEST(any_method_can_be_called),
        TEST(a_call_that_the_host_refuses_has_failed),
        TEST(parameters_that_are_no_object_are_a_matter_of_usage),
        TEST(words_that_are_none_of_ours_are_a_matter_of_usage),
    };

    return cmocka_run_group_tests_name("broker/lists", tests, NULL, NULL);
}
