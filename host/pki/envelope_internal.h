/* SPDX-License-Identifier: MIT */
/*
 * envelope_internal - what the files of an envelope share: form.c (what is it?), envelope.c (to whom is it, and open
 * it), delivered.c (what was in it).
 *
 * Room: pki, inside only.
 */
#ifndef UKB_PKI_ENVELOPE_INTERNAL_H
#define UKB_PKI_ENVELOPE_INTERNAL_H

#include <stddef.h>

#include "pki/envelope.h"

/**
 * Say what it is when it cannot be CMS that we take. UKB_OK: it may be.
 * @retval UKB_E_BAD_ENVELOPE, UKB_E_UNSUPPORTED  by its form.
 */
UKB_MUST_USE enum ukb_status ukb_envelope_form(const unsigned char *der, size_t len, struct ukb_error *reterr);

/**
 * Raise the one message for all that goes wrong once the recipient's key was used: whoever sent a broken envelope must
 * not learn from us how far it opened.
 */
UKB_MUST_USE enum ukb_status ukb_envelope_closed(struct ukb_error *reterr);

/**
 * Read the key that came out.
 *
 * @param pkcs8  UKB_PKCS8_MAX_LEN bytes of the secure heap, taken whatever this returns.
 * @param len    of the PKCS #8 in it.
 */
UKB_MUST_USE enum ukb_status ukb_delivered_key_take(unsigned char *pkcs8, size_t len,
                                                    struct ukb_delivered_key **ret_key, struct ukb_error *reterr);

#endif /* UKB_PKI_ENVELOPE_INTERNAL_H */
