/* SPDX-License-Identifier: MIT */
/*
 * directory - what is in a directory file of PKCS #15: one entry for each object, and where that is.
 *
 * Room: card.  Source: ISO/IEC 7816-15 §8 (PKCS #15 v1.1 §6). Pure: bytes in, meaning out.
 */
#ifndef UKB_CARD_DIRECTORY_H
#define UKB_CARD_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "card/family.h"
#include "core/der.h"

enum ukb_card_step {
    UKB_CARD_ENTRY,  /**< one more */
    UKB_CARD_END,    /**< a zero byte, or nothing, where an entry would begin */
    UKB_CARD_BROKEN, /**< no entry: cut off, so that it names no place of its object, or something else */
};

/** An entry, borrowed from the directory's bytes. */
struct ukb_card_entry {
    struct ukb_der whole;
    bool is_file;             /**< its object is a file of the family's folder */
    unsigned int id;          /**< of that file */
    struct ukb_der object_id; /**< iD, which PKCS #11 calls CKA_ID; len 0: none */
};

/** Take the next entry off @p rest. What is not @c UKB_CARD_ENTRY takes nothing. */
enum ukb_card_step ukb_card_entry_next(const struct ukb_card_family *family, struct ukb_der *rest,
                                       struct ukb_card_entry *ret_entry);

/** Ids of the directory files that hold objects' entries, by the content of EF(ODF); @p ret_ids has room for @p max. */
size_t ukb_card_directories(const struct ukb_card_family *family, struct ukb_der contents, unsigned int *ret_ids,
                            size_t max);

#endif /* UKB_CARD_DIRECTORY_H */
