/* SPDX-License-Identifier: MIT */
#include "pki/prove.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "pki/internal.h"
#include "pki/provider_internal.h"
#include "pki/public_key.h"

#define RANDOM_LEN 32U

/* What is asked, and both answers, in one block of the secure heap. */
struct secrets {
    unsigned char wanted[UKB_OPENED_MAX_LEN];
    size_t wanted_len;
    unsigned char given[UKB_OPENED_MAX_LEN];
    size_t given_len;
};

static enum ukb_status
ask_rsa(EVP_PKEY *pkey, const struct ukb_key_ops *ops, struct secrets *secrets, struct ukb_error *reterr)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    unsigned char sealed[UKB_OPENED_MAX_LEN];
    size_t sealed_len = sizeof(sealed);
    enum ukb_status st;

    secrets->wanted_len = RANDOM_LEN;
    if (ctx == NULL || RAND_priv_bytes(secrets->wanted, (int)RANDOM_LEN) != 1 || EVP_PKEY_encrypt_init(ctx) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_encrypt(ctx, sealed, &sealed_len, secrets->wanted, secrets->wanted_len) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "encrypting to a certificate");
    } else {
        st = ops->decrypt(ops->ctx, UKB_RSA_PKCS1, sealed, sealed_len, secrets->given, &secrets->given_len, reterr);
    }
    EVP_PKEY_CTX_free(ctx);
    return st;
}

static enum ukb_status
ask_ec(EVP_PKEY *pkey, const char *curve, const struct ukb_key_ops *ops, struct secrets *secrets,
       struct ukb_error *reterr)
{
    EVP_PKEY *ephemeral = EVP_EC_gen(curve); /* its private number is in the secure heap */
    EVP_PKEY_CTX *ctx = ephemeral == NULL ? NULL : EVP_PKEY_CTX_new(ephemeral, NULL);
    struct ukb_public_key point = { 0 };
    enum ukb_status st;

    secrets->wanted_len = sizeof(secrets->wanted);
    if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 || EVP_PKEY_derive_set_peer(ctx, pkey) != 1 ||
        EVP_PKEY_derive(ctx, secrets->wanted, &secrets->wanted_len) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "deriving with a certificate");
        goto out;
    }
    st = ukb_public_key_from_evp(ephemeral, &point, reterr);
    if (st == UKB_OK) {
        st = ops->derive(ops->ctx, point.point, point.point_len, secrets->given, &secrets->given_len, reterr);
    }
out:
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(ephemeral);
    return st;
}

enum ukb_status
ukb_certificate_prove_decrypt(const struct ukb_certificate *certificate, const struct ukb_key_ops *ops,
                              struct ukb_error *reterr)
{
    const struct ukb_public_key *key = &certificate->facts.key;
    struct secrets *secrets = NULL;
    EVP_PKEY *pkey = NULL;
    enum ukb_status st = ukb_key_check_ours(key, reterr);

    if (st == UKB_OK && (key->type == UKB_KEY_RSA ? ops->decrypt == NULL : ops->derive == NULL)) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the key's owner does not open anything");
    }
    if (st == UKB_OK) {
        st = ukb_public_key_to_evp(key, &pkey, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    secrets = OPENSSL_secure_zalloc(sizeof(*secrets));
    if (secrets == NULL) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "no memory for a proof");
        goto out;
    }
    secrets->given_len = sizeof(secrets->given);
    st = key->type == UKB_KEY_RSA ? ask_rsa(pkey, ops, secrets, reterr)
                                  : ask_ec(pkey, ukb_public_key_curve(key), ops, secrets, reterr);
    if (st == UKB_E_BAD_ENVELOPE) {
        st = ukb_raise(reterr, UKB_E_PROOF_FAILED, reterr->native, "the key does not open what is encrypted to it");
    } else if (st == UKB_OK && (secrets->given_len != secrets->wanted_len ||
                                CRYPTO_memcmp(secrets->given, secrets->wanted, secrets->wanted_len) != 0)) {
        st = ukb_raise(reterr, UKB_E_PROOF_FAILED, 0, "the key opens what is encrypted to it to something else");
    }
out:
    OPENSSL_secure_clear_free(secrets, sizeof(*secrets));
    EVP_PKEY_free(pkey);
    return st;
}
