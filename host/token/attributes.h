/* SPDX-License-Identifier: MIT */
/*
 * attributes - find objects and read their attributes, whatever the module makes of the standard.
 *
 * Room: token, inside only.
 */
#ifndef UKB_TOKEN_ATTRIBUTES_H
#define UKB_TOKEN_ATTRIBUTES_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/status.h"

struct ukb_token_session; /* token/session.h */

/** More attributes than any call of this room asks for. */
#define UKB_ATTRIBUTES_MAX 12U

/** A buffer for the handles that ukb_objects_find() appends. */
#define UKB_HANDLES_INIT UKB_BUF_INIT(UKB_OBJECTS_MAX * sizeof(CK_OBJECT_HANDLE))

/**
 * Append the handles of all objects that match @p template to @p handles (C_FindObjects, PKCS#11 v2.40 §5.7).
 *
 * @retval UKB_E_TOO_LARGE  more than UKB_OBJECTS_MAX.
 * @retval others           as ukb_token_failure().
 */
UKB_MUST_USE enum ukb_status ukb_objects_find(const struct ukb_token_session *session, CK_ATTRIBUTE *template,
                                              CK_ULONG template_count, struct ukb_buf *handles,
                                              struct ukb_error *reterr);

/** How many handles @p handles holds, and one of them. */
size_t ukb_handles_count(const struct ukb_buf *handles);
CK_OBJECT_HANDLE ukb_handles_at(const struct ukb_buf *handles, size_t index);

/**
 * Read @p count attributes into the buffers that @p attributes brings, in one call where the object has them all. What
 * the object has not, hides, or would not fit gets the length CK_UNAVAILABLE_INFORMATION.
 *
 * @return CKR_OK, or what makes the whole object unreadable.
 */
CK_RV ukb_attributes_read(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,
                          CK_ULONG count);

/** True when @p attribute was read and is not empty. */
bool ukb_attribute_has_value(const CK_ATTRIBUTE *attribute);

/** An attribute to write. PKCS#11 v2.40 takes its value by a pointer that is not const; modules do not change it. */
CK_ATTRIBUTE ukb_attribute(CK_ATTRIBUTE_TYPE type, const void *value, size_t len);

#endif /* UKB_TOKEN_ATTRIBUTES_H */
