/* SPDX-License-Identifier: MIT */
#include "token/attributes.h"

#include <assert.h>
#include <string.h>

#include "token/internal.h"
#include "token/session.h"

/* Handles asked for at a time. */
#define FIND_STEP 64U

/* Fetch all results of the search that was started. */
static enum ukb_status
collect(const struct ukb_token_session *session, struct ukb_buf *handles, struct ukb_error *reterr)
{
    CK_OBJECT_HANDLE found[FIND_STEP];
    CK_ULONG count = 0;
    enum ukb_status st;
    CK_RV rv;

    do {
        count = 0;
        rv = session->module->functions->C_FindObjects(session->handle, found, FIND_STEP, &count);
        if (rv != CKR_OK) {
            return ukb_token_failure(session, rv, "C_FindObjects", reterr);
        }
        if (count > FIND_STEP || count * sizeof(found[0]) > handles->max_len - handles->len) {
            return ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "more than %u objects on the token", UKB_OBJECTS_MAX);
        }
        st = ukb_buf_append(handles, found, count * sizeof(found[0]), reterr);
        if (st != UKB_OK) {
            return st;
        }
    } while (count > 0);
    return UKB_OK;
}

enum ukb_status
ukb_objects_find(const struct ukb_token_session *session, CK_ATTRIBUTE *template, CK_ULONG template_count,
                 struct ukb_buf *handles, struct ukb_error *reterr)
{
    const CK_FUNCTION_LIST *functions = session->module->functions;
    enum ukb_status st;
    CK_RV rv;

    rv = functions->C_FindObjectsInit(session->handle, template, template_count);
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_FindObjectsInit", reterr);
    }
    st = collect(session, handles, reterr);
    (void)functions->C_FindObjectsFinal(session->handle); /* a search that failed is over, too */
    return st;
}

size_t
ukb_handles_count(const struct ukb_buf *handles)
{
    return handles->len / sizeof(CK_OBJECT_HANDLE);
}

CK_OBJECT_HANDLE
ukb_handles_at(const struct ukb_buf *handles, size_t index)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    assert(index < ukb_handles_count(handles));
    memcpy(&handle, handles->data + index * sizeof(handle), sizeof(handle));
    return handle;
}

/* The object is there, but one attribute or more could not be read. */
static bool
is_partial(CK_RV rv)
{
    return rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_BUFFER_TOO_SMALL;
}

/*
 * The standard has modules mark what they could not read and go on (§5.7, C_GetAttributeValue); some stop at the first
 * such attribute and leave the rest untouched. So after a partial answer each attribute is asked for alone.
 */
static CK_RV
read_one_by_one(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,
                const CK_ULONG *sizes, CK_ULONG count)
{
    CK_ULONG i;
    CK_RV rv;

    for (i = 0; i < count; i++) {
        attributes[i].ulValueLen = sizes[i];
        rv = session->module->functions->C_GetAttributeValue(session->handle, object, &attributes[i], 1);
        if (is_partial(rv)) {
            attributes[i].ulValueLen = CK_UNAVAILABLE_INFORMATION;
            continue;
        }
        if (rv != CKR_OK) {
            return rv;
        }
    }
    return CKR_OK;
}

CK_RV
ukb_attributes_read(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,
                    CK_ULONG count)
{
    CK_ULONG sizes[UKB_ATTRIBUTES_MAX];
    CK_ULONG i;
    CK_RV rv;

    assert(count <= UKB_ATTRIBUTES_MAX);
    for (i = 0; i < count; i++) {
        sizes[i] = attributes[i].ulValueLen;
    }
    rv = session->module->functions->C_GetAttributeValue(session->handle, object, attributes, count);
    if (is_partial(rv)) {
        rv = read_one_by_one(session, object, attributes, sizes, count);
    }
    for (i = 0; i < count; i++) {
        if (attributes[i].ulValueLen > sizes[i]) {
            attributes[i].ulValueLen = CK_UNAVAILABLE_INFORMATION; /* a module must not claim more than it was given */
        }
    }
    return rv;
}

bool
ukb_attribute_has_value(const CK_ATTRIBUTE *attribute)
{
    return attribute->ulValueLen != CK_UNAVAILABLE_INFORMATION && attribute->ulValueLen > 0;
}

CK_ATTRIBUTE
ukb_attribute(CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
    CK_ATTRIBUTE made = { type, NULL, len };

    memcpy(&made.pValue, &value, sizeof(made.pValue));
    return made;
}
