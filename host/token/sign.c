/* SPDX-License-Identifier: MIT */
#include "token/sign.h"

#include <string.h>

#include <openssl/evp.h>

#include "token/internal.h"
#include "token/key_attributes.h"
#include "token/keys.h"
#include "token/session.h"

/* The DER of a DigestInfo up to the digest's bytes (RFC 8017 §9.2, note 1). */
static const unsigned char sha256_info[] = { 0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                             0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
static const unsigned char sha384_info[] = { 0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                             0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30 };

#define DIGEST_MAX_LEN      48U
#define DIGEST_INFO_MAX_LEN (sizeof(sha384_info) + DIGEST_MAX_LEN)

/* The mechanism that takes our digest, and the one that hashes on the token, for want of the first. */
static const struct row {
    enum ukb_key_type type;
    enum ukb_digest digest;
    CK_MECHANISM_TYPE bare;
    CK_MECHANISM_TYPE hashing;
} rows[] = {
    { UKB_KEY_RSA, UKB_SHA256, CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS },
    { UKB_KEY_RSA, UKB_SHA384, CKM_RSA_PKCS, CKM_SHA384_RSA_PKCS },
    { UKB_KEY_EC, UKB_SHA256, CKM_ECDSA, CKM_ECDSA_SHA256 },
    { UKB_KEY_EC, UKB_SHA384, CKM_ECDSA, CKM_ECDSA_SHA384 },
};

/* What one signature takes, whichever mechanism is chosen. */
struct job {
    CK_OBJECT_HANDLE key;
    CK_MECHANISM mechanism;
    const unsigned char *input;
    size_t input_len;
    unsigned char digest_info[DIGEST_INFO_MAX_LEN]; /* what input points to for a bare mechanism */
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    CK_ULONG signature_len;
};

static const struct row *
find_row(enum ukb_key_type type, enum ukb_digest digest)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].type == type && rows[i].digest == digest) {
            return &rows[i];
        }
    }
    return NULL;
}

/* Hash @p message into job->digest_info: with its DER header for RSA, cut to the curve's field for EC (FIPS 186-4
 * §6.4). */
static enum ukb_status
prepare_digest(struct job *job, const struct ukb_token_key *key, enum ukb_digest digest, const void *message,
               size_t message_len, struct ukb_error *reterr)
{
    const bool rsa = key->public_key.type == UKB_KEY_RSA;
    const unsigned char *header = digest == UKB_SHA384 ? sha384_info : sha256_info;
    const size_t header_len = rsa ? sizeof(sha256_info) : 0; /* both are equally long */
    const size_t field_len = ukb_ec_field_len(key->public_key.params, key->public_key.params_len);
    unsigned int digest_len = 0;

    memcpy(job->digest_info, header, header_len);
    if (EVP_Digest(message, message_len, job->digest_info + header_len, &digest_len,
                   digest == UKB_SHA384 ? EVP_sha384() : EVP_sha256(), NULL) != 1) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "the message could not be hashed");
    }
    if (!rsa && field_len != 0 && digest_len > field_len) {
        digest_len = (unsigned int)field_len;
    }
    job->input = job->digest_info;
    job->input_len = header_len + digest_len;
    return UKB_OK;
}

/* Choose the mechanism, and what it is given. */
static enum ukb_status
prepare(const struct ukb_token_session *session, const struct ukb_token_key *key, enum ukb_digest digest,
        const void *message, size_t message_len, struct job *job, struct ukb_error *reterr)
{
    const struct row *row = find_row(key->public_key.type, digest);

    job->key = key->private_handle;
    if (row != NULL && ukb_token_has_mechanism(session, row->bare)) {
        job->mechanism.mechanism = row->bare;
        return prepare_digest(job, key, digest, message, message_len, reterr);
    }
    if (row != NULL && ukb_token_has_mechanism(session, row->hashing)) {
        job->mechanism.mechanism = row->hashing;
        job->input = message;
        job->input_len = message_len;
        return UKB_OK;
    }
    return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the token has no mechanism for this kind of signature");
}

/* C_SignInit, a login for this operation where it is wanted, C_Sign. @p ret_rv is CKR_OK when the status is. */
static enum ukb_status
attempt(struct ukb_token_session *session, struct job *job, bool login, CK_RV *ret_rv, struct ukb_error *reterr)
{
    const CK_FUNCTION_LIST *functions = session->module->functions;
    unsigned char *input = NULL;
    enum ukb_status st;

    *ret_rv = functions->C_SignInit(session->handle, &job->mechanism, job->key);
    if (*ret_rv != CKR_OK) {
        return ukb_token_failure(session, *ret_rv, "C_SignInit", reterr);
    }
    if (login) {
        st = ukb_login_for_operation(session, reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    memcpy(&input, &job->input, sizeof(input)); /* C_Sign takes what it only reads by a pointer that is not const */
    job->signature_len = sizeof(job->signature);
    *ret_rv = functions->C_Sign(session->handle, input, job->input_len, job->signature, &job->signature_len);
    if (*ret_rv != CKR_OK) {
        return ukb_token_failure(session, *ret_rv, "C_Sign", reterr);
    }
    return UKB_OK;
}

/* Bytes of a signature by this key. */
static size_t
expected_len(const struct ukb_public_key *key)
{
    return key->type == UKB_KEY_RSA ? key->modulus_len : key->point_len - 1U;
}

enum ukb_status
ukb_token_sign(struct ukb_token_session *session, const struct ukb_token_key *key, enum ukb_digest digest,
               const void *message, size_t message_len, unsigned char *ret_signature, size_t *inout_len,
               struct ukb_error *reterr)
{
    struct job job = { .key = CK_INVALID_HANDLE };
    enum ukb_status st;
    CK_RV rv = CKR_OK;

    st = prepare(session, key, digest, message, message_len, &job, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = attempt(session, &job, key->always_authenticate, &rv, reterr);
    if (st != UKB_OK && rv == CKR_USER_NOT_LOGGED_IN && !key->always_authenticate) {
        /* Some tokens want the PIN at each signature without saying so; the operation ended with the error. */
        st = attempt(session, &job, true, &rv, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    if (job.signature_len != expected_len(&key->public_key)) {
        st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "a signature of %lu bytes by a key of %zu", job.signature_len,
                       expected_len(&key->public_key));
        ukb_error_add_null(reterr, "ckr"); /* the token did not say that anything is wrong */
        return st;
    }
    if (job.signature_len > *inout_len) {
        return ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "no room for a signature of %lu bytes", job.signature_len);
    }
    memcpy(ret_signature, job.signature, job.signature_len);
    *inout_len = job.signature_len;
    return UKB_OK;
}
