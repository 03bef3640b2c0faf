/* SPDX-License-Identifier: MIT */
/*
 * family - the kinds of card whose files we know our way about.
 *
 * Room: card.  PKCS #11 hides a card's files, ISO/IEC 7816 leaves open how they are listed and deleted: a card that is
 * not in this table is left to its module.
 */
#ifndef UKB_CARD_FAMILY_H
#define UKB_CARD_FAMILY_H

#include <stddef.h>

/** What the object in a file is. */
enum ukb_card_kind { UKB_CARD_CERTIFICATE, UKB_CARD_PRIVATE_KEY, UKB_CARD_PUBLIC_KEY, UKB_CARD_KIND_COUNT };

/** What a family's cards have in common. Static storage. */
struct ukb_card_family {
    const char *name;
    const char *history;   /**< in the historical bytes of the answer to reset (ISO/IEC 7816-4 §12.1.1) */
    unsigned int folder;   /**< of PKCS #15, in the master file */
    unsigned int contents; /**< its EF(ODF), which names the directory files (ISO/IEC 7816-15 §7.4) */
    unsigned int kinds[UKB_CARD_KIND_COUNT]; /**< first octets of the ids that the module gives to files of objects */
    unsigned char list_class, list_instruction;
    unsigned int list_parameters; /**< P1 and P2: which files the selected folder has, two bytes each */
    unsigned char delete_class;   /**< of DELETE FILE (ISO/IEC 7816-9 §7.4) */
};

/** The family of the card with that answer to reset; NULL: none that we know. */
const struct ukb_card_family *ukb_card_family_of(const unsigned char *atr, size_t len);

/** What the file with that id holds; UKB_CARD_KIND_COUNT: no object. */
enum ukb_card_kind ukb_card_family_kind(const struct ukb_card_family *family, unsigned int id);

#endif /* UKB_CARD_FAMILY_H */
