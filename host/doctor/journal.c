/* SPDX-License-Identifier: MIT */
/* The journal's file, the renewals in it that were interrupted, and the folder of locks. */
#include "store/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doctor/looks.h"
#include "platform/file.h"
#include "platform/lock.h"
#include "platform/private_file.h"

#define JOURNAL       "state.sqlite3"
#define PAGES_MAX     8U
#define SQLITE_DAMAGE 11U /* SQLITE_CORRUPT (https://sqlite.org/rescode.html) … */
#define SQLITE_OTHER  26U /* … and SQLITE_NOTADB: not a database at all */
#define PRIMARY_CODE  0xFFU
#define NOT_PERMITTED 1U /* EPERM: others may write */

static void
path_of(const struct ukb_doctor *doctor, char ret_path[UKB_PATH_MAX_LEN + 32U])
{
    (void)snprintf(ret_path, UKB_PATH_MAX_LEN + 32U, "%s/" JOURNAL, doctor->setting->state_dir);
}

enum ukb_status
ukb_doctor_open_journal(const struct ukb_doctor *doctor, struct ukb_journal **ret_journal, bool *ret_reached,
                        struct ukb_error *reterr)
{
    char path[UKB_PATH_MAX_LEN + 32U];
    struct ukb_buf made = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_buf ignored = UKB_BUF_INIT(1);
    enum ukb_status st;

    *ret_reached = false;
    path_of(doctor, path);
    if (ukb_file_read(path, UKB_FILE_OF_ANYONE, &ignored, reterr) == UKB_END) {
        ukb_buf_done(&ignored);
        return UKB_END;
    }
    ukb_buf_done(&ignored);
    memset(reterr, 0, sizeof(*reterr));
    st = ukb_private_file_make(doctor->setting->state_dir, JOURNAL, &made, reterr);
    if (st == UKB_OK) {
        *ret_reached = true;
        st = ukb_journal_open(ukb_buf_text(&made), ret_journal, reterr);
    }
    ukb_buf_done(&made);
    return st;
}

/* What keeps the journal from being used; @p reached: its file could be opened. */
static enum ukb_cause
cause_of(const struct ukb_error *error, bool reached)
{
    const unsigned long code = error->native & PRIMARY_CODE;

    if (!reached) {
        return error->native == NOT_PERMITTED ? UKB_CAUSE_JOURNAL_ACCESS : UKB_CAUSE_JOURNAL_FOREIGN;
    }
    if (code == SQLITE_DAMAGE || code == SQLITE_OTHER) {
        return UKB_CAUSE_JOURNAL_DAMAGED;
    }
    return error->native == 0 && strstr(error->message, "version") != NULL ? UKB_CAUSE_JOURNAL_NEWER
                                                                           : UKB_CAUSE_JOURNAL_UNAVAILABLE;
}

void
ukb_look_journal(struct ukb_doctor *doctor)
{
    const char *dir = doctor->setting->state_dir;
    struct ukb_journal *journal = NULL;
    struct ukb_error error = { 0 };
    struct ukb_finding *row = NULL;
    bool reached = false;
    enum ukb_status st = ukb_doctor_open_journal(doctor, &journal, &reached, &error);

    if (st == UKB_END) {
        row = ukb_found(doctor, UKB_CAUSE_JOURNAL_NONE, NULL);
        ukb_found_evidence(row, "no %s/" JOURNAL, dir);
        return;
    }
    if (st == UKB_OK) {
        st = ukb_journal_check(journal, &error);
    }
    ukb_journal_close(journal);
    row = ukb_found(doctor, st == UKB_OK ? UKB_CAUSE_GOOD : cause_of(&error, reached), NULL);
    ukb_found_evidence(row, "%s/" JOURNAL "%s%s", dir, st == UKB_OK ? "" : ": ", error.message);
    if (st != UKB_OK && !reached) { /* whoever's it is may have written it: it must not come into force */
        ukb_found_command(row, "sudo mv {1} {1}.set-aside", dir, NULL);
    } else if (st != UKB_OK && row->cause == UKB_CAUSE_JOURNAL_UNAVAILABLE) {
        ukb_found_command(row, "sudo chown -R \"$(id -u):$(id -g)\" {1} && chmod -R u+rwX,go-w {1}", dir, NULL);
    }
}

/* What others could write is set aside as what is damaged is: the UKey, not the journal, says what is on it. */
bool
ukb_repair_journal(struct ukb_doctor *doctor, const struct ukb_finding *finding)
{
    static const char *const endings[] = { "", "-journal" }; /* what SQLite left beside it belongs to it */
    const bool access = finding->cause == UKB_CAUSE_JOURNAL_ACCESS;
    char path[UKB_PATH_MAX_LEN + 32U];
    char from[UKB_PATH_MAX_LEN + 64U];
    char to[UKB_PATH_MAX_LEN + 96U];
    bool done = true;
    size_t i;

    path_of(doctor, path);
    if (access && !ukb_private_file_mend(doctor->setting->state_dir)) {
        return false; /* else others could put another one in its place */
    }
    for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        (void)snprintf(from, sizeof(from), "%s%s", path, endings[i]);
        (void)snprintf(to, sizeof(to), "%s.%lld.%s%s", path, doctor->setting->now_s, access ? "set-aside" : "damaged",
                       endings[i]);
        done = (rename(from, to) == 0 || (errno == ENOENT && i > 0)) && done;
    }
    return done;
}

/* A renewal that is under way holds the token's lock: that is no interruption (renewal/pending.c). */
static bool
is_under_way(const struct ukb_doctor *doctor, const char *token)
{
    struct ukb_lock *lock = NULL;
    struct ukb_error ignored = { 0 };
    char name[UKB_TOKEN_ID_LEN + sizeof("token-")];
    bool is;

    (void)snprintf(name, sizeof(name), "token-%s", token);
    is = ukb_lock_share(doctor->setting->lock_dir, name, 0, UKB_E_TOKEN_BUSY, &lock, &ignored) == UKB_E_TOKEN_BUSY;
    ukb_lock_release(lock);
    return is;
}

/* The list was read before that. */
static bool
has_gone_on(struct ukb_journal *journal, const struct ukb_renewal_record *renewal)
{
    struct ukb_renewal_record now = { 0 };
    struct ukb_error ignored = { 0 };
    const bool has = ukb_journal_get(journal, renewal->id, &now, &ignored) == UKB_OK && now.state != renewal->state;

    ukb_renewal_record_done(&now);
    return has;
}

static void
tell_renewal(struct ukb_doctor *doctor, struct ukb_journal *journal, const struct ukb_renewal_record *renewal)
{
    const bool attention = renewal->state == UKB_RENEWAL_NEEDS_ATTENTION;
    struct ukb_finding *row = NULL;
    char params[2U * UKB_RENEWAL_ID_MAX_LEN];

    if ((!attention && renewal->state != UKB_RENEWAL_INSTALLING && renewal->state != UKB_RENEWAL_PREPARING) ||
        is_under_way(doctor, renewal->token) || has_gone_on(journal, renewal)) {
        return;
    }
    row = ukb_found(doctor, attention ? UKB_CAUSE_RENEWAL_ATTENTION : UKB_CAUSE_RENEWAL_INTERRUPTED, renewal->id);
    ukb_found_evidence(row, "%s, UKey %s%s%s", ukb_renewal_state_name(renewal->state), renewal->token,
                       renewal->origin == NULL ? "" : ", ", renewal->origin == NULL ? "" : renewal->origin);
    (void)snprintf(params, sizeof(params), "{\"%s\":\"%s\"}", attention ? "renewal" : "token",
                   attention ? renewal->id : renewal->token);
    ukb_found_command(row, attention ? "{1} call renewal.abandon {2}" : "{1} call renewal.recover {2}",
                      doctor->setting->program, params);
}

void
ukb_look_renewals(struct ukb_doctor *doctor)
{
    struct ukb_renewal_list list = { .items = NULL };
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    struct ukb_journal *journal = NULL;
    struct ukb_error error = { 0 };
    bool reached = false;
    enum ukb_status st = ukb_doctor_open_journal(doctor, &journal, &reached, &error);
    size_t page;
    size_t i;

    for (page = 0; st == UKB_OK && page < PAGES_MAX && (page == 0 || cursor[0] != '\0'); page++) {
        st = ukb_journal_list(journal, NULL, NULL, cursor, UKB_PAGE_MAX_ITEMS, &list, &error);
        for (i = 0; st == UKB_OK && i < list.count; i++) {
            tell_renewal(doctor, journal, &list.items[i]);
        }
        (void)snprintf(cursor, sizeof(cursor), "%s", list.next);
        ukb_renewal_list_done(&list);
    }
    ukb_journal_close(journal);
    if (st != UKB_OK && st != UKB_END) {
        struct ukb_finding *row = ukb_found(doctor, UKB_CAUSE_NOT_ASKED, NULL);

        ukb_found_evidence(row, "%s", error.message);
    }
}

void
ukb_look_locks(struct ukb_doctor *doctor)
{
    const char *dir = doctor->setting->lock_dir;
    struct ukb_lock *lock = NULL;
    struct ukb_error error = { 0 };
    struct ukb_finding *row = NULL;
    enum ukb_status st = UKB_OK;

    if (ukb_file_exists(dir)) {
        st = ukb_lock_take(dir, "doctor", 0, UKB_E_TOKEN_BUSY, &lock, &error);
        ukb_lock_release(lock);
    }
    if (st == UKB_OK || st == UKB_E_TOKEN_BUSY) {
        return;
    }
    row = ukb_found(doctor, error.native == NOT_PERMITTED ? UKB_CAUSE_LOCKS_ACCESS : UKB_CAUSE_LOCKS_FOREIGN, NULL);
    ukb_found_evidence(row, "%s: %s", dir, error.message);
    if (error.native != NOT_PERMITTED) {
        ukb_found_command(row, "sudo chown -R \"$(id -u):$(id -g)\" {1} && chmod -R u+rwX,go-w {1}", dir, NULL);
    }
}

bool
ukb_repair_locks(struct ukb_doctor *doctor, const struct ukb_finding *finding)
{
    return finding->cause == UKB_CAUSE_LOCKS_ACCESS && ukb_private_file_mend(doctor->setting->lock_dir);
}
