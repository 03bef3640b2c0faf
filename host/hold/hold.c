/* SPDX-License-Identifier: MIT */
/* From a token's id to a session that its user has unlocked, and the lock that keeps other processes from writing. */
#include "hold/hold.h"

#include <stdio.h>

#include "hold/internal.h"
#include "platform/lock.h"
#include "token/token.h"

/* Longer than any write of another process: it is bounded by the time an uninterruptible worker has. */
#define TOKEN_LOCK_WAIT_MS 65000U

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
ukb_hold_lock(struct ukb_hold *hold, struct ukb_error *reterr)
{
    char name[UKB_TOKEN_ID_LEN + sizeof("token-")];

    (void)snprintf(name, sizeof(name), "token-%s", ukb_token_session_info(hold->session)->id);
    return ukb_lock_take(hold->env.lock_dir, name, TOKEN_LOCK_WAIT_MS, UKB_E_TOKEN_BUSY, &hold->lock, reterr);
}

enum ukb_status
ukb_hold_login(struct ukb_hold *hold, enum ukb_dialog_action action, const char *const *lines, size_t line_count,
               struct ukb_error *reterr)
{
    struct ukb_asking asking = ukb_asking_of(hold, action, UKB_DIALOG_PIN_LOGIN);
    const struct ukb_pin_source source = ukb_asking_source(&asking);
    enum ukb_status st;

    asking.facts.lines = lines;
    asking.facts.line_count = line_count;
    st = ukb_token_login(hold->session, &source, reterr);
    return st != UKB_OK ? st : ukb_hold_lock(hold, reterr);
}

enum ukb_status
ukb_hold_confirm(const struct ukb_hold *hold, enum ukb_dialog_action action, const char *question,
                 struct ukb_error *reterr)
{
    const struct ukb_asking asking = ukb_asking_of(hold, action, UKB_DIALOG_PIN_LOGIN);

    return ukb_dialog_confirm(asking.dialog, &asking.facts, question, reterr);
}

void
ukb_hold_done(struct ukb_hold *hold)
{
    ukb_token_session_free(hold->session);
    hold->session = NULL;
    ukb_lock_release(hold->lock);
    hold->lock = NULL;
}
