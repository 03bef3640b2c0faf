/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "owner.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "pki/public_key.h"

static enum ukb_status
owner_sign(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
           unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr)
{
    struct owner *owner = ctx;

    owner->calls++;
    owner->signer.key = owner->key;
    owner->signer.fail_by = owner->fail_by;
    owner->signer.spoil = owner->spoil;
    return made_sign(&owner->signer, digest, message, message_len, ret_signature, inout_len, reterr);
}

/* What every answer goes through. */
static enum ukb_status
answer(const struct owner *owner, unsigned char *secret, size_t len, size_t *inout_len, struct ukb_error *reterr)
{
    if (owner->fail_by != UKB_OK) {
        return ukb_raise(reterr, owner->fail_by, 0, "as the test wants");
    }
    assert_true(len > 0 && len <= *inout_len);
    secret[len - 1] ^= owner->spoil ? 1 : 0;
    *inout_len = len - (owner->cut ? 1U : 0U);
    return UKB_OK;
}

static enum ukb_status
owner_decrypt(void *ctx, enum ukb_rsa_padding padding, const unsigned char *input, size_t input_len,
              unsigned char *ret_secret, size_t *inout_len, struct ukb_error *reterr)
{
    static const char *const digests[] = { [UKB_RSA_OAEP_SHA1] = "SHA1",
                                           [UKB_RSA_OAEP_SHA256] = "SHA256",
                                           [UKB_RSA_OAEP_SHA384] = "SHA384",
                                           [UKB_RSA_OAEP_SHA512] = "SHA512" };
    struct owner *owner = ctx;
    EVP_PKEY_CTX *decryption = EVP_PKEY_CTX_new(made_key(owner->key), NULL);
    size_t len = *inout_len;
    int done;

    owner->calls++;
    owner->padding = padding;
    assert_int_equal(EVP_PKEY_decrypt_init(decryption), 1);
    if (padding != UKB_RSA_PKCS1) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(decryption, RSA_PKCS1_OAEP_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md_name(decryption, digests[padding], NULL), 1);
    }
    done = EVP_PKEY_decrypt(decryption, ret_secret, &len, input, input_len);
    EVP_PKEY_CTX_free(decryption);
    ERR_clear_error();
    if (done != 1 && owner->fail_by == UKB_OK) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "it does not open");
    }
    return answer(owner, ret_secret, len, inout_len, reterr);
}

static enum ukb_status
owner_derive(void *ctx, const unsigned char *point, size_t point_len, unsigned char *ret_secret, size_t *inout_len,
             struct ukb_error *reterr)
{
    struct owner *owner = ctx;
    struct ukb_public_key peer = made_public_key(owner->key);
    EVP_PKEY_CTX *derivation = EVP_PKEY_CTX_new(made_key(owner->key), NULL);
    struct ukb_error err = { 0 };
    EVP_PKEY *pkey = NULL;
    size_t len = *inout_len;

    owner->calls++;
    assert_int_equal(point_len, peer.point_len);
    memcpy(peer.point, point, point_len);
    assert_int_equal(ukb_public_key_to_evp(&peer, &pkey, &err), UKB_OK);
    assert_int_equal(EVP_PKEY_derive_init(derivation), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(derivation, pkey), 1);
    assert_int_equal(EVP_PKEY_derive(derivation, ret_secret, &len), 1);
    EVP_PKEY_CTX_free(derivation);
    EVP_PKEY_free(pkey);
    return answer(owner, ret_secret, len, inout_len, reterr);
}

struct ukb_key_ops
owner_ops(struct owner *owner)
{
    const struct ukb_key_ops ops = { owner_sign, owner_decrypt, owner_derive, owner };

    return ops;
}

#define HEAP_LEN 524288U

static size_t used_before; /* by OpenSSL's own random numbers */

int
owner_start_heap(void **state)
{
    unsigned char random[1];

    (void)state;
    assert_int_equal(CRYPTO_secure_malloc_init(HEAP_LEN, 16), 1);
    assert_int_equal(RAND_bytes(random, sizeof(random)), 1);
    assert_int_equal(RAND_priv_bytes(random, sizeof(random)), 1);
    used_before = CRYPTO_secure_used();
    return 0;
}

int
owner_end_heap(void **state)
{
    const int done = made_done(state);

    assert_int_equal(CRYPTO_secure_used(), used_before);
    return done;
}
