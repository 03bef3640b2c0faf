/* SPDX-License-Identifier: MIT */
/* Superseded signing pairs: when may they go? */
#include "renewal/internal.h"

#include <string.h>

#include "store/cards.h"
#include "token/keys.h"
#include "token/objects.h"

/* The dialog has said that the old pair goes, and it is not noted that it went. */
static bool
is_promised(const struct ukb_renewal_record *record)
{
    bool promised = false;
    size_t i;

    for (i = 0; i < record->step_count; i++) {
        const struct ukb_renewal_step *step = &record->steps[i];

        if (strcmp(step->name, UKB_JOURNAL_STEP_RETIRE_OLD) == 0) {
            return false;
        }
        promised = promised || (strcmp(step->name, UKB_JOURNAL_STEP_COMMIT) == 0 &&
                                strcmp(step->outcome, UKB_JOURNAL_STEP_RETIRE_OLD) == 0);
    }
    return promised;
}

static bool
is_due(const struct ukb_renewal_env *env, const struct ukb_renewal_record *record, const struct ukb_certificate *old,
       const char *renewal)
{
    if (is_promised(record)) {
        return true;
    }
    switch (ukb_policy_retire(env->policy)) {
    case UKB_RETIRE_NOW:
        return strcmp(record->id, renewal) == 0;
    case UKB_RETIRE_EXPIRED:
        /* in a later call: of this one the user was told that the old pair stays */
        return strcmp(record->id, renewal) != 0 && ukb_certificate_facts(old)->not_after_s < env->now_s;
    case UKB_RETIRE_KEEP:
        break;
    }
    return false;
}

/* The new certificate must be there, and the old one's key must be good for nothing but signing. */
static bool
may_go(const struct ukb_inventory *inventory, const struct ukb_certificate *old, const struct ukb_certificate *new)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(old);
    size_t i;

    if (facts->role != UKB_ROLE_SIGNING || ukb_inventory_find(inventory, facts->id) == NULL ||
        ukb_inventory_find(inventory, ukb_certificate_facts(new)->id) == NULL) {
        return false;
    }
    for (i = 0; i < inventory->count; i++) { /* another certificate for the same key keeps it */
        const struct ukb_certificate_facts *other = ukb_certificate_facts(inventory->items[i].certificate);

        if (strcmp(other->id, facts->id) != 0 && ukb_public_key_equal(&other->key, &facts->key)) {
            return false;
        }
    }
    return true;
}

/* The key pair. Where the private half is gone, an interruption came behind it: this session is logged in, it would see
 * it. Then the public half may be left, under the certificate's id. */
static enum ukb_status
destroy_key(struct ukb_token_session *session, const struct ukb_inventory_item *old, struct ukb_error *reterr)
{
    const struct ukb_public_key *public_key = &ukb_certificate_facts(old->certificate)->key;
    const struct ukb_token_certificate *object = old->object;
    struct ukb_error why = { 0 };
    struct ukb_token_key key = { 0 };
    enum ukb_status st = ukb_token_key_find(session, public_key, object->id, object->id_len, &key, &why);

    if (st == UKB_OK) {
        return ukb_token_keypair_destroy(session, key.id, key.id_len, public_key, reterr);
    }
    if (st != UKB_E_KEY_MISMATCH) {
        *reterr = why;
        return st;
    }
    return object->id_len == 0 ? UKB_OK
                               : ukb_token_keypair_destroy(session, object->id, object->id_len, public_key, reterr);
}

static enum ukb_status
destroy_pair(struct ukb_token_session *session, const struct ukb_inventory_item *old, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(old->certificate);
    CK_OBJECT_HANDLE handle = 0;
    size_t found = 0;
    enum ukb_status st = destroy_key(session, old, reterr);

    if (st == UKB_OK) { /* last: an interruption leaves a certificate that says what the key was */
        st = ukb_token_certificate_find_exact(session, facts->der, facts->der_len, NULL, 0, &handle, 1, &found, reterr);
    }
    return st == UKB_OK && found > 0 ? ukb_token_object_destroy(session, handle, reterr) : st;
}

bool
ukb_retire_is_open(const struct ukb_renewal_record *record, const struct ukb_inventory *inventory)
{
    struct ukb_certificate *old = NULL;
    struct ukb_certificate *successor = NULL;
    struct ukb_error ignored = { 0 };
    bool is_open = false;

    if (is_promised(record) &&
        ukb_record_certificate(record, UKB_HALF_SIGNING, UKB_RENEWAL_OLD, &old, &ignored) == UKB_OK &&
        ukb_record_certificate(record, UKB_HALF_SIGNING, UKB_RENEWAL_NEW, &successor, &ignored) == UKB_OK) {
        is_open = old != NULL && successor != NULL && may_go(inventory, old, successor);
    }
    ukb_certificate_free(old);
    ukb_certificate_free(successor);
    return is_open;
}

static enum ukb_status
let_go(const struct ukb_renewal_env *env, struct ukb_token_session *session, const struct ukb_inventory *inventory,
       const struct ukb_renewal_record *record, const char *old_id, struct ukb_error *reterr)
{
    enum ukb_status st = destroy_pair(session, ukb_inventory_find(inventory, old_id), reterr);

    if (st == UKB_OK) {
        st = ukb_journal_add_step(env->journal, record->id, UKB_JOURNAL_STEP_RETIRE_OLD, old_id, reterr);
    }
    return st == UKB_OK ? ukb_cards_forget(env->journal, record->token, reterr) : st;
}

static enum ukb_status
retire_one(const struct ukb_renewal_env *env, struct ukb_token_session *session, const struct ukb_inventory *inventory,
           const struct ukb_renewal_record *record, const char *renewal, struct ukb_error *reterr)
{
    struct ukb_certificate *old = NULL;
    struct ukb_certificate *successor = NULL;
    enum ukb_status st = ukb_record_certificate(record, UKB_HALF_SIGNING, UKB_RENEWAL_OLD, &old, reterr);

    if (st == UKB_OK) {
        st = ukb_record_certificate(record, UKB_HALF_SIGNING, UKB_RENEWAL_NEW, &successor, reterr);
    }
    if (st == UKB_OK && old != NULL && successor != NULL && is_due(env, record, old, renewal) &&
        may_go(inventory, old, successor)) {
        st = let_go(env, session, inventory, record, ukb_certificate_facts(old)->id, reterr);
    }
    ukb_certificate_free(old);
    ukb_certificate_free(successor);
    return st;
}

enum ukb_status
ukb_retire_old(const struct ukb_renewal_env *env, struct ukb_token_session *session, const char *token,
               const char *renewal, struct ukb_error *reterr)
{
    struct ukb_inventory inventory = { 0 };
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st;
    size_t i;

    st = ukb_journal_list_superseding(env->journal, token, &list, reterr);
    if (st == UKB_OK && list.count > 0) {
        st = ukb_inventory_read(session, &inventory, reterr);
    }
    for (i = 0; st == UKB_OK && i < list.count; i++) {
        st = retire_one(env, session, &inventory, &list.items[i], renewal, reterr);
    }
    ukb_inventory_done(&inventory);
    ukb_renewal_list_done(&list);
    return st;
}
