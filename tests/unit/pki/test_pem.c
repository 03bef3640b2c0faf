/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "pki/pem.h"

#define LABEL "CERTIFICATE"
#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END   "-----END CERTIFICATE-----"

static void
every_length_comes_back_as_it_was(void **state)
{
    unsigned char data[200];
    struct ukb_buf pem = UKB_BUF_INIT(1000);
    struct ukb_buf back = UKB_BUF_INIT(200);
    struct ukb_error err = { 0 };
    size_t len;

    (void)state;
    for (len = 0; len < sizeof(data); len++) {
        data[len] = (unsigned char)(len * 37);
    }
    for (len = 1; len <= sizeof(data); len++) {
        assert_int_equal(ukb_pem_encode(LABEL, data, len, &pem, &err), UKB_OK);
        assert_int_equal(ukb_pem_decode(LABEL, ukb_buf_text(&pem), &back, &err), UKB_OK);
        assert_int_equal(back.len, len);
        assert_memory_equal(back.data, data, len);
    }
    ukb_buf_done(&pem);
    ukb_buf_done(&back);
}

static void
lines_have_sixty_four_characters(void **state)
{
    static const unsigned char zeros[49] = { 0 };
    struct ukb_buf pem = UKB_BUF_INIT(1000);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_pem_encode(LABEL, zeros, 49, &pem, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&pem),
                        BEGIN "\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nAA==\n" END "\n");
    ukb_buf_done(&pem);
}

static void
white_space_is_forgiven(void **state)
{
    static const char *const texts[] = {
        BEGIN "\nYWJj\n" END "\n", BEGIN "\r\nYWJj\r\n" END "\r\n", "\n \t" BEGIN "\nYWJj\n" END " \n\n",
        BEGIN "YWJj" END,          BEGIN "\nY\nW\nJ\nj\n" END,      BEGIN " YW Jj\t\n\n" END,
    };
    struct ukb_buf der = UKB_BUF_INIT(3);
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(ukb_pem_decode(LABEL, texts[i], &der, &err), UKB_OK);
        assert_string_equal(ukb_buf_text(&der), "abc");
    }
    ukb_buf_done(&der);
}

static void
nothing_else_is_forgiven(void **state)
{
    static const char *const texts[] = {
        "",
        " \n",
        "YWJj",
        BEGIN,
        BEGIN "\nYWJj\n",
        BEGIN "\n" END,
        BEGIN "\n\n" END,
        BEGIN "\nYWJj\n-----END CERTIFICATE----",
        BEGIN "\nYWJj\n-----END X509 CRL-----",
        "-----BEGIN CERTIFICATE----\nYWJj\n" END,
        "-----BEGIN TRUSTED CERTIFICATE-----\nYWJj\n-----END TRUSTED CERTIFICATE-----",
        "-----BEGIN X509 CERTIFICATE-----\nYWJj\n-----END X509 CERTIFICATE-----",
        "-----begin certificate-----\nYWJj\n-----end certificate-----",
        "subject=CN = x\n" BEGIN "\nYWJj\n" END,
        BEGIN "\nYWJj\n" END "\nissuer=CN = x\n",
        BEGIN "\nYWJj\n" END "\n" BEGIN "\nYWJj\n" END,
        BEGIN "\nYWJj\n" BEGIN "\nYWJj\n" END,
        BEGIN "\nProc-Type: 4,ENCRYPTED\n\nYWJj\n" END,
        BEGIN "\nYWJ\n" END,
        BEGIN "\nYWJjY\n" END,
        BEGIN "\nYQ==YWJj\n" END,
        BEGIN "\nYW==\n" END,
        BEGIN "\nY===\n" END,
        BEGIN "\n====\n" END,
        BEGIN "\nYW=j\n" END,
        BEGIN "\n=WJj\n" END,
        BEGIN "\nYX==\n" END, /* bits below the padding */
        BEGIN "\nYWK=\n" END, /* and one of them more: YWI= is the right one */
        BEGIN "\nYW-j\n" END, /* base64url */
        BEGIN "\nYW_j\n" END,
        BEGIN "\nYWJj\f\n" END,
        BEGIN "\nYWJj\x80\n" END,
        BEGIN "\nYWJjYWJj\n" END, /* more than the maximum of 3 */
    };
    struct ukb_buf der = UKB_BUF_INIT(3);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct ukb_error err = { 0 };

        if (ukb_pem_decode(LABEL, texts[i], &der, &err) != UKB_E_BAD_CERTIFICATE) {
            fail_msg("case %zu was taken: %s", i, texts[i]);
        }
        assert_int_equal(der.len, 0);
    }
    ukb_buf_done(&der);
}

static void
a_block_beyond_the_maximum_is_too_large_and_writes_nothing(void **state)
{
    static const unsigned char data[64] = { 0 };
    struct ukb_buf pem = UKB_BUF_INIT(100);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_pem_encode(LABEL, data, sizeof(data), &pem, &err), UKB_E_TOO_LARGE);
    assert_int_equal(pem.len, 0);
    ukb_buf_done(&pem);
}

static void
base64_is_one_line_and_comes_back(void **state)
{
    unsigned char data[100];
    struct ukb_buf text = UKB_BUF_INIT(136);
    struct ukb_buf back = UKB_BUF_INIT(100);
    struct ukb_buf small = UKB_BUF_INIT(135);
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(data); i++) {
        data[i] = (unsigned char)(i * 7U);
    }
    assert_int_equal(ukb_base64_encode(data, sizeof(data), &text, &err), UKB_OK);
    assert_int_equal(text.len, 136);
    assert_null(strchr(ukb_buf_text(&text), '\n'));
    assert_int_equal(ukb_base64_decode(ukb_buf_text(&text), &back, &err), UKB_OK);
    assert_int_equal(back.len, sizeof(data));
    assert_memory_equal(back.data, data, sizeof(data));
    assert_int_equal(ukb_base64_encode(data, sizeof(data), &small, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&text);
    ukb_buf_done(&back);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_comes_back_as_it_was),
        cmocka_unit_test(lines_have_sixty_four_characters),
        cmocka_unit_test(white_space_is_forgiven),
        cmocka_unit_test(nothing_else_is_forgiven),
        cmocka_unit_test(a_block_beyond_the_maximum_is_too_large_and_writes_nothing),
        cmocka_unit_test(base64_is_one_line_and_comes_back),
    };

    return cmocka_run_group_tests_name("pki/pem", tests, NULL, NULL);
}
