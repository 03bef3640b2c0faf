/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "pki/internal.h"

#include <stdlib.h>

#define TEXT_LEN(literal) (literal), (int)sizeof(literal) - 1

/* Written behind OpenSSL's back, which would refuse some of what other programs issue. */
static X509_NAME *
name_with(int nid, int type, const char *value, int len)
{
    X509_NAME *name = X509_NAME_new();
    ASN1_STRING *string = NULL;

    assert_int_equal(X509_NAME_add_entry_by_NID(name, nid, V_ASN1_UTF8STRING, (const unsigned char *)"", 0, -1, 0), 1);
    string = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, 0));
    assert_int_equal(ASN1_STRING_set(string, value, len), 1);
    string->type = type;
    return name;
}

static void
add(X509_NAME *name, int nid, const char *value)
{
    assert_int_equal(X509_NAME_add_entry_by_NID(name, nid, V_ASN1_UTF8STRING, (const unsigned char *)value, -1, -1, 0),
                     1);
}

static void
read_and_free(X509_NAME *name, struct ukb_name *ret)
{
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_name_read(name, ret, &err), UKB_OK);
    X509_NAME_free(name);
}

static void
a_name_reads_backwards_and_says_its_parts(void **state)
{
    X509_NAME *name = X509_NAME_new();
    struct ukb_name read = { 0 };

    (void)state;
    add(name, NID_countryName, "CN");
    add(name, NID_stateOrProvinceName, "江苏");
    add(name, NID_localityName, "南京");
    add(name, NID_organizationName, "示例科技有限公司");
    add(name, NID_organizationalUnitName, "第一部");
    add(name, NID_serialNumber, "A-1");
    add(name, NID_commonName, "张三");
    read_and_free(name, &read);
    assert_string_equal(read.dn, "CN=张三,serialNumber=A-1,OU=第一部,O=示例科技有限公司,L=南京,ST=江苏,C=CN");
    assert_string_equal(read.common_name, "张三");
    assert_string_equal(read.serial_number, "A-1");
    assert_string_equal(read.country, "CN");
    assert_string_equal(read.locality, "南京");
    assert_string_equal(read.state, "江苏");
    assert_string_equal(read.organization, "示例科技有限公司");
    assert_string_equal(read.organizational_unit, "第一部");
    ukb_name_done(&read);
}

static void
an_empty_name_is_an_empty_text_without_parts(void **state)
{
    struct ukb_name read = { 0 };

    (void)state;
    read_and_free(X509_NAME_new(), &read);
    assert_string_equal(read.dn, "");
    assert_null(read.common_name);
    assert_null(read.organization);
    ukb_name_done(&read);
}

static void
the_last_of_several_values_is_the_part(void **state)
{
    X509_NAME *name = X509_NAME_new();
    struct ukb_name read = { 0 };

    (void)state;
    add(name, NID_organizationalUnitName, "outer");
    add(name, NID_organizationalUnitName, "inner");
    read_and_free(name, &read);
    assert_string_equal(read.dn, "OU=inner,OU=outer");
    assert_string_equal(read.organizational_unit, "inner");
    ukb_name_done(&read);
}

static void
special_characters_are_escaped_as_rfc_4514_asks(void **state)
{
    static const struct {
        const char *value;
        int len;
        const char *dn;
    } cases[] = {
        { TEXT_LEN("a,b"), "CN=a\\,b" },
        { TEXT_LEN("say \"hi\""), "CN=say \\\"hi\\\"" },
        { TEXT_LEN("a+b;c<d>e\\f"), "CN=a\\+b\\;c\\<d\\>e\\\\f" },
        { TEXT_LEN("#leads"), "CN=\\#leads" },
        { TEXT_LEN(" both "), "CN=\\ both\\ " },
        { TEXT_LEN("two\nlines"), "CN=two\\0Alines" },
        { TEXT_LEN("cut\0here"), "CN=cut\\00here" },
        { TEXT_LEN("x,CN=y"), "CN=x\\,CN=y" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ukb_name read = { 0 };

        read_and_free(name_with(NID_commonName, V_ASN1_UTF8STRING, cases[i].value, cases[i].len), &read);
        assert_string_equal(read.dn, cases[i].dn);
        ukb_name_done(&read);
    }
}

static void
an_embedded_nul_does_not_cut_a_part(void **state)
{
    struct ukb_name read = { 0 };

    (void)state;
    read_and_free(name_with(NID_commonName, V_ASN1_UTF8STRING, TEXT_LEN("good.example\0.evil.example")), &read);
    assert_string_equal(read.common_name, "good.example\xEF\xBF\xBD.evil.example");
    ukb_name_done(&read);
}

static void
bidirectional_controls_and_line_breaks_stay_in_the_parts(void **state)
{
    struct ukb_name read = { 0 };

    (void)state;
    read_and_free(name_with(NID_commonName, V_ASN1_UTF8STRING, TEXT_LEN("a\xE2\x80\xAE\nb")), &read);
    assert_string_equal(read.common_name, "a\xE2\x80\xAE\nb");
    assert_string_equal(read.dn, "CN=a\xE2\x80\xAE\\0Ab");
    ukb_name_done(&read);
}

static void
old_string_types_become_utf8(void **state)
{
    struct ukb_name read = { 0 };

    (void)state;
    read_and_free(name_with(NID_organizationName, V_ASN1_BMPSTRING, TEXT_LEN("\x4E\x2D\x65\x87")), &read);
    assert_string_equal(read.organization, "中文");
    assert_string_equal(read.dn, "O=中文");
    ukb_name_done(&read);
    read_and_free(name_with(NID_organizationName, V_ASN1_T61STRING, TEXT_LEN("caf\xE9")), &read);
    assert_string_equal(read.organization, "café");
    ukb_name_done(&read);
}

static bool
is_utf8(const char *text)
{
    ASN1_STRING *copy = NULL;
    bool ok = ASN1_mbstring_copy(&copy, (const unsigned char *)text, -1, MBSTRING_UTF8, B_ASN1_UTF8STRING) > 0;

    ASN1_STRING_free(copy);
    return ok;
}

static void
strings_that_break_their_own_type_never_give_bad_utf8(void **state)
{
    static const struct {
        int type;
        const char *value;
        int len;
    } cases[] = {
        { V_ASN1_UTF8STRING, TEXT_LEN("\xD6\xD0\xCE\xC4") }, /* GBK called UTF-8 */
        { V_ASN1_UTF8STRING, TEXT_LEN("\xED\xA0\x80") },     /* a surrogate */
        { V_ASN1_BMPSTRING, TEXT_LEN("\xD8\x00\x00\x41") },  /* a lone surrogate */
        { V_ASN1_BMPSTRING, TEXT_LEN("\x4E\x2D\x65") },      /* half a character */
        { V_ASN1_UNIVERSALSTRING, TEXT_LEN("\x7F\xFF\xFF\xFF") },
        { V_ASN1_PRINTABLESTRING, TEXT_LEN("\xD6\xD0") },
        { V_ASN1_OCTET_STRING, TEXT_LEN("\xD6\xD0") },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        X509_NAME *name = name_with(NID_commonName, cases[i].type, cases[i].value, cases[i].len);
        struct ukb_name read = { 0 };

        read_and_free(name, &read);
        if (!is_utf8(read.dn)) {
            fail_msg("case %zu: %s", i, read.dn);
        }
        assert_memory_equal(read.dn, "CN=", 3);
        if (read.common_name != NULL) {
            assert_true(is_utf8(read.common_name));
        }
        ukb_name_done(&read);
    }
}

static void
an_unknown_attribute_is_a_dotted_oid_with_hex(void **state)
{
    X509_NAME *name = X509_NAME_new();
    ASN1_OBJECT *oid = OBJ_txt2obj("1.2.156.99.1", 1);
    struct ukb_name read = { 0 };

    (void)state;
    assert_int_equal(X509_NAME_add_entry_by_OBJ(name, oid, V_ASN1_UTF8STRING, (const unsigned char *)"x", -1, -1, 0),
                     1);
    ASN1_OBJECT_free(oid);
    read_and_free(name, &read);
    assert_string_equal(read.dn, "1.2.156.99.1=#0C0178");
    ukb_name_done(&read);
}

static void
same_values_compares_text_and_not_string_types(void **state)
{
    X509_NAME *utf8 = name_with(NID_commonName, V_ASN1_UTF8STRING, TEXT_LEN("Acme"));
    X509_NAME *printable = name_with(NID_commonName, V_ASN1_PRINTABLESTRING, TEXT_LEN("Acme"));
    X509_NAME *number = name_with(NID_commonName, V_ASN1_INTEGER, TEXT_LEN("\x05"));
    X509_NAME *lower = name_with(NID_commonName, V_ASN1_PRINTABLESTRING, TEXT_LEN("acme"));

    (void)state;
    assert_true(ukb_name_same_values(utf8, printable, NID_commonName));
    assert_true(ukb_name_same_values(utf8, printable, NID_organizationName));
    assert_false(ukb_name_same_values(utf8, lower, NID_commonName));
    assert_false(ukb_name_same_values(utf8, number, NID_commonName));
    assert_true(ukb_name_same_values(number, number, NID_commonName)); /* no text, compared as bytes */
    X509_NAME_free(number);
    add(printable, NID_commonName, "Second");
    assert_false(ukb_name_same_values(utf8, printable, NID_commonName));
    assert_false(ukb_name_same_values(printable, utf8, NID_commonName));
    X509_NAME_free(utf8);
    X509_NAME_free(printable);
    X509_NAME_free(lower);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_reads_backwards_and_says_its_parts),
        cmocka_unit_test(an_empty_name_is_an_empty_text_without_parts),
        cmocka_unit_test(the_last_of_several_values_is_the_part),
        cmocka_unit_test(special_characters_are_escaped_as_rfc_4514_asks),
        cmocka_unit_test(an_embedded_nul_does_not_cut_a_part),
        cmocka_unit_test(bidirectional_controls_and_line_breaks_stay_in_the_parts),
        cmocka_unit_test(old_string_types_become_utf8),
        cmocka_unit_test(strings_that_break_their_own_type_never_give_bad_utf8),
        cmocka_unit_test(an_unknown_attribute_is_a_dotted_oid_with_hex),
        cmocka_unit_test(same_values_compares_text_and_not_string_types),
    };

    return cmocka_run_group_tests_name("pki/name", tests, NULL, NULL);
}
