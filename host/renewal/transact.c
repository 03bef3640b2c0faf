/* SPDX-License-Identifier: MIT */
/*
 * Bring the exchanges of a renewal onto the token, or take them away again. The intent is in the journal before; every
 * step looks first whether it is done, so that an interrupted transaction goes on, or back, from wherever it was.
 */
#include "renewal/internal.h"

#include <string.h>

#include "token/import.h"
#include "token/objects.h"

void
ukb_install_progress(const struct ukb_renewal_env *env, enum ukb_install_step step, bool imports)
{
    static const char *const names[UKB_STEP_COUNT] = {
        "check", "pin", "import-key", "write", "prove", "commit", "tidy"
    };
    const unsigned int left_out = imports ? 0U : 1U;

    ukb_env_progress(env, names[step], (unsigned int)step - (step > UKB_STEP_IMPORT_KEY ? left_out : 0U),
                     UKB_STEP_COUNT - left_out, step <= UKB_STEP_PIN);
}

static struct ukb_write
write_of(const struct ukb_exchange *exchange)
{
    const struct ukb_write write = {
        .old = exchange->same_key ? exchange->old : NULL,
        .candidate = exchange->candidate,
        .label = exchange->label,
        .key_id = exchange->key_id,
        .key_id_len = exchange->key_id_len,
        .temp_id = exchange->temp_id,
        .temp_id_len = exchange->temp_id_len,
        .keep_old = exchange->half == UKB_HALF_ENCRYPTION, /* old files name it */
    };

    return write;
}

static bool
imports(const struct ukb_transaction *tx)
{
    const struct ukb_exchange *encryption = ukb_exchanges_half(tx->exchanges, UKB_HALF_ENCRYPTION);

    return encryption != NULL && encryption->import;
}

/* A token that chose an id of its own: the journal must know it, or nobody finds the key again. */
static enum ukb_status
note_places(const struct ukb_transaction *tx, struct ukb_error *reterr)
{
    struct ukb_renewal_object objects[UKB_RENEWAL_OBJECTS_MAX];
    const struct ukb_renewal_change change = {
        .id = tx->record->id,
        .from = UKB_RENEWAL_INSTALLING,
        .to = UKB_RENEWAL_INSTALLING,
        .step = "import-key",
        .objects = objects,
        .object_count = ukb_exchanges_objects(tx->exchanges, objects),
    };

    return ukb_journal_advance(tx->env->journal, &change, reterr);
}

/* Which keys under its id are the exchange's? All where the id is ours, else those that say so. */
static const struct ukb_public_key *
own_key(const struct ukb_exchange *exchange)
{
    return ukb_key_id_is_fresh(exchange->key_id, exchange->key_id_len)
               ? NULL
               : &ukb_certificate_facts(exchange->candidate)->key;
}

/* Import the key of @p exchange, unless it is there. What an interruption left of it under its fresh id goes first. */
static enum ukb_status
bring_key(const struct ukb_transaction *tx, struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    struct ukb_token_session *session = tx->hold->session;
    enum ukb_status st;

    if (exchange->key.private_handle != CK_INVALID_HANDLE) {
        return UKB_OK;
    }
    if (tx->delivered == NULL) {
        return ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0, "the key of the encryption certificate was not delivered");
    }
    ukb_install_progress(tx->env, UKB_STEP_IMPORT_KEY, true);
    st = ukb_token_keypair_destroy(session, exchange->key_id, exchange->key_id_len, own_key(exchange), reterr);
    if (st == UKB_OK) {
        st = ukb_token_key_import(session, tx->delivered, exchange->key_id, exchange->key_id_len, exchange->label,
                                  &exchange->key, reterr);
    }
    if (st == UKB_OK) {
        memcpy(exchange->key_id, exchange->key.id, exchange->key.id_len);
        exchange->key_id_len = exchange->key.id_len;
        st = note_places(tx, reterr);
    }
    return st;
}

static enum ukb_status
bring(const struct ukb_transaction *tx, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < tx->exchanges->count; i++) {
        if (tx->exchanges->items[i].import) {
            st = bring_key(tx, &tx->exchanges->items[i], reterr);
        }
    }
    ukb_install_progress(tx->env, UKB_STEP_WRITE, imports(tx));
    for (i = 0; st == UKB_OK && i < tx->exchanges->count; i++) {
        const struct ukb_write write = write_of(&tx->exchanges->items[i]);

        st = ukb_write_apply(tx->hold->session, &write, reterr);
    }
    return st;
}

static enum ukb_status
prove(const struct ukb_transaction *tx, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    ukb_install_progress(tx->env, UKB_STEP_PROVE, imports(tx));
    for (i = 0; st == UKB_OK && i < tx->exchanges->count; i++) {
        const struct ukb_exchange *exchange = &tx->exchanges->items[i];
        const struct ukb_write write = write_of(exchange);

        st = ukb_write_prove(tx->hold->session, &write, exchange->half, &exchange->key, reterr);
    }
    return st;
}

/* Will a pair be retired at once? */
static bool
retires(const struct ukb_transaction *tx)
{
    const struct ukb_exchange *signing = ukb_exchanges_half(tx->exchanges, UKB_HALF_SIGNING);

    return signing != NULL && !signing->same_key && ukb_plan_removes_old(tx->env, signing);
}

/* That the old pair goes is promised in the same write: what is cut off behind it is finished later. */
static enum ukb_status
commit(const struct ukb_transaction *tx, struct ukb_error *reterr)
{
    const struct ukb_renewal_change done = {
        .id = tx->record->id,
        .from = UKB_RENEWAL_INSTALLING,
        .to = UKB_RENEWAL_INSTALLED,
        .step = UKB_JOURNAL_STEP_COMMIT,
        .outcome = retires(tx) ? UKB_JOURNAL_STEP_RETIRE_OLD : NULL,
        .audit = tx->audit,
        .forgets_card = true,
    };

    ukb_install_progress(tx->env, UKB_STEP_COMMIT, imports(tx));
    return ukb_journal_advance(tx->env->journal, &done, reterr);
}

/* The last one first. A key that came with its certificate goes behind it: OpenSC shows a public half for each. */
static enum ukb_status
take_away(const struct ukb_transaction *tx, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = tx->exchanges->count; st == UKB_OK && i > 0; i--) {
        const struct ukb_exchange *exchange = &tx->exchanges->items[i - 1U];
        const struct ukb_write write = write_of(exchange);

        if (exchange->was_there) {
            continue;
        }
        st = ukb_write_undo(tx->hold->session, &write, reterr);
        if (st == UKB_OK && exchange->import) {
            st = ukb_token_keypair_destroy(tx->hold->session, exchange->key_id, exchange->key_id_len, own_key(exchange),
                                           reterr);
        }
    }
    return st;
}

/* Is the new certificate gone, and the old one in its place? The answer is the token's own: see ukb_transact_undo(). */
static enum ukb_status
check_gone(const struct ukb_token_session *session, const struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *candidate = ukb_certificate_facts(exchange->candidate);
    const struct ukb_certificate_facts *old = exchange->same_key ? ukb_certificate_facts(exchange->old) : NULL;
    size_t left = 0;
    size_t back = 1;
    enum ukb_status st =
        ukb_token_certificate_find_exact(session, candidate->der, candidate->der_len, NULL, 0, NULL, 0, &left, reterr);

    if (st == UKB_OK && old != NULL) {
        st = ukb_token_certificate_find_exact(session, old->der, old->der_len, exchange->key_id, exchange->key_id_len,
                                              NULL, 0, &back, reterr);
    }
    if (st == UKB_OK && (left > 0 || back == 0)) {
        st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "%s",
                       left > 0 ? "the new certificate is on the UKey nevertheless"
                                : "the old certificate did not come back");
    }
    return st;
}

static enum ukb_status
check_all_gone(const struct ukb_transaction *tx, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < tx->exchanges->count; i++) {
        if (!tx->exchanges->items[i].was_there) {
            st = check_gone(tx->hold->session, &tx->exchanges->items[i], reterr);
        }
    }
    return st;
}

/*
 * A module that answers from memory finds nothing to undo on a UKey that was pulled in the middle of the write: so the
 * judge is the token itself, looked at anew. Without the UKey nothing can be undone: the renewal stays `installing`,
 * and is finished or undone when the UKey is back. Otherwise it is `requested` again, or over when there is no request
 * to come back to.
 */
enum ukb_status
ukb_transact_undo(const struct ukb_transaction *tx, const struct ukb_error *why, struct ukb_error *reterr)
{
    const struct ukb_renewal_change undone = {
        .id = tx->record->id,
        .from = UKB_RENEWAL_INSTALLING,
        .to = tx->record->request_pem == NULL ? UKB_RENEWAL_ROLLED_BACK : UKB_RENEWAL_REQUESTED,
        .step = "roll-back",
        .error = why,
        .forgets_card = true,
    };
    struct ukb_error failed = { 0 };
    enum ukb_status undo_st = ukb_env_mend_card(tx->env, tx->hold, &failed); /* a call that failed may have torn it */
    enum ukb_status st = UKB_OK;

    if (undo_st == UKB_OK) {
        undo_st = take_away(tx, &failed);
    }
    if (why != NULL || undo_st != UKB_OK) {
        st = ukb_token_session_anew(&tx->hold->session, false, reterr);
    }
    if (st == UKB_OK) {
        st = check_all_gone(tx, reterr);
    }
    if (st == UKB_OK && ukb_env_may_card_be_torn(tx->env, tx->hold)) { /* the module cannot show whether it is gone */
        st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "the card has to be mended first");
    }
    if (st == UKB_OK && undo_st != UKB_OK && imports(tx)) {
        *reterr = failed; /* a private key is not seen without a login: what the removal said is all there is */
        st = undo_st;
    }
    return st == UKB_OK ? ukb_journal_advance(tx->env->journal, &undone, reterr) : st;
}

static enum ukb_status
roll_back(const struct ukb_transaction *tx, const struct ukb_error *why, struct ukb_error *reterr)
{
    const char *cause = ukb_status_reason(why->status);
    struct ukb_error second = { 0 };
    struct ukb_error ignored = { 0 };
    enum ukb_status st = ukb_transact_undo(tx, why, &second);

    if (st != UKB_OK) {
        st = ukb_journal_add_step(tx->env->journal, tx->record->id, "roll-back", second.message, &ignored);
        *reterr = second.status == UKB_E_TOKEN_REMOVED ? second : *why;
        return reterr->status;
    }
    st = ukb_raise(reterr, UKB_E_ROLLED_BACK, why->native, "undone: %s", why->message);
    ukb_error_add_string(reterr, "cause", cause == NULL ? "INTERNAL" : cause);
    return st;
}

/* What the policy wants gone afterwards. The renewal is done: a failure here is noted, not reported. */
static void
tidy(const struct ukb_transaction *tx)
{
    struct ukb_error error = { 0 };
    enum ukb_status st;

    ukb_install_progress(tx->env, UKB_STEP_TIDY, imports(tx));
    st = ukb_retire_old(tx->env, tx->hold->session, tx->record->token, tx->record->id, &error);
    if (st != UKB_OK) {
        st = ukb_journal_add_step(tx->env->journal, tx->record->id, "tidy", error.message, &error);
    }
}

enum ukb_status
ukb_transact_finish(const struct ukb_transaction *tx, struct ukb_error *reterr)
{
    struct ukb_error why = { 0 };
    enum ukb_status st = bring(tx, &why);

    if (st == UKB_OK) {
        st = prove(tx, &why);
    }
    if (st == UKB_OK) {
        st = commit(tx, &why);
    }
    if (st != UKB_OK) {
        return roll_back(tx, &why, reterr);
    }
    tidy(tx);
    return UKB_OK;
}
