/* SPDX-License-Identifier: MIT */
/* Against the fake module, whose keys tell as much or as little as a case wants; test_keypair.c has real ones. */
#include "../test.h"

#include <string.h>

#include "fake/fake_token.h"

#include "token/keys.h"

static const unsigned char ID_A[] = { 0xA1, 0xA2 };
static const unsigned char ID_B[] = { 0xB1, 0xB2 };
static const unsigned char MODULUS_A[] = { 0xC1, 0x01 };
static const unsigned char MODULUS_B[] = { 0xC1, 0x02 };
static const unsigned char F4[] = { 0x01, 0x00, 0x01 };
static const unsigned char P256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };

static struct fake_token token;
static struct ukb_token_keys keys;
static struct ukb_token_key found;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&found, 0, sizeof(found));
    fake_token_open(&token);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_token_keys_done(&keys);
    fake_token_close(&token);
    return 0;
}

static CK_OBJECT_HANDLE
add_key(CK_OBJECT_CLASS class, CK_KEY_TYPE type, const unsigned char *id)
{
    const CK_OBJECT_HANDLE object = fake_object_add(class);

    fake_object_set(object, CKA_KEY_TYPE, &type, sizeof(type));
    fake_object_set(object, CKA_ID, id, sizeof(ID_A));
    return object;
}

/* @p modulus NULL: an object that does not tell its key. */
static CK_OBJECT_HANDLE
add_rsa(CK_OBJECT_CLASS class, const unsigned char *id, const unsigned char *modulus)
{
    const CK_OBJECT_HANDLE object = add_key(class, CKK_RSA, id);

    if (modulus != NULL) {
        fake_object_set(object, CKA_MODULUS, modulus, sizeof(MODULUS_A));
        fake_object_set(object, CKA_PUBLIC_EXPONENT, F4, sizeof(F4));
    }
    return object;
}

static struct ukb_public_key
rsa(const unsigned char *modulus)
{
    struct ukb_public_key key = { .type = UKB_KEY_RSA, .modulus_len = 2, .exponent_len = 3 };

    memcpy(key.modulus, modulus, sizeof(MODULUS_A));
    memcpy(key.exponent, F4, sizeof(F4));
    return key;
}

static enum ukb_status
find(const unsigned char *modulus, const unsigned char *id)
{
    const struct ukb_public_key key = rsa(modulus);

    return ukb_token_key_find(token.session, &key, id, id == NULL ? 0 : sizeof(ID_A), &found, &err);
}

static void
a_key_is_found_by_its_own_attributes_whatever_its_id(void **state)
{
    CK_OBJECT_HANDLE object;

    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_B);
    object = add_rsa(CKO_PRIVATE_KEY, ID_B, MODULUS_A);
    assert_int_equal(find(MODULUS_A, NULL), UKB_OK);
    assert_int_equal(found.private_handle, object);
    /* an id that names another key does not lead astray */
    assert_int_equal(find(MODULUS_A, ID_A), UKB_OK);
    assert_int_equal(found.private_handle, object);
}

static void
a_key_is_found_by_the_public_object_with_its_id(void **state)
{
    const CK_OBJECT_HANDLE object = add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    CK_OBJECT_HANDLE half;

    (void)state;
    (void)add_rsa(CKO_PUBLIC_KEY, ID_B, MODULUS_B);
    half = add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    assert_int_equal(find(MODULUS_A, NULL), UKB_OK);
    assert_int_equal(found.private_handle, object);
    assert_int_equal(found.public_handle, half);
    assert_int_equal(find(MODULUS_B, ID_A), UKB_E_KEY_MISMATCH); /* the id fits, the key does not */
}

static void
an_ec_key_is_found_by_its_public_object(void **state)
{
    struct ukb_public_key wanted = { .type = UKB_KEY_EC, .params_len = sizeof(P256), .point_len = 65 };
    unsigned char wrapped[67] = { 0x04, 0x41, 0x04, 0x55 };
    CK_OBJECT_HANDLE object;
    CK_OBJECT_HANDLE half;

    (void)state;
    memcpy(wanted.params, P256, sizeof(P256));
    memcpy(wanted.point, wrapped + 2, 65);
    object = add_key(CKO_PRIVATE_KEY, CKK_EC, ID_A);
    half = add_key(CKO_PUBLIC_KEY, CKK_EC, ID_A);
    fake_object_set(half, CKA_EC_PARAMS, P256, sizeof(P256));
    fake_object_set(half, CKA_EC_POINT, wrapped, sizeof(wrapped));
    assert_int_equal(ukb_token_key_find(token.session, &wanted, NULL, 0, &found, &err), UKB_OK);
    assert_int_equal(found.private_handle, object);
    assert_int_equal(found.type, UKB_KEY_EC);
    wanted.point[64] ^= 1;
    assert_int_equal(ukb_token_key_find(token.session, &wanted, ID_A, sizeof(ID_A), &found, &err), UKB_E_KEY_MISMATCH);
}

static void
a_key_that_does_not_tell_is_a_candidate_by_id_only(void **state)
{
    const CK_OBJECT_HANDLE object = add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    const struct ukb_public_key wanted = rsa(MODULUS_A);

    (void)state;
    assert_int_equal(find(MODULUS_A, NULL), UKB_E_KEY_MISMATCH);
    assert_int_equal(find(MODULUS_A, ID_B), UKB_E_KEY_MISMATCH);
    assert_int_equal(find(MODULUS_A, ID_A), UKB_OK);
    assert_int_equal(found.private_handle, object);
    assert_true(ukb_public_key_equal(&found.public_key, &wanted));
}

static void
a_candidate_is_of_the_same_family(void **state)
{
    (void)state;
    (void)add_key(CKO_PRIVATE_KEY, CKK_EC, ID_A);
    assert_int_equal(find(MODULUS_A, ID_A), UKB_E_KEY_MISMATCH);
}

static void
a_key_that_tells_goes_before_a_candidate(void **state)
{
    CK_OBJECT_HANDLE object;

    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    object = add_rsa(CKO_PRIVATE_KEY, ID_B, MODULUS_A);
    assert_int_equal(find(MODULUS_A, ID_A), UKB_OK);
    assert_int_equal(found.private_handle, object);
}

static void
of_two_equal_keys_the_one_with_the_id_is_taken(void **state)
{
    CK_OBJECT_HANDLE object;

    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_A);
    object = add_rsa(CKO_PRIVATE_KEY, ID_B, MODULUS_A);
    assert_int_equal(find(MODULUS_A, ID_B), UKB_OK);
    assert_int_equal(found.private_handle, object);
}

static void
a_public_half_alone_is_no_key(void **state)
{
    (void)state;
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    assert_int_equal(find(MODULUS_A, ID_A), UKB_E_KEY_MISMATCH);
}

static void
an_orphan_is_found_by_id_with_either_half(void **state)
{
    (void)state;
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PRIVATE_KEY, ID_B, NULL);
    assert_int_equal(ukb_token_keys_by_id(token.session, ID_A, sizeof(ID_A), &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 1);
    assert_int_equal(keys.items[0].private_handle, CK_INVALID_HANDLE);
    ukb_token_keys_done(&keys);
    assert_int_equal(ukb_token_keys_by_id(token.session, ID_B, sizeof(ID_B), &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 1);
    assert_int_equal(keys.items[0].public_handle, CK_INVALID_HANDLE);
    ukb_token_keys_done(&keys);
    assert_int_equal(ukb_token_keys_by_id(token.session, ID_A, 1, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 0);
}

static void
a_search_by_no_id_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ukb_token_keys_by_id(token.session, NULL, 0, &keys, &err), UKB_E_INTERNAL);
    assert_int_equal(ukb_token_keys_by_id(token.session, ID_A, 0, &keys, &err), UKB_E_INTERNAL);
}

static void
a_module_that_searches_loosely_shows_no_other_key(void **state)
{
    (void)state;
    fake.searches_loosely = true;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PRIVATE_KEY, ID_B, MODULUS_B);
    assert_int_equal(ukb_token_keys_by_id(token.session, ID_B, sizeof(ID_B), &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 1);
    assert_memory_equal(keys.items[0].id, ID_B, sizeof(ID_B));
}

static void
before_login_a_missing_private_key_is_unknown(void **state)
{
    const struct ukb_public_key wanted = rsa(MODULUS_A);

    (void)state;
    assert_int_equal(ukb_token_keys_read(token.session, &keys, &err), UKB_OK);
    assert_int_equal(ukb_token_has_private_key(&keys, &wanted, NULL, 0), UKB_UNKNOWN);
    ukb_token_keys_done(&keys);

    fake.logged_in = true;
    assert_int_equal(ukb_token_keys_read(token.session, &keys, &err), UKB_OK);
    assert_int_equal(ukb_token_has_private_key(&keys, &wanted, NULL, 0), UKB_NO);
    ukb_token_keys_done(&keys);

    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_A);
    fake.logged_in = false;
    assert_int_equal(ukb_token_keys_read(token.session, &keys, &err), UKB_OK);
    assert_int_equal(ukb_token_has_private_key(&keys, &wanted, NULL, 0), UKB_YES);
}

static void
destroying_leaves_other_keys_under_the_id_alone(void **state)
{
    const struct ukb_public_key only = rsa(MODULUS_A);

    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_B);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_B);
    (void)add_rsa(CKO_PRIVATE_KEY, ID_B, MODULUS_A);
    assert_int_equal(ukb_token_keypair_destroy(token.session, ID_A, sizeof(ID_A), &only, &err), UKB_OK);
    assert_false(fake.objects[0].present);
    assert_false(fake.objects[1].present);
    assert_true(fake.objects[2].present);
    assert_true(fake.objects[3].present);
    assert_true(fake.objects[4].present);
}

static void
destroying_with_a_key_in_mind_spares_what_does_not_tell(void **state)
{
    const struct ukb_public_key only = rsa(MODULUS_A);

    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    assert_int_equal(ukb_token_keypair_destroy(token.session, ID_A, sizeof(ID_A), &only, &err), UKB_E_KEY_MISMATCH);
    assert_true(fake.objects[0].present);
    assert_int_equal(ukb_token_keypair_destroy(token.session, ID_A, sizeof(ID_A), NULL, &err), UKB_OK);
    assert_false(fake.objects[0].present);
}

static void
halves_of_several_keys_under_one_id_are_not_guessed_together(void **state)
{
    const struct ukb_public_key only = rsa(MODULUS_A);
    size_t i;

    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_B);
    assert_int_equal(ukb_token_keys_read(token.session, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 4);
    assert_int_equal(keys.items[0].public_key.type, UKB_KEY_UNKNOWN);
    assert_int_equal(keys.items[1].public_key.type, UKB_KEY_UNKNOWN);
    assert_int_equal(ukb_token_keypair_destroy(token.session, ID_A, sizeof(ID_A), &only, &err), UKB_E_KEY_MISMATCH);
    for (i = 0; i < 4; i++) { /* not the public half either: it may tell one day what its key is */
        assert_true(fake.objects[i].present);
    }
    assert_int_equal(ukb_token_keypair_destroy(token.session, ID_A, sizeof(ID_A), NULL, &err), UKB_OK);
    assert_false(fake.objects[0].present || fake.objects[1].present);
}

static void
of_two_halves_and_one_key_neither_is_guessed(void **state)
{
    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_B);
    assert_int_equal(ukb_token_keys_read(token.session, &keys, &err), UKB_OK);
    assert_int_equal(keys.items[0].public_key.type, UKB_KEY_UNKNOWN);
    assert_int_equal(find(MODULUS_B, ID_A), UKB_OK); /* a candidate, for a signature to prove */
}

static void
keys_that_tell_take_their_halves_before_one_that_does_not(void **state)
{
    const struct ukb_public_key b = rsa(MODULUS_B);

    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, NULL);
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_B);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_B); /* as OpenSC shows one for each certificate */
    assert_int_equal(ukb_token_keys_read(token.session, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 3);
    assert_true(ukb_public_key_equal(&keys.items[0].public_key, &b));
}

static void
a_half_of_another_family_is_no_half(void **state)
{
    (void)state;
    (void)add_key(CKO_PRIVATE_KEY, CKK_EC, ID_A);
    (void)add_rsa(CKO_PUBLIC_KEY, ID_A, MODULUS_A);
    assert_int_equal(ukb_token_keys_read(token.session, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 2);
    assert_int_not_equal(keys.items[0].type, UKB_KEY_RSA);
    assert_int_equal(find(MODULUS_A, ID_A), UKB_E_KEY_MISMATCH);
}

static void
destroying_without_an_id_destroys_nothing(void **state)
{
    (void)state;
    (void)add_rsa(CKO_PRIVATE_KEY, ID_A, MODULUS_A);
    assert_int_equal(ukb_token_keypair_destroy(token.session, NULL, 0, NULL, &err), UKB_E_INTERNAL);
    assert_true(fake.objects[0].present);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_key_is_found_by_its_own_attributes_whatever_its_id),
        CASE(a_key_is_found_by_the_public_object_with_its_id),
        CASE(an_ec_key_is_found_by_its_public_object),
        CASE(a_key_that_does_not_tell_is_a_candidate_by_id_only),
        CASE(a_candidate_is_of_the_same_family),
        CASE(a_key_that_tells_goes_before_a_candidate),
        CASE(of_two_equal_keys_the_one_with_the_id_is_taken),
        CASE(a_public_half_alone_is_no_key),
        CASE(an_orphan_is_found_by_id_with_either_half),
        CASE(a_search_by_no_id_is_refused),
        CASE(a_module_that_searches_loosely_shows_no_other_key),
        CASE(before_login_a_missing_private_key_is_unknown),
        CASE(destroying_leaves_other_keys_under_the_id_alone),
        CASE(destroying_with_a_key_in_mind_spares_what_does_not_tell),
        CASE(halves_of_several_keys_under_one_id_are_not_guessed_together),
        CASE(of_two_halves_and_one_key_neither_is_guessed),
        CASE(keys_that_tell_take_their_halves_before_one_that_does_not),
        CASE(a_half_of_another_family_is_no_half),
        CASE(destroying_without_an_id_destroys_nothing),
    };

    return cmocka_run_group_tests_name("token/keys", tests, NULL, NULL);
}
