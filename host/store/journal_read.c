/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"
#include "store/query.h"

/* The order of the columns in a row, and in COLUMNS. */
enum column {
    C_SEQ,
    C_ID,
    C_KIND,
    C_KEY_MODE,
    C_ALGORITHM,
    C_ORIGIN,
    C_ORDER,
    C_TOKEN,
    C_CERTIFICATE_ID,
    C_STATE,
    C_CREATED,
    C_UPDATED,
    C_KEY_ID,
    C_KEY_TYPE,
    C_KEY_MODULUS,
    C_KEY_EXPONENT,
    C_KEY_PARAMS,
    C_KEY_POINT,
    C_REQUEST_PEM,
    C_REQUEST_SIGNED_PEM,
    C_ERROR_REASON,
    C_ERROR_MESSAGE
};

#define COLUMNS                                                                                                        \
    "SELECT seq, id, kind, key_mode, algorithm, origin, order_number, token, certificate_id, state, created_s,"        \
    " updated_s, key_id, key_type, key_modulus, key_exponent, key_params, key_point, request_pem,"                     \
    " request_signed_pem, error_reason, error_message FROM renewal "

#define IS_OPEN "state IN ('preparing', 'requested', 'installing', 'needs-attention') "

#define OPEN "SELECT seq FROM renewal WHERE token = :token AND " IS_OPEN

/*
 * The old pair was to go, and it is not noted that it went. CROSS JOIN (SQLite: in this order) begins with the index of
 * promises, however long the journal is.
 */
#define RETIRING                                                                                                       \
    "SELECT promise.renewal FROM step AS promise CROSS JOIN renewal AS promising"                                      \
    " ON promising.seq = promise.renewal"                                                                              \
    " WHERE promise.name = '" UKB_JOURNAL_STEP_COMMIT "' AND promise.outcome = '" UKB_JOURNAL_STEP_RETIRE_OLD "'"      \
    " AND promising.token = :token AND promising.state = 'installed'"                                                  \
    " AND NOT EXISTS (SELECT 1 FROM step WHERE step.renewal = promise.renewal"                                         \
    " AND step.name = '" UKB_JOURNAL_STEP_RETIRE_OLD "') "

static void
read_public_key(struct ukb_query *query, struct ukb_public_key *ret_key)
{
    const long long type = ukb_query_integer(query, C_KEY_TYPE);

    ret_key->type = type > UKB_KEY_UNKNOWN && type <= UKB_KEY_SM2 ? (enum ukb_key_type)type : UKB_KEY_UNKNOWN;
    ret_key->modulus_len = ukb_query_copy_bytes(query, C_KEY_MODULUS, ret_key->modulus, sizeof(ret_key->modulus));
    ret_key->exponent_len = ukb_query_copy_bytes(query, C_KEY_EXPONENT, ret_key->exponent, sizeof(ret_key->exponent));
    ret_key->params_len = ukb_query_copy_bytes(query, C_KEY_PARAMS, ret_key->params, sizeof(ret_key->params));
    ret_key->point_len = ukb_query_copy_bytes(query, C_KEY_POINT, ret_key->point, sizeof(ret_key->point));
}

/* False when a name in the row is none of ours. */
static bool
read_names(struct ukb_query *query, struct ukb_renewal_record *record)
{
    char kind[32];
    char key_mode[32];
    char state[32];
    char reason[64];

    ukb_query_copy_text(query, C_KIND, kind, sizeof(kind));
    ukb_query_copy_text(query, C_KEY_MODE, key_mode, sizeof(key_mode));
    ukb_query_copy_text(query, C_STATE, state, sizeof(state));
    ukb_query_copy_text(query, C_ERROR_REASON, reason, sizeof(reason));
    record->key = strcmp(key_mode, "same") == 0 ? UKB_RENEWAL_KEY_SAME : UKB_RENEWAL_KEY_NEW;
    record->error = reason[0] == '\0' ? UKB_OK : ukb_status_from_reason(reason);
    return ukb_renewal_kind_from(kind, &record->kind) && ukb_renewal_state_from(state, &record->state);
}

/* Read the row of @p query into @p record, which is freed by the caller on failure too. */
static void
read_row(struct ukb_query *query, struct ukb_renewal_record *record)
{
    if (!read_names(query, record)) {
        query->misfit = "state or kind";
        query->code = SQLITE_CORRUPT;
    }
    ukb_query_copy_text(query, C_ID, record->id, sizeof(record->id));
    ukb_query_copy_text(query, C_ALGORITHM, record->algorithm, sizeof(record->algorithm));
    record->origin = ukb_query_take_text(query, C_ORIGIN);
    record->order = ukb_query_take_text(query, C_ORDER);
    ukb_query_copy_text(query, C_TOKEN, record->token, sizeof(record->token));
    ukb_query_copy_text(query, C_CERTIFICATE_ID, record->certificate_id, sizeof(record->certificate_id));
    record->created_s = ukb_query_integer(query, C_CREATED);
    record->updated_s = ukb_query_integer(query, C_UPDATED);
    record->key_id_len = ukb_query_copy_bytes(query, C_KEY_ID, record->key_id, sizeof(record->key_id));
    read_public_key(query, &record->public_key);
    record->request_pem = ukb_query_take_text(query, C_REQUEST_PEM);
    record->request_signed_pem = ukb_query_take_text(query, C_REQUEST_SIGNED_PEM);
    ukb_query_copy_text(query, C_ERROR_MESSAGE, record->error_message, sizeof(record->error_message));
}

static enum ukb_status
read_objects(struct ukb_journal *journal, long long seq, struct ukb_renewal_record *record, struct ukb_error *reterr)
{
    struct ukb_query query;

    record->objects = calloc(UKB_RENEWAL_OBJECTS_MAX, sizeof(*record->objects));
    if (record->objects == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a renewal's objects");
    }
    ukb_query_init(&query, journal->db,
                   "SELECT action, role, sha256, der, key_id, temp_id, imported, was_there FROM object"
                   " WHERE renewal = :renewal ORDER BY action DESC, rowid LIMIT :limit"); /* "old" before "new" */
    ukb_query_set_integer(&query, ":renewal", seq);
    ukb_query_set_integer(&query, ":limit", UKB_RENEWAL_OBJECTS_MAX);
    while (record->object_count < UKB_RENEWAL_OBJECTS_MAX && ukb_query_row(&query)) {
        struct ukb_renewal_object *object = &record->objects[record->object_count++];
        char action[8];

        ukb_query_copy_text(&query, 0, action, sizeof(action));
        object->action = strcmp(action, "old") == 0 ? UKB_RENEWAL_OLD : UKB_RENEWAL_NEW;
        ukb_query_copy_text(&query, 1, object->role, sizeof(object->role));
        ukb_query_copy_text(&query, 2, object->sha256, sizeof(object->sha256));
        object->der = ukb_query_take_bytes(&query, 3, UKB_CERTIFICATE_DER_MAX_LEN, &object->der_len);
        object->key_id_len = ukb_query_copy_bytes(&query, 4, object->key_id, sizeof(object->key_id));
        object->temp_id_len = ukb_query_copy_bytes(&query, 5, object->temp_id, sizeof(object->temp_id));
        object->imported = ukb_query_integer(&query, 6) != 0;
        object->was_there = ukb_query_integer(&query, 7) != 0;
    }
    return ukb_query_end(&query, reterr);
}

static enum ukb_status
read_steps(struct ukb_journal *journal, long long seq, struct ukb_renewal_record *record, struct ukb_error *reterr)
{
    struct ukb_query query;

    record->steps = calloc(UKB_RENEWAL_STEPS_MAX, sizeof(*record->steps));
    if (record->steps == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a renewal's steps");
    }
    ukb_query_init(&query, journal->db,
                   "SELECT name, at_s, outcome FROM (SELECT rowid AS n, * FROM step WHERE renewal = :renewal"
                   " ORDER BY n DESC LIMIT :limit) ORDER BY n");
    ukb_query_set_integer(&query, ":renewal", seq);
    ukb_query_set_integer(&query, ":limit", UKB_RENEWAL_STEPS_MAX);
    while (record->step_count < UKB_RENEWAL_STEPS_MAX && ukb_query_row(&query)) {
        struct ukb_renewal_step *step = &record->steps[record->step_count++];

        ukb_query_copy_text(&query, 0, step->name, sizeof(step->name));
        step->at_s = ukb_query_integer(&query, 1);
        ukb_query_copy_text(&query, 2, step->outcome, sizeof(step->outcome));
    }
    return ukb_query_end(&query, reterr);
}

/* Read up to @p limit rows of @p query, and all that belongs to them. */
static enum ukb_status
read_rows(struct ukb_journal *journal, struct ukb_query *query, size_t limit, struct ukb_renewal_list *list,
          struct ukb_error *reterr)
{
    long long seq = 0;
    enum ukb_status st = UKB_OK;

    while (st == UKB_OK && list->count < limit && ukb_query_row(query)) {
        struct ukb_renewal_record *record = &list->items[list->count++];

        seq = ukb_query_integer(query, C_SEQ);
        read_row(query, record);
        st = read_objects(journal, seq, record, reterr);
        if (st == UKB_OK) {
            st = read_steps(journal, seq, record, reterr);
        }
    }
    if (st == UKB_OK && list->count == limit && ukb_query_row(query)) {
        (void)snprintf(list->next, sizeof(list->next), "%lld", seq); /* one more row: there is another page */
    }
    return st;
}

/* The same, in one transaction, ending @p query. */
static enum ukb_status
read_list(struct ukb_journal *journal, struct ukb_query *query, size_t limit, struct ukb_renewal_list *ret_list,
          struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st;

    list.items = calloc(limit, sizeof(*list.items));
    if (list.items == NULL) {
        ukb_query_drop(query);
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu renewals", limit);
    }
    st = ukb_journal_begin_read(journal, reterr);
    if (st != UKB_OK) {
        ukb_query_drop(query);
        goto out;
    }
    st = read_rows(journal, query, limit, &list, reterr);
    if (st == UKB_OK) {
        st = ukb_query_end(query, reterr);
    } else {
        ukb_query_drop(query);
    }
    st = ukb_journal_end(journal, st, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    *ret_list = list;
    memset(&list, 0, sizeof(list));
out:
    ukb_renewal_list_done(&list);
    return st;
}

/* The first row of @p query; UKB_E_NO_RENEWAL when there is none. */
static enum ukb_status
read_one(struct ukb_journal *journal, struct ukb_query *query, struct ukb_renewal_record *ret_record,
         struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st = read_list(journal, query, 1, &list, reterr);

    if (st == UKB_OK && list.count == 0) {
        st = ukb_raise(reterr, UKB_E_NO_RENEWAL, 0, "the journal knows no such renewal");
    }
    if (st == UKB_OK) {
        *ret_record = list.items[0];
        list.count = 0; /* moved */
    }
    ukb_renewal_list_done(&list);
    return st;
}

enum ukb_status
ukb_journal_get(struct ukb_journal *journal, const char *id, struct ukb_renewal_record *ret_record,
                struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db, COLUMNS "WHERE id = :id");
    ukb_query_set_text(&query, ":id", id);
    return read_one(journal, &query, ret_record, reterr);
}

enum ukb_status
ukb_journal_find_open(struct ukb_journal *journal, const char *origin, const char *token, const char *certificate_id,
                      struct ukb_renewal_record *ret_record, struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   COLUMNS "WHERE origin IS :origin AND token = :token AND " IS_OPEN
                           "AND (:certificate_id IS NULL OR certificate_id = :certificate_id)"
                           " ORDER BY seq DESC LIMIT 1");
    ukb_query_set_text(&query, ":origin", origin);
    ukb_query_set_text(&query, ":token", token);
    ukb_query_set_text(&query, ":certificate_id", certificate_id);
    return read_one(journal, &query, ret_record, reterr);
}

enum ukb_status
ukb_journal_read_cursor(const char *cursor, long long *ret_below, struct ukb_error *reterr)
{
    long long below = 0;
    enum ukb_status st;
    size_t i;

    if (cursor == NULL || cursor[0] == '\0') {
        *ret_below = LLONG_MAX;
        return UKB_OK;
    }
    for (i = 0; cursor[i] >= '0' && cursor[i] <= '9' && i < 18; i++) {
        below = below * 10 + (cursor[i] - '0');
    }
    if (cursor[i] != '\0' || cursor[0] == '0') {
        st = ukb_raise(reterr, UKB_E_PARAMS, 0, "not a cursor that was given out");
        ukb_error_add_string(reterr, "field", "cursor");
        return st;
    }
    *ret_below = below;
    return UKB_OK;
}

enum ukb_status
ukb_journal_list(struct ukb_journal *journal, const char *origin, const char *token, const char *cursor, size_t limit,
                 struct ukb_renewal_list *ret_list, struct ukb_error *reterr)
{
    long long below = 0;
    struct ukb_query query;
    enum ukb_status st = ukb_journal_read_cursor(cursor, &below, reterr);

    assert(limit > 0 && limit <= UKB_PAGE_MAX_ITEMS);
    if (st != UKB_OK) {
        return st;
    }
    ukb_query_init(&query, journal->db,
                   COLUMNS "WHERE seq < :below AND (:origin IS NULL OR origin = :origin)"
                           " AND (:token IS NULL OR token = :token) ORDER BY seq DESC LIMIT :limit");
    ukb_query_set_integer(&query, ":below", below);
    ukb_query_set_text(&query, ":origin", origin);
    ukb_query_set_text(&query, ":token", token);
    ukb_query_set_integer(&query, ":limit", (long long)limit + 1);
    return read_list(journal, &query, limit, ret_list, reterr);
}

enum ukb_status
ukb_journal_list_unfinished(struct ukb_journal *journal, const char *token, struct ukb_renewal_list *ret_list,
                            struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   COLUMNS "WHERE seq IN (" OPEN "UNION ALL " RETIRING ")"
                           " ORDER BY state IN ('requested', 'needs-attention'), seq LIMIT :limit");
    ukb_query_set_text(&query, ":token", token);
    ukb_query_set_integer(&query, ":limit", UKB_PAGE_MAX_ITEMS);
    return read_list(journal, &query, UKB_PAGE_MAX_ITEMS, ret_list, reterr);
}

enum ukb_status
ukb_journal_list_superseding(struct ukb_journal *journal, const char *token, struct ukb_renewal_list *ret_list,
                             struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   COLUMNS "WHERE token = :token AND state = 'installed' AND key_mode = 'new'"
                           " ORDER BY seq DESC LIMIT :limit");
    ukb_query_set_text(&query, ":token", token);
    ukb_query_set_integer(&query, ":limit", UKB_PAGE_MAX_ITEMS);
    return read_list(journal, &query, UKB_PAGE_MAX_ITEMS, ret_list, reterr);
}
