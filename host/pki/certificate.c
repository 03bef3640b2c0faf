/* SPDX-License-Identifier: MIT */
#include "pki/certificate.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "pki/internal.h"
#include "pki/pem.h"

/* The user id that GM/T 0009 §10 fixes for certificates. OpenSSL 3.0 assumes the empty one. */
static const unsigned char SM2_ID[] = "1234567812345678";

/*
 * What was read last. A call reads the same few certificates again and again, from the caller, from the token and from
 * the journal, and OpenSSL takes a third of a millisecond for each.
 */
static struct ukb_certificate *known[8];
static size_t oldest;

static struct ukb_certificate *
find_known(const unsigned char *der, size_t der_len)
{
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i] != NULL && known[i]->facts.der_len == der_len && memcmp(known[i]->der, der, der_len) == 0) {
            known[i]->holders++;
            return known[i];
        }
    }
    return NULL;
}

static void
keep(struct ukb_certificate *certificate)
{
    ukb_certificate_free(known[oldest]);
    known[oldest] = certificate;
    certificate->holders++;
    oldest = (oldest + 1U) % (sizeof(known) / sizeof(known[0]));
}

/* An SM2 signature covers the signer's id; every certificate of a chain must be told it. */
static enum ukb_status
set_sm2_id(X509 *x509, struct ukb_error *reterr)
{
    ASN1_OCTET_STRING *id = NULL;

    if (X509_get_signature_nid(x509) != NID_SM2_with_SM3) {
        return UKB_OK;
    }
    id = ASN1_OCTET_STRING_new();
    if (id == NULL || ASN1_OCTET_STRING_set(id, SM2_ID, (int)sizeof(SM2_ID) - 1) != 1) {
        ASN1_OCTET_STRING_free(id);
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "the SM2 user id");
    }
    X509_set0_distinguishing_id(x509, id); /* takes it */
    return UKB_OK;
}

/* Parse certificate->der. */
static enum ukb_status
parse(struct ukb_certificate *certificate, size_t der_len, struct ukb_error *reterr)
{
    const unsigned char *at = certificate->der;

    certificate->x509 = d2i_X509(NULL, &at, (long)der_len);
    if (certificate->x509 == NULL) {
        return ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "not a DER certificate");
    }
    ERR_clear_error(); /* an unknown kind of key leaves errors behind */
    if (at != certificate->der + der_len) {
        return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "%zu bytes follow the certificate",
                         (size_t)(certificate->der + der_len - at));
    }
    certificate->facts.der = certificate->der;
    certificate->facts.der_len = der_len;
    return set_sm2_id(certificate->x509, reterr);
}

enum ukb_status
ukb_certificate_from_der(const unsigned char *der, size_t der_len, struct ukb_certificate **ret,
                         struct ukb_error *reterr)
{
    struct ukb_certificate *certificate = NULL;
    enum ukb_status st;

    if (der_len == 0 || der_len > UKB_CERTIFICATE_DER_MAX_LEN) {
        return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "a certificate of %zu bytes, limit is %u", der_len,
                         UKB_CERTIFICATE_DER_MAX_LEN);
    }
    certificate = find_known(der, der_len);
    if (certificate != NULL) {
        *ret = certificate;
        return UKB_OK;
    }
    certificate = calloc(1, sizeof(*certificate));
    if (certificate == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a certificate");
    }
    certificate->holders = 1;
    certificate->der = malloc(der_len);
    certificate->signer = calloc(1, UKB_CERTIFICATE_ID_LEN + 1U);
    if (certificate->der == NULL || certificate->signer == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a certificate");
        goto out;
    }
    memcpy(certificate->der, der, der_len);
    st = parse(certificate, der_len, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_facts_read(certificate, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    keep(certificate);
    *ret = certificate;
    certificate = NULL;
out:
    ukb_certificate_free(certificate);
    return st;
}

enum ukb_status
ukb_certificate_from_pem(const char *pem, struct ukb_certificate **ret, struct ukb_error *reterr)
{
    struct ukb_buf der = UKB_BUF_INIT(UKB_CERTIFICATE_DER_MAX_LEN);
    enum ukb_status st;

    st = ukb_pem_decode(UKB_PEM_CERTIFICATE, pem, &der, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_certificate_from_der(der.data, der.len, ret, reterr);
out:
    ukb_buf_done(&der);
    return st;
}

void
ukb_certificate_free(struct ukb_certificate *certificate)
{
    if (certificate == NULL || --certificate->holders > 0) {
        return;
    }
    ukb_name_done(&certificate->facts.subject);
    ukb_name_done(&certificate->facts.issuer);
    ukb_identities_free(certificate->identities, certificate->facts.identity_count);
    free(certificate->signer);
    free(certificate->serial);
    OPENSSL_free(certificate->serial_der);
    X509_free(certificate->x509);
    free(certificate->der);
    free(certificate);
}

const struct ukb_certificate_facts *
ukb_certificate_facts(const struct ukb_certificate *certificate)
{
    return &certificate->facts;
}

enum ukb_status
ukb_certificate_to_pem(const struct ukb_certificate *certificate, struct ukb_buf *ret_pem, struct ukb_error *reterr)
{
    return ukb_pem_encode(UKB_PEM_CERTIFICATE, certificate->facts.der, certificate->facts.der_len, ret_pem, reterr);
}
