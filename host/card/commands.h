/* SPDX-License-Identifier: MIT */
/*
 * commands - a card's files: list, select, read, write, delete.
 *
 * Room: card.  Source: ISO/IEC 7816-4 §11 (SELECT, READ BINARY, UPDATE BINARY), 7816-9 §7 (DELETE FILE); short lengths.
 * Every function blocks as its channel does, and fails as it does; a card that says no, or answers what we do not
 * understand, is UKB_E_UNSUPPORTED, with its status word in reterr->native.
 */
#ifndef UKB_CARD_COMMANDS_H
#define UKB_CARD_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "card/family.h"
#include "core/buf.h"
#include "core/status.h"

/** A status word: the security status is not what the command needs, such as a login (ISO/IEC 7816-4 §5.6). */
#define UKB_CARD_SECURITY_STATUS 0x6982UL

/** A card that is reached, and kept from others. */
struct ukb_card_channel {
    const struct ukb_card_family *family;
    bool by_characters; /**< protocol T=0: a command that sends data does not say how much it expects */
    /** As ukb_card_link_transmit() (platform/card_link.h). */
    enum ukb_status (*transmit)(void *ctx, const unsigned char *command, size_t command_len,
                                unsigned char *ret_response, size_t *inout_len, struct ukb_error *reterr);
    void *ctx;
};

/** Ids of the files in the family's folder. @param ret_ids has room for UKB_CARD_FILES_MAX. */
UKB_MUST_USE enum ukb_status ukb_card_list(const struct ukb_card_channel *channel, unsigned int *ret_ids,
                                           size_t *ret_count, struct ukb_error *reterr);

/** Select that file of the folder. @param ret_size bytes that it has room for. */
UKB_MUST_USE enum ukb_status ukb_card_select(const struct ukb_card_channel *channel, unsigned int id, size_t *ret_size,
                                             struct ukb_error *reterr);

/** Append up to @p len bytes, at least one, of the selected file, from the end of @p content on: as many as come at
 * once. */
UKB_MUST_USE enum ukb_status ukb_card_read_on(const struct ukb_card_channel *channel, size_t len,
                                              struct ukb_buf *content, struct ukb_error *reterr);

/** First byte of a file while it is being written: no entry of a directory begins so, and none ends. */
#define UKB_CARD_UNDER_WAY 0x1FU

/** Write @p content into that file of the folder, and zero bytes to its end; its first byte comes last, so that a write
 * that is cut off anywhere is known. @retval UKB_E_TOO_LARGE: no room. */
UKB_MUST_USE enum ukb_status ukb_card_write(const struct ukb_card_channel *channel, unsigned int id,
                                            const unsigned char *content, size_t len, struct ukb_error *reterr);

/** Delete that file of the folder. */
UKB_MUST_USE enum ukb_status ukb_card_delete(const struct ukb_card_channel *channel, unsigned int id,
                                             struct ukb_error *reterr);

#endif /* UKB_CARD_COMMANDS_H */
