/* SPDX-License-Identifier: MIT */
/* renewal.install: check and confirm; then write, read back, prove, commit, tidy, which is transact.c. */
#include "renewal/internal.h"

#include <string.h>

#include "renewal/key_ops.h"
#include "renewal/lines.h"

/* One call of install. */
struct install {
    const struct ukb_renewal_env *env;
    const struct ukb_install_params *params;
    struct ukb_hold hold;
    struct ukb_plan plan;
    struct ukb_delivered_key *delivered; /* in secret memory; NULL: no key comes, or it is there already */
};

static void
progress(const struct install *in, enum ukb_install_step step)
{
    ukb_install_progress(in->env, step, in->params->encryption_key != NULL);
}

/* What comes, and what becomes of what was there: the most important first, the dialog may be too small for all. */
static enum ukb_status
make_lines(const struct install *in, struct ukb_lines *lines, struct ukb_error *reterr)
{
    const struct ukb_exchanges *exchanges = &in->plan.exchanges;
    const char *lang = in->env->context->lang;
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < exchanges->count; i++) {
        st = ukb_lines_add(lines, lang, UKB_WORDS_ADD, exchanges->items[i].candidate, reterr);
    }
    for (i = 0; st == UKB_OK && i < exchanges->count; i++) {
        const struct ukb_exchange *exchange = &exchanges->items[i];

        if (exchange->old != NULL) {
            st = ukb_lines_add(lines, lang, ukb_plan_removes_old(in->env, exchange) ? UKB_WORDS_REMOVE : UKB_WORDS_KEEP,
                               exchange->old, reterr);
        }
    }
    return st;
}

/* Ask for what needs a yes of its own, then for the PIN, with what will happen; log in. */
static enum ukb_status
consent(struct install *in, struct ukb_error *reterr)
{
    struct ukb_lines lines = { .count = 0 };
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; i < in->plan.warnings.count && st == UKB_OK; i++) {
        st = ukb_hold_confirm(&in->hold, UKB_DIALOG_INSTALL, in->plan.warnings.reasons[i], reterr);
    }
    if (st == UKB_OK) {
        st = make_lines(in, &lines, reterr);
    }
    if (st == UKB_OK) {
        progress(in, UKB_STEP_PIN);
        st = ukb_hold_login(&in->hold, UKB_DIALOG_INSTALL, (const char *const *)lines.texts, lines.count, reterr);
    }
    ukb_lines_done(&lines);
    return st;
}

/* What the user has agreed to: the warnings, and which certificates are replaced. */
struct agreed {
    struct ukb_warnings warnings;
    char olds[UKB_HALF_COUNT][UKB_CERTIFICATE_ID_LEN + 1U];
};

static struct agreed
agreed_to(const struct ukb_plan *plan)
{
    struct agreed agreed = { .warnings = plan->warnings };
    size_t i;

    for (i = 0; i < plan->exchanges.count; i++) {
        const struct ukb_exchange *exchange = &plan->exchanges.items[i];

        if (exchange->old != NULL) {
            memcpy(agreed.olds[exchange->half], ukb_certificate_facts(exchange->old)->id, UKB_CERTIFICATE_ID_LEN + 1U);
        }
    }
    return agreed;
}

/* Others may have changed the UKey while the user typed: what nobody has seen is not done. */
static enum ukb_status
check_agreed(const struct ukb_plan *plan, const struct agreed *agreed, struct ukb_error *reterr)
{
    const struct agreed now = agreed_to(plan);
    struct ukb_warnings all = agreed->warnings;
    bool more = false;
    size_t i;

    for (i = 0; i < now.warnings.count; i++) {
        ukb_warnings_add(&all, now.warnings.reasons[i]);
    }
    for (i = 0; i < UKB_HALF_COUNT; i++) {
        more = more || (now.olds[i][0] != '\0' && strcmp(now.olds[i], agreed->olds[i]) != 0);
    }
    return more || all.count > agreed->warnings.count
               ? ukb_raise(reterr, UKB_E_TOKEN_BUSY, 0, "another program changed the UKey while the PIN was typed")
               : UKB_OK;
}

/* The places of what comes: for this the keys must be seen. */
static enum ukb_status
place(struct install *in, struct ukb_error *reterr)
{
    struct ukb_plan *plan = &in->plan;
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < plan->exchanges.count; i++) {
        struct ukb_exchange *exchange = &plan->exchanges.items[i];
        const bool is_signing = exchange->half == UKB_HALF_SIGNING;

        st = ukb_exchange_place(exchange, &plan->inventory, plan->record.key_id,
                                is_signing ? plan->record.key_id_len : 0, reterr);
    }
    return st;
}

/* Open the envelope with the token's key, and see that it holds the key of the certificate. Nothing is written yet. */
static enum ukb_status
open_envelope(struct install *in, const struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    const struct ukb_plan_recipient to = ukb_plan_recipient(&in->plan);
    const struct ukb_envelope_recipient recipient = { to.key, &to.certificate, to.certificate == NULL ? 0U : 1U };
    struct ukb_token_key key = { 0 };
    struct ukb_token_owner owner = { in->hold.session, &key };
    const struct ukb_key_ops ops = ukb_token_key_ops(&owner);
    const struct ukb_inventory_item *item =
        to.certificate == NULL ? NULL
                               : ukb_inventory_find(&in->plan.inventory, ukb_certificate_facts(to.certificate)->id);
    const unsigned char *id = item == NULL ? in->plan.record.key_id : item->object->id;
    const size_t id_len = item == NULL ? in->plan.record.key_id_len : item->object->id_len;
    enum ukb_status st = ukb_token_key_find(in->hold.session, to.key, id, id_len, &key, reterr);

    if (st == UKB_OK) {
        st = ukb_envelope_open(in->plan.envelope, &recipient, &ops, &in->delivered, reterr);
    }
    if (st == UKB_OK && !ukb_public_key_equal(&ukb_delivered_key_numbers(in->delivered)->public_key,
                                              &ukb_certificate_facts(exchange->candidate)->key)) {
        st = ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0, "the delivered key is not that of the encryption certificate");
    }
    return st;
}

static enum ukb_status
receive_key(struct install *in, struct ukb_error *reterr)
{
    const struct ukb_exchange *encryption = ukb_exchanges_half(&in->plan.exchanges, UKB_HALF_ENCRYPTION);

    if (encryption == NULL || !encryption->import || in->plan.envelope == NULL ||
        encryption->key.private_handle != CK_INVALID_HANDLE) {
        return UKB_OK;
    }
    return open_envelope(in, encryption, reterr);
}

/* A call without `begin` gets its record now. */
static enum ukb_status
make_record(struct install *in, struct ukb_error *reterr)
{
    const struct ukb_exchange *first = &in->plan.exchanges.items[0];
    struct ukb_renewal_record record = {
        .kind = first->old == NULL ? UKB_RENEWAL_ISSUE : UKB_RENEWAL_RENEW,
        .key = first->same_key ? UKB_RENEWAL_KEY_SAME : UKB_RENEWAL_KEY_NEW,
        .origin = (char *)(uintptr_t)ukb_env_origin(in->env), /* borrowed: the journal copies */
        .state = UKB_RENEWAL_PREPARING,
    };
    enum ukb_status st;

    memcpy(record.token, ukb_token_session_info(in->hold.session)->id, sizeof(record.token));
    if (first->old != NULL) {
        memcpy(record.certificate_id, ukb_certificate_facts(first->old)->id, sizeof(record.certificate_id));
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

/*
 * The intent and the user's consent, on disk before the token is touched: which bytes come, which go, under which ids.
 * The consent is to what the dialog showed: it is told by the certificates' hashes.
 */
static enum ukb_status
journal_intent(struct install *in, struct ukb_error *reterr)
{
    struct ukb_renewal_object objects[UKB_RENEWAL_OBJECTS_MAX];
    struct ukb_renewal_change change = { .to = UKB_RENEWAL_INSTALLING, .step = "confirm", .objects = objects };
    char hashes[UKB_HALF_COUNT * (UKB_CERTIFICATE_ID_LEN + 1U) + 1U] = "";
    enum ukb_status st = UKB_OK;
    size_t i;

    if (!in->plan.has_record) {
        st = make_record(in, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    for (i = 0; i < in->plan.exchanges.count; i++) {
        (void)snprintf(hashes + strlen(hashes), sizeof(hashes) - strlen(hashes), "%s%s", i == 0 ? "" : " ",
                       ukb_certificate_facts(in->plan.exchanges.items[i].candidate)->id);
    }
    change.outcome = hashes;
    change.object_count = ukb_exchanges_objects(&in->plan.exchanges, objects);
    change.id = in->plan.record.id;
    change.from = in->plan.record.state;
    st = ukb_journal_advance(in->env->journal, &change, reterr);
    if (st == UKB_OK) {
        in->plan.record.state = UKB_RENEWAL_INSTALLING;
    }
    return st;
}

/* The part that must not be stopped. */
static enum ukb_status
transact(struct install *in, struct ukb_error *reterr)
{
    const struct ukb_transaction transaction = {
        .env = in->env,
        .hold = &in->hold,
        .record = &in->plan.record,
        .exchanges = &in->plan.exchanges,
        .delivered = in->delivered == NULL ? NULL : ukb_delivered_key_numbers(in->delivered),
        .audit = in->env->audit,
    };
    enum ukb_status st;

    ukb_env_uninterruptible(in->env, true);
    st = journal_intent(in, reterr);
    if (st == UKB_OK) {
        st = ukb_transact_finish(&transaction, reterr);
    }
    ukb_env_uninterruptible(in->env, false);
    return st;
}

/* Before anybody is asked: token and journal as no other process is writing them. */
static enum ukb_status
look(struct install *in, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_hold_share(&in->hold, UKB_HOLD_BEFORE_DIALOG_MS, reterr);

    if (st == UKB_OK) {
        st = ukb_plan_make(in->env, in->params, in->hold.session, &in->plan, reterr);
    }
    ukb_hold_unshare(&in->hold);
    return st;
}

static enum ukb_status
run(struct install *in, struct ukb_error *reterr)
{
    char token[UKB_TOKEN_ID_LEN + 1U];
    struct agreed agreed;
    enum ukb_status st = ukb_plan_token(in->env, in->params, token, reterr);

    if (st == UKB_OK) {
        progress(in, UKB_STEP_CHECK);
        st = ukb_env_open_to_write(in->env, token, &in->hold, reterr);
    }
    if (st == UKB_OK) {
        st = look(in, reterr);
    }
    if (st != UKB_OK || in->plan.is_installed) {
        return st;
    }
    agreed = agreed_to(&in->plan);
    st = consent(in, reterr);
    if (st == UKB_OK) { /* what this site left unfinished: this very renewal too, which may be done with it */
        st = ukb_recover_own(in->env, &in->hold, reterr);
    }
    if (st == UKB_OK) { /* token and journal again: while the user typed, another process may have been here */
        st = ukb_plan_make(in->env, in->params, in->hold.session, &in->plan, reterr);
    }
    if (st != UKB_OK || in->plan.is_installed) {
        return st;
    }
    st = check_agreed(&in->plan, &agreed, reterr);
    if (st == UKB_OK) {
        st = place(in, reterr);
    }
    if (st == UKB_OK) {
        st = receive_key(in, reterr);
    }
    return st == UKB_OK ? transact(in, reterr) : st;
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
    ukb_delivered_key_free(in.delivered);
    ukb_plan_done(&in.plan);
    return ukb_hold_end(&in.hold, st, reterr);
}
