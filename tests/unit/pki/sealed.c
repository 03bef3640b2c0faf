/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "sealed.h"

#include <openssl/cms.h>
#include <openssl/rsa.h>

#include "pki/internal.h"

unsigned char *
sealed_pkcs8(const char *key, size_t *ret_len)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(made_key(key));
    unsigned char *der = NULL;
    int len;

    assert_non_null(info);
    len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    assert_true(len > 0);
    PKCS8_PRIV_KEY_INFO_free(info);
    *ret_len = (size_t)len;
    return der;
}

static void
set_parameters(CMS_RecipientInfo *info, const struct sealed *sealed)
{
    EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(info);

    if (sealed->oaep != NULL) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, sealed->oaep, NULL), 1);
    }
    if (sealed->mgf1 != NULL) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, sealed->mgf1, NULL), 1);
    }
    if (sealed->kdf != NULL) {
        assert_int_equal(EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_get_digestbyname(sealed->kdf)), 1);
    }
}

static void
add_recipient(CMS_ContentInfo *cms, const struct sealed *sealed, const struct made *to)
{
    CMS_RecipientInfo *info = NULL;

    if (to != NULL) {
        info = CMS_add1_recipient_cert(cms, made_certificate(to)->x509, sealed->flags | CMS_KEY_PARAM);
        assert_non_null(info);
        set_parameters(info, sealed);
    }
}

unsigned char *
sealed_der(const struct sealed *sealed, size_t *ret_len)
{
    const EVP_CIPHER *cipher = EVP_get_cipherbyname(sealed->cipher == NULL ? "aes-256-cbc" : sealed->cipher);
    const char *name = sealed->content == NULL ? "P-256/content" : sealed->content;
    const bool gcm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_GCM_MODE;
    size_t pkcs8_len = 0;
    unsigned char *pkcs8 = sealed_pkcs8(name, &pkcs8_len);
    BIO *in = sealed->bytes == NULL ? BIO_new_mem_buf(pkcs8, (int)pkcs8_len)
                                    : BIO_new_mem_buf(sealed->bytes, (int)sealed->bytes_len);
    BIO *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = gcm ? CMS_AuthEnvelopedData_create(cipher) : CMS_EnvelopedData_create(cipher);
    unsigned char *der = NULL;
    char *data = NULL;
    long len;

    assert_non_null(cms);
    assert_int_equal(CMS_set_detached(cms, 0), 1);
    add_recipient(cms, sealed, sealed->also_to);
    add_recipient(cms, sealed, sealed->to);
    if ((sealed->flags & CMS_STREAM) == 0) {
        assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
    }
    assert_int_equal(i2d_CMS_bio_stream(out, cms, in, (int)(sealed->flags & CMS_STREAM) | CMS_BINARY), 1);
    len = BIO_get_mem_data(out, &data);
    der = OPENSSL_memdup(data, (size_t)len);
    assert_non_null(der);
    *ret_len = (size_t)len;
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
    OPENSSL_clear_free(pkcs8, pkcs8_len);
    return der;
}
