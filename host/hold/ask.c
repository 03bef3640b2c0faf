/* SPDX-License-Identifier: MIT */
/* The token room's questions in the dialog room's words. */
#include "hold/internal.h"

#include "token/token.h"

struct ukb_asking
ukb_asking_of(const struct ukb_hold *hold, enum ukb_dialog_action action, enum ukb_dialog_pin pin)
{
    const struct ukb_token_info *info = ukb_token_session_info(hold->session);
    const struct ukb_asking asking = {
        .dialog = hold->env.dialog,
        .facts = {
            .action = action,
            .origin = hold->env.origin,
            .token_label = info->label,
            .token_serial = info->serial,
            .pin = pin,
            .min_len = info->pin_min_len,
            .max_len = info->pin_max_len,
        },
    };

    return asking;
}

static enum ukb_dialog_tries
tries_of(enum ukb_pin_state state)
{
    return state == UKB_PIN_FINAL ? UKB_DIALOG_TRIES_FINAL
           : state == UKB_PIN_LOW ? UKB_DIALOG_TRIES_LOW
                                  : UKB_DIALOG_TRIES_UNKNOWN;
}

static enum ukb_status
get_pin(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
        struct ukb_error *reterr)
{
    struct ukb_asking *asking = ctx;
    const bool is_admin = asking->facts.pin == UKB_DIALOG_PIN_ADMIN; /* nothing is known of its length */

    asking->facts.tries = tries_of(state);
    asking->facts.min_len = is_admin ? 0 : min_len;
    asking->facts.max_len = is_admin ? 0 : max_len;
    return ukb_dialog_ask_pin(asking->dialog, &asking->facts, ret_pin, reterr);
}

static enum ukb_status
confirm_final_try(void *ctx, struct ukb_error *reterr)
{
    struct ukb_asking *asking = ctx;
    const char *question =
        asking->facts.pin == UKB_DIALOG_PIN_ADMIN ? UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY : UKB_DIALOG_QUESTION_FINAL_TRY;

    asking->facts.tries = UKB_DIALOG_TRIES_FINAL;
    return ukb_dialog_confirm(asking->dialog, &asking->facts, question, reterr);
}

static enum ukb_status
ready_for_pad(void *ctx, struct ukb_error *reterr)
{
    struct ukb_asking *asking = ctx;

    return ukb_dialog_confirm(asking->dialog, &asking->facts, UKB_DIALOG_QUESTION_PIN_PAD, reterr);
}

struct ukb_pin_source
ukb_asking_source(struct ukb_asking *asking)
{
    const struct ukb_pin_source source = {
        .get = get_pin, .confirm_final_try = confirm_final_try, .ready_for_pad = ready_for_pad, .ctx = asking
    };

    return source;
}
