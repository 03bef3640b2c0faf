/* SPDX-License-Identifier: MIT */
/*
 * decrypt - open a secret with a private key on a token: RSA by C_Decrypt, EC by C_DeriveKey.
 *
 * Room: token.
 */
#ifndef UKB_TOKEN_DECRYPT_H
#define UKB_TOKEN_DECRYPT_H

#include <stddef.h>

#include "core/private_key.h"
#include "core/status.h"
#include "secret/secret.h"
#include "token/token.h"

struct ukb_token_key;     /* token/keys.h */
struct ukb_token_session; /* token/session.h */

/**
 * Whether the token has the mechanism that opens things of this kind; asked of the slot, so no PIN is needed.
 *
 * @param padding  counts for UKB_KEY_RSA only.
 * @return UKB_NO for another type, too; never UKB_YES: a mechanism says nothing about parameters and keys.
 */
enum ukb_maybe ukb_token_can_decrypt(const struct ukb_token_session *session, enum ukb_key_type type,
                                     enum ukb_rsa_padding padding);

/**
 * Decrypt @p input with the RSA key @p key and remove its padding (CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP; PKCS#11 v2.40
 * current mechanisms §2.1.6, §2.1.8). A PIN that is wanted again is given as for ukb_token_sign().
 *
 * @param session     logged in by ukb_token_login().
 * @param ret_secret  empty; on success owned by the caller: ukb_secret_done().
 *
 * @retval UKB_E_BAD_ENVELOPE  the token is there and says that this does not open: wrong key, length or padding. Tokens
 *                             have no common word for that; CKR_GENERAL_ERROR of C_Decrypt is taken as it.
 * @retval UKB_E_UNSUPPORTED   no such mechanism or parameters, or the key may not decrypt.
 * @retval UKB_E_PIN_INCORRECT, UKB_E_PIN_LOCKED, UKB_E_PIN_FINAL_TRY  as ukb_token_sign().
 * @retval others              as ukb_token_failure().
 */
UKB_MUST_USE enum ukb_status ukb_token_decrypt(struct ukb_token_session *session, const struct ukb_token_key *key,
                                               enum ukb_rsa_padding padding, const unsigned char *input,
                                               size_t input_len, struct ukb_secret *ret_secret,
                                               struct ukb_error *reterr);

/**
 * The X coordinate of ECDH between the EC key @p key and @p point (CKM_ECDH1_DERIVE with CKD_NULL, §2.3.9), as long as
 * the field. The token makes a session object of it, which is read and destroyed at once.
 *
 * @param point       04 ‖ X ‖ Y on the key's curve.
 * @param ret_secret  empty; on success owned by the caller.
 *
 * @retval UKB_E_BAD_ENVELOPE  the token does not take the point.
 * @retval UKB_E_UNSUPPORTED   no such mechanism, the key may not derive, or the token does not show what it derived.
 * @retval others              as ukb_token_decrypt().
 */
UKB_MUST_USE enum ukb_status ukb_token_derive(struct ukb_token_session *session, const struct ukb_token_key *key,
                                              const unsigned char *point, size_t point_len,
                                              struct ukb_secret *ret_secret, struct ukb_error *reterr);

#endif /* UKB_TOKEN_DECRYPT_H */
