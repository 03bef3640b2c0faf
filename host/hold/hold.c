/* SPDX-License-Identifier: MIT */
/* From a token's id to a session that its user has unlocked: the dialog's words, the PIN, the lock. */
#include "hold/hold.h"

#include <stdio.h>

#include "platform/lock.h"
#include "token/login.h"
#include "token/token.h"

/* Longer than any write of another process: it is bounded by the time an uninterruptible worker has. */
#define TOKEN_LOCK_WAIT_MS 65000U

/* What the PIN source needs to ask the user. */
struct asking {
    struct ukb_dialog *dialog;
    struct ukb_dialog_facts facts;
};

static struct ukb_dialog_facts
facts_of(const struct ukb_hold *hold, enum ukb_dialog_action action)
{
    const struct ukb_token_info *info = ukb_token_session_info(hold->session);
    const struct ukb_dialog_facts facts = {
        .action = action,
        .origin = hold->env.origin,
        .token_label = info->label,
        .token_serial = info->serial,
        .min_len = info->pin_min_len,
        .max_len = info->pin_max_len,
    };

    return facts;
}

static enum ukb_status
get_pin(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
        struct ukb_error *reterr)
{
    struct asking *asking = ctx;

    asking->facts.tries = state == UKB_PIN_FINAL ? UKB_DIALOG_TRIES_FINAL
                          : state == UKB_PIN_LOW ? UKB_DIALOG_TRIES_LOW
                                                 : UKB_DIALOG_TRIES_UNKNOWN;
    asking->facts.min_len = min_len;
    asking->facts.max_len = max_len;
    return ukb_dialog_ask_pin(asking->dialog, &asking->facts, ret_pin, reterr);
}

static enum ukb_status
confirm_final_try(void *ctx, struct ukb_error *reterr)
{
    struct asking *asking = ctx;

    asking->facts.tries = UKB_DIALOG_TRIES_FINAL;
    return ukb_dialog_confirm(asking->dialog, &asking->facts, UKB_DIALOG_QUESTION_FINAL_TRY, reterr);
}

enum ukb_status
ukb_hold_open(const struct ukb_hold_env *env, const char *token, bool writable, struct ukb_hold *ret_hold,
              struct ukb_error *reterr)
{
    if (env->module == NULL) {
        return ukb_raise(reterr, UKB_E_NO_TOKEN, 0, "no UKey with this id is inserted");
    }
    ret_hold->env = *env;
    return ukb_token_session_open(env->module, token, writable, &ret_hold->session, reterr);
}

enum ukb_status
ukb_hold_login(struct ukb_hold *hold, enum ukb_dialog_action action, const char *const *lines, size_t line_count,
               struct ukb_error *reterr)
{
    struct asking asking = { hold->env.dialog, facts_of(hold, action) };
    const struct ukb_pin_source source = { .get = get_pin, .confirm_final_try = confirm_final_try, .ctx = &asking };
    char name[UKB_TOKEN_ID_LEN + sizeof("token-")];
    enum ukb_status st;

    asking.facts.lines = lines;
    asking.facts.line_count = line_count;
    st = ukb_token_login(hold->session, &source, reterr);
    if (st != UKB_OK) {
        return st;
    }
    (void)snprintf(name, sizeof(name), "token-%s", ukb_token_session_info(hold->session)->id);
    return ukb_lock_take(hold->env.lock_dir, name, TOKEN_LOCK_WAIT_MS, UKB_E_TOKEN_BUSY, &hold->lock, reterr);
}

enum ukb_status
ukb_hold_confirm(const struct ukb_hold *hold, enum ukb_dialog_action action, const char *question,
                 struct ukb_error *reterr)
{
    const struct ukb_dialog_facts facts = facts_of(hold, action);

    return ukb_dialog_confirm(hold->env.dialog, &facts, question, reterr);
}

void
ukb_hold_done(struct ukb_hold *hold)
{
    ukb_token_session_free(hold->session);
    hold->session = NULL;
    ukb_lock_release(hold->lock);
    hold->lock = NULL;
}
