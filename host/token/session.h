/* SPDX-License-Identifier: MIT */
/*
 * session - one PKCS#11 session on a token that was identified, and what a failed call on it means.
 *
 * Room: token.
 */
#ifndef UKB_TOKEN_SESSION_H
#define UKB_TOKEN_SESSION_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#include "core/status.h"

struct ukb_module;     /* token/module.h */
struct ukb_token_info; /* token/token.h */

/** One open session (PKCS#11 v2.40 §5.6). Borrows its module, which must outlive it. */
struct ukb_token_session;

/**
 * Find the token @p token_id in @p module and open a session on it. The token is identified again after the session is
 * open, so that a token swapped in between is not taken for it.
 *
 * @param writable     open for writing (CKF_RW_SESSION).
 * @param ret_session  owned by the caller: ukb_token_session_free().
 *
 * @retval UKB_E_NO_TOKEN         no such token is in.
 * @retval UKB_E_TOKEN_AMBIGUOUS  @p writable, and two tokens have this id. For reading the first is taken.
 * @retval UKB_E_TOKEN_READ_ONLY  @p writable, and the token is write-protected.
 * @retval others                 as ukb_token_failure().
 */
UKB_MUST_USE enum ukb_status ukb_token_session_open(struct ukb_module *module, const char *token_id, bool writable,
                                                    struct ukb_token_session **ret_session, struct ukb_error *reterr);

/**
 * Open a further, read-only session on @p session's slot: some modules answer a session from what it read before, so
 * what was written is read back through a fresh one. It is not logged in by itself, but PKCS#11 shares a login between
 * all sessions of a process; freeing it logs nobody out. It holds no PIN: sign through the session that logged in.
 *
 * @retval UKB_E_TOKEN_REMOVED  the slot no longer holds this token.
 */
UKB_MUST_USE enum ukb_status ukb_token_session_again(const struct ukb_token_session *session,
                                                     struct ukb_token_session **ret_session, struct ukb_error *reterr);

/**
 * Look at the token as if for the first time: end @p inout_session, which must be its module's only one, start the
 * module again, and open a session without a login. A module that keeps what it read (OpenSC) goes on answering from
 * that for a while after the card was pulled, and then knows neither what was written nor what was not; and it does not
 * see what another process wrote.
 *
 * @param inout_session  replaced; what is called before its writes stays. NULL after a failure.
 * @param writable       as for ukb_token_session_open().
 *
 * @retval UKB_E_TOKEN_REMOVED   the token is in no slot.
 * @retval UKB_E_MODULE_MISSING  the module does not start again.
 * @retval others                as ukb_token_session_open().
 */
UKB_MUST_USE enum ukb_status ukb_token_session_anew(struct ukb_token_session **inout_session, bool writable,
                                                    struct ukb_error *reterr);

/** The token's info when the session was opened. Borrowed: valid until ukb_token_session_free(). */
const struct ukb_token_info *ukb_token_session_info(const struct ukb_token_session *session);

/** Log out if this session logged in, wipe its PIN, close and free it. NULL and a removed token are fine. */
void ukb_token_session_free(struct ukb_token_session *session);

/** What is called before each call that changes the token's objects. When it fails the call is not made, and fails so. */
typedef enum ukb_status (*ukb_token_before_write_fn)(void *ctx, const struct ukb_token_session *session,
                                                     struct ukb_error *reterr);

/** Have @p before called before each call that makes, imports or destroys an object. NULL: nobody. */
void ukb_token_session_set_before_write(struct ukb_token_session *session, ukb_token_before_write_fn before, void *ctx);

/**
 * Whether the session's token is in no slot any more. PC/SC goes on showing a card for a moment after it was pulled out:
 * where slots are hardware this looks for most of a second before it says no.
 */
bool ukb_token_session_is_gone(const struct ukb_token_session *session);

/** True while @p session is logged in by its own login; false for NULL. A renewed session (_anew) is not. */
bool ukb_token_session_is_logged_in(const struct ukb_token_session *session);

/**
 * Say what the failed call @p what means: raise the status for @p rv, with attribute "ckr" (its name, as
 * "CKR_GENERAL_ERROR") where that is UKB_E_TOKEN_ERROR.
 *
 * The codes that modules give for a token that is gone, and for much else, are decided by looking for the token again:
 * absent is UKB_E_TOKEN_REMOVED. The others by a table: UKB_E_TOKEN_FULL, UKB_E_TOKEN_READ_ONLY, UKB_E_TOKEN_BUSY,
 * UKB_E_UNSUPPORTED, UKB_E_PIN_LOCKED, UKB_E_PIN_MUST_CHANGE, UKB_E_INTERNAL for no memory, else UKB_E_TOKEN_ERROR.
 *
 * @param rv    not CKR_OK.
 * @param what  for the message: "C_GenerateKeyPair".
 * @return the status raised.
 */
UKB_MUST_USE enum ukb_status ukb_token_failure(const struct ukb_token_session *session, CK_RV rv, const char *what,
                                               struct ukb_error *reterr);

#endif /* UKB_TOKEN_SESSION_H */
