/* SPDX-License-Identifier: MIT */
/* What was interrupted on a UKey, told without a PIN: public objects only, and nothing is done about it. */
#include "renewal/internal.h"

#include "platform/lock.h"
#include "renewal/diagnose.h"
#include "store/cards.h"

static const char *const next_steps[UKB_VERDICT_COUNT] = {
    [UKB_VERDICT_FINISH] = "finish",
    [UKB_VERDICT_UNDO] = "undo",
};

static bool
is_interrupted(const struct ukb_renewal_record *record)
{
    return record->state == UKB_RENEWAL_PREPARING || record->state == UKB_RENEWAL_INSTALLING ||
           record->state == UKB_RENEWAL_INSTALLED; /* the old pair was to go */
}

static enum ukb_status
tell(const struct ukb_renewal_env *env, const struct ukb_renewal_list *list, ukb_pending_teller teller, void *ctx,
     struct ukb_error *reterr)
{
    struct ukb_inventory inventory = { 0 };
    struct ukb_hold hold = { 0 };
    enum ukb_status st = ukb_env_open(env, list->items[0].token, false, &hold, reterr);
    bool is_torn = false;
    size_t i;

    if (st == UKB_OK) {
        st = ukb_hold_catch_up(&hold, reterr);
    }
    if (st == UKB_OK) {
        is_torn = ukb_env_is_card_torn(env, &hold);
        st = ukb_inventory_read(hold.session, &inventory, reterr);
    }
    for (i = 0; st == UKB_OK && i < list->count; i++) {
        enum ukb_verdict verdict = UKB_VERDICT_NOTHING;

        st = ukb_diagnose(&list->items[i], &inventory, &verdict, NULL, reterr);
        if (is_torn) { /* what the module shows of it is not all that is there */
            verdict = list->items[i].state == UKB_RENEWAL_PREPARING ? UKB_VERDICT_UNDO : UKB_VERDICT_FINISH;
        }
        if (st == UKB_OK && is_interrupted(&list->items[i]) && next_steps[verdict] != NULL) {
            teller(ctx, &list->items[i], next_steps[verdict]);
        }
    }
    ukb_inventory_done(&inventory);
    ukb_hold_done(&hold);
    return st;
}

/*
 * Nothing was begun, and yet the card is torn: within a retirement behind the end of the last renewal. It is told as
 * that one's; who finishes it mends the card.
 */
static enum ukb_status
tell_torn(const struct ukb_renewal_env *env, const char *token, ukb_pending_teller teller, void *ctx,
          struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    struct ukb_hold hold = { 0 };
    bool is_card = false;
    enum ukb_status st = ukb_cards_has(env->journal, token, &is_card, reterr);

    if (st != UKB_OK || !is_card) {
        return st;
    }
    st = ukb_journal_list(env->journal, NULL, token, NULL, 1, &list, reterr);
    if (st == UKB_OK && list.count > 0) {
        st = ukb_env_open(env, token, false, &hold, reterr);
    }
    if (st == UKB_OK && list.count > 0 && ukb_env_is_card_torn(env, &hold)) {
        teller(ctx, &list.items[0], next_steps[UKB_VERDICT_FINISH]);
    }
    ukb_hold_done(&hold);
    ukb_renewal_list_done(&list);
    return st;
}

static enum ukb_status
look(const struct ukb_renewal_env *env, const char *token, ukb_pending_teller teller, void *ctx,
     struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st = ukb_journal_list_unfinished(env->journal, token, &list, reterr);
    bool any = false;
    size_t i;

    for (i = 0; st == UKB_OK && i < list.count; i++) {
        any = any || is_interrupted(&list.items[i]);
    }
    if (any) {
        st = tell(env, &list, teller, ctx, reterr);
    }
    ukb_renewal_list_done(&list);
    return st == UKB_OK && !any ? tell_torn(env, token, teller, ctx, reterr) : st;
}

/* Journal and token are looked at as one: what another process is at the middle of is no interruption. */
enum ukb_status
ukb_renewal_pending(const struct ukb_renewal_env *env, const char *token, ukb_pending_teller teller, void *ctx,
                    struct ukb_error *reterr)
{
    struct ukb_lock *lock = ukb_hold_share_now(env->lock_dir, token);
    enum ukb_status st = UKB_OK;

    if (lock != NULL) {
        st = look(env, token, teller, ctx, reterr);
    }
    ukb_lock_release(lock);
    return st;
}
