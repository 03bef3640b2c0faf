/* SPDX-License-Identifier: MIT */
#include "broker/patience.h"

#include <string.h>

#define REFUSALS_MAX 3U
#define SILENCE_MS   60000U
#define PEACE_MS     60000U  /* a site that leaves the user alone for so long begins anew */
#define DIALOG_MS    300000U /* how long a dialog is up before it times out */

static bool
is_refusal(enum ukb_status outcome)
{
    return outcome == UKB_E_PIN_CANCELLED || outcome == UKB_E_PIN_TIMEOUT || outcome == UKB_E_PIN_FINAL_TRY ||
           outcome == UKB_E_DENIED_BY_USER ||
           outcome == UKB_E_CANCELLED /* a page that opens dialogs and closes them */;
}

static size_t
find(const struct ukb_broker *broker, const char *origin)
{
    size_t i = 0;

    while (i < UKB_PATIENCE_MAX && strcmp(broker->patience[i].origin, origin) != 0) {
        i++;
    }
    return i;
}

/* The place of @p origin; a new one takes that of the site whose refusal is longest ago. */
static struct ukb_patience *
take_place(struct ukb_broker *broker, const char *origin)
{
    size_t i = find(broker, origin);
    size_t other;

    if (i == UKB_PATIENCE_MAX) {
        i = 0;
        for (other = 1; other < UKB_PATIENCE_MAX; other++) {
            i = broker->patience[other].refused_at_ms < broker->patience[i].refused_at_ms ? other : i;
        }
        memset(&broker->patience[i], 0, sizeof(broker->patience[i]));
        memcpy(broker->patience[i].origin, origin, strlen(origin) + 1U);
    }
    return &broker->patience[i];
}

/* Whether the refusal before that of now belongs to the same row of them. */
static bool
is_soon_after(const struct ukb_patience *patience, enum ukb_status outcome, uint64_t now_ms)
{
    const uint64_t up_ms = outcome == UKB_E_PIN_TIMEOUT ? DIALOG_MS : 0;

    return now_ms - patience->refused_at_ms <= PEACE_MS + up_ms;
}

enum ukb_status
ukb_patience_check(const struct ukb_broker *broker, const struct ukb_context *context, struct ukb_error *reterr)
{
    uint64_t now_ms = uv_now(&broker->loop);
    size_t i = find(broker, context->origin);
    enum ukb_status st;

    if (context->origin[0] == '\0' || i == UKB_PATIENCE_MAX || now_ms >= broker->patience[i].silent_until_ms) {
        return UKB_OK;
    }
    st = ukb_raise(reterr, UKB_E_RATE_LIMITED, 0, "the user turned %u dialogs of this site away", REFUSALS_MAX);
    ukb_error_add_integer(reterr, "retryAfter",
                          (long long)((broker->patience[i].silent_until_ms - now_ms + 999U) / 1000U));
    return st;
}

void
ukb_patience_learn(struct ukb_broker *broker, const struct ukb_context *context, enum ukb_status outcome, bool asked)
{
    const uint64_t now_ms = uv_now(&broker->loop);
    struct ukb_patience *patience = NULL;
    size_t i = find(broker, context->origin);

    if (context->origin[0] == '\0') {
        return;
    }
    if (outcome == UKB_OK && asked && i < UKB_PATIENCE_MAX) {
        memset(&broker->patience[i], 0, sizeof(broker->patience[i]));
    }
    if (!is_refusal(outcome)) {
        return;
    }
    patience = take_place(broker, context->origin);
    patience->refusals = is_soon_after(patience, outcome, now_ms) ? patience->refusals + 1U : 1U;
    patience->refused_at_ms = now_ms;
    if (patience->refusals >= REFUSALS_MAX) {
        patience->refusals = 0;
        patience->silent_until_ms = patience->refused_at_ms + SILENCE_MS;
    }
}
