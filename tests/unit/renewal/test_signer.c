/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/signer.c on SoftHSM: the digest that the pki room asks for is the one that is signed. */
#include "../test.h"

#include <string.h>

#include "../token/fake/material.h"
#include "renewal/internal.h"
#include "token/sign.h"
#include "ukey.h"

static const unsigned char message[] = "what a request says";

static struct ukb_error err;
static unsigned char signature[UKB_SIGNATURE_MAX_LEN];
static size_t signature_len;

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    signature_len = sizeof(signature);
    return ukey_setup(state);
}

static enum ukb_status
sign(const struct ukb_token_key *key, enum ukb_sign_digest digest)
{
    struct ukb_token_signer signer = { ukey.session, key };

    return ukb_token_signer_sign(&signer, digest, message, sizeof(message), signature, &signature_len, &err);
}

static bool
is_signature(const struct ukb_token_key *key, enum ukb_digest digest)
{
    return material_verify(&key->public_key, digest, message, sizeof(message), signature, signature_len);
}

static void
each_digest_is_the_one_that_was_asked_for(void **state)
{
    const struct ukb_token_key key = ukey_key("signer");

    (void)state;
    assert_int_equal(sign(&key, UKB_SIGN_SHA256), UKB_OK);
    assert_true(is_signature(&key, UKB_SHA256));
    assert_false(is_signature(&key, UKB_SHA384));
    signature_len = sizeof(signature);
    assert_int_equal(sign(&key, UKB_SIGN_SHA384), UKB_OK);
    assert_true(is_signature(&key, UKB_SHA384));
    assert_false(is_signature(&key, UKB_SHA256));
}

static void
it_signs_with_its_key_and_no_other(void **state)
{
    const struct ukb_token_key key = ukey_key("one");
    const struct ukb_token_key other = ukey_key("other");

    (void)state;
    assert_int_equal(sign(&key, UKB_SIGN_SHA256), UKB_OK);
    assert_true(is_signature(&key, UKB_SHA256));
    assert_false(is_signature(&other, UKB_SHA256));
}

static void
what_the_token_refuses_is_passed_on(void **state)
{
    const struct ukb_token_key key = ukey_key("gone");

    (void)state;
    signature_len = 10;
    assert_int_equal(sign(&key, UKB_SIGN_SHA256), UKB_E_TOO_LARGE);
    assert_int_equal(ukb_token_object_destroy(ukey.session, key.private_handle, &err), UKB_OK);
    signature_len = sizeof(signature);
    assert_int_not_equal(sign(&key, UKB_SIGN_SHA256), UKB_OK);
    assert_int_not_equal(err.status, UKB_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, ukey_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_digest_is_the_one_that_was_asked_for),
        TEST(it_signs_with_its_key_and_no_other),
        TEST(what_the_token_refuses_is_passed_on),
    };

    return cmocka_run_group_tests_name("renewal/signer", tests, ukey_group_setup, ukey_group_teardown);
}
