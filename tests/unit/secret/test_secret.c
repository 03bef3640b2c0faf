/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include <openssl/crypto.h>

#include "secret/secret.h"

static const char PIN[] = "123456";

static int
start(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    return ukb_secret_start(&err) == UKB_OK ? 0 : -1;
}

static int
nothing_is_left(void **state)
{
    (void)state;
    return CRYPTO_secure_used() == 0 ? 0 : -1;
}

static void
nothing_is_given_before_the_start(void **state)
{
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    (void)state;
    assert_null(ukb_secret_malloc(16));
    assert_false(ukb_secret_is_locked());
    assert_int_equal(ukb_secret_alloc(&secret, 16, &err), UKB_E_INTERNAL);
    assert_null(secret.data);
}

static void
starting_twice_is_starting_once(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_secret_start(&err), UKB_OK);
    assert_int_equal(ukb_secret_start(&err), UKB_OK);
}

static void
a_secret_lies_on_the_secure_heap_and_is_zero(void **state)
{
    static const unsigned char zero[100];
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_secret_alloc(&secret, sizeof(zero), &err), UKB_OK);
    assert_true(CRYPTO_secure_allocated(secret.data));
    assert_int_equal(secret.len, 0);
    assert_int_equal(secret.size, sizeof(zero));
    assert_memory_equal(secret.data, zero, sizeof(zero));
    ukb_secret_done(&secret);
    assert_null(secret.data);
    ukb_secret_done(&secret);
    ukb_secret_done(NULL);
}

static void
freeing_wipes_every_byte(void **state)
{
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    const unsigned char *place = NULL;
    size_t i;

    (void)state;
    assert_int_equal(ukb_secret_alloc(&secret, 256, &err), UKB_OK);
    memset(secret.data, 0x5A, secret.size);
    secret.len = 4; /* the wipe goes by size, not by len */
    place = secret.data;
    ukb_secret_done(&secret);
    /* The heap itself stays mapped; its list of free blocks uses the first two words of a block. */
    for (i = 2 * sizeof(void *); i < 256; i++) {
        assert_int_equal(place[i], 0);
    }
}

static void
moving_empties_the_source_and_frees_the_target(void **state)
{
    struct ukb_secret from = UKB_SECRET_INIT;
    struct ukb_secret to = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_secret_alloc(&from, 16, &err), UKB_OK);
    assert_int_equal(ukb_secret_alloc(&to, 16, &err), UKB_OK);
    memcpy(from.data, PIN, sizeof(PIN));
    from.len = sizeof(PIN) - 1;
    ukb_secret_move(&to, &from);
    assert_null(from.data);
    assert_int_equal(to.len, strlen(PIN));
    assert_memory_equal(to.data, PIN, to.len);
    ukb_secret_done(&to);
}

static void
secrets_are_equal_when_all_their_bytes_are(void **state)
{
    struct ukb_secret one = UKB_SECRET_INIT;
    struct ukb_secret other = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    (void)state;
    assert_true(ukb_secret_equal(&one, &other));
    assert_int_equal(ukb_secret_alloc(&one, 16, &err), UKB_OK);
    assert_int_equal(ukb_secret_alloc(&other, 32, &err), UKB_OK);
    assert_true(ukb_secret_equal(&one, &other));
    memcpy(one.data, PIN, sizeof(PIN));
    memcpy(other.data, PIN, sizeof(PIN));
    one.len = sizeof(PIN) - 1;
    assert_false(ukb_secret_equal(&one, &other));
    other.len = one.len;
    assert_true(ukb_secret_equal(&one, &other));
    other.data[other.len - 1] ^= 1;
    assert_false(ukb_secret_equal(&one, &other));
    ukb_secret_done(&one);
    ukb_secret_done(&other);
}

static void
a_full_heap_fails_and_never_falls_back(void **state)
{
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_secret_alloc(&secret, UKB_SECRET_HEAP_LEN + 1U, &err), UKB_E_INTERNAL);
    assert_int_equal(ukb_secret_alloc(&secret, SIZE_MAX, &err), UKB_E_INTERNAL);
    assert_null(secret.data);
}

static void
a_quarter_of_a_mebibyte_fits(void **state)
{
    void *block = NULL;

    (void)state;
    block = ukb_secret_malloc(262144);
    assert_non_null(block);
    ukb_secret_free(block);
}

static void
the_hooks_behave_as_the_c_library(void **state)
{
    char *block = NULL;
    char *moved = NULL;

    (void)state;
    ukb_secret_free(NULL);
    block = ukb_secret_realloc(NULL, sizeof(PIN));
    assert_non_null(block);
    memcpy(block, PIN, sizeof(PIN));
    moved = ukb_secret_realloc(block, 4000);
    assert_non_null(moved);
    assert_string_equal(moved, PIN);
    assert_null(ukb_secret_realloc(moved, SIZE_MAX)); /* the old block stays */
    assert_string_equal(moved, PIN);
    moved = ukb_secret_realloc(moved, 32);
    assert_string_equal(moved, PIN);
    ukb_secret_free(moved);
    block = ukb_secret_malloc(0);
    assert_non_null(block);
    ukb_secret_free(block);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_given_before_the_start),
        cmocka_unit_test_setup_teardown(starting_twice_is_starting_once, start, nothing_is_left),
        cmocka_unit_test_setup_teardown(a_secret_lies_on_the_secure_heap_and_is_zero, start, nothing_is_left),
        cmocka_unit_test_setup_teardown(freeing_wipes_every_byte, start, nothing_is_left),
        cmocka_unit_test_setup_teardown(moving_empties_the_source_and_frees_the_target, start, nothing_is_left),
        cmocka_unit_test_setup_teardown(secrets_are_equal_when_all_their_bytes_are, start, nothing_is_left),
        cmocka_unit_test_setup_teardown(a_full_heap_fails_and_never_falls_back, start, nothing_is_left),
        cmocka_unit_test_setup_teardown(a_quarter_of_a_mebibyte_fits, start, nothing_is_left),
        cmocka_unit_test_setup_teardown(the_hooks_behave_as_the_c_library, start, nothing_is_left),
    };

    return cmocka_run_group_tests_name("secret/secret", tests, NULL, NULL);
}
