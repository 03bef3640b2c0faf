/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_cards.c where PC/SC's daemon is none; with readers and cards: doctor.test.mjs. */
#include "../test.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "platform/cards.h"

static bool
has_library(void)
{
    void *library = dlopen("libpcsclite.so.1", RTLD_NOW);

    if (library != NULL) {
        (void)dlclose(library);
    }
    return library != NULL;
}

static void
without_a_daemon_there_is_no_reader_and_the_reason_is_told(void **state)
{
    struct ukb_cards cards;

    (void)state;
    ukb_cards_look(&cards);
    assert_int_equal(cards.count, 0);
    if (has_library()) {
        assert_int_equal(cards.service, UKB_CARDS_NO_SERVICE);
        assert_int_equal(cards.result, 0x8010001DUL);
    } else {
        assert_int_equal(cards.service, UKB_CARDS_NO_LIBRARY);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_daemon_there_is_no_reader_and_the_reason_is_told),
    };

    /* whatever runs on this machine: the library asks there */
    (void)setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm", 1);
    return cmocka_run_group_tests_name("platform/posix_cards", tests, NULL, NULL);
}
