/* SPDX-License-Identifier: MIT */
#include "pki/recipients.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "core/der.h"
#include "core/limits.h"
#include "pki/internal.h"

#define KEY_IDENTIFIER 0x80U /* [0] IMPLICIT OCTET STRING */
#define OTHERS_FIRST   2U    /* kekri, pwri, ori: [2] to [4] */
#define OTHERS_LAST    4U

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

/* Who is looked for, and who was found. */
struct search {
    const struct ukb_certificate *const *certificates;
    size_t count;
    bool *named;
};

static void
mark(const struct search *search, const ASN1_OCTET_STRING *ski, const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
    size_t i;

    for (i = 0; i < search->count; i++) {
        search->named[i] = search->named[i] || ukb_recipient_is(search->certificates[i], ski, issuer, serial);
    }
}

/* One who is named by key identifier, the content of an OCTET STRING. */
static bool
mark_by_key(const struct search *search, struct ukb_der id)
{
    ASN1_OCTET_STRING *ski = ASN1_OCTET_STRING_new();
    const bool read = ski != NULL && ASN1_OCTET_STRING_set(ski, id.at, (int)id.len) == 1;

    if (read) {
        mark(search, ski, NULL, NULL);
    }
    ASN1_OCTET_STRING_free(ski);
    return read;
}

/* One who is named by IssuerAndSerialNumber, whose content @p in is. */
static bool
mark_by_name(const struct search *search, struct ukb_der in)
{
    struct ukb_der issuer_der = { NULL, 0 };
    struct ukb_der serial_der = { NULL, 0 };
    X509_NAME *issuer = NULL;
    ASN1_INTEGER *serial = NULL;
    bool read = false;

    if (ukb_der_is_next(&in, UKB_DER_SEQUENCE) && ukb_der_take_whole(&in, &issuer_der) &&
        ukb_der_is_next(&in, UKB_DER_INTEGER) && ukb_der_take_whole(&in, &serial_der) && in.len == 0) {
        issuer = d2i_X509_NAME(NULL, &issuer_der.at, (long)issuer_der.len);
        serial = d2i_ASN1_INTEGER(NULL, &serial_der.at, (long)serial_der.len);
        read = issuer != NULL && serial != NULL;
    }
    if (read) {
        mark(search, NULL, issuer, serial);
    }
    X509_NAME_free(issuer);
    ASN1_INTEGER_free(serial);
    return read;
}

/* KeyTransRecipientInfo, whose content @p in is. */
static bool
read_transport(const struct search *search, struct ukb_der in)
{
    unsigned int version = 0;
    struct ukb_der id;
    bool read = false;

    if (!ukb_der_take_small(&in, &version)) {
        return false;
    }
    if (ukb_der_take(&in, UKB_DER_SEQUENCE, &id)) {
        read = mark_by_name(search, id);
    } else if (ukb_der_take(&in, KEY_IDENTIFIER, &id)) {
        read = mark_by_key(search, id);
    }
    return read && ukb_der_take(&in, UKB_DER_SEQUENCE, NULL) && ukb_der_take(&in, UKB_DER_OCTET_STRING, NULL) &&
           in.len == 0;
}

/* RecipientEncryptedKey, whose content @p in is. */
static bool
read_agreed_key(const struct search *search, struct ukb_der in)
{
    struct ukb_der id;
    struct ukb_der ski;
    bool read = false;

    if (ukb_der_take(&in, UKB_DER_SEQUENCE, &id)) {
        read = mark_by_name(search, id);
    } else if (ukb_der_take(&in, UKB_DER_CONTEXT(0U), &id) && ukb_der_take(&id, UKB_DER_OCTET_STRING, &ski)) {
        read = mark_by_key(search, ski); /* date and other attributes may follow */
    }
    return read && ukb_der_take(&in, UKB_DER_OCTET_STRING, NULL) && in.len == 0;
}

/* KeyAgreeRecipientInfo, whose content @p in is. */
static bool
read_agreement(const struct search *search, struct ukb_der in)
{
    unsigned int version = 0;
    struct ukb_der keys;
    struct ukb_der key;
    bool read = true;

    if (!ukb_der_take_small(&in, &version) || !ukb_der_take(&in, UKB_DER_CONTEXT(0U), NULL)) {
        return false;
    }
    (void)ukb_der_take(&in, UKB_DER_CONTEXT(1U), NULL); /* keying material of the sender's */
    if (!ukb_der_take(&in, UKB_DER_SEQUENCE, NULL) || !ukb_der_take(&in, UKB_DER_SEQUENCE, &keys) || in.len > 0) {
        return false;
    }
    while (read && keys.len > 0) {
        read = ukb_der_take(&keys, UKB_DER_SEQUENCE, &key) && read_agreed_key(search, key);
    }
    return read;
}

/* One RecipientInfo. */
static bool
read_one(const struct search *search, struct ukb_der *infos)
{
    struct ukb_der in;
    unsigned int tag;

    if (ukb_der_take(infos, UKB_DER_SEQUENCE, &in)) {
        return read_transport(search, in);
    }
    if (ukb_der_take(infos, UKB_DER_CONTEXT(1U), &in)) {
        return read_agreement(search, in);
    }
    for (tag = OTHERS_FIRST; tag <= OTHERS_LAST; tag++) {
        if (ukb_der_take(infos, UKB_DER_CONTEXT(tag), NULL)) {
            return true;
        }
    }
    return false;
}

enum ukb_status
ukb_recipients_find(const unsigned char *der, size_t der_len, const struct ukb_certificate *const *certificates,
                    size_t count, bool *ret_named, struct ukb_error *reterr)
{
    struct search search = { certificates, count, calloc(count + 1U, sizeof(bool)) };
    struct ukb_der all = { der, der_len };
    struct ukb_der infos = { NULL, 0 };
    enum ukb_status st = UKB_OK;
    bool read = false;

    if (search.named == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for recipients");
    }
    read =
        der_len <= UKB_RECIPIENTS_MAX_LEN && ukb_der_take(&all, UKB_DER_SET, &infos) && all.len == 0 && infos.len > 0;
    while (read && infos.len > 0) {
        read = read_one(&search, &infos);
    }
    ERR_clear_error();
    if (!read) {
        st = ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "not the RecipientInfos of a CMS file, in DER");
    } else if (count > 0) {
        memcpy(ret_named, search.named, count * sizeof(*ret_named));
    }
    free(search.named);
    return st;
}
