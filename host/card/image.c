/* SPDX-License-Identifier: MIT */
#include "card/image.h"

#include <stdbool.h>

#include "card/directory.h"
#include "core/limits.h"

/* How many of these bytes are entries; false when their end is not among them. */
static bool
find_end(const struct ukb_card_family *family, const struct ukb_buf *content, size_t *ret_len)
{
    struct ukb_der rest = { content->data, content->len };
    struct ukb_card_entry entry;
    enum ukb_card_step step;

    do {
        step = ukb_card_entry_next(family, &rest, &entry);
    } while (step == UKB_CARD_ENTRY);
    *ret_len = content->len - rest.len;
    return step == UKB_CARD_END && rest.len > 0;
}

/* A directory file as far as it has entries; the whole file when it is not clear where they end. */
static enum ukb_status
read_entries(const struct ukb_card_channel *channel, unsigned int id, struct ukb_buf *content, struct ukb_error *reterr)
{
    size_t size = 0;
    size_t len = 0;
    bool has_end = false;
    enum ukb_status st = ukb_card_select(channel, id, &size, reterr);

    while (st == UKB_OK && content->len < size && !has_end) {
        st = ukb_card_read_on(channel, size - content->len, content, reterr);
        has_end = st == UKB_OK && find_end(channel->family, content, &len);
    }
    if (has_end) {
        content->len = len; /* zero bytes follow */
    }
    return st;
}

static bool
is_among(unsigned int id, const unsigned int *ids, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

enum ukb_status
ukb_card_look(const struct ukb_card_channel *channel, struct ukb_card_image *ret_image, unsigned int *ret_directories,
              size_t *ret_count, struct ukb_error *reterr)
{
    const struct ukb_card_family *family = channel->family;
    struct ukb_buf contents = UKB_BUF_INIT(UKB_CARD_DIRECTORY_MAX_LEN);
    struct ukb_card_image image = { .count = 0 };
    unsigned int ids[UKB_CARD_FILES_MAX];
    size_t count = 0;
    enum ukb_status st = ukb_card_list(channel, ids, &count, reterr);
    size_t directories = 0;
    size_t i;

    if (st == UKB_OK) {
        st = read_entries(channel, family->contents, &contents, reterr);
    }
    if (st == UKB_OK) {
        directories = ukb_card_directories(family, (struct ukb_der){ contents.data, contents.len }, ret_directories,
                                           UKB_CARD_DIRECTORIES_MAX);
        st = ukb_card_image_add(&image, family->contents, contents.data, contents.len, reterr);
    }
    for (i = 0; st == UKB_OK && i < count; i++) {
        struct ukb_buf content = UKB_BUF_INIT(UKB_CARD_DIRECTORY_MAX_LEN);

        if (is_among(ids[i], ret_directories, directories)) {
            st = read_entries(channel, ids[i], &content, reterr);
        }
        if (st == UKB_OK && ids[i] != family->contents) {
            st = ukb_card_image_add(&image, ids[i], content.data, content.len, reterr);
        }
        ukb_buf_done(&content);
    }
    if (st == UKB_OK) {
        *ret_image = image;
        *ret_count = directories;
    } else {
        ukb_card_image_done(&image);
    }
    if (st == UKB_E_TOO_LARGE) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the card's files are larger, or more, than we look at");
    }
    ukb_buf_done(&contents);
    return st;
}
