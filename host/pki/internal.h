/* SPDX-License-Identifier: MIT */
/*
 * internal - what the files of this room share. Not for other rooms.
 */
#ifndef UKB_PKI_INTERNAL_H
#define UKB_PKI_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/x509.h>

#include "core/public_key.h"
#include "core/status.h"
#include "pki/certificate.h"
#include "pki/check.h"

struct ukb_certificate {
    unsigned int holders; /* of one certificate, by ukb_certificate_free() */
    struct ukb_certificate_facts facts; /* its const pointers point to what follows, or into x509 */
    X509 *x509;
    unsigned char *der;
    unsigned char *serial_der;
    char *serial;
    struct ukb_identity *identities;
    char *signer; /* the id of a CA's certificate that was seen to have signed this one; "": none was yet */
};

/* openssl_error.c */

/**
 * Raise @p status for a failed OpenSSL call: "@p what: <OpenSSL's last reason>". Empties OpenSSL's error queue. When
 * memory ran out the status is UKB_E_INTERNAL instead.
 */
UKB_MUST_USE enum ukb_status ukb_pki_raise(struct ukb_error *reterr, enum ukb_status status, const char *what);

/* time.c */

/** Unix seconds of a UTCTime or GeneralizedTime; false when it is malformed. */
bool ukb_time_from_asn1(const ASN1_TIME *time, long long *ret_s);

/* name.c */

/** Read @p name; the caller frees with ukb_name_done(). */
UKB_MUST_USE enum ukb_status ukb_name_read(const X509_NAME *name, struct ukb_name *ret_name, struct ukb_error *reterr);
void ukb_name_done(struct ukb_name *name);

/**
 * The string as UTF-8, U+FFFD for each NUL; the caller frees it with free(). NULL, and UKB_OK, when it is no text.
 */
UKB_MUST_USE enum ukb_status ukb_text_from_asn1(const ASN1_STRING *string, char **ret_text, struct ukb_error *reterr);

/** Do both names say attribute @p nid equally often, with the same text in the same order? */
bool ukb_name_same_values(const X509_NAME *a, const X509_NAME *b, int nid);

/* identity.c */

/** Is @p oid below UKB_IDENTITY_ARC? */
bool ukb_identity_oid(const ASN1_OBJECT *oid);

/** Collect the identity extensions; the caller frees with ukb_identities_free(). Values point into @p x509. */
UKB_MUST_USE enum ukb_status ukb_identities_read(const X509 *x509, struct ukb_identity **ret_identities,
                                                 size_t *ret_count, struct ukb_error *reterr);
void ukb_identities_free(struct ukb_identity *identities, size_t count);

/* facts.c */

/** Fill certificate->facts from certificate->x509 and ->der. What was filled before a failure is the owner's to free.
 */
UKB_MUST_USE enum ukb_status ukb_facts_read(struct ukb_certificate *certificate, struct ukb_error *reterr);

/* public_key.c */

/** As ukb_public_key_from_evp(); knows an SM2 key even where OpenSSL was built without SM2. */
UKB_MUST_USE enum ukb_status ukb_public_key_from_x509(const X509_PUBKEY *pubkey, struct ukb_public_key *ret_key,
                                                      struct ukb_error *reterr);

/* signer.c */

/**
 * Turn what a signer gives into what OpenSSL and X.509 want: for EC keys r ‖ s into the DER ECDSA-Sig-Value (RFC 3279
 * §2.2.3), for RSA keys a copy. The caller frees with OPENSSL_free().
 *
 * @retval UKB_E_PROOF_FAILED  a length that no signature by @p key has.
 * @retval UKB_E_UNSUPPORTED   a kind of key that is neither RSA nor EC.
 */
UKB_MUST_USE enum ukb_status ukb_signature_to_der(const struct ukb_public_key *key, const unsigned char *raw,
                                                  size_t raw_len, unsigned char **ret_der, size_t *ret_der_len,
                                                  struct ukb_error *reterr);

/* recipients.c */

/**
 * Does a recipient of a CMS message that is named so (the first, or the other two) mean @p certificate? Absent ones are
 * NULL.
 */
bool ukb_recipient_is(const struct ukb_certificate *certificate, const ASN1_OCTET_STRING *ski, const X509_NAME *issuer,
                      const ASN1_INTEGER *serial);

/* issuer.c */

/** The issuer rule of ukb_check_certificate(). */
UKB_MUST_USE enum ukb_status ukb_check_issuer(const struct ukb_check *check, struct ukb_error *reterr);

#endif /* UKB_PKI_INTERNAL_H */
