/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "store/internal.h"

static void
close_journal(struct fixture *f)
{
    ukb_journal_close(f->journal);
    f->journal = NULL;
}

static void
expect_open_fails(struct fixture *f, enum ukb_status expected)
{
    struct ukb_error err = { 0 };

    assert_int_equal(open_journal(f, &f->journal, &err), expected);
    assert_null(f->journal);
    assert_true(strlen(err.message) > 0);
}

/* Run @p sql on the file, beside the journal. */
static void
sql(struct fixture *f, const char *text)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
folder_and_file_are_the_users_alone(void **state)
{
    struct fixture *f = *state;
    struct stat facts;

    assert_int_equal(stat(f->dir, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
    assert_int_equal(stat(f->file, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

static void
what_was_written_is_there_after_a_reopen(void **state)
{
    struct fixture *f = *state;

    fixture_insert(f, "r1", "https://ca.example.cn", TOKEN_A, CERT_A);
    close_journal(f);
    fixture_open(f);
    assert_int_equal(fixture_state(f, "r1"), UKB_RENEWAL_PREPARING);
}

static void
the_settings_that_survive_power_loss_are_set(void **state)
{
    static const struct {
        const char *pragma;
        const char *value;
    } rows[] = { { "PRAGMA journal_mode", "persist" },
                 { "PRAGMA synchronous", "3" },
                 { "PRAGMA foreign_keys", "1" },
                 { "PRAGMA busy_timeout", "5000" },
                 { "PRAGMA user_version", "7" } };
    struct fixture *f = *state;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sqlite3_stmt *stmt = NULL;

        assert_int_equal(sqlite3_prepare_v2(f->journal->db, rows[i].pragma, -1, &stmt, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(stmt, 0), rows[i].value);
        assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    }
}

static void
a_newer_file_is_refused_and_left_alone(void **state)
{
    struct fixture *f = *state;
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = NULL;

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    close_journal(f);
    sql(f, "PRAGMA user_version = 8");
    expect_open_fails(f, UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM renewal", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(stmt, 0), 1);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What version 1 of the file looked like where version 2 differs. */
static const char BACK_TO_1[] = "DROP TABLE audit;"
                                "DROP INDEX step_that_promises;"
                                "DROP TABLE card_file;"
                                "ALTER TABLE renewal ADD COLUMN temp_id BLOB;"
                                "UPDATE renewal SET key_id = x'0102', temp_id = x'0304';"
                                "ALTER TABLE object DROP COLUMN key_id;"
                                "ALTER TABLE object DROP COLUMN temp_id;"
                                "ALTER TABLE object DROP COLUMN imported;"
                                "ALTER TABLE object DROP COLUMN was_there;"
                                "INSERT INTO object VALUES (1, 'old', 'signing', 'aa', x'30'),"
                                " (1, 'new', 'signing', 'bb', x'31');"
                                "PRAGMA user_version = 1;";

static void
an_older_file_is_brought_up_to_date(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    close_journal(f);
    sql(f, BACK_TO_1);
    fixture_open(f);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.object_count, 2);
    assert_int_equal(record.objects[0].key_id_len, 0);
    assert_int_equal(record.objects[0].temp_id_len, 0);
    assert_int_equal(record.objects[1].key_id_len, 2);
    assert_memory_equal(record.objects[1].key_id, "\x01\x02", 2);
    assert_int_equal(record.objects[1].temp_id_len, 2);
    assert_memory_equal(record.objects[1].temp_id, "\x03\x04", 2);
    assert_false(record.objects[1].imported);
    assert_false(record.objects[1].was_there);
    ukb_renewal_record_done(&record);
    close_journal(f);
    fixture_open(f); /* and once is enough */
}

static void
a_file_that_is_no_database_is_refused(void **state)
{
    struct fixture *f = *state;
    FILE *file = NULL;
    int i;

    close_journal(f);
    file = fopen(f->file, "w");
    assert_non_null(file);
    for (i = 0; i < 2000; i++) {
        assert_true(fprintf(file, "garbage ") > 0);
    }
    assert_int_equal(fclose(file), 0);
    expect_open_fails(f, UKB_E_JOURNAL_UNAVAILABLE);
}

static void
damaged_pages_are_an_error_not_a_crash(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };
    FILE *file = NULL;
    enum ukb_status st;
    int i;

    for (i = 0; i < 50; i++) {
        char id[16];

        (void)snprintf(id, sizeof(id), "r%d", i);
        fixture_insert(f, id, "https://ca.example.cn", TOKEN_A, CERT_A);
    }
    close_journal(f);
    file = fopen(f->file, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0); /* behind the schema */
    for (i = 0; i < 8 * 4096; i++) {
        assert_int_equal(fputc(0xA5, file), 0xA5);
    }
    assert_int_equal(fclose(file), 0);
    st = open_journal(f, &f->journal, &err);
    if (st == UKB_OK) {
        st = ukb_journal_list(f->journal, NULL, NULL, NULL, 64, &list, &err);
    }
    assert_int_equal(st, UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(list.items);
}

static void
foreign_tables_are_damage(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    sql(f, "UPDATE renewal SET state = 'dreaming'");
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_E_JOURNAL_UNAVAILABLE);
    sql(f, "UPDATE renewal SET state = 'requested', token = token || token");
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(record.id[0], '\0');
    sql(f, "DROP TABLE step");
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_E_JOURNAL_UNAVAILABLE);
}

/* Open in a child without root's powers; the status is its exit code. */
static int
open_as_somebody(const struct fixture *f)
{
    struct ukb_journal *journal = NULL;
    struct ukb_error err = { 0 };
    int status = -1;
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        enum ukb_status st;

        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            _exit(255);
        }
        st = open_journal(f, &journal, &err);
        ukb_journal_close(journal);
        _exit((int)st);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
a_folder_or_file_that_cannot_be_written_is_unavailable(void **state)
{
    struct fixture *f = *state;
    char path[160];

    close_journal(f);
    if (geteuid() == 0) { /* the child becomes nobody: give it all */
        assert_int_equal(chmod(f->base, 0711), 0);
        (void)snprintf(path, sizeof(path), "%s/state", f->base);
        assert_int_equal(chmod(path, 0711), 0);
        assert_int_equal(chown(f->dir, 65534, 65534), 0);
        assert_int_equal(chown(f->file, 65534, 65534), 0);
        (void)snprintf(path, sizeof(path), "%s-journal", f->file);
        assert_int_equal(chown(path, 65534, 65534), 0);
    }
    assert_int_equal(open_as_somebody(f), UKB_OK);
    assert_int_equal(chmod(f->file, 0400), 0);
    assert_int_equal(open_as_somebody(f), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(unlink(f->file), 0);
    assert_int_equal(chmod(f->dir, 0500), 0);
    assert_int_equal(open_as_somebody(f), UKB_E_JOURNAL_UNAVAILABLE);
}

static void
a_folder_that_others_may_write_to_or_a_link_is_refused(void **state)
{
    struct fixture *f = *state;

    close_journal(f);
    assert_int_equal(chmod(f->dir, 0777), 0);
    expect_open_fails(f, UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(chmod(f->dir, 0700), 0);
    assert_int_equal(unlink(f->file), 0);
    assert_int_equal(symlink("/tmp/ukb-store-elsewhere", f->file), 0);
    expect_open_fails(f, UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_not_equal(access("/tmp/ukb-store-elsewhere", F_OK), 0);
}

static void
a_path_without_a_folder_is_unavailable(void **state)
{
    struct fixture *f = *state;

    close_journal(f);
    (void)snprintf(f->dir, sizeof(f->dir), "relative");
    expect_open_fails(f, UKB_E_JOURNAL_UNAVAILABLE);
    (void)snprintf(f->dir, sizeof(f->dir), "%s/state/ukeybridge/state.sqlite3/x", f->base);
    expect_open_fails(f, UKB_E_JOURNAL_UNAVAILABLE);
    (void)snprintf(f->dir, sizeof(f->dir), "%s/state/ukeybridge", f->base);
}

static void
a_full_disk_changes_nothing_and_says_so(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_object object = { .role = "signing", .action = UKB_RENEWAL_NEW, .sha256 = CERT_A };
    unsigned char der[UKB_CERTIFICATE_DER_MAX_LEN];
    struct ukb_renewal_change change = { .id = "r1",
                                         .from = UKB_RENEWAL_PREPARING,
                                         .to = UKB_RENEWAL_REQUESTED,
                                         .objects = &object,
                                         .object_count = 1,
                                         .step = "request" };
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    memset(der, 0x30, sizeof(der));
    object.der = der;
    object.der_len = sizeof(der);
    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(sqlite3_exec(f->journal->db, "PRAGMA max_page_count = 1", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_E_DISK_FULL);
    assert_int_equal(err.native & 0xFFU, SQLITE_FULL);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_PREPARING);
    assert_int_equal(record.object_count, 0);
    assert_int_equal(record.step_count, 0);
    ukb_renewal_record_done(&record);

    /* Room again: the same call succeeds. */
    assert_int_equal(sqlite3_exec(f->journal->db, "PRAGMA max_page_count = 1000", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_int_equal(fixture_state(f, "r1"), UKB_RENEWAL_REQUESTED);
}

static void
a_journal_that_stays_locked_is_unavailable(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db = NULL;

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_busy_timeout(f->journal->db, 100); /* the five seconds of every day are too long for a test */
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_OK);
}

static void
several_processes_may_open_and_write_at_once(void **state)
{
    enum { PROCESSES = 4, EACH = 15 };
    struct fixture *f = *state;
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };
    pid_t children[PROCESSES];
    int i;

    close_journal(f);
    assert_int_equal(unlink(f->file), 0); /* they make it, too */
    for (i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            int n;

            if (open_journal(f, &f->journal, &err) != UKB_OK) {
                _exit(1);
            }
            for (n = 0; n < EACH; n++) {
                struct ukb_renewal_record record = fixture_record("", "https://ca.example.cn", TOKEN_A, CERT_A);

                (void)snprintf(record.id, sizeof(record.id), "r%d-%d", i, n);
                if (ukb_journal_insert(f->journal, &record, &err) != UKB_OK) {
                    _exit(2);
                }
                ukb_renewal_record_done(&record);
            }
            ukb_journal_close(f->journal);
            _exit(0);
        }
    }
    for (i = 0; i < PROCESSES; i++) {
        int status = -1;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    fixture_open(f);
    assert_int_equal(ukb_journal_list(f->journal, NULL, NULL, NULL, 64, &list, &err), UKB_OK);
    assert_int_equal(list.count, PROCESSES * EACH);
    ukb_renewal_list_done(&list);
}

/* Go back and forth between two states until killed: an odd number of steps is INSTALLING, each with an object. */
static void
write_for_ever(struct fixture *f)
{
    struct ukb_renewal_object object = { .role = "signing", .action = UKB_RENEWAL_NEW, .sha256 = CERT_A };
    unsigned char der[3000] = { 0x30 };
    struct ukb_error err = { 0 };
    unsigned int n;

    object.der = der;
    object.der_len = sizeof(der);
    for (n = 1;; n++) {
        const bool odd = (n & 1U) != 0;
        struct ukb_renewal_change change = { .id = "r1",
                                             .from = odd ? UKB_RENEWAL_REQUESTED : UKB_RENEWAL_INSTALLING,
                                             .to = odd ? UKB_RENEWAL_INSTALLING : UKB_RENEWAL_REQUESTED,
                                             .step = odd ? "odd" : "even",
                                             .objects = &object,
                                             .object_count = odd ? 1 : 0 };

        if (ukb_journal_advance(f->journal, &change, &err) != UKB_OK) {
            _exit(1);
        }
    }
}

static void
a_writer_that_is_killed_leaves_the_old_or_the_new_state(void **state)
{
    struct fixture *f = *state;
    int round;

    for (round = 0; round < 25; round++) {
        const struct timespec pause = { 0, 3000000L + round * 1370000L };
        struct ukb_renewal_record record = { 0 };
        struct ukb_error err = { 0 };
        pid_t child;

        close_journal(f);
        (void)unlink(f->file);
        fixture_open(f);
        fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
        assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_OK);
        close_journal(f);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            fixture_open(f);
            write_for_ever(f);
        }
        (void)nanosleep(&pause, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);

        fixture_open(f);
        assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
        assert_true(record.step_count >= 1);
        if (record.state == UKB_RENEWAL_INSTALLING) {
            assert_string_equal(record.steps[record.step_count - 1].name, "odd");
            assert_int_equal(record.object_count, 1);
        } else {
            assert_int_equal(record.state, UKB_RENEWAL_REQUESTED);
            assert_string_not_equal(record.steps[record.step_count - 1].name, "odd");
            assert_int_equal(record.object_count, 0);
        }
        ukb_renewal_record_done(&record);
    }
}

static void
a_transaction_that_was_cut_off_before_its_commit_never_happened(void **state)
{
    struct fixture *f = *state;
    int status = -1;
    pid_t child;

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    close_journal(f);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct ukb_error err = { 0 };

        fixture_open(f);
        /* No cache: pages go to the file before the commit, so that a rollback journal is left. */
        if (sqlite3_exec(f->journal->db, "PRAGMA cache_size = 0", NULL, NULL, NULL) != SQLITE_OK ||
            ukb_journal_begin_write(f->journal, &err) != UKB_OK ||
            sqlite3_exec(f->journal->db,
                         "UPDATE renewal SET state = 'installed';"
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)"
                         " INSERT INTO step SELECT 1, i, 'x', 'y' FROM n",
                         NULL, NULL, NULL) != SQLITE_OK) {
            _exit(1);
        }
        (void)kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    fixture_open(f);
    assert_int_equal(fixture_state(f, "r1"), UKB_RENEWAL_PREPARING);
}

static void
a_whole_file_holds_together_and_a_damaged_one_does_not(void **state)
{
    struct fixture *f = *state;
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", "https://ca.example.cn", TOKEN_A, CERT_A);
    assert_int_equal(ukb_journal_check(f->journal, &err), UKB_OK);
    sql(f, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 4 WHERE name = 'renewal_by_origin'");
    close_journal(f);
    fixture_open(f);
    assert_int_equal(ukb_journal_check(f->journal, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native & 0xFFU, SQLITE_CORRUPT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folder_and_file_are_the_users_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_written_is_there_after_a_reopen, setup, teardown),
        cmocka_unit_test_setup_teardown(the_settings_that_survive_power_loss_are_set, setup, teardown),
        cmocka_unit_test_setup_teardown(a_newer_file_is_refused_and_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(an_older_file_is_brought_up_to_date, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_pages_are_an_error_not_a_crash, setup, teardown),
        cmocka_unit_test_setup_teardown(foreign_tables_are_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_or_file_that_cannot_be_written_is_unavailable, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_others_may_write_to_or_a_link_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_path_without_a_folder_is_unavailable, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_changes_nothing_and_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(a_journal_that_stays_locked_is_unavailable, setup, teardown),
        cmocka_unit_test_setup_teardown(several_processes_may_open_and_write_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_writer_that_is_killed_leaves_the_old_or_the_new_state, setup, teardown),
        cmocka_unit_test_setup_teardown(a_transaction_that_was_cut_off_before_its_commit_never_happened, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_whole_file_holds_together_and_a_damaged_one_does_not, setup, teardown),
    };

    return cmocka_run_group_tests_name("store/journal", tests, NULL, NULL);
}
