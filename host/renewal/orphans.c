/* SPDX-License-Identifier: MIT */
/* Keys that were made and never got a request. */
#include "renewal/internal.h"

#include <string.h>

#include "token/keys.h"

/* Delete a record's own key. Once its public key is known it alone tells: a token may have chosen an id that others
 * bear. */
enum ukb_status
ukb_orphan_destroy(const struct ukb_token_session *session, const struct ukb_renewal_record *record,
                   struct ukb_error *reterr)
{
    const struct ukb_public_key *only = record->public_key.type == UKB_KEY_UNKNOWN ? NULL : &record->public_key;

    return ukb_token_keypair_destroy(session, record->key_id, record->key_id_len, only, reterr);
}

/* Under the token's lock no other process prepares: what this origin left half-prepared is dead. Delete its key. */
enum ukb_status
ukb_orphans_clean(const struct ukb_renewal_env *env, const struct ukb_token_session *session, const char *token,
                  struct ukb_error *reterr)
{
    const char *origin = ukb_env_origin(env);
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st = ukb_journal_list_unfinished(env->journal, token, &list, reterr);
    size_t i;

    for (i = 0; i < list.count && st == UKB_OK; i++) {
        const struct ukb_renewal_record *record = &list.items[i];
        const struct ukb_renewal_change undone = {
            .id = record->id, .from = UKB_RENEWAL_PREPARING, .to = UKB_RENEWAL_ROLLED_BACK, .step = "delete-key"
        };
        bool ours =
            origin == NULL ? record->origin == NULL : record->origin != NULL && strcmp(record->origin, origin) == 0;

        if (!ours || record->state != UKB_RENEWAL_PREPARING) {
            continue;
        }
        if (record->key == UKB_RENEWAL_KEY_NEW && record->key_id_len > 0) {
            st = ukb_orphan_destroy(session, record, reterr);
        }
        if (st == UKB_OK) {
            st = ukb_journal_advance(env->journal, &undone, reterr);
        }
    }
    ukb_renewal_list_done(&list);
    return st;
}
