/* SPDX-License-Identifier: MIT */
#include "token/login.h"

#include "token/attempt.h"
#include "token/ckr.h"
#include "token/internal.h"
#include "token/session.h"

static CK_RV
call_login(const struct ukb_token_session *session, CK_USER_TYPE user, const struct ukb_secret *pin)
{
    return session->module->functions->C_Login(session->handle, user, pin->data, pin->len);
}

enum ukb_status
ukb_token_login(struct ukb_token_session *session, const struct ukb_pin_source *source, struct ukb_error *reterr)
{
    struct ukb_attempt attempt = { .session = session, .source = source, .purpose = UKB_ATTEMPT_LOGIN };
    struct ukb_secret pin = UKB_SECRET_INIT;
    enum ukb_status st;
    CK_RV rv;

    if (session->logged_in) {
        return ukb_raise(reterr, UKB_E_TOKEN_BUSY, 0, "this session is logged in already");
    }
    st = ukb_attempt_look(&attempt, true, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_attempt_ask(&attempt, &pin, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    /* The user took a while: others may have spent tries, or swapped the token. */
    st = ukb_attempt_look(&attempt, true, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    rv = call_login(session, CKU_USER, &pin);
    if (rv != CKR_OK) {
        st = ukb_attempt_failure(&attempt, rv, "C_Login", reterr);
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
    struct ukb_attempt attempt = { .session = session, .purpose = UKB_ATTEMPT_LOGIN };
    enum ukb_status st;
    CK_RV rv;

    if (session->pin.data == NULL && !session->info.pin_pad) {
        return ukb_ckr_raise(CKR_USER_NOT_LOGGED_IN, "a key that wants the PIN again", reterr);
    }
    st = ukb_attempt_look(&attempt, false, reterr);
    if (st != UKB_OK) {
        return st;
    }
    rv = call_login(session, CKU_CONTEXT_SPECIFIC, &session->pin);
    if (rv == CKR_USER_TYPE_INVALID) {
        return UKB_OK; /* openCryptoki keeps the key's attribute, but knows no such login: it signs without */
    }
    if (rv != CKR_OK) {
        ukb_secret_done(&session->pin); /* a PIN that was refused is never sent again */
        return ukb_attempt_failure(&attempt, rv, "C_Login", reterr);
    }
    return UKB_OK;
}
