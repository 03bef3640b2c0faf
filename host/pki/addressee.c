/* SPDX-License-Identifier: MIT */
#include "pki/addressee.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "core/der.h"
#include "pki/internal.h"
#include "pki/provider_internal.h"
#include "pki/public_key.h"

#define SHA1_LEN 20U

/* RFC 5280 §4.2.1.2 (1): the SHA-1 of the subjectPublicKey's bits. */
static bool
hash_key(const struct ukb_public_key *key, unsigned char *ret_hash)
{
    struct ukb_error err = { 0 };
    X509_PUBKEY *pubkey = NULL;
    const unsigned char *bits = NULL;
    EVP_PKEY *pkey = NULL;
    int len = 0;
    bool done = false;

    if (ukb_public_key_to_evp(key, &pkey, &err) == UKB_OK && X509_PUBKEY_set(&pubkey, pkey) == 1 &&
        X509_PUBKEY_get0_param(NULL, &bits, &len, NULL, pubkey) == 1) {
        done = EVP_Digest(bits, (size_t)len, ret_hash, NULL, EVP_sha1(), NULL) == 1;
    }
    X509_PUBKEY_free(pubkey);
    EVP_PKEY_free(pkey);
    return done;
}

/* Is somebody who is named so our recipient? */
static bool
is_recipient(const struct ukb_envelope_recipient *recipient, const ASN1_OCTET_STRING *ski, const X509_NAME *issuer,
             const ASN1_INTEGER *serial)
{
    unsigned char hash[SHA1_LEN];
    size_t i;

    for (i = 0; i < recipient->certificate_count; i++) {
        if (ukb_recipient_is(recipient->certificates[i], ski, issuer, serial)) {
            return true;
        }
    }
    return ski != NULL && ASN1_STRING_length(ski) == (int)SHA1_LEN && hash_key(recipient->key, hash) &&
           memcmp(ASN1_STRING_get0_data(ski), hash, SHA1_LEN) == 0;
}

static enum ukb_status
other_way(struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope encrypts its content key in a way that is not taken");
}

/* Key transport */

/* OAEP's digest, the same for its mask, and no label: what tokens know. */
static bool
read_oaep(const X509_ALGOR *algorithm, enum ukb_rsa_padding *ret_padding)
{
    static const struct {
        int nid;
        enum ukb_rsa_padding padding;
    } rows[] = {
        { NID_sha1, UKB_RSA_OAEP_SHA1 },
        { NID_sha256, UKB_RSA_OAEP_SHA256 },
        { NID_sha384, UKB_RSA_OAEP_SHA384 },
        { NID_sha512, UKB_RSA_OAEP_SHA512 },
    };
    RSA_OAEP_PARAMS *oaep = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_OAEP_PARAMS), algorithm->parameter);
    X509_ALGOR *masked = NULL;
    int hash = NID_sha1; /* the defaults (RFC 8017 A.2.1) */
    int mask = NID_sha1;
    bool read = oaep != NULL && oaep->pSourceFunc == NULL;
    size_t i;

    if (read && oaep->hashFunc != NULL) {
        hash = OBJ_obj2nid(oaep->hashFunc->algorithm);
    }
    if (read && oaep->maskGenFunc != NULL) {
        masked = OBJ_obj2nid(oaep->maskGenFunc->algorithm) == NID_mgf1
                     ? ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR), oaep->maskGenFunc->parameter)
                     : NULL;
        mask = masked == NULL ? NID_undef : OBJ_obj2nid(masked->algorithm);
    }
    read = read && hash == mask;
    for (i = 0; read && i < sizeof(rows) / sizeof(rows[0]) && rows[i].nid != hash; i++) {
    }
    read = read && i < sizeof(rows) / sizeof(rows[0]);
    if (read) {
        *ret_padding = rows[i].padding;
    }
    X509_ALGOR_free(masked);
    RSA_OAEP_PARAMS_free(oaep);
    return read;
}

static enum ukb_status
look_at_transport(CMS_RecipientInfo *info, struct ukb_addressee *ret_addressee, struct ukb_error *reterr)
{
    enum ukb_rsa_padding padding = UKB_RSA_PKCS1;
    X509_ALGOR *algorithm = NULL;
    int nid = NID_undef;

    if (CMS_RecipientInfo_ktri_get0_algs(info, NULL, NULL, &algorithm) == 1) {
        nid = OBJ_obj2nid(algorithm->algorithm);
    }
    if (nid != NID_rsaEncryption && (nid != NID_rsaesOaep || !read_oaep(algorithm, &padding))) {
        return other_way(reterr);
    }
    *ret_addressee = (struct ukb_addressee){ .info = info, .padding = padding };
    return UKB_OK;
}

static bool
is_transport_to(CMS_RecipientInfo *info, const struct ukb_envelope_recipient *recipient)
{
    ASN1_OCTET_STRING *ski = NULL;
    X509_NAME *issuer = NULL;
    ASN1_INTEGER *serial = NULL;

    return CMS_RecipientInfo_ktri_get0_signer_id(info, &ski, &issuer, &serial) == 1 &&
           is_recipient(recipient, ski, issuer, serial);
}

/* Key agreement */

/* RFC 5753 §7.1.4: ECDH with a key derivation that we know, and AES key wrap (RFC 3394). */
static bool
agrees_as_we_do(CMS_RecipientInfo *info)
{
    static const int schemes[] = {
        NID_dhSinglePass_stdDH_sha1kdf_scheme,        NID_dhSinglePass_stdDH_sha224kdf_scheme,
        NID_dhSinglePass_stdDH_sha256kdf_scheme,      NID_dhSinglePass_stdDH_sha384kdf_scheme,
        NID_dhSinglePass_stdDH_sha512kdf_scheme,      NID_dhSinglePass_cofactorDH_sha1kdf_scheme,
        NID_dhSinglePass_cofactorDH_sha224kdf_scheme, NID_dhSinglePass_cofactorDH_sha256kdf_scheme,
        NID_dhSinglePass_cofactorDH_sha384kdf_scheme, NID_dhSinglePass_cofactorDH_sha512kdf_scheme,
    };
    ASN1_BIT_STRING *point = NULL;
    X509_ALGOR *algorithm = NULL;
    X509_ALGOR *wrap = NULL;
    ASN1_OCTET_STRING *ukm = NULL;
    int nid;
    size_t i = 0;

    if (CMS_RecipientInfo_kari_get0_orig_id(info, NULL, &point, NULL, NULL, NULL) != 1 || point == NULL ||
        CMS_RecipientInfo_kari_get0_alg(info, &algorithm, &ukm) != 1 ||
        (ukm != NULL && (size_t)ASN1_STRING_length(ukm) > UKB_SHARED_INFO_MAX_LEN / 2U)) {
        return false;
    }
    nid = OBJ_obj2nid(algorithm->algorithm);
    while (i < sizeof(schemes) / sizeof(schemes[0]) && schemes[i] != nid) {
        i++;
    }
    wrap = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR), algorithm->parameter);
    nid = wrap == NULL ? NID_undef : OBJ_obj2nid(wrap->algorithm);
    X509_ALGOR_free(wrap);
    return i < sizeof(schemes) / sizeof(schemes[0]) &&
           (nid == NID_id_aes128_wrap || nid == NID_id_aes192_wrap || nid == NID_id_aes256_wrap);
}

static CMS_RecipientEncryptedKey *
find_agreed(CMS_RecipientInfo *info, const struct ukb_envelope_recipient *recipient)
{
    STACK_OF(CMS_RecipientEncryptedKey) *keys = CMS_RecipientInfo_kari_get0_reks(info);
    int i;

    for (i = 0; i < sk_CMS_RecipientEncryptedKey_num(keys); i++) {
        CMS_RecipientEncryptedKey *key = sk_CMS_RecipientEncryptedKey_value(keys, i);
        ASN1_OCTET_STRING *ski = NULL;
        X509_NAME *issuer = NULL;
        ASN1_INTEGER *serial = NULL;

        if (CMS_RecipientEncryptedKey_get0_id(key, &ski, NULL, NULL, &issuer, &serial) == 1 &&
            is_recipient(recipient, ski, issuer, serial)) {
            return key;
        }
    }
    return NULL;
}

enum ukb_status
ukb_addressee_find(CMS_ContentInfo *cms, const struct ukb_envelope_recipient *recipient,
                   struct ukb_addressee *ret_addressee, struct ukb_error *reterr)
{
    STACK_OF(CMS_RecipientInfo) *infos = CMS_get0_RecipientInfos(cms);
    const bool rsa = recipient->key->type == UKB_KEY_RSA;
    enum ukb_status st = ukb_key_check_ours(recipient->key, reterr);
    int i;

    for (i = 0; st == UKB_OK && i < sk_CMS_RecipientInfo_num(infos); i++) {
        CMS_RecipientInfo *info = sk_CMS_RecipientInfo_value(infos, i);
        const int type = CMS_RecipientInfo_type(info);
        CMS_RecipientEncryptedKey *agreed = NULL;

        if (rsa && type == CMS_RECIPINFO_TRANS && is_transport_to(info, recipient)) {
            return look_at_transport(info, ret_addressee, reterr);
        }
        if (!rsa && type == CMS_RECIPINFO_AGREE) {
            agreed = find_agreed(info, recipient);
        }
        if (agreed != NULL) {
            *ret_addressee = (struct ukb_addressee){ .info = info, .agreed = agreed };
            return agrees_as_we_do(info) ? UKB_OK : other_way(reterr);
        }
    }
    return st != UKB_OK ? st : ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope is addressed to others");
}
