/* SPDX-License-Identifier: MIT */
/* renewal.begin: a key and a request for it. */
#include "renewal/internal.h"

#include <string.h>

#include "pki/request.h"
#include "renewal/signed_request.h"
#include "token/keys.h"

#define STEPS 3U /* pin, generate-key, sign-request */

static const char NEW_KEY_LABEL[] = "UKey Bridge";

static const struct {
    const char *name;
    enum ukb_algorithm algorithm;
    enum ukb_key_type type;
    unsigned int bits; /* the old key's, that this algorithm follows */
} algorithms[] = {
    { "RSA-2048", UKB_RSA_2048, UKB_KEY_RSA, 2048 },
    { "RSA-3072", UKB_RSA_3072, UKB_KEY_RSA, 3072 },
    { "EC-P256", UKB_EC_P256, UKB_KEY_EC, 256 },
    { "EC-P384", UKB_EC_P384, UKB_KEY_EC, 384 },
};
#define ALGORITHM_COUNT (sizeof(algorithms) / sizeof(algorithms[0]))

/* One call of begin. */
struct begin {
    const struct ukb_renewal_env *env;
    const struct ukb_begin_params *params;
    struct ukb_hold hold;
    struct ukb_inventory inventory;
    const struct ukb_inventory_item *old; /* NULL: none named */
    bool new_key;
    size_t algorithm;       /* index into algorithms, for a new key */
    struct ukb_buf subject; /* DER */
    struct ukb_renewal_record record;
};

static enum ukb_status
bad_field(const char *field, const char *why, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_raise(reterr, UKB_E_PARAMS, 0, "%s: %s", field, why);

    ukb_error_add_string(reterr, "field", field);
    return st;
}

/* Which parameters each kind takes. */
static enum ukb_status
check_params(struct begin *b, struct ukb_error *reterr)
{
    const struct ukb_begin_params *params = b->params;
    bool renew = params->kind == UKB_KIND_RENEW;
    bool issue = params->kind == UKB_KIND_ISSUE;

    if ((renew || params->kind == UKB_KIND_CHANGE) && params->certificate == NULL) {
        return bad_field("certificate", "this kind needs the certificate to be renewed", reterr);
    }
    if (issue && params->certificate != NULL) {
        return bad_field("certificate", "a new certificate replaces none", reterr);
    }
    if (renew && params->subject_count > 0) {
        return bad_field("subject", "a renewal keeps the subject; use kind change", reterr);
    }
    if (!renew && params->subject_count == 0) {
        return bad_field("subject", "this kind needs a subject", reterr);
    }
    b->new_key = params->key == NULL ? !renew : strcmp(params->key, "new") == 0;
    if (!b->new_key && params->certificate == NULL) {
        return bad_field("key", "without a certificate there is no key to keep", reterr);
    }
    if (!b->new_key && params->algorithm != NULL) {
        return bad_field("algorithm", "a key that is kept has its algorithm", reterr);
    }
    if (b->new_key && params->certificate == NULL && params->algorithm == NULL) {
        return bad_field("algorithm", "this kind needs an algorithm", reterr);
    }
    return UKB_OK;
}

static enum ukb_status
find_old(struct begin *b, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = NULL;

    if (b->params->certificate == NULL) {
        return UKB_OK;
    }
    b->old = ukb_inventory_find(&b->inventory, b->params->certificate);
    if (b->old == NULL) {
        return ukb_raise(reterr, UKB_E_NO_CERTIFICATE, 0, "this UKey does not hold that certificate");
    }
    facts = ukb_certificate_facts(b->old->certificate);
    if (facts->role == UKB_ROLE_ENCRYPTION || facts->is_ca) {
        return ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "a request renews a signing certificate");
    }
    return UKB_OK;
}

/* The algorithm of a new key: the one asked for, or that of the old key; the token must be able to make it. */
static enum ukb_status
choose_algorithm(struct begin *b, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *old = b->old == NULL ? NULL : ukb_certificate_facts(b->old->certificate);
    const struct ukb_token_info *info = ukb_token_session_info(b->hold.session);
    size_t i;

    for (i = 0; i < ALGORITHM_COUNT; i++) {
        if (b->params->algorithm != NULL ? strcmp(algorithms[i].name, b->params->algorithm) == 0
                                         : old->key.type == algorithms[i].type && old->key_bits == algorithms[i].bits) {
            break;
        }
    }
    if (i == ALGORITHM_COUNT) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0,
                         "this version makes RSA-2048, RSA-3072, EC-P256 and EC-P384 keys");
    }
    if ((info->algorithms & (unsigned int)algorithms[i].algorithm) == 0) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this UKey makes no %s keys", algorithms[i].name);
    }
    b->algorithm = i;
    return UKB_OK;
}

/* The subject of the request: the old certificate's bytes, or what the portal asks for. */
static enum ukb_status
make_subject(struct begin *b, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *old = NULL;

    if (b->params->subject_count > 0) {
        return ukb_subject_from_items(b->params->subject, b->params->subject_count, &b->subject, reterr);
    }
    old = ukb_certificate_facts(b->old->certificate);
    return ukb_buf_append(&b->subject, old->subject_der, old->subject_der_len, reterr);
}

static enum ukb_status
check_everything(struct begin *b, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    ukb_buf_clear(&b->subject);
    ukb_inventory_done(&b->inventory);
    st = ukb_inventory_read(b->hold.session, &b->inventory, reterr);
    if (st == UKB_OK) {
        st = find_old(b, reterr);
    }
    if (st == UKB_OK && b->new_key) {
        st = choose_algorithm(b, reterr);
    } else if (st == UKB_OK && ukb_certificate_facts(b->old->certificate)->key.type != UKB_KEY_RSA &&
               ukb_certificate_facts(b->old->certificate)->key.type != UKB_KEY_EC) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this version signs with RSA and EC keys");
    }
    if (st == UKB_OK) {
        st = make_subject(b, reterr);
    }
    return st;
}

/*
 * The open renewal of the same origin and certificate: the same kind and key answers this call (b->record is set);
 * another one bars it. One whose request never came to be is left to ukb_recover_own().
 */
static enum ukb_status
find_open(struct begin *b, bool *ret_answered, struct ukb_error *reterr)
{
    const struct ukb_begin_params *params = b->params;
    struct ukb_renewal_record open = { 0 };
    enum ukb_status st;

    *ret_answered = false;
    st = ukb_journal_find_open(b->env->journal, ukb_env_origin(b->env), params->token,
                               params->certificate == NULL ? "" : params->certificate, &open, reterr);
    if (st == UKB_E_NO_RENEWAL) {
        return UKB_OK;
    }
    if (st != UKB_OK) {
        return st;
    }
    if (open.state == UKB_RENEWAL_PREPARING) {
        ukb_renewal_record_done(&open);
        return UKB_OK;
    }
    if (open.kind == ukb_renewal_kind_of(params->kind) && (open.key == UKB_RENEWAL_KEY_NEW) == b->new_key) {
        b->record = open;
        *ret_answered = true;
        return UKB_OK;
    }
    st = ukb_raise(reterr, UKB_E_RENEWAL_PENDING, 0, "another renewal of this certificate is open");
    ukb_error_add_string(reterr, "renewal", open.id);
    ukb_renewal_record_done(&open);
    return st;
}

/* The intent, on disk before the token is touched. */
static enum ukb_status
journal_intent(struct begin *b, struct ukb_error *reterr)
{
    struct ukb_renewal_record record = {
        .kind = ukb_renewal_kind_of(b->params->kind),
        .key = b->new_key ? UKB_RENEWAL_KEY_NEW : UKB_RENEWAL_KEY_SAME,
        .origin = (char *)(uintptr_t)ukb_env_origin(b->env), /* borrowed: the journal copies */
        .order = (char *)(uintptr_t)b->params->order,
        .state = UKB_RENEWAL_PREPARING,
    };
    struct ukb_renewal_object old;
    enum ukb_status st;

    memcpy(record.token, b->params->token, sizeof(record.token));
    if (b->old != NULL) {
        old = ukb_renewal_object_of(b->old->certificate, UKB_RENEWAL_OLD);
        memcpy(record.certificate_id, old.sha256, sizeof(record.certificate_id));
        record.objects = &old;
        record.object_count = 1;
    }
    st = ukb_renewal_id_make(record.token, record.id, reterr);
    if (st == UKB_OK && b->new_key) {
        memcpy(record.algorithm, algorithms[b->algorithm].name, strlen(algorithms[b->algorithm].name) + 1U);
        record.key_id_len = UKB_FRESH_KEY_ID_LEN;
        st = ukb_key_id_make(record.key_id, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_journal_insert(b->env->journal, &record, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_journal_get(b->env->journal, record.id, &b->record, reterr);
    }
    return st;
}

/* The key that the request is for: a fresh one, or the old certificate's. */
static enum ukb_status
get_key(struct begin *b, struct ukb_token_key *ret_key, struct ukb_error *reterr)
{
    struct ukb_renewal_record *record = &b->record;
    struct ukb_renewal_change made = {
        .id = record->id, .from = UKB_RENEWAL_PREPARING, .to = UKB_RENEWAL_PREPARING, .step = "generate-key"
    };
    const struct ukb_certificate_facts *old = NULL;
    enum ukb_status st;

    if (!b->new_key) {
        old = ukb_certificate_facts(b->old->certificate);
        return ukb_token_key_find(b->hold.session, &old->key, b->old->object->id, b->old->object->id_len, ret_key,
                                  reterr);
    }
    ukb_env_progress(b->env, "generate-key", 1, STEPS, false);
    st = ukb_token_keypair_generate(b->hold.session, algorithms[b->algorithm].algorithm, record->key_id,
                                    record->key_id_len, NEW_KEY_LABEL, b->params->dual, ret_key, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (ret_key->id_len <= sizeof(record->key_id)) { /* some tokens choose their own */
        memcpy(record->key_id, ret_key->id, ret_key->id_len);
        record->key_id_len = ret_key->id_len;
    }
    record->public_key = ret_key->public_key;
    made.key_id = record->key_id;
    made.key_id_len = record->key_id_len;
    made.public_key = &record->public_key;
    return ukb_journal_advance(b->env->journal, &made, reterr);
}

static enum ukb_status
make_request(struct begin *b, struct ukb_error *reterr)
{
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_buf signed_pem = UKB_BUF_INIT(UKB_SIGNED_PEM_MAX_LEN);
    struct ukb_token_key key = { 0 };
    struct ukb_token_signer token_signer = { b->hold.session, &key };
    const struct ukb_signer signer = { ukb_token_signer_sign, &token_signer };
    struct ukb_request_template request = { .subject_der = b->subject.data,
                                            .subject_der_len = b->subject.len,
                                            .key = &key.public_key,
                                            .challenge = b->params->challenge,
                                            .carry = b->old == NULL ? NULL : b->old->certificate };
    struct ukb_renewal_change made = { .id = b->record.id,
                                       .from = UKB_RENEWAL_PREPARING,
                                       .to = UKB_RENEWAL_REQUESTED,
                                       .step = "sign-request",
                                       .public_key = &key.public_key,
                                       .forgets_card = true };
    enum ukb_status st = get_key(b, &key, reterr);

    if (st == UKB_OK) {
        ukb_env_progress(b->env, "sign-request", 2, STEPS, !b->new_key);
        st = ukb_request_build(&request, &signer, &pem, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_renewal_sign_request(b->env, b->hold.session, b->params->kind, b->old, ukb_buf_text(&pem), &signed_pem,
                                      reterr);
    }
    if (st == UKB_OK) {
        made.request_pem = ukb_buf_text(&pem);
        made.request_signed_pem = signed_pem.len == 0 ? NULL : ukb_buf_text(&signed_pem);
        st = ukb_journal_advance(b->env->journal, &made, reterr);
    }
    ukb_buf_done(&pem);
    ukb_buf_done(&signed_pem);
    return st;
}

/*
 * No request came to be. Take the key away again, if the token lets us; otherwise the journal keeps its id. A token
 * that was pulled in the middle is known only when it is looked at anew; then that is the reason in @p inout_why.
 */
static void
roll_back(struct begin *b, struct ukb_error *inout_why)
{
    const struct ukb_renewal_record *record = &b->record;
    const struct ukb_renewal_change undone = { .id = record->id,
                                               .from = UKB_RENEWAL_PREPARING,
                                               .to = UKB_RENEWAL_ROLLED_BACK,
                                               .step = "roll-back",
                                               .error = inout_why,
                                               .forgets_card = true };
    struct ukb_error second = { 0 };
    struct ukb_error seen = { 0 };
    enum ukb_status st = UKB_OK;

    if (b->new_key) {
        st = ukb_env_mend_card(b->env, &b->hold, &second); /* a call that failed may have torn it */
    }
    if (b->new_key && st == UKB_OK) {
        st = ukb_orphan_destroy(b->hold.session, record, &second);
    }
    if (ukb_token_session_anew(&b->hold.session, false, &seen) == UKB_E_TOKEN_REMOVED) {
        st = UKB_E_TOKEN_REMOVED;
        second = seen;
        *inout_why = seen;
    }
    if (st == UKB_OK && b->hold.session != NULL && ukb_env_may_card_be_torn(b->env, &b->hold)) {
        st = ukb_raise(&second, UKB_E_TOKEN_ERROR, 0, "the card has to be mended first");
    }
    if (st == UKB_OK) {
        st = ukb_journal_advance(b->env->journal, &undone, &second);
    }
    if (st != UKB_OK) { /* still PREPARING: the next call on this UKey deletes the key */
        st = ukb_journal_add_step(b->env->journal, record->id, "roll-back", second.message, &second);
    }
}

/* Between the intent and the request nobody may stop us: a key without a name in the journal would be an orphan. */
static enum ukb_status
request_key(struct begin *b, struct ukb_error *reterr)
{
    enum ukb_status st;

    ukb_env_uninterruptible(b->env, b->new_key);
    st = journal_intent(b, reterr);
    if (st == UKB_OK) {
        st = make_request(b, reterr);
        if (st != UKB_OK) {
            roll_back(b, reterr);
        }
    }
    ukb_env_uninterruptible(b->env, false);
    return st;
}

static enum ukb_dialog_action
action_of(const struct begin *b)
{
    switch (b->params->kind) {
    case UKB_KIND_ISSUE:
        return UKB_DIALOG_ISSUE;
    case UKB_KIND_CHANGE:
        return UKB_DIALOG_CHANGE;
    case UKB_KIND_REPLACE:
        return UKB_DIALOG_REPLACE;
    case UKB_KIND_RENEW:
        break;
    }
    return b->new_key ? UKB_DIALOG_RENEW_NEW_KEY : UKB_DIALOG_RENEW_SAME_KEY;
}

/* Before anybody is asked: token and journal as no other process is writing them. */
static enum ukb_status
look(struct begin *b, bool *ret_answered, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_hold_share(&b->hold, UKB_HOLD_BEFORE_DIALOG_MS, reterr);

    if (st == UKB_OK) {
        st = check_everything(b, reterr);
    }
    if (st == UKB_OK) {
        st = find_open(b, ret_answered, reterr);
    }
    ukb_hold_unshare(&b->hold);
    return st;
}

/* Everything up to the record that answers the call. */
static enum ukb_status
run(struct begin *b, struct ukb_error *reterr)
{
    bool answered = false;
    enum ukb_status st = check_params(b, reterr);

    if (st == UKB_OK) {
        st = ukb_env_open_to_write(b->env, b->params->token, &b->hold, reterr);
    }
    if (st == UKB_OK) {
        st = look(b, &answered, reterr);
    }
    if (st != UKB_OK || answered) {
        return st;
    }
    ukb_env_progress(b->env, "pin", 0, STEPS, true);
    st = ukb_hold_login(&b->hold, action_of(b), NULL, 0, reterr);
    if (st == UKB_OK) { /* another process may have been faster while the user typed */
        st = find_open(b, &answered, reterr);
    }
    if (st != UKB_OK || answered) {
        return st;
    }
    st = ukb_recover_own(b->env, &b->hold, reterr);
    if (st == UKB_OK && b->hold.is_renewed) { /* the certificate may be gone */
        st = check_everything(b, reterr);
    }
    if (st == UKB_OK) {
        st = request_key(b, reterr);
    }
    return st;
}

enum ukb_status
ukb_renewal_begin(const struct ukb_renewal_env *env, const struct ukb_begin_params *params,
                  struct ukb_renewal_record *ret_record, struct ukb_error *reterr)
{
    struct begin b = { .env = env, .params = params, .subject = UKB_BUF_INIT(UKB_CERTIFICATE_DER_MAX_LEN) };
    struct ukb_renewal_record record = { 0 };
    enum ukb_status st = run(&b, reterr);

    if (st == UKB_OK) {
        st = ukb_journal_get(env->journal, b.record.id, &record, reterr); /* with its steps */
    }
    if (st == UKB_OK) {
        *ret_record = record;
    }
    ukb_renewal_record_done(&b.record);
    ukb_buf_done(&b.subject);
    ukb_inventory_done(&b.inventory);
    return ukb_hold_end(&b.hold, st, reterr);
}
