/* SPDX-License-Identifier: MIT */
/* The rules one by one; the issuer rule has test_issuer.c. */
#include "../test.h"

#include <string.h>

#include "made.h"
#include "pki/check.h"

#define SIGNING "digitalSignature"
#define CODE    "91320100MA1ABCDE0C" /* made up */
#define NOW_S   (MADE_START_S + 300 * MADE_DAY_S)

static const struct made CA = { .common_name = "CA", .key = "P-256/ca", .ca = true };
static const struct made OLD = {
    .common_name = "张三", .organization = "示例", .unit = "第一部", .usage = SIGNING, .issuer = &CA, .serial = 7
};

/* The certificate that renews OLD: a year later, everything else the same. */
static struct made
renewed(void)
{
    struct made made = OLD;

    made.serial = 8;
    made.not_before_s = NOW_S - MADE_DAY_S;
    made.not_after_s = MADE_START_S + 2 * MADE_YEAR_S;
    return made;
}

/* Check @p candidate with everything else in order; *ret_warnings may be NULL. */
static enum ukb_status
check_kind(enum ukb_kind kind, const struct made *candidate, const struct made *old, struct ukb_warnings *ret_warnings)
{
    const struct ukb_certificate *const anchors[] = { made_certificate(&CA) };
    const struct ukb_public_key key = made_public_key(candidate->key == NULL ? "P-256" : candidate->key);
    const struct ukb_check check = {
        .kind = kind,
        .candidate = made_certificate(candidate),
        .old = old == NULL ? NULL : made_certificate(old),
        .expected_key = &key,
        .expected_role = UKB_ROLE_SIGNING,
        .anchors = anchors,
        .anchor_count = 1,
        .now_s = NOW_S,
    };
    struct ukb_warnings warnings = { 0 };
    struct ukb_error err = { 0 };
    enum ukb_status st = ukb_check_certificate(&check, &warnings, &err);

    assert_int_equal(err.status, st);
    assert_int_equal(err.message[0] != '\0', st != UKB_OK);
    if (st != UKB_OK) {
        assert_int_equal(warnings.count, 0);
    }
    if (ret_warnings != NULL) {
        *ret_warnings = warnings;
    }
    return st;
}

static void
assert_warning(const struct made *candidate, const char *reason)
{
    struct ukb_warnings warnings = { 0 };

    assert_int_equal(check_kind(UKB_KIND_RENEW, candidate, &OLD, &warnings), UKB_OK);
    assert_int_equal(warnings.count, reason == NULL ? 0 : 1);
    if (reason != NULL) {
        assert_string_equal(warnings.reasons[0], reason);
    }
}

static void
a_later_certificate_for_the_same_holder_passes_without_warning(void **state)
{
    const struct made made = renewed();

    (void)state;
    assert_warning(&made, NULL);
}

static void
another_public_key_is_a_mismatch(void **state)
{
    static const char *const others[] = { "P-256/other", "P-384", "RSA-2048", "ED25519" };
    const struct ukb_certificate *const anchors[] = { made_certificate(&CA) };
    const struct ukb_public_key key = made_public_key("P-256");
    struct ukb_check check = { .kind = UKB_KIND_RENEW,
                               .old = made_certificate(&OLD),
                               .expected_key = &key,
                               .expected_role = UKB_ROLE_SIGNING,
                               .anchors = anchors,
                               .anchor_count = 1,
                               .now_s = NOW_S };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct made made = renewed();
        struct ukb_warnings warnings = { 0 };
        struct ukb_error err = { 0 };

        made.key = others[i];
        check.candidate = made_certificate(&made);
        check.expected_key = &key;
        assert_int_equal(ukb_check_certificate(&check, &warnings, &err), UKB_E_KEY_MISMATCH);
        check.expected_key = NULL; /* not compared */
        assert_int_equal(ukb_check_certificate(&check, &warnings, &err), UKB_OK);
    }
}

static void
key_usage_must_fit_the_role(void **state)
{
    static const struct {
        const char *usage;
        enum ukb_role expected;
        enum ukb_status status;
    } cases[] = {
        { SIGNING, UKB_ROLE_SIGNING, UKB_OK },
        { SIGNING ",keyEncipherment", UKB_ROLE_SIGNING, UKB_OK },
        { SIGNING ",keyEncipherment", UKB_ROLE_ENCRYPTION, UKB_OK },
        { SIGNING ",keyEncipherment", UKB_ROLE_BOTH, UKB_OK },
        { "keyAgreement", UKB_ROLE_ENCRYPTION, UKB_OK },
        { SIGNING, UKB_ROLE_UNKNOWN, UKB_OK },
        { NULL, UKB_ROLE_UNKNOWN, UKB_OK },
        { "keyEncipherment", UKB_ROLE_SIGNING, UKB_E_WRONG_ROLE },
        { SIGNING, UKB_ROLE_ENCRYPTION, UKB_E_WRONG_ROLE },
        { SIGNING, UKB_ROLE_BOTH, UKB_E_WRONG_ROLE },
        { NULL, UKB_ROLE_SIGNING, UKB_E_WRONG_ROLE },
        { "cRLSign", UKB_ROLE_SIGNING, UKB_E_WRONG_ROLE },
    };
    const struct ukb_certificate *const anchors[] = { made_certificate(&CA) };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct made made = renewed();
        struct ukb_check check = { .kind = UKB_KIND_RENEW,
                                   .old = made_certificate(&OLD),
                                   .expected_role = cases[i].expected,
                                   .anchors = anchors,
                                   .anchor_count = 1,
                                   .now_s = NOW_S };
        struct ukb_warnings warnings = { 0 };
        struct ukb_error err = { 0 };

        made.usage = cases[i].usage;
        check.candidate = made_certificate(&made);
        assert_int_equal(ukb_check_certificate(&check, &warnings, &err), cases[i].status);
    }
}

static void
a_ca_certificate_is_nobodys(void **state)
{
    struct made made = renewed();

    (void)state;
    made.ca = true;
    made.usage = SIGNING ",keyCertSign";
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_WRONG_ROLE);
}

static void
a_renewal_must_end_later(void **state)
{
    struct made made = renewed();

    (void)state;
    made.not_after_s = MADE_START_S + MADE_YEAR_S + 1;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_OK);
    made.not_after_s = MADE_START_S + MADE_YEAR_S;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_NOT_NEWER);
    made.not_after_s = MADE_START_S + MADE_YEAR_S - 1;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_NOT_NEWER);
    assert_int_equal(check_kind(UKB_KIND_RENEW, &OLD, &OLD, NULL), UKB_E_NOT_NEWER);
}

static void
other_kinds_need_another_serial_and_no_earlier_begin(void **state)
{
    static const enum ukb_kind kinds[] = { UKB_KIND_ISSUE, UKB_KIND_CHANGE, UKB_KIND_REPLACE };
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct made made = renewed();

        made.common_name = "李四";
        made.not_before_s = MADE_START_S;
        made.not_after_s = MADE_START_S + 310 * MADE_DAY_S; /* may end earlier */
        assert_int_equal(check_kind(kinds[i], &made, &OLD, NULL), UKB_OK);
        assert_int_equal(check_kind(kinds[i], &made, NULL, NULL), UKB_OK);
        made.not_before_s = MADE_START_S - 1;
        assert_int_equal(check_kind(kinds[i], &made, &OLD, NULL), UKB_E_NOT_NEWER);
        assert_int_equal(check_kind(kinds[i], &made, NULL, NULL), UKB_OK);
        made.not_before_s = MADE_START_S;
        made.serial = OLD.serial;
        assert_int_equal(check_kind(kinds[i], &made, &OLD, NULL), UKB_E_NOT_NEWER);
    }
}

static void
an_expired_certificate_is_of_no_use(void **state)
{
    struct made old = OLD;
    struct made made = renewed();

    (void)state;
    old.not_after_s = NOW_S - 3;
    made.not_after_s = NOW_S + 1;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_OK);
    made.not_after_s = NOW_S - 1; /* later than the old one's end, and over */
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_E_NOT_NEWER);
    assert_int_equal(check_kind(UKB_KIND_ISSUE, &made, NULL, NULL), UKB_E_BAD_CERTIFICATE);
}

static void
a_certificate_that_ends_before_it_begins_is_bad(void **state)
{
    struct made made = renewed();

    (void)state;
    made.not_before_s = made.not_after_s + 1;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_BAD_CERTIFICATE);
}

static void
a_certificate_that_begins_later_passes_with_a_warning(void **state)
{
    struct made made = renewed();

    (void)state;
    made.not_before_s = NOW_S;
    assert_warning(&made, NULL);
    made.not_before_s = NOW_S + 1;
    assert_warning(&made, UKB_WARNING_NOT_YET_VALID);
}

static void
a_renewal_keeps_common_name_and_organisation(void **state)
{
    struct made made = renewed();

    (void)state;
    made.common_name = "张四";
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_SUBJECT_CHANGED);
    assert_int_equal(check_kind(UKB_KIND_CHANGE, &made, &OLD, NULL), UKB_OK);
    made = renewed();
    made.organization = "示例二";
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_SUBJECT_CHANGED);
    made.organization = NULL;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_SUBJECT_CHANGED);
}

static void
a_renewal_keeps_the_credit_code(void **state)
{
    struct made old = OLD;
    struct made made = renewed();

    (void)state;
    made.unit = CODE;
    assert_string_equal(made_facts(&made)->credit_code, CODE);
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_SUBJECT_CHANGED);
    old.unit = CODE "@1"; /* the same code, written otherwise */
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_OK);
    made.unit = "第一部";
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_E_SUBJECT_CHANGED);
}

static void
a_renewal_keeps_every_identity_extension(void **state)
{
    static const struct made_extension first[] = {
        { .oid = "1.2.156.10260.4.1.3", .value = "one", .value_len = 3 },
        { .oid = "1.2.156.10260.4.1.5", .value = "two", .value_len = 3 },
    };
    static const struct made_extension turned[] = {
        { .oid = "1.2.156.10260.4.1.5", .value = "two", .value_len = 3, .critical = true },
        { .oid = "1.2.156.10260.4.1.3", .value = "one", .value_len = 3 },
    };
    static const struct made_extension other[] = {
        { .oid = "1.2.156.10260.4.1.3", .value = "one", .value_len = 3 },
        { .oid = "1.2.156.10260.4.1.5", .value = "twO", .value_len = 3 },
    };
    struct made old = OLD;
    struct made made = renewed();

    (void)state;
    old.extensions = first;
    old.extension_count = 2;
    made.extension_count = 2;
    made.extensions = turned;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_OK);
    made.extensions = other;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_E_SUBJECT_CHANGED);
    assert_int_equal(check_kind(UKB_KIND_CHANGE, &made, &old, NULL), UKB_OK);
    made.extensions = first;
    made.extension_count = 1; /* one is gone */
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_E_SUBJECT_CHANGED);
    made.extension_count = 2;
    old.extension_count = 1; /* one is new */
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, NULL), UKB_E_SUBJECT_CHANGED);
}

static void
other_differences_of_the_subject_are_a_warning(void **state)
{
    struct made made = renewed();

    (void)state;
    made.unit = "第二部";
    assert_warning(&made, UKB_WARNING_SUBJECT_DIFFERS);
    made.unit = NULL;
    assert_warning(&made, UKB_WARNING_SUBJECT_DIFFERS);
    assert_int_equal(check_kind(UKB_KIND_CHANGE, &made, &OLD, NULL), UKB_OK);
}

static void
another_string_type_is_no_difference(void **state)
{
    struct made old = OLD;
    struct made made = renewed();
    struct ukb_warnings warnings = { 0 };

    (void)state;
    old.common_name = made.common_name = "Acme";
    old.organization = made.organization = "Acme Ltd";
    old.unit = made.unit = "One";
    made.printable = true;
    old.issuer = &CA;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &old, &warnings), UKB_OK);
    assert_int_equal(warnings.count, 0);
}

static void
a_malformed_or_doubled_extension_is_bad(void **state)
{
    static const struct made_extension broken = { .oid = "2.5.29.37", .value = "junk", .value_len = 4 };
    static const struct made_extension doubled = { .oid = "2.5.29.15", .value = "\x03\x02\x07\x80", .value_len = 4 };
    struct made made = renewed();

    (void)state;
    made.extension_count = 1;
    made.extensions = &broken;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_BAD_CERTIFICATE);
    made.extensions = &doubled;
    assert_int_equal(check_kind(UKB_KIND_RENEW, &made, &OLD, NULL), UKB_E_BAD_CERTIFICATE);
}

static void
weak_signatures_and_keys_are_warnings(void **state)
{
    struct made made = renewed();

    (void)state;
    made.digest = "SHA1";
    assert_warning(&made, UKB_WARNING_WEAK_SIGNATURE);
    made = renewed();
    made.key = "RSA-1024";
    assert_warning(&made, UKB_WARNING_WEAK_KEY);
    made.key = "RSA-2048";
    assert_warning(&made, NULL);
}

static void
warnings_are_a_set_that_grows(void **state)
{
    struct ukb_warnings warnings = { 0 };

    (void)state;
    ukb_warnings_add(&warnings, UKB_WARNING_WEAK_KEY);
    ukb_warnings_add(&warnings, "OTHER");
    ukb_warnings_add(&warnings, UKB_WARNING_WEAK_KEY);
    assert_int_equal(warnings.count, 2);
    assert_string_equal(warnings.reasons[0], UKB_WARNING_WEAK_KEY);
    assert_string_equal(warnings.reasons[1], "OTHER");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_certificate_for_the_same_holder_passes_without_warning),
        cmocka_unit_test(another_public_key_is_a_mismatch),
        cmocka_unit_test(key_usage_must_fit_the_role),
        cmocka_unit_test(a_ca_certificate_is_nobodys),
        cmocka_unit_test(a_renewal_must_end_later),
        cmocka_unit_test(other_kinds_need_another_serial_and_no_earlier_begin),
        cmocka_unit_test(an_expired_certificate_is_of_no_use),
        cmocka_unit_test(a_certificate_that_ends_before_it_begins_is_bad),
        cmocka_unit_test(a_certificate_that_begins_later_passes_with_a_warning),
        cmocka_unit_test(a_renewal_keeps_common_name_and_organisation),
        cmocka_unit_test(a_renewal_keeps_the_credit_code),
        cmocka_unit_test(a_renewal_keeps_every_identity_extension),
        cmocka_unit_test(other_differences_of_the_subject_are_a_warning),
        cmocka_unit_test(another_string_type_is_no_difference),
        cmocka_unit_test(a_malformed_or_doubled_extension_is_bad),
        cmocka_unit_test(weak_signatures_and_keys_are_warnings),
        cmocka_unit_test(warnings_are_a_set_that_grows),
    };

    return cmocka_run_group_tests_name("pki/check", tests, NULL, made_done);
}
