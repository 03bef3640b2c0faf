/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/session.c. */
#include "patient.h"

static void
a_program_that_started_is_well(void **state)
{
    (void)state;
    patient_is_well("dialog-program");
}

static void
none_can_be_installed_and_a_configured_one_is_to_be_changed(void **state)
{
    (void)state;
    (void)patient_file("root/usr/bin/apt-get", "");
    patient.probes.dialog.status = UKB_E_PIN_UI_UNAVAILABLE;
    assert_string_equal(patient_has("dialog-program", UKB_CAUSE_DIALOG_NONE)->command,
                        "sudo apt-get install -y pinentry-gtk2");
    patient.probes.dialog.status = UKB_E_MODULE_HUNG;
    (void)patient_has("dialog-program", UKB_CAUSE_DIALOG_HANGS);
    patient.probes.dialog.status = UKB_E_PIN_UI_UNAVAILABLE;
    patient_policy(NULL, "{\"pinentry\":\"/nowhere/pinentry\"}");
    assert_string_equal(patient_has("dialog-program", UKB_CAUSE_DIALOG_CONFIGURED)->values[0],
                        patient.setting.config_file);
}

static void
a_session_without_a_screen_is_told(void **state)
{
    (void)state;
    (void)unsetenv("DISPLAY");
    (void)unsetenv("WAYLAND_DISPLAY");
    (void)patient_has("dialog-display", UKB_CAUSE_DISPLAY_NONE);
    assert_int_equal(setenv("DISPLAY", ":987", 1), 0);
    assert_string_equal(patient_has("dialog-display", UKB_CAUSE_DISPLAY_UNREACHABLE)->values[0], "DISPLAY=:987");
    assert_int_equal(setenv("DISPLAY", "elsewhere:0", 1), 0);
    patient_is_well("dialog-display");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(a_program_that_started_is_well),
        PATIENT_TEST(none_can_be_installed_and_a_configured_one_is_to_be_changed),
        PATIENT_TEST(a_session_without_a_screen_is_told),
    };

    return cmocka_run_group_tests_name("doctor/session", tests, NULL, NULL);
}
