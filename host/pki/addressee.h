/* SPDX-License-Identifier: MIT */
/*
 * addressee - the RecipientInfo of an envelope that is ours, and whether we take the way in which it hides the content
 * key.
 *
 * Room: pki, inside only.
 */
#ifndef UKB_PKI_ADDRESSEE_H
#define UKB_PKI_ADDRESSEE_H

#include <openssl/cms.h>

#include "pki/envelope.h"

/** One RecipientInfo, or of a KeyAgreeRecipientInfo one RecipientEncryptedKey. Borrowed from its CMS_ContentInfo. */
struct ukb_addressee {
    CMS_RecipientInfo *info;
    CMS_RecipientEncryptedKey *agreed; /**< NULL: key transport */
    enum ukb_rsa_padding padding;      /**< for key transport */
};

/** Find @p recipient's. Errors as ukb_envelope_check(). */
UKB_MUST_USE enum ukb_status ukb_addressee_find(CMS_ContentInfo *cms, const struct ukb_envelope_recipient *recipient,
                                                struct ukb_addressee *ret_addressee, struct ukb_error *reterr);

#endif /* UKB_PKI_ADDRESSEE_H */
