/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "core/der.h"
#include "core/limits.h"
#include "made.h"
#include "pki/recipients.h"
#include "sealed.h"

static const struct made RSA_HOLDER = { .key = "RSA-2048", .serial = 7 };
static const struct made EC_HOLDER = { .key = "P-256", .serial = 8 };
static const struct made OTHER = { .key = "P-256/other", .serial = 9 };
static const struct made OTHER_ISSUER = { .key = "P-256/third", .serial = 8, .common_name = "Another" };

#define CERTIFICATES 4U

/* The RecipientInfos of an envelope made with these parts; it points into @p der. */
static struct ukb_der
recipients_of(const struct sealed *sealed, unsigned char **ret_der)
{
    size_t len = 0;
    struct ukb_der in;
    struct ukb_der infos;

    *ret_der = sealed_der(sealed, &len);
    in = (struct ukb_der){ *ret_der, len };
    assert_true(ukb_der_take(&in, UKB_DER_SEQUENCE, &in) && ukb_der_take(&in, UKB_DER_OID, NULL));
    assert_true(ukb_der_take(&in, UKB_DER_CONTEXT(0U), &in) && ukb_der_take(&in, UKB_DER_SEQUENCE, &in));
    assert_true(ukb_der_take(&in, UKB_DER_INTEGER, NULL) && ukb_der_take_whole(&in, &infos));
    return infos;
}

static const struct ukb_certificate *certificates[CERTIFICATES];

static int
make_certificates(void **state)
{
    (void)state;
    certificates[0] = made_certificate(&RSA_HOLDER);
    certificates[1] = made_certificate(&EC_HOLDER);
    certificates[2] = made_certificate(&OTHER);
    certificates[3] = made_certificate(&OTHER_ISSUER);
    return 0;
}

/* Look for all four certificates; bit i of the result: the one of that index is named. */
static enum ukb_status
find(struct ukb_der infos, unsigned int *ret_named)
{
    bool named[CERTIFICATES] = { false };
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_recipients_find(infos.at, infos.len, certificates, CERTIFICATES, named, &err);
    size_t i;

    *ret_named = 0;
    for (i = 0; i < CERTIFICATES; i++) {
        *ret_named |= named[i] ? 1U << i : 0;
    }
    assert_int_equal(err.status, st);
    assert_int_equal(ERR_peek_error(), 0);
    return st;
}

static void
recipients_are_found_by_both_names_in_both_ways(void **state)
{
    static const struct {
        struct sealed sealed;
        unsigned int named;
    } cases[] = {
        { { .to = &RSA_HOLDER }, 1 },
        { { .to = &RSA_HOLDER, .flags = CMS_USE_KEYID }, 1 },
        { { .to = &EC_HOLDER }, 2 },
        { { .to = &EC_HOLDER, .flags = CMS_USE_KEYID }, 2 },
        { { .to = &RSA_HOLDER, .also_to = &EC_HOLDER }, 3 },
        { { .to = &OTHER, .also_to = &RSA_HOLDER }, 5 },
        { { .to = &OTHER_ISSUER }, 8 }, /* the serial number of another's */
    };
    unsigned int named = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned char *der = NULL;
        const struct ukb_der infos = recipients_of(&cases[i].sealed, &der);

        assert_int_equal(find(infos, &named), UKB_OK);
        assert_int_equal(named, cases[i].named);
        OPENSSL_free(der);
    }
}

static void
other_kinds_of_recipients_are_nobody(void **state)
{
    /* [3] PasswordRecipientInfo and [4] OtherRecipientInfo, as far as we look. */
    static const unsigned char others[] = "\x31\x06\xA3\x01\x00\xA4\x01\x00";
    static const unsigned char unknown[] = "\x31\x03\xA5\x01\x00";
    unsigned int named = 1;

    (void)state;
    assert_int_equal(find((struct ukb_der){ others, 8 }, &named), UKB_OK);
    assert_int_equal(named, 0);
    assert_int_equal(find((struct ukb_der){ unknown, 5 }, &named), UKB_E_BAD_ENVELOPE);
}

static void
no_certificates_are_no_recipients(void **state)
{
    const struct sealed sealed = { .to = &RSA_HOLDER };
    unsigned char *der = NULL;
    const struct ukb_der infos = recipients_of(&sealed, &der);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_recipients_find(infos.at, infos.len, NULL, 0, NULL, &err), UKB_OK);
    OPENSSL_free(der);
}

/* Every prefix, and every change of a byte that tells tag or length: refused, or read without trouble. */
static void
broken_recipients_are_refused(void **state)
{
    static const struct made *const holders[] = { &RSA_HOLDER, &EC_HOLDER };
    unsigned int named = 0;
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < 2; i++) {
        const struct sealed sealed = { .to = holders[i] };
        unsigned char *der = NULL;
        const struct ukb_der infos = recipients_of(&sealed, &der);
        unsigned char *copy = OPENSSL_memdup(infos.at, infos.len);

        for (j = 0; j < infos.len; j++) {
            assert_int_equal(find((struct ukb_der){ infos.at, j }, &named), UKB_E_BAD_ENVELOPE);
            copy[j] ^= 0x41;
            (void)find((struct ukb_der){ copy, infos.len }, &named);
            copy[j] ^= 0x41;
        }
        assert_int_equal(find((struct ukb_der){ infos.at, infos.len + 1U }, &named), UKB_E_BAD_ENVELOPE);
        OPENSSL_free(copy);
        OPENSSL_free(der);
    }
}

static void
an_empty_set_and_one_that_is_too_long_are_refused(void **state)
{
    static unsigned char big[UKB_RECIPIENTS_MAX_LEN + 1U] = { 0x31, 0x83, 0x00, 0xFF, 0xFC };
    static const unsigned char empty[] = "\x31\x00";
    unsigned int named = 0;

    (void)state;
    assert_int_equal(find((struct ukb_der){ empty, 2 }, &named), UKB_E_BAD_ENVELOPE);
    assert_int_equal(find((struct ukb_der){ big, sizeof(big) }, &named), UKB_E_BAD_ENVELOPE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recipients_are_found_by_both_names_in_both_ways),
        cmocka_unit_test(other_kinds_of_recipients_are_nobody),
        cmocka_unit_test(no_certificates_are_no_recipients),
        cmocka_unit_test(broken_recipients_are_refused),
        cmocka_unit_test(an_empty_set_and_one_that_is_too_long_are_refused),
    };

    return cmocka_run_group_tests_name("pki/recipients", tests, make_certificates, made_done);
}
