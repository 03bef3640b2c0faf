/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "made.h"
#include "pki/public_key.h"

static const char *const KINDS[] = { "RSA-2048", "RSA-3072", "P-256", "P-384", "P-521", "SM2" };
#define KINDS_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

static void
every_kind_survives_both_ways(void **state)
{
    struct ukb_buf der = UKB_BUF_INIT(2048);
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < KINDS_COUNT; i++) {
        const struct ukb_public_key key = made_public_key(KINDS[i]);
        struct ukb_public_key back;
        EVP_PKEY *pkey = NULL;

        memset(&back, 0xA5, sizeof(back));
        assert_int_equal(ukb_public_key_to_evp(&key, &pkey, &err), UKB_OK);
        assert_int_equal(EVP_PKEY_eq(pkey, made_key(KINDS[i])), 1);
        EVP_PKEY_free(pkey);
        assert_int_equal(ukb_public_key_to_spki(&key, &der, &err), UKB_OK);
        assert_int_equal(ukb_public_key_from_spki(der.data, der.len, &back, &err), UKB_OK);
        assert_memory_equal(&back, &key, sizeof(key)); /* unused members are zero */
    }
    ukb_buf_done(&der);
}

static void
the_numbers_are_those_of_pkcs_11(void **state)
{
    static const unsigned char p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    static const unsigned char f4[] = { 1, 0, 1 };
    static const unsigned char sm2[] = { 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D };
    const struct ukb_public_key rsa = made_public_key("RSA-2048");
    const struct ukb_public_key ec = made_public_key("P-256");
    const struct ukb_public_key sm2_key = made_public_key("SM2");

    (void)state;
    assert_int_equal(rsa.modulus_len, 256);
    assert_true(rsa.modulus[0] >= 0x80);
    assert_int_equal(rsa.exponent_len, sizeof(f4));
    assert_memory_equal(rsa.exponent, f4, sizeof(f4));
    assert_int_equal(ec.params_len, sizeof(p256));
    assert_memory_equal(ec.params, p256, sizeof(p256));
    assert_int_equal(ec.point_len, 65);
    assert_int_equal(ec.point[0], 4);
    assert_memory_equal(sm2_key.params, sm2, sizeof(sm2));
}

static void
a_compressed_point_comes_out_uncompressed(void **state)
{
    const struct ukb_public_key key = made_public_key("P-256");
    EVP_PKEY *compressed = EVP_PKEY_dup(made_key("P-256"));
    struct ukb_public_key back = { 0 };
    struct ukb_error err = { 0 };
    unsigned char *der = NULL;
    int der_len;

    (void)state;
    assert_int_equal(EVP_PKEY_set_utf8_string_param(compressed, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                                    OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED),
                     1);
    der_len = i2d_PUBKEY(compressed, &der);
    assert_true(der_len > 0 && der_len < 65);
    assert_int_equal(ukb_public_key_from_spki(der, (size_t)der_len, &back, &err), UKB_OK);
    assert_true(ukb_public_key_equal(&back, &key));
    OPENSSL_free(der);
    EVP_PKEY_free(compressed);
}

static void
coordinates_with_leading_zeros_keep_their_length(void **state)
{
    struct ukb_error err = { 0 };
    bool seen = false;
    int tries;

    (void)state;
    for (tries = 0; tries < 5000 && !seen; tries++) {
        EVP_PKEY *pkey = EVP_EC_gen("P-256");
        struct ukb_public_key key = { 0 };

        assert_int_equal(ukb_public_key_from_evp(pkey, &key, &err), UKB_OK);
        assert_int_equal(key.point_len, 65);
        seen = key.point[1] == 0 || key.point[33] == 0;
        EVP_PKEY_free(pkey);
    }
    assert_true(seen);
}

static void
refused(const struct ukb_public_key *key)
{
    struct ukb_error err = { 0 };
    struct ukb_buf der = UKB_BUF_INIT(2048);
    EVP_PKEY *pkey = NULL;

    assert_int_equal(ukb_public_key_to_evp(key, &pkey, &err), UKB_E_UNSUPPORTED);
    assert_null(pkey);
    assert_int_equal(ukb_public_key_to_spki(key, &der, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(der.len, 0);
    ukb_buf_done(&der);
}

static void
numbers_that_are_no_key_are_refused(void **state)
{
    const struct ukb_public_key nothing = { 0 };
    struct ukb_public_key key = made_public_key("RSA-2048");

    (void)state;
    refused(&nothing);
    key.exponent_len = 0;
    refused(&key);
    key = made_public_key("RSA-2048");
    key.modulus[255] &= 0xFE; /* an even modulus */
    refused(&key);
    key.modulus_len = UKB_RSA_MODULUS_MAX_LEN + 1U;
    refused(&key);
    key = made_public_key("P-256");
    key.point[64] ^= 1; /* beside the curve */
    refused(&key);
    key = made_public_key("P-256");
    key.point[0] = 2;
    refused(&key);
    key = made_public_key("P-256");
    key.point_len--;
    refused(&key);
    key = made_public_key("P-256");
    key.params[9] = 99; /* no such curve */
    refused(&key);
    key = made_public_key("P-256");
    key.params_len--;
    refused(&key);
    key = made_public_key("P-256");
    key.params_len = 0;
    refused(&key);
    key = made_public_key("P-256");
    key.type = UKB_KEY_SM2; /* on the wrong curve */
    refused(&key);
    key = made_public_key("SM2");
    key.type = UKB_KEY_EC;
    refused(&key);
}

static void
other_kinds_and_junk_are_unsupported(void **state)
{
    struct ukb_public_key key = { .modulus_len = 7 };
    struct ukb_buf der = UKB_BUF_INIT(2048);
    struct ukb_error err = { 0 };
    const struct ukb_public_key good = made_public_key("P-256");
    size_t len;

    (void)state;
    assert_int_equal(ukb_public_key_from_evp(made_key("ED25519"), &key, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(ukb_public_key_to_spki(&good, &der, &err), UKB_OK);
    for (len = 0; len < der.len; len++) {
        assert_int_equal(ukb_public_key_from_spki(der.data, len, &key, &err), UKB_E_UNSUPPORTED);
    }
    assert_int_equal(ukb_buf_append(&der, "", 1, &err), UKB_OK);
    assert_int_equal(ukb_public_key_from_spki(der.data, der.len, &key, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(key.modulus_len, 7); /* untouched */
    ukb_buf_done(&der);
}

static void
a_small_buffer_is_too_large_a_key(void **state)
{
    const struct ukb_public_key key = made_public_key("RSA-2048");
    struct ukb_buf der = UKB_BUF_INIT(100);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_public_key_to_spki(&key, &der, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&der);
}

static void
curves_have_the_names_of_nist(void **state)
{
    const struct ukb_public_key p384 = made_public_key("P-384");
    const struct ukb_public_key sm2 = made_public_key("SM2");
    const struct ukb_public_key rsa = made_public_key("RSA-2048");
    const struct ukb_public_key nothing = { 0 };

    (void)state;
    assert_string_equal(ukb_public_key_curve(&p384), "P-384");
    assert_string_equal(ukb_public_key_curve(&sm2), "SM2");
    assert_null(ukb_public_key_curve(&rsa));
    assert_null(ukb_public_key_curve(&nothing));
}

static void
move_off_the_curve(X509 *x509)
{
    unsigned char *spki = NULL;
    const unsigned char *at = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);
    X509_PUBKEY *pubkey = X509_get_X509_PUBKEY(x509);

    spki[len - 1] ^= 1;
    at = spki;
    assert_non_null(d2i_X509_PUBKEY(&pubkey, &at, len));
    OPENSSL_free(spki);
}

/* A point that OpenSSL cannot load stands in for an OpenSSL that was built without SM2. */
static void
an_sm2_key_is_known_by_its_oid_alone(void **state)
{
    const struct made sm2 = { .key = "SM2", .adjust = move_off_the_curve };
    const struct made p256 = { .key = "P-256", .adjust = move_off_the_curve };
    const struct ukb_certificate_facts *facts = made_facts(&sm2);

    (void)state;
    assert_int_equal(facts->key.type, UKB_KEY_SM2);
    assert_int_equal(facts->key.point_len, 65);
    assert_int_equal(facts->key_bits, 256);
    assert_string_equal(facts->curve, "SM2");
    assert_int_equal(made_facts(&p256)->key.type, UKB_KEY_UNKNOWN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_survives_both_ways),
        cmocka_unit_test(the_numbers_are_those_of_pkcs_11),
        cmocka_unit_test(a_compressed_point_comes_out_uncompressed),
        cmocka_unit_test(coordinates_with_leading_zeros_keep_their_length),
        cmocka_unit_test(numbers_that_are_no_key_are_refused),
        cmocka_unit_test(other_kinds_and_junk_are_unsupported),
        cmocka_unit_test(a_small_buffer_is_too_large_a_key),
        cmocka_unit_test(curves_have_the_names_of_nist),
        cmocka_unit_test(an_sm2_key_is_known_by_its_oid_alone),
    };

    return cmocka_run_group_tests_name("pki/public_key", tests, NULL, made_done);
}
