/* SPDX-License-Identifier: MIT */
#include "token/attempt.h"

#include <string.h>

#include "token/ckr.h"
#include "token/internal.h"
#include "token/session.h"

/* What an answer to a PIN means; all others mean what they mean elsewhere. */
static const struct {
    CK_RV rv;
    enum ukb_status tried;  /* where a PIN was tried */
    enum ukb_status handed; /* where a new PIN was handed over, too */
} rows[] = {
    { CKR_PIN_INCORRECT, UKB_E_PIN_INCORRECT, UKB_E_PIN_INCORRECT },
    { CKR_PIN_INVALID, UKB_E_PIN_INCORRECT, UKB_E_PIN_LENGTH }, /* characters that the new PIN must not have */
    { CKR_PIN_LEN_RANGE, UKB_E_PIN_LENGTH, UKB_E_PIN_LENGTH },
    { CKR_PIN_TOO_WEAK, UKB_E_TOKEN_ERROR, UKB_E_PIN_LENGTH },
    { CKR_CANCEL, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED },
    { CKR_FUNCTION_CANCELED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED },
    { CKR_FUNCTION_REJECTED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED },
};

static enum ukb_status
status_of(CK_RV rv, bool handed)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].rv == rv) {
            return handed ? rows[i].handed : rows[i].tried;
        }
    }
    return ukb_ckr_status(rv);
}

enum ukb_status
ukb_attempt_new_pin_status(CK_RV rv)
{
    return status_of(rv, true);
}

static enum ukb_pin_state
state_of(const struct ukb_attempt *attempt, const struct ukb_token_info *info)
{
    switch (attempt->purpose) {
    case UKB_ATTEMPT_LOGIN:
        break;
    case UKB_ATTEMPT_CHANGE:
        return info->pin_change_state;
    case UKB_ATTEMPT_UNBLOCK:
        return info->so_pin_state;
    }
    return info->pin_state;
}

/* Whose PIN it is, for messages. */
static const char *
owner_of(const struct ukb_attempt *attempt)
{
    return attempt->purpose == UKB_ATTEMPT_UNBLOCK ? "administrator" : "user";
}

static enum ukb_status
raise_locked(const struct ukb_attempt *attempt, CK_RV rv, struct ukb_error *reterr)
{
    enum ukb_status st;

    st = ukb_raise(reterr, UKB_E_PIN_LOCKED, rv, "the token has locked its %s PIN", owner_of(attempt));
    ukb_error_add_integer(reterr, "retriesLeft", 0);
    return st;
}

/* Read the info of the token that is in the session's slot now, and make sure that it is the session's. */
static enum ukb_status
read_identified(const struct ukb_token_session *session, struct ukb_token_info *ret_info, struct ukb_error *reterr)
{
    struct ukb_token_info info;
    CK_RV rv;

    rv = ukb_token_info_read(session->module, session->info.slot, &info);
    if (rv != CKR_OK) {
        return ukb_token_failure(session, rv, "C_GetTokenInfo", reterr);
    }
    if (strcmp(info.id, session->info.id) != 0) {
        return ukb_raise(reterr, UKB_E_TOKEN_REMOVED, 0, "another token is in the slot");
    }
    *ret_info = info;
    return UKB_OK;
}

/* The last try needs the user's word, once. */
static enum ukb_status
admit_final(struct ukb_attempt *attempt, bool may_ask, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (attempt->confirmed) {
        return UKB_OK;
    }
    if (!may_ask || attempt->source == NULL || attempt->source->confirm_final_try == NULL) {
        return ukb_raise(reterr, UKB_E_PIN_FINAL_TRY, 0, "one try is left, and nobody agreed to spend it");
    }
    st = attempt->source->confirm_final_try(attempt->source->ctx, reterr);
    attempt->confirmed = st == UKB_OK;
    return st;
}

enum ukb_status
ukb_attempt_look(struct ukb_attempt *attempt, bool may_ask, struct ukb_error *reterr)
{
    enum ukb_status st = read_identified(attempt->session, &attempt->info, reterr);

    if (st != UKB_OK) {
        return st;
    }
    switch (state_of(attempt, &attempt->info)) {
    case UKB_PIN_LOCKED:
        return raise_locked(attempt, 0, reterr);
    case UKB_PIN_UNINITIALISED:
        return ukb_raise(reterr, attempt->purpose == UKB_ATTEMPT_CHANGE ? UKB_E_UNSUPPORTED : UKB_E_PIN_MUST_CHANGE, 0,
                         "the token has no user PIN yet: its administrator sets the first one");
    case UKB_PIN_MUST_CHANGE:
        return ukb_raise(reterr, UKB_E_PIN_MUST_CHANGE, 0, "the token wants its user PIN changed first");
    case UKB_PIN_FINAL:
        return admit_final(attempt, may_ask, reterr);
    case UKB_PIN_OK:
    case UKB_PIN_LOW:
    case UKB_PIN_PAD:
        break;
    }
    return UKB_OK;
}

/* Get the PIN from the source. PKCS#11 tells the lengths of the user PIN; an administrator's may well be longer. */
static enum ukb_status
get_pin(const struct ukb_attempt *attempt, struct ukb_secret *pin, struct ukb_error *reterr)
{
    const bool is_user = attempt->purpose != UKB_ATTEMPT_UNBLOCK;
    const size_t min_len = is_user ? attempt->info.pin_min_len : 1U;
    const size_t max_len = is_user ? attempt->info.pin_max_len : UKB_PIN_MAX_LEN;
    const struct ukb_pin_source *source = attempt->source;
    enum ukb_status st;

    if (source->get == NULL) {
        return ukb_raise(reterr, UKB_E_PIN_UI_UNAVAILABLE, 0, "there is nobody to ask for the PIN");
    }
    st = source->get(source->ctx, state_of(attempt, &attempt->info), min_len, max_len, pin, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (pin->len < min_len || pin->len > max_len) {
        /* How long it was is nobody's business. */
        return ukb_raise(reterr, UKB_E_PIN_LENGTH, 0, "the token takes PINs of %zu to %zu bytes", min_len, max_len);
    }
    return UKB_OK;
}

enum ukb_status
ukb_attempt_ask(const struct ukb_attempt *attempt, struct ukb_secret *pin, struct ukb_error *reterr)
{
    const struct ukb_pin_source *source = attempt->source;

    if (!attempt->info.pin_pad) {
        return get_pin(attempt, pin, reterr);
    }
    return source->ready_for_pad == NULL ? UKB_OK : source->ready_for_pad(source->ctx, reterr);
}

static enum ukb_status
raise_incorrect(const struct ukb_attempt *attempt, CK_RV rv, enum ukb_pin_state state, struct ukb_error *reterr)
{
    const int left = ukb_pin_retries_left(state);
    enum ukb_status st;

    st = ukb_raise(reterr, UKB_E_PIN_INCORRECT, rv, "the token refused the %s PIN", owner_of(attempt));
    if (left < 0) {
        ukb_error_add_null(reterr, "retriesLeft");
    } else {
        ukb_error_add_integer(reterr, "retriesLeft", left);
    }
    return st;
}

/* Modules answer a wrong PIN in many ways; the flags afterwards tell what became of it. */
enum ukb_status
ukb_attempt_failure(const struct ukb_attempt *attempt, CK_RV rv, const char *function, struct ukb_error *reterr)
{
    char name[UKB_CKR_NAME_SIZE] = "";
    struct ukb_error ignored = { 0 };
    struct ukb_token_info now;
    enum ukb_status st;

    memset(&now, 0, sizeof(now)); /* UKB_PIN_OK: nothing known */
    st = read_identified(attempt->session, &now, &ignored);
    if (st == UKB_E_TOKEN_REMOVED) {
        *reterr = ignored;
        return st;
    }
    if (st == UKB_OK && state_of(attempt, &now) == UKB_PIN_LOCKED) {
        return raise_locked(attempt, rv, reterr);
    }
    ukb_ckr_name(rv, name);
    st = status_of(rv, attempt->purpose == UKB_ATTEMPT_CHANGE);
    switch ((int)st) {
    case UKB_E_PIN_INCORRECT:
        return raise_incorrect(attempt, rv, state_of(attempt, &now), reterr);
    case UKB_E_PIN_LOCKED:
        return raise_locked(attempt, rv, reterr);
    case UKB_E_TOKEN_BUSY:
        return ukb_raise(reterr, st, rv, "%s answered %s: the PIN was not checked", function, name);
    case UKB_E_TOKEN_ERROR:
        st = ukb_raise(reterr, st, rv, "%s answered %s, which may have spent a try", function, name);
        ukb_error_add_string(reterr, "ckr", name);
        return st;
    default:
        return ukb_raise(reterr, st, rv, "%s answered %s", function, name);
    }
}
