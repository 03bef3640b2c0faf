/* SPDX-License-Identifier: MIT */
/*
 * view - what a card's directories say at one moment, and what two such moments say of a call in between.
 *
 * Room: card, inside only. Pure; everything is borrowed from the images.
 */
#ifndef UKB_CARD_VIEW_H
#define UKB_CARD_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "card/family.h"
#include "card/image.h"
#include "core/card_image.h"
#include "core/limits.h"

/** A value. */
struct ukb_card_view {
    const struct ukb_card_family *family;
    const struct ukb_card_image *image;
    struct {
        const struct ukb_card_file *file; /**< NULL: EF(ODF) names it, and nobody has made it yet */
        bool is_whole;                    /**< it has its end, each entry a file of its own that is there */
    } directories[UKB_CARD_DIRECTORIES_MAX];
    size_t directory_count;
    unsigned int named[UKB_CARD_FILES_MAX]; /**< files that whole entries name */
    size_t named_count;
    bool is_whole;      /**< every directory is */
    bool hides_objects; /**< a module stops reading at an entry: one that breaks off, or whose certificate is gone */
};

/** The view of an image whose directory files are @p directories, UKB_CARD_DIRECTORIES_MAX at most. */
struct ukb_card_view ukb_card_view_of(const struct ukb_card_family *family, const struct ukb_card_image *image,
                                      const unsigned int *directories, size_t count);

/** Does a whole entry name that file? */
bool ukb_card_view_names(const struct ukb_card_view *view, unsigned int id);

/** Is something half done: a directory that is not whole, or a file without its entry? */
bool ukb_card_view_is_torn(const struct ukb_card_view *now, const struct ukb_card_view *before);

/** Can one call that began at @p before, and was cut off, have made this of the card, and nobody else? */
bool ukb_card_view_is_explained(const struct ukb_card_view *now, const struct ukb_card_view *before);

/** Has an entry of the directory as it @p was been lost, whose file is there still? */
bool ukb_card_view_has_lost(const struct ukb_card_view *now, const struct ukb_card_file *was);

#endif /* UKB_CARD_VIEW_H */
