/* SPDX-License-Identifier: MIT */
#include "store/audit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"
#include "store/query.h"

static enum ukb_status
insert(struct ukb_journal *journal, const struct ukb_audit_entry *entry, struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   "INSERT INTO audit (at_s, origin, method, token, module, outcome, user_activation, refused)"
                   " VALUES (:at_s, :origin, :method, :token, :module, :outcome, :user_activation, :refused)");
    ukb_query_set_integer(&query, ":at_s", ukb_journal_now_s(journal));
    ukb_query_set_text(&query, ":origin", entry->origin);
    ukb_query_set_text(&query, ":method", entry->method);
    ukb_query_set_text(&query, ":token", entry->token);
    ukb_query_set_text(&query, ":module", entry->module);
    ukb_query_set_text(&query, ":outcome", entry->outcome);
    ukb_query_set_integer(&query, ":user_activation", entry->user_activation);
    ukb_query_set_integer(&query, ":refused", entry->refused);
    return ukb_query_end(&query, reterr);
}

static enum ukb_status
forget_oldest(struct ukb_journal *journal, bool refused, struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   "DELETE FROM audit WHERE refused = :refused AND seq <= (SELECT seq FROM audit"
                   " WHERE refused = :refused ORDER BY seq DESC LIMIT 1 OFFSET :kept)");
    ukb_query_set_integer(&query, ":refused", refused);
    ukb_query_set_integer(&query, ":kept", refused ? UKB_AUDIT_REFUSED_MAX : UKB_AUDIT_DONE_MAX);
    return ukb_query_end(&query, reterr);
}

enum ukb_status
ukb_audit_insert(struct ukb_journal *journal, const struct ukb_audit_entry *entry, struct ukb_error *reterr)
{
    enum ukb_status st = insert(journal, entry, reterr);

    return st == UKB_OK ? forget_oldest(journal, entry->refused, reterr) : st;
}

enum ukb_status
ukb_audit_add(struct ukb_journal *journal, const struct ukb_audit_entry *entry, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_journal_begin_write(journal, reterr);

    if (st != UKB_OK) {
        return st;
    }
    return ukb_journal_end(journal, ukb_audit_insert(journal, entry, reterr), reterr);
}

static void
read_entry(struct ukb_query *query, struct ukb_audit_entry *ret_entry)
{
    ret_entry->at_s = ukb_query_integer(query, 1);
    ukb_query_copy_text(query, 2, ret_entry->origin, sizeof(ret_entry->origin));
    ukb_query_copy_text(query, 3, ret_entry->method, sizeof(ret_entry->method));
    ukb_query_copy_text(query, 4, ret_entry->token, sizeof(ret_entry->token));
    ukb_query_copy_text(query, 5, ret_entry->outcome, sizeof(ret_entry->outcome));
    ret_entry->user_activation = ukb_query_integer(query, 6) != 0;
    ret_entry->refused = ukb_query_integer(query, 7) != 0;
    ukb_query_copy_text(query, 8, ret_entry->module, sizeof(ret_entry->module));
}

/* The rows of @p query, of which one more than @p limit was asked for: that one only tells that there is a next page.
 */
static void
read_page(struct ukb_query *query, size_t limit, struct ukb_audit_list *list)
{
    long long last = 0;

    while (ukb_query_row(query)) {
        if (list->count == limit) {
            (void)snprintf(list->next, sizeof(list->next), "%lld", last);
            continue;
        }
        last = ukb_query_integer(query, 0);
        read_entry(query, &list->items[list->count++]);
    }
}

enum ukb_status
ukb_audit_list(struct ukb_journal *journal, const char *cursor, size_t limit, struct ukb_audit_list *ret_list,
               struct ukb_error *reterr)
{
    struct ukb_audit_list list = { .items = NULL };
    struct ukb_query query;
    long long below = 0;
    enum ukb_status st = ukb_journal_read_cursor(cursor, &below, reterr);

    assert(limit > 0 && limit <= UKB_PAGE_MAX_ITEMS);
    if (st != UKB_OK) {
        return st;
    }
    list.items = calloc(limit, sizeof(*list.items));
    if (list.items == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for audit entries");
    }
    ukb_query_init(&query, journal->db,
                   "SELECT seq, at_s, origin, method, token, outcome, user_activation, refused, module FROM audit"
                   " WHERE seq < :below ORDER BY seq DESC LIMIT :limit");
    ukb_query_set_integer(&query, ":below", below);
    ukb_query_set_integer(&query, ":limit", (long long)limit + 1);
    read_page(&query, limit, &list);
    st = ukb_query_end(&query, reterr);
    if (st != UKB_OK) {
        ukb_audit_list_done(&list);
        return st;
    }
    *ret_list = list;
    return UKB_OK;
}

void
ukb_audit_list_done(struct ukb_audit_list *list)
{
    if (list != NULL) {
        free(list->items);
        memset(list, 0, sizeof(*list));
    }
}
