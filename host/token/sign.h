/* SPDX-License-Identifier: MIT */
/*
 * sign - a signature by a private key on a token.
 *
 * Room: token.
 */
#ifndef UKB_TOKEN_SIGN_H
#define UKB_TOKEN_SIGN_H

#include <stddef.h>

#include "core/public_key.h"
#include "core/status.h"

struct ukb_token_key;     /* token/keys.h */
struct ukb_token_session; /* token/session.h */

enum ukb_digest { UKB_SHA256, UKB_SHA384 };

/** Room that holds any signature of ukb_token_sign(). */
#define UKB_SIGNATURE_MAX_LEN UKB_RSA_MODULUS_MAX_LEN

/**
 * Sign @p message with @p key: RSASSA-PKCS1-v1_5 (CKM_RSA_PKCS over a DigestInfo made here, or the token's
 * hash-and-sign mechanism where it lacks that), or ECDSA (CKM_ECDSA over the digest; PKCS#11 v2.40 current mechanisms
 * §2.1.6, §2.3.6).
 *
 * A key that wants the PIN at each signature (CKA_ALWAYS_AUTHENTICATE), or a token that answers USER_NOT_LOGGED_IN,
 * gets one C_Login(CKU_CONTEXT_SPECIFIC) with the PIN that logged this session in; never on a last try, and a PIN
 * refused there is forgotten.
 *
 * @param session        logged in by ukb_token_login().
 * @param message        hashed here or by the token.
 * @param ret_signature  RSA: as long as the modulus; EC: r ‖ s, big-endian, each as long as the field.
 * @param inout_len      in: bytes of room (UKB_SIGNATURE_MAX_LEN is always enough); out: bytes written.
 *
 * @retval UKB_E_UNSUPPORTED                     neither mechanism is there, or the key's type is not RSA or EC.
 * @retval UKB_E_TOO_LARGE                       the room is too small.
 * @retval UKB_E_PIN_INCORRECT, UKB_E_PIN_LOCKED, UKB_E_PIN_FINAL_TRY  of that second login, as ukb_token_login().
 * @retval others                                as ukb_token_failure().
 *
 * The caller verifies the signature: a token may sign with another key than it says.
 */
UKB_MUST_USE enum ukb_status ukb_token_sign(struct ukb_token_session *session, const struct ukb_token_key *key,
                                            enum ukb_digest digest, const void *message, size_t message_len,
                                            unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr);

#endif /* UKB_TOKEN_SIGN_H */
