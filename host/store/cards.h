/* SPDX-License-Identifier: MIT */
/*
 * cards - what smart cards held before the last call of this program that wrote to them, so that one that was cut off
 * can be taken back (card/mend.h).
 *
 * Room: store.  Part of the journal: one transaction each, with its errors; see store/journal.h. One image for a token,
 * the last one.
 */
#ifndef UKB_STORE_CARDS_H
#define UKB_STORE_CARDS_H

#include <stdbool.h>

#include "core/card_image.h"
#include "core/status.h"

struct ukb_journal; /* store/journal.h */

/** Keep @p image of @p token, in the place of an older one. On the disk when it returns. */
UKB_MUST_USE enum ukb_status ukb_cards_keep(struct ukb_journal *journal, const char *token,
                                            const struct ukb_card_image *image, struct ukb_error *reterr);

/** What is kept of @p token; no files when nothing is. @param ret_image owned by the caller. */
UKB_MUST_USE enum ukb_status ukb_cards_get(struct ukb_journal *journal, const char *token,
                                           struct ukb_card_image *ret_image, struct ukb_error *reterr);

/** Is anything kept of @p token? */
UKB_MUST_USE enum ukb_status ukb_cards_has(struct ukb_journal *journal, const char *token, bool *ret_has,
                                           struct ukb_error *reterr);

/** Forget it. Nothing is written when nothing is kept. */
UKB_MUST_USE enum ukb_status ukb_cards_forget(struct ukb_journal *journal, const char *token, struct ukb_error *reterr);

#endif /* UKB_STORE_CARDS_H */
