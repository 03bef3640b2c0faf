/* SPDX-License-Identifier: MIT */
#include "token/keys.h"

#include <stdlib.h>
#include <string.h>

#include "token/attributes.h"
#include "token/internal.h"
#include "token/key_attributes.h"
#include "token/session.h"

static const CK_KEY_TYPE key_types[] = { CKK_RSA, CKK_EC };

#define KEY_TYPE_COUNT (sizeof(key_types) / sizeof(key_types[0]))

/* A CKA_ID to search by; NULL bytes: any. */
struct id {
    const unsigned char *bytes;
    size_t len;
};

static bool
has_id(const struct ukb_token_key *key, const unsigned char *id, size_t id_len)
{
    return id_len > 0 && key->id_len == id_len && memcmp(key->id, id, id_len) == 0;
}

/* Append the keys of one class and type to @p list, whose content is struct ukb_token_key. */
static enum ukb_status
read_kind(const struct ukb_token_session *session, CK_OBJECT_CLASS class, CK_KEY_TYPE type, struct id id,
          struct ukb_buf *list, struct ukb_error *reterr)
{
    CK_ATTRIBUTE template[] = {
        ukb_attribute(CKA_CLASS, &class, sizeof(class)),
        ukb_attribute(CKA_KEY_TYPE, &type, sizeof(type)),
        ukb_attribute(CKA_ID, id.bytes, id.len),
    };
    struct ukb_buf handles = UKB_HANDLES_INIT;
    struct ukb_token_key key;
    enum ukb_status st;
    size_t i;
    CK_RV rv;

    st = ukb_objects_find(session, template, id.bytes == NULL ? 2 : 3, &handles, reterr);
    for (i = 0; st == UKB_OK && i < ukb_handles_count(&handles); i++) {
        const CK_OBJECT_HANDLE handle = ukb_handles_at(&handles, i);

        memset(&key, 0, sizeof(key));
        key.private_handle = class == CKO_PRIVATE_KEY ? handle : CK_INVALID_HANDLE;
        key.public_handle = class == CKO_PUBLIC_KEY ? handle : CK_INVALID_HANDLE;
        rv = ukb_key_attributes_read(session, handle, class, type, &key);
        if (rv == CKR_OBJECT_HANDLE_INVALID) {
            continue; /* somebody destroyed it after we found it */
        }
        if (rv == CKR_OK && id.bytes != NULL && !has_id(&key, id.bytes, id.len)) {
            continue; /* a module that searches loosely must not make us destroy another key */
        }
        if (rv != CKR_OK) {
            st = ukb_token_failure(session, rv, "C_GetAttributeValue", reterr);
            break;
        }
        st = ukb_buf_append(list, &key, sizeof(key), reterr);
    }
    ukb_buf_done(&handles);
    return st;
}

static struct ukb_token_key *
key_at(const struct ukb_buf *list, size_t index)
{
    return (struct ukb_token_key *)(void *)(list->data + index * sizeof(struct ukb_token_key));
}

/* CKK_RSA for RSA, CKK_EC for both others: what keys of which no more is known must have in common. */
static bool
same_family(enum ukb_key_type a, enum ukb_key_type b)
{
    return (a == UKB_KEY_RSA) == (b == UKB_KEY_RSA);
}

static bool
is_told(const struct ukb_token_key *key)
{
    return key->public_key.type != UKB_KEY_UNKNOWN;
}

static bool
may_belong_together(const struct ukb_token_key *key, const struct ukb_token_key *other)
{
    return other->type != UKB_KEY_UNKNOWN && has_id(other, key->id, key->id_len) && same_family(key->type, other->type);
}

/*
 * The public half, from behind @p private_count, of the private key at @p index; NULL when there is none. Where the
 * private one does not tell which key it is, its CKA_ID must leave no doubt: tokens let several keys have one id, and
 * show them in any order. A key that bore another's name would be deleted in its place.
 */
static struct ukb_token_key *
half_of(const struct ukb_buf *list, size_t private_count, size_t count, size_t index)
{
    const struct ukb_token_key *key = key_at(list, index);
    struct ukb_token_key *found = NULL;
    size_t i;

    for (i = 0; !is_told(key) && i < private_count; i++) {
        if (i != index && !is_told(key_at(list, i)) && may_belong_together(key, key_at(list, i))) {
            return NULL;
        }
    }
    for (i = private_count; i < count; i++) {
        struct ukb_token_key *half = key_at(list, i);

        if (!may_belong_together(key, half) || (is_told(key) && !ukb_key_same(&key->public_key, &half->public_key))) {
            continue;
        }
        if (found != NULL && !ukb_public_key_equal(&found->public_key, &half->public_key)) {
            return NULL;
        }
        found = found == NULL ? half : found; /* OpenSC shows one more for each certificate */
    }
    return found;
}

/* Give the private keys at the front of @p list that tell, or those that do not, their public halves. A half that was
 * given is marked by type UNKNOWN. */
static void
join(const struct ukb_buf *list, size_t private_count, size_t count, bool told)
{
    size_t i;

    for (i = 0; i < private_count; i++) {
        struct ukb_token_key *key = key_at(list, i);
        struct ukb_token_key *half = is_told(key) == told ? half_of(list, private_count, count, i) : NULL;

        if (half == NULL) {
            continue;
        }
        if (is_told(half)) {
            key->type = half->type;
            key->public_key = half->public_key;
        }
        key->public_handle = half->public_handle;
        half->type = UKB_KEY_UNKNOWN;
    }
}

/* Move what is not a half that was given away to the front; returns how many those are. */
static size_t
drop_joined(const struct ukb_buf *list, size_t count)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        if (key_at(list, i)->type != UKB_KEY_UNKNOWN) {
            *key_at(list, kept) = *key_at(list, i);
            kept++;
        }
    }
    return kept;
}

/* PKCS#11 shares a login between the sessions of a process: ask the token, not ourselves. */
static bool
user_is_logged_in(const struct ukb_token_session *session)
{
    CK_SESSION_INFO info;

    memset(&info, 0, sizeof(info));
    return session->module->functions->C_GetSessionInfo(session->handle, &info) == CKR_OK &&
           (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS);
}

static enum ukb_status
read_keys(const struct ukb_token_session *session, struct id id, struct ukb_token_keys *ret_keys,
          struct ukb_error *reterr)
{
    struct ukb_buf list = UKB_BUF_INIT(UKB_OBJECTS_MAX * sizeof(struct ukb_token_key));
    struct ukb_token_keys keys = { 0 };
    enum ukb_status st = UKB_OK;
    size_t private_count;
    size_t i;

    for (i = 0; st == UKB_OK && i < KEY_TYPE_COUNT; i++) {
        st = read_kind(session, CKO_PRIVATE_KEY, key_types[i], id, &list, reterr);
    }
    private_count = list.len / sizeof(struct ukb_token_key);
    for (i = 0; st == UKB_OK && i < KEY_TYPE_COUNT; i++) {
        st = read_kind(session, CKO_PUBLIC_KEY, key_types[i], id, &list, reterr);
    }
    if (st != UKB_OK) {
        goto out;
    }
    join(&list, private_count, list.len / sizeof(struct ukb_token_key), true);
    join(&list, private_count, list.len / sizeof(struct ukb_token_key), false);
    keys.count = drop_joined(&list, list.len / sizeof(struct ukb_token_key));
    keys.items = (struct ukb_token_key *)(void *)ukb_buf_take(&list);
    keys.complete = user_is_logged_in(session);
    *ret_keys = keys;
out:
    ukb_buf_done(&list);
    return st;
}

enum ukb_status
ukb_token_keys_read(const struct ukb_token_session *session, struct ukb_token_keys *ret_keys, struct ukb_error *reterr)
{
    const struct id any = { NULL, 0 };

    return read_keys(session, any, ret_keys, reterr);
}

enum ukb_status
ukb_token_keys_by_id(const struct ukb_token_session *session, const unsigned char *id, size_t id_len,
                     struct ukb_token_keys *ret_keys, struct ukb_error *reterr)
{
    const struct id one = { id, id_len };

    if (id == NULL || id_len == 0) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "a search by id needs an id");
    }
    return read_keys(session, one, ret_keys, reterr);
}

void
ukb_token_keys_done(struct ukb_token_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    free(keys->items);
    *keys = (struct ukb_token_keys){ 0 };
}

const struct ukb_token_key *
ukb_token_keys_choose(const struct ukb_token_keys *keys, const struct ukb_public_key *public_key,
                      const unsigned char *id, size_t id_len)
{
    const struct ukb_token_key *same = NULL;
    const struct ukb_token_key *candidate = NULL;
    size_t i;

    for (i = 0; i < keys->count; i++) {
        const struct ukb_token_key *key = &keys->items[i];
        const bool id_fits = id != NULL && has_id(key, id, id_len);

        if (key->private_handle == CK_INVALID_HANDLE) {
            continue;
        }
        if (ukb_key_same(&key->public_key, public_key)) {
            if (id_fits) {
                return key;
            }
            same = same == NULL ? key : same;
        } else if (key->public_key.type == UKB_KEY_UNKNOWN && id_fits && same_family(key->type, public_key->type)) {
            candidate = candidate == NULL ? key : candidate;
        }
    }
    return same != NULL ? same : candidate;
}

enum ukb_maybe
ukb_token_has_private_key(const struct ukb_token_keys *keys, const struct ukb_public_key *public_key,
                          const unsigned char *id, size_t id_len)
{
    if (ukb_token_keys_choose(keys, public_key, id, id_len) != NULL) {
        return UKB_YES;
    }
    return keys->complete ? UKB_NO : UKB_UNKNOWN;
}

enum ukb_status
ukb_token_key_find(const struct ukb_token_session *session, const struct ukb_public_key *public_key,
                   const unsigned char *id, size_t id_len, struct ukb_token_key *ret_key, struct ukb_error *reterr)
{
    const struct ukb_token_key *found = NULL;
    struct ukb_token_keys keys = { 0 };
    enum ukb_status st;

    st = ukb_token_keys_read(session, &keys, reterr);
    if (st != UKB_OK) {
        return st;
    }
    found = ukb_token_keys_choose(&keys, public_key, id, id_len);
    if (found == NULL) {
        st = ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0,
                       keys.complete ? "the token has no private key for this public key"
                                     : "no private key for this public key is visible before login");
        goto out;
    }
    *ret_key = *found;
    ret_key->type = public_key->type;
    ret_key->public_key = *public_key;
out:
    ukb_token_keys_done(&keys);
    return st;
}
