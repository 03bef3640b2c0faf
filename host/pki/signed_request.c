/* SPDX-License-Identifier: MIT */
#include "pki/signed_request.h"

#include <openssl/cms.h>
#include <openssl/evp.h>

#include "core/limits.h"
#include "pki/internal.h"
#include "pki/pem.h"

/* Copied into a context of the key's, so that nothing of OpenSSL's default one mixes in. */
static X509 *
copy_certificate(const struct ukb_certificate *certificate, OSSL_LIB_CTX *context)
{
    X509 *x509 = X509_new_ex(context, NULL);
    const unsigned char *at = certificate->der;

    if (x509 != NULL && d2i_X509(&x509, &at, (long)certificate->facts.der_len) == NULL) {
        return NULL; /* d2i freed it */
    }
    return x509;
}

static bool
add_origin(CMS_SignerInfo *signer, const char *origin)
{
    return CMS_signed_add1_attr_by_txt(signer, UKB_ORIGIN_ATTRIBUTE, V_ASN1_UTF8STRING, origin, (int)strlen(origin)) ==
           1;
}

/* Sign; NULL when OpenSSL or the key's owner would not. */
static CMS_ContentInfo *
sign(const struct ukb_signed_request *wanted, const struct ukb_buf *request, const struct ukb_provided_key *key)
{
    const unsigned int flags = CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL;
    const EVP_MD *digest =
        ukb_sign_digest_for(&wanted->certificate->facts.key) == UKB_SIGN_SHA384 ? EVP_sha384() : EVP_sha256();
    OSSL_LIB_CTX *context = ukb_provided_key_context(key);
    X509 *x509 = copy_certificate(wanted->certificate, context);
    BIO *content = BIO_new_mem_buf(request->data, (int)request->len);
    CMS_ContentInfo *cms = NULL;
    CMS_SignerInfo *signer = NULL;

    if (x509 != NULL && content != NULL) {
        cms = CMS_sign_ex(NULL, NULL, NULL, NULL, flags, context, NULL);
    }
    if (cms != NULL) {
        signer = CMS_add1_signer(cms, x509, ukb_provided_key_evp(key), digest, flags | CMS_CADES);
    }
    if (signer == NULL || CMS_set_detached(cms, 0) != 1 || !add_origin(signer, wanted->origin) ||
        CMS_final(cms, content, NULL, flags) != 1) {
        CMS_ContentInfo_free(cms);
        cms = NULL;
    }
    BIO_free(content);
    X509_free(x509);
    return cms;
}

/* From its bytes, as whoever receives it does, with the certificate that we meant. */
static bool
verifies(const unsigned char *der, size_t len, const struct ukb_certificate *certificate)
{
    const unsigned char *at = der;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    STACK_OF(X509) *signers = sk_X509_new_null();
    const bool good =
        cms != NULL && at == der + len && signers != NULL && sk_X509_push(signers, certificate->x509) > 0 &&
        CMS_verify(cms, signers, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_BINARY) == 1;

    sk_X509_free(signers);
    CMS_ContentInfo_free(cms);
    return good;
}

static enum ukb_status
encode(const CMS_ContentInfo *cms, const struct ukb_certificate *certificate, struct ukb_buf *ret_pem,
       struct ukb_error *reterr)
{
    unsigned char *der = NULL;
    const int len = i2d_CMS_ContentInfo(cms, &der);
    enum ukb_status st;

    if (len <= 0) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "a signed request");
    }
    if (verifies(der, (size_t)len, certificate)) {
        st = ukb_pem_encode(UKB_PEM_CMS, der, (size_t)len, ret_pem, reterr);
    } else {
        st = ukb_pki_raise(reterr, UKB_E_PROOF_FAILED, "the signature around the request does not verify");
    }
    OPENSSL_free(der);
    return st;
}

enum ukb_status
ukb_signed_request_build(const struct ukb_signed_request *wanted, const struct ukb_key_ops *ops,
                         struct ukb_buf *ret_pem, struct ukb_error *reterr)
{
    struct ukb_buf request = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_provided_key *key = NULL;
    CMS_ContentInfo *cms = NULL;
    enum ukb_status st = ukb_pem_decode(UKB_PEM_REQUEST, wanted->request_pem, &request, reterr);

    if (st == UKB_OK) {
        st = ukb_provided_key_new(&wanted->certificate->facts.key, ops, &key, reterr);
    }
    if (st != UKB_OK) {
        goto out;
    }
    cms = sign(wanted, &request, key);
    if (cms == NULL) {
        st = ukb_provided_key_failure(key, UKB_E_INTERNAL, "the signature around a request", reterr);
        goto out;
    }
    st = encode(cms, wanted->certificate, ret_pem, reterr);
out:
    CMS_ContentInfo_free(cms);
    ukb_provided_key_free(key);
    ukb_buf_done(&request);
    return st;
}
