/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/finding.c: texts from outside are made harmless, commands are what a shell takes for them. */
#include "patient.h"

static struct ukb_finding *
found(void)
{
    patient.doctor.check = &ukb_checks[0];
    return ukb_found(&patient.doctor, UKB_CAUSE_GOOD, NULL);
}

static void
what_is_no_text_becomes_question_marks(void **state)
{
    struct ukb_finding *row = found();

    (void)state;
    ukb_found_evidence(row, "%s",
                       "a\x01"
                       "b\xFF"
                       "c\xC0\x80"
                       "\xED\xA0\x80"
                       "d\n\xE4\xB8\xAD\xF0\x9F\x98\x80\xE4\xB8");
    assert_string_equal(row->evidence, "a?b?c?????d \xE4\xB8\xAD\xF0\x9F\x98\x80??");
}

static void
what_is_too_long_ends_with_a_whole_character(void **state)
{
    struct ukb_finding *row = found();
    char text[2U * UKB_EVIDENCE_MAX_LEN];
    size_t i;

    (void)state;
    for (i = 0; i + 3U < sizeof(text); i += 3) {
        memcpy(text + i, "\xE4\xB8\xAD", 3);
    }
    text[i] = '\0';
    ukb_found_evidence(row, "x%s", text);
    assert_true(strlen(row->evidence) <= UKB_EVIDENCE_MAX_LEN);
    assert_int_equal((strlen(row->evidence) - 1U) % 3U, 0);
}

static void
a_command_has_one_word_for_each_value(void **state)
{
    struct ukb_finding *row = found();

    (void)state;
    ukb_found_command(row, "sudo rm {1} {2}", "/plain/path", "/it's a path");
    assert_string_equal(row->command, "sudo rm /plain/path '/it'\\''s a path'");
    ukb_found_command(row, "echo {1}", "", NULL);
    assert_string_equal(row->command, "echo ''");
    ukb_found_command(row, "echo {1}", "$(reboot)", NULL);
    assert_string_equal(row->command, "echo '$(reboot)'");
}

static void
a_command_that_cannot_be_shown_is_none(void **state)
{
    struct ukb_finding *row = found();

    (void)state;
    ukb_found_command(row, "rm {1}", "/bad\xFFname", NULL);
    assert_null(row->command);
    ukb_found_command(row, "rm {1}", "/two\nlines", NULL);
    assert_null(row->command);
}

static void
more_findings_than_there_is_room_for_do_no_harm(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_FINDINGS_MAX + 3U; i++) {
        ukb_found_command(found(), "true", NULL, NULL);
    }
    assert_int_equal(patient.findings.count, UKB_FINDINGS_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(what_is_no_text_becomes_question_marks),
        PATIENT_TEST(what_is_too_long_ends_with_a_whole_character),
        PATIENT_TEST(a_command_has_one_word_for_each_value),
        PATIENT_TEST(a_command_that_cannot_be_shown_is_none),
        PATIENT_TEST(more_findings_than_there_is_room_for_do_no_harm),
    };

    return cmocka_run_group_tests_name("doctor/finding", tests, NULL, NULL);
}
