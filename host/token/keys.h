/* SPDX-License-Identifier: MIT */
/*
 * keys - key pairs on a token: find by public key, generate, destroy.  token/sign.h uses them.
 *
 * A key is the one whose public key is meant; CKA_ID only narrows. Tokens tell the public key of a private one in three
 * ways: attributes of the private key itself (CKA_MODULUS, some CKA_EC_POINT), a public-key object with its CKA_ID, or
 * not at all. In the last case equality of CKA_ID with the certificate's makes a candidate, which a signature must
 * prove. Room: token.
 */
#ifndef UKB_TOKEN_KEYS_H
#define UKB_TOKEN_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/pkcs11.h>

#include "core/limits.h"
#include "core/public_key.h"
#include "core/status.h"
#include "token/token.h"

struct ukb_token_session; /* token/session.h */

/** A key pair, or the half of one that an interruption left. A value; its handles end with the token's presence. */
struct ukb_token_key {
    CK_OBJECT_HANDLE private_handle; /**< CK_INVALID_HANDLE when only a public half is there */
    CK_OBJECT_HANDLE public_handle;  /**< CK_INVALID_HANDLE when there is none */
    unsigned char id[UKB_OBJECT_ID_MAX_LEN];
    size_t id_len;
    enum ukb_key_type type;
    struct ukb_public_key public_key; /**< type UKB_KEY_UNKNOWN when the token does not tell it */
    bool always_authenticate;         /**< CKA_ALWAYS_AUTHENTICATE: the PIN again at each signature */
};

/** The keys that a session sees. Zero-initialise; free with ukb_token_keys_done(). */
struct ukb_token_keys {
    struct ukb_token_key *items; /**< private keys first, then public halves without one */
    size_t count;
    bool complete; /**< the user is logged in: a private key that is not here is not on the token */
};

/**
 * Read all RSA and EC keys that the session sees; before login most tokens show no private ones.
 *
 * @param ret_keys  owned by the caller; changed on success only.
 *
 * @retval UKB_E_TOO_LARGE  more than UKB_OBJECTS_MAX keys.
 * @retval others           as ukb_token_failure().
 */
UKB_MUST_USE enum ukb_status ukb_token_keys_read(const struct ukb_token_session *session,
                                                 struct ukb_token_keys *ret_keys, struct ukb_error *reterr);

/**
 * The same, narrowed to CKA_ID @p id: finds what an interrupted generation left under a journaled id.
 *
 * @retval UKB_E_INTERNAL  an empty id, which would mean every key.
 */
UKB_MUST_USE enum ukb_status ukb_token_keys_by_id(const struct ukb_token_session *session, const unsigned char *id,
                                                  size_t id_len, struct ukb_token_keys *ret_keys,
                                                  struct ukb_error *reterr);

/** Free the list's content; it is empty afterwards. NULL is fine. */
void ukb_token_keys_done(struct ukb_token_keys *keys);

/**
 * Choose the private key for @p public_key: one with this public key and CKA_ID @p id, else one with this public key,
 * else one whose public key is not told and whose CKA_ID is @p id (a candidate: item->public_key.type is
 * UKB_KEY_UNKNOWN).
 *
 * @param id  the certificate's CKA_ID; NULL when there is none.
 * @return borrowed from @p keys; NULL when there is none.
 */
const struct ukb_token_key *ukb_token_keys_choose(const struct ukb_token_keys *keys,
                                                  const struct ukb_public_key *public_key, const unsigned char *id,
                                                  size_t id_len);

/** Whether the private key for @p public_key is on the token; UKB_UNKNOWN when it would not be visible. A hint only. */
enum ukb_maybe ukb_token_has_private_key(const struct ukb_token_keys *keys, const struct ukb_public_key *public_key,
                                         const unsigned char *id, size_t id_len);

/**
 * Find the private key for @p public_key, chosen as by ukb_token_keys_choose(), with ret_key->public_key always known:
 * a candidate's is taken from @p public_key.
 *
 * @retval UKB_E_KEY_MISMATCH  no such private key; the message says whether the session may see private keys at all.
 * @retval others              as ukb_token_keys_read().
 */
UKB_MUST_USE enum ukb_status ukb_token_key_find(const struct ukb_token_session *session,
                                                const struct ukb_public_key *public_key, const unsigned char *id,
                                                size_t id_len, struct ukb_token_key *ret_key, struct ukb_error *reterr);

/**
 * Generate a key pair on the token that never leaves it (CKA_TOKEN, PRIVATE, SENSITIVE, not EXTRACTABLE; SIGN).
 * Journal @p id before: a failure after the token made the key leaves an orphan that only this id finds.
 *
 * @param session       opened for writing and logged in.
 * @param id            fresh CKA_ID of both halves. Some tokens choose their own: ret_key->id is what was read back.
 * @param label         CKA_LABEL, UTF-8.
 * @param decrypt_too   the key also opens envelopes: DECRYPT for RSA, DERIVE for EC.
 * @param ret_key       with its public key, read back from the token.
 *
 * @retval UKB_E_UNSUPPORTED  the token does not make such keys.
 * @retval UKB_E_TOKEN_FULL   no room.
 * @retval others             as ukb_token_failure().
 *
 * Blocks for seconds to a minute on real cards.
 */
UKB_MUST_USE enum ukb_status ukb_token_keypair_generate(const struct ukb_token_session *session,
                                                        enum ukb_algorithm algorithm, const unsigned char *id,
                                                        size_t id_len, const char *label, bool decrypt_too,
                                                        struct ukb_token_key *ret_key, struct ukb_error *reterr);

/**
 * Destroy the private key, then the public half, under CKA_ID @p id; repeat it after an interruption. Nothing there is
 * no error. Destroy the key's certificates before: OpenSC shows a public half for each, which is not one to destroy.
 *
 * @param only  when not NULL: leave alone what is not this public key, or does not tell its public key.
 *
 * @retval UKB_E_KEY_MISMATCH  a private key under @p id that does not tell its public key was left alone: it may be the
 *                             one meant.
 * @retval others              as ukb_token_failure().
 */
UKB_MUST_USE enum ukb_status ukb_token_keypair_destroy(const struct ukb_token_session *session, const unsigned char *id,
                                                       size_t id_len, const struct ukb_public_key *only,
                                                       struct ukb_error *reterr);

/**
 * Destroy the torn key objects, which say that their id, their label and their numbers are empty: what is left where a
 * process was killed while its module wrote one. Only when nobody else may be writing to the token.
 *
 * @param ret_count  objects destroyed.
 */
UKB_MUST_USE enum ukb_status ukb_token_keys_tidy(const struct ukb_token_session *session, size_t *ret_count,
                                                 struct ukb_error *reterr);

#endif /* UKB_TOKEN_KEYS_H */
