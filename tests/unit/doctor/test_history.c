/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/history.c: failures of the last days count, until they are pardoned. */
#include "patient.h"

#include "platform/private_file.h"
#include "store/audit.h"

static const struct ukb_policy_module vendor = { "vendor", "/lib/vendor.so" };

static struct ukb_error err;
static long long at_s;

static long long
clock_of(void *ctx)
{
    (void)ctx;
    return at_s;
}

static void
happened(const char *module, const char *method, const char *outcome, long long ago_s)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_journal *journal = NULL;
    struct ukb_audit_entry entry = { .refused = false };

    (void)snprintf(entry.module, sizeof(entry.module), "%s", module);
    (void)snprintf(entry.method, sizeof(entry.method), "%s", method);
    (void)snprintf(entry.outcome, sizeof(entry.outcome), "%s", outcome);
    assert_int_equal(ukb_private_file_make(patient.setting.state_dir, "state.sqlite3", &path, &err), UKB_OK);
    assert_int_equal(ukb_journal_open(ukb_buf_text(&path), &journal, &err), UKB_OK);
    at_s = patient.setting.now_s - ago_s;
    ukb_journal_set_clock(journal, clock_of, NULL);
    assert_int_equal(ukb_audit_add(journal, &entry, &err), UKB_OK);
    ukb_journal_close(journal);
    ukb_buf_done(&path);
}

static void
nothing_happened_is_well(void **state)
{
    (void)state;
    patient_is_well("module-history");
    happened("", "pin.change", "OK", 10);
    patient_is_well("module-history");
}

static void
what_is_long_ago_counts_no_more(void **state)
{
    (void)state;
    happened("vendor", "tokens.list", "MODULE_HUNG", 8 * 86400);
    patient_is_well("module-history");
    happened("vendor", "tokens.list", "MODULE_CRASHED", 6 * 86400);
    happened("vendor", "tokens.watch", "MODULE_HUNG", 60);
    assert_string_equal(patient_has("module-history", UKB_CAUSE_MODULE_TROUBLED)->values[1], "2");
    assert_non_null(strstr(patient.findings.items[0].evidence, "MODULE_HUNG: 2"));
}

static void
one_that_is_well_again_can_be_pardoned(void **state)
{
    (void)state;
    happened("vendor", "tokens.list", "MODULE_HUNG", 60);
    patient_module(&vendor, UKB_OK, "", "[]");
    (void)patient_has("module-history", UKB_CAUSE_MODULE_TROUBLED);
    assert_true(patient_repair());
    patient_is_well("module-history");
}

static void
one_that_still_fails_cannot(void **state)
{
    (void)state;
    happened("vendor", "tokens.list", "MODULE_HUNG", 60);
    patient_module(&vendor, UKB_E_MODULE_HUNG, "", NULL);
    (void)patient_has("module-history", UKB_CAUSE_MODULE_STILL_TROUBLED);
}

static void
each_module_has_its_own_count(void **state)
{
    (void)state;
    happened("vendor", "tokens.list", "MODULE_HUNG", 60);
    happened("other", "tokens.list", "MODULE_CRASHED", 50);
    happened("other", "doctor.repair", "OK", 40);
    happened("third", "tokens.list", "MODULE_CRASHED", 30);
    patient_look("module-history");
    assert_int_equal(patient.findings.count, 2);
    assert_string_equal(patient_row(0, UKB_CAUSE_MODULE_TROUBLED)->subject, "third");
    assert_string_equal(patient_row(1, UKB_CAUSE_MODULE_TROUBLED)->subject, "vendor");
}

static void
a_journal_that_cannot_be_read_tells_nothing(void **state)
{
    (void)state;
    (void)patient_file("home/state/state.sqlite3",
                       "this is no database, however long one reads in it: nothing is kept here");
    assert_int_equal(chmod(patient.setting.state_dir, 0700), 0);
    (void)patient_has("module-history", UKB_CAUSE_NOT_ASKED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(nothing_happened_is_well),
        PATIENT_TEST(what_is_long_ago_counts_no_more),
        PATIENT_TEST(one_that_is_well_again_can_be_pardoned),
        PATIENT_TEST(one_that_still_fails_cannot),
        PATIENT_TEST(each_module_has_its_own_count),
        PATIENT_TEST(a_journal_that_cannot_be_read_tells_nothing),
    };

    return cmocka_run_group_tests_name("doctor/history", tests, NULL, NULL);
}
