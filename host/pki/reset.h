/* SPDX-License-Identifier: MIT */
/*
 * reset - the cryptography of a remote PIN reset: a key for one reset, and the authorization that it opens.
 *
 * The key pair is RSA of 2048 bits, because every CMS library can encrypt to that. Its private half is in OpenSSL's
 * secure heap for as long as the reset is open, and nowhere else. The authorization is CMS (RFC 5652): SignedData by
 * one pinned certificate, over EnvelopedData to our key. The signature is checked first: what nobody vouches for is
 * never decrypted.
 *
 * Room: pki.  May include core/.  Knows no token and does not look into what it decrypts: that is a secret, and goes to
 * memory of the caller's.
 */
#ifndef UKB_PKI_RESET_H
#define UKB_PKI_RESET_H

#include <stddef.h>

#include "core/buf.h"
#include "core/status.h"
#include "pki/certificate.h"

/** The key pair of one open reset, and the certificate that it is told by. */
struct ukb_reset_key;

/** What signs that certificate, so that a server knows the host: a certificate and its unencrypted private key. */
struct ukb_reset_identity {
    const struct ukb_certificate *certificate;
    const char *key_pem;
    size_t key_pem_len;
};

/**
 * Make a key for one reset. The secret heap must have been started (secret/secret.h).
 *
 * The certificate's subject has @p nonce as its serialNumber; keyUsage is keyEncipherment; it is valid from an hour
 * before @p now_s to an hour after it, which forgives clocks that differ.
 *
 * @param nonce          hex digits, at most 64.
 * @param identity       borrowed; NULL: the certificate signs itself.
 * @param ret_key        owned by the caller: ukb_reset_key_free().
 * @param ret_recipient  the certificate, PEM; initialised by the caller with its maximum.
 * @retval UKB_E_POLICY_INVALID  the identity's key cannot be read, or is not its certificate's.
 * @retval UKB_E_INTERNAL        OpenSSL refuses.
 *
 * Takes a tenth of a second.
 */
UKB_MUST_USE enum ukb_status ukb_reset_key_new(const char *nonce, long long now_s,
                                               const struct ukb_reset_identity *identity,
                                               struct ukb_reset_key **ret_key, struct ukb_buf *ret_recipient,
                                               struct ukb_error *reterr);

/** Wipe and free it. NULL is fine. */
void ukb_reset_key_free(struct ukb_reset_key *key);

/**
 * Open an authorization.
 *
 * SignedData with its content attached, of type id-data; exactly one signer, who is one of @p authorities by issuer and
 * serial number or by key identifier; the certificate is taken from there and never from the message, and must be valid
 * at @p now_s; digest SHA-256, SHA-384 or SHA-512. The content is EnvelopedData with exactly one recipient, @p key, by
 * key transport, and content encrypted with AES-CBC.
 *
 * @param authorization  base64 of the DER; NUL-terminated, borrowed.
 * @param ret_text       secret memory of @p size bytes: what was encrypted. All of it is undefined after a failure.
 * @retval UKB_E_RESET_UNAUTHORISED  anything but that, or more than @p size bytes.
 */
UKB_MUST_USE enum ukb_status ukb_reset_open(const struct ukb_reset_key *key,
                                            const struct ukb_certificate *const *authorities, size_t authority_count,
                                            long long now_s, const char *authorization, unsigned char *ret_text,
                                            size_t size, size_t *ret_len, struct ukb_error *reterr);

#endif /* UKB_PKI_RESET_H */
