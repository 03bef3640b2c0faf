/* SPDX-License-Identifier: MIT */
/* Unit tests for pki/warm.c: what it leaves behind is ready, and no error of an earlier call. */
#include "../test.h"

#include <openssl/err.h>
#include <openssl/rand.h>

#include "pki/warm.h"

static void
random_numbers_are_ready_and_no_error_is_left(void **state)
{
    (void)state;
    ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
    ukb_pki_warm();
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(RAND_status(), 1);
    ukb_pki_warm(); /* again does no harm */
    assert_int_equal(ERR_peek_error(), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_numbers_are_ready_and_no_error_is_left),
    };

    return cmocka_run_group_tests_name("pki/warm", tests, NULL, NULL);
}
