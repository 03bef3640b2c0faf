/* SPDX-License-Identifier: MIT */
/* A key on a token as the pki room's signer. */
#include "renewal/internal.h"

#include "token/sign.h"

enum ukb_status
ukb_token_signer_sign(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
                      unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr)
{
    const struct ukb_token_signer *signer = ctx;

    return ukb_token_sign(signer->session, signer->key, digest == UKB_SIGN_SHA384 ? UKB_SHA384 : UKB_SHA256, message,
                          message_len, ret_signature, inout_len, reterr);
}
