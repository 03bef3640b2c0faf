/* SPDX-License-Identifier: MIT */
/*
 * subject - a distinguished name made from what a portal asks for.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_SUBJECT_H
#define UKB_PKI_SUBJECT_H

#include <stddef.h>

#include "core/buf.h"
#include "core/status.h"

/** One attribute; both strings borrowed, NUL-terminated. */
struct ukb_subject_item {
    const char *type;  /**< short name ("CN", "O", "OU", "C", "ST", "L", "serialNumber", …) or dotted OID */
    const char *value; /**< UTF-8 */
};

/**
 * Write the DER Name (RFC 5280 §4.1.2.4) with one RDN per item, in the order of the items (the text form of RFC 4514
 * reads the other way round).
 *
 * Values become UTF8String, with the exceptions that RFC 5280 makes: countryName two capital letters as
 * PrintableString, serialNumber and dnQualifier as PrintableString where they fit it, emailAddress and domainComponent
 * as IA5String.
 *
 * @param ret_der  initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_PARAMS  attribute "field" is "subject": no item or more than UKB_SUBJECT_MAX_ITEMS, a type that is
 *                       unknown or longer than UKB_SUBJECT_TYPE_MAX_LEN, a value that is empty, not UTF-8, holds a
 *                       control character or does not fit its type, or more than UKB_SUBJECT_MAX_LEN bytes of values.
 */
UKB_MUST_USE enum ukb_status ukb_subject_from_items(const struct ukb_subject_item *items, size_t item_count,
                                                    struct ukb_buf *ret_der, struct ukb_error *reterr);

#endif /* UKB_PKI_SUBJECT_H */
