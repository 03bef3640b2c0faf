/* SPDX-License-Identifier: MIT */
/* RSA: C_Decrypt. For EC: derive.c. */
#include "token/decrypt.h"

#include <string.h>

#include "token/internal.h"
#include "token/keys.h"
#include "token/session.h"

static const struct row {
    enum ukb_rsa_padding padding;
    CK_MECHANISM_TYPE mechanism;
    CK_MECHANISM_TYPE hash; /* OAEP's, and its mask's */
    CK_RSA_PKCS_MGF_TYPE mask;
} rows[] = {
    { UKB_RSA_PKCS1, CKM_RSA_PKCS, 0, 0 },
    { UKB_RSA_OAEP_SHA1, CKM_RSA_PKCS_OAEP, CKM_SHA_1, CKG_MGF1_SHA1 },
    { UKB_RSA_OAEP_SHA256, CKM_RSA_PKCS_OAEP, CKM_SHA256, CKG_MGF1_SHA256 },
    { UKB_RSA_OAEP_SHA384, CKM_RSA_PKCS_OAEP, CKM_SHA384, CKG_MGF1_SHA384 },
    { UKB_RSA_OAEP_SHA512, CKM_RSA_PKCS_OAEP, CKM_SHA512, CKG_MGF1_SHA512 },
};

/* What one decryption takes. */
struct job {
    const struct ukb_token_key *key;
    CK_RSA_PKCS_OAEP_PARAMS oaep;
    CK_MECHANISM mechanism;
    const unsigned char *input;
    size_t input_len;
    struct ukb_secret output; /* as long as the modulus: nothing that is decrypted is longer */
};

static const struct row *
find_row(enum ukb_rsa_padding padding)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].padding == padding) {
            return &rows[i];
        }
    }
    return NULL;
}

enum ukb_maybe
ukb_token_can_decrypt(const struct ukb_token_session *session, enum ukb_key_type type, enum ukb_rsa_padding padding)
{
    const struct row *row = find_row(padding);
    const bool rsa = type == UKB_KEY_RSA;

    if ((rsa && row == NULL) || (!rsa && type != UKB_KEY_EC)) {
        return UKB_NO;
    }
    return ukb_token_has_mechanism(session, rsa ? row->mechanism : CKM_ECDH1_DERIVE) ? UKB_UNKNOWN : UKB_NO;
}

/* What a failed C_DecryptInit means: tokens that know one OAEP only say so in different ways. */
static enum ukb_status
init_failure(const struct ukb_token_session *session, const struct job *job, CK_RV rv, struct ukb_error *reterr)
{
    if (job->mechanism.pParameter != NULL && rv == CKR_ARGUMENTS_BAD) {
        rv = CKR_MECHANISM_PARAM_INVALID;
    }
    return ukb_token_failure(session, rv, "C_DecryptInit", reterr);
}

/* What a failed C_Decrypt means. */
static enum ukb_status
failure(const struct ukb_token_session *session, CK_RV rv, struct ukb_error *reterr)
{
    const enum ukb_status st = ukb_token_failure(session, rv, "C_Decrypt", reterr);

    switch (rv) {
    case CKR_ENCRYPTED_DATA_INVALID:
    case CKR_ENCRYPTED_DATA_LEN_RANGE:
    case CKR_DATA_INVALID:
    case CKR_DATA_LEN_RANGE:
    case CKR_ARGUMENTS_BAD:
    case CKR_FUNCTION_FAILED:
    case CKR_GENERAL_ERROR:
        break;
    default:
        return st;
    }
    return st != UKB_E_TOKEN_ERROR
               ? st
               : ukb_raise(reterr, UKB_E_BAD_ENVELOPE, rv, "the token does not open this with its key");
}

/* C_DecryptInit, a login for this operation where it is wanted, C_Decrypt. @p ret_rv is CKR_OK when the status is. */
static enum ukb_status
attempt(struct ukb_token_session *session, struct job *job, bool login, CK_RV *ret_rv, struct ukb_error *reterr)
{
    const CK_FUNCTION_LIST *functions = session->module->functions;
    CK_ULONG len = job->output.size;
    unsigned char *input = NULL;
    enum ukb_status st;

    *ret_rv = functions->C_DecryptInit(session->handle, &job->mechanism, job->key->private_handle);
    if (*ret_rv != CKR_OK) {
        return init_failure(session, job, *ret_rv, reterr);
    }
    if (login) {
        st = ukb_login_for_operation(session, reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    memcpy(&input, &job->input, sizeof(input)); /* taken by a pointer that is not const, and only read */
    *ret_rv = functions->C_Decrypt(session->handle, input, job->input_len, job->output.data, &len);
    if (*ret_rv != CKR_OK) {
        return failure(session, *ret_rv, reterr);
    }
    if (len > job->output.size) {
        *ret_rv = CKR_GENERAL_ERROR;
        return ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "the token says that it decrypted %lu bytes", len);
    }
    job->output.len = len;
    return UKB_OK;
}

enum ukb_status
ukb_token_decrypt(struct ukb_token_session *session, const struct ukb_token_key *key, enum ukb_rsa_padding padding,
                  const unsigned char *input, size_t input_len, struct ukb_secret *ret_secret, struct ukb_error *reterr)
{
    const struct row *row = find_row(padding);
    struct job job = { .key = key, .input = input, .input_len = input_len, .output = UKB_SECRET_INIT };
    enum ukb_status st;
    CK_RV rv = CKR_OK;

    if (row == NULL || key->public_key.type != UKB_KEY_RSA || !ukb_token_has_mechanism(session, row->mechanism)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the token has no mechanism to decrypt this");
    }
    job.mechanism.mechanism = row->mechanism;
    if (row->hash != 0) {
        job.oaep = (CK_RSA_PKCS_OAEP_PARAMS){ row->hash, row->mask, CKZ_DATA_SPECIFIED, NULL, 0 };
        job.mechanism.pParameter = &job.oaep;
        job.mechanism.ulParameterLen = sizeof(job.oaep);
    }
    st = ukb_secret_alloc(&job.output, key->public_key.modulus_len, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = attempt(session, &job, key->always_authenticate, &rv, reterr);
    if (st != UKB_OK && rv == CKR_USER_NOT_LOGGED_IN && !key->always_authenticate) {
        /* As in ukb_token_sign(): some want the PIN each time without saying so. */
        st = attempt(session, &job, true, &rv, reterr);
    }
    if (st == UKB_OK) {
        ukb_secret_move(ret_secret, &job.output);
    }
    ukb_secret_done(&job.output);
    return st;
}
