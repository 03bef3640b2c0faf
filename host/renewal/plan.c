/* SPDX-License-Identifier: MIT */
/* What would an installation do, and may it? Reads only; the same for preview, before the PIN and after it. */
#include "renewal/internal.h"

#include <string.h>

#include "pki/pem.h"
#include "renewal/diagnose.h"
#include "renewal/trust.h"
#include "token/decrypt.h"
#include "token/import.h"

static enum ukb_status
bad_field(const char *field, const char *why, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_raise(reterr, UKB_E_PARAMS, 0, "%s: %s", field, why);

    ukb_error_add_string(reterr, "field", field);
    return st;
}

static enum ukb_status
wrong_state(const struct ukb_renewal_record *record, const char *why, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_raise(reterr, UKB_E_WRONG_STATE, 0, "%s", why);

    ukb_error_add_string(reterr, "state", ukb_renewal_state_name(record->state));
    return st;
}

static enum ukb_status
check_params(const struct ukb_install_params *params, struct ukb_error *reterr)
{
    if (params->signing == NULL && params->encryption == NULL) {
        return bad_field("signing", "missing, and there is no encryption certificate either", reterr);
    }
    if (params->signing == NULL && params->renewal != NULL) { /* it would end with its own certificate never brought */
        return bad_field("signing", "missing: it is what the renewal has requested", reterr);
    }
    if (params->encryption == NULL && params->encryption_key != NULL) {
        return bad_field("encryptionKey", "its certificate, encryption, is missing", reterr);
    }
    if (params->renewal != NULL && params->certificate != NULL) {
        return bad_field("certificate", "the renewal knows it", reterr);
    }
    if (params->signing == NULL && params->certificate != NULL) {
        return bad_field("certificate", "an encryption certificate finds the one it replaces by itself", reterr);
    }
    return UKB_OK;
}

static enum ukb_status
read_candidates(const struct ukb_install_params *params, struct ukb_exchanges *exchanges, struct ukb_error *reterr)
{
    const char *const pems[UKB_HALF_COUNT] = {
        [UKB_HALF_SIGNING] = params->signing, [UKB_HALF_ENCRYPTION] = params->encryption
    };
    enum ukb_status st = UKB_OK;
    size_t half;

    for (half = 0; half < UKB_HALF_COUNT && st == UKB_OK; half++) {
        struct ukb_exchange *exchange = &exchanges->items[exchanges->count];

        if (pems[half] != NULL) {
            exchange->half = (enum ukb_half)half;
            st = ukb_certificate_from_pem(pems[half], &exchange->candidate, reterr);
            exchanges->count += st == UKB_OK ? 1U : 0U;
        }
    }
    return st;
}

/* Does @p record bring exactly these certificates? */
static bool
brings(const struct ukb_renewal_record *record, const struct ukb_exchanges *exchanges)
{
    size_t brought = 0;
    size_t found = 0;
    size_t i;

    for (i = 0; i < record->object_count; i++) {
        size_t j;

        brought += record->objects[i].action == UKB_RENEWAL_NEW ? 1U : 0U;
        for (j = 0; j < exchanges->count; j++) {
            found +=
                record->objects[i].action == UKB_RENEWAL_NEW &&
                        strcmp(record->objects[i].sha256, ukb_certificate_facts(exchanges->items[j].candidate)->id) == 0
                    ? 1U
                    : 0U;
        }
    }
    return found == exchanges->count && brought == found;
}

/* The record of params->renewal, in a state from which an installation may go on. */
static enum ukb_status
read_record(const struct ukb_renewal_env *env, const struct ukb_install_params *params, struct ukb_plan *plan,
            struct ukb_error *reterr)
{
    enum ukb_status st = ukb_renewal_get(env, params->renewal, &plan->record, reterr);

    if (st != UKB_OK) {
        return st;
    }
    plan->has_record = true;
    switch (plan->record.state) {
    case UKB_RENEWAL_REQUESTED:
    case UKB_RENEWAL_INSTALLING:
    case UKB_RENEWAL_INSTALLED:
        return UKB_OK;
    case UKB_RENEWAL_NEEDS_ATTENTION:
        return ukb_raise(reterr, UKB_E_NEEDS_ATTENTION, 0, "this UKey was changed elsewhere during this renewal");
    case UKB_RENEWAL_PREPARING:
    case UKB_RENEWAL_ABANDONED:
    case UKB_RENEWAL_ROLLED_BACK:
    case UKB_RENEWAL_STATE_COUNT:
        break;
    }
    return wrong_state(&plan->record, "this renewal is over", reterr);
}

/* A call by token: an earlier one that brought, or was bringing, these very certificates goes on. */
static enum ukb_status
find_record(const struct ukb_renewal_env *env, const struct ukb_install_params *params, struct ukb_plan *plan,
            struct ukb_error *reterr)
{
    struct ukb_renewal_list list = { 0 };
    enum ukb_status st;
    size_t i;

    st = ukb_journal_list(env->journal, ukb_env_origin(env), params->token, NULL, UKB_PAGE_MAX_ITEMS, &list, reterr);
    for (i = 0; st == UKB_OK && i < list.count && !plan->has_record; i++) {
        struct ukb_renewal_record *record = &list.items[i];
        bool mine = env->context->ui ? record->origin == NULL : true; /* the list was of this origin */

        if (mine && brings(record, &plan->exchanges) &&
            (record->state == UKB_RENEWAL_INSTALLING || record->state == UKB_RENEWAL_INSTALLED)) {
            plan->record = *record;
            plan->has_record = true;
            memset(record, 0, sizeof(*record)); /* moved */
        }
    }
    ukb_renewal_list_done(&list);
    return st;
}

/* An interrupted installation goes on with the exchanges that the journal knows. */
static enum ukb_status
take_begun(struct ukb_plan *plan, struct ukb_error *reterr)
{
    if (!brings(&plan->record, &plan->exchanges)) {
        return wrong_state(&plan->record, "other certificates are being installed: finish with those", reterr);
    }
    ukb_exchanges_done(&plan->exchanges);
    return ukb_exchanges_from_record(&plan->record, &plan->exchanges, reterr);
}

/* It does so if the token explains itself by them. */
static enum ukb_status
resume(struct ukb_plan *plan, struct ukb_error *reterr)
{
    enum ukb_verdict verdict = UKB_VERDICT_NOTHING;
    enum ukb_status st = take_begun(plan, reterr);

    if (st == UKB_OK) {
        st = ukb_diagnose(&plan->record, &plan->inventory, &verdict, NULL, reterr);
    }
    if (st == UKB_OK && verdict == UKB_VERDICT_ATTENTION) {
        st = ukb_raise(reterr, UKB_E_NEEDS_ATTENTION, 0, "this UKey was changed elsewhere during this renewal");
    }
    return st;
}

static enum ukb_status
find_replaced(const struct ukb_install_params *params, struct ukb_plan *plan, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    if (plan->has_record && plan->record.state == UKB_RENEWAL_INSTALLING) {
        return resume(plan, reterr);
    }
    for (i = 0; st == UKB_OK && i < plan->exchanges.count; i++) {
        st = ukb_replaced_find(plan, params->certificate, &plan->exchanges.items[i], reterr);
    }
    return st;
}

/*
 * The rules of pki/check.h. An encryption certificate that replaces none is held against the signing certificate that
 * is renewed with it: the same holder, the same CA.
 */
static enum ukb_status
check_certificate(const struct ukb_renewal_env *env, struct ukb_plan *plan, const struct ukb_exchange *exchange,
                  const struct ukb_trust *trust, struct ukb_error *reterr)
{
    const struct ukb_exchange *signing = ukb_exchanges_half(&plan->exchanges, UKB_HALF_SIGNING);
    const bool is_signing = exchange->half == UKB_HALF_SIGNING;
    struct ukb_check question = {
        .candidate = exchange->candidate,
        .old = exchange->old,
        .expected_role = UKB_ROLE_ENCRYPTION,
        .chain = (const struct ukb_certificate *const *)trust->chain.items,
        .chain_count = trust->chain.count,
        .anchors = (const struct ukb_certificate *const *)trust->anchors.items,
        .anchor_count = trust->anchors.count,
        .now_s = env->now_s,
    };

    if (is_signing) {
        question.expected_role = exchange->old == NULL ? UKB_ROLE_SIGNING : ukb_certificate_facts(exchange->old)->role;
    } else if (question.old == NULL && signing != NULL) {
        question.old = signing->old;
    }
    question.kind =
        plan->has_record ? ukb_kind_of(plan->record.kind) : (question.old != NULL ? UKB_KIND_RENEW : UKB_KIND_ISSUE);
    if (question.kind == UKB_KIND_RENEW && question.old == NULL) {
        question.kind = UKB_KIND_ISSUE;
    }
    if (is_signing && plan->has_record && plan->record.public_key.type != UKB_KEY_UNKNOWN) {
        question.expected_key = &plan->record.public_key; /* else any on the token: that is seen after the login */
    }
    if (is_signing && question.expected_role == UKB_ROLE_ENCRYPTION) {
        return ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "a signing certificate cannot replace an encryption certificate");
    }
    return ukb_check_certificate(&question, &plan->warnings, reterr);
}

struct ukb_plan_recipient
ukb_plan_recipient(const struct ukb_plan *plan)
{
    const struct ukb_exchange *encryption = ukb_exchanges_half(&plan->exchanges, UKB_HALF_ENCRYPTION);
    const struct ukb_exchange *signing = ukb_exchanges_half(&plan->exchanges, UKB_HALF_SIGNING);
    struct ukb_plan_recipient recipient = { NULL, &plan->record.public_key };

    if (encryption != NULL && encryption->old != NULL) {
        recipient.certificate = encryption->old;
    } else if (signing != NULL) {
        recipient.certificate = signing->candidate; /* for the request's key: that was checked before */
    }
    if (recipient.certificate != NULL) {
        recipient.key = &ukb_certificate_facts(recipient.certificate)->key;
    }
    return recipient;
}

/* What can be said of the envelope and of the token before anybody is asked for a PIN. */
static enum ukb_status
check_envelope(const struct ukb_install_params *params, const struct ukb_token_session *session, struct ukb_plan *plan,
               const struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    const struct ukb_plan_recipient to = ukb_plan_recipient(plan);
    const struct ukb_envelope_recipient recipient = { to.key, &to.certificate, to.certificate == NULL ? 0U : 1U };
    enum ukb_status st = ukb_envelope_from_base64(params->encryption_key, &plan->envelope, reterr);

    if (st == UKB_OK && to.key->type == UKB_KEY_UNKNOWN) {
        st = ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "there is no encryption certificate and no request to open it");
    }
    if (st == UKB_OK) {
        st = ukb_envelope_check(plan->envelope, &recipient, reterr);
    }
    if (st == UKB_OK && ukb_token_can_import(session, ukb_certificate_facts(exchange->candidate)->key.type) == UKB_NO) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this UKey takes no keys from outside");
    }
    if (st == UKB_OK &&
        ukb_token_can_decrypt(session, to.key->type, ukb_envelope_padding(plan->envelope, &recipient)) == UKB_NO) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this UKey cannot open an envelope of this kind");
    }
    return st;
}

/* Does the token tell of a key of that kind? Before the login at least its public half. */
static bool
is_known(const struct ukb_inventory *inventory, const struct ukb_public_key *key)
{
    size_t i;

    for (i = 0; i < inventory->keys.count; i++) {
        if (ukb_public_key_equal(&inventory->keys.items[i].public_key, key)) {
            return true;
        }
    }
    return false;
}

/* The key of an encryption certificate stays, comes along, or is there. */
static enum ukb_status
check_encryption_key(const struct ukb_install_params *params, const struct ukb_token_session *session,
                     struct ukb_plan *plan, struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    if (exchange->half != UKB_HALF_ENCRYPTION || exchange->same_key) {
        return UKB_OK;
    }
    if (exchange->old != NULL) {
        ukb_warnings_add(&plan->warnings, UKB_DIALOG_QUESTION_OLD_FILES);
    }
    if (params->encryption_key != NULL) {
        exchange->import = true;
        return check_envelope(params, session, plan, exchange, reterr);
    }
    if (!plan->is_unseen && !is_known(&plan->inventory, &ukb_certificate_facts(exchange->candidate)->key)) {
        return ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0,
                         "the encryption certificate is for a key that is not on this UKey and does not come with it");
    }
    return UKB_OK;
}

static enum ukb_status
check(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
      const struct ukb_token_session *session, struct ukb_plan *plan, struct ukb_error *reterr)
{
    struct ukb_trust trust = { .chain = { .count = 0 } };
    enum ukb_status st = ukb_trust_read(env->policy, params->chain, params->chain_count, &trust, reterr);
    size_t i;

    for (i = 0; st == UKB_OK && i < plan->exchanges.count; i++) {
        st = check_certificate(env, plan, &plan->exchanges.items[i], &trust, reterr);
        if (st == UKB_OK) {
            st = check_encryption_key(params, session, plan, &plan->exchanges.items[i], reterr);
        }
    }
    ukb_trust_done(&trust);
    return st == UKB_OK ? ukb_plan_check_halves(plan, reterr) : st;
}

/* What the call brings, and what the journal knows of it. */
static enum ukb_status
read_call(const struct ukb_renewal_env *env, const struct ukb_install_params *params, struct ukb_plan *plan,
          struct ukb_error *reterr)
{
    enum ukb_status st = check_params(params, reterr);

    if (st == UKB_OK) {
        st = read_candidates(params, &plan->exchanges, reterr);
    }
    if (st == UKB_OK) {
        st = params->renewal != NULL ? read_record(env, params, plan, reterr) : find_record(env, params, plan, reterr);
    }
    if (st == UKB_OK && plan->has_record && plan->record.state == UKB_RENEWAL_INSTALLED) {
        plan->is_installed = brings(&plan->record, &plan->exchanges);
        return plan->is_installed ? UKB_OK
                                  : wrong_state(&plan->record, "this renewal has installed other certificates", reterr);
    }
    return st;
}

static enum ukb_status
make(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
     const struct ukb_token_session *session, struct ukb_plan *plan, struct ukb_error *reterr)
{
    enum ukb_status st = read_call(env, params, plan, reterr);

    if (st != UKB_OK || plan->is_installed) {
        return st;
    }
    st = ukb_inventory_read_again(session, &plan->inventory, reterr);
    if (st == UKB_OK) {
        st = find_replaced(params, plan, reterr);
    }
    return st == UKB_OK ? check(env, params, session, plan, reterr) : st;
}

enum ukb_status
ukb_plan_make(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
              const struct ukb_token_session *session, struct ukb_plan *inout_plan, struct ukb_error *reterr)
{
    struct ukb_plan plan = { .inventory = inout_plan->inventory }; /* moved */
    enum ukb_status st;

    memset(&inout_plan->inventory, 0, sizeof(inout_plan->inventory));
    ukb_plan_done(inout_plan);
    st = make(env, params, session, &plan, reterr);
    if (st != UKB_OK) {
        ukb_plan_done(&plan);
        return st;
    }
    *inout_plan = plan;
    return UKB_OK;
}

enum ukb_status
ukb_plan_begun(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
               const struct ukb_token_session *session, bool *ret_begun, struct ukb_plan *ret_plan,
               struct ukb_error *reterr)
{
    struct ukb_plan plan = { .is_unseen = true };
    enum ukb_status st = read_call(env, params, &plan, reterr);
    const bool begun = st == UKB_OK && plan.has_record && plan.record.state == UKB_RENEWAL_INSTALLING;

    if (begun) {
        st = take_begun(&plan, reterr);
    }
    if (begun && st == UKB_OK) {
        st = check(env, params, session, &plan, reterr);
    }
    if (begun && st == UKB_OK) {
        *ret_plan = plan;
    } else {
        ukb_plan_done(&plan);
    }
    *ret_begun = begun;
    return st;
}

bool
ukb_plan_removes_old(const struct ukb_renewal_env *env, const struct ukb_exchange *exchange)
{
    if (exchange->old == NULL || exchange->half != UKB_HALF_SIGNING) {
        return false; /* an old encryption certificate stays as history */
    }
    return exchange->same_key || (ukb_policy_retire(env->policy) == UKB_RETIRE_NOW &&
                                  ukb_certificate_facts(exchange->old)->role == UKB_ROLE_SIGNING);
}

void
ukb_plan_done(struct ukb_plan *plan)
{
    ukb_exchanges_done(&plan->exchanges);
    ukb_inventory_done(&plan->inventory);
    ukb_envelope_free(plan->envelope);
    ukb_renewal_record_done(&plan->record);
    memset(plan, 0, sizeof(*plan));
}

enum ukb_status
ukb_plan_token(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
               char ret_token[UKB_TOKEN_ID_LEN + 1U], struct ukb_error *reterr)
{
    struct ukb_renewal_record record = { 0 };
    enum ukb_status st;

    if (params->token != NULL) {
        memcpy(ret_token, params->token, UKB_TOKEN_ID_LEN + 1U);
        return UKB_OK;
    }
    st = ukb_renewal_get(env, params->renewal, &record, reterr);
    if (st == UKB_OK) {
        memcpy(ret_token, record.token, sizeof(record.token));
    }
    ukb_renewal_record_done(&record);
    return st;
}
