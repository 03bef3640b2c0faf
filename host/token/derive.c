/* SPDX-License-Identifier: MIT */
/* EC: C_DeriveKey, and what it made read and destroyed; declared in decrypt.h. */
#include "token/decrypt.h"

#include <string.h>

#include "token/attributes.h"
#include "token/ckr.h"
#include "token/internal.h"
#include "token/keys.h"
#include "token/session.h"

/* The mechanism with its parameters, and what is made. */
struct job {
    const struct ukb_token_key *key;
    CK_ECDH1_DERIVE_PARAMS params;
    CK_MECHANISM mechanism;
    CK_ULONG len;
};

/* A session object that may be read: the one secret that leaves a token on purpose. */
static CK_RV
derive(const struct ukb_token_session *session, struct job *job, CK_OBJECT_HANDLE *ret_object)
{
    const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    const CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE template[] = {
        ukb_attribute(CKA_CLASS, &class, sizeof(class)),   ukb_attribute(CKA_KEY_TYPE, &type, sizeof(type)),
        ukb_attribute(CKA_TOKEN, &no, sizeof(no)),         ukb_attribute(CKA_SENSITIVE, &no, sizeof(no)),
        ukb_attribute(CKA_EXTRACTABLE, &yes, sizeof(yes)), ukb_attribute(CKA_VALUE_LEN, &job->len, sizeof(job->len)),
    };
    const CK_ULONG count = sizeof(template) / sizeof(template[0]);
    const CK_FUNCTION_LIST *functions = session->module->functions;
    CK_RV rv;

    rv =
        functions->C_DeriveKey(session->handle, &job->mechanism, job->key->private_handle, template, count, ret_object);
    if (ukb_ckr_is_about_template(rv)) { /* without a length: it follows from the curve */
        rv = functions->C_DeriveKey(session->handle, &job->mechanism, job->key->private_handle, template, count - 1U,
                                    ret_object);
    }
    return rv;
}

/* What a failed C_DeriveKey means. */
static enum ukb_status
failure(const struct ukb_token_session *session, CK_RV rv, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (ukb_ckr_is_about_template(rv)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, rv, "the token does not derive a secret that may be read");
    }
    st = ukb_token_failure(session, rv, "C_DeriveKey", reterr);
    if (rv == CKR_MECHANISM_PARAM_INVALID || rv == CKR_ARGUMENTS_BAD || rv == CKR_DATA_INVALID ||
        (st == UKB_E_TOKEN_ERROR && (rv == CKR_GENERAL_ERROR || rv == CKR_FUNCTION_FAILED))) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, rv, "the token does not take this point");
    }
    return st;
}

static enum ukb_status
read_secret(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, size_t len, struct ukb_secret *secret,
            struct ukb_error *reterr)
{
    CK_ATTRIBUTE value = { CKA_VALUE, NULL, len };
    enum ukb_status st = ukb_secret_alloc(secret, len, reterr);
    CK_RV rv;

    if (st != UKB_OK) {
        return st;
    }
    value.pValue = secret->data;
    rv = session->module->functions->C_GetAttributeValue(session->handle, object, &value, 1);
    if (rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, rv, "the token does not show what it derived");
    }
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_GetAttributeValue of a derived secret", reterr);
    }
    if (value.ulValueLen != len) {
        st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "a derived secret of %lu bytes on a curve of %zu",
                       value.ulValueLen, len);
        ukb_error_add_null(reterr, "ckr");
        return st;
    }
    secret->len = len;
    return UKB_OK;
}

/* Derive, with one login where that is wanted: a derivation is no operation that could be initialised before it. */
static enum ukb_status
attempt(struct ukb_token_session *session, struct job *job, CK_OBJECT_HANDLE *ret_object, struct ukb_error *reterr)
{
    CK_RV rv = derive(session, job, ret_object);
    enum ukb_status st;

    if (rv == CKR_USER_NOT_LOGGED_IN) {
        st = ukb_login_for_operation(session, reterr);
        if (st != UKB_OK) {
            return st;
        }
        rv = derive(session, job, ret_object);
    }
    return rv == CKR_OK ? UKB_OK : failure(session, rv, reterr);
}

enum ukb_status
ukb_token_derive(struct ukb_token_session *session, const struct ukb_token_key *key, const unsigned char *point,
                 size_t point_len, struct ukb_secret *ret_secret, struct ukb_error *reterr)
{
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct job job = { .key = key };
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    enum ukb_status st;

    if (key->public_key.type != UKB_KEY_EC || !ukb_token_has_mechanism(session, CKM_ECDH1_DERIVE)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the token has no mechanism to derive a secret");
    }
    if (point_len < 3U || point_len != key->public_key.point_len) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "a point of %zu bytes is on another curve", point_len);
    }
    job.params.kdf = CKD_NULL;
    job.params.public_data_len = point_len;
    memcpy(&job.params.public_data, &point, sizeof(point)); /* not const in PKCS#11, and only read */
    job.mechanism = (CK_MECHANISM){ CKM_ECDH1_DERIVE, &job.params, sizeof(job.params) };
    job.len = (point_len - 1U) / 2U;
    st = attempt(session, &job, &object, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = read_secret(session, object, job.len, &secret, reterr);
    (void)session->module->functions->C_DestroyObject(session->handle, object); /* it ends with the session anyway */
    if (st == UKB_OK) {
        ukb_secret_move(ret_secret, &secret);
    }
    ukb_secret_done(&secret);
    return st;
}
