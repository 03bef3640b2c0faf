/* SPDX-License-Identifier: MIT */
/* renewal.install: check, confirm, write, read back, prove, commit, tidy. */
#include "renewal/internal.h"

#include <string.h>

#include "pki/time.h"
#include "token/objects.h"

#define LINE_MAX_LEN 600U
#define DATE_LEN     10U /* of "2027-11-21T…" */

/* The steps that `progress` tells, in order. Up to the login the user may still change his mind. */
enum step { STEP_CHECK, STEP_PIN, STEP_WRITE, STEP_PROVE, STEP_COMMIT, STEP_TIDY, STEP_COUNT };
static const char *const step_names[STEP_COUNT] = { "check", "pin", "write", "prove", "commit", "tidy" };

/* One call of install. */
struct install {
    const struct ukb_renewal_env *env;
    const struct ukb_install_params *params;
    struct ukb_hold hold;
    struct ukb_plan plan;
    struct ukb_token_key key;
    char label[UKB_OBJECT_LABEL_MAX_LEN + 1U];
    unsigned char key_id[UKB_OBJECT_ID_MAX_LEN]; /* under which the certificate ends up */
    size_t key_id_len;
};

static void
progress(const struct install *in, enum step step)
{
    ukb_env_progress(in->env, step_names[step], (unsigned int)step, STEP_COUNT, step < STEP_WRITE);
}

/* One change as a line of the dialog: what, whose, until when. */
static enum ukb_status
change_line(const struct install *in, enum ukb_words_change change, const struct ukb_certificate *certificate,
            struct ukb_buf *line, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    char not_after[UKB_TIME_TEXT_SIZE];

    ukb_time_format(facts->not_after_s, not_after);
    not_after[DATE_LEN] = '\0';
    return ukb_words_change(ukb_words_lang(in->env->context->lang), change,
                            facts->subject.common_name == NULL ? facts->subject.dn : facts->subject.common_name,
                            not_after, line, reterr);
}

/* Ask for what needs a yes of its own, then for the PIN, with what will happen; log in. */
static enum ukb_status
consent(struct install *in, struct ukb_error *reterr)
{
    struct ukb_buf first = UKB_BUF_INIT(LINE_MAX_LEN);
    struct ukb_buf second = UKB_BUF_INIT(LINE_MAX_LEN);
    const char *lines[2];
    size_t count = 0;
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; i < in->plan.warnings.count && st == UKB_OK; i++) {
        st = ukb_hold_confirm(&in->hold, UKB_DIALOG_INSTALL, in->plan.warnings.reasons[i], reterr);
    }
    if (st == UKB_OK) {
        st = change_line(in, UKB_WORDS_ADD, in->plan.candidate, &first, reterr);
        lines[count++] = ukb_buf_text(&first);
    }
    if (st == UKB_OK && in->plan.old != NULL) {
        st = change_line(in, ukb_plan_removes_old(in->env, &in->plan) ? UKB_WORDS_REMOVE : UKB_WORDS_KEEP, in->plan.old,
                         &second, reterr);
        lines[count++] = ukb_buf_text(&second);
    }
    if (st == UKB_OK) {
        progress(in, STEP_PIN);
        st = ukb_hold_login(&in->hold, UKB_DIALOG_INSTALL, lines, count, reterr);
    }
    ukb_buf_done(&first);
    ukb_buf_done(&second);
    return st;
}

/* The key that the certificate is for, and the id and label that its certificates bear. */
static enum ukb_status
find_key(struct install *in, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(in->plan.candidate);
    const char *name = facts->subject.common_name == NULL ? "certificate" : facts->subject.common_name;
    struct ukb_inventory inventory = { 0 };
    const struct ukb_inventory_item *old = NULL;
    enum ukb_status st = ukb_inventory_read(in->hold.session, &inventory, reterr);

    if (st == UKB_OK && in->plan.same_key) {
        old = ukb_inventory_find(&inventory, ukb_certificate_facts(in->plan.old)->id);
    }
    if (st == UKB_OK) {
        st = ukb_token_key_find(in->hold.session, &facts->key, old != NULL ? old->object->id : in->plan.record.key_id,
                                old != NULL ? old->object->id_len : in->plan.record.key_id_len, &in->key, reterr);
    }
    if (st == UKB_OK) {
        memcpy(in->key_id, in->key.id, in->key.id_len);
        in->key_id_len = in->key.id_len;
        (void)snprintf(in->label, sizeof(in->label), "%s", name);
    }
    if (st == UKB_OK && old != NULL && old->object->label[0] != '\0') {
        memcpy(in->label, old->object->label, sizeof(in->label)); /* programs find certificates by it too */
    }
    ukb_inventory_done(&inventory);
    return st;
}

/* A call without `begin` gets its record now. */
static enum ukb_status
make_record(struct install *in, struct ukb_error *reterr)
{
    struct ukb_renewal_record record = {
        .kind = in->plan.old == NULL ? UKB_RENEWAL_ISSUE : UKB_RENEWAL_RENEW,
        .key = in->plan.same_key ? UKB_RENEWAL_KEY_SAME : UKB_RENEWAL_KEY_NEW,
        .origin = (char *)(uintptr_t)ukb_env_origin(in->env), /* borrowed: the journal copies */
        .state = UKB_RENEWAL_PREPARING,
    };
    enum ukb_status st;

    memcpy(record.token, ukb_token_session_info(in->hold.session)->id, sizeof(record.token));
    if (in->plan.old != NULL) {
        memcpy(record.certificate_id, ukb_certificate_facts(in->plan.old)->id, sizeof(record.certificate_id));
    }
    st = ukb_renewal_id_make(record.token, record.id, reterr);
    if (st == UKB_OK) {
        st = ukb_journal_insert(in->env->journal, &record, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_journal_get(in->env->journal, record.id, &in->plan.record, reterr);
        in->plan.has_record = st == UKB_OK;
    }
    return st;
}

/* The intent and the user's consent, on disk before the token is touched: which bytes come, which go, under which id.
 */
static enum ukb_status
journal_intent(struct install *in, struct ukb_error *reterr)
{
    struct ukb_renewal_record *record = &in->plan.record;
    struct ukb_renewal_object objects[2];
    struct ukb_renewal_change change = {
        .from = record->state, .to = UKB_RENEWAL_INSTALLING, .step = "confirm", .objects = objects
    };
    enum ukb_status st = UKB_OK;

    if (!in->plan.has_record) {
        st = make_record(in, reterr);
    }
    if (st == UKB_OK && record->temp_id_len == 0 && in->plan.same_key) {
        record->temp_id_len = UKB_FRESH_KEY_ID_LEN;
        st = ukb_key_id_make(record->temp_id, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    if (in->plan.old != NULL) {
        objects[change.object_count++] = ukb_renewal_object_of(in->plan.old, UKB_RENEWAL_OLD);
    }
    objects[change.object_count] = ukb_renewal_object_of(in->plan.candidate, UKB_RENEWAL_NEW);
    change.outcome = objects[change.object_count++].sha256;
    change.id = record->id;
    change.from = record->state;
    change.temp_id = record->temp_id;
    change.temp_id_len = record->temp_id_len;
    st = ukb_journal_advance(in->env->journal, &change, reterr);
    if (st == UKB_OK) {
        record->state = UKB_RENEWAL_INSTALLING;
    }
    return st;
}

static struct ukb_write
write_of(const struct install *in)
{
    const struct ukb_write write = {
        .old = in->plan.same_key ? in->plan.old : NULL,
        .candidate = in->plan.candidate,
        .label = in->label,
        .key_id = in->key_id,
        .key_id_len = in->key_id_len,
        .temp_id = in->plan.record.temp_id,
        .temp_id_len = in->plan.same_key ? in->plan.record.temp_id_len : 0,
    };

    return write;
}

/* Is the new certificate gone, and the old one in its place? The answer is the token's own: see roll_back(). */
static enum ukb_status
check_undone(const struct install *in, const struct ukb_write *write, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *candidate = ukb_certificate_facts(write->candidate);
    const struct ukb_certificate_facts *old = write->old == NULL ? NULL : ukb_certificate_facts(write->old);
    size_t left = 0;
    size_t back = 1;
    enum ukb_status st = ukb_token_certificate_find_exact(in->hold.session, candidate->der, candidate->der_len, NULL, 0,
                                                          NULL, 0, &left, reterr);

    if (st == UKB_OK && old != NULL) {
        st = ukb_token_certificate_find_exact(in->hold.session, old->der, old->der_len, write->key_id,
                                              write->key_id_len, NULL, 0, &back, reterr);
    }
    if (st == UKB_OK && (left > 0 || back == 0)) {
        st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "%s",
                       left > 0 ? "the new certificate is on the UKey nevertheless"
                                : "the old certificate did not come back");
    }
    return st;
}

/*
 * Undo a write that failed. Undone is what the token shows when it is looked at anew: a module that answers from memory
 * finds nothing to undo on a UKey that was pulled in the middle of the write. Without the UKey nothing can be undone:
 * the renewal stays `installing`, and the same call finishes it later. Otherwise it is `requested` again, or over when
 * there is no request to come back to.
 */
static enum ukb_status
roll_back(struct install *in, const struct ukb_error *why, struct ukb_error *reterr)
{
    const struct ukb_write write = write_of(in);
    const struct ukb_renewal_record *record = &in->plan.record;
    const struct ukb_renewal_change undone = {
        .id = record->id,
        .from = UKB_RENEWAL_INSTALLING,
        .to = record->request_pem == NULL ? UKB_RENEWAL_ROLLED_BACK : UKB_RENEWAL_REQUESTED,
        .step = "roll-back",
        .error = why,
    };
    const char *cause = ukb_status_reason(why->status);
    struct ukb_error second = { 0 };
    struct ukb_error seen = { 0 };
    enum ukb_status st = ukb_write_undo(in->hold.session, &write, &second);

    st = ukb_token_session_anew(&in->hold.session, &seen);
    if (st != UKB_OK) {
        second = seen;
    }
    if (st == UKB_OK) {
        st = check_undone(in, &write, &second);
    }
    if (st == UKB_OK) {
        st = ukb_journal_advance(in->env->journal, &undone, &second);
    }
    if (st != UKB_OK) {
        st = ukb_journal_add_step(in->env->journal, record->id, "roll-back", second.message, &seen);
        *reterr = second.status == UKB_E_TOKEN_REMOVED ? second : *why;
        return reterr->status;
    }
    st = ukb_raise(reterr, UKB_E_ROLLED_BACK, why->native, "undone: %s", why->message);
    ukb_error_add_string(reterr, "cause", cause == NULL ? "INTERNAL" : cause);
    return st;
}

static enum ukb_status
commit(struct install *in, struct ukb_error *reterr)
{
    const struct ukb_renewal_change done = {
        .id = in->plan.record.id, .from = UKB_RENEWAL_INSTALLING, .to = UKB_RENEWAL_INSTALLED, .step = "commit"
    };

    progress(in, STEP_COMMIT);
    return ukb_journal_advance(in->env->journal, &done, reterr);
}

static enum ukb_status
write_and_prove(struct install *in, struct ukb_error *reterr)
{
    const struct ukb_write write = write_of(in);
    enum ukb_status st;

    progress(in, STEP_WRITE);
    st = ukb_write_apply(in->hold.session, &write, reterr);
    if (st == UKB_OK) {
        progress(in, STEP_PROVE);
        st = ukb_write_prove(in->hold.session, &write, &in->key, reterr);
    }
    if (st == UKB_OK) {
        st = commit(in, reterr);
    }
    return st;
}

/* The part that must not be stopped. */
static enum ukb_status
transact(struct install *in, struct ukb_error *reterr)
{
    struct ukb_error why = { 0 };
    enum ukb_status st;

    ukb_env_uninterruptible(in->env, true);
    st = journal_intent(in, reterr);
    if (st == UKB_OK) {
        st = write_and_prove(in, &why);
        if (st != UKB_OK) {
            st = roll_back(in, &why, reterr);
        }
    }
    ukb_env_uninterruptible(in->env, false);
    return st;
}

/* What the policy wants gone afterwards. The renewal is done: a failure here is noted, not reported. */
static void
tidy(struct install *in)
{
    struct ukb_error error = { 0 };
    enum ukb_status st;

    progress(in, STEP_TIDY);
    st = ukb_retire_old(in->env, in->hold.session, ukb_token_session_info(in->hold.session)->id, in->plan.record.id,
                        &error);
    if (st != UKB_OK) {
        st = ukb_journal_add_step(in->env->journal, in->plan.record.id, "tidy", error.message, &error);
    }
}

static enum ukb_status
run(struct install *in, struct ukb_error *reterr)
{
    char token[UKB_TOKEN_ID_LEN + 1U];
    enum ukb_status st = ukb_plan_token(in->env, in->params, token, reterr);

    if (st == UKB_OK) {
        progress(in, STEP_CHECK);
        st = ukb_env_open(in->env, token, true, &in->hold, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_plan_make(in->env, in->params, in->hold.session, &in->plan, reterr);
    }
    if (st != UKB_OK || in->plan.is_installed) {
        return st;
    }
    st = consent(in, reterr);
    if (st == UKB_OK) { /* token and journal again: while the user typed, another process may have been here */
        ukb_plan_done(&in->plan);
        st = ukb_plan_make(in->env, in->params, in->hold.session, &in->plan, reterr);
    }
    if (st != UKB_OK || in->plan.is_installed) {
        return st;
    }
    st = find_key(in, reterr);
    if (st == UKB_OK) {
        st = transact(in, reterr);
    }
    if (st == UKB_OK) {
        tidy(in);
    }
    return st;
}

enum ukb_status
ukb_renewal_install(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                    struct ukb_renewal_record *ret_record, struct ukb_error *reterr)
{
    struct install in = { .env = env, .params = params };
    struct ukb_renewal_record record = { 0 };
    enum ukb_status st = run(&in, reterr);

    if (st == UKB_OK) {
        st = ukb_journal_get(env->journal, in.plan.record.id, &record, reterr); /* with its steps */
    }
    if (st == UKB_OK) {
        *ret_record = record;
    }
    ukb_plan_done(&in.plan);
    ukb_hold_done(&in.hold);
    return st;
}
