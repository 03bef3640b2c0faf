/* SPDX-License-Identifier: MIT */
#include "worker/listed.h"

#include <stdio.h>
#include <string.h>

#define LISTED_MS 10000LL /* for how long a list may be continued without reading the token again */
#define KEPT_MS   60000LL /* for how long parsed certificates are kept */

static bool
is_continued(const struct ukb_listed *listed, const char *token, const char *cursor, long long now_ms)
{
    return cursor != NULL && cursor[0] != '\0' && strcmp(listed->next, cursor) == 0 &&
           strcmp(listed->token, token) == 0 && now_ms - listed->read_ms < LISTED_MS;
}

enum ukb_status
ukb_listed_read(struct ukb_listed *listed, const struct ukb_token_session *session, const char *token,
                const char *cursor, long long now_ms, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (is_continued(listed, token, cursor, now_ms)) {
        return UKB_OK;
    }
    st = ukb_inventory_read_again(session, &listed->inventory, reterr);
    if (st != UKB_OK) {
        ukb_listed_done(listed);
        return st;
    }
    (void)snprintf(listed->token, sizeof(listed->token), "%s", token);
    listed->next[0] = '\0';
    listed->read_ms = now_ms;
    return UKB_OK;
}

void
ukb_listed_expire(struct ukb_listed *listed, long long now_ms)
{
    if (listed->token[0] != '\0' && now_ms - listed->read_ms >= KEPT_MS) {
        ukb_listed_done(listed);
    }
}

void
ukb_listed_done(struct ukb_listed *listed)
{
    ukb_inventory_done(&listed->inventory);
    memset(listed, 0, sizeof(*listed));
}
