/* SPDX-License-Identifier: MIT */
/*
 * query - one SQL statement, its parameters by name, its columns by number, its first error remembered to the end.
 *
 * Room: store, inside only. Use: init, the parameters, row() until it is false, end(). Only end() reports. SQLite keeps the
 * statement for the next query with the same text: so two of one text are not begun at once, unless one has a row.
 */
#ifndef UKB_STORE_QUERY_H
#define UKB_STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include <sqlite3.h>

#include "core/status.h"

struct ukb_query {
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int code;           /* SQLITE_OK until something fails */
    const char *misfit; /* a column whose content does not fit, else NULL */
};

/** Begin the statement @p sql on @p db. */
void ukb_query_init(struct ukb_query *query, sqlite3 *db, const char *sql);

/* Set the parameter @p name (":id"). Text and bytes are borrowed until ukb_query_end(); NULL is SQL's NULL. */
void ukb_query_set_text(struct ukb_query *query, const char *name, const char *text);
void ukb_query_set_bytes(struct ukb_query *query, const char *name, const void *data, size_t len); /* len 0: NULL */
void ukb_query_set_integer(struct ukb_query *query, const char *name, long long value);

/** Run to the next row. False: no more, or an error. */
bool ukb_query_row(struct ukb_query *query);

/* Read column @p i of the row. What does not fit, or is not there though it must be, is an error of the query. */
long long ukb_query_integer(struct ukb_query *query, int i);
void ukb_query_copy_text(struct ukb_query *query, int i, char *ret_text, size_t size); /* NULL reads "" */
size_t ukb_query_copy_bytes(struct ukb_query *query, int i, unsigned char *ret_data, size_t size);
char *ukb_query_take_text(struct ukb_query *query, int i); /* for free(); NULL for SQL's NULL */
unsigned char *ukb_query_take_bytes(struct ukb_query *query, int i, size_t max_len, size_t *ret_len);

/** End the statement, running it first if it never ran. @return UKB_OK, or the status of the first error. */
UKB_MUST_USE enum ukb_status ukb_query_end(struct ukb_query *query, struct ukb_error *reterr);

/** End the statement of a transaction that failed elsewhere, without a word. */
void ukb_query_drop(struct ukb_query *query);

/** Free what @p db keeps of queries, none of which may be in use, before it is closed. NULL is fine. */
void ukb_query_forget_all(sqlite3 *db);

#endif /* UKB_STORE_QUERY_H */
