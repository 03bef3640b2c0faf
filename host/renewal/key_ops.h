/* SPDX-License-Identifier: MIT */
/*
 * key_ops - a key on a token as the pki room's struct ukb_key_ops: what opens envelopes, proves itself, signs.
 *
 * Room: renewal.
 */
#ifndef UKB_RENEWAL_KEY_OPS_H
#define UKB_RENEWAL_KEY_OPS_H

#include "pki/provider.h"

struct ukb_token_key;     /* token/keys.h */
struct ukb_token_session; /* token/session.h */

/** A key of a session; both borrowed. */
struct ukb_token_owner {
    struct ukb_token_session *session; /**< logged in */
    const struct ukb_token_key *key;
};

/** Its operations; @p owner is their ctx and must outlive them. */
struct ukb_key_ops ukb_token_key_ops(struct ukb_token_owner *owner);

#endif /* UKB_RENEWAL_KEY_OPS_H */
