/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include <openssl/x509.h>

#include "core/hex.h"
#include "core/limits.h"
#include "pki/subject.h"

static X509_NAME *
name_of(const struct ukb_subject_item *items, size_t count)
{
    struct ukb_buf der = UKB_BUF_INIT(4096);
    struct ukb_error err = { 0 };
    const unsigned char *at = NULL;
    X509_NAME *name = NULL;

    assert_int_equal(ukb_subject_from_items(items, count, &der, &err), UKB_OK);
    at = der.data;
    name = d2i_X509_NAME(NULL, &at, (long)der.len);
    assert_non_null(name);
    assert_ptr_equal(at, der.data + der.len);
    ukb_buf_done(&der);
    return name;
}

static void
assert_refused(const struct ukb_subject_item *items, size_t count)
{
    struct ukb_buf der = UKB_BUF_INIT(4096);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_subject_from_items(items, count, &der, &err), UKB_E_PARAMS);
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "field");
    assert_string_equal(err.attrs[0].string, "subject");
    assert_int_equal(der.len, 0);
    ukb_buf_done(&der);
}

static void
items_become_rdns_in_their_order(void **state)
{
    static const struct ukb_subject_item items[] = { { "C", "CN" }, { "O", "示例" }, { "CN", "a,b" } };
    struct ukb_buf der = UKB_BUF_INIT(4096);
    struct ukb_error err = { 0 };
    char hex[256];

    (void)state;
    assert_int_equal(ukb_subject_from_items(items, 3, &der, &err), UKB_OK);
    ukb_hex_encode(der.data, der.len, hex);
    assert_string_equal(hex, "302c"
                             "310b300906035504061302434e"         /* C as PrintableString */
                             "310f300d060355040a0c06e7a4bae4be8b" /* O as UTF8String */
                             "310c300a06035504030c03612c62");     /* CN: a comma is not escaped here */
    ukb_buf_done(&der);
}

static void
each_type_has_its_string(void **state)
{
    static const struct {
        struct ukb_subject_item item;
        int nid;
        int string;
    } cases[] = {
        { { "CN", "x" }, NID_commonName, V_ASN1_UTF8STRING },
        { { "2.5.4.3", "x" }, NID_commonName, V_ASN1_UTF8STRING },
        { { "OU", "部" }, NID_organizationalUnitName, V_ASN1_UTF8STRING },
        { { "C", "CN" }, NID_countryName, V_ASN1_PRINTABLESTRING },
        { { "2.5.4.6", "CN" }, NID_countryName, V_ASN1_PRINTABLESTRING },
        { { "serialNumber", "A-1" }, NID_serialNumber, V_ASN1_PRINTABLESTRING },
        { { "serialNumber", "A@1" }, NID_serialNumber, V_ASN1_UTF8STRING },
        { { "emailAddress", "a@example.cn" }, NID_pkcs9_emailAddress, V_ASN1_IA5STRING },
        { { "DC", "example" }, NID_domainComponent, V_ASN1_IA5STRING },
        { { "1.2.156.99.7", "值" }, NID_undef, V_ASN1_UTF8STRING },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        X509_NAME *name = name_of(&cases[i].item, 1);
        X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, 0);

        assert_int_equal(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)), cases[i].nid);
        assert_int_equal(ASN1_STRING_type(X509_NAME_ENTRY_get_data(entry)), cases[i].string);
        X509_NAME_free(name);
    }
}

static void
types_we_do_not_know_are_refused(void **state)
{
    static const char *const types[] = {
        "",
        "XX",
        "cn",
        "commonName",
        "SHA256",
        "CN ",
        "2.5.4.",
        ".2.5.4.3",
        "2..5",
        "9.9.9",
        "2",
        "2 5 4 3",
        "OID.2.5.4.3",
        "2.5.4.3x",
        "-1.2",
        "1.2.3333333333333333333333333333333333333333333333333333333333333.4",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        const struct ukb_subject_item item = { types[i], "x" };

        assert_refused(&item, 1);
    }
}

static void
values_that_do_not_fit_are_refused(void **state)
{
    static const struct ukb_subject_item items[] = {
        { "CN", "" },
        { "CN", "two\nlines" },
        { "CN", "\x7F" },
        { "CN", "\xD6\xD0" },
        { "CN", "\xED\xA0\x80" },
        { "CN", "\xF4\x90\x80\x80" },
        { "C", "CHN" },
        { "C", "C" },
        { "C", "cn" },
        { "C", "中" },
        { "2.5.4.6", "CHN" },
        { "emailAddress", "甲@example.cn" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        assert_refused(&items[i], 1);
    }
}

static void
the_limits_count_items_and_all_values_together(void **state)
{
    static char value[UKB_SUBJECT_MAX_LEN + 1U];
    struct ukb_subject_item items[UKB_SUBJECT_MAX_ITEMS + 1U];
    size_t i;

    (void)state;
    for (i = 0; i < UKB_SUBJECT_MAX_ITEMS + 1U; i++) {
        items[i] = (struct ukb_subject_item){ "OU", "x" };
    }
    assert_refused(items, 0);
    X509_NAME_free(name_of(items, UKB_SUBJECT_MAX_ITEMS));
    assert_refused(items, UKB_SUBJECT_MAX_ITEMS + 1U);
    memset(value, 'x', sizeof(value) - 1);
    items[0].value = value;
    X509_NAME_free(name_of(items, 1));
    assert_refused(items, 2);
}

static void
a_small_buffer_is_not_overrun(void **state)
{
    static const struct ukb_subject_item item = { "CN", "example" };
    struct ukb_buf der = UKB_BUF_INIT(10);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_subject_from_items(&item, 1, &der, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&der);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_become_rdns_in_their_order),
        cmocka_unit_test(each_type_has_its_string),
        cmocka_unit_test(types_we_do_not_know_are_refused),
        cmocka_unit_test(values_that_do_not_fit_are_refused),
        cmocka_unit_test(the_limits_count_items_and_all_values_together),
        cmocka_unit_test(a_small_buffer_is_not_overrun),
    };

    return cmocka_run_group_tests_name("pki/subject", tests, NULL, NULL);
}
