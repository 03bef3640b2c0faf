/* SPDX-License-Identifier: MIT */
/*
 * internal - what the files of the store share.
 *
 * Room: store, inside only.
 */
#ifndef UKB_STORE_INTERNAL_H
#define UKB_STORE_INTERNAL_H

#include <stdbool.h>

#include <sqlite3.h>

#include "core/status.h"
#include "store/audit.h"
#include "store/journal.h"

struct ukb_journal {
    sqlite3 *db;
    long long (*now_s)(void *ctx);
    void *ctx;
};

/** Begin a transaction that will write (it waits for other writers now, not at its end). */
UKB_MUST_USE enum ukb_status ukb_journal_begin_write(struct ukb_journal *journal, struct ukb_error *reterr);

/** Begin a transaction that reads: all of its queries see one state. */
UKB_MUST_USE enum ukb_status ukb_journal_begin_read(struct ukb_journal *journal, struct ukb_error *reterr);

/** End the transaction: keep its work when @p st is UKB_OK, else undo it. Returns @p st, or why it could not be kept.
 */
UKB_MUST_USE enum ukb_status ukb_journal_end(struct ukb_journal *journal, enum ukb_status st, struct ukb_error *reterr);

/**
 * Read a cursor: the sequence number of the last row that was shown, in decimal. NULL and "" read as above all.
 * @retval UKB_E_PARAMS  it is none of ours; attribute "field".
 */
UKB_MUST_USE enum ukb_status ukb_journal_read_cursor(const char *cursor, long long *ret_below,
                                                     struct ukb_error *reterr);

/** As ukb_audit_add(), inside a transaction that was begun. */
UKB_MUST_USE enum ukb_status ukb_audit_insert(struct ukb_journal *journal, const struct ukb_audit_entry *entry,
                                              struct ukb_error *reterr);

/** The journal's clock, Unix seconds. */
long long ukb_journal_now_s(const struct ukb_journal *journal);

/** Raise the status that stands for SQLite's last result on @p db, with its message. @p what: "cannot write", say. */
UKB_MUST_USE enum ukb_status ukb_journal_raise(sqlite3 *db, const char *what, struct ukb_error *reterr);

/* Names in the database, by enum; _from answers false for an unknown one. */
const char *ukb_renewal_state_stored(enum ukb_renewal_state state);
bool ukb_renewal_state_from(const char *stored, enum ukb_renewal_state *ret_state);
bool ukb_renewal_kind_from(const char *name, enum ukb_renewal_kind *ret_kind);

/** True when a renewal may go from @p from to @p to. */
bool ukb_renewal_state_may(enum ukb_renewal_state from, enum ukb_renewal_state to);

#endif /* UKB_STORE_INTERNAL_H */
