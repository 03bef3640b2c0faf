/* SPDX-License-Identifier: MIT */
/* `ukeybridge audit`: all entries, as a table or as JSON. */
#include "broker/command.h"

#include <stdio.h>
#include <string.h>

#include "broker/client.h"
#include "broker/table.h"
#include "core/limits.h"

/* Append the page behind @p cursor to @p all; the cursor becomes that of the next page, "" at the end. */
static enum ukb_status
collect_page(struct ukb_client *client, char cursor[UKB_CURSOR_MAX_LEN + 1U], cJSON *all, struct ukb_error *reterr)
{
    cJSON *params = cJSON_CreateObject();
    cJSON *result = NULL;
    cJSON *list = NULL;
    const char *next = NULL;
    enum ukb_status st;

    if (cursor[0] != '\0') {
        (void)cJSON_AddStringToObject(params, "cursor", cursor);
    }
    st = ukb_client_call(client, "audit.list", params, &result, reterr);
    cJSON_Delete(params);
    list = cJSON_GetObjectItemCaseSensitive(result, "entries");
    while (st == UKB_OK && list != NULL && list->child != NULL) {
        (void)cJSON_AddItemToArray(all, cJSON_DetachItemFromArray(list, 0));
    }
    next = ukb_json_string(result, "next");
    (void)snprintf(cursor, UKB_CURSOR_MAX_LEN + 1U, "%s", next == NULL ? "" : next);
    cJSON_Delete(result);
    return st;
}

static enum ukb_status
collect(cJSON *all, struct ukb_error *reterr)
{
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    struct ukb_client *client = NULL;
    enum ukb_status st = ukb_client_new(&client, reterr);

    if (st == UKB_OK) {
        do {
            st = collect_page(client, cursor, all, reterr);
        } while (st == UKB_OK && cursor[0] != '\0');
    }
    ukb_client_free(client);
    return st;
}

static void
print_entries(const cJSON *all)
{
    static const struct ukb_text heads[] = {
        { "AT", "时间" }, { "ASKED BY", "请求方" }, { "METHOD", "方法" }, { "OUTCOME", "结果" }, { "OF", "对象" },
    };
    static const struct ukb_text outcomes[] = { { "ok", "成功" } }; /* others are reasons, which documents tell of */
    struct ukb_table *table = ukb_table_new(heads, sizeof(heads) / sizeof(heads[0]));
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, all)
    {
        const char *origin = ukb_json_string(entry, "origin");
        const char *token = ukb_json_string(entry, "token");
        const char *row[] = {
            ukb_json_string(entry, "at"),
            origin == NULL ? ukb_say("this user", "本用户") : origin,
            ukb_json_string(entry, "method"),
            UKB_SAY_WORD(outcomes, ukb_json_string(entry, "outcome")),
            token == NULL ? ukb_json_string(entry, "module") : token,
        };

        ukb_table_add(table, row);
    }
    ukb_table_print(table, ukb_say("nothing yet", "还没有记录"));
    ukb_table_free(table);
}

int
ukb_command_audit(int argc, char **argv)
{
    const bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    struct ukb_error error = { 0 };
    cJSON *all = NULL;
    int code = UKB_EXIT_OK;

    if (argc > 1 && !json) {
        return ukb_command_usage(argv[0]);
    }
    all = cJSON_CreateArray();
    if (collect(all, &error) != UKB_OK) {
        code = ukb_command_failed(&error);
    } else if (json) {
        code = ukb_command_print_json(all);
    } else {
        print_entries(all);
    }
    cJSON_Delete(all);
    return code;
}
