/* SPDX-License-Identifier: MIT */
#include "pki/internal.h"

#include <openssl/x509v3.h>

bool
ukb_recipient_is(const struct ukb_certificate *certificate, const ASN1_OCTET_STRING *ski, const X509_NAME *issuer,
                 const ASN1_INTEGER *serial)
{
    const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(certificate->x509);

    if (ski != NULL) {
        return own != NULL && ASN1_OCTET_STRING_cmp(ski, own) == 0;
    }
    return issuer != NULL && serial != NULL && X509_NAME_cmp(issuer, X509_get_issuer_name(certificate->x509)) == 0 &&
           ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(certificate->x509)) == 0;
}
