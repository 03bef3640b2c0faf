/* SPDX-License-Identifier: MIT */
/*
 * pin - give a token another user PIN: its user by the old one, or its administrator.
 *
 * Room: token.
 */
#ifndef UKB_TOKEN_PIN_H
#define UKB_TOKEN_PIN_H

#include <stddef.h>

#include "core/status.h"
#include "secret/secret.h"
#include "token/login.h"

struct ukb_token_session; /* token/session.h */

/** Where the PINs of a change come from: the dialog, or a test. */
struct ukb_new_pin_source {
    struct ukb_pin_source present; /**< asks for the PIN in force: the user's own, or the administrator's */
    /**
     * Ask for the new user PIN. Not called for a reader with its own PIN pad. Gets present.ctx.
     *
     * @param unlike   the PIN that `present` gave: the new one should be another.
     * @param min_len  bytes that the token takes.
     * @param max_len  bytes.
     * @param ret_pin  as in ukb_pin_source.
     * @return UKB_OK, or what was raised.
     */
    enum ukb_status (*get_new)(void *ctx, const struct ukb_secret *unlike, size_t min_len, size_t max_len,
                               struct ukb_secret *ret_pin, struct ukb_error *reterr);
    /**
     * Nobody will be asked any more; the module is called next. Gets present.ctx. NULL: nothing to do.
     *
     * @return UKB_OK, or what was raised: then the change ends here, with nothing done.
     */
    enum ukb_status (*before_write)(void *ctx, struct ukb_error *reterr);
};

/**
 * Change the user PIN (C_SetPIN, PKCS#11 v2.40 §5.5) on @p session, which must be writable. Works for a PIN that must
 * be changed first, too.
 *
 * The token's identity and PIN flags are read before the source is asked, after it, and again right before the PIN is
 * tried. A wrong old PIN spends one try, never more: it goes to C_Login, and only where that accepts it to C_SetPIN. A
 * PIN that must be changed, and one that is entered on a pad, goes to C_SetPIN alone, and only where a token wants its
 * user logged in for that (CKR_USER_NOT_LOGGED_IN, before it looks at the PIN) to C_Login and again. The user is logged
 * out, and all PINs are wiped, before this returns.
 *
 * @retval UKB_OK                 the new PIN is in force.
 * @retval UKB_E_PIN_LENGTH       the old or the new PIN has not the length or the characters that the token takes.
 * @retval UKB_E_UNSUPPORTED      there is no user PIN yet, or the token changes none.
 * @retval others                 as ukb_token_login(), for the old PIN; what the source raised.
 */
UKB_MUST_USE enum ukb_status ukb_token_pin_change(struct ukb_token_session *session,
                                                  const struct ukb_new_pin_source *source, struct ukb_error *reterr);

/**
 * Set a new user PIN with the administrator's: C_Login(CKU_SO), C_InitPIN, C_Logout, on @p session, which must be
 * writable. In which state the user PIN is does not matter.
 *
 * The administrator's PIN has tries of its own, and locks for good: its flags are honoured as the user PIN's are by
 * ukb_token_login(), its length is not the user PIN's. No other session of this process may be open for reading only.
 *
 * @retval UKB_OK                 the new PIN is in force, and its tries are full again.
 * @retval UKB_E_PIN_INCORRECT, UKB_E_PIN_LOCKED, UKB_E_PIN_FINAL_TRY  of the administrator's PIN.
 * @retval UKB_E_PIN_LENGTH       the new PIN has not the length or the characters that the token takes.
 * @retval UKB_E_UNSUPPORTED      the token has no such way, or wants its administrator's PIN changed first.
 * @retval others                 as ukb_token_login(); what the source raised.
 */
UKB_MUST_USE enum ukb_status ukb_token_pin_unblock(struct ukb_token_session *session,
                                                   const struct ukb_new_pin_source *source, struct ukb_error *reterr);

#endif /* UKB_TOKEN_PIN_H */
