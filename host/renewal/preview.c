/* SPDX-License-Identifier: MIT */
/* renewal.preview: the plan, shown and thrown away. */
#include "renewal/internal.h"

#include <string.h>

static enum ukb_status
add_change(struct ukb_renewal_preview *preview, const char *action, const struct ukb_certificate *certificate,
           struct ukb_error *reterr)
{
    struct ukb_renewal_preview_change *change = &preview->changes[preview->change_count];
    enum ukb_status st = ukb_certificate_copy(certificate, &change->certificate, reterr);

    if (st == UKB_OK) {
        change->action = action;
        preview->change_count++;
    }
    return st;
}

static enum ukb_status
show(const struct ukb_renewal_env *env, const struct ukb_plan *plan, struct ukb_renewal_preview *preview,
     struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < plan->exchanges.count; i++) {
        const struct ukb_exchange *exchange = &plan->exchanges.items[i];

        if (exchange->old != NULL) {
            st = add_change(preview, ukb_plan_removes_old(env, exchange) ? "remove" : "keep", exchange->old, reterr);
        }
        if (st == UKB_OK) {
            st = add_change(preview, plan->is_installed ? "keep" : "add", exchange->candidate, reterr);
        }
    }
    preview->warnings = plan->warnings;
    return st;
}

/*
 * A card that was pulled out within a write does not show what it holds until an installation has mended it; the
 * journal knows what that installation, begun before, finishes.
 */
static enum ukb_status
make_plan(const struct ukb_renewal_env *env, const struct ukb_install_params *params, struct ukb_hold *hold,
          struct ukb_plan *plan, struct ukb_error *reterr)
{
    bool begun = false;
    enum ukb_status st = ukb_hold_share(hold, UKB_HOLD_TO_SHOW_MS, reterr);

    if (st == UKB_OK && ukb_env_is_card_torn(env, hold)) {
        st = ukb_plan_begun(env, params, hold->session, &begun, plan, reterr);
    }
    if (st == UKB_OK && !begun) {
        st = ukb_plan_make(env, params, hold->session, plan, reterr);
    }
    ukb_hold_unshare(hold);
    return st;
}

enum ukb_status
ukb_renewal_preview(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                    struct ukb_renewal_preview *ret_preview, struct ukb_error *reterr)
{
    struct ukb_renewal_preview preview = { .change_count = 0 };
    struct ukb_hold hold = { 0 };
    struct ukb_plan plan = { .has_record = false };
    enum ukb_status st;

    st = ukb_plan_token(env, params, preview.token, reterr);
    if (st == UKB_OK) {
        st = ukb_env_open(env, preview.token, false, &hold, reterr);
    }
    if (st == UKB_OK) {
        st = make_plan(env, params, &hold, &plan, reterr);
    }
    if (st == UKB_OK) {
        st = show(env, &plan, &preview, reterr);
    }
    if (st == UKB_OK) {
        *ret_preview = preview;
    } else {
        ukb_renewal_preview_done(&preview);
    }
    ukb_plan_done(&plan);
    return ukb_hold_end(&hold, st, reterr);
}

void
ukb_renewal_preview_done(struct ukb_renewal_preview *preview)
{
    while (preview->change_count > 0) {
        ukb_certificate_free(preview->changes[--preview->change_count].certificate);
    }
    memset(preview, 0, sizeof(*preview));
}
