/* SPDX-License-Identifier: MIT */
#include "pki/internal.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/objects.h>

/* RFC 4514 as OpenSSL has it, but UTF-8 stays UTF-8 instead of becoming \XX pairs. */
#define DN_FLAGS (XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB)

static const unsigned char REPLACEMENT[] = { 0xEF, 0xBF, 0xBD }; /* U+FFFD */

/* Copy @p len bytes of UTF-8 to the heap, U+FFFD for each NUL. */
static char *
copy_text(const unsigned char *utf8, size_t len)
{
    char *text = malloc(len * sizeof(REPLACEMENT) + 1U);
    size_t at = 0;
    size_t i;

    if (text == NULL) {
        return NULL;
    }
    for (i = 0; i < len; i++) {
        if (utf8[i] == '\0') {
            memcpy(text + at, REPLACEMENT, sizeof(REPLACEMENT));
            at += sizeof(REPLACEMENT);
        } else {
            text[at++] = (char)utf8[i];
        }
    }
    text[at] = '\0';
    return text;
}

enum ukb_status
ukb_text_from_asn1(const ASN1_STRING *string, char **ret_text, struct ukb_error *reterr)
{
    unsigned char *utf8 = NULL;
    char *text = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, string);

    if (len < 0) {
        struct ukb_error why = { 0 };

        if (ukb_pki_raise(&why, UKB_E_BAD_CERTIFICATE, "reading a value") == UKB_E_INTERNAL) {
            *reterr = why;
            return UKB_E_INTERNAL;
        }
        *ret_text = NULL; /* an INTEGER as common name, say: shown in dn as #hex, and nowhere else */
        return UKB_OK;
    }
    text = copy_text(utf8, (size_t)len);
    OPENSSL_free(utf8);
    if (text == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a name");
    }
    *ret_text = text;
    return UKB_OK;
}

static bool
is_utf8(const unsigned char *text, long len)
{
    unsigned long character = 0;
    int used;

    for (; len > 0; text += used, len -= used) {
        used = UTF8_getc(text, (int)len, &character);
        if (used <= 0) {
            return false;
        }
    }
    return true;
}

/* Print @p name into @p bio; false unless the result is UTF-8, which OpenSSL does not see to in a UTF8String. */
static bool
print_dn(BIO *bio, const X509_NAME *name, unsigned long flags)
{
    unsigned char *data = NULL;
    long len;

    (void)BIO_reset(bio); /* of a memory BIO, cannot fail */
    if (X509_NAME_print_ex(bio, name, 0, flags) < 0) {
        return false;
    }
    len = BIO_get_mem_data(bio, &data);
    return is_utf8(data, len);
}

/* The whole name as text; NULL when there is no memory. */
static char *
dn_text(const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    unsigned char *data = NULL;
    char *text = NULL;
    long len;

    /* Where a string is not of its own type: RFC 4514 §2.4 lets any value be # and its BER in hex. */
    if (bio != NULL && (print_dn(bio, name, DN_FLAGS) || print_dn(bio, name, DN_FLAGS | ASN1_STRFLGS_DUMP_ALL))) {
        len = BIO_get_mem_data(bio, &data);
        text = copy_text(data, len > 0 ? (size_t)len : 0);
    }
    BIO_free(bio);
    ERR_clear_error();
    return text;
}

/* The last value of attribute @p nid; NULL where there is none. */
static enum ukb_status
last_value(const X509_NAME *name, int nid, char **ret_text, struct ukb_error *reterr)
{
    const X509_NAME_ENTRY *entry = NULL;
    int last = -1;
    int at = -1;

    for (;;) {
        at = X509_NAME_get_index_by_NID(name, nid, at);
        if (at < 0) {
            break;
        }
        last = at;
    }
    if (last < 0) {
        *ret_text = NULL;
        return UKB_OK;
    }
    entry = X509_NAME_get_entry(name, last);
    return ukb_text_from_asn1(X509_NAME_ENTRY_get_data(entry), ret_text, reterr);
}

enum ukb_status
ukb_name_read(const X509_NAME *name, struct ukb_name *ret_name, struct ukb_error *reterr)
{
    struct ukb_name read = { 0 };
    const struct {
        int nid;
        char **ret_text;
    } attributes[] = {
        { NID_commonName, &read.common_name },
        { NID_serialNumber, &read.serial_number },
        { NID_countryName, &read.country },
        { NID_localityName, &read.locality },
        { NID_stateOrProvinceName, &read.state },
        { NID_organizationName, &read.organization },
        { NID_organizationalUnitName, &read.organizational_unit },
    };
    enum ukb_status st = UKB_OK;
    size_t i;

    read.dn = dn_text(name);
    if (read.dn == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a name");
        goto out;
    }
    for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        st = last_value(name, attributes[i].nid, attributes[i].ret_text, reterr);
        if (st != UKB_OK) {
            goto out;
        }
    }
    *ret_name = read;
    memset(&read, 0, sizeof(read));
out:
    ukb_name_done(&read);
    return st;
}

void
ukb_name_done(struct ukb_name *name)
{
    free(name->dn);
    free(name->common_name);
    free(name->serial_number);
    free(name->country);
    free(name->locality);
    free(name->state);
    free(name->organization);
    free(name->organizational_unit);
    memset(name, 0, sizeof(*name));
}

/* The same text, whatever string types carry it? Values that are no text are compared by type and bytes. */
static bool
same_value(const ASN1_STRING *a, const ASN1_STRING *b)
{
    unsigned char *a_utf8 = NULL;
    unsigned char *b_utf8 = NULL;
    int a_len = ASN1_STRING_to_UTF8(&a_utf8, a);
    int b_len = ASN1_STRING_to_UTF8(&b_utf8, b);
    bool same;

    if (a_len < 0 || b_len < 0) {
        same = ASN1_STRING_cmp(a, b) == 0;
    } else {
        same = a_len == b_len && memcmp(a_utf8, b_utf8, (size_t)a_len) == 0;
    }
    OPENSSL_free(a_utf8);
    OPENSSL_free(b_utf8);
    ERR_clear_error();
    return same;
}

bool
ukb_name_same_values(const X509_NAME *a, const X509_NAME *b, int nid)
{
    int a_at = -1;
    int b_at = -1;

    for (;;) {
        a_at = X509_NAME_get_index_by_NID(a, nid, a_at);
        b_at = X509_NAME_get_index_by_NID(b, nid, b_at);
        if (a_at < 0 || b_at < 0) {
            return a_at < 0 && b_at < 0;
        }
        if (!same_value(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(a, a_at)),
                        X509_NAME_ENTRY_get_data(X509_NAME_get_entry(b, b_at)))) {
            return false;
        }
    }
}
