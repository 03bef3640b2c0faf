/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "made.h"
#include "pki/identity.h"

/* Made up; the check characters are right. */
#define OID_4 "1.2.156.10260.4.1.4"

static const char LETTERS[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* Complete 17 characters by their check character, written as the standard's formula: 31 - (sum mod 31). */
static const char *
with_check(const char *first_17)
{
    static char code[UKB_CREDIT_CODE_LEN + 1U];
    static const unsigned int weights[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
    unsigned int sum = 0;
    size_t i;

    for (i = 0; i < 17; i++) {
        sum += weights[i] * (unsigned int)(strchr(LETTERS, first_17[i]) - LETTERS);
        code[i] = first_17[i];
    }
    code[17] = LETTERS[(31U - sum % 31U) % 31U];
    code[18] = '\0';
    return code;
}

static void
a_code_is_found_wherever_it_stands(void **state)
{
    static const char *const formats[] = { "%s", "企业@%s@1", "NTRCN-%s", "%s(1-1)", "税号 %s" };
    const char *code = with_check("91320100MA1ABCDE0");
    char text[128];
    char found[UKB_CREDIT_CODE_LEN + 1U];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        const char *at = strchr(formats[i], '%');

        (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - formats[i]), formats[i], code, at + 2);
        memset(found, 0, sizeof(found));
        assert_true(ukb_credit_code_find(text, found));
        assert_string_equal(found, code);
    }
}

static void
every_single_wrong_character_is_noticed(void **state)
{
    char text[UKB_CREDIT_CODE_LEN + 1U];
    char found[UKB_CREDIT_CODE_LEN + 1U] = "untouched";
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < UKB_CREDIT_CODE_LEN; i++) {
        for (k = 0; k < strlen(LETTERS); k++) {
            memcpy(text, with_check("91320100MA1ABCDE0"), sizeof(text));
            if (text[i] != LETTERS[k]) {
                text[i] = LETTERS[k];
                assert_false(ukb_credit_code_find(text, found));
            }
        }
    }
    assert_string_equal(found, "untouched");
}

static void
what_only_resembles_a_code_is_none(void **state)
{
    char longer[32];
    char found[UKB_CREDIT_CODE_LEN + 1U];
    const char *code = with_check("91320100MA1ABCDE0");

    (void)state;
    assert_false(ukb_credit_code_find("", found));
    assert_false(ukb_credit_code_find("示例科技有限公司", found));
    (void)snprintf(longer, sizeof(longer), "%s0", code);
    assert_false(ukb_credit_code_find(longer, found));
    (void)snprintf(longer, sizeof(longer), "0%s", code);
    assert_false(ukb_credit_code_find(longer, found));
    (void)snprintf(longer, sizeof(longer), "%.17s", code);
    assert_false(ukb_credit_code_find(longer, found));
    assert_false(ukb_credit_code_find(with_check("9132A100MA1ABCDE0"), found)); /* no administrative division */
    assert_false(ukb_credit_code_find("91320100MAIABCDE0I", found));            /* I is not of the alphabet */
}

static const struct ukb_certificate_facts *
facts_with(const void *value, size_t value_len)
{
    struct made_extension extension = { .oid = OID_4, .value = value, .value_len = value_len };

    return made_facts(&(struct made){ .extensions = &extension, .extension_count = 1 });
}

static void
the_text_of_an_identity_is_found_in_every_known_wrapping(void **state)
{
    static const struct {
        const char *value;
        size_t len;
    } cases[] = {
        { "\x0C\x03"
          "abc",
          5 }, /* UTF8String */
        { "\x13\x03"
          "abc",
          5 }, /* PrintableString */
        { "\x80\x03"
          "abc",
          5 }, /* [0] IMPLICIT */
        { "\xA1\x05\x0C\x03"
          "abc",
          7 }, /* [1] EXPLICIT */
        { "\x30\x05\x0C\x03"
          "abc",
          7 }, /* a SEQUENCE of it */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ukb_certificate_facts *facts = facts_with(cases[i].value, cases[i].len);

        assert_int_equal(facts->identity_count, 1);
        assert_string_equal(facts->identities[0].oid, OID_4);
        assert_int_equal(facts->identities[0].value_len, cases[i].len);
        assert_memory_equal(facts->identities[0].value, cases[i].value, cases[i].len);
        assert_non_null(facts->identities[0].text);
        assert_string_equal(facts->identities[0].text, "abc");
    }
}

static void
text_without_a_tag_is_taken_as_it_is(void **state)
{
    static const char *const texts[] = { "abc", "A\x02toolong", "\x30", "张三", "" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const struct ukb_certificate_facts *facts = facts_with(texts[i], strlen(texts[i]));

        assert_non_null(facts->identities[0].text);
        assert_string_equal(facts->identities[0].text, texts[i]);
    }
}

static void
give_an_endless_oid(X509 *x509)
{
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;
    unsigned char der[11 + 700] = { 0x06, 0x82, 707 / 256, 707 % 256, 0x2A, 0x81, 0x1C, 0xD0, 0x14, 0x04, 0x01 };
    const unsigned char *at = der;
    ASN1_OBJECT *oid = NULL;

    memset(der + 11, 0xFF, 699); /* one arc of 4900 bits */
    der[sizeof(der) - 1] = 0x7F;
    oid = d2i_ASN1_OBJECT(NULL, &at, sizeof(der));
    assert_non_null(oid);
    extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
    assert_int_equal(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
}

static void
an_endless_oid_makes_a_certificate_bad(void **state)
{
    struct ukb_certificate *certificate = NULL;
    struct ukb_error err = { 0 };
    size_t der_len = 0;
    unsigned char *der = made_der(&(struct made){ .adjust = give_an_endless_oid }, &der_len);

    (void)state;
    assert_int_equal(ukb_certificate_from_der(der, der_len, &certificate, &err), UKB_E_BAD_CERTIFICATE);
    assert_null(certificate);
    OPENSSL_free(der);
}

static void
an_identity_that_is_no_text_has_only_its_value(void **state)
{
    assert_null(facts_with("\x02\x01\x05", 3)->identities[0].text);             /* INTEGER */
    assert_null(facts_with("\xD6\xD0", 2)->identities[0].text);                 /* neither DER nor UTF-8 */
    assert_null(facts_with("\x0C\x02\xD6\xD0", 4)->identities[0].text);         /* GBK called UTF-8 */
    assert_non_null(facts_with("", 0)->identities[0].text);                     /* an empty one */
    assert_non_null(facts_with("\x0C\x03\x61\x00\x62", 5)->identities[0].text); /* a NUL does not cut */
    (void)state;
}

static void
extensions_beside_the_arc_are_no_identities(void **state)
{
    static const struct made_extension extensions[] = {
        { .oid = "1.2.156.10260.4.1", .value = "abc", .value_len = 3 },
        { .oid = "1.2.156.10260.4.2.1", .value = "abc", .value_len = 3 },
        { .oid = "1.2.156.10260.4.10.1", .value = "abc", .value_len = 3 },
        { .oid = "1.2.156.10260.4.1.3", .value = "abc", .value_len = 3 },
        { .oid = "1.2.156.10260.4.1.5", .value = "def", .value_len = 3 },
    };
    const struct ukb_certificate_facts *facts =
        made_facts(&(struct made){ .extensions = extensions, .extension_count = 5 });

    (void)state;
    assert_int_equal(facts->identity_count, 2);
    assert_string_equal(facts->identities[0].oid, "1.2.156.10260.4.1.3");
    assert_string_equal(facts->identities[1].oid, "1.2.156.10260.4.1.5");
    assert_string_equal(facts->credit_code, "");
    assert_null(made_facts(&(struct made){ 0 })->identities);
}

static void
the_credit_code_is_taken_from_the_subject_first(void **state)
{
    char unit[64];
    char value[64];
    char in_subject[UKB_CREDIT_CODE_LEN + 1U];
    struct made_extension extension = { .oid = OID_4, .value = value };
    struct made made = { .unit = unit, .extensions = &extension, .extension_count = 1 };

    (void)state;
    memcpy(in_subject, with_check("91320100MA1ABCDE0"), sizeof(in_subject));
    (void)snprintf(value, sizeof(value), "%s", with_check("91320100MA2ABCDE0"));
    extension.value_len = strlen(value);
    (void)snprintf(unit, sizeof(unit), "no code");
    assert_string_equal(made_facts(&made)->credit_code, value);
    (void)snprintf(unit, sizeof(unit), "单位@%s", in_subject);
    assert_string_equal(made_facts(&made)->credit_code, in_subject);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_found_wherever_it_stands),
        cmocka_unit_test(every_single_wrong_character_is_noticed),
        cmocka_unit_test(what_only_resembles_a_code_is_none),
        cmocka_unit_test(the_text_of_an_identity_is_found_in_every_known_wrapping),
        cmocka_unit_test(text_without_a_tag_is_taken_as_it_is),
        cmocka_unit_test(an_endless_oid_makes_a_certificate_bad),
        cmocka_unit_test(an_identity_that_is_no_text_has_only_its_value),
        cmocka_unit_test(extensions_beside_the_arc_are_no_identities),
        cmocka_unit_test(the_credit_code_is_taken_from_the_subject_first),
    };

    return cmocka_run_group_tests_name("pki/identity", tests, NULL, made_done);
}
