/* SPDX-License-Identifier: MIT */
#include "scratch.h"

#include "platform/tally.h"

static struct ukb_error err;

static void
a_tally_begins_at_nothing_and_is_counted_up(void **state)
{
    struct scratch *s = *state;
    struct stat facts;

    assert_int_equal(ukb_tally_read(s->dir, "writes"), 0);
    assert_int_not_equal(stat(scratch_path(s, "writes"), &facts), 0); /* to read it makes nothing */
    assert_int_equal(ukb_tally_add(s->dir, "writes", &err), UKB_OK);
    assert_int_equal(ukb_tally_add(s->dir, "writes", &err), UKB_OK);
    assert_int_equal(ukb_tally_read(s->dir, "writes"), 2);
    assert_int_equal(ukb_tally_read(s->dir, "another"), 0);
    assert_int_equal(stat(scratch_path(s, "writes"), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

static void
processes_that_count_at_once_lose_nothing(void **state)
{
    enum { PROCESSES = 4, TIMES = 200 };
    struct scratch *s = *state;
    pid_t children[PROCESSES];
    int code = 0;
    int i;

    for (i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            int n;

            for (n = 0; n < TIMES; n++) {
                if (ukb_tally_add(s->dir, "writes", &err) != UKB_OK) {
                    _exit(1);
                }
            }
            _exit(0);
        }
    }
    for (i = 0; i < PROCESSES; i++) {
        assert_int_equal(waitpid(children[i], &code, 0), children[i]);
        assert_int_equal(code, 0);
    }
    assert_int_equal(ukb_tally_read(s->dir, "writes"), PROCESSES * TIMES);
}

static void
one_that_cannot_be_written_is_an_error(void **state)
{
    struct scratch *s = *state;

    assert_int_equal(mkdir(scratch_path(s, "writes"), 0700), 0);
    assert_int_equal(ukb_tally_add(s->dir, "writes", &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(ukb_tally_add("relative", "writes", &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(ukb_tally_read("/nowhere/at/all", "writes"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_tally_begins_at_nothing_and_is_counted_up),
        TEST(processes_that_count_at_once_lose_nothing),
        TEST(one_that_cannot_be_written_is_an_error),
    };

    return cmocka_run_group_tests_name("platform/posix_tally", tests, NULL, NULL);
}
