/* SPDX-License-Identifier: MIT */
#include "pki/signer.h"

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "pki/internal.h"
#include "pki/public_key.h"

enum ukb_sign_digest
ukb_sign_digest_for(const struct ukb_public_key *key)
{
    const char *curve = ukb_public_key_curve(key);

    return curve != NULL && strcmp(curve, "P-384") == 0 ? UKB_SIGN_SHA384 : UKB_SIGN_SHA256;
}

static enum ukb_status
rsa_copy(const unsigned char *raw, size_t raw_len, unsigned char **ret_der, size_t *ret_der_len,
         struct ukb_error *reterr)
{
    unsigned char *copy = OPENSSL_memdup(raw, raw_len);

    if (copy == NULL) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "no memory for a signature");
    }
    *ret_der = copy;
    *ret_der_len = raw_len;
    return UKB_OK;
}

static enum ukb_status
ecdsa_encode(const unsigned char *raw, size_t half_len, unsigned char **ret_der, size_t *ret_der_len,
             struct ukb_error *reterr)
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)half_len, NULL);
    BIGNUM *s = BN_bin2bn(raw + half_len, (int)half_len, NULL);
    unsigned char *der = NULL;
    enum ukb_status st = UKB_OK;
    int len;

    if (signature == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(signature, r, s) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "no memory for a signature");
        goto out;
    }
    r = NULL; /* the signature owns both now */
    s = NULL;
    len = i2d_ECDSA_SIG(signature, &der);
    if (len <= 0) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "an ECDSA signature");
        goto out;
    }
    *ret_der = der;
    *ret_der_len = (size_t)len;
out:
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return st;
}

enum ukb_status
ukb_signature_to_der(const struct ukb_public_key *key, const unsigned char *raw, size_t raw_len,
                     unsigned char **ret_der, size_t *ret_der_len, struct ukb_error *reterr)
{
    switch (key->type) {
    case UKB_KEY_RSA:
        if (raw_len != key->modulus_len) {
            break;
        }
        return rsa_copy(raw, raw_len, ret_der, ret_der_len, reterr);
    case UKB_KEY_EC:
        if (raw_len == 0 || raw_len % 2U != 0 || raw_len > key->point_len) {
            break;
        }
        return ecdsa_encode(raw, raw_len / 2U, ret_der, ret_der_len, reterr);
    case UKB_KEY_SM2:
    case UKB_KEY_UNKNOWN:
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "signatures by this kind of key are not supported");
    }
    return ukb_raise(reterr, UKB_E_PROOF_FAILED, 0, "a signature of %zu bytes does not belong to this key", raw_len);
}
