/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/programs.c: this very test is a program that is found. */
#include "patient.h"

#include "doctor/programs.h"

static bool
is_me(void *ctx, const struct ukb_program *program)
{
    struct ukb_program *found = ctx;
    char pid[16];

    (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
    if (strcmp(program->pid, pid) == 0) {
        *found = *program;
        return false;
    }
    return true;
}

static void
a_running_program_is_found_with_what_it_has_loaded(void **state)
{
    static const char *const needles[] = { "/no/such/file", "libcmocka", NULL };
    static const char *const none[] = { "/no/such/file", NULL };
    struct ukb_program me = { "", "" };
    char text[4096];

    (void)state;
    patient.setting.root = "";
    ukb_programs_each(&patient.doctor, is_me, &me);
    assert_string_not_equal(me.name, "");
    assert_string_equal(ukb_program_maps(&patient.doctor, &me, needles), "libcmocka");
    assert_null(ukb_program_maps(&patient.doctor, &me, none));
    ukb_programs_with(&patient.doctor, "/no/such/file", text, sizeof(text));
    assert_string_equal(text, "");
}

static void
names_that_do_not_fit_are_cut(void **state)
{
    char text[8];

    (void)state;
    (void)patient_file("root/proc/1/comm", "a-long-name\n");
    (void)patient_file("root/proc/1/maps", "x\n");
    (void)patient_file("root/proc/self/comm", "no number\n");
    ukb_programs_with(&patient.doctor, "x", text, sizeof(text));
    assert_string_equal(text, "a-long-");
}

static void
a_socket_is_its_holders(void **state)
{
    const struct ukb_program program = { "p", "1" };

    (void)state;
    patient_folder("root/proc/1/fd");
    assert_int_equal(symlink("socket:[77]", scratch_path(patient.scratch, "root/proc/1/fd/3")), 0);
    assert_true(ukb_program_has_socket(&patient.doctor, &program, "77"));
    assert_false(ukb_program_has_socket(&patient.doctor, &program, "7"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(a_running_program_is_found_with_what_it_has_loaded),
        PATIENT_TEST(names_that_do_not_fit_are_cut),
        PATIENT_TEST(a_socket_is_its_holders),
    };

    return cmocka_run_group_tests_name("doctor/programs", tests, NULL, NULL);
}
