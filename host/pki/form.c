/* SPDX-License-Identifier: MIT */
/* What somebody sent instead of CMS EnvelopedData: people confuse these forms, so each has words of its own. */
#include "pki/envelope_internal.h"

#include "core/der.h"

/* 1.2.156.10197.6.1.4.2: the content types of GM/T 0010, CMS with SM2. */
static const unsigned char gm_oid[] = { 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x06, 0x01, 0x04, 0x02 };

#define PFX_VERSION 3U    /* RFC 7292 §4 */
#define INDEFINITE  0x80U /* a length that is not told (X.690 §8.1.3.6) */

static enum ukb_status
refuse(struct ukb_error *reterr, const char *what)
{
    return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "%s is refused: a key is delivered as CMS EnvelopedData", what);
}

/* Something that begins with a version: PFX, PrivateKeyInfo, RSAPrivateKey, ECPrivateKey. */
static enum ukb_status
tell_versioned(struct ukb_der in, struct ukb_error *reterr)
{
    unsigned int version = 0;

    if (!ukb_der_take_small(&in, &version)) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope is not CMS");
    }
    if (version == PFX_VERSION) {
        return refuse(reterr, "a PKCS #12");
    }
    return version <= 1 ? refuse(reterr, "a private key that is not encrypted")
                        : ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope is not CMS");
}

/* Something that begins with a SEQUENCE. */
static enum ukb_status
tell_nested(struct ukb_der in, struct ukb_error *reterr)
{
    struct ukb_der first = { NULL, 0 };

    if (ukb_der_take(&in, UKB_DER_SEQUENCE, &first)) {
        if (ukb_der_is_next(&first, UKB_DER_OID) && ukb_der_is_next(&in, UKB_DER_SEQUENCE)) {
            return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "SM2EnvelopedKey is not supported in this version");
        }
        if (ukb_der_is_next(&first, UKB_DER_OID) && ukb_der_is_next(&in, UKB_DER_OCTET_STRING)) {
            return refuse(reterr, "a private key encrypted with a password");
        }
        if (ukb_der_is_next(&first, UKB_DER_SEQUENCE) &&
            (ukb_der_is_next(&in, UKB_DER_CONTEXT(0U)) || ukb_der_is_next(&in, UKB_DER_CONTEXT(1U)))) {
            return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "CSRResponse is not supported in this version");
        }
    }
    return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope is not CMS");
}

enum ukb_status
ukb_envelope_form(const unsigned char *der, size_t len, struct ukb_error *reterr)
{
    struct ukb_der all = { der, len };
    struct ukb_der in;
    struct ukb_der oid;

    if (len > 2 && der[0] == UKB_DER_SEQUENCE && der[1] == INDEFINITE) {
        return UKB_OK; /* BER: of these forms, CMS alone comes so */
    }
    if (!ukb_der_take(&all, UKB_DER_SEQUENCE, &in)) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope is not CMS");
    }
    if (ukb_der_is_next(&in, UKB_DER_INTEGER)) {
        return tell_versioned(in, reterr);
    }
    if (!ukb_der_take(&in, UKB_DER_OID, &oid)) {
        return tell_nested(in, reterr);
    }
    oid.len = oid.len > sizeof(gm_oid) ? sizeof(gm_oid) : 0;
    if (ukb_der_equals(&oid, gm_oid, sizeof(gm_oid))) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "CMS for SM2 (GM/T 0010) is not supported in this version");
    }
    return UKB_OK;
}
