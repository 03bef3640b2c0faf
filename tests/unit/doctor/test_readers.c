/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/readers.c: what PC/SC's answer means beside what modules show. */
#include "patient.h"

static const struct ukb_policy_module one = { "one", "/lib/one.so" };

#define CARD(more)                                                                                                     \
    "{\"service\":\"answers\",\"result\":0,\"readers\":[{\"name\":\"Reader 00 00\",\"card\":true," more "}]}"

static void
answer(const char *text)
{
    cJSON_Delete(patient.probes.readers.result);
    patient.probes.readers.status = UKB_OK;
    patient.probes.readers.result = cJSON_Parse(text);
    assert_non_null(patient.probes.readers.result);
}

static void
a_service_that_answers_is_well_also_without_readers(void **state)
{
    (void)state;
    answer("{\"service\":\"answers\",\"result\":0,\"readers\":[]}");
    patient_is_well("pcsc-service");
    (void)patient_has("card-readers", UKB_CAUSE_READER_NONE);
}

static void
one_that_does_not_run_is_started_as_this_system_does(void **state)
{
    (void)state;
    answer("{\"service\":\"no-service\",\"result\":2148532253,\"readers\":[]}");
    (void)patient_file("root/usr/bin/apt-get", "");
    assert_string_equal(patient_has("pcsc-service", UKB_CAUSE_PCSC_STOPPED)->command, "sudo apt-get install -y pcscd");
    (void)patient_file("root/usr/sbin/pcscd", "");
    assert_string_equal(patient_has("pcsc-service", UKB_CAUSE_PCSC_STOPPED)->command, "sudo service pcscd start");
    patient_folder("root/run/systemd/system");
    assert_string_equal(patient_has("pcsc-service", UKB_CAUSE_PCSC_STOPPED)->command,
                        "sudo systemctl enable --now pcscd.socket");
    assert_string_equal(patient.findings.items[0].evidence, "SCardEstablishContext: 0x8010001D");
}

static void
other_fates_are_told_apart(void **state)
{
    (void)state;
    answer("{\"service\":\"no-library\",\"result\":0,\"readers\":[]}");
    (void)patient_has("pcsc-service", UKB_CAUSE_PCSC_ABSENT);
    answer("{\"service\":\"refused\",\"result\":5,\"readers\":[]}");
    (void)patient_has("pcsc-service", UKB_CAUSE_PCSC_REFUSED);
    patient.probes.readers.status = UKB_E_MODULE_HUNG;
    (void)patient_has("pcsc-service", UKB_CAUSE_PCSC_HANGS);
    patient.probes.readers.status = UKB_E_INTERNAL;
    cJSON_Delete(patient.probes.readers.result);
    patient.probes.readers.result = NULL;
    (void)patient_has("pcsc-service", UKB_CAUSE_NOT_ASKED);
}

static void
a_card_that_a_module_shows_is_well(void **state)
{
    (void)state;
    answer(CARD("\"atr\":\"3b00\",\"result\":0"));
    (void)patient_has("card-readers", UKB_CAUSE_CARD_UNSEEN);
    patient_module(&one, UKB_OK, "", "[{\"reader\":\"Reader 00 00\"}]");
    patient_is_well("card-readers");
}

static void
a_card_that_another_program_has_is_told_with_programs_that_may_be_it(void **state)
{
    (void)state;
    (void)patient_file("root/proc/12/comm", "portal-client\n");
    (void)patient_file("root/proc/12/maps", "7f00-7f01 r-xp 0 08:01 1 /usr/lib/libpcsclite.so.1.0.0\n");
    answer(CARD("\"taken\":true,\"result\":2148532235"));
    assert_string_equal(patient_has("card-readers", UKB_CAUSE_CARD_TAKEN)->values[1], "portal-client (12)");
}

static void
a_card_that_does_not_answer_is_told(void **state)
{
    (void)state;
    answer(CARD("\"result\":2148532326"));
    (void)patient_has("card-readers", UKB_CAUSE_CARD_MUTE);
}

static void
a_reader_without_a_card_is_no_trouble(void **state)
{
    (void)state;
    answer("{\"service\":\"answers\",\"readers\":[{\"name\":\"Reader\",\"card\":false},{},7]}");
    patient_is_well("card-readers");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(a_service_that_answers_is_well_also_without_readers),
        PATIENT_TEST(one_that_does_not_run_is_started_as_this_system_does),
        PATIENT_TEST(other_fates_are_told_apart),
        PATIENT_TEST(a_card_that_a_module_shows_is_well),
        PATIENT_TEST(a_card_that_another_program_has_is_told_with_programs_that_may_be_it),
        PATIENT_TEST(a_card_that_does_not_answer_is_told),
        PATIENT_TEST(a_reader_without_a_card_is_no_trouble),
    };

    return cmocka_run_group_tests_name("doctor/readers", tests, NULL, NULL);
}
