/* SPDX-License-Identifier: MIT */
#include "card/mend.h"

#include <string.h>

#include "card/directory.h"
#include "card/image.h"
#include "card/view.h"
#include "core/buf.h"
#include "core/limits.h"

/* Files that one call makes at most: those of a key pair. */
#define MADE_MAX 2U

/* The entries of a directory as it was, but for those whose files are gone. */
static enum ukb_status
append_old(const struct ukb_card_view *now, const struct ukb_card_file *was, struct ukb_buf *content,
           struct ukb_error *reterr)
{
    struct ukb_der rest = { was->content, was->len };
    struct ukb_card_entry entry;
    enum ukb_status st = UKB_OK;

    while (st == UKB_OK && ukb_card_entry_next(now->family, &rest, &entry) == UKB_CARD_ENTRY) {
        if (!entry.is_file || ukb_card_image_find(now->image, entry.id) != NULL) {
            st = ukb_buf_append(content, entry.whole.at, entry.whole.len, reterr);
        }
    }
    return st;
}

/* Whole entries of a directory as it is, for files that came since: each once. */
static enum ukb_status
append_new(const struct ukb_card_view *now, const struct ukb_card_view *before, const struct ukb_card_file *is,
           struct ukb_buf *content, struct ukb_error *reterr)
{
    struct ukb_der rest = { is->content, is->len };
    struct ukb_card_entry entry;
    unsigned int taken[MADE_MAX] = { 0 };
    size_t count = 0;
    enum ukb_status st = UKB_OK;

    while (st == UKB_OK && count < MADE_MAX && ukb_card_entry_next(now->family, &rest, &entry) == UKB_CARD_ENTRY) {
        if (entry.is_file && ukb_card_image_find(before->image, entry.id) == NULL &&
            ukb_card_image_find(now->image, entry.id) != NULL && entry.id != taken[0]) {
            st = ukb_buf_append(content, entry.whole.at, entry.whole.len, reterr);
            taken[count++] = entry.id;
        }
    }
    return st;
}

/* A directory that is not whole becomes what it was. An object that is whole has its entry in it already, and keeps it.
 */
static enum ukb_status
restore_directory(const struct ukb_card_channel *channel, const struct ukb_card_view *now,
                  const struct ukb_card_view *before, size_t i, bool *inout_has_written, struct ukb_error *reterr)
{
    const struct ukb_card_file *is = now->directories[i].file;
    const struct ukb_card_file *was = before->directories[i].file;
    struct ukb_buf content = UKB_BUF_INIT(UKB_CARD_DIRECTORY_MAX_LEN);
    enum ukb_status st;

    if (is == NULL || was == NULL || (now->directories[i].is_whole && !ukb_card_view_has_lost(now, was))) {
        return UKB_OK;
    }
    st = append_old(now, was, &content, reterr);
    if (st == UKB_OK) {
        st = append_new(now, before, is, &content, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_card_write(channel, is->id, content.data, content.len, reterr);
        *inout_has_written = *inout_has_written || st == UKB_OK;
    }
    ukb_buf_done(&content);
    return st;
}

/* Does the card let us write, so that it is not for want of a login that it refuses? A directory gets what it has. */
static bool
is_writable(const struct ukb_card_channel *channel, const struct ukb_card_view *now)
{
    struct ukb_error ignored = { 0 };
    size_t i;

    for (i = 0; i < now->directory_count; i++) {
        const struct ukb_card_file *file = now->directories[i].file;

        if (file != NULL) {
            return ukb_card_write(channel, file->id, file->content, file->len, &ignored) == UKB_OK;
        }
    }
    return false;
}

/* One that the card lets nobody delete stays: it is in nobody's way where no entry names it. */
static enum ukb_status
delete_file(const struct ukb_card_channel *channel, const struct ukb_card_view *now, unsigned int id,
            bool *inout_has_written, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_card_delete(channel, id, reterr);

    if (st == UKB_E_UNSUPPORTED && reterr->native == UKB_CARD_SECURITY_STATUS && !*inout_has_written) {
        *inout_has_written = is_writable(channel, now);
        return *inout_has_written ? UKB_OK : st;
    }
    return st == UKB_E_UNSUPPORTED ? UKB_OK : st;
}

/* The directories first: a cut in between leaves files without entries, which are found again. */
static enum ukb_status
restore(const struct ukb_card_channel *channel, const struct ukb_card_view *now, const struct ukb_card_view *before,
        struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    bool has_written = false;
    size_t i;

    for (i = 0; st == UKB_OK && i < now->directory_count; i++) {
        st = restore_directory(channel, now, before, i, &has_written, reterr);
    }
    for (i = 0; st == UKB_OK && i < now->image->count; i++) {
        const unsigned int id = now->image->files[i].id;

        if (ukb_card_image_find(before->image, id) == NULL && !ukb_card_view_names(now, id)) {
            st = delete_file(channel, now, id, &has_written, reterr);
        }
    }
    return st;
}

enum ukb_status
ukb_card_before(const struct ukb_card_channel *channel, const struct ukb_card_image *last,
                struct ukb_card_image *ret_image, struct ukb_error *reterr)
{
    unsigned int directories[UKB_CARD_DIRECTORIES_MAX];
    struct ukb_card_image image = { .count = 0 };
    size_t count = 0;
    enum ukb_status st = ukb_card_look(channel, &image, directories, &count, reterr);

    if (st == UKB_OK) {
        const struct ukb_card_view now = ukb_card_view_of(channel->family, &image, directories, count);
        const struct ukb_card_view before = ukb_card_view_of(channel->family, last, directories, count);

        if (now.hides_objects ||
            (last->count > 0 && ukb_card_view_is_torn(&now, &before) && ukb_card_view_is_explained(&now, &before))) {
            st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "the card's directories are broken: a write was cut off");
        } else if (!now.is_whole) {
            ukb_card_image_done(&image); /* of another kind: what came of a call could not be told */
        }
    }
    if (st == UKB_OK) {
        *ret_image = image;
    } else {
        ukb_card_image_done(&image);
    }
    return st;
}

/* What is to be done with the card: nothing; or, where @p mends, what is torn is mended. */
static enum ukb_status
compare(const struct ukb_card_channel *channel, const struct ukb_card_image *image, bool mends, bool *ret_torn,
        struct ukb_error *reterr)
{
    unsigned int directories[UKB_CARD_DIRECTORIES_MAX];
    struct ukb_card_image present = { .count = 0 };
    struct ukb_error why = { 0 };
    size_t count = 0;
    bool torn = false;
    enum ukb_status st = ukb_card_look(channel, &present, directories, &count, reterr);

    if (st == UKB_OK) {
        const struct ukb_card_view now = ukb_card_view_of(channel->family, &present, directories, count);
        const struct ukb_card_view before = ukb_card_view_of(channel->family, image, directories, count);

        torn = ukb_card_view_is_torn(&now, &before) && ukb_card_view_is_explained(&now, &before);
        if (torn && mends) {
            st = restore(channel, &now, &before, &why);
        }
        if (st == UKB_E_UNSUPPORTED) { /* a card that lets its module write, and not us */
            st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, why.native, "the card cannot be mended: %s", why.message);
        } else if (st != UKB_OK) {
            *reterr = why;
        }
    }
    if (st == UKB_OK) {
        *ret_torn = torn;
    }
    ukb_card_image_done(&present);
    return st;
}

enum ukb_status
ukb_card_is_torn(const struct ukb_card_channel *channel, const struct ukb_card_image *before, bool *ret_torn,
                 struct ukb_error *reterr)
{
    return compare(channel, before, false, ret_torn, reterr);
}

enum ukb_status
ukb_card_mend(const struct ukb_card_channel *channel, const struct ukb_card_image *before, bool *ret_mended,
              struct ukb_error *reterr)
{
    return compare(channel, before, true, ret_mended, reterr);
}
