/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/journal.c: a journal that cannot be used, renewals that were interrupted, locks. */
#include "patient.h"

#include "platform/lock.h"
#include "platform/private_file.h"
#include "store/journal.h"

#define TOKEN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FILE_ "home/state/state.sqlite3"

static struct ukb_error err;

/* The patient's journal, made when it is not there. */
static struct ukb_journal *
opened(void)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_journal *journal = NULL;

    assert_int_equal(ukb_private_file_make(patient.setting.state_dir, "state.sqlite3", &path, &err), UKB_OK);
    assert_int_equal(ukb_journal_open(ukb_buf_text(&path), &journal, &err), UKB_OK);
    ukb_buf_done(&path);
    return journal;
}

static void
made(void)
{
    ukb_journal_close(opened());
}

static void
interrupted(enum ukb_renewal_state end)
{
    struct ukb_journal *journal = opened();
    struct ukb_renewal_record record = { .state = UKB_RENEWAL_REQUESTED };
    struct ukb_renewal_change change = { .id = record.id, .from = UKB_RENEWAL_REQUESTED, .to = UKB_RENEWAL_INSTALLING };

    (void)snprintf(record.id, sizeof(record.id), TOKEN "-%032d", (int)end);
    (void)snprintf(record.token, sizeof(record.token), TOKEN);
    (void)snprintf(record.algorithm, sizeof(record.algorithm), "RSA-2048");
    assert_int_equal(ukb_journal_insert(journal, &record, &err), UKB_OK);
    if (end != UKB_RENEWAL_REQUESTED) {
        assert_int_equal(ukb_journal_advance(journal, &change, &err), UKB_OK);
    }
    if (end == UKB_RENEWAL_NEEDS_ATTENTION) {
        change.from = UKB_RENEWAL_INSTALLING;
        change.to = end;
        assert_int_equal(ukb_journal_advance(journal, &change, &err), UKB_OK);
    }
    ukb_journal_close(journal);
}

static void
no_journal_yet_is_well(void **state)
{
    (void)state;
    patient_is_well("journal");
    patient_is_well("renewals");
    assert_int_equal(access(patient.setting.state_dir, F_OK), -1); /* looking makes nothing */
    made();
    patient_is_well("journal");
}

static void
one_that_others_may_write_is_set_aside(void **state)
{
    char kept[160];

    (void)state;
    (void)snprintf(kept, sizeof(kept), "%s/state.sqlite3.%lld.set-aside", patient.setting.state_dir,
                   patient.setting.now_s);
    made();
    assert_int_equal(chmod(scratch_path(patient.scratch, FILE_), 0666), 0);
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_ACCESS);
    assert_true(patient_repair());
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_NONE);
    assert_int_equal(access(kept, F_OK), 0);
}

static void
so_is_one_in_a_folder_that_others_may_write_with_what_lies_beside_it(void **state)
{
    char kept[160];

    (void)state;
    (void)snprintf(kept, sizeof(kept), "%s/state.sqlite3.%lld.set-aside-journal", patient.setting.state_dir,
                   patient.setting.now_s);
    made();
    (void)patient_file(FILE_ "-journal", "SQLite would write this into the new one");
    assert_int_equal(chmod(patient.setting.state_dir, 0777), 0);
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_ACCESS);
    assert_true(patient_repair());
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_NONE);
    assert_int_equal(access(kept, F_OK), 0);
    made();
    patient_is_well("journal");
}

static void
one_in_a_folder_of_somebody_else_is_set_aside_by_the_command(void **state)
{
    (void)state;
    made();
    if (getuid() == 0) {
        assert_int_equal(chown(patient.setting.state_dir, 65534, 65534), 0);
        patient_look("journal");
        patient_run(patient.findings.items[0].command);
        (void)patient_has("journal", UKB_CAUSE_JOURNAL_NONE);
    }
}

static void
a_damaged_one_is_set_aside_and_kept(void **state)
{
    char kept[160];

    (void)state;
    (void)patient_file(FILE_,
                       "this is no database, and long enough to be seen as none: 0123456789012345678901234567890");
    assert_int_equal(chmod(patient.setting.state_dir, 0700), 0);
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_DAMAGED);
    assert_true(patient_repair());
    patient_is_well("journal");
    (void)snprintf(kept, sizeof(kept), "%s/state.sqlite3.%lld.damaged", patient.setting.state_dir,
                   patient.setting.now_s);
    assert_int_equal(access(kept, F_OK), 0);
}

static void
one_that_was_cut_short_is_noticed(void **state)
{
    (void)state;
    made();
    assert_int_equal(truncate(scratch_path(patient.scratch, FILE_), 4096 + 512), 0);
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_DAMAGED);
    assert_true(patient_repair());
    patient_is_well("journal");
}

static void
what_is_no_file_needs_somebody_to_look(void **state)
{
    (void)state;
    patient_folder(FILE_);
    assert_int_equal(chmod(patient.setting.state_dir, 0700), 0);
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_FOREIGN);
    (void)patient_has("renewals", UKB_CAUSE_NOT_ASKED);
    patient_look("journal");
    patient_run(patient.findings.items[0].command);
    (void)patient_has("journal", UKB_CAUSE_JOURNAL_NONE);
}

static void
a_request_that_waits_for_its_ca_is_no_interruption(void **state)
{
    (void)state;
    interrupted(UKB_RENEWAL_REQUESTED);
    patient_is_well("renewals");
}

static void
an_interrupted_renewal_is_told_with_how_it_goes_on(void **state)
{
    struct ukb_lock *lock = NULL;

    (void)state;
    interrupted(UKB_RENEWAL_INSTALLING);
    assert_non_null(strstr(patient_has("renewals", UKB_CAUSE_RENEWAL_INTERRUPTED)->command,
                           "call renewal.recover '{\"token\":\"" TOKEN "\"}'"));
    assert_int_equal(ukb_lock_take(patient.setting.lock_dir, "token-" TOKEN, 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    patient_is_well("renewals"); /* it is under way */
    ukb_lock_release(lock);
}

static void
one_that_is_left_alone_is_told_with_how_it_is_given_up(void **state)
{
    (void)state;
    interrupted(UKB_RENEWAL_NEEDS_ATTENTION);
    assert_non_null(
        strstr(patient_has("renewals", UKB_CAUSE_RENEWAL_ATTENTION)->command, "call renewal.abandon '{\"renewal\":"));
}

static void
locks_that_others_may_change_are_mended(void **state)
{
    (void)state;
    patient_is_well("locks");
    patient_folder("home/locks");
    patient_is_well("locks");
    assert_int_equal(chmod(patient.setting.lock_dir, 0777), 0);
    (void)patient_has("locks", UKB_CAUSE_LOCKS_ACCESS);
    assert_true(patient_repair());
    patient_is_well("locks");
    (void)remove(scratch_path(patient.scratch, "home/locks/doctor"));
    assert_int_equal(rmdir(patient.setting.lock_dir), 0);
    (void)patient_file("home/locks", "no folder");
    assert_non_null(patient_has("locks", UKB_CAUSE_LOCKS_FOREIGN)->command);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(no_journal_yet_is_well),
        PATIENT_TEST(one_that_others_may_write_is_set_aside),
        PATIENT_TEST(so_is_one_in_a_folder_that_others_may_write_with_what_lies_beside_it),
        PATIENT_TEST(one_in_a_folder_of_somebody_else_is_set_aside_by_the_command),
        PATIENT_TEST(a_damaged_one_is_set_aside_and_kept),
        PATIENT_TEST(one_that_was_cut_short_is_noticed),
        PATIENT_TEST(what_is_no_file_needs_somebody_to_look),
        PATIENT_TEST(a_request_that_waits_for_its_ca_is_no_interruption),
        PATIENT_TEST(an_interrupted_renewal_is_told_with_how_it_goes_on),
        PATIENT_TEST(one_that_is_left_alone_is_told_with_how_it_is_given_up),
        PATIENT_TEST(locks_that_others_may_change_are_mended),
    };

    return cmocka_run_group_tests_name("doctor/journal", tests, NULL, NULL);
}
