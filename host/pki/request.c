/* SPDX-License-Identifier: MIT */
#include "pki/request.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "pki/internal.h"
#include "pki/pem.h"
#include "pki/provider.h"
#include "pki/public_key.h"

/* An X509_NAME from its DER, and nothing behind it. */
static enum ukb_status
set_subject(X509_REQ *req, const unsigned char *der, size_t der_len, struct ukb_error *reterr)
{
    const unsigned char *at = der;
    X509_NAME *name = NULL;
    enum ukb_status st = UKB_OK;

    if (der_len > 0 && der_len <= UKB_CERTIFICATE_DER_MAX_LEN) {
        name = d2i_X509_NAME(NULL, &at, (long)der_len);
    }
    if (name == NULL || at != der + der_len) {
        st = ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "the subject is no Name");
        goto out;
    }
    if (X509_REQ_set_subject_name(req, name) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "the subject of a request");
    }
out:
    X509_NAME_free(name);
    return st;
}

static enum ukb_status
set_key(X509_REQ *req, const struct ukb_public_key *key, struct ukb_error *reterr)
{
    EVP_PKEY *pkey = NULL;
    enum ukb_status st;

    if (key->type == UKB_KEY_SM2) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "requests for SM2 keys are not supported");
    }
    st = ukb_public_key_to_evp(key, &pkey, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (X509_REQ_set_pubkey(req, pkey) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "the public key of a request");
    }
    EVP_PKEY_free(pkey);
    return st;
}

/* PrintableString where possible, else UTF8String: RFC 2985 §5.4.1. */
static enum ukb_status
add_challenge(X509_REQ *req, const char *challenge, struct ukb_error *reterr)
{
    ASN1_STRING *value = NULL;
    enum ukb_status st = UKB_OK;

    if (ASN1_mbstring_ncopy(&value, (const unsigned char *)challenge, -1, MBSTRING_UTF8,
                            B_ASN1_PRINTABLESTRING | B_ASN1_UTF8STRING, 1, (long)UKB_CHALLENGE_MAX_LEN) <= 0) {
        st = ukb_pki_raise(reterr, UKB_E_PARAMS, "the challenge is not 1 to 255 characters of UTF-8");
        if (st == UKB_E_PARAMS) {
            ukb_error_add_string(reterr, "field", "challenge");
        }
        return st;
    }
    if (X509_REQ_add1_attr_by_NID(req, NID_pkcs9_challengePassword, ASN1_STRING_type(value),
                                  ASN1_STRING_get0_data(value), ASN1_STRING_length(value)) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "the challenge of a request");
    }
    ASN1_STRING_free(value);
    return st;
}

static bool
is_carried(X509_EXTENSION *extension)
{
    const ASN1_OBJECT *oid = X509_EXTENSION_get_object(extension);

    return OBJ_obj2nid(oid) == NID_subject_alt_name || ukb_identity_oid(oid);
}

static enum ukb_status
add_carried(X509_REQ *req, const X509 *from, struct ukb_error *reterr)
{
    STACK_OF(X509_EXTENSION) *carried = sk_X509_EXTENSION_new_null();
    int count = X509_get_ext_count(from);
    enum ukb_status st = UKB_OK;
    int i;

    if (carried == NULL) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "the extensions of a request");
    }
    for (i = 0; i < count; i++) {
        X509_EXTENSION *extension = X509_get_ext(from, i);

        if (is_carried(extension) && sk_X509_EXTENSION_push(carried, extension) <= 0) {
            st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "the extensions of a request");
            goto out;
        }
    }
    /* An empty extensionRequest is no Extensions (RFC 5280 §4.1: SIZE (1..MAX)). */
    if (sk_X509_EXTENSION_num(carried) > 0 && X509_REQ_add_extensions(req, carried) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "the extensions of a request");
    }
out:
    sk_X509_EXTENSION_free(carried); /* the extensions are the certificate's */
    return st;
}

/* All that is signed. */
static enum ukb_status
fill(X509_REQ *req, const struct ukb_request_template *request, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "a request");
    }
    st = set_subject(req, request->subject_der, request->subject_der_len, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = set_key(req, request->key, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (request->challenge != NULL) {
        st = add_challenge(req, request->challenge, reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    return request->carry == NULL ? UKB_OK : add_carried(req, request->carry->x509, reterr);
}

/* Through OpenSSL's own signing of requests, with a key that is the signer's. */
static enum ukb_status
sign(X509_REQ *req, const struct ukb_public_key *public_key, const struct ukb_signer *signer, struct ukb_error *reterr)
{
    const struct ukb_key_ops ops = { .sign = signer->sign, .ctx = signer->ctx };
    const char *digest = ukb_sign_digest_for(public_key) == UKB_SIGN_SHA384 ? "SHA384" : "SHA256";
    struct ukb_provided_key *key = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum ukb_status st;

    if (ctx == NULL) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "the signature of a request");
    }
    st = ukb_provided_key_new(public_key, &ops, &key, reterr);
    if (st == UKB_OK && (EVP_DigestSignInit_ex(ctx, NULL, digest, ukb_provided_key_context(key), NULL,
                                               ukb_provided_key_evp(key), NULL) != 1 ||
                         X509_REQ_sign_ctx(req, ctx) <= 0)) {
        st = ukb_provided_key_failure(key, UKB_E_INTERNAL, "the signature of a request", reterr);
    }
    EVP_MD_CTX_free(ctx);
    ukb_provided_key_free(key);
    return st;
}

/* Parse @p der, verify the signature and read the key. @p bad is the status of a signature that does not verify. */
static enum ukb_status
verify(const unsigned char *der, size_t der_len, enum ukb_status bad, struct ukb_public_key *ret_key,
       struct ukb_error *reterr)
{
    const unsigned char *at = der;
    X509_REQ *req = d2i_X509_REQ(NULL, &at, (long)der_len);
    EVP_PKEY *pkey = req == NULL ? NULL : X509_REQ_get0_pubkey(req);
    struct ukb_public_key key = { 0 };
    enum ukb_status st;

    if (pkey == NULL || at != der + der_len) {
        st = ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "not a DER certification request");
        goto out;
    }
    st = ukb_public_key_from_evp(pkey, &key, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    if (X509_REQ_verify(req, pkey) != 1) {
        st = ukb_pki_raise(reterr, bad, "the signature of the request does not verify");
        goto out;
    }
    *ret_key = key;
out:
    X509_REQ_free(req);
    return st;
}

enum ukb_status
ukb_request_build(const struct ukb_request_template *request, const struct ukb_signer *signer, struct ukb_buf *ret_pem,
                  struct ukb_error *reterr)
{
    struct ukb_public_key read_back = { 0 };
    X509_REQ *req = X509_REQ_new();
    unsigned char *der = NULL;
    enum ukb_status st;
    int der_len;

    if (req == NULL) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "a request");
        goto out;
    }
    st = fill(req, request, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = sign(req, request->key, signer, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    der_len = i2d_X509_REQ(req, &der);
    if (der_len <= 0) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "a request");
        goto out;
    }
    /* What leaves is verified as whoever receives it does: from its bytes. */
    st = verify(der, (size_t)der_len, UKB_E_PROOF_FAILED, &read_back, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_pem_encode(UKB_PEM_REQUEST, der, (size_t)der_len, ret_pem, reterr);
out:
    OPENSSL_free(der);
    X509_REQ_free(req);
    return st;
}

enum ukb_status
ukb_request_public_key(const char *pem, struct ukb_public_key *ret_key, struct ukb_error *reterr)
{
    struct ukb_buf der = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    enum ukb_status st;

    st = ukb_pem_decode(UKB_PEM_REQUEST, pem, &der, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = verify(der.data, der.len, UKB_E_BAD_CERTIFICATE, ret_key, reterr);
out:
    ukb_buf_done(&der);
    return st;
}
