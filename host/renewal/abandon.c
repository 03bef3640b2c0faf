/* SPDX-License-Identifier: MIT */
/* renewal.abandon: give a request up, and its key with it. */
#include "renewal/internal.h"

#include <string.h>

#include "token/keys.h"

/* A certificate for the key is on the UKey: another computer has finished this renewal, and the key is in use. */
static enum ukb_status
check_unused(const struct ukb_hold *hold, const struct ukb_renewal_record *record, struct ukb_error *reterr)
{
    struct ukb_inventory inventory = { 0 };
    enum ukb_status st = ukb_inventory_read(hold->session, &inventory, reterr);
    size_t i;

    for (i = 0; st == UKB_OK && i < inventory.count; i++) {
        const struct ukb_certificate_facts *facts = ukb_certificate_facts(inventory.items[i].certificate);

        if (ukb_public_key_equal(&facts->key, &record->public_key)) {
            st = ukb_raise(reterr, UKB_E_NEEDS_ATTENTION, 0, "a certificate for this request's key is on the UKey");
        }
    }
    ukb_inventory_done(&inventory);
    return st;
}

static enum ukb_status
check_state(const struct ukb_renewal_record *record, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (record->state == UKB_RENEWAL_REQUESTED || record->state == UKB_RENEWAL_PREPARING ||
        record->state == UKB_RENEWAL_NEEDS_ATTENTION) {
        return UKB_OK;
    }
    st = ukb_raise(reterr, UKB_E_WRONG_STATE, 0, "only a request that waits for its certificate can be given up");
    ukb_error_add_string(reterr, "state", ukb_renewal_state_name(record->state));
    return st;
}

/* A key that goes with it? A UKey that was changed elsewhere is left as it is, and only the journal has its say. */
static bool
has_own_key(const struct ukb_renewal_record *record)
{
    return record->state != UKB_RENEWAL_NEEDS_ATTENTION && record->key == UKB_RENEWAL_KEY_NEW && record->key_id_len > 0;
}

/* Its record as it is now, and whether it may be given up. */
static enum ukb_status
read_record(const struct ukb_renewal_env *env, struct ukb_renewal_record *inout_record, struct ukb_error *reterr)
{
    struct ukb_renewal_record fresh = { 0 };
    enum ukb_status st = ukb_renewal_get(env, inout_record->id, &fresh, reterr);

    if (st != UKB_OK) {
        return st;
    }
    ukb_renewal_record_done(inout_record);
    *inout_record = fresh;
    return check_state(inout_record, reterr);
}

/* Under the token's lock, so that nobody prepares or installs meanwhile: what the journal says now is what counts. */
static enum ukb_status
delete_key(const struct ukb_renewal_env *env, const struct ukb_hold *hold, struct ukb_renewal_record *record,
           struct ukb_error *reterr)
{
    enum ukb_status st = read_record(env, record, reterr);

    if (st != UKB_OK || !has_own_key(record)) {
        return st;
    }
    st = check_unused(hold, record, reterr);
    return st == UKB_OK ? ukb_orphan_destroy(hold->session, record, reterr) : st;
}

/* The journal's word and the key's end belong together: the lock is held over both. */
static enum ukb_status
give_up(const struct ukb_renewal_env *env, struct ukb_hold *hold, struct ukb_renewal_record *record,
        struct ukb_error *reterr)
{
    struct ukb_renewal_change change = { .to = UKB_RENEWAL_ABANDONED, .step = "abandon" };
    enum ukb_status st = UKB_OK;

    if (hold->session != NULL) {
        ukb_env_uninterruptible(env, true);
        st = delete_key(env, hold, record, reterr);
        change.forgets_card = true;
    }
    if (st == UKB_OK) {
        change.id = record->id;
        change.from = record->state;
        st = ukb_journal_advance(env->journal, &change, reterr);
    }
    ukb_env_uninterruptible(env, false);
    return st;
}

/* Before anybody is asked: token and journal as no other process is writing them. */
static enum ukb_status
look(const struct ukb_renewal_env *env, struct ukb_hold *hold, struct ukb_renewal_record *inout_record,
     struct ukb_error *reterr)
{
    enum ukb_status st = ukb_hold_share(hold, UKB_HOLD_BEFORE_DIALOG_MS, reterr);

    if (st == UKB_OK) {
        st = read_record(env, inout_record, reterr);
    }
    if (st == UKB_OK && has_own_key(inout_record)) {
        st = check_unused(hold, inout_record, reterr);
    }
    ukb_hold_unshare(hold);
    return st;
}

enum ukb_status
ukb_renewal_abandon(const struct ukb_renewal_env *env, const char *id, struct ukb_error *reterr)
{
    struct ukb_renewal_record record = { 0 };
    struct ukb_hold hold = { 0 };
    enum ukb_status st = ukb_renewal_get(env, id, &record, reterr);

    if (st != UKB_OK || record.state == UKB_RENEWAL_ABANDONED) {
        goto out;
    }
    st = check_state(&record, reterr);
    if (st == UKB_OK && has_own_key(&record)) {
        st = ukb_env_open_to_write(env, record.token, &hold, reterr);
        if (st == UKB_OK) {
            st = look(env, &hold, &record, reterr);
        }
        if (st == UKB_OK) {
            st = ukb_hold_login(&hold, UKB_DIALOG_ABANDON, NULL, 0, reterr);
        }
    }
    if (st == UKB_OK) {
        st = give_up(env, &hold, &record, reterr);
    }
out:
    st = ukb_hold_end(&hold, st, reterr);
    ukb_renewal_record_done(&record);
    return st;
}
