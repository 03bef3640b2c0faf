/* SPDX-License-Identifier: MIT */
/*
 * A smart card beneath its module: what it holds is journaled before each call that writes, and a call that was cut off
 * in the middle is taken back before anything else is done with the card.
 */
#include "renewal/internal.h"

#include "card/mend.h"
#include "store/cards.h"

/* Called by the token room. A card that we cannot look into is written to nevertheless, as any other token. */
static enum ukb_status
keep_image(void *ctx, const struct ukb_token_session *session, struct ukb_error *reterr)
{
    const struct ukb_renewal_env *env = ctx;
    const struct ukb_token_info *info = ukb_token_session_info(session);
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error why = { 0 };
    enum ukb_status st = ukb_card_before(info->reader, &image, &why);

    if (st == UKB_E_UNSUPPORTED) {
        return ukb_cards_forget(env->journal, info->id, reterr);
    }
    if (st != UKB_OK) {
        *reterr = why;
        return st;
    }
    st = ukb_cards_keep(env->journal, info->id, &image, reterr);
    ukb_card_image_done(&image);
    return st;
}

bool
ukb_env_is_card_torn(const struct ukb_renewal_env *env, const struct ukb_hold *hold)
{
    const struct ukb_token_info *info = ukb_token_session_info(hold->session);
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error ignored = { 0 };
    bool is_torn = false;

    if (ukb_cards_get(env->journal, info->id, &image, &ignored) == UKB_OK && image.count > 0 &&
        ukb_card_is_torn(info->reader, &image, &is_torn, &ignored) != UKB_OK) {
        is_torn = false;
    }
    ukb_card_image_done(&image);
    return is_torn;
}

/* The card is logged in to and locked. What another process mended while the user typed is found to be whole. */
static enum ukb_status
mend(const struct ukb_renewal_env *env, const struct ukb_hold *hold, struct ukb_error *reterr)
{
    const struct ukb_token_info *info = ukb_token_session_info(hold->session);
    struct ukb_card_image image = { .count = 0 };
    bool is_mended = false;
    enum ukb_status st = ukb_cards_get(env->journal, info->id, &image, reterr);

    if (st == UKB_OK) {
        ukb_env_uninterruptible(env, true);
        st = ukb_card_mend(info->reader, &image, &is_mended, reterr);
        ukb_env_uninterruptible(env, false);
    }
    ukb_card_image_done(&image);
    return st;
}

enum ukb_status
ukb_env_open_to_write(const struct ukb_renewal_env *env, const char *token, struct ukb_hold *ret_hold,
                      struct ukb_error *reterr)
{
    enum ukb_status st = ukb_env_open(env, token, true, ret_hold, reterr);

    if (st == UKB_OK && ukb_env_is_card_torn(env, ret_hold)) {
        st = ukb_hold_login(ret_hold, UKB_DIALOG_MEND, NULL, 0, reterr);
        if (st == UKB_OK) {
            st = mend(env, ret_hold, reterr);
        }
        if (st == UKB_OK) { /* the module has read what is not so any more */
            ukb_hold_done(ret_hold);
            st = ukb_module_refresh(env->module, reterr);
        }
        if (st == UKB_OK) {
            st = ukb_env_open(env, token, true, ret_hold, reterr);
        }
    }
    if (st == UKB_OK) {
        ukb_token_session_set_before_write(ret_hold->session, keep_image, (void *)(uintptr_t)env);
    }
    return st;
}
