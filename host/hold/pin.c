/* SPDX-License-Identifier: MIT */
/* Another PIN for the UKey: by its user, or by its administrator. */
#include "hold/internal.h"
#include "secret/secret.h"
#include "token/pin.h"
#include "token/token.h"

/* A change in progress; the asking is first, so that it is the ctx of both sources. */
struct changing {
    struct ukb_asking asking;
    struct ukb_hold *hold;
    bool began;                /* to write */
    struct ukb_secret *so_pin; /* where it came from afar; NULL: the user is asked */
};

static enum ukb_status
get_new(void *ctx, const struct ukb_secret *unlike, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
        struct ukb_error *reterr)
{
    static const struct ukb_secret nothing = UKB_SECRET_INIT;
    struct changing *changing = ctx;
    struct ukb_dialog_facts facts = changing->asking.facts;

    facts.min_len = min_len;
    facts.max_len = max_len;
    /* "That is the administrator's" would be a free guess at a PIN that this user was never given. */
    return ukb_dialog_ask_new_pin(changing->asking.dialog, &facts, changing->so_pin == NULL ? unlike : &nothing,
                                  ret_pin, reterr);
}

static enum ukb_status
give_so_pin(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
            struct ukb_error *reterr)
{
    struct changing *changing = ctx;

    (void)state;
    (void)min_len;
    (void)max_len;
    (void)reterr;
    ukb_secret_move(ret_pin, changing->so_pin);
    return UKB_OK;
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
    struct ukb_secret *so_pin, struct ukb_error *reterr)
{
    struct changing changing = { ukb_asking_of(hold, action, pin), hold, false, so_pin };
    struct ukb_new_pin_source source = { .present = ukb_asking_source(&changing.asking),
                                         .get_new = get_new,
                                         .before_write = before_write };
    enum ukb_status st = UKB_OK;

    if (so_pin != NULL) {
        source.present.get = give_so_pin;
    }
    st = operation(hold->session, &source, reterr);
    set_uninterruptible(&changing, false);
    return st;
}

enum ukb_status
ukb_hold_change_pin(struct ukb_hold *hold, struct ukb_error *reterr)
{
    const bool is_initial = ukb_token_session_info(hold->session)->pin_state == UKB_PIN_MUST_CHANGE;

    return run(hold, is_initial ? UKB_DIALOG_PIN_CHANGE_INITIAL : UKB_DIALOG_PIN_CHANGE, UKB_DIALOG_PIN_OLD,
               ukb_token_pin_change, NULL, reterr);
}

enum ukb_status
ukb_hold_unblock_pin(struct ukb_hold *hold, struct ukb_error *reterr)
{
    return run(hold, UKB_DIALOG_PIN_UNBLOCK, UKB_DIALOG_PIN_ADMIN, ukb_token_pin_unblock, NULL, reterr);
}

enum ukb_status
ukb_hold_reset_pin(struct ukb_hold *hold, struct ukb_secret *so_pin, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    if (ukb_token_session_info(hold->session)->pin_pad) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this UKey takes PINs from its own keypad only");
    } else {
        st = run(hold, UKB_DIALOG_PIN_RESET, UKB_DIALOG_PIN_ADMIN, ukb_token_pin_unblock, so_pin, reterr);
    }
    ukb_secret_done(so_pin);
    return st;
}
