/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "made.h"
#include "pki/internal.h"
#include "pki/signer.h"

static void
only_p384_is_signed_with_sha384(void **state)
{
    static const struct {
        const char *key;
        enum ukb_sign_digest digest;
    } cases[] = {
        { "RSA-2048", UKB_SIGN_SHA256 },
        { "P-256", UKB_SIGN_SHA256 },
        { "P-384", UKB_SIGN_SHA384 },
        { "P-521", UKB_SIGN_SHA256 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ukb_public_key key = made_public_key(cases[i].key);

        assert_int_equal(ukb_sign_digest_for(&key), cases[i].digest);
    }
}

static void
r_and_s_become_two_positive_integers(void **state)
{
    static const unsigned char wanted[] = { 0x30, 0x07, 0x02, 0x01, 0x01, 0x02, 0x02, 0x00, 0x80 };
    const struct ukb_public_key key = made_public_key("P-256");
    unsigned char raw[64] = { 0 };
    struct ukb_error err = { 0 };
    unsigned char *der = NULL;
    size_t der_len = 0;

    (void)state;
    raw[31] = 0x01;
    raw[63] = 0x80;
    assert_int_equal(ukb_signature_to_der(&key, raw, sizeof(raw), &der, &der_len, &err), UKB_OK);
    assert_int_equal(der_len, sizeof(wanted));
    assert_memory_equal(der, wanted, sizeof(wanted));
    OPENSSL_free(der);
}

static void
lengths_that_no_signature_has_are_refused(void **state)
{
    static const struct {
        const char *key;
        size_t len;
        enum ukb_status status;
    } cases[] = {
        { "P-256", 0, UKB_E_PROOF_FAILED },      { "P-256", 63, UKB_E_PROOF_FAILED },
        { "P-256", 66, UKB_E_PROOF_FAILED },     { "P-384", 98, UKB_E_PROOF_FAILED },
        { "RSA-2048", 0, UKB_E_PROOF_FAILED },   { "RSA-2048", 255, UKB_E_PROOF_FAILED },
        { "RSA-2048", 257, UKB_E_PROOF_FAILED }, { "SM2", 64, UKB_E_UNSUPPORTED },
    };
    const unsigned char raw[300] = { 1 };
    unsigned char *der = NULL;
    size_t der_len = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ukb_public_key key = made_public_key(cases[i].key);
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_signature_to_der(&key, raw, cases[i].len, &der, &der_len, &err), cases[i].status);
        assert_null(der);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_p384_is_signed_with_sha384),
        cmocka_unit_test(r_and_s_become_two_positive_integers),
        cmocka_unit_test(lengths_that_no_signature_has_are_refused),
    };

    return cmocka_run_group_tests_name("pki/signer", tests, NULL, made_done);
}
