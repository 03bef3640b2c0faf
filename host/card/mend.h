/* SPDX-License-Identifier: MIT */
/*
 * mend - a card whose module was cut off in the middle of one call is put back to what it was before that call.
 *
 * Room: card.  A PKCS #11 module that keeps PKCS #15 structures on a card writes several files for one call: the
 * object, and its entry in a directory file, which may take more than one command to write. A card that is pulled in
 * between keeps a file that no entry names, an entry whose file is gone, or a directory that breaks off, and its module
 * then shows less than is there; no call of PKCS #11 mends that. So before each such call the card is looked at
 * (ukb_card_before()); what was seen outlasts the cut. Afterwards a directory that is not whole becomes what it was,
 * but for entries whose files are gone, and new files without an entry go. What was being made was never begun then;
 * what was being deleted is deleted. A file with its entry is never taken away.
 *
 * Nothing is touched that one cut call does not explain. The card is one that was reached (reach.h); every function
 * blocks as its channel does, and fails, besides its own errors, as commands.h says.
 */
#ifndef UKB_CARD_MEND_H
#define UKB_CARD_MEND_H

#include <stdbool.h>

#include "card/commands.h"
#include "core/card_image.h"
#include "core/status.h"

/**
 * Look at the card before a call that writes.
 *
 * @param last       what was seen before the last such call, whose end nobody saw; an image without files: nothing.
 * @param ret_image  owned by the caller. Without files where nothing is hidden, and yet the directories are not as we
 *                   know them: such a card is never mended.
 * @retval UKB_E_TOKEN_ERROR  a directory breaks off or names a certificate that is gone, or @p last says that there is
 *                            something to mend. To write now would destroy what the module does not see: it gives the
 *                            place of that to what it writes.
 */
UKB_MUST_USE enum ukb_status ukb_card_before(const struct ukb_card_channel *channel, const struct ukb_card_image *last,
                                             struct ukb_card_image *ret_image, struct ukb_error *reterr);

/** Was a call cut off that began at @p before, so that ukb_card_mend() has something to do? Needs no login. */
UKB_MUST_USE enum ukb_status ukb_card_is_torn(const struct ukb_card_channel *channel,
                                              const struct ukb_card_image *before, bool *ret_torn,
                                              struct ukb_error *reterr);

/**
 * Take it back. The card must be logged in to, by whatever module; what that has read of the card is stale then. It may
 * be cut off itself, and done again. A file without an entry that the card lets nobody delete stays.
 * @param ret_mended  false: there was nothing to do.
 * @retval UKB_E_TOKEN_ERROR  the card does not let us, because nobody is logged in, say; reterr->native has its status
 *                            word.
 */
UKB_MUST_USE enum ukb_status ukb_card_mend(const struct ukb_card_channel *channel, const struct ukb_card_image *before,
                                           bool *ret_mended, struct ukb_error *reterr);

#endif /* UKB_CARD_MEND_H */
