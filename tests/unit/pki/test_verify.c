/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "made.h"
#include "pki/verify.h"

static const unsigned char MESSAGE[] = "a random message";

/* Sign MESSAGE with one key and verify it by the certificate of another, which may be the same. */
static enum ukb_status
signed_and_verified(const char *signing_key, const char *certificate_key, enum ukb_sign_digest verify_digest,
                    size_t message_len, bool spoil)
{
    struct made_signer signer = { .key = signing_key, .spoil = spoil };
    const struct made made = { .key = certificate_key };
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    size_t len = sizeof(signature);
    struct ukb_error err = { 0 };
    enum ukb_status st;

    assert_int_equal(made_sign(&signer, UKB_SIGN_SHA256, MESSAGE, sizeof(MESSAGE), signature, &len, &err), UKB_OK);
    st = ukb_certificate_verify_message(made_certificate(&made), verify_digest, MESSAGE, message_len, signature, len,
                                        &err);
    assert_int_equal(err.status, st);
    return st;
}

static void
a_signature_by_the_certificates_key_is_proof(void **state)
{
    static const char *const keys[] = { "RSA-2048", "RSA-3072", "P-256", "P-384", "P-521" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        assert_int_equal(signed_and_verified(keys[i], keys[i], UKB_SIGN_SHA256, sizeof(MESSAGE), false), UKB_OK);
    }
}

static void
anything_else_is_none(void **state)
{
    static const char *const keys[] = { "RSA-2048", "P-256" };
    static const char *const others[] = { "RSA-2048/other", "P-256/other" };
    const size_t all = sizeof(MESSAGE);
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        assert_int_equal(signed_and_verified(keys[i], keys[i], UKB_SIGN_SHA256, all, true), UKB_E_PROOF_FAILED);
        assert_int_equal(signed_and_verified(keys[i], keys[i], UKB_SIGN_SHA256, all - 1, false), UKB_E_PROOF_FAILED);
        assert_int_equal(signed_and_verified(keys[i], keys[i], UKB_SIGN_SHA384, all, false), UKB_E_PROOF_FAILED);
        assert_int_equal(signed_and_verified(keys[i], others[i], UKB_SIGN_SHA256, all, false), UKB_E_PROOF_FAILED);
        assert_int_equal(signed_and_verified(keys[i], keys[1 - i], UKB_SIGN_SHA256, all, false), UKB_E_PROOF_FAILED);
    }
}

static void
zeros_are_no_ecdsa_signature(void **state)
{
    static const unsigned char zeros[64] = { 0 };
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_certificate_verify_message(made_certificate(&(struct made){ 0 }), UKB_SIGN_SHA256, MESSAGE,
                                                    sizeof(MESSAGE), zeros, sizeof(zeros), &err),
                     UKB_E_PROOF_FAILED);
}

static void
other_kinds_of_keys_are_unsupported(void **state)
{
    static const char *const keys[] = { "SM2", "ED25519" };
    static const unsigned char zeros[64] = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        const struct made made = { .key = keys[i] };
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_certificate_verify_message(made_certificate(&made), UKB_SIGN_SHA256, MESSAGE,
                                                        sizeof(MESSAGE), zeros, sizeof(zeros), &err),
                         UKB_E_UNSUPPORTED);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_by_the_certificates_key_is_proof),
        cmocka_unit_test(anything_else_is_none),
        cmocka_unit_test(zeros_are_no_ecdsa_signature),
        cmocka_unit_test(other_kinds_of_keys_are_unsupported),
    };

    return cmocka_run_group_tests_name("pki/verify", tests, NULL, made_done);
}
