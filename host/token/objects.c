/* SPDX-License-Identifier: MIT */
#include "token/objects.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "token/attributes.h"
#include "token/ckr.h"
#include "token/internal.h"
#include "token/session.h"
#include "token/text.h"

/* What one certificate object is read into, used for one after another. */
struct scratch {
    unsigned char der[UKB_CERTIFICATE_DER_MAX_LEN];
    unsigned char label[UKB_OBJECT_LABEL_MAX_LEN];
    CK_CERTIFICATE_TYPE type;
};

enum outcome { TAKEN, TORN, OVERSIZE, NOT_X509, GONE };

/* Whether the value that could not be read is there, and too long. */
static bool
has_long_value(const struct ukb_token_session *session, CK_OBJECT_HANDLE object)
{
    CK_ATTRIBUTE value = { CKA_VALUE, NULL, 0 };

    return session->module->functions->C_GetAttributeValue(session->handle, object, &value, 1) == CKR_OK &&
           ukb_attribute_has_value(&value);
}

/* Fill @p item from the object's attributes; item->der is allocated when the outcome is TAKEN. */
static enum ukb_status
read_certificate(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, struct scratch *scratch,
                 struct ukb_token_certificate *item, enum outcome *ret_outcome, struct ukb_error *reterr)
{
    CK_ATTRIBUTE attributes[] = {
        { CKA_VALUE, scratch->der, sizeof(scratch->der) },
        { CKA_ID, item->id, sizeof(item->id) },
        { CKA_LABEL, scratch->label, sizeof(scratch->label) },
        { CKA_CERTIFICATE_TYPE, &scratch->type, sizeof(scratch->type) },
    };
    CK_RV rv;

    rv = ukb_attributes_read(session, object, attributes, sizeof(attributes) / sizeof(attributes[0]));
    if (rv == CKR_OBJECT_HANDLE_INVALID) {
        *ret_outcome = GONE; /* somebody destroyed it after we found it */
        return UKB_OK;
    }
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_GetAttributeValue", reterr);
    }
    if (ukb_attribute_has_value(&attributes[3]) && scratch->type != CKC_X_509) {
        *ret_outcome = NOT_X509;
        return UKB_OK;
    }
    if (!ukb_attribute_has_value(&attributes[0])) {
        *ret_outcome = has_long_value(session, object) ? OVERSIZE : TORN;
        return UKB_OK;
    }
    item->der_len = attributes[0].ulValueLen;
    item->der = malloc(item->der_len);
    if (item->der == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a certificate of %zu bytes", item->der_len);
    }
    memcpy(item->der, scratch->der, item->der_len);
    item->handle = object;
    item->id_len = ukb_attribute_has_value(&attributes[1]) ? attributes[1].ulValueLen : 0;
    if (ukb_attribute_has_value(&attributes[2])) {
        ukb_text_printable(scratch->label, attributes[2].ulValueLen, item->label);
    }
    *ret_outcome = TAKEN;
    return UKB_OK;
}

static enum ukb_status
find_certificates(const struct ukb_token_session *session, struct ukb_buf *handles, struct ukb_error *reterr)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };

    /* Not by CKA_CERTIFICATE_TYPE: a torn object may lack it. */
    return ukb_objects_find(session, template, 1, handles, reterr);
}

/* Read the objects of @p handles into @p list, which has room for all of them. */
static enum ukb_status
read_all(const struct ukb_token_session *session, const struct ukb_buf *handles, struct scratch *scratch,
         struct ukb_token_certificates *list, struct ukb_error *reterr)
{
    enum outcome outcome = GONE;
    enum ukb_status st;
    size_t i;

    for (i = 0; i < ukb_handles_count(handles); i++) {
        struct ukb_token_certificate *item = &list->items[list->count];

        memset(item, 0, sizeof(*item));
        st = read_certificate(session, ukb_handles_at(handles, i), scratch, item, &outcome, reterr);
        if (st != UKB_OK) {
            return st;
        }
        list->count += outcome == TAKEN ? 1 : 0;
        list->torn += outcome == TORN ? 1 : 0;
        list->oversize += outcome == OVERSIZE ? 1 : 0;
    }
    return UKB_OK;
}

enum ukb_status
ukb_token_certificates_read(const struct ukb_token_session *session, struct ukb_token_certificates *ret_list,
                            struct ukb_error *reterr)
{
    struct ukb_token_certificates list = { 0 };
    struct ukb_buf handles = UKB_HANDLES_INIT;
    struct scratch *scratch = NULL;
    enum ukb_status st;

    st = find_certificates(session, &handles, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    list.items = calloc(ukb_handles_count(&handles) + 1U, sizeof(*list.items));
    scratch = calloc(1, sizeof(*scratch));
    if (list.items == NULL || scratch == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a list of certificates");
        goto out;
    }
    st = read_all(session, &handles, scratch, &list, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    *ret_list = list;
    list = (struct ukb_token_certificates){ 0 };
out:
    ukb_token_certificates_done(&list);
    free(scratch);
    ukb_buf_done(&handles);
    return st;
}

void
ukb_token_certificates_done(struct ukb_token_certificates *list)
{
    size_t i;

    if (list == NULL) {
        return;
    }
    for (i = 0; i < list->count; i++) {
        free(list->items[i].der);
    }
    free(list->items);
    *list = (struct ukb_token_certificates){ 0 };
}

enum ukb_status
ukb_token_certificate_find_exact(const struct ukb_token_session *session, const unsigned char *der, size_t der_len,
                                 const unsigned char *id, size_t id_len, CK_OBJECT_HANDLE *ret_handles,
                                 size_t handles_len, size_t *ret_count, struct ukb_error *reterr)
{
    struct ukb_token_certificates list = { 0 };
    enum ukb_status st;
    size_t count = 0;
    size_t i;

    /* All are read and compared here: modules differ in what a search by CKA_VALUE finds. */
    st = ukb_token_certificates_read(session, &list, reterr);
    if (st != UKB_OK) {
        return st;
    }
    for (i = 0; i < list.count; i++) {
        const struct ukb_token_certificate *item = &list.items[i];

        if (item->der_len != der_len || memcmp(item->der, der, der_len) != 0) {
            continue;
        }
        if (id != NULL && (item->id_len != id_len || memcmp(item->id, id, id_len) != 0)) {
            continue;
        }
        if (count < handles_len) {
            ret_handles[count] = item->handle;
        }
        count++;
    }
    *ret_count = count;
    ukb_token_certificates_done(&list);
    return UKB_OK;
}

enum ukb_status
ukb_token_object_destroy(const struct ukb_token_session *session, CK_OBJECT_HANDLE handle, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_token_before_write(session, reterr);
    CK_RV rv;

    if (st != UKB_OK) {
        return st;
    }
    rv = session->module->functions->C_DestroyObject(session->handle, handle);
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_DestroyObject", reterr);
    }
    return UKB_OK;
}

/* Whether the certificate object has no value at all; false when that cannot be found out. */
static bool
is_torn(const struct ukb_token_session *session, CK_OBJECT_HANDLE object)
{
    CK_ATTRIBUTE value = { CKA_VALUE, NULL, 0 };
    CK_RV rv;

    rv = session->module->functions->C_GetAttributeValue(session->handle, object, &value, 1);
    return (rv == CKR_OK || rv == CKR_ATTRIBUTE_TYPE_INVALID) && !ukb_attribute_has_value(&value);
}

enum ukb_status
ukb_token_certificates_tidy(const struct ukb_token_session *session, size_t *ret_count, struct ukb_error *reterr)
{
    struct ukb_buf handles = UKB_HANDLES_INIT;
    enum ukb_status st;
    size_t count = 0;
    size_t i;

    st = find_certificates(session, &handles, reterr);
    for (i = 0; st == UKB_OK && i < ukb_handles_count(&handles); i++) {
        if (is_torn(session, ukb_handles_at(&handles, i))) {
            st = ukb_token_object_destroy(session, ukb_handles_at(&handles, i), reterr);
            count++;
        }
    }
    if (st == UKB_OK) {
        *ret_count = count;
    }
    ukb_buf_done(&handles);
    return st;
}

/*
 * The attributes of a new certificate, most needed first, so that a prefix of them is a poorer template (§4.6.3). A
 * token that does not take the prefix of one row is asked again with the next.
 */
static const CK_ULONG template_lens[] = { 11, 10, 7 };

enum ukb_status
ukb_token_certificate_write(const struct ukb_token_session *session, const struct ukb_certificate_template *certificate,
                            CK_OBJECT_HANDLE *ret_handle, struct ukb_error *reterr)
{
    const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    const CK_CERTIFICATE_TYPE type = CKC_X_509;
    const CK_ULONG category = 1; /* a token user's (§4.6.2) */
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE template[] = {
        ukb_attribute(CKA_CLASS, &class, sizeof(class)),
        ukb_attribute(CKA_CERTIFICATE_TYPE, &type, sizeof(type)),
        ukb_attribute(CKA_TOKEN, &yes, sizeof(yes)),
        ukb_attribute(CKA_LABEL, certificate->label, strlen(certificate->label)),
        ukb_attribute(CKA_ID, certificate->id, certificate->id_len),
        ukb_attribute(CKA_SUBJECT, certificate->subject_der, certificate->subject_der_len),
        ukb_attribute(CKA_VALUE, certificate->der, certificate->der_len),
        ukb_attribute(CKA_ISSUER, certificate->issuer_der, certificate->issuer_der_len),
        ukb_attribute(CKA_SERIAL_NUMBER, certificate->serial_der, certificate->serial_der_len),
        ukb_attribute(CKA_PRIVATE, &no, sizeof(no)),
        ukb_attribute(CKA_CERTIFICATE_CATEGORY, &category, sizeof(category)),
    };
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    CK_RV rv = CKR_TEMPLATE_INCONSISTENT;
    enum ukb_status st = ukb_token_before_write(session, reterr);
    size_t i;

    if (st != UKB_OK) {
        return st;
    }
    for (i = 0; i < sizeof(template_lens) / sizeof(template_lens[0]) && ukb_ckr_is_about_template(rv); i++) {
        rv = session->module->functions->C_CreateObject(session->handle, template, template_lens[i], &handle);
    }
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_CreateObject", reterr);
    }
    *ret_handle = handle;
    return UKB_OK;
}
