/* SPDX-License-Identifier: MIT */
/* Keys that were made and never got a request. */
#include "renewal/internal.h"

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
