/* SPDX-License-Identifier: MIT */
/*
 * A smart card beneath its module: what it holds is journaled before each call that writes, and a call that was cut off
 * in the middle is taken back before anything else is done with the card.
 */
#include "renewal/internal.h"

#include "card/mend.h"
#include "card/reach.h"
#include "store/cards.h"

/* A module that keeps its card to itself while it is logged in would have us wait at each write: once is enough for
 * this process, which serves one call. */
static bool is_out_of_reach;

static bool
is_kept_from_us(enum ukb_status st)
{
    return st == UKB_E_TIMEOUT || st == UKB_E_TOKEN_BUSY;
}

static bool
cannot_be_seen(enum ukb_status st)
{
    return st == UKB_E_UNSUPPORTED || is_kept_from_us(st);
}

/* Raise @p why, which kept us from seeing a card that a write may have torn. */
static enum ukb_status
raise_unseen(const struct ukb_error *why, struct ukb_error *reterr)
{
    if (cannot_be_seen(why->status)) {
        return ukb_raise(reterr, is_kept_from_us(why->status) ? UKB_E_TOKEN_BUSY : UKB_E_TOKEN_ERROR, why->native,
                         "the card may have to be mended: %s", why->message);
    }
    *reterr = *why;
    return why->status;
}

/*
 * Called by the token room. A card that we could never look into is written to nevertheless, as any other token. Where
 * we could, what is kept may be all that mends the call before, whose end nobody saw: it stays until the card is seen.
 */
static enum ukb_status
keep_image(void *ctx, const struct ukb_token_session *session, struct ukb_error *reterr)
{
    const struct ukb_renewal_env *env = ctx;
    const struct ukb_token_info *info = ukb_token_session_info(session);
    struct ukb_card_image last = { .count = 0 };
    struct ukb_card_image image = { .count = 0 };
    struct ukb_card_channel card = { .ctx = NULL };
    struct ukb_error why = { 0 };
    enum ukb_status st = ukb_cards_get(env->journal, info->id, &last, reterr);

    if (st != UKB_OK || (is_out_of_reach && last.count == 0)) {
        return st;
    }
    st = ukb_card_reach(info->reader, &card, &why);
    if (st == UKB_OK) {
        st = ukb_card_before(&card, &last, &image, &why);
    }
    ukb_card_release(&card);
    is_out_of_reach = is_kept_from_us(st);
    if (st == UKB_OK) {
        st = ukb_cards_keep(env->journal, info->id, &image, reterr);
    } else {
        st = cannot_be_seen(st) && last.count == 0 ? UKB_OK : raise_unseen(&why, reterr);
    }
    ukb_card_image_done(&last);
    ukb_card_image_done(&image);
    return st;
}

/* Is the card torn? @p ret_image is what there was before the write that was cut off; owned by the caller. */
static enum ukb_status
look(const struct ukb_renewal_env *env, const struct ukb_token_info *info, struct ukb_card_image *ret_image,
     bool *ret_torn, struct ukb_error *reterr)
{
    struct ukb_card_channel card = { .ctx = NULL };
    enum ukb_status st = ukb_cards_get(env->journal, info->id, ret_image, reterr);

    *ret_torn = false;
    if (st != UKB_OK || ret_image->count == 0) {
        return st;
    }
    st = ukb_card_reach(info->reader, &card, reterr);
    if (st == UKB_OK) {
        st = ukb_card_is_torn(&card, ret_image, ret_torn, reterr);
    }
    ukb_card_release(&card);
    return st;
}

static bool
is_torn(const struct ukb_renewal_env *env, const struct ukb_hold *hold, bool when_unseen)
{
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error ignored = { 0 };
    bool torn = false;
    enum ukb_status st = look(env, ukb_token_session_info(hold->session), &image, &torn, &ignored);

    ukb_card_image_done(&image);
    return st == UKB_OK ? torn : when_unseen;
}

bool
ukb_env_is_card_torn(const struct ukb_renewal_env *env, const struct ukb_hold *hold)
{
    return is_torn(env, hold, false);
}

bool
ukb_env_may_card_be_torn(const struct ukb_renewal_env *env, const struct ukb_hold *hold)
{
    return is_torn(env, hold, true);
}

enum ukb_status
ukb_env_mend_card(const struct ukb_renewal_env *env, const struct ukb_hold *hold, struct ukb_error *reterr)
{
    const struct ukb_token_info *info = ukb_token_session_info(hold->session);
    struct ukb_card_image image = { .count = 0 };
    struct ukb_card_channel card = { .ctx = NULL };
    struct ukb_error why = { 0 };
    bool is_mended = false;
    enum ukb_status st = ukb_cards_get(env->journal, info->id, &image, reterr);

    if (st == UKB_OK && image.count > 0) {
        st = ukb_card_reach(info->reader, &card, &why);
        if (st == UKB_OK) {
            st = ukb_card_mend(&card, &image, &is_mended, &why);
        }
        ukb_card_release(&card);
        if (st != UKB_OK) {
            st = raise_unseen(&why, reterr);
        }
    }
    ukb_card_image_done(&image);
    return st;
}

/* Ask for the PIN, and put the card back. What another process has mended while the user typed is whole by then. */
static enum ukb_status
log_in_and_mend(const struct ukb_renewal_env *env, struct ukb_hold *hold, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_hold_login(hold, UKB_DIALOG_MEND, NULL, 0, reterr);

    if (st == UKB_OK) {
        ukb_env_uninterruptible(env, true);
        st = ukb_env_mend_card(env, hold, reterr);
        if (st == UKB_OK) {
            st = ukb_cards_forget(env->journal, ukb_token_session_info(hold->session)->id, reterr);
        }
        ukb_env_uninterruptible(env, false);
    }
    return st;
}

/* Have the card whole. @p ret_renew: it was mended, and what the module has read of it is not so any more. */
static enum ukb_status
settle(const struct ukb_renewal_env *env, struct ukb_hold *hold, bool *ret_renew, struct ukb_error *reterr)
{
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error why = { 0 };
    bool torn = false;
    enum ukb_status st = ukb_hold_share(hold, UKB_HOLD_BEFORE_DIALOG_MS, reterr);

    if (st != UKB_OK) {
        return st;
    }
    st = look(env, ukb_token_session_info(hold->session), &image, &torn, &why);
    ukb_hold_unshare(hold);
    ukb_card_image_done(&image);
    if (st != UKB_OK) {
        return raise_unseen(&why, reterr);
    }
    *ret_renew = torn;
    return torn ? log_in_and_mend(env, hold, reterr) : UKB_OK;
}

enum ukb_status
ukb_env_open_to_write(const struct ukb_renewal_env *env, const char *token, struct ukb_hold *ret_hold,
                      struct ukb_error *reterr)
{
    bool renew = false;
    enum ukb_status st = ukb_env_open(env, token, true, ret_hold, reterr);

    if (st == UKB_OK) {
        st = settle(env, ret_hold, &renew, reterr);
    }
    if (st == UKB_OK && renew) {
        ukb_hold_done(ret_hold);
        st = ukb_module_refresh(env->module, reterr);
        if (st == UKB_OK) {
            st = ukb_env_open(env, token, true, ret_hold, reterr);
        }
    }
    if (st == UKB_OK) {
        ukb_token_session_set_before_write(ret_hold->session, keep_image, (void *)(uintptr_t)env);
    }
    return st;
}
