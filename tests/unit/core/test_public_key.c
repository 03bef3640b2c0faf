/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "core/public_key.h"

static void
equal_means_the_same_known_key(void **state)
{
    struct ukb_public_key a = {
        .type = UKB_KEY_RSA, .modulus_len = 2, .modulus = { 1, 2 }, .exponent_len = 1, .exponent = { 3 }
    };
    struct ukb_public_key b = a;
    const struct ukb_public_key nothing = { 0 };

    (void)state;
    assert_true(ukb_public_key_equal(&a, &b));
    b.modulus[1] = 3;
    assert_false(ukb_public_key_equal(&a, &b));
    b = a;
    b.exponent_len = 0;
    assert_false(ukb_public_key_equal(&a, &b));
    assert_false(ukb_public_key_equal(&nothing, &nothing));
}

static void
bits_are_counted_from_the_top_one(void **state)
{
    struct ukb_public_key rsa = { .type = UKB_KEY_RSA, .modulus_len = 256, .modulus = { 0x80 } };
    struct ukb_public_key ec = { .type = UKB_KEY_EC, .point_len = 97, .point = { 4 } };
    const struct ukb_public_key nothing = { 0 };

    (void)state;
    assert_int_equal(ukb_public_key_bits(&rsa), 2048);
    rsa.modulus[0] = 0x40;
    assert_int_equal(ukb_public_key_bits(&rsa), 2047);
    assert_int_equal(ukb_public_key_bits(&ec), 384);
    assert_int_equal(ukb_public_key_bits(&nothing), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_means_the_same_known_key),
        cmocka_unit_test(bits_are_counted_from_the_top_one),
    };

    return cmocka_run_group_tests_name("core/public_key", tests, NULL, NULL);
}
