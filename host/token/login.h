/* SPDX-License-Identifier: MIT */
/*
 * login - log the user in without spending a PIN try by accident.
 *
 * Room: token.
 */
#ifndef UKB_TOKEN_LOGIN_H
#define UKB_TOKEN_LOGIN_H

#include <stddef.h>

#include "core/status.h"
#include "secret/secret.h"
#include "token/token.h"

struct ukb_token_session; /* token/session.h */

/** Where a PIN comes from: the dialog, or a test. */
struct ukb_pin_source {
    /**
     * Ask for the user PIN. Not called for a reader with its own PIN pad.
     *
     * @param state    what to tell the user before the entry: ok, low or final.
     * @param min_len  bytes that the token takes; the source may let the user correct a PIN of another length.
     * @param max_len  bytes.
     * @param ret_pin  empty; on success the source allocates it (ukb_secret_alloc) and sets len: UTF-8, no NUL. The
     * caller owns and wipes it.
     * @return UKB_OK, or what was raised: UKB_E_PIN_CANCELLED, UKB_E_PIN_TIMEOUT, UKB_E_PIN_UI_UNAVAILABLE, …
     */
    enum ukb_status (*get)(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len,
                           struct ukb_secret *ret_pin, struct ukb_error *reterr);
    /**
     * Ask whether the last try may be spent. NULL: it may not.
     *
     * @return UKB_OK for yes; otherwise what was raised, UKB_E_PIN_FINAL_TRY for no.
     */
    enum ukb_status (*confirm_final_try)(void *ctx, struct ukb_error *reterr);
    /**
     * Say that PINs are entered on the reader itself, and wait until the user is ready for that. NULL: nothing is said.
     *
     * @return UKB_OK, or what was raised: UKB_E_PIN_CANCELLED, …
     */
    enum ukb_status (*ready_for_pad)(void *ctx, struct ukb_error *reterr);
    void *ctx; /**< handed to all */
};

/**
 * Log the user in on @p session (C_Login, PKCS#11 v2.40 §5.6), with a PIN from @p source.
 *
 * The token's identity and PIN flags are read before the source is asked, to tell the user the truth, and again right
 * before the one C_Login call, so that a try spent elsewhere meanwhile is seen. At most one try is spent; nothing is
 * retried. The flags after a failure, not only the module's answer, decide what is reported.
 *
 * A PIN that succeeded stays in secret memory inside @p session, for keys that want it again at each signature, until
 * ukb_token_session_free(); any other PIN is wiped before this returns.
 *
 * @param source  borrowed. `get` may be NULL when every reader has a PIN pad.
 *
 * @retval UKB_E_PIN_LOCKED       attribute retriesLeft 0. No try spent, or it was the last one.
 * @retval UKB_E_PIN_MUST_CHANGE  no PIN set, or it must be changed first. No try spent.
 * @retval UKB_E_PIN_FINAL_TRY    one try left and no word of the user for it. No try spent.
 * @retval UKB_E_PIN_LENGTH       shorter or longer than the token takes. No try spent.
 * @retval UKB_E_PIN_INCORRECT    one try spent; attribute retriesLeft: 1 when the next is the last, else null.
 * @retval UKB_E_PIN_CANCELLED    on the PIN pad.
 * @retval UKB_E_TOKEN_BUSY       this process is logged in already: the PIN was not checked.
 * @retval UKB_E_TOKEN_REMOVED    this token is gone, or another is in its place. It got no PIN.
 * @retval UKB_E_TOKEN_ERROR      anything else; attribute "ckr". May have spent a try: the message says so.
 * @retval others                 what the source raised.
 */
UKB_MUST_USE enum ukb_status ukb_token_login(struct ukb_token_session *session, const struct ukb_pin_source *source,
                                             struct ukb_error *reterr);

#endif /* UKB_TOKEN_LOGIN_H */
