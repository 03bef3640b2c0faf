/* SPDX-License-Identifier: MIT */
/* keypair - make a key pair on the token, and destroy one; declared in keys.h. */
#include "token/keys.h"

#include <string.h>

#include "token/attributes.h"
#include "token/internal.h"
#include "token/key_attributes.h"
#include "token/objects.h"
#include "token/session.h"

static const unsigned char p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
static const unsigned char p384[] = { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 };
static const unsigned char f4[] = { 0x01, 0x00, 0x01 };

/* What is special to one algorithm; bits is 0 for a curve, params is NULL for RSA. */
struct kind {
    enum ukb_algorithm algorithm;
    CK_MECHANISM_TYPE mechanism;
    CK_KEY_TYPE type;
    CK_ULONG bits;
    const unsigned char *params;
    size_t params_len;
    CK_ATTRIBUTE_TYPE opens; /* what the private half of an enveloping key may do … */
    CK_ATTRIBUTE_TYPE seals; /* … and the public half; CKA_VERIFY, which it may anyway, for none */
};

static const struct kind kinds[] = {
    { UKB_RSA_2048, CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, 2048, NULL, 0, CKA_DECRYPT, CKA_ENCRYPT },
    { UKB_RSA_3072, CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, 3072, NULL, 0, CKA_DECRYPT, CKA_ENCRYPT },
    { UKB_EC_P256, CKM_EC_KEY_PAIR_GEN, CKK_EC, 0, p256, sizeof(p256), CKA_DERIVE, CKA_VERIFY },
    { UKB_EC_P384, CKM_EC_KEY_PAIR_GEN, CKK_EC, 0, p384, sizeof(p384), CKA_DERIVE, CKA_VERIFY },
};

/* A growing template; both halves of a pair stay far below its size. */
struct template
{
    CK_ATTRIBUTE items[UKB_ATTRIBUTES_MAX];
    CK_ULONG count;
};

static const CK_BBOOL yes = CK_TRUE;
static const CK_BBOOL no = CK_FALSE;

static void
add(struct template *template, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
    template->items[template->count++] = ukb_attribute(type, value, len);
}

static void
add_flag(struct template *template, CK_ATTRIBUTE_TYPE type, bool value)
{
    add(template, type, value ? &yes : &no, sizeof(yes));
}

/* Which of both halves' attributes to name: some tokens refuse to hear what a key may not do. */
struct wish {
    const struct kind *kind;
    const unsigned char *id;
    size_t id_len;
    const char *label;
    bool decrypt_too;
    bool name_refusals;
};

/* What both halves have in common; @p class must outlive the template. */
static void
add_common(struct template *template, const struct wish *wish, const CK_OBJECT_CLASS *class)
{
    add(template, CKA_CLASS, class, sizeof(*class));
    add(template, CKA_KEY_TYPE, &wish->kind->type, sizeof(wish->kind->type));
    add_flag(template, CKA_TOKEN, true);
    add(template, CKA_ID, wish->id, wish->id_len);
    add(template, CKA_LABEL, wish->label, strlen(wish->label));
}

static void
build_public(struct template *template, const struct wish *wish, const CK_OBJECT_CLASS *class)
{
    const struct kind *kind = wish->kind;

    add_common(template, wish, class);
    add_flag(template, CKA_VERIFY, true);
    if (kind->params == NULL) {
        add(template, CKA_MODULUS_BITS, &kind->bits, sizeof(kind->bits));
        add(template, CKA_PUBLIC_EXPONENT, f4, sizeof(f4));
    } else {
        add(template, CKA_EC_PARAMS, kind->params, kind->params_len);
    }
    if (wish->decrypt_too && kind->seals != CKA_VERIFY) {
        add_flag(template, kind->seals, true);
    }
    if (wish->name_refusals) {
        add_flag(template, CKA_PRIVATE, false); /* to be seen before login */
    }
}

static void
build_private(struct template *template, const struct wish *wish, const CK_OBJECT_CLASS *class)
{
    add_common(template, wish, class);
    add_flag(template, CKA_PRIVATE, true);
    add_flag(template, CKA_SENSITIVE, true);
    add_flag(template, CKA_EXTRACTABLE, false);
    add_flag(template, CKA_SIGN, true);
    if (wish->decrypt_too || wish->name_refusals) {
        add_flag(template, wish->kind->opens, wish->decrypt_too);
    }
}

static CK_RV
generate(const struct ukb_token_session *session, const struct wish *wish, struct ukb_token_key *ret_key)
{
    const CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
    const CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
    CK_MECHANISM mechanism = { wish->kind->mechanism, NULL, 0 };
    struct template public_half = { .count = 0 };
    struct template private_half = { .count = 0 };

    build_public(&public_half, wish, &public_class);
    build_private(&private_half, wish, &private_class);
    return session->module->functions->C_GenerateKeyPair(session->handle, &mechanism, public_half.items,
                                                         public_half.count, private_half.items, private_half.count,
                                                         &ret_key->public_handle, &ret_key->private_handle);
}

/* Fill @p key from both halves: the public key from the public one, the id as the private one has it. */
static enum ukb_status
read_back(const struct ukb_token_session *session, const struct wish *wish, struct ukb_token_key *key,
          struct ukb_error *reterr)
{
    struct ukb_token_key private_half;
    CK_RV rv;

    memset(&private_half, 0, sizeof(private_half));
    rv = ukb_key_attributes_read(session, key->public_handle, CKO_PUBLIC_KEY, wish->kind->type, key);
    if (rv == CKR_OK) {
        rv = ukb_key_attributes_read(session, key->private_handle, CKO_PRIVATE_KEY, wish->kind->type, &private_half);
    }
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_GetAttributeValue of a new key", reterr);
    }
    if (key->public_key.type == UKB_KEY_UNKNOWN) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the token does not tell the public key that it made");
    }
    key->always_authenticate = private_half.always_authenticate;
    key->id_len = private_half.id_len > 0 ? private_half.id_len : wish->id_len;
    memcpy(key->id, private_half.id_len > 0 ? private_half.id : wish->id, key->id_len);
    return UKB_OK;
}

static const struct kind *
find_kind(enum ukb_algorithm algorithm)
{
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].algorithm == algorithm) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* There is an error to tell already. */
static void
discard(const struct ukb_token_session *session, CK_OBJECT_HANDLE handle)
{
    struct ukb_error ignored = { 0 };
    const enum ukb_status st = ukb_token_object_destroy(session, handle, &ignored);

    (void)st;
}

enum ukb_status
ukb_token_keypair_generate(const struct ukb_token_session *session, enum ukb_algorithm algorithm,
                           const unsigned char *id, size_t id_len, const char *label, bool decrypt_too,
                           struct ukb_token_key *ret_key, struct ukb_error *reterr)
{
    struct wish wish = { find_kind(algorithm), id, id_len, label, decrypt_too, true };
    struct ukb_token_key key;
    enum ukb_status st;
    CK_RV rv;

    if (wish.kind == NULL || id_len == 0 || id_len > sizeof(key.id)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "no such kind of key, or an id of %zu bytes", id_len);
    }
    st = ukb_token_before_write(session, reterr);
    if (st != UKB_OK) {
        return st;
    }
    memset(&key, 0, sizeof(key));
    rv = generate(session, &wish, &key);
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_VALUE_INVALID || rv == CKR_TEMPLATE_INCONSISTENT) {
        wish.name_refusals = false;
        rv = generate(session, &wish, &key);
    }
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_GenerateKeyPair", reterr);
    }
    st = read_back(session, &wish, &key, reterr);
    if (st != UKB_OK) {
        /* The token may have chosen an id that nobody knows: only these handles find the pair. */
        discard(session, key.private_handle);
        discard(session, key.public_handle);
        return st;
    }
    *ret_key = key;
    return UKB_OK;
}

/* Destroy the private, or the public, halves of @p keys that are @p only (NULL: all). A key that tells another public
 * key is surely not the one meant; one that tells none may be. */
static enum ukb_status
destroy_halves(const struct ukb_token_session *session, const struct ukb_token_keys *keys, bool private_halves,
               const struct ukb_public_key *only, size_t *inout_doubtful, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < keys->count; i++) {
        const struct ukb_token_key *key = &keys->items[i];
        const CK_OBJECT_HANDLE handle = private_halves ? key->private_handle : key->public_handle;

        if (handle == CK_INVALID_HANDLE) {
            continue;
        }
        if (only != NULL && !ukb_key_same(&key->public_key, only)) {
            *inout_doubtful += private_halves && key->public_key.type == UKB_KEY_UNKNOWN ? 1 : 0;
            continue;
        }
        st = ukb_token_object_destroy(session, handle, reterr);
    }
    return st;
}

enum ukb_status
ukb_token_keypair_destroy(const struct ukb_token_session *session, const unsigned char *id, size_t id_len,
                          const struct ukb_public_key *only, struct ukb_error *reterr)
{
    struct ukb_token_keys keys = { 0 };
    enum ukb_status st;
    size_t doubtful = 0;

    st = ukb_token_keys_by_id(session, id, id_len, &keys, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    /* Private first: a public half that stays tells what it belonged to, so that a repetition finishes. */
    st = destroy_halves(session, &keys, true, only, &doubtful, reterr);
    if (st == UKB_OK && doubtful > 0) {
        st = ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0, "%zu private keys under this id do not tell which they are",
                       doubtful);
    }
    if (st != UKB_OK) {
        goto out;
    }
    /* Some tokens drop the public half with the private one: look again. */
    ukb_token_keys_done(&keys);
    st = ukb_token_keys_by_id(session, id, id_len, &keys, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = destroy_halves(session, &keys, false, only, &doubtful, reterr);
out:
    ukb_token_keys_done(&keys);
    return st;
}

/* Does the object say of an attribute that it is empty? One that is not told may well be there. */
static bool
is_empty(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_ATTRIBUTE attribute = { type, NULL, 0 };

    return session->module->functions->C_GetAttributeValue(session->handle, object, &attribute, 1) == CKR_OK &&
           attribute.ulValueLen == 0;
}

/* No key that works says of itself that it has no name, no id and no numbers. */
static bool
is_torn(const struct ukb_token_session *session, CK_OBJECT_HANDLE object)
{
    return is_empty(session, object, CKA_ID) && is_empty(session, object, CKA_LABEL) &&
           (is_empty(session, object, CKA_MODULUS) || is_empty(session, object, CKA_EC_PARAMS));
}

static enum ukb_status
tidy_class(const struct ukb_token_session *session, CK_OBJECT_CLASS class, size_t *inout_count,
           struct ukb_error *reterr)
{
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
    struct ukb_buf handles = UKB_HANDLES_INIT;
    enum ukb_status st = ukb_objects_find(session, template, 1, &handles, reterr);
    size_t i;

    for (i = 0; st == UKB_OK && i < ukb_handles_count(&handles); i++) {
        if (is_torn(session, ukb_handles_at(&handles, i))) {
            st = ukb_token_object_destroy(session, ukb_handles_at(&handles, i), reterr);
            *inout_count += st == UKB_OK ? 1U : 0U;
        }
    }
    ukb_buf_done(&handles);
    return st;
}

enum ukb_status
ukb_token_keys_tidy(const struct ukb_token_session *session, size_t *ret_count, struct ukb_error *reterr)
{
    size_t count = 0;
    enum ukb_status st = tidy_class(session, CKO_PRIVATE_KEY, &count, reterr);

    if (st == UKB_OK) {
        st = tidy_class(session, CKO_PUBLIC_KEY, &count, reterr);
    }
    if (st == UKB_OK) {
        *ret_count = count;
    }
    return st;
}
