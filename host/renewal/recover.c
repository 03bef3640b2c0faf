/* SPDX-License-Identifier: MIT */
/* Renewals that were interrupted: each is finished, undone, or left alone with a word. Which: diagnose.c. */
#include "renewal/internal.h"

#include <stdlib.h>
#include <string.h>

#include "renewal/diagnose.h"
#include "renewal/lines.h"
#include "token/objects.h"

/* One record at a time, on a UKey that is logged in and locked. */
struct recovery {
    const struct ukb_renewal_env *env;
    struct ukb_hold *hold;
    struct ukb_inventory inventory;
    struct ukb_renewal_record *record;
    const struct ukb_certificate *found; /* for UKB_VERDICT_INSTALLED; of the inventory */
};

static enum ukb_status
advance(const struct recovery *r, enum ukb_renewal_state to, const char *step, const char *outcome,
        struct ukb_error *reterr)
{
    const struct ukb_renewal_change change = {
        .id = r->record->id,
        .from = r->record->state,
        .to = to,
        .step = step,
        .outcome = outcome,
        .forgets_card = to == UKB_RENEWAL_ROLLED_BACK,
    };
    enum ukb_status st = ukb_journal_advance(r->env->journal, &change, reterr);

    if (st == UKB_OK) {
        r->record->state = to;
    }
    return st;
}

/* A key whose request never came to be. */
static enum ukb_status
undo_preparation(struct recovery *r, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    if (r->record->key == UKB_RENEWAL_KEY_NEW && r->record->key_id_len > 0) {
        st = ukb_orphan_destroy(r->hold->session, r->record, reterr);
    }
    return st == UKB_OK ? advance(r, UKB_RENEWAL_ROLLED_BACK, "delete-key", NULL, reterr) : st;
}

/*
 * The place of an exchange. To be undone it needs no key: that the key is gone is why it is undone, and the journal
 * knows the place. Where another computer has brought the key under an id of its own, the half that is left under ours
 * goes.
 */
static enum ukb_status
place(const struct recovery *r, struct ukb_exchange *exchange, enum ukb_verdict verdict, struct ukb_error *reterr)
{
    const struct ukb_exchange journaled = *exchange;
    struct ukb_error why = { 0 };
    enum ukb_status st = ukb_exchange_place(exchange, &r->inventory, NULL, 0, &why);

    if (st == UKB_E_KEY_MISMATCH && verdict == UKB_VERDICT_UNDO && journaled.key_id_len > 0) {
        return UKB_OK;
    }
    if (st == UKB_OK && journaled.import && !exchange->import) {
        st = ukb_token_keypair_destroy(r->hold->session, journaled.key_id, journaled.key_id_len, NULL, &why);
    }
    if (st != UKB_OK) {
        *reterr = why;
    }
    return st;
}

/* The transaction of the journal's exchanges, placed on the token; one that needed attention is `installing` again. */
static enum ukb_status
transact(struct recovery *r, struct ukb_exchanges *exchanges, enum ukb_verdict verdict, struct ukb_error *reterr)
{
    const struct ukb_transaction transaction = {
        .env = r->env, .hold = r->hold, .record = r->record, .exchanges = exchanges
    };
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < exchanges->count; i++) {
        st = place(r, &exchanges->items[i], verdict, reterr);
    }
    if (st == UKB_OK && r->record->state != UKB_RENEWAL_INSTALLING) {
        st = advance(r, UKB_RENEWAL_INSTALLING, "recover", NULL, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    return verdict == UKB_VERDICT_FINISH ? ukb_transact_finish(&transaction, reterr)
                                         : ukb_transact_undo(&transaction, NULL, reterr);
}

/* The renewal is done, but for the old pair that was to go. */
static enum ukb_status
retire(struct recovery *r, struct ukb_error *reterr)
{
    return ukb_retire_old(r->env, r->hold->session, r->record->token, r->record->id, reterr);
}

static enum ukb_status
bring_or_take_away(struct recovery *r, enum ukb_verdict verdict, struct ukb_error *reterr)
{
    struct ukb_exchanges exchanges = { .count = 0 };
    enum ukb_status st = ukb_exchanges_from_record(r->record, &exchanges, reterr);

    if (st == UKB_OK) {
        st = exchanges.count == 0 ? undo_preparation(r, reterr) : transact(r, &exchanges, verdict, reterr);
    }
    ukb_exchanges_done(&exchanges);
    return st;
}

/* Another computer has finished it: the journal learns with what. */
static enum ukb_status
note_installed(struct recovery *r, struct ukb_error *reterr)
{
    struct ukb_renewal_object objects[UKB_RENEWAL_OBJECTS_MAX];
    struct ukb_renewal_change change = { .id = r->record->id,
                                         .from = r->record->state,
                                         .to = UKB_RENEWAL_INSTALLED,
                                         .step = "found-installed",
                                         .outcome = ukb_certificate_facts(r->found)->id,
                                         .objects = objects,
                                         .forgets_card = true };
    size_t i;

    for (i = 0; i < r->record->object_count && change.object_count + 1U < UKB_RENEWAL_OBJECTS_MAX; i++) {
        if (r->record->objects[i].action == UKB_RENEWAL_OLD) {
            objects[change.object_count++] = r->record->objects[i];
        }
    }
    objects[change.object_count++] = ukb_renewal_object_of(r->found, UKB_RENEWAL_NEW);
    return ukb_journal_advance(r->env->journal, &change, reterr);
}

static enum ukb_status
act(struct recovery *r, enum ukb_verdict verdict, struct ukb_error *reterr)
{
    switch (verdict) {
    case UKB_VERDICT_FINISH:
    case UKB_VERDICT_UNDO:
        return r->record->state == UKB_RENEWAL_INSTALLED ? retire(r, reterr) : bring_or_take_away(r, verdict, reterr);
    case UKB_VERDICT_INSTALLED:
        return note_installed(r, reterr);
    case UKB_VERDICT_ATTENTION:
        return advance(r, UKB_RENEWAL_NEEDS_ATTENTION, "recover", "the UKey was changed elsewhere", reterr);
    case UKB_VERDICT_NOTHING:
    case UKB_VERDICT_COUNT:
        break;
    }
    return UKB_OK;
}

/*
 * What a process that was killed in the middle of a call left of objects: nothing that works, nothing that any record
 * names, and we hold the lock. What cannot be tidied does no harm.
 */
static void
tidy_torn(const struct recovery *r)
{
    struct ukb_error ignored = { 0 };
    size_t count = 0;
    enum ukb_status st = ukb_token_certificates_tidy(r->hold->session, &count, &ignored);

    if (st == UKB_OK) {
        st = ukb_token_keys_tidy(r->hold->session, &count, &ignored);
    }
}

/* One record: what the token is like now, what that means, what is done. @p ret_verdict is set when it succeeded. */
static enum ukb_status
recover_one(const struct ukb_renewal_env *env, struct ukb_hold *hold, struct ukb_renewal_record *record,
            enum ukb_verdict *ret_verdict, struct ukb_error *reterr)
{
    struct recovery r = { .env = env, .hold = hold, .record = record };
    enum ukb_verdict verdict = UKB_VERDICT_NOTHING;
    enum ukb_status st = ukb_inventory_read(hold->session, &r.inventory, reterr);

    if (st == UKB_OK) {
        st = ukb_diagnose(record, &r.inventory, &verdict, &r.found, reterr);
    }
    if (st == UKB_OK) {
        ukb_env_uninterruptible(env, true);
        if (verdict == UKB_VERDICT_FINISH || verdict == UKB_VERDICT_UNDO) {
            tidy_torn(&r);
        }
        st = act(&r, verdict, reterr);
        ukb_env_uninterruptible(env, false);
    }
    if (st == UKB_OK) {
        *ret_verdict = verdict;
    }
    ukb_inventory_done(&r.inventory);
    return st;
}

static bool
is_own(const struct ukb_renewal_env *env, const struct ukb_renewal_record *record)
{
    const char *origin = ukb_env_origin(env);

    return origin == NULL ? record->origin == NULL : record->origin != NULL && strcmp(record->origin, origin) == 0;
}

enum ukb_status
ukb_recover_own(const struct ukb_renewal_env *env, struct ukb_hold *hold, struct ukb_error *reterr)
{
    const char *token = ukb_token_session_info(hold->session)->id;
    enum ukb_verdict verdict = UKB_VERDICT_NOTHING;
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st = ukb_journal_list_unfinished(env->journal, token, &list, reterr);
    size_t i;

    for (i = 0; st == UKB_OK && i < list.count; i++) {
        if (is_own(env, &list.items[i]) && list.items[i].state != UKB_RENEWAL_REQUESTED) {
            st = recover_one(env, hold, &list.items[i], &verdict, reterr);
            if (st != UKB_OK && list.items[i].state == UKB_RENEWAL_INSTALLED &&
                ukb_token_session_is_logged_in(
                    hold->session)) { /* it is done but for what was to go: no reason to fail */
                st = ukb_journal_add_step(env->journal, list.items[i].id, "tidy", reterr->message, reterr);
            }
        }
    }
    ukb_renewal_list_done(&list);
    return st;
}

/* renewal.recover */

/* A record's line in the dialog: what will be brought, or taken away. */
static enum ukb_status
add_line(const struct ukb_renewal_env *env, const struct ukb_renewal_record *record, enum ukb_verdict verdict,
         struct ukb_lines *lines, struct ukb_error *reterr)
{
    const bool retires = record->state == UKB_RENEWAL_INSTALLED;
    const enum ukb_words_change words = verdict == UKB_VERDICT_FINISH && !retires ? UKB_WORDS_ADD : UKB_WORDS_REMOVE;
    struct ukb_exchanges exchanges = { .count = 0 };
    enum ukb_status st = ukb_exchanges_from_record(record, &exchanges, reterr);
    size_t i;

    for (i = 0; st == UKB_OK && i < exchanges.count; i++) {
        const struct ukb_exchange *exchange = &exchanges.items[i];

        if (!retires || exchange->half == UKB_HALF_SIGNING) {
            st = ukb_lines_add(lines, env->context->lang, words, retires ? exchange->old : exchange->candidate, reterr);
        }
    }
    ukb_exchanges_done(&exchanges);
    return st;
}

/* Is there anything to be done, and what will the dialog say of it? */
static enum ukb_status
read_pending(const struct ukb_renewal_env *env, const struct ukb_hold *hold, const struct ukb_renewal_list *list,
             struct ukb_lines *lines, bool *ret_any, struct ukb_error *reterr)
{
    struct ukb_inventory inventory = { 0 };
    enum ukb_status st = ukb_inventory_read(hold->session, &inventory, reterr);
    bool any = false;
    size_t i;

    for (i = 0; st == UKB_OK && i < list->count; i++) {
        enum ukb_verdict verdict = UKB_VERDICT_NOTHING;

        st = ukb_diagnose(&list->items[i], &inventory, &verdict, NULL, reterr);
        if (st == UKB_OK && verdict != UKB_VERDICT_NOTHING) {
            any = true;
            st = verdict == UKB_VERDICT_FINISH || verdict == UKB_VERDICT_UNDO
                     ? add_line(env, &list->items[i], verdict, lines, reterr)
                     : UKB_OK;
        }
    }
    *ret_any = any;
    ukb_inventory_done(&inventory);
    return st;
}

/* Before anybody is asked: token and journal as no other process is writing them. */
static enum ukb_status
look(const struct ukb_renewal_env *env, struct ukb_hold *hold, struct ukb_lines *lines, bool *ret_any,
     struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st = ukb_hold_share(hold, UKB_HOLD_BEFORE_DIALOG_MS, reterr);

    if (st == UKB_OK) {
        st = ukb_journal_list_unfinished(env->journal, ukb_token_session_info(hold->session)->id, &list, reterr);
    }
    if (st == UKB_OK) {
        st = read_pending(env, hold, &list, lines, ret_any, reterr);
    }
    ukb_renewal_list_done(&list);
    ukb_hold_unshare(hold);
    return st;
}

/*
 * Each record that something was done about, as the journal has it then. One that fails keeps nobody else waiting as
 * long as the login lasts: it stays as it is, `token.pending` tells of it again, and it fails the call only when it was
 * all.
 */
static enum ukb_status
recover_all(const struct ukb_renewal_env *env, struct ukb_hold *hold, struct ukb_renewal_list *list,
            struct ukb_renewal_list *done, struct ukb_error *reterr)
{
    struct ukb_error first = { .status = UKB_OK };
    size_t i;

    for (i = 0; i < list->count && ukb_token_session_is_logged_in(hold->session); i++) {
        enum ukb_verdict verdict = UKB_VERDICT_NOTHING;
        struct ukb_error error = { 0 };
        enum ukb_status st = recover_one(env, hold, &list->items[i], &verdict, &error);

        if ((st == UKB_OK && verdict != UKB_VERDICT_NOTHING) || st == UKB_E_ROLLED_BACK) {
            st = ukb_journal_get(env->journal, list->items[i].id, &done->items[done->count], &error);
            done->count += st == UKB_OK ? 1U : 0U;
        }
        if (st != UKB_OK && first.status == UKB_OK) {
            first = error;
        }
    }
    if (done->count > 0 || first.status == UKB_OK) {
        return UKB_OK;
    }
    *reterr = first;
    return first.status;
}

enum ukb_status
ukb_renewal_recover(const struct ukb_renewal_env *env, const char *token, struct ukb_renewal_list *ret_done,
                    struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    struct ukb_renewal_list done = { 0 };
    struct ukb_lines lines = { .count = 0 };
    struct ukb_hold hold = { 0 };
    bool any = false;
    enum ukb_status st = ukb_env_open_to_write(env, token, &hold, reterr);

    if (st == UKB_OK) {
        st = look(env, &hold, &lines, &any, reterr);
    }
    if (st != UKB_OK || !any) {
        goto out;
    }
    st = ukb_hold_login(&hold, UKB_DIALOG_RECOVER, (const char *const *)lines.texts, lines.count, reterr);
    if (st == UKB_OK) { /* while the user typed, another process may have been here */
        st = ukb_journal_list_unfinished(env->journal, token, &list, reterr);
    }
    if (st == UKB_OK) {
        done.items = calloc(list.count + 1U, sizeof(*done.items));
        st = done.items == NULL ? ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu renewals", list.count)
                                : UKB_OK;
    }
    if (st == UKB_OK) {
        st = recover_all(env, &hold, &list, &done, reterr);
    }
out:
    if (st == UKB_OK) {
        *ret_done = done;
    } else {
        ukb_renewal_list_done(&done);
    }
    ukb_lines_done(&lines);
    ukb_renewal_list_done(&list);
    return ukb_hold_end(&hold, st, reterr);
}
