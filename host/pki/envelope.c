/* SPDX-License-Identifier: MIT */
#include "pki/envelope.h"

#include <stdlib.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/buf.h"
#include "core/der.h"
#include "pki/addressee.h"
#include "pki/envelope_internal.h"
#include "pki/internal.h"
#include "pki/pem.h"

#define MAC_MIN_LEN 12U /* RFC 5084 §3.2 */
#define MAC_MAX_LEN 16U

struct ukb_envelope {
    struct ukb_buf der;   /* as it came: it is parsed once more in the library context of the key that opens it */
    CMS_ContentInfo *cms; /* for looking at */
};

void
ukb_envelope_free(struct ukb_envelope *envelope)
{
    if (envelope == NULL) {
        return;
    }
    CMS_ContentInfo_free(envelope->cms);
    ukb_buf_done(&envelope->der);
    free(envelope);
}

enum ukb_status
ukb_envelope_closed(struct ukb_error *reterr)
{
    ERR_clear_error();
    return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope does not open to a private key");
}

static enum ukb_status
refuse(struct ukb_error *reterr, const char *why)
{
    ERR_clear_error();
    return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope %s", why);
}

/* Reading */

/* Parse it; @p context may be NULL for the default one. NULL when it is no CMS, or something is behind it. */
static CMS_ContentInfo *
parse(const struct ukb_buf *der, OSSL_LIB_CTX *context)
{
    CMS_ContentInfo *cms = CMS_ContentInfo_new_ex(context, NULL);
    const unsigned char *at = der->data;

    if (cms == NULL || d2i_CMS_ContentInfo(&cms, &at, (long)der->len) == NULL || at != der->data + der->len) {
        CMS_ContentInfo_free(cms); /* NULL when d2i freed it */
        return NULL;
    }
    return cms;
}

/* The last arc of an AES cipher's OID (2.16.840.1.101.3.4.1.x, NIST CSOR), or 0 for another OID. */
static unsigned int
aes_arc(const struct ukb_der *oid)
{
    static const unsigned char aes[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01 };

    if (oid->len != sizeof(aes) + 1U || memcmp(oid->at, aes, sizeof(aes)) != 0) {
        return 0;
    }
    return oid->at[sizeof(aes)];
}

/* Which cipher an (Auth)EnvelopedData names, and how long its tag is; @p der is DER, unlike what may have come. */
static bool
read_cipher(struct ukb_der der, unsigned int *ret_arc, size_t *ret_mac_len)
{
    struct ukb_der in;
    struct ukb_der algorithm;
    struct ukb_der oid;
    struct ukb_der mac = { NULL, 0 };

    if (!ukb_der_take(&der, UKB_DER_SEQUENCE, &in) || !ukb_der_take(&in, UKB_DER_OID, NULL) ||
        !ukb_der_take(&in, UKB_DER_CONTEXT(0U), &der) || !ukb_der_take(&der, UKB_DER_SEQUENCE, &in) ||
        !ukb_der_take(&in, UKB_DER_INTEGER, NULL)) {
        return false;
    }
    (void)ukb_der_take(&in, UKB_DER_CONTEXT(0U), NULL); /* originatorInfo */
    if (!ukb_der_take(&in, UKB_DER_SET, NULL) || !ukb_der_take(&in, UKB_DER_SEQUENCE, &der) ||
        !ukb_der_take(&der, UKB_DER_OID, NULL) || !ukb_der_take(&der, UKB_DER_SEQUENCE, &algorithm) ||
        !ukb_der_take(&algorithm, UKB_DER_OID, &oid)) {
        return false;
    }
    (void)ukb_der_take(&in, UKB_DER_CONTEXT(1U), NULL); /* authAttrs */
    (void)ukb_der_take(&in, UKB_DER_OCTET_STRING, &mac);
    *ret_arc = aes_arc(&oid);
    *ret_mac_len = mac.len;
    return true;
}

static enum ukb_status
check_cipher(const CMS_ContentInfo *cms, struct ukb_error *reterr)
{
    const bool authenticated = OBJ_obj2nid(CMS_get0_type(cms)) == NID_id_smime_ct_authEnvelopedData;
    unsigned char *der = NULL;
    const int len = i2d_CMS_ContentInfo(cms, &der);
    unsigned int arc = 0;
    size_t mac_len = 0;
    const bool read = len > 0 && read_cipher((struct ukb_der){ der, (size_t)len }, &arc, &mac_len);
    enum ukb_status st = UKB_OK;

    OPENSSL_free(der);
    if (!read) {
        return refuse(reterr, "is not well-formed CMS");
    }
    /* CBC is 2, 22 and 42, GCM is 6, 26 and 46. */
    if (authenticated ? arc != 6 && arc != 26 && arc != 46 : arc != 2 && arc != 22 && arc != 42) {
        st = refuse(reterr, "is encrypted with another cipher than AES-CBC, or AES-GCM in AuthEnvelopedData");
    } else if (authenticated && (mac_len < MAC_MIN_LEN || mac_len > MAC_MAX_LEN)) {
        st = refuse(reterr, "has a tag of another length than 12 to 16 bytes");
    }
    return st;
}

/* Everything but the recipients. */
static enum ukb_status
check(CMS_ContentInfo *cms, struct ukb_error *reterr)
{
    const int type = OBJ_obj2nid(CMS_get0_type(cms));
    ASN1_OCTET_STRING **content = NULL;

    if (type != NID_pkcs7_enveloped && type != NID_id_smime_ct_authEnvelopedData) {
        return refuse(reterr, "is CMS of another type than EnvelopedData");
    }
    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data) {
        return refuse(reterr, "holds a content of another type than id-data");
    }
    content = CMS_get0_content(cms);
    if (content == NULL || *content == NULL || ASN1_STRING_length(*content) == 0) {
        return refuse(reterr, "has no content in it");
    }
    if ((size_t)ASN1_STRING_length(*content) > UKB_PKCS8_MAX_LEN) {
        return refuse(reterr, "holds more than a private key");
    }
    return check_cipher(cms, reterr);
}

enum ukb_status
ukb_envelope_from_der(const unsigned char *der, size_t der_len, struct ukb_envelope **ret, struct ukb_error *reterr)
{
    struct ukb_envelope *envelope = NULL;
    enum ukb_status st;

    if (der_len == 0 || der_len > UKB_ENVELOPE_DER_MAX_LEN) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "an envelope of %zu bytes", der_len);
    }
    st = ukb_envelope_form(der, der_len, reterr);
    if (st != UKB_OK) {
        return st;
    }
    envelope = calloc(1, sizeof(*envelope));
    if (envelope == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for an envelope");
    }
    envelope->der = (struct ukb_buf)UKB_BUF_INIT(UKB_ENVELOPE_DER_MAX_LEN);
    st = ukb_buf_append(&envelope->der, der, der_len, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    envelope->cms = parse(&envelope->der, NULL);
    if (envelope->cms == NULL) {
        st = refuse(reterr, "is not well-formed CMS");
        goto out;
    }
    st = check(envelope->cms, reterr);
    if (st == UKB_OK) {
        *ret = envelope;
        envelope = NULL;
    }
out:
    ukb_envelope_free(envelope);
    return st;
}

enum ukb_status
ukb_envelope_from_base64(const char *text, struct ukb_envelope **ret, struct ukb_error *reterr)
{
    struct ukb_buf der = UKB_BUF_INIT(UKB_ENVELOPE_DER_MAX_LEN);
    struct ukb_error why = { 0 };
    enum ukb_status st;

    if (ukb_base64_decode(text, &der, &why) != UKB_OK) {
        st = refuse(reterr, "is not base64 of a fitting length");
    } else {
        st = ukb_envelope_from_der(der.data, der.len, ret, reterr);
    }
    ukb_buf_done(&der);
    return st;
}

enum ukb_status
ukb_envelope_check(const struct ukb_envelope *envelope, const struct ukb_envelope_recipient *recipient,
                   struct ukb_error *reterr)
{
    struct ukb_addressee found;

    return ukb_addressee_find(envelope->cms, recipient, &found, reterr);
}

enum ukb_rsa_padding
ukb_envelope_padding(const struct ukb_envelope *envelope, const struct ukb_envelope_recipient *recipient)
{
    struct ukb_addressee found;
    struct ukb_error err = { 0 };

    return ukb_addressee_find(envelope->cms, recipient, &found, &err) == UKB_OK ? found.padding : UKB_RSA_PKCS1;
}

/* Opening */

/*
 * Have the owner open the content key; a failure of that is not seen here: OpenSSL goes on with a random key, so that
 * it looks like any other content that does not open (RFC 3218 §2.3.2).
 */
static void
open_key(CMS_ContentInfo *cms, const struct ukb_addressee *addressee, EVP_PKEY *pkey)
{
    if (addressee->agreed != NULL) {
        if (CMS_RecipientInfo_kari_set0_pkey(addressee->info, pkey) == 1) {
            (void)CMS_RecipientInfo_kari_decrypt(cms, addressee->info, addressee->agreed);
        }
        (void)CMS_RecipientInfo_kari_set0_pkey(addressee->info, NULL);
        return;
    }
    if (EVP_PKEY_up_ref(pkey) == 1) {
        (void)CMS_RecipientInfo_set0_pkey(addressee->info, pkey); /* takes it; cannot fail for key transport */
        (void)CMS_RecipientInfo_decrypt(cms, addressee->info);
        (void)CMS_RecipientInfo_set0_pkey(addressee->info, NULL);
    }
}

/*
 * Read the content into @p ret_bytes itself: CMS_decrypt() would carry it through a buffer on the stack that nobody
 * wipes. The cipher's own buffer is wiped when it is freed.
 */
static bool
read_content(CMS_ContentInfo *cms, unsigned char *ret_bytes, size_t *ret_len)
{
    BIO *content = CMS_dataInit(cms, NULL);
    size_t len = 0;
    bool good = false;
    int got = 1;

    while (content != NULL && got > 0 && len < UKB_PKCS8_MAX_LEN) {
        got = BIO_read(content, ret_bytes + len, (int)(UKB_PKCS8_MAX_LEN - len));
        len += got > 0 ? (size_t)got : 0;
    }
    good = content != NULL && BIO_get_cipher_status(content) > 0;
    BIO_free_all(content);
    *ret_len = len;
    return good;
}

static enum ukb_status
open_with(const struct ukb_envelope *envelope, const struct ukb_envelope_recipient *recipient,
          struct ukb_provided_key *key, struct ukb_delivered_key **ret_key, struct ukb_error *reterr)
{
    CMS_ContentInfo *cms = parse(&envelope->der, ukb_provided_key_context(key));
    unsigned char *pkcs8 = OPENSSL_secure_zalloc(UKB_PKCS8_MAX_LEN);
    struct ukb_addressee addressee = { 0 };
    enum ukb_status st = UKB_OK;
    size_t len = 0;
    bool good;

    if (cms == NULL || pkcs8 == NULL) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "no memory for a delivered key");
        goto out;
    }
    st = ukb_addressee_find(cms, recipient, &addressee, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    open_key(cms, &addressee, ukb_provided_key_evp(key));
    st = ukb_provided_key_trouble(key, reterr);
    if (st != UKB_OK && st != UKB_E_BAD_ENVELOPE) {
        ERR_clear_error();
        goto out;
    }
    good = read_content(cms, pkcs8, &len);
    if (st != UKB_OK || !good) {
        st = ukb_envelope_closed(reterr);
        goto out;
    }
    ERR_clear_error();
    st = ukb_delivered_key_take(pkcs8, len, ret_key, reterr);
    pkcs8 = NULL;
out:
    OPENSSL_secure_clear_free(pkcs8, UKB_PKCS8_MAX_LEN);
    CMS_ContentInfo_free(cms);
    return st;
}

enum ukb_status
ukb_envelope_open(struct ukb_envelope *envelope, const struct ukb_envelope_recipient *recipient,
                  const struct ukb_key_ops *ops, struct ukb_delivered_key **ret_key, struct ukb_error *reterr)
{
    struct ukb_provided_key *key = NULL;
    enum ukb_status st = ukb_envelope_check(envelope, recipient, reterr);

    if (st != UKB_OK) {
        return st;
    }
    st = ukb_provided_key_new(recipient->key, ops, &key, reterr);
    if (st == UKB_OK) {
        st = open_with(envelope, recipient, key, ret_key, reterr);
    }
    ukb_provided_key_free(key);
    return st;
}
