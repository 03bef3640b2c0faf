/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "fake/opened.h"

#include "token/key_attributes.h"
#include "token/keys.h"

static const unsigned char P256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
static const unsigned char SM2[] = { 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D };
static const unsigned char BRAINPOOL[] = { 0x06, 0x09, 0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07 };

/* header ‖ 04 ‖ 11 … 11 with @p field_len bytes of X and Y each; returns the length. */
static size_t
make_point(unsigned char *to, const unsigned char *header, size_t header_len, size_t field_len)
{
    if (header_len > 0) {
        memcpy(to, header, header_len);
    }
    to[header_len] = 0x04;
    memset(to + header_len + 1, 0x11, 2 * field_len);
    return header_len + 1 + 2 * field_len;
}

static void
a_point_is_found_wrapped_and_bare(void **state)
{
    static const unsigned char wrap[] = { 0x04, 0x41 };
    static const unsigned char wrap_long[] = { 0x04, 0x81, 0x85 };
    const unsigned char *point = NULL;
    unsigned char value[256];
    size_t len;

    (void)state;
    len = make_point(value, wrap, sizeof(wrap), 32);
    assert_int_equal(ukb_ec_point_unwrap(value, len, 32, &point), 65);
    assert_ptr_equal(point, value + 2);
    assert_int_equal(ukb_ec_point_unwrap(value, len, 0, &point), 65);
    len = make_point(value, wrap_long, sizeof(wrap_long), 66);
    assert_int_equal(ukb_ec_point_unwrap(value, len, 66, &point), 133);
    assert_ptr_equal(point, value + 3);
    len = make_point(value, NULL, 0, 48);
    assert_int_equal(ukb_ec_point_unwrap(value, len, 48, &point), 97);
    assert_ptr_equal(point, value);
    assert_int_equal(ukb_ec_point_unwrap(value, len, 0, &point), 97);
}

static void
a_bare_point_that_looks_wrapped_is_bare(void **state)
{
    const unsigned char *point = NULL;
    unsigned char value[65];

    (void)state;
    (void)make_point(value, NULL, 0, 32);
    value[1] = 63; /* what a length would be … */
    value[2] = 0x04;
    assert_int_equal(ukb_ec_point_unwrap(value, sizeof(value), 32, &point), 65);
    assert_ptr_equal(point, value);
}

static void
what_is_no_point_is_refused(void **state)
{
    static const unsigned char wrap[] = { 0x04, 0x41 };
    const unsigned char *point = NULL;
    unsigned char value[256] = { 0x04 };
    size_t len;

    (void)state;
    assert_int_equal(ukb_ec_point_unwrap(value, 0, 32, &point), 0);
    len = make_point(value, wrap, sizeof(wrap), 32);
    assert_int_equal(ukb_ec_point_unwrap(value, len, 48, &point), 0); /* another curve's */
    assert_int_equal(ukb_ec_point_unwrap(value, len - 1, 32, &point), 0);
    value[0] = 0x30;
    assert_int_equal(ukb_ec_point_unwrap(value, len, 32, &point), 0);
    (void)make_point(value, NULL, 0, 32);
    value[0] = 0x02; /* compressed */
    assert_int_equal(ukb_ec_point_unwrap(value, 33, 32, &point), 0);
    assert_null(point);
}

static void
an_rsa_key_loses_its_leading_zero(void **state)
{
    static const unsigned char modulus[] = { 0x00, 0xC1, 0x02, 0x03 };
    static const unsigned char exponent[] = { 0x01, 0x00, 0x01 };
    static const unsigned char id[] = { 7, 8 };
    const CK_BBOOL yes = CK_TRUE;
    struct ukb_token_key key;
    CK_OBJECT_HANDLE object;

    (void)state;
    memset(&key, 0, sizeof(key));
    object = fake_object_add(CKO_PRIVATE_KEY);
    fake_object_set(object, CKA_MODULUS, modulus, sizeof(modulus));
    fake_object_set(object, CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent));
    fake_object_set(object, CKA_ID, id, sizeof(id));
    fake_object_set(object, CKA_ALWAYS_AUTHENTICATE, &yes, sizeof(yes));
    assert_int_equal(ukb_key_attributes_read(token.session, object, CKO_PRIVATE_KEY, CKK_RSA, &key), CKR_OK);
    assert_int_equal(key.type, UKB_KEY_RSA);
    assert_int_equal(key.public_key.modulus_len, 3);
    assert_memory_equal(key.public_key.modulus, modulus + 1, 3);
    assert_int_equal(key.public_key.exponent_len, 3);
    assert_int_equal(key.id_len, 2);
    assert_true(key.always_authenticate);
}

static void
a_key_without_public_attributes_is_unknown(void **state)
{
    struct ukb_token_key key;

    (void)state;
    memset(&key, 0xFF, sizeof(key));
    assert_int_equal(
        ukb_key_attributes_read(token.session, fake_object_add(CKO_PRIVATE_KEY), CKO_PRIVATE_KEY, CKK_RSA, &key),
        CKR_OK);
    assert_int_equal(key.type, UKB_KEY_RSA);
    assert_int_equal(key.public_key.type, UKB_KEY_UNKNOWN);
    assert_int_equal(key.id_len, 0);
    assert_false(key.always_authenticate);
    assert_int_equal(
        ukb_key_attributes_read(token.session, fake_object_add(CKO_PRIVATE_KEY), CKO_PRIVATE_KEY, CKK_EC, &key),
        CKR_OK);
    assert_int_equal(key.type, UKB_KEY_EC);
    assert_int_equal(key.public_key.type, UKB_KEY_UNKNOWN);
}

static void
a_public_key_never_wants_the_pin_again(void **state)
{
    const CK_BBOOL yes = CK_TRUE;
    struct ukb_token_key key;
    CK_OBJECT_HANDLE object;

    (void)state;
    memset(&key, 0, sizeof(key));
    object = fake_object_add(CKO_PUBLIC_KEY);
    fake_object_set(object, CKA_ALWAYS_AUTHENTICATE, &yes, sizeof(yes));
    assert_int_equal(ukb_key_attributes_read(token.session, object, CKO_PUBLIC_KEY, CKK_RSA, &key), CKR_OK);
    assert_false(key.always_authenticate);
}

static enum ukb_key_type
read_curve(const unsigned char *params, size_t len)
{
    struct ukb_token_key key;
    unsigned char point[65];
    CK_OBJECT_HANDLE object;

    memset(&key, 0, sizeof(key));
    object = fake_object_add(CKO_PUBLIC_KEY);
    fake_object_set(object, CKA_EC_PARAMS, params, len);
    fake_object_set(object, CKA_EC_POINT, point, make_point(point, NULL, 0, 32));
    assert_int_equal(ukb_key_attributes_read(token.session, object, CKO_PUBLIC_KEY, CKK_EC, &key), CKR_OK);
    assert_int_equal(key.public_key.point_len, 65);
    assert_memory_equal(key.public_key.params, params, len);
    assert_int_equal(key.type, key.public_key.type);
    return key.type;
}

static void
curves_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(read_curve(P256, sizeof(P256)), UKB_KEY_EC);
    assert_int_equal(read_curve(SM2, sizeof(SM2)), UKB_KEY_SM2);
    assert_int_equal(read_curve(BRAINPOOL, sizeof(BRAINPOOL)), UKB_KEY_EC);
    assert_int_equal(ukb_ec_field_len(P256, sizeof(P256)), 32);
    assert_int_equal(ukb_ec_field_len(BRAINPOOL, sizeof(BRAINPOOL)), 0);
}

static void
a_modulus_alone_is_the_key_of_that_modulus(void **state)
{
    struct ukb_public_key told = { .type = UKB_KEY_RSA, .modulus_len = 2, .modulus = { 0xC1, 0x02 } };
    struct ukb_public_key wanted = told;

    (void)state;
    wanted.exponent_len = 1;
    wanted.exponent[0] = 3;
    assert_true(ukb_key_same(&told, &wanted));
    told.exponent_len = 1;
    told.exponent[0] = 5;
    assert_false(ukb_key_same(&told, &wanted));
    told.exponent_len = 0;
    told.modulus[1] = 0x03;
    assert_false(ukb_key_same(&told, &wanted));
    told.type = UKB_KEY_UNKNOWN;
    assert_false(ukb_key_same(&told, &told));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, opened_setup, opened_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_is_found_wrapped_and_bare),
        cmocka_unit_test(a_bare_point_that_looks_wrapped_is_bare),
        cmocka_unit_test(what_is_no_point_is_refused),
        CASE(an_rsa_key_loses_its_leading_zero),
        CASE(a_key_without_public_attributes_is_unknown),
        CASE(a_public_key_never_wants_the_pin_again),
        CASE(curves_are_told_apart),
        cmocka_unit_test(a_modulus_alone_is_the_key_of_that_modulus),
    };

    return cmocka_run_group_tests_name("token/key_attributes", tests, NULL, NULL);
}
