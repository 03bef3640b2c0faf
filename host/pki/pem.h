/* SPDX-License-Identifier: MIT */
/*
 * pem - one block of textual encoding (RFC 7468) and nothing else.
 *
 * Room: pki.  May include core/.  Not for secrets: the base64 is not wiped.
 */
#ifndef UKB_PKI_PEM_H
#define UKB_PKI_PEM_H

#include <stddef.h>

#include "core/buf.h"
#include "core/status.h"

#define UKB_PEM_CERTIFICATE "CERTIFICATE"
#define UKB_PEM_REQUEST     "CERTIFICATE REQUEST"
#define UKB_PEM_CMS         "CMS"

/**
 * Read the only block of @p text, whose label is @p label.
 *
 * White space may stand before, between and behind the base64 characters and around the block, so one long line, CRLF
 * and a missing last newline are fine. Anything else is not: other text, headers (RFC 1421), a second block, another
 * label, missing or misplaced padding, an empty body.
 *
 * @param text     NUL-terminated, borrowed.
 * @param ret_der  initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_BAD_CERTIFICATE  anything but that, or more than ret_der's maximum.
 */
UKB_MUST_USE enum ukb_status ukb_pem_decode(const char *label, const char *text, struct ukb_buf *ret_der,
                                            struct ukb_error *reterr);

/**
 * Write one block, lines of 64 characters (RFC 7468 §2).
 *
 * @param ret_pem  initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_TOO_LARGE  more than ret_pem's maximum.
 */
UKB_MUST_USE enum ukb_status ukb_pem_encode(const char *label, const unsigned char *der, size_t der_len,
                                            struct ukb_buf *ret_pem, struct ukb_error *reterr);

/**
 * Read base64 without a block around it; white space as in one.
 *
 * @param text     NUL-terminated, borrowed.
 * @param ret_der  initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_BAD_CERTIFICATE  anything else, nothing at all, or more than ret_der's maximum.
 */
UKB_MUST_USE enum ukb_status ukb_base64_decode(const char *text, struct ukb_buf *ret_der, struct ukb_error *reterr);

/**
 * Write base64 (RFC 4648 §4) on one line.
 *
 * @param ret_text  initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_TOO_LARGE  more than ret_text's maximum.
 */
UKB_MUST_USE enum ukb_status ukb_base64_encode(const unsigned char *data, size_t len, struct ukb_buf *ret_text,
                                               struct ukb_error *reterr);

#endif /* UKB_PKI_PEM_H */
