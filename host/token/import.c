/* SPDX-License-Identifier: MIT */
#include "token/import.h"

#include <string.h>

#include "token/attributes.h"
#include "token/ckr.h"
#include "token/decrypt.h"
#include "token/internal.h"
#include "token/key_attributes.h"
#include "token/objects.h"
#include "token/session.h"

#define TEMPLATE_MAX        20U
#define OCTET_STRING_HEADER 3U /* 04 81 len, for a point of P-521 */

static const CK_BBOOL yes = CK_TRUE;
static const CK_BBOOL no = CK_FALSE;

/* A growing template; what stands behind needed only says what is the default anyway. */
struct template
{
    CK_ATTRIBUTE items[TEMPLATE_MAX];
    CK_ULONG count;
    CK_ULONG needed;
};

/* What is imported, and what the templates point to. */
struct import {
    const struct ukb_private_key *key;
    CK_KEY_TYPE type;
    const unsigned char *id;
    size_t id_len;
    const char *label;
    unsigned char point[OCTET_STRING_HEADER + UKB_EC_POINT_MAX_LEN]; /* CKA_EC_POINT: the point as OCTET STRING */
    size_t point_len;
};

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

static void
add_number(struct template *template, CK_ATTRIBUTE_TYPE type, struct ukb_private_number number)
{
    add(template, type, number.data, number.len);
}

enum ukb_maybe
ukb_token_can_import(const struct ukb_token_session *session, enum ukb_key_type type)
{
    if (!session->info.writable || session->module->functions->C_CreateObject == NULL) {
        return UKB_NO;
    }
    return ukb_token_can_decrypt(session, type, UKB_RSA_PKCS1);
}

/* @p class must outlive the template. */
static void
add_common(struct template *template, const struct import *import, const CK_OBJECT_CLASS *class)
{
    add(template, CKA_CLASS, class, sizeof(*class));
    add(template, CKA_KEY_TYPE, &import->type, sizeof(import->type));
    add_flag(template, CKA_TOKEN, true);
    add(template, CKA_ID, import->id, import->id_len);
    add(template, CKA_LABEL, import->label, strlen(import->label));
}

static void
build_public(struct template *template, const struct import *import, const CK_OBJECT_CLASS *class)
{
    const struct ukb_public_key *key = &import->key->public_key;

    add_common(template, import, class);
    if (import->type == CKK_RSA) {
        add(template, CKA_MODULUS, key->modulus, key->modulus_len);
        add(template, CKA_PUBLIC_EXPONENT, key->exponent, key->exponent_len);
        add_flag(template, CKA_ENCRYPT, true);
    } else {
        add(template, CKA_EC_PARAMS, key->params, key->params_len);
        add(template, CKA_EC_POINT, import->point, import->point_len);
    }
    template->needed = template->count;
    add_flag(template, CKA_VERIFY, false);
    add_flag(template, CKA_PRIVATE, false); /* to be seen before login */
}

static void
build_private(struct template *template, const struct import *import, const CK_OBJECT_CLASS *class)
{
    const struct ukb_private_key *key = import->key;

    add_common(template, import, class);
    add_flag(template, CKA_PRIVATE, true);
    add_flag(template, CKA_SENSITIVE, true);
    add_flag(template, CKA_EXTRACTABLE, false);
    if (import->type == CKK_RSA) {
        add(template, CKA_MODULUS, key->public_key.modulus, key->public_key.modulus_len);
        add(template, CKA_PUBLIC_EXPONENT, key->public_key.exponent, key->public_key.exponent_len);
        add_number(template, CKA_PRIVATE_EXPONENT, key->private_exponent);
        add_number(template, CKA_PRIME_1, key->prime_1);
        add_number(template, CKA_PRIME_2, key->prime_2);
        add_number(template, CKA_EXPONENT_1, key->exponent_1);
        add_number(template, CKA_EXPONENT_2, key->exponent_2);
        add_number(template, CKA_COEFFICIENT, key->coefficient);
        add_flag(template, CKA_DECRYPT, true);
    } else {
        add(template, CKA_EC_PARAMS, key->public_key.params, key->public_key.params_len);
        add_number(template, CKA_VALUE, key->value);
        add_flag(template, CKA_DERIVE, true);
    }
    template->needed = template->count;
    add_flag(template, CKA_SIGN, false);
}

static CK_RV
create(const struct ukb_token_session *session, struct template *template, CK_OBJECT_HANDLE *ret_handle)
{
    const CK_FUNCTION_LIST *functions = session->module->functions;
    CK_RV rv = functions->C_CreateObject(session->handle, template->items, template->count, ret_handle);

    if (ukb_ckr_is_about_template(rv)) {
        rv = functions->C_CreateObject(session->handle, template->items, template->needed, ret_handle);
    }
    return rv;
}

static void
destroy(const struct ukb_token_session *session, CK_OBJECT_HANDLE handle)
{
    struct ukb_error ignored = { 0 }; /* there is one to tell already */
    enum ukb_status st = UKB_OK;

    if (handle != CK_INVALID_HANDLE) {
        st = ukb_token_object_destroy(session, handle, &ignored);
    }
    (void)st;
}

/* Public first: a half that an interruption leaves alone tells what it belonged to. */
static enum ukb_status
create_both(const struct ukb_token_session *session, const struct import *import, struct ukb_token_key *key,
            struct ukb_error *reterr)
{
    const CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
    const CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
    struct template public_half = { .count = 0 };
    struct template private_half = { .count = 0 };
    enum ukb_status st = ukb_token_before_write(session, reterr);
    CK_RV rv;

    if (st != UKB_OK) {
        return st;
    }
    build_public(&public_half, import, &public_class);
    rv = create(session, &public_half, &key->public_handle);
    if (ukb_ckr_is_about_template(rv)) {
        key->public_handle = CK_INVALID_HANDLE; /* a token that keeps none: the certificate tells the public key */
    } else if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_CreateObject of a public key", reterr);
    }
    st = ukb_token_before_write(session, reterr);
    if (st != UKB_OK) {
        return st;
    }
    build_private(&private_half, import, &private_class);
    rv = create(session, &private_half, &key->private_handle);
    if (ukb_ckr_is_about_template(rv)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, rv, "the token takes no private keys from outside");
    }
    return rv == CKR_OK ? UKB_OK : ukb_token_failure(session, rv, "C_CreateObject of a private key", reterr);
}

/* The id as the private half has it. */
static enum ukb_status
read_back(const struct ukb_token_session *session, const struct import *import, struct ukb_token_key *key,
          struct ukb_error *reterr)
{
    const CK_RV rv = ukb_key_attributes_read(session, key->private_handle, CKO_PRIVATE_KEY, import->type, key);

    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_GetAttributeValue of an imported key", reterr);
    }
    if (key->id_len == 0) {
        memcpy(key->id, import->id, import->id_len);
        key->id_len = import->id_len;
    }
    key->type = import->key->public_key.type;
    key->public_key = import->key->public_key;
    return UKB_OK;
}

/* CKA_EC_POINT wants the point inside an OCTET STRING (PKCS#11 v2.40 current mechanisms §2.3.3). */
static void
wrap_point(struct import *import)
{
    const struct ukb_public_key *key = &import->key->public_key;
    size_t header_len = 0;

    import->point[header_len++] = 0x04;
    if (key->point_len >= 0x80U) {
        import->point[header_len++] = 0x81;
    }
    import->point[header_len++] = (unsigned char)key->point_len;
    memcpy(import->point + header_len, key->point, key->point_len);
    import->point_len = header_len + key->point_len;
}

enum ukb_status
ukb_token_key_import(const struct ukb_token_session *session, const struct ukb_private_key *key,
                     const unsigned char *id, size_t id_len, const char *label, struct ukb_token_key *ret_key,
                     struct ukb_error *reterr)
{
    struct import import = { .key = key, .id = id, .id_len = id_len, .label = label };
    struct ukb_token_key made = { .private_handle = CK_INVALID_HANDLE, .public_handle = CK_INVALID_HANDLE };
    enum ukb_status st;

    if (ukb_token_can_import(session, key->public_key.type) == UKB_NO || id_len == 0 || id_len > sizeof(made.id)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the token takes no such keys, or an id of %zu bytes", id_len);
    }
    import.type = key->public_key.type == UKB_KEY_RSA ? CKK_RSA : CKK_EC;
    if (import.type == CKK_EC) {
        wrap_point(&import);
    }
    st = create_both(session, &import, &made, reterr);
    if (st == UKB_OK) {
        st = read_back(session, &import, &made, reterr);
    }
    if (st != UKB_OK) {
        destroy(session, made.private_handle);
        destroy(session, made.public_handle);
        return st;
    }
    *ret_key = made;
    return UKB_OK;
}
