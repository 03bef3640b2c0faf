/* SPDX-License-Identifier: MIT */
/*
 * The token's objects. Objects are told by their exact bytes, never by labels, and every step first looks whether it is
 * done: so the same function starts a write and goes on with an interrupted one. A card that answers with an error may
 * have done the thing nevertheless; looking again is the only judge.
 */
#include "renewal/internal.h"

#include <string.h>

#include <openssl/rand.h>

#include "pki/prove.h"
#include "pki/verify.h"
#include "renewal/key_ops.h"
#include "token/objects.h"
#include "token/sign.h"

#define HANDLES_MAX 16U
#define MESSAGE_LEN 64U

/* How many objects hold exactly this certificate, under @p id or under any. */
static enum ukb_status
count(struct ukb_token_session *session, const struct ukb_certificate *certificate, const unsigned char *id,
      size_t id_len, size_t *ret_count, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);

    return ukb_token_certificate_find_exact(session, facts->der, facts->der_len, id, id_len, NULL, 0, ret_count,
                                            reterr);
}

static enum ukb_status
remove_all(struct ukb_token_session *session, const struct ukb_certificate *certificate, const unsigned char *id,
           size_t id_len, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    CK_OBJECT_HANDLE handles[HANDLES_MAX];
    size_t found = 0;
    enum ukb_status st;
    size_t i;

    do {
        st = ukb_token_certificate_find_exact(session, facts->der, facts->der_len, id, id_len, handles, HANDLES_MAX,
                                              &found, reterr);
        for (i = 0; st == UKB_OK && i < found && i < HANDLES_MAX; i++) {
            st = ukb_token_object_destroy(session, handles[i], reterr);
        }
    } while (st == UKB_OK && found > HANDLES_MAX);
    return st;
}

/* Read back in a fresh session: some modules answer from what they were told, not from the token. */
static enum ukb_status
read_back(struct ukb_token_session *session, const struct ukb_certificate *certificate, const unsigned char *id,
          size_t id_len, struct ukb_error *reterr)
{
    struct ukb_token_session *fresh = NULL;
    size_t found = 0;
    enum ukb_status st = ukb_token_session_again(session, &fresh, reterr);

    if (st == UKB_OK) {
        st = count(fresh, certificate, id, id_len, &found, reterr);
    }
    if (st == UKB_OK && found == 0) {
        st = ukb_raise(reterr, UKB_E_PROOF_FAILED, 0, "the certificate that was written is not on the UKey");
    }
    ukb_token_session_free(fresh);
    return st;
}

/* Make sure that the certificate is there under @p id. */
static enum ukb_status
ensure(struct ukb_token_session *session, const struct ukb_certificate *certificate, const char *label,
       const unsigned char *id, size_t id_len, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    const struct ukb_certificate_template template = {
        .der = facts->der,
        .der_len = facts->der_len,
        .subject_der = facts->subject_der,
        .subject_der_len = facts->subject_der_len,
        .issuer_der = facts->issuer_der,
        .issuer_der_len = facts->issuer_der_len,
        .serial_der = facts->serial_der,
        .serial_der_len = facts->serial_der_len,
        .id = id,
        .id_len = id_len,
        .label = label,
    };
    CK_OBJECT_HANDLE handle = 0;
    size_t found = 0;
    enum ukb_status st = count(session, certificate, id, id_len, &found, reterr);

    if (st != UKB_OK || found > 0) {
        return st;
    }
    st = ukb_token_certificate_write(session, &template, &handle, reterr);
    return st == UKB_OK ? read_back(session, certificate, id, id_len, reterr) : st;
}

/* Free the key's id of @p out while a certificate for the key stays on the token: @p in, under the temporary id. */
static enum ukb_status
move_over(struct ukb_token_session *session, const struct ukb_write *write, const struct ukb_certificate *in,
          const struct ukb_certificate *out, struct ukb_error *reterr)
{
    /* A swap in the other direction that was cut may have left @p out there too, and cards take one under each id. */
    enum ukb_status st = remove_all(session, out, write->temp_id, write->temp_id_len, reterr);

    if (st == UKB_OK) {
        st = ensure(session, in, write->label, write->temp_id, write->temp_id_len, reterr);
    }
    return st == UKB_OK ? remove_all(session, out, NULL, 0, reterr) : st;
}

/*
 * Put @p in under the key's id in place of @p out, so that a certificate for the key is there at every instant: first
 * under the temporary id, then the old one goes, then under the key's id, then the temporary one goes.
 */
static enum ukb_status
swap(struct ukb_token_session *session, const struct ukb_write *write, const struct ukb_certificate *in,
     const struct ukb_certificate *out, struct ukb_error *reterr)
{
    size_t at_key = 0;
    enum ukb_status st = count(session, out, write->key_id, write->key_id_len, &at_key, reterr);

    if (st == UKB_OK && at_key > 0) {
        st = move_over(session, write, in, out, reterr);
    }
    if (st == UKB_OK) {
        st = ensure(session, in, write->label, write->key_id, write->key_id_len, reterr);
    }
    if (st == UKB_OK) {
        st = remove_all(session, out, NULL, 0, reterr);
    }
    if (st == UKB_OK) {
        st = remove_all(session, in, write->temp_id, write->temp_id_len, reterr);
    }
    return st;
}

/* The old one steps aside to the other id, where it stays as history, and the new one takes its place at the key's. */
static enum ukb_status
set_aside(struct ukb_token_session *session, const struct ukb_write *write, struct ukb_error *reterr)
{
    size_t at_key = 0;
    enum ukb_status st = count(session, write->old, write->key_id, write->key_id_len, &at_key, reterr);

    if (st == UKB_OK && at_key > 0) {
        st = ensure(session, write->old, write->label, write->temp_id, write->temp_id_len, reterr);
    }
    if (st == UKB_OK && at_key > 0) {
        st = remove_all(session, write->old, write->key_id, write->key_id_len, reterr);
    }
    return st == UKB_OK ? ensure(session, write->candidate, write->label, write->key_id, write->key_id_len, reterr)
                        : st;
}

/* And back again. */
static enum ukb_status
step_back(struct ukb_token_session *session, const struct ukb_write *write, struct ukb_error *reterr)
{
    size_t at_key = 0;
    enum ukb_status st = count(session, write->old, write->key_id, write->key_id_len, &at_key, reterr);

    if (st == UKB_OK && at_key == 0) {
        st = ensure(session, write->old, write->label, write->temp_id, write->temp_id_len, reterr);
    }
    if (st == UKB_OK) {
        st = remove_all(session, write->candidate, NULL, 0, reterr);
    }
    if (st == UKB_OK) {
        st = ensure(session, write->old, write->label, write->key_id, write->key_id_len, reterr);
    }
    return st == UKB_OK ? remove_all(session, write->old, write->temp_id, write->temp_id_len, reterr) : st;
}

enum ukb_status
ukb_write_apply(struct ukb_token_session *session, const struct ukb_write *write, struct ukb_error *reterr)
{
    if (write->temp_id_len == 0 || write->old == NULL) {
        return ensure(session, write->candidate, write->label, write->key_id, write->key_id_len, reterr);
    }
    return write->keep_old ? set_aside(session, write, reterr)
                           : swap(session, write, write->candidate, write->old, reterr);
}

enum ukb_status
ukb_write_undo(struct ukb_token_session *session, const struct ukb_write *write, struct ukb_error *reterr)
{
    if (write->temp_id_len == 0 || write->old == NULL) {
        return remove_all(session, write->candidate, NULL, 0, reterr);
    }
    return write->keep_old ? step_back(session, write, reterr)
                           : swap(session, write, write->old, write->candidate, reterr);
}

static enum ukb_status
prove_signing(struct ukb_token_session *session, const struct ukb_certificate *certificate,
              const struct ukb_token_key *key, struct ukb_error *reterr)
{
    enum ukb_sign_digest digest = ukb_sign_digest_for(&ukb_certificate_facts(certificate)->key);
    struct ukb_token_signer signer = { session, key };
    unsigned char message[MESSAGE_LEN];
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    size_t signature_len = sizeof(signature);
    enum ukb_status st;

    if (RAND_bytes(message, (int)sizeof(message)) != 1) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no random bytes");
    }
    st = ukb_token_signer_sign(&signer, digest, message, sizeof(message), signature, &signature_len, reterr);
    return st != UKB_OK ? st
                        : ukb_certificate_verify_message(certificate, digest, message, sizeof(message), signature,
                                                         signature_len, reterr);
}

static enum ukb_status
prove_opening(struct ukb_token_session *session, const struct ukb_certificate *certificate,
              const struct ukb_token_key *key, struct ukb_error *reterr)
{
    struct ukb_token_owner owner = { session, key };
    const struct ukb_key_ops ops = ukb_token_key_ops(&owner);

    return ukb_certificate_prove_decrypt(certificate, &ops, reterr);
}

enum ukb_status
ukb_write_prove(struct ukb_token_session *session, const struct ukb_write *write, enum ukb_half half,
                const struct ukb_token_key *key, struct ukb_error *reterr)
{
    static enum ukb_status (*const proofs[UKB_HALF_COUNT])(struct ukb_token_session *, const struct ukb_certificate *,
                                                           const struct ukb_token_key *, struct ukb_error *) = {
        [UKB_HALF_SIGNING] = prove_signing,
        [UKB_HALF_ENCRYPTION] = prove_opening,
    };
    enum ukb_status st = read_back(session, write->candidate, write->key_id, write->key_id_len, reterr);

    /* the candidate's bytes are those just read back */
    return st == UKB_OK ? proofs[half](session, write->candidate, key, reterr) : st;
}
