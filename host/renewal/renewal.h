/* SPDX-License-Identifier: MIT */
/*
 * renewal - the transaction that brings a new certificate onto a UKey without ever being without one.
 *
 * Room: renewal.  Each of its calls is one file that reads from top to bottom: begin.c, preview.c, install.c (with
 * plan.c for the checks, transact.c and write.c for the token), recover.c (with diagnose.c), abandon.c.  The states and
 * what each step leaves behind: host/docs/renewal.md.
 */
#ifndef UKB_RENEWAL_RENEWAL_H
#define UKB_RENEWAL_RENEWAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/rpc.h"
#include "core/status.h"
#include "dialog/dialog.h"
#include "dialog/words.h"
#include "pki/check.h"
#include "pki/subject.h"
#include "policy/policy.h"
#include "store/journal.h"
#include "token/module.h"
#include "token/token.h"

/** What a call works with: everything borrowed. */
struct ukb_renewal_env {
    const struct ukb_policy *policy;
    struct ukb_journal *journal;
    struct ukb_module *module; /**< NULL in a worker without a module */
    struct ukb_dialog *dialog; /**< NULL in a worker that never asks */
    const struct ukb_context *context;
    const char *lock_dir;
    long long now_s;               /**< Unix seconds */
    struct ukb_audit_draft *audit; /**< of this call, as it reads when it succeeds: kept with its commit; NULL: none */

    /** A step begins; may be NULL. @p step is a name of host/docs/protocol.md, @p done counts from 0. */
    void (*progress)(void *ctx, const char *step, unsigned int done, unsigned int total, bool interruptible);
    /** From now on this process must not be stopped (true), or may be again; may be NULL. */
    void (*uninterruptible)(void *ctx, bool on);
    void *ctx;
};

/** renewal.begin's parameters, borrowed. */
struct ukb_begin_params {
    const char *token;
    enum ukb_kind kind;
    const char *certificate; /**< NULL: none */
    const struct ukb_subject_item *subject;
    size_t subject_count;
    const char *key;       /**< "same", "new" or NULL for the kind's default */
    const char *algorithm; /**< "RSA-2048"…, or NULL for that of the old key */
    bool dual;
    const char *challenge; /**< NULL: none */
    const char *order;     /**< NULL: none */
};

/** renewal.preview's and renewal.install's parameters, borrowed. */
struct ukb_install_params {
    const char *renewal;        /**< either this … */
    const char *token;          /**< … or this, with certificate for the one to be replaced */
    const char *certificate;    /**< NULL: none */
    const char *signing;        /**< PEM; NULL: none */
    const char *encryption;     /**< PEM; NULL: none */
    const char *encryption_key; /**< base64 of the envelope that its key comes in; NULL: none */
    const char *chain[UKB_CHAIN_MAX_ITEMS];
    size_t chain_count;
};

/** One line of a preview. */
struct ukb_renewal_preview_change {
    const char *action;                  /**< "add", "remove" or "keep" */
    struct ukb_certificate *certificate; /**< owned */
};

/** What an installation would do. Zero-initialise; free with ukb_renewal_preview_done(). */
struct ukb_renewal_preview {
    char token[UKB_TOKEN_ID_LEN + 1U];
    struct ukb_renewal_preview_change changes[UKB_RENEWAL_OBJECTS_MAX];
    size_t change_count;
    struct ukb_warnings warnings;
};
void ukb_renewal_preview_done(struct ukb_renewal_preview *preview);

/**
 * Make a key or take the one that is there, and a request for it; or return the open renewal of the same origin,
 * certificate, kind and key.
 *
 * Asks for the PIN, unless an open renewal answers; before that, to mend a torn card (card/mend.h). On failure no key
 * of this call is left on the token; where that cannot be told (the UKey is gone) the journal knows its id and the next
 * call on this UKey deletes it.
 *
 * @param ret_record  free with ukb_renewal_record_done().
 * @retval UKB_E_PARAMS           a field that the kind does not take, or misses.
 * @retval UKB_E_RENEWAL_PENDING  another open renewal of this origin and certificate; attribute "renewal".
 * @retval UKB_E_NO_CERTIFICATE, UKB_E_WRONG_ROLE, UKB_E_UNSUPPORTED, PIN, token and journal errors.
 */
UKB_MUST_USE enum ukb_status ukb_renewal_begin(const struct ukb_renewal_env *env, const struct ukb_begin_params *params,
                                               struct ukb_renewal_record *ret_record, struct ukb_error *reterr);

/** Check everything that can be checked without a PIN and say what an installation would change. Writes nothing. */
UKB_MUST_USE enum ukb_status ukb_renewal_preview(const struct ukb_renewal_env *env,
                                                 const struct ukb_install_params *params,
                                                 struct ukb_renewal_preview *ret_preview, struct ukb_error *reterr);

/**
 * Write the certificate, read it back, prove its key, commit. Asks for the PIN; each warning gets a question of its
 * own.
 *
 * @retval UKB_E_ROLLED_BACK  the write or the proof failed and was undone; attribute "cause". The renewal is
 * `requested` again when it has a request: the call may be repeated.
 * @retval others             the checks' errors, PIN, token and journal errors; nothing was changed then, unless the
 *                            UKey went in the middle: the renewal stays `installing`, and repeating the call finishes
 * it.
 */
UKB_MUST_USE enum ukb_status ukb_renewal_install(const struct ukb_renewal_env *env,
                                                 const struct ukb_install_params *params,
                                                 struct ukb_renewal_record *ret_record, struct ukb_error *reterr);

/** Read one renewal. @retval UKB_E_NO_RENEWAL, UKB_E_NOT_YOURS (another origin's). */
UKB_MUST_USE enum ukb_status ukb_renewal_get(const struct ukb_renewal_env *env, const char *id,
                                             struct ukb_renewal_record *ret_record, struct ukb_error *reterr);

/**
 * Finish or undo what was interrupted on @p token, whoever asked for it. Asks for the PIN when there is anything to be
 * done. What the UKey does not explain is left alone and becomes `needs-attention`.
 *
 * @param ret_done  the renewals that something was done about, as they are now; free with ukb_renewal_list_done().
 * @retval others   PIN, token and journal errors; what was not reached stays as it was.
 */
UKB_MUST_USE enum ukb_status ukb_renewal_recover(const struct ukb_renewal_env *env, const char *token,
                                                 struct ukb_renewal_list *ret_done, struct ukb_error *reterr);

/** Told of a renewal that was interrupted; @p next is "finish" or "undo". The record is borrowed. */
typedef void (*ukb_pending_teller)(void *ctx, const struct ukb_renewal_record *record, const char *next);

/**
 * Tell which renewals were interrupted on @p token, and what ukb_renewal_recover() will do as far as can be seen
 * without a PIN. One that is under way just now, in whatever process, is not told. When none was, and a smart card is
 * torn (card/mend.h), the last renewal is told, whatever its state: to recover is to mend the card. Reads only.
 */
UKB_MUST_USE enum ukb_status ukb_renewal_pending(const struct ukb_renewal_env *env, const char *token,
                                                 ukb_pending_teller teller, void *ctx, struct ukb_error *reterr);

/**
 * Give a renewal up. Deletes its key, after the PIN, when it made one.
 * One that needs attention is given up in the journal only: its UKey was changed elsewhere.
 * @retval UKB_E_WRONG_STATE  installed, being installed, or over; attribute "state". Abandoned already: UKB_OK.
 * @retval UKB_E_NO_TOKEN     its key is on a UKey that is not inserted.
 */
UKB_MUST_USE enum ukb_status ukb_renewal_abandon(const struct ukb_renewal_env *env, const char *id,
                                                 struct ukb_error *reterr);

#endif /* UKB_RENEWAL_RENEWAL_H */
