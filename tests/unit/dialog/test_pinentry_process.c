/* SPDX-License-Identifier: MIT */
/* Unit tests for dialog/pinentry_process.c, with shell scripts as programs; test_pinentry.c has what is said to them. */
#include "program.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

static long
ms_to_end(struct fixture *f)
{
    struct timespec before = { 0 };
    struct timespec after = { 0 };

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
    ukb_dialog_free(f->dialog);
    f->dialog = NULL;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
    return (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
}

static void
a_program_that_ignores_bye_is_killed(void **state)
{
    const struct ukb_dialog_facts facts = { .origin = "https://ca.example.cn" };
    struct fixture *f = *state;
    struct ukb_error err = { 0 };

    start(f, GREETS "BYE*) exec sleep 600;;\n" AGREES, 5000);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, "NOT_YET_VALID", &err), UKB_OK);
    assert_in_range(ms_to_end(f), 1000, 3000);
}

/* A request that is refused before it came to a question does not wait for the program. */
static void
a_program_that_was_never_needed_is_killed_at_once(void **state)
{
    struct fixture *f = *state;

    start(f, "trap '' TERM PIPE HUP\nexec sleep 600\n", 5000);
    assert_in_range(ms_to_end(f), 0, 900);
}

static void
a_greeting_is_waited_for_once(void **state)
{
    struct fixture *f = *state;
    struct ukb_error err = { 0 };

    start(f, "sleep 0.3\n" GREETS AGREES, 5000);
    assert_int_equal(ukb_dialog_started(f->dialog, &err), UKB_OK);
    assert_int_equal(ukb_dialog_started(f->dialog, &err), UKB_OK);
    assert_in_range(ms_to_end(f), 0, 900);
    start(f, "exit 3\n", 5000);
    assert_int_equal(ukb_dialog_started(f->dialog, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(ukb_dialog_started(f->dialog, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_non_null(strstr(err.message, "pinentry does not start"));
}

static void
open_files_are_not_handed_on(void **state)
{
    struct fixture *f = *state;
    char script[512];
    char path[96];
    char target[64];
    char seen[4096] = "";
    struct ukb_error err = { 0 };
    FILE *file = NULL;
    int fd = open("/dev/zero", O_RDONLY); /* on purpose without O_CLOEXEC */

    assert_true(fd > 2);
    (void)snprintf(script, sizeof(script), "ls -l /proc/$$/fd > %s/seen\n" GREETS AGREES, f->dir);
    start(f, script, 5000);
    assert_int_equal(ukb_dialog_started(f->dialog, &err), UKB_OK);
    (void)snprintf(path, sizeof(path), "%s/seen", f->dir);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(seen, 1, sizeof(seen) - 1U, file) > 0);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(target, sizeof(target), "%d -> /dev/zero", fd);
    assert_null(strstr(seen, target));
    assert_non_null(strstr(seen, "2 -> /dev/null"));
    assert_int_equal(close(fd), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_program_that_ignores_bye_is_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_was_never_needed_is_killed_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_greeting_is_waited_for_once, setup, teardown),
        cmocka_unit_test_setup_teardown(open_files_are_not_handed_on, setup, teardown),
    };

    return cmocka_run_group_tests_name("dialog/pinentry_process", tests, NULL, NULL);
}
