/* SPDX-License-Identifier: MIT */
#include "pki/subject.h"

#include <stdio.h>

#include <openssl/objects.h>
#include <openssl/x509.h>

#include "core/limits.h"
#include "pki/internal.h"

#define UTF8_ONLY (unsigned long)(B_ASN1_UTF8STRING)
#define PRINTABLE (unsigned long)(B_ASN1_PRINTABLESTRING | B_ASN1_UTF8STRING) /* the first of them that fits */
#define IA5       (unsigned long)(B_ASN1_IA5STRING)

#define COUNTRY_LEN 2 /* ISO 3166, RFC 5280 appendix A.1 */

/* The short names a portal may use, and the string type of each where it is not UTF8String. Case matters. */
static const struct attribute {
    const char *name;
    int nid;
    unsigned long types;
} attributes[] = {
    { "CN", NID_commonName, UTF8_ONLY },
    { "O", NID_organizationName, UTF8_ONLY },
    { "OU", NID_organizationalUnitName, UTF8_ONLY },
    { "C", NID_countryName, B_ASN1_PRINTABLESTRING },
    { "ST", NID_stateOrProvinceName, UTF8_ONLY },
    { "L", NID_localityName, UTF8_ONLY },
    { "STREET", NID_streetAddress, UTF8_ONLY },
    { "DC", NID_domainComponent, IA5 },
    { "UID", NID_userId, UTF8_ONLY },
    { "SN", NID_surname, UTF8_ONLY },
    { "GN", NID_givenName, UTF8_ONLY },
    { "title", NID_title, UTF8_ONLY },
    { "description", NID_description, UTF8_ONLY },
    { "postalCode", NID_postalCode, UTF8_ONLY },
    { "serialNumber", NID_serialNumber, PRINTABLE },
    { "dnQualifier", NID_dnQualifier, PRINTABLE },
    { "organizationIdentifier", NID_organizationIdentifier, UTF8_ONLY },
    { "emailAddress", NID_pkcs9_emailAddress, IA5 },
};

/* Also empties OpenSSL's error queue. */
static enum ukb_status
refuse(struct ukb_error *reterr, size_t index, const char *what)
{
    char text[UKB_ERROR_MESSAGE_MAX_LEN];
    enum ukb_status st;

    (void)snprintf(text, sizeof(text), "subject item %zu: %s", index, what);
    st = ukb_pki_raise(reterr, UKB_E_PARAMS, text);
    if (st == UKB_E_PARAMS) {
        ukb_error_add_string(reterr, "field", "subject");
    }
    return st;
}

/* Numbers with single dots between them; OpenSSL would take "2..5" and "2.5." too. */
static bool
is_dotted(const char *type)
{
    size_t digits = strspn(type, "0123456789");

    while (digits > 0 && type[digits] == '.') {
        type += digits + 1U;
        digits = strspn(type, "0123456789");
    }
    return digits > 0 && type[digits] == '\0';
}

/* The attribute's OID, borrowed or new, and its string types. */
static ASN1_OBJECT *
find_type(const char *type, unsigned long *ret_types)
{
    ASN1_OBJECT *oid = NULL;
    int nid = NID_undef;
    size_t i;

    *ret_types = UTF8_ONLY;
    if (strlen(type) <= UKB_SUBJECT_TYPE_MAX_LEN && is_dotted(type)) {
        oid = OBJ_txt2obj(type, 1);
        nid = oid == NULL ? NID_undef : OBJ_obj2nid(oid);
    }
    for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (strcmp(type, attributes[i].name) == 0) {
            oid = OBJ_nid2obj(attributes[i].nid);
            nid = attributes[i].nid;
        }
        if (nid == attributes[i].nid) { /* the OID of a type is that type */
            *ret_types = attributes[i].types;
            break;
        }
    }
    return oid;
}

static bool
has_control_character(const char *value)
{
    for (; *value != '\0'; value++) {
        if ((unsigned char)*value < 0x20U || *value == 0x7F) {
            return true;
        }
    }
    return false;
}

/* Is it two capital letters? The only value with a form of its own. */
static bool
is_country(const ASN1_STRING *value)
{
    const unsigned char *data = ASN1_STRING_get0_data(value);

    return ASN1_STRING_length(value) == COUNTRY_LEN && data[0] >= 'A' && data[0] <= 'Z' && data[1] >= 'A' &&
           data[1] <= 'Z';
}

static enum ukb_status
add_item(X509_NAME *name, const struct ukb_subject_item *item, size_t index, struct ukb_error *reterr)
{
    unsigned long types = 0;
    ASN1_OBJECT *oid = find_type(item->type, &types);
    ASN1_STRING *value = NULL;
    enum ukb_status st = UKB_OK;

    if (oid == NULL) {
        return refuse(reterr, index, "type is neither a short name we know nor an OID");
    }
    if (item->value[0] == '\0' || has_control_character(item->value)) {
        st = refuse(reterr, index, "value is empty or holds a control character");
        goto out;
    }
    if (ASN1_mbstring_copy(&value, (const unsigned char *)item->value, -1, MBSTRING_UTF8, types) <= 0 ||
        (OBJ_obj2nid(oid) == NID_countryName && !is_country(value))) {
        st = refuse(reterr, index, "value is not UTF-8 or not of the attribute's type");
        goto out;
    }
    if (X509_NAME_add_entry_by_OBJ(name, oid, ASN1_STRING_type(value), ASN1_STRING_get0_data(value),
                                   ASN1_STRING_length(value), -1, 0) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "a subject attribute");
    }
out:
    ASN1_STRING_free(value);
    ASN1_OBJECT_free(oid); /* does nothing to OpenSSL's own */
    return st;
}

static enum ukb_status
check_size(const struct ukb_subject_item *items, size_t item_count, struct ukb_error *reterr)
{
    size_t total = 0;
    size_t i;

    if (item_count == 0 || item_count > UKB_SUBJECT_MAX_ITEMS) {
        return refuse(reterr, item_count, "no item, or too many");
    }
    for (i = 0; i < item_count; i++) {
        total += strlen(items[i].value);
        if (total > UKB_SUBJECT_MAX_LEN) {
            return refuse(reterr, i, "the values are too long together");
        }
    }
    return UKB_OK;
}

enum ukb_status
ukb_subject_from_items(const struct ukb_subject_item *items, size_t item_count, struct ukb_buf *ret_der,
                       struct ukb_error *reterr)
{
    struct ukb_buf buf = UKB_BUF_INIT(ret_der->max_len);
    const unsigned char *der = NULL;
    X509_NAME *name = NULL;
    enum ukb_status st;
    size_t der_len = 0;
    size_t i;

    st = check_size(items, item_count, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    name = X509_NAME_new();
    if (name == NULL) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "a subject");
        goto out;
    }
    for (i = 0; i < item_count; i++) {
        st = add_item(name, &items[i], i, reterr);
        if (st != UKB_OK) {
            goto out;
        }
    }
    if (X509_NAME_get0_der(name, &der, &der_len) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "a subject");
        goto out;
    }
    st = ukb_buf_append(&buf, der, der_len, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    ukb_buf_move(ret_der, &buf);
out:
    ukb_buf_done(&buf);
    X509_NAME_free(name);
    return st;
}
