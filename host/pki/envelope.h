/* SPDX-License-Identifier: MIT */
/*
 * envelope - a private key that a CA delivers: PKCS #8 (RFC 5958 §2, version 0) inside CMS EnvelopedData (RFC 5652 §6).
 *
 * Reading it needs no key, so that everything which can be wrong is said before anybody is asked for a PIN; opening it
 * calls the owner of the recipient's key once. Recipients: RSA by key transport (PKCS #1 v1.5, OAEP), EC by ephemeral
 * ECDH (RFC 5753). Content: AES-128, -192 or -256 in CBC, or in GCM as AuthEnvelopedData (RFC 5083).
 *
 * Room: pki.  May include core/.  The delivered key is in OpenSSL's secure heap, which must have been started
 * (secret/secret.h), and nowhere else.
 */
#ifndef UKB_PKI_ENVELOPE_H
#define UKB_PKI_ENVELOPE_H

#include <stddef.h>

#include "core/private_key.h"
#include "core/public_key.h"
#include "core/status.h"
#include "pki/certificate.h"
#include "pki/provider.h"

/** An envelope that was read; closed. */
struct ukb_envelope;

/** A key that came out of one. */
struct ukb_delivered_key;

/** To whom an envelope may be: somebody's public key, and the certificates of it that are known. All borrowed. */
struct ukb_envelope_recipient {
    const struct ukb_public_key *key;
    const struct ukb_certificate *const *certificates; /**< all of @p key, any number of them; NULL for none */
    size_t certificate_count;
};

/**
 * Read base64 of one.
 *
 * @param text  NUL-terminated, borrowed: at most UKB_ENVELOPE_MAX_LEN characters.
 * @param ret   owned by the caller: ukb_envelope_free().
 * @retval UKB_E_BAD_ENVELOPE  no such envelope; the message names the cause. PKCS #12 and keys that are not encrypted,
 *                             or encrypted with a password, have messages of their own.
 * @retval UKB_E_UNSUPPORTED   a form for SM2 keys: SM2EnvelopedKey (GM/T 0009 §7.4), CSRResponse (GM/T 0092 §8),
 *                             GM/T 0010's enveloped data.
 */
UKB_MUST_USE enum ukb_status ukb_envelope_from_base64(const char *text, struct ukb_envelope **ret,
                                                      struct ukb_error *reterr);

/** The same from DER, or BER: at most UKB_ENVELOPE_DER_MAX_LEN bytes, and nothing behind it. */
UKB_MUST_USE enum ukb_status ukb_envelope_from_der(const unsigned char *der, size_t der_len, struct ukb_envelope **ret,
                                                   struct ukb_error *reterr);

/** Free it. NULL is fine. */
void ukb_envelope_free(struct ukb_envelope *envelope);

/**
 * Is it addressed to this recipient, in a way that is taken here? One of its RecipientInfos must name one of the
 * certificates by issuer and serial number or by its subjectKeyIdentifier, or @p recipient's key by the SHA-1 of RFC
 * 5280 §4.2.1.2 (1). One that names somebody else is never tried, even when it is the only one: a token's answer to a
 * ciphertext that is not its own is worth nothing, and may cost a PIN.
 *
 * @retval UKB_E_BAD_ENVELOPE  it is to others, or encrypts the content key in a way that is not taken.
 * @retval UKB_E_UNSUPPORTED   the recipient's key is neither RSA nor EC on P-256, P-384 or P-521.
 */
UKB_MUST_USE enum ukb_status ukb_envelope_check(const struct ukb_envelope *envelope,
                                                const struct ukb_envelope_recipient *recipient,
                                                struct ukb_error *reterr);

/**
 * Which operation opening it will ask of the recipient's key: for RSA the padding, for EC nothing (UKB_RSA_PKCS1), so
 * that a token which cannot do it is known before its PIN. Call it after ukb_envelope_check() said yes.
 */
enum ukb_rsa_padding ukb_envelope_padding(const struct ukb_envelope *envelope,
                                          const struct ukb_envelope_recipient *recipient);

/**
 * Open it, once: afterwards only ukb_envelope_free() may be called. The delivered key's halves belong together: they
 * are computed and compared here, and a public key inside the PKCS #8 that says something else is refused.
 *
 * @param ops      of the recipient's key; decrypt or derive is called at most once.
 * @param ret_key  owned by the caller: ukb_delivered_key_free().
 * @retval UKB_E_BAD_ENVELOPE  as ukb_envelope_check(); or it does not open with this key (one message, whatever is
 *                             wrong: key, padding, content or tag); or holds no PKCS #8 RSA or EC private key.
 * @retval UKB_E_UNSUPPORTED   an RSA key of other sizes than 2048 to 8192 bits or of more than two primes, another
 *                             curve than P-256 and P-384, an SM2 key.
 * @return any other error of the owner's, as it is.
 */
UKB_MUST_USE enum ukb_status ukb_envelope_open(struct ukb_envelope *envelope,
                                               const struct ukb_envelope_recipient *recipient,
                                               const struct ukb_key_ops *ops, struct ukb_delivered_key **ret_key,
                                               struct ukb_error *reterr);

/** The key: public_key is what a certificate must have, the rest is for C_CreateObject (token/import.h). Borrowed. */
const struct ukb_private_key *ukb_delivered_key_numbers(const struct ukb_delivered_key *key);

/** Wipe and free it. NULL is fine. */
void ukb_delivered_key_free(struct ukb_delivered_key *key);

#endif /* UKB_PKI_ENVELOPE_H */
