/* SPDX-License-Identifier: MIT */
/* `ukeybridge tokens`, `certificates`, `renewals` and `call`: tables for people, JSON for machines. */
#include "broker/command.h"

#include <stdio.h>
#include <string.h>

#include "broker/client.h"
#include "broker/nearest.h"
#include "broker/table.h"
#include "broker/which.h"
#include "core/contract.h"
#include "core/hex.h"
#include "core/limits.h"

/* The extension's words for the same. */
static const struct ukb_text pin_states[] = {
    { "ok", "正常" },
    { "low", "曾输错" },
    { "final", "只剩最后一次" },
    { "locked", "已锁定" },
    { "uninitialised", "尚未设置" },
    { "must-change", "初始 PIN 码" },
    { "pad", "在读卡器上输入" },
};
static const struct ukb_text roles[] = {
    { "signing", "签名" },
    { "encryption", "加密" },
    { "both", "签名与加密" },
    { "unknown", "其他" },
};
static const struct ukb_text certificate_states[] = {
    { "valid", "有效" },     { "expiring", "即将到期" }, { "expired", "已过期" }, { "not-yet-valid", "尚未生效" },
    { "history", "旧证书" },
};
static const struct ukb_text kinds[] = {
    { "renew", "证书延期" },
    { "issue", "新领证书" },
    { "change", "信息变更" },
    { "replace", "证书补办" },
};
static const struct ukb_text renewal_states[] = {
    { "requested", "等待新证书" }, { "installing", "写入时中断" },    { "installed", "已完成" },
    { "abandoned", "已放弃" },     { "rolled-back", "已恢复原证书" }, { "needs-attention", "需要人工处理" },
};

struct list_options {
    bool json;
    const char *token; /* as typed; NULL: all */
};

static bool
read_options(int argc, char **argv, bool takes_token, struct list_options *ret_options)
{
    int i;

    memset(ret_options, 0, sizeof(*ret_options));
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            ret_options->json = true;
        } else if (takes_token && argv[i][0] != '-' && ret_options->token == NULL) {
            ret_options->token = argv[i];
        } else {
            return false;
        }
    }
    return true;
}

static void
print_tokens(const cJSON *result)
{
    static const struct ukb_text heads[] = {
        { "LABEL", "名称" }, { "SERIAL", "UKey 编号" }, { "PIN", "PIN 码" }, { "DRIVER", "驱动" }, { "ID", "标识" },
    };
    struct ukb_table *table = ukb_table_new(heads, sizeof(heads) / sizeof(heads[0]));
    const cJSON *token = NULL;
    const cJSON *problem = NULL;

    cJSON_ArrayForEach(token, ukb_json_get(result, "tokens"))
    {
        const char *row[] = {
            ukb_json_string(token, "label"),
            ukb_json_string(token, "serial"),
            UKB_SAY_WORD(pin_states, ukb_json_string(ukb_json_get(token, "pin"), "state")),
            ukb_json_string(ukb_json_get(token, "module"), "id"),
            ukb_json_string(token, "id"),
        };

        ukb_table_add(table, row);
    }
    ukb_table_print(table, ukb_say("no UKey is inserted", "没有插入 UKey"));
    ukb_table_free(table);
    cJSON_ArrayForEach(problem, ukb_json_get(result, "problems"))
    {
        if (ukb_json_string(problem, "token") != NULL) { /* others the broker, in this process, has told */
            fprintf(stderr, ukb_say("driver %s shows %s as well\n", "驱动 %s 也识别到 %s\n"),
                    ukb_json_string(problem, "module"), ukb_json_string(problem, "token"));
        }
    }
}

int
ukb_command_tokens(int argc, char **argv)
{
    struct list_options options;
    struct ukb_error error = { 0 };
    cJSON *result = NULL;
    int code = UKB_EXIT_OK;

    if (!read_options(argc, argv, false, &options)) {
        return ukb_command_usage(argv[0]);
    }
    if (ukb_client_call_once("tokens.list", NULL, &result, &error) != UKB_OK) {
        return ukb_command_failed(&error);
    }
    if (options.json) {
        code = ukb_command_print_json(result);
    } else {
        print_tokens(result);
    }
    cJSON_Delete(result);
    return code;
}

/* Append all pages of one token's certificates to @p all. */
static enum ukb_status
collect_certificates(struct ukb_client *client, const char *token, cJSON *all, struct ukb_error *reterr)
{
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    enum ukb_status st;

    do {
        cJSON *params = cJSON_CreateObject();
        cJSON *result = NULL;
        cJSON *list = NULL;
        const char *next = NULL;

        (void)cJSON_AddStringToObject(params, "token", token);
        if (cursor[0] != '\0') {
            (void)cJSON_AddStringToObject(params, "cursor", cursor);
        }
        st = ukb_client_call(client, "certificates.list", params, &result, reterr);
        cJSON_Delete(params);
        list = cJSON_GetObjectItemCaseSensitive(result, "certificates");
        while (st == UKB_OK && list != NULL && list->child != NULL) {
            (void)cJSON_AddItemToArray(all, cJSON_DetachItemFromArray(list, 0));
        }
        next = ukb_json_string(result, "next");
        (void)snprintf(cursor, sizeof(cursor), "%s", next == NULL ? "" : next);
        cJSON_Delete(result);
    } while (st == UKB_OK && cursor[0] != '\0');
    return st;
}

/* Of the token meant, or of all that are inserted. */
static enum ukb_status
collect(const struct list_options *options, cJSON *all, struct ukb_error *reterr)
{
    struct ukb_client *client = NULL;
    char id[UKB_TOKEN_ID_LEN + 1U] = "";
    cJSON *listed = NULL;
    const cJSON *token = NULL;
    enum ukb_status st = ukb_client_new(&client, reterr);

    if (st == UKB_OK) {
        st = ukb_client_call(client, "tokens.list", NULL, &listed, reterr);
    }
    if (st == UKB_OK && options->token != NULL) {
        st = ukb_which_token(ukb_json_get(listed, "tokens"), options->token, id, reterr);
        st = st == UKB_OK ? collect_certificates(client, id, all, reterr) : st;
    } else if (st == UKB_OK) {
        cJSON_ArrayForEach(token, ukb_json_get(listed, "tokens"))
        {
            if (st == UKB_OK) {
                st = collect_certificates(client, ukb_json_string(token, "id"), all, reterr);
            }
        }
    }
    cJSON_Delete(listed);
    ukb_client_free(client);
    return st;
}

/* "2027-11-21" of an RFC 3339 time. */
static const char *
date(const cJSON *object, const char *name, char ret_date[11])
{
    const char *time = ukb_json_string(object, name);

    (void)snprintf(ret_date, 11, "%.10s", time == NULL ? "" : time);
    return ret_date;
}

static void
print_certificates(const cJSON *all)
{
    static const struct ukb_text heads[] = {
        { "OWNER", "持有人" },  { "ROLE", "用途" },         { "STATE", "状态" },      { "ENDS", "到期日期" },
        { "DAYS", "剩余天数" }, { "SERIAL", "证书序列号" }, { "ISSUER", "发证机构" },
    };
    struct ukb_table *table = ukb_table_new(heads, sizeof(heads) / sizeof(heads[0]));
    const cJSON *certificate = NULL;

    cJSON_ArrayForEach(certificate, all)
    {
        char ends[11];
        char days[24];
        const char *state =
            ukb_json_bool(certificate, "history", false) ? "history" : ukb_json_string(certificate, "state");
        const char *row[] = {
            ukb_json_string(ukb_json_get(certificate, "subject"), "commonName"),
            UKB_SAY_WORD(roles, ukb_json_string(certificate, "role")),
            UKB_SAY_WORD(certificate_states, state),
            date(certificate, "notAfter", ends),
            days,
            ukb_json_string(certificate, "serial"),
            ukb_json_string(ukb_json_get(certificate, "issuer"), "commonName"),
        };

        (void)snprintf(days, sizeof(days), "%.0f", cJSON_GetNumberValue(ukb_json_get(certificate, "daysLeft")));
        ukb_table_add(table, row);
    }
    ukb_table_print(table, ukb_say("no certificate, or no UKey is inserted", "没有证书，或没有插入 UKey"));
    ukb_table_free(table);
}

int
ukb_command_certificates(int argc, char **argv)
{
    struct list_options options;
    struct ukb_error error = { 0 };
    cJSON *all = NULL;
    int code = UKB_EXIT_OK;

    if (!read_options(argc, argv, true, &options)) {
        return ukb_command_usage(argv[0]);
    }
    all = cJSON_CreateArray();
    if (collect(&options, all, &error) != UKB_OK) {
        code = ukb_command_failed(&error);
    } else if (options.json) {
        code = ukb_command_print_json(all);
    } else {
        print_certificates(all);
    }
    cJSON_Delete(all);
    return code;
}

static void
print_renewals(const cJSON *result)
{
    static const struct ukb_text heads[] = {
        { "CREATED", "开始日期" }, { "KIND", "类型" },    { "STATE", "状态" },
        { "PORTAL", "办理网站" },  { "ORDER", "订单号" }, { "ID", "记录编号" },
    };
    struct ukb_table *table = ukb_table_new(heads, sizeof(heads) / sizeof(heads[0]));
    const cJSON *renewal = NULL;

    cJSON_ArrayForEach(renewal, ukb_json_get(result, "renewals"))
    {
        char created[11];
        const char *row[] = {
            date(renewal, "created", created),
            UKB_SAY_WORD(kinds, ukb_json_string(renewal, "kind")),
            UKB_SAY_WORD(renewal_states, ukb_json_string(renewal, "state")),
            ukb_json_string(renewal, "origin"),
            ukb_json_string(renewal, "order"),
            ukb_json_string(renewal, "id"),
        };

        ukb_table_add(table, row);
    }
    ukb_table_print(table, ukb_say("no renewal yet", "还没有办理记录"));
    ukb_table_free(table);
}

/* All renewals, or those of the token meant: a whole id needs no UKey to be inserted. */
static enum ukb_status
list_renewals(const struct list_options *options, cJSON **ret_result, struct ukb_error *reterr)
{
    char id[UKB_TOKEN_ID_LEN + 1U] = "";
    cJSON *params = NULL;
    cJSON *listed = NULL;
    enum ukb_status st = UKB_OK;

    if (options->token != NULL && !ukb_hex_is(options->token, UKB_TOKEN_ID_LEN)) {
        st = ukb_client_call_once("tokens.list", NULL, &listed, reterr);
    }
    if (st == UKB_OK && options->token != NULL) {
        st = ukb_which_token(ukb_json_get(listed, "tokens"), options->token, id, reterr);
        params = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(params, "token", id);
    }
    if (st == UKB_OK) {
        st = ukb_client_call_once("renewal.list", params, ret_result, reterr);
    }
    cJSON_Delete(params);
    cJSON_Delete(listed);
    return st;
}

int
ukb_command_renewals(int argc, char **argv)
{
    struct list_options options;
    struct ukb_error error = { 0 };
    cJSON *result = NULL;
    int code = UKB_EXIT_OK;

    if (!read_options(argc, argv, true, &options)) {
        return ukb_command_usage(argv[0]);
    }
    if (list_renewals(&options, &result, &error) != UKB_OK) {
        code = ukb_command_failed(&error);
    } else if (options.json) {
        code = ukb_command_print_json(result);
    } else {
        print_renewals(result);
    }
    cJSON_Delete(result);
    return code;
}

/* A slip in a method's name is told like one in a command's. */
static int
call_failed(const char *method, const struct ukb_error *error)
{
    struct ukb_nearest nearest = { .word = method };
    int code = ukb_command_failed(error);
    size_t i;

    for (i = 0; error->status == UKB_E_METHOD_UNKNOWN && i < UKB_METHOD_COUNT; i++) {
        ukb_nearest_try(&nearest, ukb_contract[i].name);
    }
    if (nearest.best != NULL) {
        fprintf(stderr, ukb_say("did you mean %s?\n", "是否要输入 %s？\n"), nearest.best);
    }
    if (error->status == UKB_E_METHOD_UNKNOWN) {
        fputs(ukb_say("`ukeybridge describe` prints them\n", "所有方法见 ukeybridge describe\n"), stderr);
    }
    return code;
}

int
ukb_command_call(int argc, char **argv)
{
    struct ukb_error error = { 0 };
    cJSON *params = NULL;
    cJSON *result = NULL;
    int code = UKB_EXIT_OK;

    if (argc < 2 || argc > 3) {
        return ukb_command_usage(argv[0]);
    }
    if (argc == 3 && (ukb_json_parse(argv[2], strlen(argv[2]), &params, &error) != UKB_OK || !cJSON_IsObject(params))) {
        fprintf(stderr,
                ukb_say("ukeybridge: the parameters must be a JSON object%s%s\n",
                        "ukeybridge: 参数须为一个 JSON 对象%s%s\n"),
                error.message[0] == '\0' ? "" : ukb_say(": ", "："), error.message);
        cJSON_Delete(params);
        return UKB_EXIT_USAGE;
    }
    if (ukb_client_call_once(argv[1], params, &result, &error) != UKB_OK) {
        code = call_failed(argv[1], &error);
    } else {
        code = ukb_command_print_json(result);
    }
    cJSON_Delete(params);
    cJSON_Delete(result);
    return code;
}
