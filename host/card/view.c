/* SPDX-License-Identifier: MIT */
#include "card/view.h"

#include <string.h>

#include "card/directory.h"

bool
ukb_card_view_names(const struct ukb_card_view *view, unsigned int id)
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
read_directory(struct ukb_card_view *view, const struct ukb_card_file *directory)
{
    struct ukb_der rest = { directory->content, directory->len };
    struct ukb_card_entry entry;
    enum ukb_card_step step;
    bool is_whole = true;

    while ((step = ukb_card_entry_next(view->family, &rest, &entry)) == UKB_CARD_ENTRY) {
        if (!entry.is_file) {
            continue;
        }
        if (ukb_card_image_find(view->image, entry.id) == NULL) {
            view->hides_objects =
                view->hides_objects || ukb_card_family_kind(view->family, entry.id) == UKB_CARD_CERTIFICATE;
            is_whole = false;
        } else if (ukb_card_view_names(view, entry.id) || view->named_count >= UKB_CARD_FILES_MAX) {
            is_whole = false;
        } else {
            view->named[view->named_count++] = entry.id;
        }
    }
    view->hides_objects = view->hides_objects || step != UKB_CARD_END;
    return is_whole && step == UKB_CARD_END;
}

struct ukb_card_view
ukb_card_view_of(const struct ukb_card_family *family, const struct ukb_card_image *image,
                 const unsigned int *directories, size_t count)
{
    struct ukb_card_view view = { .family = family, .image = image, .directory_count = count, .is_whole = true };
    size_t i;

    for (i = 0; i < count; i++) {
        const struct ukb_card_file *file = ukb_card_image_find(image, directories[i]);

        view.directories[i].file = file;
        view.directories[i].is_whole = file == NULL || read_directory(&view, file);
        view.is_whole = view.is_whole && view.directories[i].is_whole;
    }
    return view;
}

bool
ukb_card_view_is_torn(const struct ukb_card_view *now, const struct ukb_card_view *before)
{
    size_t i;

    if (!now->is_whole) {
        return true;
    }
    for (i = 0; i < now->image->count; i++) {
        const unsigned int id = now->image->files[i].id;
        const bool is_new = ukb_card_image_find(before->image, id) == NULL;

        if (ukb_card_family_kind(now->family, id) != UKB_CARD_KIND_COUNT && !ukb_card_view_names(now, id) &&
            (is_new || ukb_card_view_names(before, id))) {
            return true; /* a file without its entry, which one that was there before has lost */
        }
    }
    return false;
}

static bool
is_same_contents(const struct ukb_card_view *now, const struct ukb_card_view *before)
{
    const struct ukb_card_file *a = ukb_card_image_find(now->image, now->family->contents);
    const struct ukb_card_file *b = ukb_card_image_find(before->image, now->family->contents);

    return a != NULL && b != NULL && a->len == b->len && a->len > 0 && memcmp(a->content, b->content, a->len) == 0;
}

/* Files of @p some that are not among those of @p others, by their kind; of UKB_CARD_KIND_COUNT: that hold no object.
 */
struct difference {
    size_t counts[UKB_CARD_KIND_COUNT + 1];
    size_t count;
};

static struct difference
difference_of(const struct ukb_card_view *some, const struct ukb_card_view *others)
{
    struct difference difference = { .count = 0 };
    size_t i;

    for (i = 0; i < some->image->count; i++) {
        const unsigned int id = some->image->files[i].id;

        if (ukb_card_image_find(others->image, id) == NULL) {
            difference.counts[ukb_card_family_kind(some->family, id)]++;
            difference.count++;
        }
    }
    return difference;
}

/* A certificate, a key, or both halves of one; or nothing. */
static bool
is_of_one_call(const struct difference *made)
{
    return made->counts[UKB_CARD_KIND_COUNT] == 0 && made->counts[UKB_CARD_CERTIFICATE] <= 1 &&
           made->counts[UKB_CARD_PRIVATE_KEY] <= 1 && made->counts[UKB_CARD_PUBLIC_KEY] <= 1 &&
           (made->counts[UKB_CARD_CERTIFICATE] == 0 || made->count == 1);
}

/* The entry of that file, the first one if there are several. */
static bool
find_entry(const struct ukb_card_family *family, const struct ukb_card_file *directory, unsigned int id,
           struct ukb_card_entry *ret_entry)
{
    struct ukb_der rest = { directory->content, directory->len };

    while (ukb_card_entry_next(family, &rest, ret_entry) == UKB_CARD_ENTRY) {
        if (ret_entry->is_file && ret_entry->id == id) {
            return true;
        }
    }
    return false;
}

bool
ukb_card_view_has_lost(const struct ukb_card_view *now, const struct ukb_card_file *was)
{
    struct ukb_der rest = { was->content, was->len };
    struct ukb_card_entry entry;

    while (ukb_card_entry_next(now->family, &rest, &entry) == UKB_CARD_ENTRY) {
        if (entry.is_file && ukb_card_image_find(now->image, entry.id) != NULL && !ukb_card_view_names(now, entry.id)) {
            return true;
        }
    }
    return false;
}

/*
 * Do the entries that there were stand for the same objects still? Another program may have used a file's id again. A
 * directory that a write was cut off in may hold the beginning of one entry with the end of another: it says nothing.
 */
static bool
has_same_objects(const struct ukb_card_view *now, const struct ukb_card_view *before, size_t i)
{
    const struct ukb_card_file *is = now->directories[i].file;
    const struct ukb_card_file *was = before->directories[i].file;
    struct ukb_der rest = { NULL, 0 };
    struct ukb_card_entry old;
    struct ukb_card_entry entry;

    if (is == NULL || was == NULL) {
        return is == was;
    }
    if (!now->directories[i].is_whole || ukb_card_view_has_lost(now, was)) {
        return true;
    }
    rest = (struct ukb_der){ was->content, was->len };
    while (ukb_card_entry_next(now->family, &rest, &old) == UKB_CARD_ENTRY) {
        if (old.is_file && ukb_card_image_find(now->image, old.id) != NULL &&
            find_entry(now->family, is, old.id, &entry) &&
            !ukb_der_equals(&entry.object_id, old.object_id.at, old.object_id.len)) {
            return false;
        }
    }
    return true;
}

bool
ukb_card_view_is_explained(const struct ukb_card_view *now, const struct ukb_card_view *before)
{
    const struct difference made = difference_of(now, before);
    const struct difference deleted = difference_of(before, now);
    size_t i;

    if (!before->is_whole || !is_same_contents(now, before) || !is_of_one_call(&made) || deleted.count > 1 ||
        deleted.counts[UKB_CARD_KIND_COUNT] > 0 || (made.count > 0 && deleted.count > 0)) {
        return false;
    }
    for (i = 0; i < now->named_count; i++) {
        const bool is_new = ukb_card_image_find(before->image, now->named[i]) == NULL;

        if (!is_new && !ukb_card_view_names(before, now->named[i])) {
            return false; /* an entry that we do not know, for a file that had none */
        }
    }
    for (i = 0; i < now->directory_count; i++) {
        if (!has_same_objects(now, before, i)) {
            return false;
        }
    }
    return true;
}
