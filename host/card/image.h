/* SPDX-License-Identifier: MIT */
/*
 * image - a card's files and directories as they are now (core/card_image.h).
 *
 * Room: card.
 */
#ifndef UKB_CARD_IMAGE_H
#define UKB_CARD_IMAGE_H

#include "card/commands.h"
#include "core/card_image.h"
#include "core/status.h"

#define UKB_CARD_DIRECTORIES_MAX 8U

/**
 * List the files and read the directories, which may be broken.
 *
 * @param ret_image        owned by the caller. EF(ODF) and the directory files have content.
 * @param ret_directories  ids of the directory files; has room for UKB_CARD_DIRECTORIES_MAX.
 * Errors as commands.h.
 */
UKB_MUST_USE enum ukb_status ukb_card_look(const struct ukb_card_channel *channel, struct ukb_card_image *ret_image,
                                           unsigned int *ret_directories, size_t *ret_count, struct ukb_error *reterr);

#endif /* UKB_CARD_IMAGE_H */
