/* SPDX-License-Identifier: MIT */
/* Unit tests for store/query.c on a database in memory: the first error is kept to the end, and nothing overflows. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "store/query.h"

static sqlite3 *db;
static struct ukb_query query;
static struct ukb_error err;

static void
execute(const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    execute("CREATE TABLE t (n INTEGER, s TEXT, b BLOB)");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_query_forget_all(db);
    return sqlite3_close(db); /* fails when a statement is still open */
}

static void
begin(const char *sql)
{
    ukb_query_init(&query, db, sql);
}

static enum ukb_status
end(void)
{
    return ukb_query_end(&query, &err);
}

static void
insert(long long n, const char *s, const void *b, size_t b_len)
{
    begin("INSERT INTO t VALUES (:n, :s, :b)");
    ukb_query_set_integer(&query, ":n", n);
    ukb_query_set_text(&query, ":s", s);
    ukb_query_set_bytes(&query, ":b", b, b_len);
    assert_int_equal(end(), UKB_OK); /* runs it */
}

static void
what_goes_in_comes_out(void **state)
{
    unsigned char bytes[4] = { 0 };
    char text[8];
    char *taken = NULL;
    unsigned char *blob = NULL;
    size_t len = 0;

    (void)state;
    insert(-1, "text", "\0\1\2\3", 4);
    insert(1LL << 62, NULL, NULL, 0);
    begin("SELECT n, s, b FROM t ORDER BY n");
    assert_true(ukb_query_row(&query));
    assert_true(ukb_query_integer(&query, 0) == -1);
    ukb_query_copy_text(&query, 1, text, sizeof(text));
    assert_string_equal(text, "text");
    taken = ukb_query_take_text(&query, 1);
    assert_string_equal(taken, "text");
    free(taken);
    assert_int_equal(ukb_query_copy_bytes(&query, 2, bytes, sizeof(bytes)), 4);
    assert_memory_equal(bytes, "\0\1\2\3", 4);
    blob = ukb_query_take_bytes(&query, 2, 4, &len);
    assert_int_equal(len, 4);
    assert_memory_equal(blob, bytes, 4);
    free(blob);
    assert_true(ukb_query_row(&query));
    assert_true(ukb_query_integer(&query, 0) == 1LL << 62);
    ukb_query_copy_text(&query, 1, text, sizeof(text));
    assert_string_equal(text, ""); /* NULL */
    assert_null(ukb_query_take_text(&query, 1));
    assert_int_equal(ukb_query_copy_bytes(&query, 2, bytes, sizeof(bytes)), 0);
    assert_false(ukb_query_row(&query));
    assert_false(ukb_query_row(&query)); /* and stays so */
    assert_int_equal(end(), UKB_OK);
}

static void
an_injection_is_a_text(void **state)
{
    char text[64];

    (void)state;
    insert(1, "'); DROP TABLE t; --", NULL, 0);
    begin("SELECT s FROM t WHERE s = :s");
    ukb_query_set_text(&query, ":s", "'); DROP TABLE t; --");
    assert_true(ukb_query_row(&query));
    ukb_query_copy_text(&query, 0, text, sizeof(text));
    assert_string_equal(text, "'); DROP TABLE t; --");
    assert_int_equal(end(), UKB_OK);
}

static void
what_does_not_fit_is_damage_and_writes_nothing_over(void **state)
{
    char text[5] = "keep";
    unsigned char bytes[4] = { 9, 9, 9, 9 };
    size_t len = 77;

    (void)state;
    insert(1, "12345", "12345", 5);
    begin("SELECT s, b FROM t");
    assert_true(ukb_query_row(&query));
    ukb_query_copy_text(&query, 0, text, sizeof(text));
    assert_string_equal(text, "");
    assert_int_equal(end(), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native, SQLITE_CORRUPT);
    assert_non_null(strstr(err.message, "journal's s"));
    begin("SELECT s, b FROM t");
    assert_true(ukb_query_row(&query));
    assert_int_equal(ukb_query_copy_bytes(&query, 1, bytes, sizeof(bytes)), 0);
    assert_int_equal(bytes[0] + bytes[3], 18);
    assert_false(ukb_query_row(&query));
    assert_int_equal(end(), UKB_E_JOURNAL_UNAVAILABLE);
    begin("SELECT s, b FROM t");
    assert_true(ukb_query_row(&query));
    assert_null(ukb_query_take_bytes(&query, 1, 4, &len));
    assert_int_equal(len, 77);
    assert_int_equal(end(), UKB_E_JOURNAL_UNAVAILABLE);
    assert_non_null(strstr(err.message, "journal's b"));
}

static void
bytes_that_must_be_there_and_are_not_are_damage(void **state)
{
    size_t len = 0;

    (void)state;
    insert(1, "", NULL, 0);
    begin("SELECT b FROM t");
    assert_true(ukb_query_row(&query));
    assert_null(ukb_query_take_bytes(&query, 0, 4, &len));
    assert_int_equal(end(), UKB_E_JOURNAL_UNAVAILABLE);
}

static void
a_text_that_just_fits_is_read(void **state)
{
    char text[5];

    (void)state;
    insert(1, "1234", NULL, 0);
    begin("SELECT s FROM t");
    assert_true(ukb_query_row(&query));
    ukb_query_copy_text(&query, 0, text, sizeof(text));
    assert_string_equal(text, "1234");
    assert_int_equal(end(), UKB_OK);
}

static void
a_statement_that_makes_no_sense_runs_nothing(void **state)
{
    (void)state;
    begin("SELECT n FROM nowhere");
    ukb_query_set_text(&query, ":s", "x");
    ukb_query_set_bytes(&query, ":b", "x", 1);
    ukb_query_set_integer(&query, ":n", 1);
    assert_false(ukb_query_row(&query));
    assert_int_equal(end(), UKB_E_JOURNAL_UNAVAILABLE);
    assert_non_null(strstr(err.message, "nowhere"));
}

static void
a_parameter_that_is_none_is_an_error_before_anything_is_written(void **state)
{
    (void)state;
    begin("INSERT INTO t VALUES (:n, :s, :b)");
    ukb_query_set_integer(&query, ":number", 1);
    ukb_query_set_text(&query, ":s", "x");
    assert_int_equal(end(), UKB_E_INTERNAL); /* a fault of ours, not of the journal */
    begin("SELECT n FROM t");
    assert_false(ukb_query_row(&query));
    assert_int_equal(end(), UKB_OK);
}

static void
what_the_database_refuses_is_told_at_the_end(void **state)
{
    (void)state;
    execute("CREATE UNIQUE INDEX i ON t (n)");
    insert(1, "a", NULL, 0);
    begin("INSERT INTO t VALUES (1, 'b', NULL)");
    assert_int_equal(end(), UKB_E_INTERNAL);
    assert_int_equal(err.native & 0xFFU, SQLITE_CONSTRAINT);
    execute("PRAGMA query_only = 1");
    begin("DELETE FROM t");
    assert_int_equal(end(), UKB_E_JOURNAL_UNAVAILABLE);
}

static void
a_full_database_is_a_full_disk(void **state)
{
    static unsigned char much[200000];

    (void)state;
    execute("PRAGMA max_page_count = 10");
    begin("INSERT INTO t VALUES (1, NULL, :b)");
    ukb_query_set_bytes(&query, ":b", much, sizeof(much));
    assert_int_equal(end(), UKB_E_DISK_FULL);
}

static void
a_row_that_nobody_read_is_not_wanted(void **state)
{
    (void)state;
    insert(1, "a", NULL, 0);
    insert(2, "b", NULL, 0);
    begin("SELECT n FROM t");
    assert_int_equal(end(), UKB_OK);
    begin("SELECT n FROM t");
    assert_true(ukb_query_row(&query));
    assert_int_equal(end(), UKB_OK);
}

static void
one_that_is_dropped_says_nothing(void **state)
{
    (void)state;
    begin("INSERT INTO t VALUES (1, 'a', NULL)");
    ukb_query_drop(&query);
    begin("SELECT n FROM nowhere");
    ukb_query_drop(&query);
    ukb_query_drop(&query);
    begin("SELECT n FROM t");
    assert_false(ukb_query_row(&query));
    assert_int_equal(end(), UKB_OK);
}

static void
one_text_is_one_statement_without_what_was_set_before(void **state)
{
    sqlite3_stmt *first = NULL;
    struct ukb_query inner;

    (void)state;
    insert(1, "one", "b", 1);
    insert(2, "two", "b", 1);
    begin("SELECT n FROM t WHERE n >= :least ORDER BY n");
    first = query.stmt;
    ukb_query_set_integer(&query, ":least", 2);
    assert_true(ukb_query_row(&query));
    assert_int_equal(ukb_query_integer(&query, 0), 2);
    ukb_query_init(&inner, db, "SELECT n FROM t WHERE n >= :least ORDER BY n"); /* while that one has a row */
    assert_ptr_not_equal(inner.stmt, first);
    assert_false(ukb_query_row(&inner)); /* nothing is set: no row is as large as NULL */
    assert_int_equal(ukb_query_end(&inner, &err), UKB_OK);
    assert_int_equal(end(), UKB_OK);
    begin("SELECT n FROM t WHERE n >= :least ORDER BY n");
    assert_false(ukb_query_row(&query));
    assert_int_equal(end(), UKB_OK);
    execute("ALTER TABLE t ADD COLUMN more INTEGER"); /* a statement that was kept is made anew */
    begin("SELECT n FROM t WHERE n >= :least ORDER BY n");
    ukb_query_set_integer(&query, ":least", 1);
    assert_true(ukb_query_row(&query));
    assert_int_equal(end(), UKB_OK);
    ukb_query_forget_all(db);
    assert_null(sqlite3_next_stmt(db, NULL));
    ukb_query_forget_all(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_goes_in_comes_out),
        TEST(an_injection_is_a_text),
        TEST(what_does_not_fit_is_damage_and_writes_nothing_over),
        TEST(bytes_that_must_be_there_and_are_not_are_damage),
        TEST(a_text_that_just_fits_is_read),
        TEST(a_statement_that_makes_no_sense_runs_nothing),
        TEST(a_parameter_that_is_none_is_an_error_before_anything_is_written),
        TEST(what_the_database_refuses_is_told_at_the_end),
        TEST(a_full_database_is_a_full_disk),
        TEST(a_row_that_nobody_read_is_not_wanted),
        TEST(one_that_is_dropped_says_nothing),
        TEST(one_text_is_one_statement_without_what_was_set_before),
    };

    return cmocka_run_group_tests_name("store/query", tests, NULL, NULL);
}
