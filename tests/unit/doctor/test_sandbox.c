/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/sandbox.c. */
#include "patient.h"

static void
ordinary_browsers_are_not_told(void **state)
{
    (void)state;
    (void)patient_file("root/usr/bin/chromium", "");
    patient_is_well("browser-sandbox");
    assert_int_equal(patient.findings.count, 0);
}

static void
each_way_of_locking_in_is_told_with_what_removes_it(void **state)
{
    (void)state;
    (void)patient_file("root/snap/bin/chromium", "");
    (void)patient_file("root/var/lib/flatpak/exports/bin/com.google.Chrome", "");
    (void)patient_file("home/.local/share/flatpak/exports/bin/com.microsoft.Edge", "");
    patient_look("browser-sandbox");
    assert_int_equal(patient.findings.count, 3);
    assert_string_equal(patient_row(0, UKB_CAUSE_SANDBOXED)->command, "sudo snap remove chromium");
    assert_string_equal(patient_row(1, UKB_CAUSE_SANDBOXED)->values[1], "Flatpak");
    assert_non_null(strstr(patient_row(1, UKB_CAUSE_SANDBOXED)->command, "sudo flatpak"));
    assert_string_equal(patient_row(2, UKB_CAUSE_SANDBOXED)->subject, "Edge");
    assert_null(strstr(patient_row(2, UKB_CAUSE_SANDBOXED)->command, "sudo"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(ordinary_browsers_are_not_told),
        PATIENT_TEST(each_way_of_locking_in_is_told_with_what_removes_it),
    };

    return cmocka_run_group_tests_name("doctor/sandbox", tests, NULL, NULL);
}
