/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_readers.c without a card service; with one: tests/integration/readers.test.mjs. */
#include "../test.h"

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

#include "platform/readers.h"

static struct ukb_error err;
static int ends[2];

static int
setup(void **state)
{
    (void)state;
    return pipe(ends);
}

static int
teardown(void **state)
{
    (void)state;
    return close(ends[0]) | close(ends[1]);
}

/* What a module that uses PC/SC does; false where it is not installed. */
static bool
load_pcsc(void **ret_library)
{
    *ret_library = dlopen("libpcsclite.so.1", RTLD_NOW);
    return *ret_library != NULL;
}

static void
assert_reads_like_a_pipe(struct ukb_readers *readers)
{
    char text[8] = "";
    size_t len = 0;

    assert_int_equal(write(ends[1], "data", 4), 4);
    assert_int_equal(ukb_readers_read(readers, ends[0], text, sizeof(text), 5000, &len, &err), UKB_OK);
    assert_int_equal(len, 4);
    assert_memory_equal(text, "data", 4);
    assert_int_equal(ukb_readers_read(readers, ends[0], text, sizeof(text), 1, &len, &err), UKB_E_TIMEOUT);
    assert_int_equal(len, 4);
}

static void
nobody_is_woken_where_nothing_uses_pcsc(void **state)
{
    struct ukb_readers *readers = NULL;

    (void)state;
    assert_int_equal(ukb_readers_new(&readers, &err), UKB_E_UNSUPPORTED);
    assert_null(readers);
    assert_reads_like_a_pipe(NULL);
    ukb_readers_free(NULL);
}

static void
a_closed_pipe_is_the_end(void **state)
{
    struct ukb_readers *readers = NULL;
    void *library = NULL;
    char text[8];
    size_t len = 0;

    (void)state;
    if (load_pcsc(&library)) {
        assert_int_equal(ukb_readers_new(&readers, &err), UKB_OK);
    }
    assert_reads_like_a_pipe(readers);
    (void)close(ends[1]);
    assert_int_equal(ukb_readers_read(readers, ends[0], text, sizeof(text), 5000, &len, &err), UKB_END);
    (void)close(ends[0]);
    assert_int_equal(pipe(ends), 0);
    ukb_readers_free(readers);
    (void)(library != NULL && dlclose(library));
}

static void
watching_ends_at_whatever_moment(void **state)
{
    void *library = NULL;
    useconds_t us;

    (void)state;
    if (!load_pcsc(&library)) {
        skip();
    }
    for (us = 0; us < 2000; us += 100) {
        struct ukb_readers *readers = NULL;

        assert_int_equal(ukb_readers_new(&readers, &err), UKB_OK);
        assert_false(ukb_readers_have(readers, ""));
        assert_false(ukb_readers_have(readers, "No such reader"));
        (void)usleep(us);
        ukb_readers_free(readers); /* a thread that does not end would hang here */
    }
    (void)dlclose(library);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_is_woken_where_nothing_uses_pcsc, setup, teardown),
        cmocka_unit_test_setup_teardown(a_closed_pipe_is_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(watching_ends_at_whatever_moment, setup, teardown),
    };

    return cmocka_run_group_tests_name("platform/posix_readers", tests, NULL, NULL);
}
