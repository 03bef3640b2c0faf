/* SPDX-License-Identifier: MIT */
#include "pki/sign_in.h"

#include <openssl/evp.h>

#include "core/limits.h"
#include "pki/internal.h"
#include "pki/pem.h"
#include "pki/public_key.h"
#include "pki/verify.h"

#define HASH_MAX_LEN 48U

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

/* The name of the algorithm by which @p key signs, or NULL. */
static const char *
algorithm_of(const struct ukb_public_key *key)
{
    const char *curve = ukb_public_key_curve(key);

    if (key->type == UKB_KEY_RSA) {
        return "RS256";
    }
    if (key->type == UKB_KEY_EC && curve != NULL && strcmp(curve, "P-256") == 0) {
        return "ES256";
    }
    return key->type == UKB_KEY_EC && curve != NULL && strcmp(curve, "P-384") == 0 ? "ES384" : NULL;
}

static enum ukb_status
unsupported(struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this version signs in with RSA, P-256 and P-384 keys");
}

static bool
is_nonce(const char *nonce)
{
    struct ukb_buf bytes = UKB_BUF_INIT(UKB_NONCE_MAX_LEN);
    struct ukb_error why = { 0 };
    const bool good = strspn(nonce, base64_alphabet) == strlen(nonce) && strlen(nonce) <= UKB_NONCE_TEXT_MAX_LEN &&
                      ukb_base64_decode(nonce, &bytes, &why) == UKB_OK && bytes.len >= UKB_NONCE_MIN_LEN;

    ukb_buf_done(&bytes);
    return good;
}

enum ukb_status
ukb_sign_in_check(const struct ukb_certificate *certificate, const char *nonce, long long now_s,
                  struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = &certificate->facts;
    enum ukb_status st;

    if (!is_nonce(nonce)) {
        st = ukb_raise(reterr, UKB_E_PARAMS, 0, "nonce: not base64 of %u to %u bytes", UKB_NONCE_MIN_LEN,
                       UKB_NONCE_MAX_LEN);
        ukb_error_add_string(reterr, "field", "nonce");
        return st;
    }
    if (facts->role == UKB_ROLE_ENCRYPTION || facts->is_ca) {
        return ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "a certificate that does not sign cannot sign in");
    }
    if (now_s < facts->not_before_s) {
        return ukb_raise(reterr, UKB_E_NOT_YET_VALID, 0, "the certificate is not valid yet");
    }
    return algorithm_of(&facts->key) == NULL ? unsupported(reterr) : UKB_OK;
}

enum ukb_status
ukb_sign_in_sign(const struct ukb_certificate *certificate, const char *origin, const char *nonce,
                 const struct ukb_signer *signer, struct ukb_sign_in *ret_sign_in, struct ukb_error *reterr)
{
    const struct ukb_public_key *key = &certificate->facts.key;
    const enum ukb_sign_digest digest = ukb_sign_digest_for(key);
    const EVP_MD *md = digest == UKB_SIGN_SHA384 ? EVP_sha384() : EVP_sha256();
    struct ukb_sign_in made = { .algorithm = algorithm_of(key), .signature_len = sizeof(made.signature) };
    unsigned char message[2U * HASH_MAX_LEN];
    unsigned int len = 0;
    enum ukb_status st;

    if (made.algorithm == NULL) {
        return unsupported(reterr);
    }
    if (EVP_Digest(origin, strlen(origin), message, &len, md, NULL) != 1 ||
        EVP_Digest(nonce, strlen(nonce), message + len, NULL, md, NULL) != 1) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "the hashes of a sign-in");
    }
    st = signer->sign(signer->ctx, digest, message, 2U * (size_t)len, made.signature, &made.signature_len, reterr);
    if (st == UKB_OK) {
        st = ukb_certificate_verify_message(certificate, digest, message, 2U * (size_t)len, made.signature,
                                            made.signature_len, reterr);
    }
    if (st == UKB_OK) {
        *ret_sign_in = made;
    }
    return st;
}
