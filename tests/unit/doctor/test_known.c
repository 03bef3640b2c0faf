/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/known.c: the tables make sense, and a command is for the tool that is there. */
#include "patient.h"

#include "doctor/known.h"

static void
services_have_a_port_of_their_own_and_names(void **state)
{
    size_t i;
    size_t j;

    (void)state;
    assert_true(ukb_known_service_count <= 16);
    for (i = 0; i < ukb_known_service_count; i++) {
        assert_true(ukb_known_services[i].port > 1023 && ukb_known_services[i].port < 65536);
        assert_non_null(ukb_known_services[i].name[UKB_DOCTOR_EN]);
        assert_non_null(ukb_known_services[i].name[UKB_DOCTOR_ZH]);
        for (j = 0; j < i; j++) {
            assert_int_not_equal(ukb_known_services[i].port, ukb_known_services[j].port);
        }
    }
}

static const char *
command(enum ukb_known_package package)
{
    struct ukb_finding *row = NULL;

    patient.doctor.check = &ukb_checks[0];
    row = ukb_found(&patient.doctor, UKB_CAUSE_DIALOG_NONE, NULL);
    ukb_known_install(&patient.doctor, row, package);
    return row->command;
}

static void
a_package_is_installed_by_the_tool_that_is_there(void **state)
{
    (void)state;
    assert_null(command(UKB_PACKAGE_PINENTRY)); /* none is known */
    (void)patient_file("root/usr/bin/dnf", "");
    assert_string_equal(command(UKB_PACKAGE_PCSC), "sudo dnf install -y pcsc-lite");
    (void)patient_file("root/usr/bin/apt-get", "");
    assert_string_equal(command(UKB_PACKAGE_PCSC), "sudo apt-get install -y pcscd");
    assert_string_equal(command(UKB_PACKAGE_OPENSC), "sudo apt-get install -y opensc-pkcs11");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(services_have_a_port_of_their_own_and_names),
        PATIENT_TEST(a_package_is_installed_by_the_tool_that_is_there),
    };

    return cmocka_run_group_tests_name("doctor/known", tests, NULL, NULL);
}
