/* SPDX-License-Identifier: MIT */
/* Unit tests for store/audit.c: entries come back as they were, newest first, and the oldest of each kind go. */
#include "fixture.h"

#include "store/audit.h"
#include "store/internal.h"

static struct ukb_error err;

static void
add(struct fixture *f, const char *method, bool refused)
{
    struct ukb_audit_entry entry = { .refused = refused, .user_activation = !refused };

    (void)snprintf(entry.origin, sizeof(entry.origin), "https://ca.example.cn");
    (void)snprintf(entry.method, sizeof(entry.method), "%s", method);
    (void)snprintf(entry.token, sizeof(entry.token), "%s", refused ? "" : TOKEN_A);
    (void)snprintf(entry.module, sizeof(entry.module), "%s", refused ? "" : "vendor");
    (void)snprintf(entry.outcome, sizeof(entry.outcome), "%s", refused ? "ORIGIN_NOT_ALLOWED" : "OK");
    if (ukb_audit_add(f->journal, &entry, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

static struct ukb_audit_list
list(struct fixture *f, const char *cursor, size_t limit)
{
    struct ukb_audit_list found = { 0 };

    if (ukb_audit_list(f->journal, cursor, limit, &found, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return found;
}

static void
sql(struct fixture *f, const char *text)
{
    assert_int_equal(sqlite3_exec(f->journal->db, text, NULL, NULL, NULL), SQLITE_OK);
}

static long long
count(struct fixture *f, const char *where)
{
    char text[128];
    sqlite3_stmt *stmt = NULL;
    long long found;

    (void)snprintf(text, sizeof(text), "SELECT count(*) FROM audit WHERE %s", where);
    assert_int_equal(sqlite3_prepare_v2(f->journal->db, text, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    found = sqlite3_column_int64(stmt, 0);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    return found;
}

static void
entries_come_back_as_they_were_newest_first(void **state)
{
    struct fixture *f = *state;
    struct ukb_audit_list found;

    add(f, "pin.change", false);
    f->now_s = 2000;
    add(f, "tokens.list", true);
    ukb_journal_close(f->journal);
    fixture_open(f);
    found = list(f, NULL, 10);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.next, "");
    assert_string_equal(found.items[0].method, "tokens.list");
    assert_int_equal(found.items[0].at_s, 2000);
    assert_string_equal(found.items[0].outcome, "ORIGIN_NOT_ALLOWED");
    assert_string_equal(found.items[0].token, "");
    assert_true(found.items[0].refused);
    assert_false(found.items[0].user_activation);
    assert_int_equal(found.items[1].at_s, 1000);
    assert_string_equal(found.items[1].origin, "https://ca.example.cn");
    assert_string_equal(found.items[1].token, TOKEN_A);
    assert_string_equal(found.items[0].module, "");
    assert_string_equal(found.items[1].module, "vendor");
    assert_false(found.items[1].refused);
    assert_true(found.items[1].user_activation);
    ukb_audit_list_done(&found);
}

static void
pages_neither_repeat_nor_leave_out(void **state)
{
    struct fixture *f = *state;
    struct ukb_audit_list found;
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    size_t seen = 0;
    size_t pages = 0;
    int i;

    for (i = 0; i < 7; i++) {
        add(f, "pin.change", false);
    }
    do {
        found = list(f, cursor, 3);
        seen += found.count;
        pages++;
        memcpy(cursor, found.next, sizeof(cursor));
        ukb_audit_list_done(&found);
        add(f, "auth.sign", false); /* above all cursors */
    } while (cursor[0] != '\0');
    assert_int_equal(seen, 7);
    assert_int_equal(pages, 3);
}

static void
a_cursor_of_nobodys_is_refused(void **state)
{
    static const char *const cursors[] = { "0", "x", "-1", "1x", "9999999999999999999" };
    struct fixture *f = *state;
    struct ukb_audit_list found = { 0 };
    size_t i;

    for (i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
        assert_int_equal(ukb_audit_list(f->journal, cursors[i], 3, &found, &err), UKB_E_PARAMS);
        assert_string_equal(err.attrs[0].string, "cursor");
        assert_null(found.items);
    }
}

static void
the_oldest_of_each_kind_go_and_no_other(void **state)
{
    struct fixture *f = *state;

    sql(f, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
           " INSERT INTO audit SELECT i, i, '', 'pin.change', '', 'OK', 0, 0, '' FROM n");
    sql(f, "WITH RECURSIVE n(i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < 12005)"
           " INSERT INTO audit SELECT i, i, '', 'tokens.list', '', 'UI_ONLY', 0, 1, '' FROM n");
    add(f, "tokens.list", true);
    assert_int_equal(count(f, "refused = 1"), UKB_AUDIT_REFUSED_MAX);
    assert_int_equal(count(f, "refused = 1 AND seq <= 10006"), 0);
    assert_int_equal(count(f, "refused = 0"), UKB_AUDIT_DONE_MAX);
    add(f, "pin.change", false);
    assert_int_equal(count(f, "refused = 0"), UKB_AUDIT_DONE_MAX);
    assert_int_equal(count(f, "seq = 1"), 0);
    assert_int_equal(count(f, "seq = 2"), 1);
    assert_int_equal(count(f, "refused = 1"), UKB_AUDIT_REFUSED_MAX);
}

static void
what_no_version_of_ours_wrote_is_damage(void **state)
{
    struct fixture *f = *state;
    struct ukb_audit_list found = { 0 };

    add(f, "pin.change", false);
    sql(f, "UPDATE audit SET token = token || token");
    assert_int_equal(ukb_audit_list(f->journal, NULL, 3, &found, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(found.items);
    sql(f, "DROP TABLE audit");
    assert_int_equal(ukb_audit_list(f->journal, NULL, 3, &found, &err), UKB_E_JOURNAL_UNAVAILABLE);
}

static void
what_cannot_be_kept_is_an_error_and_leaves_the_journal_usable(void **state)
{
    const struct ukb_audit_entry entry = { .method = "pin.change" };
    struct fixture *f = *state;

    sql(f, "CREATE TRIGGER no BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'no'); END");
    assert_int_not_equal(ukb_audit_add(f->journal, &entry, &err), UKB_OK);
    sql(f, "DROP TRIGGER no");
    add(f, "pin.change", false);
    assert_int_equal(count(f, "1"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_come_back_as_they_were_newest_first, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_neither_repeat_nor_leave_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cursor_of_nobodys_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(the_oldest_of_each_kind_go_and_no_other, setup, teardown),
        cmocka_unit_test_setup_teardown(what_no_version_of_ours_wrote_is_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_kept_is_an_error_and_leaves_the_journal_usable, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
