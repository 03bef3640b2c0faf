/* SPDX-License-Identifier: MIT */
/*
 * certificate - an X.509 certificate (RFC 5280) and everything that is ever said about it.
 *
 * Room: pki.  May include core/.  Knows no token, so whether a private key is there is not asked here.
 * Nothing here blocks. A certificate does not change after it was made, and reading the same bytes again may give the same
 * certificate: they are counted, without a lock. All calls come from one thread.
 */
#ifndef UKB_PKI_CERTIFICATE_H
#define UKB_PKI_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/public_key.h"
#include "core/status.h"
#include "pki/identity.h"
#include "pki/name.h"

struct ukb_certificate; /* heap; made by _from_der and _from_pem, freed by _free */

/** What a certificate is for, from keyUsage alone (RFC 5280 §4.2.1.3). */
enum ukb_role {
    UKB_ROLE_UNKNOWN,    /**< no keyUsage, or one that names neither of the two (a CA's own, say) */
    UKB_ROLE_SIGNING,    /**< digitalSignature or nonRepudiation */
    UKB_ROLE_ENCRYPTION, /**< keyEncipherment, dataEncipherment or keyAgreement */
    UKB_ROLE_BOTH
};

enum ukb_certificate_state {
    UKB_CERTIFICATE_VALID,
    UKB_CERTIFICATE_EXPIRING, /**< valid, and ends within the reminder days */
    UKB_CERTIFICATE_EXPIRED,
    UKB_CERTIFICATE_NOT_YET_VALID
};

/** Read with ukb_certificate_facts(). Every pointer belongs to the certificate and lives as long as it. */
struct ukb_certificate_facts {
    char id[UKB_CERTIFICATE_ID_LEN + 1U]; /**< SHA-256 of the DER, lower-case hex */
    struct ukb_name subject;
    struct ukb_name issuer;
    const char *serial;     /**< lower-case hex of whole bytes, no leading 00; "00" for zero */
    long long not_before_s; /**< Unix seconds: the first second of validity */
    long long not_after_s;  /**< Unix seconds: the last second of validity */
    enum ukb_role role;
    bool has_key_usage;
    bool is_ca; /**< basicConstraints says cA TRUE and keyUsage, where present, allows keyCertSign; its role counts for
                     nothing then. Version 1 certificates are never CAs here */

    struct ukb_public_key key; /**< type UKB_KEY_UNKNOWN when it is none of RSA, EC on a named curve, SM2 */
    unsigned int key_bits;     /**< RSA modulus, or the curve's field (521 for P-521); 0 when unknown */
    const char *curve;         /**< "P-256", "SM2", "brainpoolP256r1" …; NULL for anything but EC and SM2 */

    char credit_code[UKB_CREDIT_CODE_LEN + 1U]; /**< from the subject, else from an identity extension; "" when none */
    const struct ukb_identity *identities;      /**< in the certificate's order; NULL when there is none */
    size_t identity_count;

    const unsigned char *der; /**< the whole certificate, as given */
    size_t der_len;
    const unsigned char *subject_der; /**< Name, as CKA_SUBJECT */
    size_t subject_der_len;
    const unsigned char *issuer_der; /**< Name, as CKA_ISSUER */
    size_t issuer_der_len;
    const unsigned char *serial_der; /**< INTEGER with tag and length, as CKA_SERIAL_NUMBER */
    size_t serial_der_len;
    const unsigned char *ski; /**< subjectKeyIdentifier (§4.2.1.2); NULL when absent */
    size_t ski_len;
    const unsigned char *aki; /**< authorityKeyIdentifier.keyIdentifier (§4.2.1.1); NULL when absent */
    size_t aki_len;
};

/**
 * Read one DER certificate, and nothing behind it.
 *
 * @param der  borrowed; copied.
 * @param ret  owned by the caller, ukb_certificate_free().
 * @retval UKB_E_BAD_CERTIFICATE  not a certificate, trailing bytes, longer than UKB_CERTIFICATE_DER_MAX_LEN, or a
 *                                validity that is no time. An unknown kind of key or a malformed extension is not an
 *                                error here: such a certificate can be shown (ukb_check_certificate() refuses it).
 * @retval UKB_E_INTERNAL         no memory.
 */
UKB_MUST_USE enum ukb_status ukb_certificate_from_der(const unsigned char *der, size_t der_len,
                                                      struct ukb_certificate **ret, struct ukb_error *reterr);

/**
 * Read exactly one PEM block "CERTIFICATE" (RFC 7468 §5; see pki/pem.h for what is forgiven). Otherwise as
 * ukb_certificate_from_der().
 *
 * @param pem  NUL-terminated, borrowed.
 */
UKB_MUST_USE enum ukb_status ukb_certificate_from_pem(const char *pem, struct ukb_certificate **ret,
                                                      struct ukb_error *reterr);

/**
 * The id of the certificate that these bytes are, or would be: their SHA-256 in hex.
 * @retval UKB_E_INTERNAL  no memory.
 */
UKB_MUST_USE enum ukb_status ukb_certificate_id(const unsigned char *der, size_t der_len,
                                                char ret_id[UKB_CERTIFICATE_ID_LEN + 1U], struct ukb_error *reterr);

/** The caller is done with it and all its facts. NULL is fine. */
void ukb_certificate_free(struct ukb_certificate *certificate);

/** The facts; never NULL. Borrowed: valid until ukb_certificate_free(). */
const struct ukb_certificate_facts *ukb_certificate_facts(const struct ukb_certificate *certificate);

/**
 * Write the PEM block, lines of 64 characters, "\n" at the end of each.
 *
 * @param ret_pem  initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_TOO_LARGE  more than ret_pem's maximum.
 */
UKB_MUST_USE enum ukb_status ukb_certificate_to_pem(const struct ukb_certificate *certificate, struct ukb_buf *ret_pem,
                                                    struct ukb_error *reterr);

/** The state at @p now_s (Unix seconds). A negative @p reminder_days counts as 0. */
enum ukb_certificate_state ukb_certificate_state(const struct ukb_certificate_facts *facts, long long now_s,
                                                 int reminder_days);

/** Whole days from @p now_s to notAfter, rounded down: 0 on the last day, negative after expiry. */
long long ukb_certificate_days_left(const struct ukb_certificate_facts *facts, long long now_s);

/** "signing", "encryption", "both", "unknown". Static storage. */
const char *ukb_role_name(enum ukb_role role);

/** "valid", "expiring", "expired", "not-yet-valid". Static storage. */
const char *ukb_certificate_state_name(enum ukb_certificate_state state);

#endif /* UKB_PKI_CERTIFICATE_H */
