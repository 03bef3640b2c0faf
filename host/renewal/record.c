/* SPDX-License-Identifier: MIT */
/* Small things that every file of the room needs. */
#include "renewal/internal.h"

#include <string.h>

#include <openssl/rand.h>

#include "core/hex.h"

#define RANDOM_LEN 16U

static const unsigned char KEY_ID_PREFIX[4] = { 'U', 'K', 'B', '1' };

const char *
ukb_env_origin(const struct ukb_renewal_env *env)
{
    return env->context->ui ? NULL : env->context->origin;
}

enum ukb_status
ukb_env_open(const struct ukb_renewal_env *env, const char *token, bool writable, struct ukb_hold *ret_hold,
             struct ukb_error *reterr)
{
    const struct ukb_hold_env hold_env = {
        .module = env->module, .dialog = env->dialog, .origin = ukb_env_origin(env), .lock_dir = env->lock_dir
    };

    return ukb_hold_open(&hold_env, token, writable, ret_hold, reterr);
}

void
ukb_env_progress(const struct ukb_renewal_env *env, const char *step, unsigned int done, unsigned int total,
                 bool interruptible)
{
    if (env->progress != NULL) {
        env->progress(env->ctx, step, done, total, interruptible);
    }
}

void
ukb_env_uninterruptible(const struct ukb_renewal_env *env, bool on)
{
    if (env->uninterruptible != NULL) {
        env->uninterruptible(env->ctx, on);
    }
}

static enum ukb_status
random_bytes(unsigned char *ret_bytes, size_t len, struct ukb_error *reterr)
{
    if (RAND_bytes(ret_bytes, (int)len) != 1) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no random bytes");
    }
    return UKB_OK;
}

enum ukb_status
ukb_renewal_id_make(const char *token, char ret_id[UKB_RENEWAL_ID_MAX_LEN + 1U], struct ukb_error *reterr)
{
    unsigned char bytes[RANDOM_LEN];
    enum ukb_status st = random_bytes(bytes, sizeof(bytes), reterr);

    if (st != UKB_OK) {
        return st;
    }
    memcpy(ret_id, token, UKB_TOKEN_ID_LEN);
    ret_id[UKB_TOKEN_ID_LEN] = '-';
    ukb_hex_encode(bytes, sizeof(bytes), ret_id + UKB_TOKEN_ID_LEN + 1U);
    return UKB_OK;
}

enum ukb_status
ukb_key_id_make(unsigned char *ret_id, struct ukb_error *reterr)
{
    memcpy(ret_id, KEY_ID_PREFIX, sizeof(KEY_ID_PREFIX));
    return random_bytes(ret_id + sizeof(KEY_ID_PREFIX), UKB_FRESH_KEY_ID_LEN - sizeof(KEY_ID_PREFIX), reterr);
}

bool
ukb_key_id_is_fresh(const unsigned char *id, size_t id_len)
{
    return id_len == UKB_FRESH_KEY_ID_LEN && memcmp(id, KEY_ID_PREFIX, sizeof(KEY_ID_PREFIX)) == 0;
}

struct ukb_renewal_object
ukb_renewal_object_of(const struct ukb_certificate *certificate, enum ukb_renewal_action action)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    struct ukb_renewal_object object = { .action = action, .der_len = facts->der_len };

    (void)snprintf(object.role, sizeof(object.role), "%s", ukb_role_name(facts->role));
    memcpy(object.sha256, facts->id, sizeof(object.sha256));
    object.der = (unsigned char *)(uintptr_t)facts->der; /* the journal copies it; it is never freed through here */
    return object;
}

enum ukb_status
ukb_certificate_copy(const struct ukb_certificate *certificate, struct ukb_certificate **ret_copy,
                     struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);

    return ukb_certificate_from_der(facts->der, facts->der_len, ret_copy, reterr);
}

/* The journal and the checks name the same four kinds; neither room may know the other. */

enum ukb_renewal_kind
ukb_renewal_kind_of(enum ukb_kind kind)
{
    switch (kind) {
    case UKB_KIND_RENEW:
        return UKB_RENEWAL_RENEW;
    case UKB_KIND_ISSUE:
        return UKB_RENEWAL_ISSUE;
    case UKB_KIND_CHANGE:
        return UKB_RENEWAL_CHANGE;
    case UKB_KIND_REPLACE:
        break;
    }
    return UKB_RENEWAL_REPLACE;
}

enum ukb_kind
ukb_kind_of(enum ukb_renewal_kind kind)
{
    switch (kind) {
    case UKB_RENEWAL_RENEW:
        return UKB_KIND_RENEW;
    case UKB_RENEWAL_ISSUE:
        return UKB_KIND_ISSUE;
    case UKB_RENEWAL_CHANGE:
        return UKB_KIND_CHANGE;
    case UKB_RENEWAL_REPLACE:
        break;
    }
    return UKB_KIND_REPLACE;
}

enum ukb_status
ukb_renewal_get(const struct ukb_renewal_env *env, const char *id, struct ukb_renewal_record *ret_record,
                struct ukb_error *reterr)
{
    const char *origin = ukb_env_origin(env);
    struct ukb_renewal_record record = { 0 };
    enum ukb_status st = ukb_journal_get(env->journal, id, &record, reterr);

    if (st != UKB_OK) {
        return st;
    }
    if (origin != NULL && (record.origin == NULL || strcmp(record.origin, origin) != 0)) {
        ukb_renewal_record_done(&record);
        return ukb_raise(reterr, UKB_E_NOT_YOURS, 0, "this renewal belongs to another site");
    }
    *ret_record = record;
    return UKB_OK;
}
