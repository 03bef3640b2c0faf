/* SPDX-License-Identifier: MIT */
#include "card/directory.h"

#define DEPTH_MAX     16U /* names within a certificate within an entry are at 9 */
#define CONSTRUCTED   0x20U
#define CONTEXT       0x80U               /* class: another way to name a place (ISO/IEC 7816-15 §8.2.5) */
#define TYPE_SPECIFIC UKB_DER_CONTEXT(1U) /* typeAttributes of a PKCS15Object */
#define ID_LEN        2U

/* What is left of a value that was never written to its end is zero bytes: no tag, and no number as DER has it. */
static bool
is_well_formed(struct ukb_der value, unsigned int depth)
{
    struct ukb_der content = value;
    const unsigned int tag = value.at[0];

    if (tag == 0 || depth > DEPTH_MAX || !ukb_der_take(&value, tag, &content)) {
        return false;
    }
    if (tag == UKB_DER_INTEGER) {
        return content.len > 0 && (content.len == 1 || content.at[0] != 0 || content.at[1] >= 0x80U);
    }
    while ((tag & CONSTRUCTED) != 0 && content.len > 0) {
        struct ukb_der child;

        if (!ukb_der_take_whole(&content, &child) || !is_well_formed(child, depth + 1U)) {
            return false;
        }
    }
    return true;
}

static unsigned int
id_at(const unsigned char *at)
{
    return (unsigned int)at[0] << 8U | at[1];
}

/* Path: an OCTET STRING of file identifiers, from the master file on or from the folder; first of a SEQUENCE. */
static bool
take_path(struct ukb_der value, struct ukb_der *ret_path)
{
    return ukb_der_take(&value, UKB_DER_SEQUENCE, &value) && ukb_der_take(&value, UKB_DER_OCTET_STRING, ret_path);
}

/* A file in the folder? */
static bool
read_id(const struct ukb_card_family *family, struct ukb_der path, unsigned int *ret_id)
{
    if (path.len < ID_LEN || path.len % ID_LEN != 0 ||
        (path.len > ID_LEN && id_at(path.at + path.len - 2U * ID_LEN) != family->folder)) {
        return false;
    }
    *ret_id = id_at(path.at + path.len - ID_LEN);
    return true;
}

/* No file has the identifier zero: a path with one was not written to its end. */
static bool
is_written(struct ukb_der path)
{
    size_t i;

    for (i = 0; i + ID_LEN <= path.len; i += ID_LEN) {
        if (id_at(path.at + i) == 0) {
            return false;
        }
    }
    return true;
}

/* Where the object is: first of the attributes of its type. False: nowhere, for the entry breaks off. */
static bool
read_place(struct ukb_der type, const struct ukb_card_family *family, struct ukb_card_entry *entry)
{
    struct ukb_der path;

    if (!ukb_der_take(&type, UKB_DER_SEQUENCE, &type) || type.len == 0) {
        return false;
    }
    if (type.at[0] != UKB_DER_SEQUENCE) {
        return true; /* in the entry itself, or at an address */
    }
    if (!take_path(type, &path)) {
        return ukb_der_take(&type, UKB_DER_SEQUENCE, &path) && path.len > 0 && (path.at[0] & CONTEXT) != 0;
    }
    if (!is_written(path)) {
        return false;
    }
    entry->is_file = read_id(family, path, &entry->id);
    return true;
}

/* The parts of a PKCS15Object: common to all objects, to those of a class, of a subclass where there is one, of a type.
 */
static bool
read_parts(const struct ukb_card_family *family, struct ukb_card_entry *entry)
{
    struct ukb_der rest = entry->whole;
    struct ukb_der part;

    if (!ukb_der_take(&rest, rest.at[0], &rest) || /* SEQUENCE, or the choice of another kind of key */
        !ukb_der_take(&rest, UKB_DER_SEQUENCE, NULL) || !ukb_der_take(&rest, UKB_DER_SEQUENCE, &part)) {
        return false;
    }
    (void)ukb_der_take(&part, UKB_DER_OCTET_STRING, &entry->object_id);
    while (rest.len > 0) {
        if (ukb_der_take(&rest, TYPE_SPECIFIC, &part)) {
            return read_place(part, family, entry);
        }
        if (!ukb_der_take_whole(&rest, &part)) {
            return false;
        }
    }
    return false;
}

enum ukb_card_step
ukb_card_entry_next(const struct ukb_card_family *family, struct ukb_der *rest, struct ukb_card_entry *ret_entry)
{
    struct ukb_card_entry entry = { .is_file = false };
    struct ukb_der after = *rest;

    if (rest->len == 0 || rest->at[0] == 0) {
        return UKB_CARD_END;
    }
    if ((rest->at[0] & CONSTRUCTED) == 0 || !ukb_der_take_whole(&after, &entry.whole) ||
        !is_well_formed(entry.whole, 0) || !read_parts(family, &entry)) {
        return UKB_CARD_BROKEN;
    }
    *rest = after;
    *ret_entry = entry;
    return UKB_CARD_ENTRY;
}

size_t
ukb_card_directories(const struct ukb_card_family *family, struct ukb_der contents, unsigned int *ret_ids, size_t max)
{
    /* private keys, public keys, trusted public keys, certificates, trusted and useful ones (PKCS15Objects) */
    static const unsigned int kinds[] = { 0, 1, 2, 4, 5, 6 };
    size_t count = 0;
    size_t i;

    while (contents.len > 0 && contents.at[0] != 0 && count < max) {
        struct ukb_der value = contents;
        bool is_taken = false;

        for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !is_taken; i++) {
            is_taken = ukb_der_take(&contents, UKB_DER_CONTEXT(kinds[i]), &value);
        }
        if (is_taken) {
            struct ukb_der path;

            count += take_path(value, &path) && read_id(family, path, &ret_ids[count]) ? 1U : 0U;
        } else if (!ukb_der_take_whole(&contents, &value)) {
            break;
        }
    }
    return count;
}
