/* SPDX-License-Identifier: MIT */
/*
 * card_link - one smart card, spoken to by the system's PC/SC beside the module that uses it.
 *
 * Room: platform.  For what a module leaves undone on a card (card/): nobody else sends a command of ours to one.
 * Source: PC/SC Workgroup, Interoperability Specification part 5. Every function blocks as long as the reader and
 * others who use the card take. A response may hold what a card keeps, never a PIN: none is sent here.
 */
#ifndef UKB_PLATFORM_CARD_LINK_H
#define UKB_PLATFORM_CARD_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

#define UKB_CARD_RESPONSE_MAX_LEN 258U /**< 256 bytes and a status word: short lengths (ISO/IEC 7816-4 §5.2) */

#define UKB_CARD_LINK_NAME_CUT_LEN 64U /**< a reader's name of that many bytes may have been longer (CK_SLOT_INFO) */

struct ukb_card_link; /* heap; made by _open, freed by _close */

/**
 * Reach the card in @p reader, which others may use too, and keep them waiting until _close.
 *
 * @param reader    its name, or a beginning of it, as CK_SLOT_INFO has room for: then exactly one reader may begin so.
 * @param ret_link  owned by the caller, ukb_card_link_close().
 * @retval UKB_E_TOKEN_REMOVED  no card is in it, or none that answers.
 * @retval UKB_E_TOKEN_BUSY     another program has the card for itself.
 * @retval UKB_E_UNSUPPORTED    nothing in this process uses PC/SC, it knows no such reader, or the like; reterr->native
 *                              has PC/SC's result.
 * @retval UKB_E_TIMEOUT        the card did not become free within three seconds: another program has its turn, or the
 *                              module in this process keeps it for as long as it is logged in.
 * @retval UKB_E_INTERNAL       no memory.
 */
UKB_MUST_USE enum ukb_status ukb_card_link_open(const char *reader, struct ukb_card_link **ret_link,
                                                struct ukb_error *reterr);

/** The card's answer to reset (ISO/IEC 7816-3 §8). Borrowed. */
const unsigned char *ukb_card_link_atr(const struct ukb_card_link *link, size_t *ret_len);

/** Is its protocol T=0, which has no command that both sends and expects data (ISO/IEC 7816-3 §10.3)? */
bool ukb_card_link_is_by_characters(const struct ukb_card_link *link);

/**
 * Send one command APDU, get the response APDU with its status word: at least two bytes.
 *
 * @param inout_len  room in @p ret_response; then the bytes received.
 * @retval UKB_E_TOKEN_REMOVED  the card was taken out, or reset by somebody: what it knew of a login is gone, too.
 * @retval UKB_E_TOKEN_ERROR    it did not get through; reterr->native as above.
 */
UKB_MUST_USE enum ukb_status ukb_card_link_transmit(struct ukb_card_link *link, const unsigned char *command,
                                                    size_t command_len, unsigned char *ret_response, size_t *inout_len,
                                                    struct ukb_error *reterr);

/** Let the others go on. The card stays as it is, logged in or not. NULL is fine. */
void ukb_card_link_close(struct ukb_card_link *link);

#endif /* UKB_PLATFORM_CARD_LINK_H */
