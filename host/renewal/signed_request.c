/* SPDX-License-Identifier: MIT */
#include "renewal/signed_request.h"

#include "pki/signed_request.h"
#include "renewal/internal.h"
#include "renewal/key_ops.h"
#include "token/keys.h"

enum ukb_status
ukb_renewal_sign_request(const struct ukb_renewal_env *env, struct ukb_token_session *session, enum ukb_kind kind,
                         const struct ukb_inventory_item *old, const char *request_pem, struct ukb_buf *ret_pem,
                         struct ukb_error *reterr)
{
    struct ukb_signed_request wanted = { .request_pem = request_pem, .origin = ukb_env_origin(env) };
    struct ukb_token_key key = { 0 };
    struct ukb_token_owner owner = { session, &key };
    struct ukb_key_ops ops;
    enum ukb_status st;

    if (old == NULL || wanted.origin == NULL || (kind != UKB_KIND_RENEW && kind != UKB_KIND_CHANGE)) {
        return UKB_OK;
    }
    wanted.certificate = old->certificate;
    ops = ukb_token_key_ops(&owner);
    st = ukb_token_key_find(session, &ukb_certificate_facts(old->certificate)->key, old->object->id,
                            old->object->id_len, &key, reterr);
    if (st == UKB_OK) {
        st = ukb_signed_request_build(&wanted, &ops, ret_pem, reterr);
    }
    return st == UKB_E_KEY_MISMATCH || st == UKB_E_UNSUPPORTED ? UKB_OK : st;
}
