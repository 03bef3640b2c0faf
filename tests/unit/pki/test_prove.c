/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "owner.h"
#include "pki/prove.h"

/* Prove that the owner of @p key opens what is encrypted to a certificate of @p certificate_key. */
static enum ukb_status
prove(const char *certificate_key, struct owner *owner)
{
    const struct made made = { .key = certificate_key };
    const struct ukb_key_ops ops = owner_ops(owner);
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_certificate_prove_decrypt(made_certificate(&made), &ops, &err);

    assert_int_equal(err.status, st);
    return st;
}

static void
the_owner_of_the_key_proves_it(void **state)
{
    static const char *const keys[] = { "RSA-2048", "RSA-3072", "P-256", "P-384" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct owner owner = { .key = keys[i] };

        assert_int_equal(prove(keys[i], &owner), UKB_OK);
        assert_int_equal(owner.calls, 1);
    }
}

static void
nobody_else_does(void **state)
{
    static const char *const keys[] = { "RSA-2048", "P-256" };
    static const char *const others[] = { "RSA-2048/other", "P-256/other" };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct owner other = { .key = others[i] };
        struct owner spoiler = { .key = keys[i], .spoil = true };
        struct owner cutter = { .key = keys[i], .cut = true };

        assert_int_equal(prove(keys[i], &other), UKB_E_PROOF_FAILED);
        assert_int_equal(prove(keys[i], &spoiler), UKB_E_PROOF_FAILED);
        assert_int_equal(prove(keys[i], &cutter), UKB_E_PROOF_FAILED);
    }
}

static void
trouble_is_no_failed_proof(void **state)
{
    struct owner owner = { .key = "P-256", .fail_by = UKB_E_TOKEN_REMOVED };

    (void)state;
    assert_int_equal(prove("P-256", &owner), UKB_E_TOKEN_REMOVED);
}

static void
other_keys_and_missing_operations_are_unsupported(void **state)
{
    static const struct made made = { .key = "P-256" };
    static const struct ukb_key_ops none = { 0 };
    struct owner owner = { .key = "SM2" };
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(prove("SM2", &owner), UKB_E_UNSUPPORTED);
    assert_int_equal(owner.calls, 0);
    assert_int_equal(ukb_certificate_prove_decrypt(made_certificate(&made), &none, &err), UKB_E_UNSUPPORTED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_owner_of_the_key_proves_it),
        cmocka_unit_test(nobody_else_does),
        cmocka_unit_test(trouble_is_no_failed_proof),
        cmocka_unit_test(other_keys_and_missing_operations_are_unsupported),
    };

    return cmocka_run_group_tests_name("pki/prove", tests, owner_start_heap, owner_end_heap);
}
