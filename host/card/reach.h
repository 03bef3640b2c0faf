/* SPDX-License-Identifier: MIT */
/*
 * reach - the card in a reader, beneath the module that uses it.
 *
 * Room: card.
 */
#ifndef UKB_CARD_REACH_H
#define UKB_CARD_REACH_H

#include "card/commands.h"
#include "core/status.h"

/**
 * Reach a card of a family that we know, and keep others from it until ukb_card_release().
 *
 * @param reader       a reader's name, or as much of it as CK_SLOT_INFO has room for.
 * @param ret_channel  untouched on failure.
 * Blocks, and fails, as ukb_card_link_open() does.
 * @retval UKB_E_UNSUPPORTED  besides: a card of another family.
 */
UKB_MUST_USE enum ukb_status ukb_card_reach(const char *reader, struct ukb_card_channel *ret_channel,
                                            struct ukb_error *reterr);

/** Let others go on. One that was never reached, all zeroes, is fine. */
void ukb_card_release(struct ukb_card_channel *channel);

#endif /* UKB_CARD_REACH_H */
