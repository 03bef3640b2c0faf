/* SPDX-License-Identifier: MIT */
#include "core/card_image.h"

#include <stdlib.h>
#include <string.h>

#include "core/limits.h"

enum ukb_status
ukb_card_image_add(struct ukb_card_image *image, unsigned int id, const unsigned char *content, size_t len,
                   struct ukb_error *reterr)
{
    struct ukb_card_file file = { .id = id, .len = len };
    struct ukb_card_file *files = NULL;

    if (image->count >= UKB_CARD_FILES_MAX || len > UKB_CARD_DIRECTORY_MAX_LEN) {
        return ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "a card with more than %u files, or %zu bytes in a directory",
                         UKB_CARD_FILES_MAX, len);
    }
    if (len > 0) {
        file.content = malloc(len);
        if (file.content == NULL) {
            return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu bytes of a card", len);
        }
        memcpy(file.content, content, len);
    }
    files = realloc(image->files, (image->count + 1U) * sizeof(*files));
    if (files == NULL) {
        free(file.content);
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a file of a card");
    }
    image->files = files;
    files[image->count++] = file;
    return UKB_OK;
}

const struct ukb_card_file *
ukb_card_image_find(const struct ukb_card_image *image, unsigned int id)
{
    size_t i;

    for (i = 0; i < image->count; i++) {
        if (image->files[i].id == id) {
            return &image->files[i];
        }
    }
    return NULL;
}

void
ukb_card_image_done(struct ukb_card_image *image)
{
    size_t i;

    if (image == NULL) {
        return;
    }
    for (i = 0; i < image->count; i++) {
        free(image->files[i].content);
    }
    free(image->files);
    memset(image, 0, sizeof(*image));
}
