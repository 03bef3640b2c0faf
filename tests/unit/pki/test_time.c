/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "pki/internal.h"
#include "pki/time.h"

static const char *
formatted(long long time_s)
{
    static char text[UKB_TIME_TEXT_SIZE];

    ukb_time_format(time_s, text);
    return text;
}

static void
well_known_seconds_have_their_text(void **state)
{
    (void)state;
    assert_string_equal(formatted(0), "1970-01-01T00:00:00Z");
    assert_string_equal(formatted(-1), "1969-12-31T23:59:59Z");
    assert_string_equal(formatted(1795244400), "2026-11-21T07:00:00Z");
    assert_string_equal(formatted(951782400), "2000-02-29T00:00:00Z");
    assert_string_equal(formatted(-2203891200), "1900-03-01T00:00:00Z"); /* 1900 was no leap year */
    assert_string_equal(formatted(2524608000), "2050-01-01T00:00:00Z");
    assert_string_equal(formatted(4102444799), "2099-12-31T23:59:59Z");
}

static void
the_ends_of_a_certificates_calendar_are_exact(void **state)
{
    (void)state;
    assert_string_equal(formatted(UKB_TIME_MIN_S), "0000-01-01T00:00:00Z");
    assert_string_equal(formatted(UKB_TIME_MAX_S), "9999-12-31T23:59:59Z");
    assert_string_equal(formatted(UKB_TIME_MIN_S - 1), "0000-01-01T00:00:00Z");
    assert_string_equal(formatted(UKB_TIME_MAX_S + 1), "9999-12-31T23:59:59Z");
    assert_string_equal(formatted(INT64_MIN), "0000-01-01T00:00:00Z");
    assert_string_equal(formatted(INT64_MAX), "9999-12-31T23:59:59Z");
}

/* Every day of ten thousand years, at a second that moves through the day. */
static void
the_calendar_agrees_with_the_c_library(void **state)
{
    char wanted[64];
    long long time_s;

    (void)state;
    for (time_s = UKB_TIME_MIN_S; time_s <= UKB_TIME_MAX_S; time_s += 86400 + 17) {
        time_t when = (time_t)time_s;
        struct tm parts;

        assert_non_null(gmtime_r(&when, &parts));
        (void)snprintf(wanted, sizeof(wanted), "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
        if (strcmp(formatted(time_s), wanted) != 0) {
            assert_string_equal(formatted(time_s), wanted);
        }
    }
}

static bool
read_time(int type, const char *text, long long *ret_s)
{
    ASN1_TIME *time = ASN1_STRING_type_new(type);
    bool ok;

    assert_int_equal(ASN1_STRING_set(time, text, -1), 1);
    ok = ukb_time_from_asn1(time, ret_s);
    ASN1_STRING_free(time);
    return ok;
}

static void
both_kinds_of_asn1_time_are_read(void **state)
{
    static const struct {
        int type;
        const char *text;
        const char *wanted;
    } cases[] = {
        { V_ASN1_UTCTIME, "491231235959Z", "2049-12-31T23:59:59Z" },
        { V_ASN1_UTCTIME, "500101000000Z", "1950-01-01T00:00:00Z" },
        { V_ASN1_UTCTIME, "690720201740Z", "1969-07-20T20:17:40Z" },
        { V_ASN1_UTCTIME, "000229120000Z", "2000-02-29T12:00:00Z" },
        { V_ASN1_GENERALIZEDTIME, "20500101000000Z", "2050-01-01T00:00:00Z" },
        { V_ASN1_GENERALIZEDTIME, "99991231235959Z", "9999-12-31T23:59:59Z" },
        { V_ASN1_GENERALIZEDTIME, "00000101000000Z", "0000-01-01T00:00:00Z" },
        { V_ASN1_GENERALIZEDTIME, "20261121150000+0800", "2026-11-21T07:00:00Z" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        long long time_s = 0;

        assert_true(read_time(cases[i].type, cases[i].text, &time_s));
        assert_string_equal(formatted(time_s), cases[i].wanted);
    }
}

static void
a_malformed_time_is_refused_and_nothing_is_set(void **state)
{
    static const struct {
        int type;
        const char *text;
    } cases[] = {
        { V_ASN1_UTCTIME, "" },
        { V_ASN1_UTCTIME, "261121" },
        { V_ASN1_UTCTIME, "261321000000Z" },
        { V_ASN1_UTCTIME, "260230000000Z" },
        { V_ASN1_UTCTIME, "260229000000Z" },
        { V_ASN1_UTCTIME, "261121240000Z" },
        { V_ASN1_UTCTIME, "2611210700007" },
        { V_ASN1_UTCTIME, "26112107000aZ" },
        { V_ASN1_UTCTIME, "261121070000Zjunk" },
        { V_ASN1_GENERALIZEDTIME, "21000229000000Z" },
        { V_ASN1_GENERALIZEDTIME, "99991331000000Z" },
        { V_ASN1_GENERALIZEDTIME, "20261121" },
        { V_ASN1_OCTET_STRING, "261121070000Z" },
    };
    long long time_s = 42;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (read_time(cases[i].type, cases[i].text, &time_s)) {
            fail_msg("taken for a time: %s", cases[i].text);
        }
    }
    assert_false(ukb_time_from_asn1(NULL, &time_s));
    assert_int_equal(time_s, 42);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_known_seconds_have_their_text),
        cmocka_unit_test(the_ends_of_a_certificates_calendar_are_exact),
        cmocka_unit_test(the_calendar_agrees_with_the_c_library),
        cmocka_unit_test(both_kinds_of_asn1_time_are_read),
        cmocka_unit_test(a_malformed_time_is_refused_and_nothing_is_set),
    };

    return cmocka_run_group_tests_name("pki/time", tests, NULL, NULL);
}
