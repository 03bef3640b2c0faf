/* SPDX-License-Identifier: MIT */
/*
 * internal - what the files of this room share.
 *
 * Room: renewal, inside only.
 */
#ifndef UKB_RENEWAL_INTERNAL_H
#define UKB_RENEWAL_INTERNAL_H

#include "hold/hold.h"
#include "pki/signer.h"
#include "renewal/inventory.h"
#include "renewal/renewal.h"

/* signer.c */

/** A signer (pki/signer.h) for a key of a session. */
struct ukb_token_signer {
    struct ukb_token_session *session;
    const struct ukb_token_key *key;
};
enum ukb_status ukb_token_signer_sign(void *ctx, enum ukb_sign_digest digest, const unsigned char *message,
                                      size_t message_len, unsigned char *ret_signature, size_t *inout_len,
                                      struct ukb_error *reterr);

/* record.c */

/** The origin as the journal keeps it: NULL for the extension's own pages. */
const char *ukb_env_origin(const struct ukb_renewal_env *env);

/** Open a session on @p token; see hold/hold.h. */
UKB_MUST_USE enum ukb_status ukb_env_open(const struct ukb_renewal_env *env, const char *token, bool writable,
                                          struct ukb_hold *ret_hold, struct ukb_error *reterr);

/** Report the start of a step and whether this process may still be stopped. */
void ukb_env_progress(const struct ukb_renewal_env *env, const char *step, unsigned int done, unsigned int total,
                      bool interruptible);
void ukb_env_uninterruptible(const struct ukb_renewal_env *env, bool on);

/** A fresh id, "<token>-<random>". */
UKB_MUST_USE enum ukb_status ukb_renewal_id_make(const char *token, char ret_id[UKB_RENEWAL_ID_MAX_LEN + 1U],
                                                 struct ukb_error *reterr);

/** A fresh CKA_ID: "UKB1" and 12 random bytes. @p ret_id has UKB_FRESH_KEY_ID_LEN bytes. */
#define UKB_FRESH_KEY_ID_LEN 16U
UKB_MUST_USE enum ukb_status ukb_key_id_make(unsigned char *ret_id, struct ukb_error *reterr);

/** Describe @p certificate as an object of the journal; its der is borrowed from the certificate. */
struct ukb_renewal_object ukb_renewal_object_of(const struct ukb_certificate *certificate,
                                                enum ukb_renewal_action action);

/** The certificate of a record's object of that action (signing role), parsed; NULL when it has none. Owned. */
UKB_MUST_USE enum ukb_status ukb_record_certificate(const struct ukb_renewal_record *record,
                                                    enum ukb_renewal_action action,
                                                    struct ukb_certificate **ret_certificate, struct ukb_error *reterr);

enum ukb_renewal_kind ukb_renewal_kind_of(enum ukb_kind kind);
enum ukb_kind ukb_kind_of(enum ukb_renewal_kind kind);

/* orphans.c */

/** Delete the key pair of a record whose request never came to be. */
UKB_MUST_USE enum ukb_status ukb_orphan_destroy(const struct ukb_token_session *session,
                                                const struct ukb_renewal_record *record, struct ukb_error *reterr);

/**
 * Delete what calls of this origin left half-prepared on @p token, and roll them back. Under the token's lock only: no
 * other process prepares then, so what is found is dead.
 */
UKB_MUST_USE enum ukb_status ukb_orphans_clean(const struct ukb_renewal_env *env,
                                               const struct ukb_token_session *session, const char *token,
                                               struct ukb_error *reterr);

/* plan.c */

/** A checked installation: what is replaced by what, for which key. Zero-initialise; free with ukb_plan_done(). */
struct ukb_plan {
    struct ukb_renewal_record record; /* of the renewal; record.id is "" for a call by token before it is inserted */
    bool has_record;
    struct ukb_certificate *old;       /* NULL: none to replace */
    struct ukb_certificate *candidate; /* the new one */
    bool same_key;
    bool is_installed; /* the renewal has brought exactly this certificate already */
    struct ukb_warnings warnings;
};

/** Which token does an installation concern? Reads the journal for a renewal id. */
UKB_MUST_USE enum ukb_status ukb_plan_token(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                                            char ret_token[UKB_TOKEN_ID_LEN + 1U], struct ukb_error *reterr);

/** Make the plan from parameters, journal and token, and check it. Call it again after the login: things may change. */
UKB_MUST_USE enum ukb_status ukb_plan_make(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                                           const struct ukb_token_session *session, struct ukb_plan *ret_plan,
                                           struct ukb_error *reterr);
void ukb_plan_done(struct ukb_plan *plan);

/** Will the old certificate be gone afterwards: replaced, or with its pair by policy `retireOldSigning: now`? */
bool ukb_plan_removes_old(const struct ukb_renewal_env *env, const struct ukb_plan *plan);

/* write.c */

/** What is written where. Borrowed; ids: the key's own, and the temporary one (same key only). */
struct ukb_write {
    const struct ukb_certificate *old; /* removed when the key stays; NULL: nothing is removed */
    const struct ukb_certificate *candidate;
    const char *label;
    const unsigned char *key_id;
    size_t key_id_len;
    const unsigned char *temp_id;
    size_t temp_id_len; /* 0: a new key, nothing is replaced */
};

/** Bring the certificate onto the token. Idempotent: starts from whatever an interruption of itself left. */
UKB_MUST_USE enum ukb_status ukb_write_apply(struct ukb_token_session *session, const struct ukb_write *write,
                                             struct ukb_error *reterr);

/** Take the certificate off the token again and put the old one back. Idempotent too. */
UKB_MUST_USE enum ukb_status ukb_write_undo(struct ukb_token_session *session, const struct ukb_write *write,
                                            struct ukb_error *reterr);

/** Sign a random message with @p key and verify it with the certificate as it is read back in a fresh session. */
UKB_MUST_USE enum ukb_status ukb_write_prove(struct ukb_token_session *session, const struct ukb_write *write,
                                             const struct ukb_token_key *key, struct ukb_error *reterr);

/* retire.c */

/**
 * Delete superseded signing pairs as policy `retireOldSigning` says: only certificates that a renewal of this journal
 * replaced by one that is on the token now, never a key that may decrypt.
 */
UKB_MUST_USE enum ukb_status ukb_retire_old(const struct ukb_renewal_env *env, struct ukb_token_session *session,
                                            const char *token, const char *renewal, struct ukb_error *reterr);

#endif /* UKB_RENEWAL_INTERNAL_H */
