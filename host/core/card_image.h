/* SPDX-License-Identifier: MIT */
/*
 * card_image - which files a smart card holds, and what its directory files say: enough to take back a call of its
 * module that was cut off in the middle.
 *
 * Room: core.  Taken and used by card/, kept by store/. It holds no secret: names, ids and places of objects, never
 * keys.
 */
#ifndef UKB_CORE_CARD_IMAGE_H
#define UKB_CORE_CARD_IMAGE_H

#include <stddef.h>

#include "core/status.h"

/** One file of the card's PKCS #15 folder. */
struct ukb_card_file {
    unsigned int id;        /**< its file identifier (ISO/IEC 7816-4 §7.3) */
    unsigned char *content; /**< of a directory file, as far as it has entries; NULL: not looked into, or empty */
    size_t len;             /**< at most UKB_CARD_DIRECTORY_MAX_LEN */
};

/** Zero-initialise; free with ukb_card_image_done(). */
struct ukb_card_image {
    struct ukb_card_file *files;
    size_t count; /**< at most UKB_CARD_FILES_MAX */
};

/** Add a file with a copy of @p content. @retval UKB_E_TOO_LARGE beyond the limits; UKB_E_INTERNAL no memory. */
UKB_MUST_USE enum ukb_status ukb_card_image_add(struct ukb_card_image *image, unsigned int id,
                                                const unsigned char *content, size_t len, struct ukb_error *reterr);

/** The file with that id, or NULL. */
const struct ukb_card_file *ukb_card_image_find(const struct ukb_card_image *image, unsigned int id);

/** Free what @p image owns and zero it. NULL and a zeroed image are fine. */
void ukb_card_image_done(struct ukb_card_image *image);

#endif /* UKB_CORE_CARD_IMAGE_H */
