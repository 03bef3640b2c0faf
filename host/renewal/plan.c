/* SPDX-License-Identifier: MIT */
/* What would an installation do, and may it? Reads only; the same for preview, before the PIN and after it. */
#include "renewal/internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/hex.h"
#include "pki/pem.h"
#include "platform/file.h"

#define ANCHOR_FILE_MAX_LEN 65536U
#define ANCHORS_MAX         64U

/* Certificates that prove an issuer. Owned. */
struct certificate_list {
    struct ukb_certificate *items[ANCHORS_MAX];
    size_t count;
};

static void
list_done(struct certificate_list *list)
{
    while (list->count > 0) {
        ukb_certificate_free(list->items[--list->count]);
    }
}

static enum ukb_status
read_chain(const struct ukb_install_params *params, struct certificate_list *chain, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; i < params->chain_count && st == UKB_OK; i++) {
        st = ukb_certificate_from_pem(params->chain[i], &chain->items[chain->count], reterr);
        chain->count += st == UKB_OK ? 1U : 0U;
    }
    return st;
}

/* An anchor that cannot be read is the administrator's mistake: trusting fewer than meant would look like the CA's. */
static enum ukb_status
read_anchors(const struct ukb_policy *policy, struct certificate_list *anchors, struct ukb_error *reterr)
{
    struct ukb_buf file = UKB_BUF_INIT(ANCHOR_FILE_MAX_LEN);
    const char *const *path = ukb_policy_trust_anchors(policy);
    enum ukb_status st = UKB_OK;

    for (; *path != NULL && st == UKB_OK; path++) {
        struct ukb_error why = { 0 };

        if (anchors->count == ANCHORS_MAX) {
            st = ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "more than %u trustAnchors", ANCHORS_MAX);
            break;
        }
        st = ukb_file_read(*path, UKB_FILE_OF_ADMINISTRATOR, &file, &why);
        if (st == UKB_OK) {
            st = ukb_certificate_from_pem(ukb_buf_text(&file), &anchors->items[anchors->count], &why);
        }
        if (st != UKB_OK) {
            st = ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "trustAnchors: %.100s: %s", *path,
                           st == UKB_END ? "no such file" : why.message);
        } else {
            anchors->count++;
        }
    }
    ukb_buf_done(&file);
    return st;
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
    st = ukb_raise(reterr, UKB_E_WRONG_STATE, 0, "this renewal is over");
    ukb_error_add_string(reterr, "state", ukb_renewal_state_name(plan->record.state));
    return st;
}

/* Does @p record bring exactly @p candidate? */
static bool
brings(const struct ukb_renewal_record *record, const struct ukb_certificate *candidate)
{
    size_t i;

    for (i = 0; i < record->object_count; i++) {
        if (record->objects[i].action == UKB_RENEWAL_NEW &&
            strcmp(record->objects[i].sha256, ukb_certificate_facts(candidate)->id) == 0) {
            return true;
        }
    }
    return false;
}

/* A call by token: an earlier one that brought, or was bringing, this very certificate goes on. */
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

        if (mine && brings(record, plan->candidate) &&
            (record->state == UKB_RENEWAL_INSTALLING || record->state == UKB_RENEWAL_INSTALLED)) {
            plan->record = *record;
            plan->has_record = true;
            memset(record, 0, sizeof(*record)); /* moved */
        }
    }
    ukb_renewal_list_done(&list);
    return st;
}

static enum ukb_status
copy_certificate(const struct ukb_certificate *from, struct ukb_certificate **ret_copy, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(from);

    return ukb_certificate_from_der(facts->der, facts->der_len, ret_copy, reterr);
}

/*
 * Only an interrupted write may have taken the old certificate away. Gone for another reason, somebody renewed it
 * since, and what this renewal brings may be older than that.
 */
static enum ukb_status
old_of_record(const struct ukb_inventory *inventory, struct ukb_plan *plan, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_record_certificate(&plan->record, UKB_RENEWAL_OLD, &plan->old, reterr);

    if (st == UKB_OK && plan->old != NULL && plan->record.state == UKB_RENEWAL_REQUESTED &&
        ukb_inventory_find(inventory, ukb_certificate_facts(plan->old)->id) == NULL) {
        st = ukb_raise(reterr, UKB_E_NO_CERTIFICATE, 0, "the certificate to be renewed is no longer on this UKey");
    }
    return st;
}

/* The certificate to be replaced: the journal's copy (an interruption may have removed it), or the token's. */
static enum ukb_status
find_old(const struct ukb_install_params *params, const struct ukb_inventory *inventory, struct ukb_plan *plan,
         struct ukb_error *reterr)
{
    const struct ukb_inventory_item *item = NULL;

    if (plan->has_record) {
        return old_of_record(inventory, plan, reterr);
    }
    if (ukb_inventory_find(inventory, ukb_certificate_facts(plan->candidate)->id) != NULL) {
        return ukb_raise(reterr, UKB_E_NOT_NEWER, 0, "this certificate is on the UKey already");
    }
    if (params->certificate == NULL) {
        return UKB_OK;
    }
    item = ukb_inventory_find(inventory, params->certificate);
    if (item == NULL) {
        return ukb_raise(reterr, UKB_E_NO_CERTIFICATE, 0, "this UKey does not hold that certificate");
    }
    return copy_certificate(item->certificate, &plan->old, reterr);
}

/* Which key must the certificate be for? NULL: any on the token; that is seen after the login. */
static const struct ukb_public_key *
expected_key(const struct ukb_plan *plan)
{
    if (plan->has_record && plan->record.public_key.type != UKB_KEY_UNKNOWN) {
        return &plan->record.public_key;
    }
    return NULL;
}

static enum ukb_status
check(const struct ukb_renewal_env *env, struct ukb_plan *plan, const struct certificate_list *chain,
      const struct certificate_list *anchors, struct ukb_error *reterr)
{
    const struct ukb_check question = {
        .kind =
            plan->has_record ? ukb_kind_of(plan->record.kind) : (plan->old != NULL ? UKB_KIND_RENEW : UKB_KIND_ISSUE),
        .candidate = plan->candidate,
        .old = plan->old,
        .expected_key = expected_key(plan),
        .expected_role = plan->old == NULL ? UKB_ROLE_SIGNING : ukb_certificate_facts(plan->old)->role,
        .chain = (const struct ukb_certificate *const *)chain->items,
        .chain_count = chain->count,
        .anchors = (const struct ukb_certificate *const *)anchors->items,
        .anchor_count = anchors->count,
        .now_s = env->now_s,
    };

    if (question.expected_role == UKB_ROLE_ENCRYPTION) {
        return ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "a signing certificate cannot replace an encryption certificate");
    }
    return ukb_check_certificate(&question, &plan->warnings, reterr);
}

static enum ukb_status
make(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
     const struct ukb_token_session *session, struct ukb_plan *plan, struct ukb_error *reterr)
{
    struct ukb_inventory inventory = { 0 };
    struct certificate_list chain = { 0 };
    struct certificate_list anchors = { 0 };
    enum ukb_status st;

    st = ukb_certificate_from_pem(params->signing, &plan->candidate, reterr);
    if (st == UKB_OK) {
        st = params->renewal != NULL ? read_record(env, params, plan, reterr) : find_record(env, params, plan, reterr);
    }
    if (st == UKB_OK && plan->has_record && plan->record.state == UKB_RENEWAL_INSTALLED) {
        plan->is_installed = brings(&plan->record, plan->candidate);
        if (!plan->is_installed) {
            st = ukb_raise(reterr, UKB_E_WRONG_STATE, 0, "this renewal has installed another certificate");
            ukb_error_add_string(reterr, "state", "installed");
        }
        goto out;
    }
    if (st == UKB_OK && plan->has_record && plan->record.state == UKB_RENEWAL_INSTALLING &&
        !brings(&plan->record, plan->candidate)) {
        st = ukb_raise(reterr, UKB_E_WRONG_STATE, 0, "another certificate is being installed: finish with that one");
        ukb_error_add_string(reterr, "state", ukb_renewal_state_name(plan->record.state));
    }
    if (st == UKB_OK) {
        st = read_chain(params, &chain, reterr);
    }
    if (st == UKB_OK) {
        st = read_anchors(env->policy, &anchors, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_inventory_read(session, &inventory, reterr);
    }
    if (st == UKB_OK) {
        st = find_old(params, &inventory, plan, reterr);
    }
    if (st == UKB_OK) {
        st = check(env, plan, &chain, &anchors, reterr);
    }
    if (st == UKB_OK) {
        plan->same_key = plan->old != NULL && ukb_public_key_equal(&ukb_certificate_facts(plan->old)->key,
                                                                   &ukb_certificate_facts(plan->candidate)->key);
    }
out:
    ukb_inventory_done(&inventory);
    list_done(&chain);
    list_done(&anchors);
    return st;
}

enum ukb_status
ukb_plan_make(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
              const struct ukb_token_session *session, struct ukb_plan *ret_plan, struct ukb_error *reterr)
{
    struct ukb_plan plan = { 0 };
    enum ukb_status st;

    if (params->signing == NULL) {
        st = ukb_raise(reterr, UKB_E_PARAMS, 0, "signing: missing");
        ukb_error_add_string(reterr, "field", "signing");
        return st;
    }
    if (params->renewal != NULL && params->certificate != NULL) {
        st = ukb_raise(reterr, UKB_E_PARAMS, 0, "certificate: the renewal knows it");
        ukb_error_add_string(reterr, "field", "certificate");
        return st;
    }
    st = make(env, params, session, &plan, reterr);
    if (st != UKB_OK) {
        ukb_plan_done(&plan);
        return st;
    }
    *ret_plan = plan;
    return UKB_OK;
}

bool
ukb_plan_removes_old(const struct ukb_renewal_env *env, const struct ukb_plan *plan)
{
    return plan->same_key || (ukb_policy_retire(env->policy) == UKB_RETIRE_NOW && plan->old != NULL &&
                              ukb_certificate_facts(plan->old)->role == UKB_ROLE_SIGNING);
}

void
ukb_plan_done(struct ukb_plan *plan)
{
    ukb_certificate_free(plan->old);
    ukb_certificate_free(plan->candidate);
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

/* One line of the preview; takes nothing: the certificate is copied. */
static enum ukb_status
add_change(struct ukb_renewal_preview *preview, const char *action, const struct ukb_certificate *certificate,
           struct ukb_error *reterr)
{
    struct ukb_renewal_preview_change *change = &preview->changes[preview->change_count];
    enum ukb_status st = copy_certificate(certificate, &change->certificate, reterr);

    if (st == UKB_OK) {
        change->action = action;
        preview->change_count++;
    }
    return st;
}

enum ukb_status
ukb_renewal_preview(const struct ukb_renewal_env *env, const struct ukb_install_params *params,
                    struct ukb_renewal_preview *ret_preview, struct ukb_error *reterr)
{
    struct ukb_renewal_preview preview = { 0 };
    struct ukb_hold hold = { 0 };
    struct ukb_plan plan = { 0 };
    enum ukb_status st;

    st = ukb_plan_token(env, params, preview.token, reterr);
    if (st == UKB_OK) {
        st = ukb_env_open(env, preview.token, false, &hold, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_plan_make(env, params, hold.session, &plan, reterr);
    }
    if (st == UKB_OK && plan.old != NULL) {
        st = add_change(&preview, ukb_plan_removes_old(env, &plan) ? "remove" : "keep", plan.old, reterr);
    }
    if (st == UKB_OK) {
        st = add_change(&preview, plan.is_installed ? "keep" : "add", plan.candidate, reterr);
    }
    if (st == UKB_OK) {
        preview.warnings = plan.warnings;
        *ret_preview = preview;
    } else {
        ukb_renewal_preview_done(&preview);
    }
    ukb_plan_done(&plan);
    ukb_hold_done(&hold);
    return st;
}

void
ukb_renewal_preview_done(struct ukb_renewal_preview *preview)
{
    while (preview->change_count > 0) {
        ukb_certificate_free(preview->changes[--preview->change_count].certificate);
    }
    memset(preview, 0, sizeof(*preview));
}
