/* SPDX-License-Identifier: MIT */
/* journal - a throw-away journal, and what a call works with. */
#ifndef UKB_TESTS_RENEWAL_JOURNAL_H
#define UKB_TESTS_RENEWAL_JOURNAL_H

#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/private_file.h"
#include "store/journal.h"

struct journal {
    char dir[32];
    struct ukb_journal *journal;
};

static inline void
journal_start(struct journal *journal)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error err = { 0 };

    /* in memory, where there is such a folder: some tests write thousands of records, each to the disk */
    (void)snprintf(journal->dir, sizeof(journal->dir), "%s/ukb-renewal-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(journal->dir));
    if (ukb_private_file_make(journal->dir, "state.sqlite3", &path, &err) != UKB_OK ||
        ukb_journal_open(ukb_buf_text(&path), &journal->journal, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    ukb_buf_done(&path);
}

static inline void
journal_stop(struct journal *journal)
{
    char path[64];

    ukb_journal_close(journal->journal);
    (void)snprintf(path, sizeof(path), "%s/state.sqlite3", journal->dir);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof(path), "%s/state.sqlite3-journal", journal->dir);
    (void)unlink(path); /* it stays, once there was a commit */
    assert_int_equal(rmdir(journal->dir), 0);
}

#endif /* UKB_TESTS_RENEWAL_JOURNAL_H */
