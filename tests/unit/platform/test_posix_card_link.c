/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_card_link.c where there is no card; with one: tests/integration/card-torn.test.mjs. */
#include "../test.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "platform/card_link.h"

static struct ukb_card_link *card;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    card = NULL;
    return 0;
}

static void
a_process_without_pcsc_reaches_no_card(void **state)
{
    (void)state;
    assert_int_equal(ukb_card_link_open("a reader", &card, &err), UKB_E_UNSUPPORTED);
    assert_null(card);
    ukb_card_link_close(card); /* NULL is fine */
}

static void
without_a_daemon_there_is_no_card_either(void **state)
{
    void *library = dlopen("libpcsclite.so.1", RTLD_NOW);

    (void)state;
    if (library == NULL) {
        skip();
    }
    assert_int_equal(ukb_card_link_open("a reader", &card, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(err.native, 0x8010001DUL);
    assert_null(card);
    (void)dlclose(library);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_process_without_pcsc_reaches_no_card, setup),
        cmocka_unit_test_setup(without_a_daemon_there_is_no_card_either, setup),
    };

    /* whatever runs on this machine: the library asks there */
    (void)setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm", 1);
    return cmocka_run_group_tests_name("platform/posix_card_link", tests, NULL, NULL);
}
