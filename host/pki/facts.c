/* SPDX-License-Identifier: MIT */
/* facts - what is said about a certificate, read out of OpenSSL's X509 once. */
#include "pki/internal.h"

#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "core/hex.h"
#include "pki/public_key.h"

#define SIGNING_BITS    (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)
#define ENCRYPTION_BITS (KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT | KU_KEY_AGREEMENT)

enum ukb_status
ukb_certificate_id(const unsigned char *der, size_t der_len, char ret_id[UKB_CERTIFICATE_ID_LEN + 1U],
                   struct ukb_error *reterr)
{
    unsigned char hash[UKB_CERTIFICATE_ID_LEN / 2U];

    if (EVP_Digest(der, der_len, hash, NULL, EVP_sha256(), NULL) != 1) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "SHA-256");
    }
    ukb_hex_encode(hash, sizeof(hash), ret_id);
    return UKB_OK;
}

static enum ukb_status
read_names(struct ukb_certificate *certificate, struct ukb_error *reterr)
{
    struct ukb_certificate_facts *facts = &certificate->facts;
    const X509_NAME *subject = X509_get_subject_name(certificate->x509);
    const X509_NAME *issuer = X509_get_issuer_name(certificate->x509);
    enum ukb_status st;

    if (X509_NAME_get0_der(subject, &facts->subject_der, &facts->subject_der_len) != 1 ||
        X509_NAME_get0_der(issuer, &facts->issuer_der, &facts->issuer_der_len) != 1) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "the names of a certificate");
    }
    st = ukb_name_read(subject, &facts->subject, reterr);
    if (st != UKB_OK) {
        return st;
    }
    return ukb_name_read(issuer, &facts->issuer, reterr);
}

/* The serial as DER, and its content as hex without the zero byte that keeps a number positive. */
static enum ukb_status
read_serial(struct ukb_certificate *certificate, struct ukb_error *reterr)
{
    struct ukb_certificate_facts *facts = &certificate->facts;
    const unsigned char *content = NULL;
    long content_len = 0;
    int tag = 0;
    int class = 0;
    int len = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate->x509), &certificate->serial_der);

    if (len <= 0) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "a serial number");
    }
    content = certificate->serial_der;
    if ((ASN1_get_object(&content, &content_len, &tag, &class, len) & 0x80) != 0 || content_len < 1) {
        return ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "a serial number");
    }
    if (content_len > 1 && content[0] == 0) {
        content++;
        content_len--;
    }
    certificate->serial = malloc(2U * (size_t)content_len + 1U);
    if (certificate->serial == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a serial number");
    }
    ukb_hex_encode(content, (size_t)content_len, certificate->serial);
    facts->serial = certificate->serial;
    facts->serial_der = certificate->serial_der;
    facts->serial_der_len = (size_t)len;
    return UKB_OK;
}

static enum ukb_status
read_validity(struct ukb_certificate *certificate, struct ukb_error *reterr)
{
    struct ukb_certificate_facts *facts = &certificate->facts;

    if (!ukb_time_from_asn1(X509_get0_notBefore(certificate->x509), &facts->not_before_s)) {
        return ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "notBefore is no time");
    }
    if (!ukb_time_from_asn1(X509_get0_notAfter(certificate->x509), &facts->not_after_s)) {
        return ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "notAfter is no time");
    }
    return UKB_OK;
}

static enum ukb_role
role_of(unsigned int key_usage)
{
    bool signing = (key_usage & SIGNING_BITS) != 0;
    bool encryption = (key_usage & ENCRYPTION_BITS) != 0;

    if (signing && encryption) {
        return UKB_ROLE_BOTH;
    }
    if (signing) {
        return UKB_ROLE_SIGNING;
    }
    return encryption ? UKB_ROLE_ENCRYPTION : UKB_ROLE_UNKNOWN;
}

static void
read_key_id(const ASN1_OCTET_STRING *id, const unsigned char **ret_data, size_t *ret_len)
{
    if (id != NULL) {
        *ret_data = ASN1_STRING_get0_data(id);
        *ret_len = (size_t)ASN1_STRING_length(id);
    }
}

static void
read_extensions(struct ukb_certificate *certificate)
{
    struct ukb_certificate_facts *facts = &certificate->facts;
    X509 *x509 = certificate->x509;

    facts->has_key_usage = (X509_get_extension_flags(x509) & EXFLAG_KUSAGE) != 0;
    facts->role = facts->has_key_usage ? role_of(X509_get_key_usage(x509)) : UKB_ROLE_UNKNOWN;
    facts->is_ca = X509_check_ca(x509) == 1; /* other values are guesses about old certificates */
    read_key_id(X509_get0_subject_key_id(x509), &facts->ski, &facts->ski_len);
    read_key_id(X509_get0_authority_key_id(x509), &facts->aki, &facts->aki_len);
}

static enum ukb_status
read_key(struct ukb_certificate *certificate, struct ukb_error *reterr)
{
    struct ukb_certificate_facts *facts = &certificate->facts;
    const EVP_PKEY *pkey = NULL;
    struct ukb_error why = { 0 };
    enum ukb_status st;

    st = ukb_public_key_from_x509(X509_get_X509_PUBKEY(certificate->x509), &facts->key, &why);
    if (st == UKB_E_UNSUPPORTED) {
        return UKB_OK; /* can be shown, and no more: type stays UKB_KEY_UNKNOWN */
    }
    if (st != UKB_OK) {
        *reterr = why;
        return st;
    }
    facts->curve = ukb_public_key_curve(&facts->key);
    pkey = X509_get0_pubkey(certificate->x509);
    facts->key_bits = pkey == NULL ? ukb_public_key_bits(&facts->key) : (unsigned int)EVP_PKEY_get_bits(pkey);
    return UKB_OK;
}

/* Look for the credit code in every attribute of the subject: issuers put it in OU, serialNumber, CN or 2.5.4.97. */
static enum ukb_status
find_credit_code_in_subject(struct ukb_certificate *certificate, bool *ret_found, struct ukb_error *reterr)
{
    const X509_NAME *subject = X509_get_subject_name(certificate->x509);
    int count = X509_NAME_entry_count(subject);
    bool found = false;
    int i;

    for (i = 0; i < count && !found; i++) {
        char *text = NULL;
        enum ukb_status st;

        st = ukb_text_from_asn1(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)), &text, reterr);
        if (st != UKB_OK) {
            return st;
        }
        found = text != NULL && ukb_credit_code_find(text, certificate->facts.credit_code);
        free(text);
    }
    *ret_found = found;
    return UKB_OK;
}

static enum ukb_status
read_identity(struct ukb_certificate *certificate, struct ukb_error *reterr)
{
    struct ukb_certificate_facts *facts = &certificate->facts;
    bool found = false;
    enum ukb_status st;
    size_t i;

    st = ukb_identities_read(certificate->x509, &certificate->identities, &facts->identity_count, reterr);
    if (st != UKB_OK) {
        return st;
    }
    facts->identities = certificate->identities;
    st = find_credit_code_in_subject(certificate, &found, reterr);
    if (st != UKB_OK) {
        return st;
    }
    for (i = 0; i < facts->identity_count && !found; i++) {
        found =
            facts->identities[i].text != NULL && ukb_credit_code_find(facts->identities[i].text, facts->credit_code);
    }
    return UKB_OK;
}

enum ukb_status
ukb_facts_read(struct ukb_certificate *certificate, struct ukb_error *reterr)
{
    static enum ukb_status (*const readers[])(struct ukb_certificate *, struct ukb_error *) = {
        read_validity, read_names, read_serial, read_key, read_identity,
    };
    enum ukb_status st;
    size_t i;

    st = ukb_certificate_id(certificate->facts.der, certificate->facts.der_len, certificate->facts.id, reterr);
    if (st != UKB_OK) {
        return st;
    }
    for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        st = readers[i](certificate, reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    read_extensions(certificate);
    return UKB_OK;
}
