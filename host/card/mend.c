/* SPDX-License-Identifier: MIT */
#include "card/mend.h"

#include <string.h>

#include "card/directory.h"
#include "card/image.h"
#include "core/buf.h"
#include "core/limits.h"
#include "platform/card_link.h"

/* What one call makes or deletes at most: a key pair, one object. */
#define MADE_MAX    2U
#define DELETED_MAX 1U

/* A card at one moment, and what its directories say. */
struct view {
    const struct ukb_card_family *family;
    const struct ukb_card_image *image;
    struct {
        const struct ukb_card_file *file; /* NULL: EF(ODF) names it, and nobody has made it yet */
        bool is_whole;                    /* it has its end, each entry a file of its own that is there */
    } directories[UKB_CARD_DIRECTORIES_MAX];
    size_t directory_count;
    unsigned int named[UKB_CARD_FILES_MAX]; /* files that whole entries name */
    size_t named_count;
    bool is_whole; /* every directory is */
};

static bool
names(const struct view *view, unsigned int id)
{
    size_t i;

    for (i = 0; i < view->named_count; i++) {
        if (view->named[i] == id) {
            return true;
        }
    }
    return false;
}

/* Note the files that its entries name; false when it is not whole. */
static bool
read_directory(struct view *view, const struct ukb_card_file *directory)
{
    struct ukb_der rest = { directory->content, directory->len };
    struct ukb_card_entry entry;
    enum ukb_card_step step;
    bool is_whole = true;

    while ((step = ukb_card_entry_next(view->family, &rest, &entry)) == UKB_CARD_ENTRY) {
        if (!entry.is_file) {
            continue;
        }
        if (ukb_card_image_find(view->image, entry.id) == NULL || names(view, entry.id) ||
            view->named_count >= UKB_CARD_FILES_MAX) {
            is_whole = false;
        } else {
            view->named[view->named_count++] = entry.id;
        }
    }
    return is_whole && step == UKB_CARD_END;
}

static struct view
view_of(const struct ukb_card_family *family, const struct ukb_card_image *image, const unsigned int *directories,
        size_t count)
{
    struct view view = { .family = family, .image = image, .directory_count = count, .is_whole = true };
    size_t i;

    for (i = 0; i < count; i++) {
        const struct ukb_card_file *file = ukb_card_image_find(image, directories[i]);

        view.directories[i].file = file;
        view.directories[i].is_whole = file == NULL || read_directory(&view, file);
        view.is_whole = view.is_whole && view.directories[i].is_whole;
    }
    return view;
}

/* Is something half done? */
static bool
is_torn(const struct view *now, const struct view *before)
{
    size_t i;

    if (!now->is_whole) {
        return true;
    }
    for (i = 0; i < now->image->count; i++) {
        const unsigned int id = now->image->files[i].id;
        const bool is_new = ukb_card_image_find(before->image, id) == NULL;

        if (ukb_card_family_has_kind(now->family, id) && !names(now, id) && (is_new || names(before, id))) {
            return true; /* a file without its entry, which one that was there before has lost */
        }
    }
    return false;
}

static bool
is_same_contents(const struct view *now, const struct view *before)
{
    const struct ukb_card_file *a = ukb_card_image_find(now->image, now->family->contents);
    const struct ukb_card_file *b = ukb_card_image_find(before->image, now->family->contents);

    return a != NULL && b != NULL && a->len == b->len && a->len > 0 && memcmp(a->content, b->content, a->len) == 0;
}

/* How many files of @p some are not among those of @p others; false when one of these holds no object. */
static bool
count_missing(const struct view *some, const struct view *others, size_t *ret_count)
{
    size_t i;

    *ret_count = 0;
    for (i = 0; i < some->image->count; i++) {
        const unsigned int id = some->image->files[i].id;

        if (ukb_card_image_find(others->image, id) == NULL) {
            if (!ukb_card_family_has_kind(some->family, id)) {
                return false;
            }
            (*ret_count)++;
        }
    }
    return true;
}

/* Can one call that began at @p before, and was cut off, have made this of the card? Others may have written to it
 * since. */
static bool
is_explained(const struct view *now, const struct view *before)
{
    size_t made = 0;
    size_t deleted = 0;
    size_t i;

    if (!before->is_whole || !is_same_contents(now, before) || !count_missing(now, before, &made) ||
        !count_missing(before, now, &deleted) || made > MADE_MAX || deleted > DELETED_MAX) {
        return false;
    }
    for (i = 0; i < now->named_count; i++) {
        const bool is_new = ukb_card_image_find(before->image, now->named[i]) == NULL;

        if (!is_new && !names(before, now->named[i])) {
            return false; /* an entry that we do not know, for a file that had none */
        }
    }
    return true;
}

/* Has an entry of the directory as it was been lost, whose file is there still? */
static bool
has_lost(const struct view *now, const struct ukb_card_file *was)
{
    struct ukb_der rest = { was->content, was->len };
    struct ukb_card_entry entry;

    while (ukb_card_entry_next(now->family, &rest, &entry) == UKB_CARD_ENTRY) {
        if (entry.is_file && ukb_card_image_find(now->image, entry.id) != NULL && !names(now, entry.id)) {
            return true;
        }
    }
    return false;
}

/* The entries of a directory as it was, but for those whose files are gone. */
static enum ukb_status
append_old(const struct view *now, const struct ukb_card_file *was, struct ukb_buf *content, struct ukb_error *reterr)
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
append_new(const struct view *now, const struct view *before, const struct ukb_card_file *is, struct ukb_buf *content,
           struct ukb_error *reterr)
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

/* A directory that is not whole becomes what it was; an object that is whole has its entry there already, and keeps it.
 */
static enum ukb_status
restore_directory(const struct ukb_card_channel *channel, const struct view *now, const struct view *before, size_t i,
                  struct ukb_error *reterr)
{
    const struct ukb_card_file *is = now->directories[i].file;
    const struct ukb_card_file *was = before->directories[i].file;
    struct ukb_buf content = UKB_BUF_INIT(UKB_CARD_DIRECTORY_MAX_LEN);
    enum ukb_status st;

    if (is == NULL || was == NULL || (now->directories[i].is_whole && !has_lost(now, was))) {
        return UKB_OK;
    }
    st = append_old(now, was, &content, reterr);
    if (st == UKB_OK) {
        st = append_new(now, before, is, &content, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_card_write(channel, is->id, content.data, content.len, reterr);
    }
    ukb_buf_done(&content);
    return st;
}

/* The directories first: a cut in between leaves files without entries, which are found again. */
static enum ukb_status
restore(const struct ukb_card_channel *channel, const struct view *now, const struct view *before,
        struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < now->directory_count; i++) {
        st = restore_directory(channel, now, before, i, reterr);
    }
    for (i = 0; st == UKB_OK && i < now->image->count; i++) {
        const unsigned int id = now->image->files[i].id;

        if (ukb_card_image_find(before->image, id) == NULL && !names(now, id)) {
            st = ukb_card_delete(channel, id, reterr);
        }
    }
    return st;
}

enum ukb_status
ukb_card_before_on(const struct ukb_card_channel *channel, struct ukb_card_image *ret_image, struct ukb_error *reterr)
{
    unsigned int directories[UKB_CARD_DIRECTORIES_MAX];
    struct ukb_card_image image = { .count = 0 };
    size_t count = 0;
    enum ukb_status st = ukb_card_look(channel, &image, directories, &count, reterr);

    if (st == UKB_OK && !view_of(channel->family, &image, directories, count).is_whole) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the card's directories are of another kind, or broken");
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
        const struct view now = view_of(channel->family, &present, directories, count);
        const struct view before = view_of(channel->family, image, directories, count);

        torn = is_torn(&now, &before) && is_explained(&now, &before);
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
ukb_card_is_torn_on(const struct ukb_card_channel *channel, const struct ukb_card_image *before, bool *ret_torn,
                    struct ukb_error *reterr)
{
    return compare(channel, before, false, ret_torn, reterr);
}

enum ukb_status
ukb_card_mend_on(const struct ukb_card_channel *channel, const struct ukb_card_image *before, bool *ret_mended,
                 struct ukb_error *reterr)
{
    return compare(channel, before, true, ret_mended, reterr);
}

/* The same by a reader's name. */

static enum ukb_status
transmit(void *ctx, const unsigned char *command, size_t command_len, unsigned char *ret_response, size_t *inout_len,
         struct ukb_error *reterr)
{
    return ukb_card_link_transmit(ctx, command, command_len, ret_response, inout_len, reterr);
}

static enum ukb_status
reach(const char *reader, struct ukb_card_link **ret_link, struct ukb_card_channel *ret_channel,
      struct ukb_error *reterr)
{
    struct ukb_card_channel channel = { .transmit = transmit };
    struct ukb_card_link *link = NULL;
    size_t atr_len = 0;
    const unsigned char *atr = NULL;
    enum ukb_status st = ukb_card_link_open(reader, &link, reterr);

    if (st != UKB_OK) {
        return st;
    }
    atr = ukb_card_link_atr(link, &atr_len);
    channel.family = ukb_card_family_of(atr, atr_len);
    channel.ctx = link;
    if (channel.family == NULL) {
        ukb_card_link_close(link);
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "a card of no family that we know");
    }
    *ret_link = link;
    *ret_channel = channel;
    return UKB_OK;
}

enum ukb_status
ukb_card_before(const char *reader, struct ukb_card_image *ret_image, struct ukb_error *reterr)
{
    struct ukb_card_link *link = NULL;
    struct ukb_card_channel channel;
    enum ukb_status st = reach(reader, &link, &channel, reterr);

    if (st == UKB_OK) {
        st = ukb_card_before_on(&channel, ret_image, reterr);
    }
    ukb_card_link_close(link);
    return st;
}

enum ukb_status
ukb_card_is_torn(const char *reader, const struct ukb_card_image *before, bool *ret_torn, struct ukb_error *reterr)
{
    struct ukb_card_link *link = NULL;
    struct ukb_card_channel channel;
    enum ukb_status st = reach(reader, &link, &channel, reterr);

    if (st == UKB_OK) {
        st = ukb_card_is_torn_on(&channel, before, ret_torn, reterr);
    }
    ukb_card_link_close(link);
    return st;
}

enum ukb_status
ukb_card_mend(const char *reader, const struct ukb_card_image *before, bool *ret_mended, struct ukb_error *reterr)
{
    struct ukb_card_link *link = NULL;
    struct ukb_card_channel channel;
    enum ukb_status st = reach(reader, &link, &channel, reterr);

    if (st == UKB_OK) {
        st = ukb_card_mend_on(&channel, before, ret_mended, reterr);
    }
    ukb_card_link_close(link);
    return st;
}
