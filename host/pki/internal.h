/* SPDX-License-Identifier: MIT */
/*
 * internal - what the files of this room share. Not for other rooms.
 */
#ifndef UKB_PKI_INTERNAL_H
#define UKB_PKI_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/x509.h>

#include "core/status.h"
#include "pki/certificate.h"

/**
 * Raise @p status for a failed OpenSSL call: "@p what: <OpenSSL's last reason>". Empties OpenSSL's error queue. When
 * memory ran out the status is UKB_E_INTERNAL instead.
 */
UKB_MUST_USE enum ukb_status ukb_pki_raise(struct ukb_error *reterr, enum ukb_status status, const char *what);

/** Unix seconds of a UTCTime or GeneralizedTime; false when it is malformed. */
bool ukb_time_from_asn1(const ASN1_TIME *time, long long *ret_s);

#endif /* UKB_PKI_INTERNAL_H */
