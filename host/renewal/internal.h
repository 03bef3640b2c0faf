/* SPDX-License-Identifier: MIT */
/*
 * internal - what the files of this room share.
 *
 * Room: renewal, inside only.
 */
#ifndef UKB_RENEWAL_INTERNAL_H
#define UKB_RENEWAL_INTERNAL_H

#include <stdint.h>

#include "core/private_key.h"
#include "hold/hold.h"
#include "pki/envelope.h"
#include "pki/signer.h"
#include "renewal/exchange.h"
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

/* card.c */

/**
 * Open a session for writing, as ukb_env_open(). Where the token is a smart card whose last write was cut off in the
 * middle of a call (card/mend.h), the user is asked for the PIN and the card is mended first: until then its module
 * does not show all that is there. Before each write what the card holds is journaled.
 *
 * @retval UKB_E_TOKEN_BUSY   whether it is such a card cannot be seen: another program has it for itself.
 * @retval UKB_E_TOKEN_ERROR  or cannot be seen for another reason.
 * @retval others             also as ukb_hold_login().
 */
UKB_MUST_USE enum ukb_status ukb_env_open_to_write(const struct ukb_renewal_env *env, const char *token,
                                                   struct ukb_hold *ret_hold, struct ukb_error *reterr);

/** Is it such a card? Asks nobody; what cannot be found out is no, or, of the second one, yes. */
bool ukb_env_is_card_torn(const struct ukb_renewal_env *env, const struct ukb_hold *hold);
bool ukb_env_may_card_be_torn(const struct ukb_renewal_env *env, const struct ukb_hold *hold);

/**
 * Mend it where a session is logged in already: a call has just failed. What the module has read of the card is not so
 * any more, but for what it has given up itself. Nothing is done to a card that is whole.
 */
UKB_MUST_USE enum ukb_status ukb_env_mend_card(const struct ukb_renewal_env *env, const struct ukb_hold *hold,
                                               struct ukb_error *reterr);

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

/** Is it one of those? Whatever a token chose instead, other objects may bear, too. */
bool ukb_key_id_is_fresh(const unsigned char *id, size_t id_len);

/** Describe @p certificate as an object of the journal; its der is borrowed from the certificate. */
struct ukb_renewal_object ukb_renewal_object_of(const struct ukb_certificate *certificate,
                                                enum ukb_renewal_action action);

/** A copy of its own. */
UKB_MUST_USE enum ukb_status ukb_certificate_copy(const struct ukb_certificate *certificate,
                                                  struct ukb_certificate **ret_copy, struct ukb_error *reterr);

enum ukb_renewal_kind ukb_renewal_kind_of(enum ukb_kind kind);
enum ukb_kind ukb_kind_of(enum ukb_renewal_kind kind);

/* orphans.c */

/** Delete the key pair of a record whose request never came to be. */
UKB_MUST_USE enum ukb_status ukb_orphan_destroy(const struct ukb_token_session *session,
                                                const struct ukb_renewal_record *record, struct ukb_error *reterr);

/* recover.c */

/**
 * Finish or undo what calls of this origin left behind on the UKey of @p hold, which is logged in and locked: no other
 * process is at it then, so what is found is dead. What the token does not explain is left alone and marked.
 *
 * @retval UKB_E_ROLLED_BACK, TOKEN_REMOVED…  one could not be finished: the hold is not logged in any more.
 */
UKB_MUST_USE enum ukb_status ukb_recover_own(const struct ukb_renewal_env *env, struct ukb_hold *hold,
                                             struct ukb_error *reterr);

/* plan.c */

/** A checked installation: what takes the place of what. Zero-initialise; free with ukb_plan_done(). */
struct ukb_plan {
    struct ukb_renewal_record record; /* of the renewal; record.id is "" for a call by token before it is inserted */
    bool has_record;
    struct ukb_exchanges exchanges;
    struct ukb_inventory inventory; /* the token when the plan was made */
    struct ukb_envelope *envelope;  /* of a key that comes along; NULL: none */
    bool is_installed;              /* the renewal has brought exactly these certificates already */
    bool is_unseen;                 /* the token does not show what it holds: the inventory is empty */
    struct ukb_warnings warnings;
};

/** Which token does an installation concern? Reads the journal for a renewal id. */
UKB_MUST_USE enum ukb_status ukb_plan_token(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                                            char ret_token[UKB_TOKEN_ID_LEN + 1U], struct ukb_error *reterr);

/**
 * Make the plan from parameters, journal and token, and check it. Call it again with the same plan after the login:
 * things may change. Everything is read again then; certificates that are on the token still are not parsed again.
 * @retval others  the plan is empty.
 */
UKB_MUST_USE enum ukb_status ukb_plan_make(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                                           const struct ukb_token_session *session, struct ukb_plan *inout_plan,
                                           struct ukb_error *reterr);

/**
 * What an installation that was begun before with these very certificates will finish, checked: by the journal alone,
 * for a token that does not show what it holds.
 * @param ret_begun  false: there is none, and @p ret_plan is untouched.
 * @retval UKB_E_WRONG_STATE  it was begun with other certificates; and others of ukb_plan_make().
 */
UKB_MUST_USE enum ukb_status ukb_plan_begun(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                                            const struct ukb_token_session *session, bool *ret_begun,
                                            struct ukb_plan *ret_plan, struct ukb_error *reterr);
void ukb_plan_done(struct ukb_plan *plan);

/** To whom a delivered key is enveloped: borrowed from the plan. */
struct ukb_plan_recipient {
    const struct ukb_certificate
        *certificate;                 /* the present encryption certificate, else the new signing one; or NULL */
    const struct ukb_public_key *key; /* its key; without one the request's */
};
struct ukb_plan_recipient ukb_plan_recipient(const struct ukb_plan *plan);

/** Will the old certificate be gone afterwards: replaced, or with its pair by policy `retireOldSigning: now`? */
bool ukb_plan_removes_old(const struct ukb_renewal_env *env, const struct ukb_exchange *exchange);

/* halves.c */

/** The rules between the certificates of a plan whose old ones are found, and between them and those on the token. */
UKB_MUST_USE enum ukb_status ukb_plan_check_halves(const struct ukb_plan *plan, struct ukb_error *reterr);

/* replaced.c */

/** Find the old certificate of an exchange whose candidate is set: from the journal, else from the token. */
UKB_MUST_USE enum ukb_status ukb_replaced_find(const struct ukb_plan *plan, const char *certificate_id,
                                               struct ukb_exchange *exchange, struct ukb_error *reterr);

/* transact.c */

/** Bringing exchanges onto the token. Everything is borrowed. */
struct ukb_transaction {
    const struct ukb_renewal_env *env;
    struct ukb_hold *hold;                   /* logged in and locked */
    const struct ukb_renewal_record *record; /* `installing` in the journal */
    struct ukb_exchanges *exchanges;         /* placed */
    const struct ukb_private_key *delivered; /* the key that one of them imports; NULL: it is there, or none does */
    struct ukb_audit_draft *audit;           /* kept with the commit; NULL: none */
};

/** The steps that `progress` tells, in order. Up to the login the user may still change his mind. */
enum ukb_install_step {
    UKB_STEP_CHECK,
    UKB_STEP_PIN,
    UKB_STEP_IMPORT_KEY,
    UKB_STEP_WRITE,
    UKB_STEP_PROVE,
    UKB_STEP_COMMIT,
    UKB_STEP_TIDY,
    UKB_STEP_COUNT
};

/** Report a step; @p imports: does a key come along? */
void ukb_install_progress(const struct ukb_renewal_env *env, enum ukb_install_step step, bool imports);

/**
 * Bring what is not there yet, prove it, commit. What fails is undone, and the hold's session is another one then,
 * without a login.
 * @retval UKB_E_ROLLED_BACK     undone, with attribute "cause"; the record is `requested` again, or `rolled-back`.
 * @retval UKB_E_TOKEN_REMOVED, or why it could not be undone: the record stays `installing`.
 */
UKB_MUST_USE enum ukb_status ukb_transact_finish(const struct ukb_transaction *transaction, struct ukb_error *reterr);

/**
 * Take what is there away again, and look whether it is gone.
 * @param why  what failed just now, for the journal: the token is looked at anew then, and the hold's session is
 * another one, as after a failure here. NULL: it was cut off some time ago.
 */
UKB_MUST_USE enum ukb_status ukb_transact_undo(const struct ukb_transaction *transaction, const struct ukb_error *why,
                                               struct ukb_error *reterr);

/* write.c */

/** What is written where. Borrowed; ids: the key's own, and the temporary one (same key only). */
struct ukb_write {
    const struct ukb_certificate *old; /* gives way when the key stays; NULL: nothing gives way */
    const struct ukb_certificate *candidate;
    const char *label;
    const unsigned char *key_id;
    size_t key_id_len;
    const unsigned char *temp_id;
    size_t temp_id_len; /* 0: a new key, nothing is replaced */
    bool keep_old;      /* the old one is not removed: it stays, as history, under temp_id */
};

/** Bring the certificate onto the token. Idempotent: starts from whatever an interruption of itself left. */
UKB_MUST_USE enum ukb_status ukb_write_apply(struct ukb_token_session *session, const struct ukb_write *write,
                                             struct ukb_error *reterr);

/** Take the certificate off the token again and put the old one back. Idempotent too. */
UKB_MUST_USE enum ukb_status ukb_write_undo(struct ukb_token_session *session, const struct ukb_write *write,
                                            struct ukb_error *reterr);

/**
 * Read the certificate back in a fresh session, and have @p key prove itself with it: the signing half signs a random
 * message, the encryption half opens a random secret.
 */
UKB_MUST_USE enum ukb_status ukb_write_prove(struct ukb_token_session *session, const struct ukb_write *write,
                                             enum ukb_half half, const struct ukb_token_key *key,
                                             struct ukb_error *reterr);

/* retire.c */

/**
 * Delete superseded signing pairs as policy `retireOldSigning` says: only certificates that a renewal of this journal
 * replaced by one that is on the token now, never a key that may decrypt.
 */
UKB_MUST_USE enum ukb_status ukb_retire_old(const struct ukb_renewal_env *env, struct ukb_token_session *session,
                                            const char *token, const char *renewal, struct ukb_error *reterr);

/** Was the retirement of @p record's old pair promised, cut off, and can it be finished? */
bool ukb_retire_is_open(const struct ukb_renewal_record *record, const struct ukb_inventory *inventory);

#endif /* UKB_RENEWAL_INTERNAL_H */
