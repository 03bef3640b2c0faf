/* SPDX-License-Identifier: MIT */
/*
 * hold - the UKey that one call works with: its session, the dialogs about it, its lock.
 *
 * Room: hold.  May include core/, platform/, secret/, dialog/ and token/.  The one place where the token room's
 * questions (which PIN? the last try?) become the dialog room's; it knows neither methods nor certificates.
 */
#ifndef UKB_HOLD_HOLD_H
#define UKB_HOLD_HOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "dialog/dialog.h"
#include "token/module.h"
#include "token/session.h"

struct ukb_lock;   /* platform/lock.h */
struct ukb_secret; /* secret/secret.h */

/** What a hold works with: everything borrowed. */
struct ukb_hold_env {
    struct ukb_module *module; /**< NULL in a process without a module */
    struct ukb_dialog *dialog; /**< NULL in a process that never asks */
    const char *origin;        /**< who asks, as the dialogs say it; NULL: the extension's own window */
    const char *lock_dir;      /**< folder of the tokens' locks */
    /** From now on this process must not be stopped (true), or may be again; may be NULL. A change of PIN calls it. */
    void (*uninterruptible)(void *ctx, bool on);
    void *ctx; /**< handed to uninterruptible */
};

/** Zero-initialise; end with ukb_hold_done(). */
struct ukb_hold {
    struct ukb_hold_env env;
    struct ukb_token_session *session;
    bool writable;            /**< as it was opened */
    bool is_renewed;          /**< by the last login: others had written, and what was read before it may not be so */
    struct ukb_lock *lock;    /**< writes to one token are serialised over all processes */
    struct ukb_lock *writing; /**< hold/writes.h */
    unsigned int waited_ms;   /**< for other processes, by this call; ukb_hold_done() leaves it */
};

/**
 * Open a session on @p token, for writing when @p writable. Nobody is asked yet.
 *
 * @param env  copied; what it points to must outlive the hold.
 * @retval UKB_E_NO_TOKEN  no such token is in, or there is no module.
 * @retval others          as ukb_token_session_open().
 */
UKB_MUST_USE enum ukb_status ukb_hold_open(const struct ukb_hold_env *env, const char *token, bool writable,
                                           struct ukb_hold *ret_hold, struct ukb_error *reterr);

/** How long a look waits for a write that is under way, before a dialog and in a call that only shows something. */
#define UKB_HOLD_BEFORE_DIALOG_MS 20000U
#define UKB_HOLD_TO_SHOW_MS       5000U

/**
 * Keep all other processes from writing to the UKey while this one looks at it, without a login: what is half written
 * looks like anything. Others may look, too. What was written since the module started it sees: the session is another
 * one then. To be given back with ukb_hold_unshare() before anybody is asked anything.
 *
 * @param wait_ms  one of those above; a call waits 45 s in all.
 * @retval UKB_E_TOKEN_BUSY  another process is still writing.
 * @retval others            as ukb_lock_share() and ukb_token_session_anew().
 */
UKB_MUST_USE enum ukb_status ukb_hold_share(struct ukb_hold *hold, unsigned int wait_ms, struct ukb_error *reterr);

/**
 * The same without a hold, and without waiting: NULL when somebody is writing to @p token, or going to. To be given to
 * ukb_lock_release().
 */
struct ukb_lock *ukb_hold_share_now(const char *lock_dir, const char *token);

/**
 * With that: have the module see what others wrote since it started. The session is another one then.
 * Errors as ukb_token_session_anew().
 */
UKB_MUST_USE enum ukb_status ukb_hold_catch_up(struct ukb_hold *hold, struct ukb_error *reterr);

/** Where nothing is shared nothing is done. */
void ukb_hold_unshare(struct ukb_hold *hold);

/**
 * Ask for the PIN in the words of @p action and @p lines, take the token's lock, and log in on that very session: a
 * module may write at each login (SoftHSM does), so two processes never log in at once. The lock stays on success.
 * When others have written while the user typed, the module is started again before the PIN is tried: is_renewed.
 * Errors as ukb_token_login() and ukb_dialog_ask_pin(); UKB_E_TOKEN_BUSY when another process keeps writing, and the
 * PIN was not tried.
 */
UKB_MUST_USE enum ukb_status ukb_hold_login(struct ukb_hold *hold, enum ukb_dialog_action action,
                                            const char *const *lines, size_t line_count, struct ukb_error *reterr);

/** Ask a question before the PIN: one for each warning. Errors as ukb_dialog_confirm(). */
UKB_MUST_USE enum ukb_status ukb_hold_confirm(const struct ukb_hold *hold, enum ukb_dialog_action action,
                                              const char *question, struct ukb_error *reterr);

/**
 * Have the user change the PIN of the UKey: asks for the present one (which may be an initial one that must be
 * changed), then for the new one. The hold must be open for writing and not logged in; the lock is taken before the
 * token is touched. Errors as ukb_token_pin_change() and ukb_dialog_ask_new_pin(); UKB_E_TOKEN_BUSY as above.
 */
UKB_MUST_USE enum ukb_status ukb_hold_change_pin(struct ukb_hold *hold, struct ukb_error *reterr);

/** The same by the administrator's PIN, whatever state the user's is in. Errors as ukb_token_pin_unblock(). */
UKB_MUST_USE enum ukb_status ukb_hold_unblock_pin(struct ukb_hold *hold, struct ukb_error *reterr);

/**
 * The same with an administrator's PIN that somebody else gave: the user is asked for the new PIN only, and for a yes
 * before the last try. Whether the new PIN is @p so_pin is not looked at: the answer would tell the user about it.
 *
 * @param so_pin  taken: empty afterwards, whatever this returns.
 * @retval UKB_E_UNSUPPORTED  PINs are entered on the device itself.
 * @retval others             as ukb_hold_unblock_pin().
 */
UKB_MUST_USE enum ukb_status ukb_hold_reset_pin(struct ukb_hold *hold, struct ukb_secret *so_pin,
                                                struct ukb_error *reterr);

/** Log out, close the session, release the lock. A hold that was never opened is fine. */
void ukb_hold_done(struct ukb_hold *hold);

/**
 * The same at the end of a call that came to @p st. A UKey that is being pulled out answers, for a moment, as if it held
 * nothing, or nonsense: a failure that may be no more than that is told as UKB_E_TOKEN_REMOVED when the UKey is gone.
 * @return @p st, or that.
 */
UKB_MUST_USE enum ukb_status ukb_hold_end(struct ukb_hold *hold, enum ukb_status st, struct ukb_error *reterr);

#endif /* UKB_HOLD_HOLD_H */
