/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_pcsc.c: PC/SC is used where a module has loaded it, and never loaded for its own sake.
 * What is done with it: card-watch.test.mjs. */
#include "../test.h"

#include <dlfcn.h>

#include "platform/pcsc.h"

#define LIBRARY "libpcsclite.so.1"

static bool
is_loaded(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_NOLOAD);

    if (library != NULL) {
        (void)dlclose(library);
    }
    return library != NULL;
}

static void
a_process_without_pcsc_gets_none(void **state)
{
    struct ukb_pcsc pcsc = { .library = NULL };

    (void)state;
    assert_false(is_loaded());
    assert_false(ukb_pcsc_open(&pcsc));
    assert_null(pcsc.library);
    assert_false(is_loaded()); /* asking loads nothing */
    ukb_pcsc_close(&pcsc);
}

/* The functions are the library's: each answers as PC/SC does, whether or not its daemon runs. */
static void
a_process_with_pcsc_finds_all_of_it(void **state)
{
    void *library = dlopen(LIBRARY, RTLD_NOW);
    struct ukb_pcsc pcsc = { .library = NULL };

    (void)state;
    if (library == NULL) {
        skip();
    }
    assert_true(ukb_pcsc_open(&pcsc));
    assert_non_null(pcsc.establish);
    assert_non_null(pcsc.list);
    assert_non_null(pcsc.wait);
    assert_non_null(pcsc.connect);
    assert_non_null(pcsc.disconnect);
    assert_non_null(pcsc.status);
    assert_int_not_equal(pcsc.begin(-1), UKB_PCSC_OK); /* no such card */
    assert_int_not_equal(pcsc.end(-1, UKB_PCSC_LEAVE_CARD), UKB_PCSC_OK);
    assert_non_null(pcsc.transmit);
    assert_int_not_equal(pcsc.release(-1), UKB_PCSC_OK); /* no such context */
    assert_int_not_equal(pcsc.cancel(-1), UKB_PCSC_OK);
    ukb_pcsc_close(&pcsc);
    assert_null(pcsc.library);
    ukb_pcsc_close(&pcsc);    /* twice is fine */
    assert_true(is_loaded()); /* what the module loaded stays */
    (void)dlclose(library);
    assert_false(is_loaded()); /* and nobody of ours holds it */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_without_pcsc_gets_none),
        cmocka_unit_test(a_process_with_pcsc_finds_all_of_it),
    };

    return cmocka_run_group_tests_name("platform/posix_pcsc", tests, NULL, NULL);
}
