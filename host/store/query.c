/* SPDX-License-Identifier: MIT */
#include "store/query.h"

#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

/* A statement with that text which was used before and is at rest, or NULL. */
static sqlite3_stmt *
find_kept(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = sqlite3_next_stmt(db, NULL);

    while (stmt != NULL && (sqlite3_stmt_busy(stmt) || strcmp(sqlite3_sql(stmt), sql) != 0)) {
        stmt = sqlite3_next_stmt(db, stmt);
    }
    return stmt;
}

void
ukb_query_init(struct ukb_query *query, sqlite3 *db, const char *sql)
{
    memset(query, 0, sizeof(*query));
    query->db = db;
    query->stmt = find_kept(db, sql);
    if (query->stmt == NULL) {
        query->code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->stmt, NULL);
    }
}

/* The number of the parameter @p name; 0, which SQLite refuses, when there is none. */
static int
parameter(const struct ukb_query *query, const char *name)
{
    return sqlite3_bind_parameter_index(query->stmt, name);
}

void
ukb_query_set_text(struct ukb_query *query, const char *name, const char *text)
{
    if (query->code == SQLITE_OK) {
        query->code = sqlite3_bind_text(query->stmt, parameter(query, name), text, -1, SQLITE_STATIC);
    }
}

void
ukb_query_set_bytes(struct ukb_query *query, const char *name, const void *data, size_t len)
{
    if (query->code == SQLITE_OK) {
        query->code =
            sqlite3_bind_blob64(query->stmt, parameter(query, name), len == 0 ? NULL : data, len, SQLITE_STATIC);
    }
}

void
ukb_query_set_integer(struct ukb_query *query, const char *name, long long value)
{
    if (query->code == SQLITE_OK) {
        query->code = sqlite3_bind_int64(query->stmt, parameter(query, name), value);
    }
}

bool
ukb_query_row(struct ukb_query *query)
{
    int code;

    if (query->code != SQLITE_OK) {
        return false;
    }
    code = sqlite3_step(query->stmt);
    if (code == SQLITE_ROW) {
        return true;
    }
    query->code = code; /* SQLITE_DONE, or an error */
    return false;
}

long long
ukb_query_integer(struct ukb_query *query, int i)
{
    return sqlite3_column_int64(query->stmt, i);
}

/* Remember that column @p i holds what no version of ours has written there. */
static void
misfit(struct ukb_query *query, int i)
{
    query->misfit = sqlite3_column_name(query->stmt, i);
    query->code = SQLITE_CORRUPT;
}

void
ukb_query_copy_text(struct ukb_query *query, int i, char *ret_text, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(query->stmt, i);
    const size_t len = text == NULL ? 0 : strlen(text);

    ret_text[0] = '\0';
    if (len >= size) {
        misfit(query, i);
        return;
    }
    if (len > 0) {
        memcpy(ret_text, text, len + 1U);
    }
}

size_t
ukb_query_copy_bytes(struct ukb_query *query, int i, unsigned char *ret_data, size_t size)
{
    const void *data = sqlite3_column_blob(query->stmt, i);
    const size_t len = (size_t)sqlite3_column_bytes(query->stmt, i);

    if (len > size) {
        misfit(query, i);
        return 0;
    }
    if (len > 0) {
        memcpy(ret_data, data, len);
    }
    return len;
}

char *
ukb_query_take_text(struct ukb_query *query, int i)
{
    const char *text = (const char *)sqlite3_column_text(query->stmt, i);
    char *copy = text == NULL ? NULL : strdup(text);

    if (text != NULL && copy == NULL) {
        query->code = SQLITE_NOMEM;
    }
    return copy;
}

unsigned char *
ukb_query_take_bytes(struct ukb_query *query, int i, size_t max_len, size_t *ret_len)
{
    const void *data = sqlite3_column_blob(query->stmt, i);
    const size_t len = (size_t)sqlite3_column_bytes(query->stmt, i);
    unsigned char *copy = NULL;

    if (len == 0 || len > max_len) {
        misfit(query, i);
        return NULL;
    }
    copy = malloc(len);
    if (copy == NULL) {
        query->code = SQLITE_NOMEM;
        return NULL;
    }
    memcpy(copy, data, len);
    *ret_len = len;
    return copy;
}

enum ukb_status
ukb_query_end(struct ukb_query *query, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    if (query->code == SQLITE_OK && !sqlite3_stmt_busy(query->stmt)) {
        (void)ukb_query_row(query); /* a row that nobody asked for is not wanted */
    }
    if (query->misfit != NULL) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, SQLITE_CORRUPT, "the journal's %s is damaged", query->misfit);
    } else if (query->code == SQLITE_NOMEM) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, SQLITE_NOMEM, "no memory for a row of the journal");
    } else if (query->code != SQLITE_OK && query->code != SQLITE_DONE) {
        st = ukb_journal_raise(query->db, "cannot use the journal", reterr);
    }
    ukb_query_drop(query);
    return st;
}

void
ukb_query_drop(struct ukb_query *query)
{
    if (query->stmt != NULL) {
        (void)sqlite3_reset(query->stmt); /* repeats an error that was seen before */
        (void)sqlite3_clear_bindings(query->stmt);
        query->stmt = NULL;
    }
}

void
ukb_query_forget_all(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;

    while (db != NULL && (stmt = sqlite3_next_stmt(db, NULL)) != NULL) {
        (void)sqlite3_finalize(stmt);
    }
}
