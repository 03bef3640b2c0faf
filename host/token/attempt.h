/* SPDX-License-Identifier: MIT */
/*
 * attempt - the discipline of one try at a PIN, whatever it is for: to log in, to change it, to unblock.
 *
 * Look (is it this token? may its PIN be tried?), ask, look again, call the module once, say what its answer means.
 * Room: token, inside only.
 */
#ifndef UKB_TOKEN_ATTEMPT_H
#define UKB_TOKEN_ATTEMPT_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#include "core/status.h"
#include "secret/secret.h"
#include "token/login.h"
#include "token/token.h"

/** What a PIN is tried for; which PIN that is, and which of its flags count. */
enum ukb_attempt_purpose {
    UKB_ATTEMPT_LOGIN,   /**< the user PIN, which must not be one that is to be changed first */
    UKB_ATTEMPT_CHANGE,  /**< the user PIN */
    UKB_ATTEMPT_UNBLOCK, /**< the administrator's PIN */
};

/** Set the first three; all borrowed. */
struct ukb_attempt {
    const struct ukb_token_session *session;
    const struct ukb_pin_source *source;
    enum ukb_attempt_purpose purpose;
    bool confirmed;             /**< the user gave his word for the last try */
    struct ukb_token_info info; /**< of the token as it was seen last */
};

/**
 * Look at the token that is in the slot now: is it the session's, and may its PIN be tried? Asks for the user's word,
 * once, before a last try; without @p may_ask it is refused instead. Spends no try.
 *
 * @retval UKB_E_PIN_LOCKED, UKB_E_PIN_MUST_CHANGE, UKB_E_PIN_FINAL_TRY, UKB_E_TOKEN_REMOVED  as ukb_token_login().
 * @retval UKB_E_UNSUPPORTED  a change, but there is no PIN yet.
 * @retval others             what the source raised, or as ukb_token_failure().
 */
UKB_MUST_USE enum ukb_status ukb_attempt_look(struct ukb_attempt *attempt, bool may_ask, struct ukb_error *reterr);

/**
 * Get the PIN to be tried, of a length that the token takes; with a PIN pad none, after the user was told.
 * @param pin  empty; the caller's to wipe, whatever this returns.
 */
UKB_MUST_USE enum ukb_status ukb_attempt_ask(const struct ukb_attempt *attempt, struct ukb_secret *pin,
                                             struct ukb_error *reterr);

/** Raise what @p rv, the answer of @p function to the PIN, means. The flags as they are now have the first word. */
UKB_MUST_USE enum ukb_status ukb_attempt_failure(const struct ukb_attempt *attempt, CK_RV rv, const char *function,
                                                 struct ukb_error *reterr);

/** What @p rv means where a new PIN was handed over; UKB_E_PIN_LENGTH for one that the token does not like. */
enum ukb_status ukb_attempt_new_pin_status(CK_RV rv);

#endif /* UKB_TOKEN_ATTEMPT_H */
