/* SPDX-License-Identifier: MIT */
#include "pki/identity.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "pki/internal.h"

/* The 31 characters of a credit code; a character's place is its value (GB 32100-2015, table 2). */
static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static const unsigned char ARC[] = { 0x2A, 0x81, 0x1C, 0xD0, 0x14, 0x04, 0x01 }; /* 1.2.156.10260.4.1 */

/* Tags inside tags that we look through for a string: [n] EXPLICIT around it, say. */
#define VALUE_MAX_DEPTH 3

static bool
is_run_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Is this run of 18 characters a credit code? Characters 3 to 8 are an administrative division, so digits. */
static bool
is_credit_code(const char *run)
{
    unsigned int weight = 1;
    unsigned int sum = 0;
    const char *place = NULL;
    size_t i;

    for (i = 0; i < UKB_CREDIT_CODE_LEN; i++) {
        place = strchr(ALPHABET, run[i]);
        if (place == NULL || (i >= 2 && i < 8 && place - ALPHABET > 9)) {
            return false;
        }
        /* The check character has weight 1 here: with it the weighted sum is a multiple of 31. */
        sum += (unsigned int)(place - ALPHABET) * (i + 1 < UKB_CREDIT_CODE_LEN ? weight : 1U);
        weight = weight * 3U % 31U;
    }
    return sum % 31U == 0;
}

bool
ukb_credit_code_find(const char *text, char ret_code[UKB_CREDIT_CODE_LEN + 1U])
{
    size_t len;

    for (; *text != '\0'; text += len > 0 ? len : 1U) {
        for (len = 0; is_run_character(text[len]);) {
            len++;
        }
        if (len == UKB_CREDIT_CODE_LEN && is_credit_code(text)) {
            memcpy(ret_code, text, UKB_CREDIT_CODE_LEN);
            ret_code[UKB_CREDIT_CODE_LEN] = '\0';
            return true;
        }
    }
    return false;
}

bool
ukb_identity_oid(const ASN1_OBJECT *oid)
{
    return OBJ_length(oid) > sizeof(ARC) && memcmp(OBJ_get0_data(oid), ARC, sizeof(ARC)) == 0;
}

/*
 * The string inside an identity extension. Issuers disagree on the tag: a plain string, [n] around or instead of its
 * tag, or the bare text without any. A tag instead of the string's own leaves UTF-8 as the best reading.
 */
static enum ukb_status
value_text(const unsigned char *value, size_t value_len, char **ret_text, struct ukb_error *reterr)
{
    const unsigned char *content = value;
    long left = (long)value_len;
    int type = V_ASN1_UTF8STRING;
    ASN1_STRING *string = NULL;
    enum ukb_status st;
    int depth;

    for (depth = 0; depth < VALUE_MAX_DEPTH; depth++) {
        const unsigned char *inside = content;
        long inside_len = 0;
        int tag = 0;
        int class = 0;
        int flags = ASN1_get_object(&inside, &inside_len, &tag, &class, left);

        if (flags != 0 && flags != V_ASN1_CONSTRUCTED) {
            break; /* malformed, or of indefinite length: bare text */
        }
        if (inside + inside_len != content + left) {
            break; /* does not fill its place: bare text that looks like a tag */
        }
        type = class == V_ASN1_UNIVERSAL ? tag : V_ASN1_UTF8STRING;
        content = inside;
        left = inside_len;
        if (flags == 0) {
            break;
        }
    }
    ERR_clear_error();
    string = ASN1_STRING_type_new(type);
    if (string == NULL || ASN1_STRING_set(string, content, (int)left) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "an identity extension");
    } else {
        st = ukb_text_from_asn1(string, ret_text, reterr);
    }
    ASN1_STRING_free(string);
    return st;
}

static enum ukb_status
oid_text(const ASN1_OBJECT *oid, char **ret_text, struct ukb_error *reterr)
{
    int len = OBJ_obj2txt(NULL, 0, oid, 1);
    char *text = NULL;

    if (len <= 0) {
        return ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "an identity extension with an endless OID");
    }
    text = malloc((size_t)len + 1U);
    if (text == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for an OID");
    }
    (void)OBJ_obj2txt(text, len + 1, oid, 1); /* as measured above */
    *ret_text = text;
    return UKB_OK;
}

static enum ukb_status
read_one(X509_EXTENSION *extension, struct ukb_identity *identity, struct ukb_error *reterr)
{
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    enum ukb_status st;

    identity->value = ASN1_STRING_get0_data(value);
    identity->value_len = (size_t)ASN1_STRING_length(value);
    st = oid_text(X509_EXTENSION_get_object(extension), &identity->oid, reterr);
    if (st != UKB_OK) {
        return st;
    }
    return value_text(identity->value, identity->value_len, &identity->text, reterr);
}

enum ukb_status
ukb_identities_read(const X509 *x509, struct ukb_identity **ret_identities, size_t *ret_count, struct ukb_error *reterr)
{
    struct ukb_identity *identities = NULL;
    enum ukb_status st = UKB_OK;
    size_t count = 0;
    int total = X509_get_ext_count(x509);
    int i;

    if (total > 0) {
        identities = calloc((size_t)total, sizeof(*identities));
        if (identities == NULL) {
            return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for extensions");
        }
    }
    for (i = 0; i < total; i++) {
        X509_EXTENSION *extension = X509_get_ext(x509, i);

        if (!ukb_identity_oid(X509_EXTENSION_get_object(extension))) {
            continue;
        }
        st = read_one(extension, &identities[count++], reterr);
        if (st != UKB_OK) {
            goto out;
        }
    }
    if (count > 0) {
        *ret_identities = identities;
        identities = NULL;
    } else {
        *ret_identities = NULL;
    }
    *ret_count = count;
out:
    ukb_identities_free(identities, count);
    return st;
}

void
ukb_identities_free(struct ukb_identity *identities, size_t count)
{
    size_t i;

    for (i = 0; identities != NULL && i < count; i++) {
        free(identities[i].oid);
        free(identities[i].text);
    }
    free(identities);
}
