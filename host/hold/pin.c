/* SPDX-License-Identifier: MIT */
/* Another PIN for the UKey: by its user, or by its administrator. */
#include "hold/internal.h"
#include "token/pin.h"
#include "token/token.h"

/* A change in progress; the asking is first, so that it is the ctx of both sources. */
struct changing {
    struct ukb_asking asking;
    struct ukb_hold *hold;
    bool began; /* to write */
};

static enum ukb_status
get_new(void *ctx, const struct ukb_secret *unlike, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
        struct ukb_error *reterr)
{
    struct changing *changing = ctx;
    struct ukb_dialog_facts facts = changing->asking.facts;

    facts.min_len = min_len;
    facts.max_len = max_len;
    return ukb_dialog_ask_new_pin(changing->asking.dialog, &facts, unlike, ret_pin, reterr);
}

static void
set_uninterruptible(struct changing *changing, bool on)
{
    const struct ukb_hold_env *env = &changing->hold->env;

    if (on != changing->began && env->uninterruptible != NULL) {
        env->uninterruptible(env->ctx, on);
    }
    changing->began = on;
}

/* From here on others wait, and nobody may stop this process: which PIN is in force then would be anybody's guess. */
static enum ukb_status
before_write(void *ctx, struct ukb_error *reterr)
{
    struct changing *changing = ctx;
    enum ukb_status st = ukb_hold_lock(changing->hold, reterr);

    if (st == UKB_OK) {
        set_uninterruptible(changing, true);
    }
    return st;
}

static enum ukb_status
run(struct ukb_hold *hold, enum ukb_dialog_action action, enum ukb_dialog_pin pin,
    enum ukb_status (*operation)(struct ukb_token_session *session, const struct ukb_new_pin_source *source,
                                 struct ukb_error *reterr),
    struct ukb_error *reterr)
{
    struct changing changing = { ukb_asking_of(hold, action, pin), hold, false };
    const struct ukb_new_pin_source source = { .present = ukb_asking_source(&changing.asking),
                                               .get_new = get_new,
                                               .before_write = before_write };
    enum ukb_status st = operation(hold->session, &source, reterr);

    set_uninterruptible(&changing, false);
    return st;
}

enum ukb_status
ukb_hold_change_pin(struct ukb_hold *hold, struct ukb_error *reterr)
{
    const bool is_initial = ukb_token_session_info(hold->session)->pin_state == UKB_PIN_MUST_CHANGE;

    return run(hold, is_initial ? UKB_DIALOG_PIN_CHANGE_INITIAL : UKB_DIALOG_PIN_CHANGE, UKB_DIALOG_PIN_OLD,
               ukb_token_pin_change, reterr);
}

enum ukb_status
ukb_hold_unblock_pin(struct ukb_hold *hold, struct ukb_error *reterr)
{
    return run(hold, UKB_DIALOG_PIN_UNBLOCK, UKB_DIALOG_PIN_ADMIN, ukb_token_pin_unblock, reterr);
}
