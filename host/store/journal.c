/* SPDX-License-Identifier: MIT */
#include "store/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/buf.h"
#include "store/internal.h"
#include "store/query.h"

#define BUSY_TIMEOUT_MS 5000

/*
 * Set for every connection. PERSIST and EXTRA: homes can be on network file systems, where WAL fails; a commit has to
 * survive the loss of power together with the end of the rollback journal (https://sqlite.org/pragma.html), and what
 * stays of that costs no flush of the folder and has its place on a disk that is full by then.
 */
static const char settings[] = "PRAGMA journal_mode = PERSIST;"
                               "PRAGMA synchronous = EXTRA;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA trusted_schema = OFF;";

static const char first_schema[] = "CREATE TABLE renewal ("
                                   "  seq INTEGER PRIMARY KEY AUTOINCREMENT," /* order of insertion; never used twice */
                                   "  id TEXT NOT NULL UNIQUE,"
                                   "  kind TEXT NOT NULL,"
                                   "  key_mode TEXT NOT NULL CHECK (key_mode IN ('same', 'new')),"
                                   "  algorithm TEXT NOT NULL,"
                                   "  origin TEXT," /* NULL: the extension's own window */
                                   "  order_number TEXT,"
                                   "  token TEXT NOT NULL,"
                                   "  certificate_id TEXT NOT NULL," /* '': none */
                                   "  state TEXT NOT NULL,"
                                   "  created_s INTEGER NOT NULL,"
                                   "  updated_s INTEGER NOT NULL,"
                                   "  key_id BLOB,"
                                   "  temp_id BLOB,"
                                   "  key_type INTEGER NOT NULL DEFAULT 0," /* enum ukb_key_type */
                                   "  key_modulus BLOB,"
                                   "  key_exponent BLOB,"
                                   "  key_params BLOB,"
                                   "  key_point BLOB,"
                                   "  request_pem TEXT,"
                                   "  request_signed_pem TEXT,"
                                   "  error_reason TEXT,"
                                   "  error_message TEXT"
                                   ") STRICT;"
                                   "CREATE INDEX renewal_by_token ON renewal (token, state);"
                                   "CREATE INDEX renewal_by_origin ON renewal (origin);"
                                   "CREATE TABLE object ("
                                   "  renewal INTEGER NOT NULL REFERENCES renewal (seq) ON DELETE CASCADE,"
                                   "  action TEXT NOT NULL CHECK (action IN ('old', 'new')),"
                                   "  role TEXT NOT NULL,"
                                   "  sha256 TEXT NOT NULL,"
                                   "  der BLOB NOT NULL,"
                                   "  UNIQUE (renewal, action, sha256)"
                                   ") STRICT;"
                                   "CREATE TABLE step ("
                                   "  renewal INTEGER NOT NULL REFERENCES renewal (seq) ON DELETE CASCADE,"
                                   "  at_s INTEGER NOT NULL,"
                                   "  name TEXT NOT NULL,"
                                   "  outcome TEXT NOT NULL"
                                   ") STRICT;"
                                   "CREATE INDEX step_by_renewal ON step (renewal);"
                                   "PRAGMA user_version = 1;";

/* Each certificate that a renewal brings has its own place: two are brought at once. */
static const char places[] = "ALTER TABLE object ADD COLUMN key_id BLOB;"
                             "ALTER TABLE object ADD COLUMN temp_id BLOB;"
                             "ALTER TABLE object ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;"
                             "UPDATE object SET (key_id, temp_id) ="
                             "  (SELECT key_id, temp_id FROM renewal WHERE seq = object.renewal)"
                             "  WHERE action = 'new';"
                             "ALTER TABLE renewal DROP COLUMN temp_id;"
                             "PRAGMA user_version = 2;";

/* Who asked for what: audit.c. */
static const char audits[] = "CREATE TABLE audit ("
                             "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
                             "  at_s INTEGER NOT NULL,"
                             "  origin TEXT NOT NULL," /* '': the extension's own window */
                             "  method TEXT NOT NULL,"
                             "  token TEXT NOT NULL," /* '': none */
                             "  outcome TEXT NOT NULL,"
                             "  user_activation INTEGER NOT NULL,"
                             "  refused INTEGER NOT NULL"
                             ") STRICT;"
                             "CREATE INDEX audit_by_kind ON audit (refused, seq);"
                             "PRAGMA user_version = 3;";

/* An undo after an interruption leaves on the UKey what an undo in the same call would. */
static const char found_before[] = "ALTER TABLE object ADD COLUMN was_there INTEGER NOT NULL DEFAULT 0;"
                                   "PRAGMA user_version = 4;";

/* Which module failed, for the doctor. */
static const char failed_modules[] = "ALTER TABLE audit ADD COLUMN module TEXT NOT NULL DEFAULT '';"
                                     "PRAGMA user_version = 5;";

/* What a promise left open is looked for with: few renewals make one, and all of them stay in the journal. */
static const char promises[] = "CREATE INDEX step_that_promises ON step (renewal)"
                               "  WHERE name = '" UKB_JOURNAL_STEP_COMMIT "'"
                               "    AND outcome = '" UKB_JOURNAL_STEP_RETIRE_OLD "';"
                               "PRAGMA user_version = 6;";

/* What a card held before the last call that writes to it: cards.c. */
static const char cards[] = "CREATE TABLE card_file ("
                            "  token TEXT NOT NULL,"
                            "  id INTEGER NOT NULL,"
                            "  content BLOB," /* NULL: it is no directory, or an empty one */
                            "  PRIMARY KEY (token, id)"
                            ") STRICT, WITHOUT ROWID;"
                            "PRAGMA user_version = 7;";

/* What brings a journal from version i to version i + 1. */
static const char *const upgrades[] = { first_schema, places, audits, found_before, failed_modules, promises, cards };
#define SCHEMA_VERSION ((long long)(sizeof(upgrades) / sizeof(upgrades[0])))

enum ukb_status
ukb_journal_raise(sqlite3 *db, const char *what, struct ukb_error *reterr)
{
    const int code = sqlite3_extended_errcode(db);
    enum ukb_status st = UKB_E_JOURNAL_UNAVAILABLE;

    switch (code & 0xFF) { /* the primary code */
    case SQLITE_FULL:
        st = UKB_E_DISK_FULL;
        break;
    case SQLITE_NOMEM:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
        st = UKB_E_INTERNAL;
        break;
    default:
        break;
    }
    return ukb_raise(reterr, st, (unsigned long)code, "%s: %s", what, sqlite3_errmsg(db));
}

static enum ukb_status
run(struct ukb_journal *journal, const char *sql, const char *what, struct ukb_error *reterr)
{
    if (sqlite3_exec(journal->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return ukb_journal_raise(journal->db, what, reterr);
    }
    return UKB_OK;
}

enum ukb_status
ukb_journal_begin_write(struct ukb_journal *journal, struct ukb_error *reterr)
{
    return run(journal, "BEGIN IMMEDIATE", "cannot begin to write the journal", reterr);
}

enum ukb_status
ukb_journal_begin_read(struct ukb_journal *journal, struct ukb_error *reterr)
{
    return run(journal, "BEGIN", "cannot begin to read the journal", reterr);
}

enum ukb_status
ukb_journal_end(struct ukb_journal *journal, enum ukb_status st, struct ukb_error *reterr)
{
    if (st == UKB_OK) {
        st = run(journal, "COMMIT", "cannot keep what was written to the journal", reterr);
    }
    if (st != UKB_OK && sqlite3_get_autocommit(journal->db) == 0) {
        /* SQLite undoes some failed transactions by itself; what this one fails to undo, the next open does. */
        (void)sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return st;
}

static long long
system_now_s(void *ctx)
{
    (void)ctx;
    return (long long)time(NULL);
}

long long
ukb_journal_now_s(const struct ukb_journal *journal)
{
    return journal->now_s(journal->ctx);
}

void
ukb_journal_set_clock(struct ukb_journal *journal, long long (*now_s)(void *ctx), void *ctx)
{
    journal->now_s = now_s;
    journal->ctx = ctx;
}

static enum ukb_status
read_version(struct ukb_journal *journal, long long *ret_version, struct ukb_error *reterr)
{
    struct ukb_query query;
    long long version = 0;
    enum ukb_status st;

    ukb_query_init(&query, journal->db, "PRAGMA user_version");
    if (ukb_query_row(&query)) {
        version = ukb_query_integer(&query, 0);
    }
    st = ukb_query_end(&query, reterr);
    if (st == UKB_OK) {
        *ret_version = version;
    }
    return st;
}

/* Make the tables of a new file or change those of an older program; refuse a newer one's. In one transaction, for two
 * may open at once. */
static enum ukb_status
bring_up_to_date(struct ukb_journal *journal, struct ukb_error *reterr)
{
    long long version = 0;
    enum ukb_status st;

    st = read_version(journal, &version, reterr);
    if (st != UKB_OK || version == SCHEMA_VERSION) {
        return st;
    }
    st = ukb_journal_begin_write(journal, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = read_version(journal, &version, reterr);
    if (st == UKB_OK && (version < 0 || version > SCHEMA_VERSION)) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, 0, "the journal has version %lld, this program knows %lld",
                       version, SCHEMA_VERSION);
    }
    for (; st == UKB_OK && version < SCHEMA_VERSION; version++) {
        st = run(journal, upgrades[version], "cannot make the journal's tables", reterr);
    }
    return ukb_journal_end(journal, st, reterr);
}

static enum ukb_status
open_file(struct ukb_journal *journal, const char *path, struct ukb_error *reterr)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks, and each allocation would lock */
    if (sqlite3_open_v2(path, &journal->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        return ukb_journal_raise(journal->db, "cannot open the journal", reterr);
    }
    (void)sqlite3_extended_result_codes(journal->db, 1);
    (void)sqlite3_busy_timeout(journal->db, BUSY_TIMEOUT_MS);
    if (sqlite3_db_readonly(journal->db, "main") != 0) {
        return ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, SQLITE_READONLY, "the journal cannot be written");
    }
    return run(journal, settings, "cannot set the journal up", reterr);
}

enum ukb_status
ukb_journal_open(const char *path, struct ukb_journal **ret_journal, struct ukb_error *reterr)
{
    struct ukb_journal *journal = calloc(1, sizeof(*journal));
    enum ukb_status st;

    if (journal == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a journal");
    }
    journal->now_s = system_now_s;
    st = open_file(journal, path, reterr);
    if (st == UKB_OK) {
        st = bring_up_to_date(journal, reterr);
    }
    if (st != UKB_OK) {
        ukb_journal_close(journal);
        return st;
    }
    *ret_journal = journal;
    return UKB_OK;
}

/* Write, and undo it: only that opens the rollback journal, whose file may be another's. */
static enum ukb_status
try_write(struct ukb_journal *journal, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_journal_begin_write(journal, reterr);

    if (st != UKB_OK) {
        return st;
    }
    st = run(journal, "CREATE TABLE tried (word)", "the journal cannot be written", reterr);
    if (sqlite3_get_autocommit(journal->db) == 0) {
        (void)sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return st;
}

enum ukb_status
ukb_journal_check(struct ukb_journal *journal, struct ukb_error *reterr)
{
    char said[128] = "";
    struct ukb_query query;
    enum ukb_status st;

    ukb_query_init(&query, journal->db, "SELECT substr(quick_check, 1, 100) FROM pragma_quick_check(1)");
    if (ukb_query_row(&query)) {
        ukb_query_copy_text(&query, 0, said, sizeof(said));
    }
    st = ukb_query_end(&query, reterr);
    if (st == UKB_OK && strcmp(said, "ok") == 0) {
        return try_write(journal, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, SQLITE_CORRUPT, "the journal is damaged: %s", said);
    }
    return st;
}

void
ukb_journal_close(struct ukb_journal *journal)
{
    if (journal != NULL) {
        ukb_query_forget_all(journal->db);
        (void)sqlite3_close(journal->db); /* NULL is fine */
        free(journal);
    }
}
