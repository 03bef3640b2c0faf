/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <openssl/err.h>

#include "pki/internal.h"

static void
the_message_names_openssls_reason_and_the_queue_is_empty(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    ERR_raise(ERR_LIB_X509, X509_R_KEY_TYPE_MISMATCH);
    assert_int_equal(ukb_pki_raise(&err, UKB_E_BAD_CERTIFICATE, "here"), UKB_E_BAD_CERTIFICATE);
    assert_string_equal(err.message, "here: key type mismatch");
    assert_int_not_equal(err.native, 0);
    assert_int_equal(ERR_peek_error(), 0);
}

static void
without_a_reason_the_message_stands_alone(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_pki_raise(&err, UKB_E_BAD_CERTIFICATE, "here"), UKB_E_BAD_CERTIFICATE);
    assert_string_equal(err.message, "here");
    assert_int_equal(err.native, 0);
}

static void
no_memory_is_nobodys_certificate(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    ERR_raise(ERR_LIB_X509, ERR_R_MALLOC_FAILURE);
    assert_int_equal(ukb_pki_raise(&err, UKB_E_BAD_CERTIFICATE, "here"), UKB_E_INTERNAL);
    assert_int_equal(ERR_peek_error(), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_names_openssls_reason_and_the_queue_is_empty),
        cmocka_unit_test(without_a_reason_the_message_stands_alone),
        cmocka_unit_test(no_memory_is_nobodys_certificate),
    };

    return cmocka_run_group_tests_name("pki/openssl_error", tests, NULL, NULL);
}
