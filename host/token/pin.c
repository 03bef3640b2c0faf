/* SPDX-License-Identifier: MIT */
#include "token/pin.h"

#include "token/attempt.h"
#include "token/ckr.h"
#include "token/internal.h"
#include "token/session.h"

/* One change: both PINs, empty with a PIN pad, are wiped at its end. */
struct change {
    struct ukb_token_session *session;
    const struct ukb_new_pin_source *source;
    struct ukb_attempt attempt;
    struct ukb_secret present;
    struct ukb_secret new_pin;
};

static enum ukb_status
get_new(struct change *change, struct ukb_error *reterr)
{
    const struct ukb_token_info *info = &change->attempt.info;
    enum ukb_status st;

    if (info->pin_pad) {
        return UKB_OK;
    }
    st = change->source->get_new(change->source->present.ctx, &change->present, info->pin_min_len, info->pin_max_len,
                                 &change->new_pin, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (change->new_pin.len < info->pin_min_len || change->new_pin.len > info->pin_max_len) {
        return ukb_raise(reterr, UKB_E_PIN_LENGTH, 0, "the token takes new PINs of %zu to %zu bytes", info->pin_min_len,
                         info->pin_max_len);
    }
    return UKB_OK;
}

/* Get both PINs, and be sure once more that the present one may be tried: the user took a while, and so did waiting for
 * others' writes. */
static enum ukb_status
prepare(struct change *change, struct ukb_error *reterr)
{
    const struct ukb_new_pin_source *source = change->source;
    enum ukb_status st;

    if (change->session->logged_in) {
        return ukb_raise(reterr, UKB_E_TOKEN_BUSY, 0, "this session is logged in already");
    }
    st = ukb_attempt_look(&change->attempt, true, reterr);
    if (st == UKB_OK) {
        st = ukb_attempt_ask(&change->attempt, &change->present, reterr);
    }
    if (st == UKB_OK) {
        st = get_new(change, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_attempt_look(&change->attempt, true, reterr);
    }
    if (st == UKB_OK && source->before_write != NULL) {
        st = source->before_write(source->present.ctx, reterr);
        if (st == UKB_OK) {
            st = ukb_attempt_look(&change->attempt, false, reterr);
        }
    }
    return st;
}

static CK_RV
call_login(const struct change *change, CK_USER_TYPE user)
{
    return change->session->module->functions->C_Login(change->session->handle, user, change->present.data,
                                                       change->present.len);
}

static CK_RV
call_set_pin(const struct change *change)
{
    return change->session->module->functions->C_SetPIN(change->session->handle, change->present.data,
                                                        change->present.len, change->new_pin.data, change->new_pin.len);
}

static void
log_out(struct change *change)
{
    (void)change->session->module->functions->C_Logout(
        change->session->handle); /* the end of the session does the same */
    change->session->logged_in = false;
}

/* A PIN that C_Login has accepted cannot be wrong any more; an expired one C_SetPIN is there for. */
static enum ukb_status
login_and_set(struct change *change, struct ukb_error *reterr)
{
    CK_RV rv = call_login(change, CKU_USER);

    if (rv != CKR_OK && rv != CKR_PIN_EXPIRED) {
        return ukb_attempt_failure(&change->attempt, rv, "C_Login", reterr);
    }
    change->session->logged_in = rv == CKR_OK;
    rv = call_set_pin(change);
    if (change->session->logged_in) {
        log_out(change);
    }
    return rv == CKR_OK ? UKB_OK : ukb_attempt_failure(&change->attempt, rv, "C_SetPIN", reterr);
}

/* Without a login: an initial PIN may be good for nothing else, and on a pad it would have to be entered twice. */
static enum ukb_status
set_in_public(struct change *change, struct ukb_error *reterr)
{
    CK_RV rv = call_set_pin(change);
    enum ukb_status st = UKB_OK;

    if (rv == CKR_OK) {
        return UKB_OK;
    }
    if (rv != CKR_USER_NOT_LOGGED_IN) {
        return ukb_attempt_failure(&change->attempt, rv, "C_SetPIN", reterr);
    }
    st = ukb_attempt_look(&change->attempt, false, reterr); /* it has not looked at the PIN yet */
    return st != UKB_OK ? st : login_and_set(change, reterr);
}

/*
 * Both ways are PKCS#11's. The user is logged in where possible: openCryptoki's soft token loses all private keys by a
 * C_SetPIN in a public session (it wraps anew the key of keys that it has not opened), and counts no wrong PINs there.
 */
static enum ukb_status
set_pin(struct change *change, struct ukb_error *reterr)
{
    const struct ukb_token_info *info = &change->attempt.info;

    if (info->pin_pad || info->pin_state == UKB_PIN_MUST_CHANGE) {
        return set_in_public(change, reterr);
    }
    return login_and_set(change, reterr);
}

/* Whether the token itself has stated which lengths it takes. */
static bool
states_lengths(const struct ukb_token_info *info)
{
    return info->pin_min_len > 1 || info->pin_max_len < UKB_PIN_MAX_LEN;
}

/*
 * What a failed C_InitPIN means: the administrator's PIN was right, so no try is at stake. A length within what the
 * token has stated cannot be wrong: OpenSC answers so where it is not set up to replace a PIN.
 */
static enum ukb_status
init_failure(const struct change *change, CK_RV rv, struct ukb_error *reterr)
{
    char name[UKB_CKR_NAME_SIZE] = "";
    const enum ukb_status st = ukb_attempt_new_pin_status(rv);

    ukb_ckr_name(rv, name);
    if (rv == CKR_PIN_LEN_RANGE && states_lengths(&change->attempt.info)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, rv, "C_InitPIN answered %s to a PIN of a length it takes", name);
    }
    switch ((int)st) {
    case UKB_E_PIN_LENGTH:
    case UKB_E_PIN_CANCELLED:
        return ukb_raise(reterr, st, rv, "C_InitPIN answered %s", name);
    case UKB_E_PIN_MUST_CHANGE:
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, rv, "C_InitPIN answered %s: the administrator's PIN", name);
    default:
        return ukb_token_failure(change->session, rv, "C_InitPIN", reterr);
    }
}

static enum ukb_status
init_pin(struct change *change, struct ukb_error *reterr)
{
    struct ukb_token_session *session = change->session;
    CK_RV rv = call_login(change, CKU_SO);

    if (rv == CKR_PIN_EXPIRED) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, rv, "the token wants its administrator's PIN changed first");
    }
    if (rv != CKR_OK) {
        return ukb_attempt_failure(&change->attempt, rv, "C_Login", reterr);
    }
    session->logged_in = true;
    rv = session->module->functions->C_InitPIN(session->handle, change->new_pin.data, change->new_pin.len);
    if (rv != CKR_OK) {
        return init_failure(change, rv, reterr);
    }
    log_out(change);
    return UKB_OK;
}

static enum ukb_status
run(struct ukb_token_session *session, const struct ukb_new_pin_source *source, enum ukb_attempt_purpose purpose,
    enum ukb_status (*write)(struct change *change, struct ukb_error *reterr), struct ukb_error *reterr)
{
    struct change change = {
        .session = session,
        .source = source,
        .attempt = { .session = session, .source = &source->present, .purpose = purpose },
    };
    enum ukb_status st = prepare(&change, reterr);

    if (st == UKB_OK) {
        st = write(&change, reterr);
    }
    ukb_secret_done(&change.present);
    ukb_secret_done(&change.new_pin);
    return st;
}

enum ukb_status
ukb_token_pin_change(struct ukb_token_session *session, const struct ukb_new_pin_source *source,
                     struct ukb_error *reterr)
{
    return run(session, source, UKB_ATTEMPT_CHANGE, set_pin, reterr);
}

enum ukb_status
ukb_token_pin_unblock(struct ukb_token_session *session, const struct ukb_new_pin_source *source,
                      struct ukb_error *reterr)
{
    return run(session, source, UKB_ATTEMPT_UNBLOCK, init_pin, reterr);
}
