/* SPDX-License-Identifier: MIT */
/*
 * import - put a private key that came from elsewhere on a token, by C_CreateObject.
 *
 * It becomes a key for opening envelopes and for nothing else: DECRYPT (RSA) or DERIVE (EC), never SIGN. Room: token.
 */
#ifndef UKB_TOKEN_IMPORT_H
#define UKB_TOKEN_IMPORT_H

#include <stddef.h>

#include "core/private_key.h"
#include "core/status.h"
#include "token/keys.h"
#include "token/token.h"

struct ukb_token_session; /* token/session.h */

/**
 * Whether the token of @p session may take such a key, before anybody is asked for a PIN: UKB_NO when it is
 * write-protected, has no C_CreateObject, or no mechanism that would use the key. Otherwise UKB_UNKNOWN: PKCS#11 has no
 * word for it, and only the attempt tells.
 *
 * @param type  UKB_KEY_RSA or UKB_KEY_EC; for others the answer is UKB_NO.
 */
enum ukb_maybe ukb_token_can_import(const struct ukb_token_session *session, enum ukb_key_type type);

/**
 * Create both halves: the public one, then the private one with CKA_TOKEN, PRIVATE, SENSITIVE, not EXTRACTABLE. Tokens
 * that do not take an attribute which only says what the key may not do, or says again what is the default, are asked
 * once more without. A token that refuses public halves gets the private one alone. The numbers go from where they are
 * into the template by pointer; nothing is copied here.
 *
 * Journal @p id before, and look for the key by it first (ukb_token_keys_by_id()): a second call makes a second key.
 * What this call created is destroyed again when it fails, as far as the token lets us.
 *
 * @param session  opened for writing and logged in.
 * @param id       fresh CKA_ID of both halves. Some tokens choose their own: ret_key->id is what was read back.
 * @param label    CKA_LABEL, UTF-8.
 * @param ret_key  public_key is @p key's.
 *
 * @retval UKB_E_UNSUPPORTED  the token takes no such keys.
 * @retval UKB_E_TOKEN_FULL   no room.
 * @retval others             as ukb_token_failure().
 *
 * That the token can use the key is for the caller to prove (ukb_certificate_prove_decrypt()): OpenSC takes an EC key
 * and forgets that it is for DERIVE, which shows as UKB_E_UNSUPPORTED there.
 */
UKB_MUST_USE enum ukb_status ukb_token_key_import(const struct ukb_token_session *session,
                                                  const struct ukb_private_key *key, const unsigned char *id,
                                                  size_t id_len, const char *label, struct ukb_token_key *ret_key,
                                                  struct ukb_error *reterr);

#endif /* UKB_TOKEN_IMPORT_H */
