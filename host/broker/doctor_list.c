/* SPDX-License-Identifier: MIT */
/* `ukeybridge doctor`: what the doctor says, as a table with what to do next below it, or as JSON. */
#include "broker/command.h"

#include <stdio.h>
#include <string.h>

#include "broker/client.h"
#include "broker/table.h"

/* What the doctor's texts do not hold. */
static const struct ukb_text heads[] = {
    { "STATUS", "状态" },
    { "CHECK", "检测项" },
    { "OF", "对象" },
    { "EVIDENCE", "详情" },
};
static const struct ukb_text states[] = {
    { "ok", "正常" }, { "warning", "提示" }, { "failed", "故障" }, { "skipped", "未检测" }, { "repaired", "已修复" },
};

struct doctor_options {
    bool json;
    bool repair;
};

static bool
read_options(int argc, char **argv, struct doctor_options *ret_options)
{
    int i;

    memset(ret_options, 0, sizeof(*ret_options));
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            ret_options->json = true;
        } else if (strcmp(argv[i], "--repair") == 0) {
            ret_options->repair = true;
        } else {
            return false;
        }
    }
    return true;
}

static bool
is(const cJSON *check, const char *member, const char *value)
{
    const char *text = ukb_json_string(check, member);

    return text != NULL && strcmp(text, value) == 0;
}

static bool
is_well(const cJSON *check)
{
    return is(check, "status", "ok") || is(check, "status", "skipped");
}

/* The ids of the checks that can be mended, each once. */
static cJSON *
mendable(const cJSON *checks)
{
    cJSON *ids = cJSON_CreateArray();
    const cJSON *check = NULL;
    const char *last = "";

    cJSON_ArrayForEach(check, checks)
    {
        const char *id = ukb_json_string(check, "id");

        if (id != NULL && is(check, "repair", "automatic") && strcmp(id, last) != 0) {
            (void)cJSON_AddItemToArray(ids, cJSON_CreateString(id));
            last = id;
        }
    }
    return ids;
}

/* Put the rows of @p mended in the place of those of the same checks. */
static void
merge(cJSON *checks, cJSON *mended)
{
    while (mended != NULL && mended->child != NULL) {
        cJSON *row = cJSON_DetachItemFromArray(mended, 0);
        const char *id = ukb_json_string(row, "id");
        int at = 0;
        cJSON *old = NULL;

        for (old = checks->child; id != NULL && old != NULL && (!is(old, "id", id) || ukb_json_get(old, "repaired"));
             old = old->next) {
            at++;
        }
        if (old != NULL) {
            (void)cJSON_ReplaceItemInArray(checks, at, row);
        } else {
            (void)cJSON_AddItemToArray(checks, row);
        }
    }
}

static enum ukb_status
consult(const struct doctor_options *options, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_client *client = NULL;
    cJSON *params = cJSON_CreateObject(); /* of both calls, but for what is to be mended */
    cJSON *result = NULL;
    cJSON *mended = NULL;
    cJSON *checks = NULL;
    enum ukb_status st = ukb_client_new(&client, reterr);

    (void)cJSON_AddBoolToObject(params, "terminal", true);
    if (st == UKB_OK) {
        st = ukb_client_call(client, "doctor.run", params, &result, reterr);
    }
    checks = cJSON_GetObjectItemCaseSensitive(result, "checks");
    (void)cJSON_AddItemToObject(params, "checks", mendable(checks));
    if (st == UKB_OK && options->repair && cJSON_GetArraySize(ukb_json_get(params, "checks")) > 0) {
        st = ukb_client_call(client, "doctor.repair", params, &mended, reterr);
        merge(checks, cJSON_GetObjectItemCaseSensitive(mended, "checks"));
    }
    ukb_client_free(client);
    cJSON_Delete(params);
    cJSON_Delete(mended);
    if (st == UKB_OK) {
        *ret_result = result;
    } else {
        cJSON_Delete(result);
    }
    return st;
}

static void
print_line(const char *before, const char *text)
{
    if (text != NULL) {
        printf("  %s%s\n", before, text);
    }
}

static const char *
state_of(const cJSON *check)
{
    return UKB_SAY_WORD(states,
                        ukb_json_bool(check, "repaired", false) ? "repaired" : ukb_json_string(check, "status"));
}

static void
print_checks(const cJSON *checks)
{
    struct ukb_table *table = ukb_table_new(heads, sizeof(heads) / sizeof(heads[0]));
    const cJSON *check = NULL;

    cJSON_ArrayForEach(check, checks)
    {
        const char *row[] = {
            state_of(check),
            ukb_json_string(check, "title"),
            ukb_json_string(check, "subject"),
            ukb_json_string(check, "evidence"),
        };

        ukb_table_add(table, row);
    }
    ukb_table_print(table, ukb_say("no check", "没有检测项"));
    ukb_table_free(table);
    cJSON_ArrayForEach(check, checks)
    {
        const char *title = ukb_json_string(check, "title");
        const char *subject = ukb_json_string(check, "subject");

        if (!is_well(check)) {
            printf("\n%s%s%s\n", title == NULL ? "" : title, subject == NULL ? "" : ukb_say(": ", "："),
                   subject == NULL ? "" : subject);
            print_line("", ukb_json_string(check, "meaning"));
            print_line("", ukb_json_string(check, "instruction"));
            print_line("$ ", ukb_json_string(check, "command"));
        }
    }
}

int
ukb_command_doctor(int argc, char **argv)
{
    struct doctor_options options;
    struct ukb_error error = { 0 };
    cJSON *result = NULL;
    const cJSON *check = NULL;
    int code = UKB_EXIT_OK;

    if (!read_options(argc, argv, &options)) {
        return ukb_command_usage(argv[0]);
    }
    if (consult(&options, &result, &error) != UKB_OK) {
        return ukb_command_failed(&error);
    }
    if (options.json) {
        code = ukb_command_print_json(result);
    } else {
        print_checks(ukb_json_get(result, "checks"));
    }
    cJSON_ArrayForEach(check, ukb_json_get(result, "checks"))
    {
        code = is(check, "status", "failed") ? UKB_EXIT_FAILED : code;
    }
    cJSON_Delete(result);
    return code;
}
