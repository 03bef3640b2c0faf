/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "store/internal.h"
#include "store/query.h"

/* Copy @p from to @p to, leaving out the end of what is too long, between characters. */
static void
copy_cut(char *to, size_t size, const char *from)
{
    size_t len = strlen(from);

    if (len >= size) {
        len = size - 1U;
        while (len > 0 && ((unsigned char)from[len] & 0xC0U) == 0x80U) {
            len--;
        }
    }
    memcpy(to, from, len);
    to[len] = '\0';
}

static enum ukb_status
write_step(struct ukb_journal *journal, long long seq, const char *name, const char *outcome, struct ukb_error *reterr)
{
    struct ukb_renewal_step step = { 0 };
    struct ukb_query query;

    copy_cut(step.name, sizeof(step.name), name);
    copy_cut(step.outcome, sizeof(step.outcome), outcome == NULL ? "ok" : outcome);
    ukb_query_init(&query, journal->db,
                   "INSERT INTO step (renewal, at_s, name, outcome) VALUES (:renewal, :at_s, :name, :outcome)");
    ukb_query_set_integer(&query, ":renewal", seq);
    ukb_query_set_integer(&query, ":at_s", ukb_journal_now_s(journal));
    ukb_query_set_text(&query, ":name", step.name);
    ukb_query_set_text(&query, ":outcome", step.outcome);
    return ukb_query_end(&query, reterr);
}

static enum ukb_status
write_object(struct ukb_journal *journal, long long seq, const struct ukb_renewal_object *object,
             struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   "INSERT INTO object (renewal, action, role, sha256, der, key_id, temp_id, imported,"
                   " was_there)"
                   " VALUES (:renewal, :action, :role, :sha256, :der, :key_id, :temp_id, :imported, :was_there)");
    ukb_query_set_integer(&query, ":renewal", seq);
    ukb_query_set_text(&query, ":action", object->action == UKB_RENEWAL_OLD ? "old" : "new");
    ukb_query_set_text(&query, ":role", object->role);
    ukb_query_set_text(&query, ":sha256", object->sha256);
    ukb_query_set_bytes(&query, ":der", object->der, object->der_len);
    ukb_query_set_bytes(&query, ":key_id", object->key_id, object->key_id_len);
    ukb_query_set_bytes(&query, ":temp_id", object->temp_id, object->temp_id_len);
    ukb_query_set_integer(&query, ":imported", object->imported);
    ukb_query_set_integer(&query, ":was_there", object->was_there);
    return ukb_query_end(&query, reterr);
}

/* Put @p objects in the place of those that renewal @p seq has. */
static enum ukb_status
replace_objects(struct ukb_journal *journal, long long seq, const struct ukb_renewal_object *objects, size_t count,
                struct ukb_error *reterr)
{
    struct ukb_query query;
    enum ukb_status st;
    size_t i;

    assert(count <= UKB_RENEWAL_OBJECTS_MAX);
    ukb_query_init(&query, journal->db, "DELETE FROM object WHERE renewal = :renewal");
    ukb_query_set_integer(&query, ":renewal", seq);
    st = ukb_query_end(&query, reterr);
    for (i = 0; st == UKB_OK && i < count; i++) {
        st = write_object(journal, seq, &objects[i], reterr);
    }
    return st;
}

static void
set_public_key(struct ukb_query *query, const struct ukb_public_key *key)
{
    ukb_query_set_integer(query, ":key_type", key->type);
    ukb_query_set_bytes(query, ":key_modulus", key->modulus, key->modulus_len);
    ukb_query_set_bytes(query, ":key_exponent", key->exponent, key->exponent_len);
    ukb_query_set_bytes(query, ":key_params", key->params, key->params_len);
    ukb_query_set_bytes(query, ":key_point", key->point, key->point_len);
}

/* The reason under which an error is kept; JSON-RPC's own have none and are bugs of ours. */
static const char *
reason_of(enum ukb_status status)
{
    const char *reason = ukb_status_reason(status);

    return reason == NULL ? "INTERNAL" : reason;
}

static enum ukb_status
insert_row(struct ukb_journal *journal, const struct ukb_renewal_record *record, struct ukb_error *reterr)
{
    const bool failed = record->error != UKB_OK;
    struct ukb_query query;
    enum ukb_status st;

    ukb_query_init(&query, journal->db,
                   "INSERT INTO renewal (id, kind, key_mode, algorithm, origin, order_number, token, certificate_id,"
                   " state, created_s, updated_s, key_id, key_type, key_modulus, key_exponent, key_params,"
                   " key_point, request_pem, request_signed_pem, error_reason, error_message)"
                   " VALUES (:id, :kind, :key_mode, :algorithm, :origin, :order_number, :token, :certificate_id,"
                   " :state, :now_s, :now_s, :key_id, :key_type, :key_modulus, :key_exponent, :key_params,"
                   " :key_point, :request_pem, :request_signed_pem, :error_reason, :error_message)");
    ukb_query_set_text(&query, ":id", record->id);
    ukb_query_set_text(&query, ":kind", ukb_renewal_kind_name(record->kind));
    ukb_query_set_text(&query, ":key_mode", record->key == UKB_RENEWAL_KEY_SAME ? "same" : "new");
    ukb_query_set_text(&query, ":algorithm", record->algorithm);
    ukb_query_set_text(&query, ":origin", record->origin);
    ukb_query_set_text(&query, ":order_number", record->order);
    ukb_query_set_text(&query, ":token", record->token);
    ukb_query_set_text(&query, ":certificate_id", record->certificate_id);
    ukb_query_set_text(&query, ":state", ukb_renewal_state_stored(record->state));
    ukb_query_set_integer(&query, ":now_s", ukb_journal_now_s(journal));
    ukb_query_set_bytes(&query, ":key_id", record->key_id, record->key_id_len);
    set_public_key(&query, &record->public_key);
    ukb_query_set_text(&query, ":request_pem", record->request_pem);
    ukb_query_set_text(&query, ":request_signed_pem", record->request_signed_pem);
    ukb_query_set_text(&query, ":error_reason", failed ? reason_of(record->error) : NULL);
    ukb_query_set_text(&query, ":error_message", failed ? record->error_message : NULL);
    st = ukb_query_end(&query, reterr);
    if (st != UKB_OK && reterr->native == SQLITE_CONSTRAINT_UNIQUE) {
        st = ukb_raise(reterr, UKB_E_WRONG_STATE, SQLITE_CONSTRAINT_UNIQUE, "the renewal %s is there already",
                       record->id);
    }
    return st;
}

enum ukb_status
ukb_journal_insert(struct ukb_journal *journal, const struct ukb_renewal_record *record, struct ukb_error *reterr)
{
    long long seq;
    enum ukb_status st;
    size_t i;

    st = ukb_journal_begin_write(journal, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = insert_row(journal, record, reterr);
    seq = sqlite3_last_insert_rowid(journal->db);
    if (st == UKB_OK) {
        st = replace_objects(journal, seq, record->objects, record->object_count, reterr);
    }
    for (i = 0; st == UKB_OK && i < record->step_count; i++) {
        st = write_step(journal, seq, record->steps[i].name, record->steps[i].outcome, reterr);
    }
    return ukb_journal_end(journal, st, reterr);
}

/* The row of @p id and the state that it is in. */
static enum ukb_status
find(struct ukb_journal *journal, const char *id, long long *ret_seq, enum ukb_renewal_state *ret_state,
     struct ukb_error *reterr)
{
    char stored[32] = "";
    struct ukb_query query;
    bool found;
    enum ukb_status st;

    ukb_query_init(&query, journal->db, "SELECT seq, state FROM renewal WHERE id = :id");
    ukb_query_set_text(&query, ":id", id);
    found = ukb_query_row(&query);
    if (found) {
        *ret_seq = ukb_query_integer(&query, 0);
        ukb_query_copy_text(&query, 1, stored, sizeof(stored));
    }
    st = ukb_query_end(&query, reterr);
    if (st == UKB_OK && !found) {
        st = ukb_raise(reterr, UKB_E_NO_RENEWAL, 0, "the journal knows no renewal %s", id);
    }
    if (st == UKB_OK && !ukb_renewal_state_from(stored, ret_state)) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, 0, "the journal's state %s is damaged", stored);
    }
    return st;
}

static enum ukb_status
check_state(const struct ukb_renewal_change *change, enum ukb_renewal_state state, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (state == change->from && ukb_renewal_state_may(change->from, change->to)) {
        return UKB_OK;
    }
    st = ukb_raise(reterr, UKB_E_WRONG_STATE, 0, "the renewal is %s and does not go from %s to %s",
                   ukb_renewal_state_stored(state), ukb_renewal_state_stored(change->from),
                   ukb_renewal_state_stored(change->to));
    ukb_error_add_string(reterr, "state", ukb_renewal_state_name(state));
    return st;
}

static enum ukb_status
update_row(struct ukb_journal *journal, long long seq, const struct ukb_renewal_change *change,
           struct ukb_error *reterr)
{
    static const struct ukb_public_key no_key;
    const bool forget_error = change->error == NULL && change->from != change->to;
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   "UPDATE renewal SET state = :state, updated_s = :now_s,"
                   " key_id = coalesce(:key_id, key_id),"
                   " key_type = iif(:key_set, :key_type, key_type),"
                   " key_modulus = iif(:key_set, :key_modulus, key_modulus),"
                   " key_exponent = iif(:key_set, :key_exponent, key_exponent),"
                   " key_params = iif(:key_set, :key_params, key_params),"
                   " key_point = iif(:key_set, :key_point, key_point),"
                   " request_pem = coalesce(:request_pem, request_pem),"
                   " request_signed_pem = coalesce(:request_signed_pem, request_signed_pem),"
                   " error_reason = iif(:forget_error, NULL, coalesce(:error_reason, error_reason)),"
                   " error_message = iif(:forget_error, NULL, coalesce(:error_message, error_message))"
                   " WHERE seq = :seq");
    ukb_query_set_integer(&query, ":seq", seq);
    ukb_query_set_text(&query, ":state", ukb_renewal_state_stored(change->to));
    ukb_query_set_integer(&query, ":now_s", ukb_journal_now_s(journal));
    ukb_query_set_bytes(&query, ":key_id", change->key_id, change->key_id_len);
    ukb_query_set_integer(&query, ":key_set", change->public_key != NULL);
    set_public_key(&query, change->public_key == NULL ? &no_key : change->public_key);
    ukb_query_set_text(&query, ":request_pem", change->request_pem);
    ukb_query_set_text(&query, ":request_signed_pem", change->request_signed_pem);
    ukb_query_set_integer(&query, ":forget_error", forget_error);
    ukb_query_set_text(&query, ":error_reason", change->error == NULL ? NULL : reason_of(change->error->status));
    ukb_query_set_text(&query, ":error_message", change->error == NULL ? NULL : change->error->message);
    return ukb_query_end(&query, reterr);
}

static enum ukb_status
forget_card(struct ukb_journal *journal, long long seq, struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   "DELETE FROM card_file WHERE token = (SELECT token FROM renewal WHERE seq = :seq)");
    ukb_query_set_integer(&query, ":seq", seq);
    return ukb_query_end(&query, reterr);
}

/* Whether the entry is in the transaction; one that cannot be written does not undo what it tells of. */
static bool
add_audit(struct ukb_journal *journal, const struct ukb_audit_entry *entry)
{
    struct ukb_error error = { 0 };

    if (sqlite3_exec(journal->db, "SAVEPOINT audit", NULL, NULL, NULL) != SQLITE_OK) {
        return false;
    }
    if (ukb_audit_insert(journal, entry, &error) == UKB_OK) {
        return sqlite3_exec(journal->db, "RELEASE audit", NULL, NULL, NULL) == SQLITE_OK;
    }
    (void)sqlite3_exec(journal->db, "ROLLBACK TO audit", NULL, NULL, NULL);
    (void)sqlite3_exec(journal->db, "RELEASE audit", NULL, NULL, NULL);
    return false;
}

enum ukb_status
ukb_journal_advance(struct ukb_journal *journal, const struct ukb_renewal_change *change, struct ukb_error *reterr)
{
    enum ukb_renewal_state state = UKB_RENEWAL_PREPARING;
    bool is_kept = false;
    long long seq = 0;
    enum ukb_status st;

    assert(change->key_id_len <= UKB_KEY_ID_MAX_LEN);
    st = ukb_journal_begin_write(journal, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = find(journal, change->id, &seq, &state, reterr);
    if (st == UKB_OK) {
        st = check_state(change, state, reterr);
    }
    if (st == UKB_OK) {
        st = update_row(journal, seq, change, reterr);
    }
    if (st == UKB_OK && change->objects != NULL) {
        st = replace_objects(journal, seq, change->objects, change->object_count, reterr);
    }
    if (st == UKB_OK && change->step != NULL) {
        st = write_step(journal, seq, change->step, change->outcome, reterr);
    }
    if (st == UKB_OK && change->forgets_card) {
        st = forget_card(journal, seq, reterr);
    }
    if (st == UKB_OK && change->audit != NULL) {
        is_kept = add_audit(journal, &change->audit->entry);
    }
    st = ukb_journal_end(journal, st, reterr);
    if (st == UKB_OK && is_kept) {
        change->audit->is_kept = true;
    }
    return st;
}

enum ukb_status
ukb_journal_add_step(struct ukb_journal *journal, const char *id, const char *step, const char *outcome,
                     struct ukb_error *reterr)
{
    enum ukb_renewal_state state = UKB_RENEWAL_PREPARING;
    long long seq = 0;
    enum ukb_status st;

    st = ukb_journal_begin_write(journal, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = find(journal, id, &seq, &state, reterr);
    if (st == UKB_OK) {
        st = write_step(journal, seq, step, outcome, reterr);
    }
    return ukb_journal_end(journal, st, reterr);
}
