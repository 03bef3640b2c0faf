/* SPDX-License-Identifier: MIT */
#include "token/login.h"

#include <string.h>

#include "token/ckr.h"
#include "token/internal.h"
#include "token/session.h"

/* What an answer of C_Login means; all others mean what they mean elsewhere. */
static const struct {
    CK_RV rv;
    enum ukb_status status;
} login_rows[] = {
    { CKR_PIN_INCORRECT, UKB_E_PIN_INCORRECT },     { CKR_PIN_INVALID, UKB_E_PIN_INCORRECT },
    { CKR_PIN_LEN_RANGE, UKB_E_PIN_LENGTH },        { CKR_CANCEL, UKB_E_PIN_CANCELLED },
    { CKR_FUNCTION_CANCELED, UKB_E_PIN_CANCELLED }, { CKR_FUNCTION_REJECTED, UKB_E_PIN_CANCELLED },
};

static enum ukb_status
login_status(CK_RV rv)
{
    size_t i;

    for (i = 0; i < sizeof(login_rows) / sizeof(login_rows[0]); i++) {
        if (login_rows[i].rv == rv) {
            return login_rows[i].status;
        }
    }
    return ukb_ckr_status(rv);
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

static enum ukb_status
raise_locked(CK_RV rv, struct ukb_error *reterr)
{
    enum ukb_status st;

    st = ukb_raise(reterr, UKB_E_PIN_LOCKED, rv, "the token has locked its user PIN");
    ukb_error_add_integer(reterr, "retriesLeft", 0);
    return st;
}

/* Refuse what must not be tried in this state; ask for the user's word, once, before the last try. */
static enum ukb_status
admit(enum ukb_pin_state state, const struct ukb_pin_source *source, bool *inout_confirmed, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    switch (state) {
    case UKB_PIN_LOCKED:
        return raise_locked(0, reterr);
    case UKB_PIN_UNINITIALISED:
        return ukb_raise(reterr, UKB_E_PIN_MUST_CHANGE, 0, "the token has no user PIN yet");
    case UKB_PIN_MUST_CHANGE:
        return ukb_raise(reterr, UKB_E_PIN_MUST_CHANGE, 0, "the token wants its user PIN changed first");
    case UKB_PIN_FINAL:
        if (*inout_confirmed) {
            return UKB_OK;
        }
        if (source->confirm_final_try == NULL) {
            return ukb_raise(reterr, UKB_E_PIN_FINAL_TRY, 0, "one try is left, and nobody agreed to spend it");
        }
        st = source->confirm_final_try(source->ctx, reterr);
        *inout_confirmed = st == UKB_OK;
        return st;
    case UKB_PIN_OK:
    case UKB_PIN_LOW:
    case UKB_PIN_PAD:
        break;
    }
    return UKB_OK;
}

/* Get a PIN of a length that the token takes; nothing for a reader with a PIN pad. @p pin is the caller's to wipe. */
static enum ukb_status
get_pin(const struct ukb_token_info *info, const struct ukb_pin_source *source, struct ukb_secret *pin,
        struct ukb_error *reterr)
{
    enum ukb_status st;

    if (info->pin_pad) {
        return UKB_OK;
    }
    if (source->get == NULL) {
        return ukb_raise(reterr, UKB_E_PIN_UI_UNAVAILABLE, 0, "there is nobody to ask for the PIN");
    }
    st = source->get(source->ctx, info->pin_state, info->pin_min_len, info->pin_max_len, pin, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (pin->len < info->pin_min_len || pin->len > info->pin_max_len) {
        /* How long it was is nobody's business. */
        return ukb_raise(reterr, UKB_E_PIN_LENGTH, 0, "the token takes PINs of %zu to %zu bytes", info->pin_min_len,
                         info->pin_max_len);
    }
    return UKB_OK;
}

static enum ukb_status
raise_incorrect(CK_RV rv, enum ukb_pin_state state, struct ukb_error *reterr)
{
    const int left = ukb_pin_retries_left(state);
    enum ukb_status st;

    st = ukb_raise(reterr, UKB_E_PIN_INCORRECT, rv, "the token refused the PIN");
    if (left < 0) {
        ukb_error_add_null(reterr, "retriesLeft");
    } else {
        ukb_error_add_integer(reterr, "retriesLeft", left);
    }
    return st;
}

/* Say what a failed C_Login means. Modules answer a wrong PIN in many ways; the flags afterwards tell what became of
 * it. */
static enum ukb_status
login_failure(const struct ukb_token_session *session, CK_RV rv, struct ukb_error *reterr)
{
    char name[UKB_CKR_NAME_SIZE] = "";
    struct ukb_error ignored = { 0 };
    struct ukb_token_info now;
    enum ukb_status st;

    memset(&now, 0, sizeof(now)); /* UKB_PIN_OK: nothing known */
    st = read_identified(session, &now, &ignored);
    if (st == UKB_E_TOKEN_REMOVED) {
        *reterr = ignored;
        return st;
    }
    if (st == UKB_OK && now.pin_state == UKB_PIN_LOCKED) {
        return raise_locked(rv, reterr);
    }
    ukb_ckr_name(rv, name);
    st = login_status(rv);
    switch ((int)st) {
    case UKB_E_PIN_INCORRECT:
        return raise_incorrect(rv, now.pin_state, reterr);
    case UKB_E_PIN_LOCKED:
        return raise_locked(rv, reterr);
    case UKB_E_TOKEN_BUSY:
        return ukb_raise(reterr, st, rv, "C_Login answered %s: the PIN was not checked", name);
    case UKB_E_TOKEN_ERROR:
        st = ukb_raise(reterr, st, rv, "C_Login answered %s, which may have spent a try", name);
        ukb_error_add_string(reterr, "ckr", name);
        return st;
    default:
        return ukb_raise(reterr, st, rv, "C_Login answered %s", name);
    }
}

static CK_RV
call_login(const struct ukb_token_session *session, CK_USER_TYPE user, const struct ukb_secret *pin)
{
    return session->module->functions->C_Login(session->handle, user, pin->data, pin->len);
}

/* Look at the token as it is now: is it the session's, and may its PIN be tried? */
static enum ukb_status
check_before_try(const struct ukb_token_session *session, const struct ukb_pin_source *source,
                 struct ukb_token_info *ret_info, bool *inout_confirmed, struct ukb_error *reterr)
{
    enum ukb_status st;

    st = read_identified(session, ret_info, reterr);
    if (st != UKB_OK) {
        return st;
    }
    return admit(ret_info->pin_state, source, inout_confirmed, reterr);
}

enum ukb_status
ukb_token_login(struct ukb_token_session *session, const struct ukb_pin_source *source, struct ukb_error *reterr)
{
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_token_info info = { .slot = 0 };
    bool confirmed = false;
    enum ukb_status st;
    CK_RV rv;

    if (session->logged_in) {
        return ukb_raise(reterr, UKB_E_TOKEN_BUSY, 0, "this session is logged in already");
    }
    st = check_before_try(session, source, &info, &confirmed, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = get_pin(&info, source, &pin, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    /* The user took a while: others may have spent tries, or swapped the token. */
    st = check_before_try(session, source, &info, &confirmed, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    rv = call_login(session, CKU_USER, &pin);
    if (rv != CKR_OK) {
        st = login_failure(session, rv, reterr);
        goto out;
    }
    session->logged_in = true;
    ukb_secret_move(&session->pin, &pin);
out:
    ukb_secret_done(&pin);
    return st;
}

enum ukb_status
ukb_login_for_operation(struct ukb_token_session *session, struct ukb_error *reterr)
{
    struct ukb_token_info info = { .slot = 0 };
    enum ukb_status st;
    CK_RV rv;

    if (session->pin.data == NULL && !session->info.pin_pad) {
        return ukb_ckr_raise(CKR_USER_NOT_LOGGED_IN, "a key that wants the PIN again", reterr);
    }
    st = read_identified(session, &info, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (info.pin_state == UKB_PIN_LOCKED) {
        return raise_locked(0, reterr);
    }
    if (info.pin_state == UKB_PIN_FINAL) {
        return ukb_raise(reterr, UKB_E_PIN_FINAL_TRY, 0, "the key wants the PIN again, but one try is left");
    }
    rv = call_login(session, CKU_CONTEXT_SPECIFIC, &session->pin);
    if (rv != CKR_OK) {
        ukb_secret_done(&session->pin); /* a PIN that was refused is never sent again */
        return login_failure(session, rv, reterr);
    }
    return UKB_OK;
}
