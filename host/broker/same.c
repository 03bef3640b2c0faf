/* SPDX-License-Identifier: MIT */
#include "broker/same.h"

#include <string.h>

static bool
has_equal(const cJSON *one, const cJSON *other, const char *member)
{
    const char *value = ukb_json_string(one, member);
    const char *same = ukb_json_string(other, member);

    return value != NULL && same != NULL && value[0] != '\0' && strcmp(value, same) == 0;
}

bool
ukb_same_token(const cJSON *one, const cJSON *other)
{
    return has_equal(one, other, "id") || (has_equal(one, other, "serial") && has_equal(one, other, "reader"));
}

/* Of the first @p count tokens of a list, the one that is the same UKey; NULL for none. */
static const cJSON *
find(const cJSON *tokens, int count, const cJSON *token)
{
    const cJSON *item = tokens->child;

    while (item != NULL && count > 0 && !ukb_same_token(item, token)) {
        item = item->next;
        count--;
    }
    return count > 0 ? item : NULL;
}

static void
add_problem(cJSON *problems, const char *module, const cJSON *listed)
{
    cJSON *problem = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(problem, "module", module);
    (void)cJSON_AddStringToObject(problem, "reason", "SAME_TOKEN");
    (void)cJSON_AddStringToObject(problem, "token", ukb_json_string(listed, "id"));
    (void)cJSON_AddItemToArray(problems, problem);
}

void
ukb_same_merge(cJSON *const *parts, const struct ukb_policy_module *modules, size_t count, cJSON *tokens,
               cJSON *problems)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const int before =
            cJSON_GetArraySize(tokens); /* two alike of one module are two: its own calls tell them apart */

        while (parts[i] != NULL && parts[i]->child != NULL) {
            cJSON *token = cJSON_DetachItemFromArray(parts[i], 0);
            const cJSON *listed = find(tokens, before, token);

            if (listed == NULL) {
                (void)cJSON_AddItemToArray(tokens, token);
            } else {
                add_problem(problems, modules[i].name, listed);
                cJSON_Delete(token);
            }
        }
    }
}
