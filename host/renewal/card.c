/* SPDX-License-Identifier: MIT */
/*
 * A smart card beneath its module: what it holds is journaled before each call that writes, and a call that was cut off
 * in the middle is taken back before anything else is done with the card.
 */
#include "renewal/internal.h"

#include "card/mend.h"
#include "store/cards.h"

/* A module that keeps its card to itself while it is logged in would have us wait at each write: once is enough for
 * this process, which serves one call. */
static bool is_out_of_reach;

static bool
cannot_be_seen(enum ukb_status st)
{
    return st == UKB_E_UNSUPPORTED || st == UKB_E_TIMEOUT;
}

/* Called by the token room. A card that we cannot look into is written to nevertheless, as any other token. */
static enum ukb_status
keep_image(void *ctx, const struct ukb_token_session *session, struct ukb_error *reterr)
{
    const struct ukb_renewal_env *env = ctx;
    const struct ukb_token_info *info = ukb_token_session_info(session);
    struct ukb_card_image last = { .count = 0 };
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error why = { 0 };
    enum ukb_status st = UKB_E_TIMEOUT;

    if (!is_out_of_reach) {
        st = ukb_cards_get(env->journal, info->id, &last, &why);
        if (st == UKB_OK) {
            st = ukb_card_before(info->reader, &last, &image, &why);
        }
        is_out_of_reach = st == UKB_E_TIMEOUT;
    }
    if (st == UKB_OK) {
        st = ukb_cards_keep(env->journal, info->id, &image, reterr);
    } else if (cannot_be_seen(st)) {
        st = ukb_cards_forget(env->journal, info->id, reterr); /* it is not what the next write begins with */
    } else {
        *reterr = why;
    }
    ukb_card_image_done(&last);
    ukb_card_image_done(&image);
    return st;
}

/* Is there a renewal that may have been cut off within a write? Without one an image is of no use. */
static enum ukb_status
is_any_cut_off(const struct ukb_renewal_env *env, const char *token, bool *ret_any, struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st = ukb_journal_list_unfinished(env->journal, token, &list, reterr);
    size_t i;

    *ret_any = false;
    for (i = 0; i < list.count; i++) {
        *ret_any = *ret_any || list.items[i].state != UKB_RENEWAL_REQUESTED;
    }
    ukb_renewal_list_done(&list);
    return st;
}

/* The image of what there was before the write that was cut off, if any was; owned by the caller. */
static enum ukb_status
get_image(const struct ukb_renewal_env *env, const char *token, struct ukb_card_image *ret_image,
          struct ukb_error *reterr)
{
    bool is_cut_off = false;
    enum ukb_status st = ukb_cards_get(env->journal, token, ret_image, reterr);

    if (st == UKB_OK && ret_image->count > 0) {
        st = is_any_cut_off(env, token, &is_cut_off, reterr);
        if (st == UKB_OK && !is_cut_off) {
            ukb_card_image_done(ret_image);
            st = ukb_cards_forget(env->journal, token, reterr);
        }
    }
    return st;
}

static enum ukb_status
look(const struct ukb_renewal_env *env, const struct ukb_token_info *info, struct ukb_card_image *ret_image,
     bool *ret_torn, struct ukb_error *reterr)
{
    enum ukb_status st = get_image(env, info->id, ret_image, reterr);

    *ret_torn = false;
    return st == UKB_OK && ret_image->count > 0 ? ukb_card_is_torn(info->reader, ret_image, ret_torn, reterr) : st;
}

bool
ukb_env_is_card_torn(const struct ukb_renewal_env *env, const struct ukb_hold *hold)
{
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error ignored = { 0 };
    bool is_torn = false;
    enum ukb_status st = look(env, ukb_token_session_info(hold->session), &image, &is_torn, &ignored);

    ukb_card_image_done(&image);
    return st == UKB_OK && is_torn;
}

/* Ask for the PIN, and put the card back. What another process has mended while the user typed is whole by then. */
static enum ukb_status
mend(const struct ukb_renewal_env *env, struct ukb_hold *hold, const struct ukb_card_image *before,
     struct ukb_error *reterr)
{
    const struct ukb_token_info *info = ukb_token_session_info(hold->session);
    bool is_mended = false;
    enum ukb_status st = ukb_hold_login(hold, UKB_DIALOG_MEND, NULL, 0, reterr);

    if (st == UKB_OK) {
        ukb_env_uninterruptible(env, true);
        st = ukb_card_mend(info->reader, before, &is_mended, reterr);
        if (st == UKB_OK) {
            st = ukb_cards_forget(env->journal, info->id, reterr);
        }
        ukb_env_uninterruptible(env, false);
    }
    return st;
}

/* Have the card whole. @p ret_renew: it was mended, and what the module has read of it is not so any more. */
static enum ukb_status
settle(const struct ukb_renewal_env *env, struct ukb_hold *hold, bool *ret_renew, struct ukb_error *reterr)
{
    const struct ukb_token_info *info = ukb_token_session_info(hold->session);
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error why = { 0 };
    bool is_torn = false;
    enum ukb_status st = look(env, info, &image, &is_torn, &why);

    if (cannot_be_seen(st)) {
        st = ukb_raise(reterr, UKB_E_TOKEN_BUSY, why.native, "the card may have to be mended: %s", why.message);
    } else if (st != UKB_OK) {
        *reterr = why;
    } else if (is_torn) {
        st = mend(env, hold, &image, reterr);
        *ret_renew = true;
    }
    ukb_card_image_done(&image);
    return st;
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
