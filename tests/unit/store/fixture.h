/* SPDX-License-Identifier: MIT */
/* fixture - a journal in a throw-away folder, with a clock that the test sets. */
#ifndef UKB_TESTS_STORE_FIXTURE_H
#define UKB_TESTS_STORE_FIXTURE_H

#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/private_file.h"
#include "store/journal.h"

#define TOKEN_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TOKEN_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define CERT_A  "1111111111111111111111111111111111111111111111111111111111111111"
#define CERT_B  "2222222222222222222222222222222222222222222222222222222222222222"

struct fixture {
    char base[32];
    char dir[96];   /* two folders below base */
    char file[128]; /* the database */
    long long now_s;
    struct ukb_journal *journal;
};

static long long
fixture_now_s(void *ctx)
{
    return ((struct fixture *)ctx)->now_s;
}

/* As the worker opens it: the file first, then the journal in it. */
static inline enum ukb_status
open_journal(const struct fixture *f, struct ukb_journal **ret_journal, struct ukb_error *reterr)
{
    struct ukb_buf path = UKB_BUF_INIT(256);
    enum ukb_status st = ukb_private_file_make(f->dir, "state.sqlite3", &path, reterr);

    if (st == UKB_OK) {
        st = ukb_journal_open(ukb_buf_text(&path), ret_journal, reterr);
    }
    ukb_buf_done(&path);
    return st;
}

static void
fixture_open(struct fixture *f)
{
    struct ukb_error err = { 0 };

    assert_int_equal(open_journal(f, &f->journal, &err), UKB_OK);
    ukb_journal_set_clock(f->journal, fixture_now_s, f);
}

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    (void)snprintf(f->base, sizeof(f->base), "/tmp/ukb-store-XXXXXX");
    assert_non_null(mkdtemp(f->base));
    (void)snprintf(f->dir, sizeof(f->dir), "%s/state/ukeybridge", f->base);
    (void)snprintf(f->file, sizeof(f->file), "%s/state.sqlite3", f->dir);
    f->now_s = 1000;
    fixture_open(f);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    char path[160];

    ukb_journal_close(f->journal);
    (void)chmod(f->dir, 0700);
    (void)unlink(f->file);
    (void)snprintf(path, sizeof(path), "%s-journal", f->file);
    (void)unlink(path);
    (void)rmdir(f->dir);
    (void)snprintf(path, sizeof(path), "%s/state", f->base);
    (void)unlink(path);
    (void)rmdir(path);
    assert_int_equal(rmdir(f->base), 0); /* nothing else was left behind */
    free(f);
    return 0;
}

/* A renewal that is being prepared. Owns nothing but what is given. */
static inline struct ukb_renewal_record
fixture_record(const char *id, const char *origin, const char *token, const char *certificate_id)
{
    struct ukb_renewal_record record = { .kind = UKB_RENEWAL_RENEW, .key = UKB_RENEWAL_KEY_NEW };

    (void)snprintf(record.id, sizeof(record.id), "%s", id);
    (void)snprintf(record.algorithm, sizeof(record.algorithm), "EC-P256");
    (void)snprintf(record.token, sizeof(record.token), "%s", token);
    (void)snprintf(record.certificate_id, sizeof(record.certificate_id), "%s", certificate_id);
    record.origin = origin == NULL ? NULL : strdup(origin);
    return record;
}

static inline void
fixture_insert(struct fixture *f, const char *id, const char *origin, const char *token, const char *certificate_id)
{
    struct ukb_renewal_record record = fixture_record(id, origin, token, certificate_id);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_journal_insert(f->journal, &record, &err), UKB_OK);
    ukb_renewal_record_done(&record);
}

static inline enum ukb_status
fixture_move(struct fixture *f, const char *id, enum ukb_renewal_state from, enum ukb_renewal_state to)
{
    const struct ukb_renewal_change change = { .id = id, .from = from, .to = to, .step = "move" };
    struct ukb_error err = { 0 };

    return ukb_journal_advance(f->journal, &change, &err);
}

static inline enum ukb_renewal_state
fixture_state(struct fixture *f, const char *id)
{
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };
    enum ukb_renewal_state state;

    assert_int_equal(ukb_journal_get(f->journal, id, &record, &err), UKB_OK);
    state = record.state;
    ukb_renewal_record_done(&record);
    return state;
}

#endif /* UKB_TESTS_STORE_FIXTURE_H */
