/* SPDX-License-Identifier: MIT */
/*
 * recipients - to whom a CMS file is encrypted, read from its RecipientInfos (RFC 5652 §6.2) alone.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_RECIPIENTS_H
#define UKB_PKI_RECIPIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "pki/certificate.h"

/**
 * Which of @p certificates are among the recipients? Key transport and key agreement count, by issuer and serial number
 * or by subjectKeyIdentifier; whoever has a key-encryption key, a password or something else is no certificate's
 * holder.
 *
 * @param der        SET OF RecipientInfo, and nothing behind it: at most UKB_RECIPIENTS_MAX_LEN bytes.
 * @param ret_named  @p count of them; set on success only.
 * @retval UKB_E_BAD_ENVELOPE  not RecipientInfos in DER, or none in it.
 * @retval UKB_E_INTERNAL      no memory.
 */
UKB_MUST_USE enum ukb_status ukb_recipients_find(const unsigned char *der, size_t der_len,
                                                 const struct ukb_certificate *const *certificates, size_t count,
                                                 bool *ret_named, struct ukb_error *reterr);

#endif /* UKB_PKI_RECIPIENTS_H */
