/* SPDX-License-Identifier: MIT */
#include "broker/which.h"

#include <stdio.h>
#include <string.h>

#include "broker/say.h"
#include "core/hex.h"

static bool
is_meant(const cJSON *token, const char *word)
{
    const char *label = ukb_json_string(token, "label");
    const char *id = ukb_json_string(token, "id");

    return (label != NULL && strcmp(label, word) == 0) || (id != NULL && strncmp(id, word, strlen(word)) == 0);
}

enum ukb_status
ukb_which_token(const cJSON *tokens, const char *word, char ret_id[UKB_TOKEN_ID_LEN + 1U], struct ukb_error *reterr)
{
    const cJSON *token = NULL;
    const char *found = ukb_hex_is(word, UKB_TOKEN_ID_LEN) ? word : NULL;
    size_t count = found == NULL ? 0 : 1;

    cJSON_ArrayForEach(token, tokens)
    {
        if (found != word && word[0] != '\0' && is_meant(token, word)) {
            found = ukb_json_string(token, "id");
            count++;
        }
    }
    if (count == 0) {
        return ukb_raise(
            reterr, UKB_E_NO_TOKEN, 0,
            ukb_say(
                "no inserted UKey has the label or an id that begins with \"%.64s\"; `ukeybridge tokens` lists them",
                "插入的 UKey 中，没有名称为“%.64s”或标识以它开头的；用 ukeybridge tokens 查看"),
            word);
    }
    if (count > 1) {
        return ukb_raise(reterr, UKB_E_TOKEN_AMBIGUOUS, 0,
                         ukb_say("\"%.64s\" may be %zu UKeys; type the first digits of the id that `ukeybridge tokens` "
                                 "shows",
                                 "“%.64s”可能指 %zu 个 UKey；请输入 ukeybridge tokens 所列标识的前几位"),
                         word, count);
    }
    (void)snprintf(ret_id, UKB_TOKEN_ID_LEN + 1U, "%s", found);
    return UKB_OK;
}
