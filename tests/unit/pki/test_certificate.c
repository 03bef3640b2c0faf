/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "made.h"

static const struct made_extension IDENTITY = { .oid = "1.2.156.10260.4.1.3", .value = "\x0C\x02ok", .value_len = 4 };

/* A certificate with a bit of everything. */
static const struct made FULL = {
    .common_name = "示例, \"一\"\n",
    .organization = "示例科技有限公司",
    .unit = "a\xE2\x80\xAE",
    .usage = "critical,digitalSignature,nonRepudiation",
    .alt_name = "email:a@example.cn",
    .extensions = &IDENTITY,
    .extension_count = 1,
};

static enum ukb_status
parse(const unsigned char *der, size_t der_len)
{
    struct ukb_certificate *certificate = NULL;
    struct ukb_error err = { 0 };
    enum ukb_status st = ukb_certificate_from_der(der, der_len, &certificate, &err);

    assert_int_equal(certificate != NULL, st == UKB_OK);
    assert_int_equal(err.message[0] != '\0', st != UKB_OK);
    ukb_certificate_free(certificate);
    return st;
}

static enum ukb_status
parse_pem(const char *pem)
{
    struct ukb_certificate *certificate = NULL;
    struct ukb_error err = { 0 };
    enum ukb_status st = ukb_certificate_from_pem(pem, &certificate, &err);

    assert_int_equal(certificate != NULL, st == UKB_OK);
    ukb_certificate_free(certificate);
    return st;
}

/* A heap copy of exactly this length, so that the sanitizer sees a read behind it. */
static enum ukb_status
parse_exact(const unsigned char *der, size_t der_len)
{
    unsigned char *copy = malloc(der_len == 0 ? 1 : der_len);
    enum ukb_status st;

    assert_non_null(copy);
    memcpy(copy, der, der_len);
    st = parse(copy, der_len);
    free(copy);
    return st;
}

static void
a_certificate_cut_at_any_length_is_bad(void **state)
{
    static const struct made rsa = { .key = "RSA-2048", .usage = "keyEncipherment" };
    const struct made *all[] = { &FULL, &rsa };
    size_t der_len = 0;
    size_t i;
    size_t len;

    (void)state;
    for (i = 0; i < 2; i++) {
        unsigned char *der = made_der(all[i], &der_len);

        for (len = 0; len < der_len; len++) {
            assert_int_equal(parse_exact(der, len), UKB_E_BAD_CERTIFICATE);
        }
        assert_int_equal(parse_exact(der, der_len), UKB_OK);
        OPENSSL_free(der);
    }
}

/* Whatever single byte is wrong: either it is still a certificate, or it is bad; nothing else, and no crash. */
static void
a_certificate_with_any_wrong_byte_is_read_or_refused(void **state)
{
    static const unsigned char masks[] = { 0x01, 0x20, 0x80, 0xFF };
    size_t der_len = 0;
    unsigned char *der = made_der(&FULL, &der_len);
    size_t at;
    size_t i;

    (void)state;
    for (at = 0; at < der_len; at++) {
        for (i = 0; i < sizeof(masks); i++) {
            enum ukb_status st;

            der[at] ^= masks[i];
            st = parse_exact(der, der_len);
            assert_true(st == UKB_OK || st == UKB_E_BAD_CERTIFICATE);
            der[at] ^= masks[i];
        }
    }
    OPENSSL_free(der);
}

static void
bytes_behind_a_certificate_make_it_bad(void **state)
{
    size_t der_len = 0;
    unsigned char *der = made_der(&FULL, &der_len);
    unsigned char longer[4096] = { 0 };

    (void)state;
    assert_true(der_len < sizeof(longer) / 2);
    memcpy(longer, der, der_len);
    assert_int_equal(parse(longer, der_len), UKB_OK);
    assert_int_equal(parse(longer, der_len + 1), UKB_E_BAD_CERTIFICATE);
    memcpy(longer + der_len, der, der_len);
    assert_int_equal(parse(longer, 2 * der_len), UKB_E_BAD_CERTIFICATE);
    OPENSSL_free(der);
}

static void
junk_is_bad(void **state)
{
    static const unsigned char junk[] = "\x30\x80\x00\x00 no certificate";
    static const unsigned char endless[] = { 0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF };

    (void)state;
    assert_int_equal(parse(junk, 0), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(parse(junk, sizeof(junk)), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(parse(endless, sizeof(endless)), UKB_E_BAD_CERTIFICATE);
}

/* Make one whose DER is @p wanted bytes, by an extension of the length that is missing. */
static unsigned char *
der_of_length(size_t wanted, size_t *ret_len)
{
    static unsigned char filler[UKB_CERTIFICATE_DER_MAX_LEN];
    struct made_extension extension = { .oid = "1.2.3.4", .value = filler, .value_len = wanted - 1000 };
    const struct made made = { .key = "RSA-2048", .extensions = &extension, .extension_count = 1 };
    unsigned char *der = made_der(&made, ret_len); /* RSA signatures all have one length */

    OPENSSL_free(der);
    extension.value_len += wanted - *ret_len;
    der = made_der(&made, ret_len);
    assert_int_equal(*ret_len, wanted);
    return der;
}

static void
the_longest_certificate_is_read_and_one_byte_more_is_not(void **state)
{
    size_t len = 0;
    unsigned char *longest = der_of_length(UKB_CERTIFICATE_DER_MAX_LEN, &len);
    unsigned char *longer = NULL;

    (void)state;
    assert_int_equal(parse(longest, len), UKB_OK);
    longer = der_of_length(UKB_CERTIFICATE_DER_MAX_LEN + 1U, &len);
    assert_int_equal(parse(longer, len), UKB_E_BAD_CERTIFICATE);
    OPENSSL_free(longest);
    OPENSSL_free(longer);
}

static void
a_validity_that_is_no_time_makes_a_certificate_bad(void **state)
{
    static const char *const times[] = { "261399000000Z", "26112107000aZ", "20261121" };
    size_t der_len = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        unsigned char *der = made_der(&(struct made){ .not_before = times[i] }, &der_len);

        assert_int_equal(parse(der, der_len), UKB_E_BAD_CERTIFICATE);
        OPENSSL_free(der);
    }
}

static void
gbk_called_utf8_in_a_name_makes_a_certificate_bad(void **state)
{
    size_t der_len = 0;
    unsigned char *der = made_der(&(struct made){ .common_name = "AAAA", .organization = "x" }, &der_len);
    size_t at;

    (void)state;
    for (at = 0; at + 4 < der_len; at++) {
        if (memcmp(der + at, "AAAA", 4) == 0) {
            memcpy(der + at, "\xD6\xD0\xCE\xC4", 4);
        }
    }
    assert_int_equal(parse(der, der_len), UKB_E_BAD_CERTIFICATE);
    OPENSSL_free(der);
}

static void
pem_gives_back_the_same_certificate(void **state)
{
    const struct ukb_certificate *made = made_certificate(&FULL);
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_certificate *back = NULL;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_certificate_to_pem(made, &pem, &err), UKB_OK);
    assert_int_equal(ukb_certificate_from_pem(ukb_buf_text(&pem), &back, &err), UKB_OK);
    assert_string_equal(ukb_certificate_facts(made)->id, ukb_certificate_facts(back)->id);
    assert_int_equal(ukb_certificate_facts(made)->der_len, ukb_certificate_facts(back)->der_len);
    ukb_certificate_free(back);
    ukb_buf_done(&pem);
}

static void
only_one_whole_certificate_block_is_taken(void **state)
{
    struct ukb_buf pem = UKB_BUF_INIT(4 * UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_error err = { 0 };
    char *twice = NULL;
    size_t len;

    (void)state;
    assert_int_equal(ukb_certificate_to_pem(made_certificate(&FULL), &pem, &err), UKB_OK);
    len = pem.len;
    twice = malloc(2 * len + 1);
    assert_non_null(twice);
    memcpy(twice, pem.data, len);
    memcpy(twice + len, pem.data, len + 1);
    assert_int_equal(parse_pem(twice), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(parse_pem(twice + len), UKB_OK);
    for (twice[len] = '\0'; len > 0; len--) {
        twice[len - 1] = '\0';
        assert_int_equal(parse_pem(twice), len == pem.len ? UKB_OK : UKB_E_BAD_CERTIFICATE); /* the last newline */
    }
    assert_int_equal(parse_pem("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n"),
                     UKB_E_BAD_CERTIFICATE);
    free(twice);
    ukb_buf_done(&pem);
}

/* Each reader frees its own, in any order, however many others were read meanwhile. */
static void
the_same_bytes_read_again_outlive_the_first(void **state)
{
    enum { OTHERS = 20 };
    struct ukb_certificate *first = NULL;
    struct ukb_certificate *again = NULL;
    struct ukb_certificate *others[OTHERS] = { NULL };
    struct ukb_error err = { 0 };
    size_t der_len = 0;
    unsigned char *der = made_der(&FULL, &der_len);
    char id[UKB_CERTIFICATE_ID_LEN + 1U];
    size_t i;

    (void)state;
    assert_int_equal(ukb_certificate_id(der, der_len, id, &err), UKB_OK);
    assert_int_equal(ukb_certificate_from_der(der, der_len, &first, &err), UKB_OK);
    assert_int_equal(ukb_certificate_from_der(der, der_len, &again, &err), UKB_OK);
    ukb_certificate_free(first);
    assert_string_equal(ukb_certificate_facts(again)->id, id);
    for (i = 0; i < OTHERS; i++) {
        der[der_len - 1]++; /* another signature */
        assert_int_equal(ukb_certificate_from_der(der, der_len, &others[i], &err), UKB_OK);
        assert_string_not_equal(ukb_certificate_facts(others[i])->id, id);
        assert_memory_equal(ukb_certificate_facts(others[i])->der, der, der_len);
    }
    OPENSSL_free(der);
    assert_string_equal(ukb_certificate_facts(again)->id, id);
    ukb_certificate_free(again);
    for (i = 0; i < OTHERS; i++) {
        ukb_certificate_free(others[i]);
    }
}

static void
freeing_nothing_is_fine(void **state)
{
    (void)state;
    ukb_certificate_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_cut_at_any_length_is_bad),
        cmocka_unit_test(a_certificate_with_any_wrong_byte_is_read_or_refused),
        cmocka_unit_test(bytes_behind_a_certificate_make_it_bad),
        cmocka_unit_test(junk_is_bad),
        cmocka_unit_test(the_longest_certificate_is_read_and_one_byte_more_is_not),
        cmocka_unit_test(a_validity_that_is_no_time_makes_a_certificate_bad),
        cmocka_unit_test(gbk_called_utf8_in_a_name_makes_a_certificate_bad),
        cmocka_unit_test(pem_gives_back_the_same_certificate),
        cmocka_unit_test(only_one_whole_certificate_block_is_taken),
        cmocka_unit_test(the_same_bytes_read_again_outlive_the_first),
        cmocka_unit_test(freeing_nothing_is_fine),
    };

    return cmocka_run_group_tests_name("pki/certificate", tests, NULL, made_done);
}
