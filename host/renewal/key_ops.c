/* SPDX-License-Identifier: MIT */
#include "renewal/key_ops.h"

#include <string.h>

#include "renewal/internal.h"
#include "token/decrypt.h"

static enum ukb_status
sign(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
     unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr)
{
    const struct ukb_token_owner *owner = ctx;
    struct ukb_token_signer signer = { owner->session, owner->key };

    return ukb_token_signer_sign(&signer, digest, message, message_len, ret_signature, inout_len, reterr);
}

/* Hand what was opened over to memory that is the caller's and that he wipes; ours is wiped here. */
static enum ukb_status
hand_over(struct ukb_secret *secret, unsigned char *ret_secret, size_t *inout_len, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    if (secret->len > *inout_len) {
        st = ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "%zu bytes came out where %zu were expected", secret->len,
                       *inout_len);
    } else {
        memcpy(ret_secret, secret->data, secret->len);
        *inout_len = secret->len;
    }
    ukb_secret_done(secret);
    return st;
}

static enum ukb_status
decrypt(void *ctx, enum ukb_rsa_padding padding, const unsigned char *input, size_t input_len,
        unsigned char *ret_secret, size_t *inout_len, struct ukb_error *reterr)
{
    const struct ukb_token_owner *owner = ctx;
    struct ukb_secret secret = UKB_SECRET_INIT;
    enum ukb_status st = ukb_token_decrypt(owner->session, owner->key, padding, input, input_len, &secret, reterr);

    return st == UKB_OK ? hand_over(&secret, ret_secret, inout_len, reterr) : st;
}

static enum ukb_status
derive(void *ctx, const unsigned char *point, size_t point_len, unsigned char *ret_secret, size_t *inout_len,
       struct ukb_error *reterr)
{
    const struct ukb_token_owner *owner = ctx;
    struct ukb_secret secret = UKB_SECRET_INIT;
    enum ukb_status st = ukb_token_derive(owner->session, owner->key, point, point_len, &secret, reterr);

    return st == UKB_OK ? hand_over(&secret, ret_secret, inout_len, reterr) : st;
}

struct ukb_key_ops
ukb_token_key_ops(struct ukb_token_owner *owner)
{
    const struct ukb_key_ops ops = { sign, decrypt, derive, owner };

    return ops;
}
