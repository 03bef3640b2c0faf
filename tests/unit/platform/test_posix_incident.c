/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_incident.c. */
#include "scratch.h"

#include "platform/incident.h"

/* What noting @p error writes to stderr. */
static void
note(struct scratch *s, struct ukb_error *error, char *ret_text, size_t size)
{
    int stderr_before = dup(STDERR_FILENO);
    int file = open(scratch_path(s, "stderr"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    ssize_t len;

    assert_true(stderr_before >= 0 && file >= 0);
    assert_int_equal(dup2(file, STDERR_FILENO), STDERR_FILENO);
    ukb_incident_note(error);
    assert_int_equal(dup2(stderr_before, STDERR_FILENO), STDERR_FILENO);
    len = pread(file, ret_text, size - 1U, 0);
    assert_true(len >= 0);
    ret_text[len] = '\0';
    (void)close(file);
    (void)close(stderr_before);
}

static void
an_internal_error_gets_one_number_that_the_log_has_too(void **state)
{
    struct ukb_error err = { 0 };
    char text[512];

    (void)ukb_raise(&err, UKB_E_INTERNAL, 42, "the roof is on fire");
    note(*state, &err, text, sizeof(text));
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "incident");
    assert_int_equal(err.attrs[0].type, UKB_ATTR_STRING);
    assert_true(strlen(err.attrs[0].string) >= 8);
    assert_non_null(strstr(text, err.attrs[0].string));
    assert_non_null(strstr(text, "the roof is on fire"));
    assert_non_null(strstr(text, "42"));
    note(*state, &err, text, sizeof(text)); /* broker and worker both note */
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(text, "");
}

static void
other_errors_are_nobodys_incident(void **state)
{
    static const enum ukb_status statuses[] = { UKB_OK, UKB_END, UKB_E_PARSE, UKB_E_PARAMS, UKB_E_TOKEN_ERROR };
    char text[512];
    size_t i;

    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        struct ukb_error err = { .status = statuses[i] };

        note(*state, &err, text, sizeof(text));
        assert_int_equal(err.attr_count, 0);
        assert_string_equal(text, "");
    }
}

static void
an_error_without_room_stays_as_it_is(void **state)
{
    struct ukb_error err = { 0 };
    char text[512];

    (void)ukb_raise(&err, UKB_E_INTERNAL, 0, "full");
    while (err.attr_count < UKB_ERROR_ATTRS_MAX) {
        ukb_error_add_null(&err, "field");
    }
    note(*state, &err, text, sizeof(text));
    assert_int_equal(err.attr_count, UKB_ERROR_ATTRS_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_internal_error_gets_one_number_that_the_log_has_too, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(other_errors_are_nobodys_incident, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_error_without_room_stays_as_it_is, scratch_setup, scratch_teardown),
    };

    return cmocka_run_group_tests_name("platform/posix_incident", tests, NULL, NULL);
}
