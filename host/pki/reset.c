/* SPDX-License-Identifier: MIT */
#include "pki/reset.h"

#include <stdlib.h>
#include <time.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "pki/internal.h"
#include "pki/pem.h"

#define KEY_BITS    2048U
#define SERIAL_BITS 127 /* RFC 5280 §4.1.2.2: positive, at most 20 bytes */
#define LEEWAY_S    3600L
#define COMMON_NAME "UKey Bridge PIN reset"
#define DER_MAX_LEN (UKB_AUTHORIZATION_MAX_LEN / 4U * 3U)

struct ukb_reset_key {
    EVP_PKEY *pkey;
    X509 *x509;
};

void
ukb_reset_key_free(struct ukb_reset_key *key)
{
    if (key == NULL) {
        return;
    }
    EVP_PKEY_free(key->pkey); /* its private numbers are in the secure heap, which wipes */
    X509_free(key->x509);
    free(key);
}

/* Making */

static bool
set_serial(X509 *x509)
{
    BIGNUM *number = BN_new();
    const bool done = number != NULL && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                      BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;

    BN_free(number);
    return done;
}

static bool
add_text(X509_NAME *name, int nid, const char *text)
{
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) == 1;
}

static bool
add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension = NULL;
    bool done = false;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, x509, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    done = extension != NULL && X509_add_ext(x509, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

/* Everything but the signature. */
static bool
fill(X509 *x509, EVP_PKEY *pkey, X509 *issuer, const char *nonce, long long now_s)
{
    X509_NAME *name = X509_get_subject_name(x509);

    return X509_set_version(x509, X509_VERSION_3) == 1 && set_serial(x509) &&
           add_text(name, NID_commonName, COMMON_NAME) && add_text(name, NID_serialNumber, nonce) &&
           X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1 &&
           ASN1_TIME_adj(X509_getm_notBefore(x509), (time_t)now_s, 0, -LEEWAY_S) != NULL &&
           ASN1_TIME_adj(X509_getm_notAfter(x509), (time_t)now_s, 0, LEEWAY_S) != NULL &&
           X509_set_pubkey(x509, pkey) == 1 &&
           add_extension(x509, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(x509, issuer, NID_key_usage, "critical,keyEncipherment") &&
           add_extension(x509, issuer, NID_subject_key_identifier, "hash");
}

/* For PEM_read_bio_PrivateKey(), which would ask on the terminal. */
static int
no_password(char *ret_password, int size, int rwflag, void *ctx)
{
    (void)ret_password;
    (void)size;
    (void)rwflag;
    (void)ctx;
    return -1;
}

static enum ukb_status
read_identity_key(const struct ukb_reset_identity *identity, EVP_PKEY **ret_pkey, struct ukb_error *reterr)
{
    BIO *bio = BIO_new_mem_buf(identity->key_pem, (int)identity->key_pem_len);
    EVP_PKEY *pkey = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);

    BIO_free(bio);
    if (pkey == NULL) {
        return ukb_pki_raise(reterr, UKB_E_POLICY_INVALID, "the key of hostIdentity");
    }
    if (X509_check_private_key(identity->certificate->x509, pkey) != 1) {
        EVP_PKEY_free(pkey);
        return ukb_pki_raise(reterr, UKB_E_POLICY_INVALID, "the key and the certificate of hostIdentity");
    }
    *ret_pkey = pkey;
    return UKB_OK;
}

static bool
sign(X509 *x509, EVP_PKEY *signer)
{
    const bool hashes_itself = EVP_PKEY_is_a(signer, "ED25519") == 1 || EVP_PKEY_is_a(signer, "ED448") == 1;

    return X509_sign(x509, signer, hashes_itself ? NULL : EVP_sha256()) > 0;
}

static enum ukb_status
encode(const X509 *x509, struct ukb_buf *ret_pem, struct ukb_error *reterr)
{
    unsigned char *der = NULL;
    const int len = i2d_X509(x509, &der);
    enum ukb_status st;

    st = len <= 0 ? ukb_pki_raise(reterr, UKB_E_INTERNAL, "the certificate of a reset")
                  : ukb_pem_encode(UKB_PEM_CERTIFICATE, der, (size_t)len, ret_pem, reterr);
    OPENSSL_free(der);
    return st;
}

enum ukb_status
ukb_reset_key_new(const char *nonce, long long now_s, const struct ukb_reset_identity *identity,
                  struct ukb_reset_key **ret_key, struct ukb_buf *ret_recipient, struct ukb_error *reterr)
{
    struct ukb_reset_key *key = calloc(1, sizeof(*key));
    EVP_PKEY *own = NULL; /* the identity's */
    enum ukb_status st = UKB_OK;

    if (key == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a reset");
    }
    if (identity != NULL) {
        st = read_identity_key(identity, &own, reterr);
    }
    if (st != UKB_OK) {
        goto out;
    }
    key->pkey = EVP_RSA_gen(KEY_BITS);
    key->x509 = X509_new();
    if (key->pkey == NULL || key->x509 == NULL ||
        !fill(key->x509, key->pkey, identity == NULL ? key->x509 : identity->certificate->x509, nonce, now_s) ||
        !sign(key->x509, own == NULL ? key->pkey : own)) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "the key of a reset");
        goto out;
    }
    st = encode(key->x509, ret_recipient, reterr);
    if (st == UKB_OK) {
        *ret_key = key;
        key = NULL;
    }
out:
    EVP_PKEY_free(own);
    ukb_reset_key_free(key);
    return st;
}

/* Opening */

static enum ukb_status
refuse(struct ukb_error *reterr, const char *why)
{
    ERR_clear_error();
    return ukb_raise(reterr, UKB_E_RESET_UNAUTHORISED, 0, "the authorization %s", why);
}

/* One ContentInfo of that type with its content in it, and nothing behind it; NULL for anything else. */
static CMS_ContentInfo *
parse(const unsigned char *der, size_t len, int type)
{
    const unsigned char *at = der;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    ASN1_OCTET_STRING **content = NULL;

    if (cms != NULL && at == der + len && OBJ_obj2nid(CMS_get0_type(cms)) == type) {
        content = CMS_get0_content(cms);
    }
    if (content == NULL || *content == NULL) {
        CMS_ContentInfo_free(cms);
        return NULL;
    }
    return cms;
}

static bool
digest_is_modern(CMS_SignerInfo *signer)
{
    X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *oid = NULL;
    int nid;

    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &algorithm, NULL);
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    nid = OBJ_obj2nid(oid);
    return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
}

static const struct ukb_certificate *
find_authority(CMS_SignerInfo *signer, const struct ukb_certificate *const *authorities, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (CMS_SignerInfo_cert_cmp(signer, authorities[i]->x509) == 0) {
            return authorities[i];
        }
    }
    return NULL;
}

/* The signature over the attached content, by that certificate and no other that the message may bring. */
static bool
verify(CMS_ContentInfo *cms, const struct ukb_certificate *authority)
{
    STACK_OF(X509) *pinned = sk_X509_new_null();
    const bool good =
        pinned != NULL && sk_X509_push(pinned, authority->x509) > 0 &&
        CMS_verify(cms, pinned, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_BINARY) == 1;

    sk_X509_free(pinned);
    return good;
}

static enum ukb_status
check_signed(CMS_ContentInfo *cms, const struct ukb_certificate *const *authorities, size_t count, long long now_s,
             struct ukb_error *reterr)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    const struct ukb_certificate *authority = NULL;

    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data) {
        return refuse(reterr, "signs a content of another type than id-data");
    }
    if (sk_CMS_SignerInfo_num(signers) != 1) {
        return refuse(reterr, "has not exactly one signer");
    }
    authority = find_authority(sk_CMS_SignerInfo_value(signers, 0), authorities, count);
    if (authority == NULL) {
        return refuse(reterr, "is signed by nobody that the policy names");
    }
    if (now_s < authority->facts.not_before_s || now_s > authority->facts.not_after_s) {
        return refuse(reterr, "is signed with a certificate that is not valid today");
    }
    if (!digest_is_modern(sk_CMS_SignerInfo_value(signers, 0))) {
        return refuse(reterr, "is signed with a digest other than SHA-256, SHA-384 or SHA-512");
    }
    return verify(cms, authority) ? UKB_OK : refuse(reterr, "has a signature that does not verify");
}

static bool
is_to(CMS_ContentInfo *cms, const struct ukb_reset_key *key)
{
    STACK_OF(CMS_RecipientInfo) *recipients = CMS_get0_RecipientInfos(cms);
    CMS_RecipientInfo *recipient = sk_CMS_RecipientInfo_value(recipients, 0);

    return sk_CMS_RecipientInfo_num(recipients) == 1 && CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_TRANS &&
           CMS_RecipientInfo_ktri_cert_cmp(recipient, key->x509) == 0;
}

static bool
cipher_is_modern(BIO *content)
{
    EVP_CIPHER_CTX *ctx = NULL;
    int nid = NID_undef;

    if (BIO_get_cipher_ctx(BIO_find_type(content, BIO_TYPE_CIPHER), &ctx) > 0 && ctx != NULL) {
        nid = EVP_CIPHER_CTX_get_nid(ctx);
    }
    return nid == NID_aes_128_cbc || nid == NID_aes_192_cbc || nid == NID_aes_256_cbc;
}

/*
 * Read the content into @p ret_text itself: CMS_decrypt() would carry it through a buffer on the stack that nobody
 * wipes. The cipher's own buffer is wiped when it is freed.
 */
static bool
read_all(BIO *content, unsigned char *ret_text, size_t size, size_t *ret_len)
{
    unsigned char beyond = 0;
    size_t len = 0;
    int got = 1;

    while (got > 0 && len < size) {
        got = BIO_read(content, ret_text + len, (int)(size - len));
        len += got > 0 ? (size_t)got : 0;
    }
    if (len == size && BIO_read(content, &beyond, 1) > 0) {
        OPENSSL_cleanse(&beyond, 1);
        return false;
    }
    *ret_len = len;
    return BIO_get_cipher_status(content) > 0;
}

static enum ukb_status
decrypt(CMS_ContentInfo *cms, const struct ukb_reset_key *key, unsigned char *ret_text, size_t size, size_t *ret_len,
        struct ukb_error *reterr)
{
    BIO *content = NULL;
    enum ukb_status st = UKB_OK;

    if (!is_to(cms, key)) {
        return refuse(reterr, "is not encrypted to the recipient of this reset alone, by key transport");
    }
    if (CMS_decrypt_set1_pkey(cms, key->pkey, key->x509) != 1) {
        return refuse(reterr, "cannot be decrypted");
    }
    content = CMS_dataInit(cms, NULL);
    if (content == NULL) {
        return refuse(reterr, "cannot be decrypted");
    }
    if (!cipher_is_modern(content)) {
        st = refuse(reterr, "is encrypted with a cipher other than AES-CBC");
    } else if (!read_all(content, ret_text, size, ret_len)) {
        st = refuse(reterr, "cannot be decrypted, or holds too much");
    }
    BIO_free_all(content);
    ERR_clear_error();
    return st;
}

enum ukb_status
ukb_reset_open(const struct ukb_reset_key *key, const struct ukb_certificate *const *authorities,
               size_t authority_count, long long now_s, const char *authorization, unsigned char *ret_text, size_t size,
               size_t *ret_len, struct ukb_error *reterr)
{
    struct ukb_buf der = UKB_BUF_INIT(DER_MAX_LEN);
    struct ukb_error why = { 0 };
    CMS_ContentInfo *outer = NULL;
    CMS_ContentInfo *inner = NULL;
    const ASN1_OCTET_STRING *content = NULL;
    enum ukb_status st;

    if (ukb_base64_decode(authorization, &der, &why) != UKB_OK) {
        st = refuse(reterr, "is not base64 of a fitting length");
        goto out;
    }
    outer = parse(der.data, der.len, NID_pkcs7_signed);
    if (outer == NULL) {
        st = refuse(reterr, "is not CMS SignedData with its content");
        goto out;
    }
    st = check_signed(outer, authorities, authority_count, now_s, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    content = *CMS_get0_content(outer);
    inner = parse(ASN1_STRING_get0_data(content), (size_t)ASN1_STRING_length(content), NID_pkcs7_enveloped);
    if (inner == NULL) {
        st = refuse(reterr, "does not hold CMS EnvelopedData");
        goto out;
    }
    st = decrypt(inner, key, ret_text, size, ret_len, reterr);
out:
    CMS_ContentInfo_free(inner);
    CMS_ContentInfo_free(outer);
    ukb_buf_done(&der);
    return st;
}
