/* SPDX-License-Identifier: MIT */
/*
 * objects - certificates on a token: read all, write one, find one by its bytes, destroy.
 *
 * PKCS#11 has no transaction, and a certificate's bytes cannot be changed: a renewal writes a new object and destroys
 * the old one. After any failure here read the token again before deciding: a card that failed may have written. Room:
 * token.
 */
#ifndef UKB_TOKEN_OBJECTS_H
#define UKB_TOKEN_OBJECTS_H

#include <stddef.h>

#include <p11-kit/pkcs11.h>

#include "core/limits.h"
#include "core/status.h"

struct ukb_token_session; /* token/session.h */

/** One X.509 certificate object (PKCS#11 v2.40 §4.6.3). */
struct ukb_token_certificate {
    CK_OBJECT_HANDLE handle; /**< valid for the session that read it, until the token is gone */
    unsigned char id[UKB_OBJECT_ID_MAX_LEN];
    size_t id_len;                             /**< 0 when the object has no CKA_ID */
    char label[UKB_OBJECT_LABEL_MAX_LEN + 1U]; /**< printable UTF-8 */
    unsigned char *der;                        /**< CKA_VALUE as it is; not parsed, may be junk */
    size_t der_len;
};

/** The certificates of a token. Zero-initialise; free with ukb_token_certificates_done(). */
struct ukb_token_certificates {
    struct ukb_token_certificate *items;
    size_t count;
    size_t torn;     /**< certificate objects left out because they have no value: an interrupted write */
    size_t oversize; /**< left out because the value exceeds UKB_CERTIFICATE_DER_MAX_LEN */
};

/**
 * Read all X.509 certificates that the session sees, with one C_GetAttributeValue each.
 *
 * @param ret_list  owned by the caller; changed on success only.
 *
 * @retval UKB_E_TOO_LARGE  more than UKB_OBJECTS_MAX certificates: nobody may decide on a part of them.
 * @retval others           as ukb_token_failure().
 */
UKB_MUST_USE enum ukb_status ukb_token_certificates_read(const struct ukb_token_session *session,
                                                         struct ukb_token_certificates *ret_list,
                                                         struct ukb_error *reterr);

/** Free the list's content; it is empty afterwards. NULL is fine. */
void ukb_token_certificates_done(struct ukb_token_certificates *list);

/** What to write; all borrowed. Bytes are DER: subject and issuer a Name, serial an INTEGER with its tag. */
struct ukb_certificate_template {
    const unsigned char *der;
    size_t der_len;
    const unsigned char *subject_der;
    size_t subject_der_len;
    const unsigned char *issuer_der;
    size_t issuer_der_len;
    const unsigned char *serial_der;
    size_t serial_der_len;
    const unsigned char *id; /**< CKA_ID, as of the private key */
    size_t id_len;
    const char *label; /**< UTF-8 */
};

/**
 * Write a public certificate object. When the token does not take an attribute that the standard makes optional, it is
 * asked again without: first without CKA_CERTIFICATE_CATEGORY, then without issuer, serial number and CKA_PRIVATE too.
 *
 * @param session     opened for writing; most tokens want a login.
 * @param ret_handle  the new object.
 *
 * @retval UKB_E_TOKEN_FULL       no room.
 * @retval UKB_E_TOKEN_READ_ONLY  also when the session is.
 * @retval others                 as ukb_token_failure(). The certificate may be on the token nevertheless.
 */
UKB_MUST_USE enum ukb_status ukb_token_certificate_write(const struct ukb_token_session *session,
                                                         const struct ukb_certificate_template *certificate,
                                                         CK_OBJECT_HANDLE *ret_handle, struct ukb_error *reterr);

/**
 * Find the certificate objects whose value is exactly these bytes.
 *
 * @param id           when not NULL, and CKA_ID is exactly this.
 * @param handles_len  items that @p ret_handles holds; more matches are only counted.
 * @param ret_handles  may be NULL when @p handles_len is 0.
 * @param ret_count    all matches; 0 is no error.
 */
UKB_MUST_USE enum ukb_status ukb_token_certificate_find_exact(const struct ukb_token_session *session,
                                                              const unsigned char *der, size_t der_len,
                                                              const unsigned char *id, size_t id_len,
                                                              CK_OBJECT_HANDLE *ret_handles, size_t handles_len,
                                                              size_t *ret_count, struct ukb_error *reterr);

/** Destroy one object of any class (C_DestroyObject). @retval others as ukb_token_failure(). */
UKB_MUST_USE enum ukb_status ukb_token_object_destroy(const struct ukb_token_session *session, CK_OBJECT_HANDLE handle,
                                                      struct ukb_error *reterr);

/**
 * Destroy the torn certificate objects, those without a value. Only when nobody else may be writing to the token.
 *
 * @param ret_count  objects destroyed.
 */
UKB_MUST_USE enum ukb_status ukb_token_certificates_tidy(const struct ukb_token_session *session, size_t *ret_count,
                                                         struct ukb_error *reterr);

#endif /* UKB_TOKEN_OBJECTS_H */
