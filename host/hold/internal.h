/* SPDX-License-Identifier: MIT */
/*
 * internal - what the files of this room share.
 *
 * Room: hold, inside only.
 */
#ifndef UKB_HOLD_INTERNAL_H
#define UKB_HOLD_INTERNAL_H

#include "dialog/dialog.h"
#include "hold/hold.h"
#include "token/login.h"

/* ask.c */

/** A user who is asked about one action. */
struct ukb_asking {
    struct ukb_dialog *dialog;
    struct ukb_dialog_facts facts;
};

/** About @p action on the hold's UKey, for @p pin. The facts borrow from the hold. */
struct ukb_asking ukb_asking_of(const struct ukb_hold *hold, enum ukb_dialog_action action, enum ukb_dialog_pin pin);

/** The same as a source of PINs; @p asking, borrowed, is its ctx. */
struct ukb_pin_source ukb_asking_source(struct ukb_asking *asking);

/* hold.c */

/** Take the lock of the hold's token. @retval UKB_E_TOKEN_BUSY  another process keeps writing. */
UKB_MUST_USE enum ukb_status ukb_hold_lock(struct ukb_hold *hold, struct ukb_error *reterr);

#endif /* UKB_HOLD_INTERNAL_H */
