/* SPDX-License-Identifier: MIT */
#include "token/session.h"

#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "token/ckr.h"
#include "token/internal.h"
#include "token/module.h"

/* pcscd looks at a reader every 400 ms. */
#define LOOKS         9U
#define LOOK_EVERY_MS 100U

/* The tokens of @p module that have the id @p token_id: how many, and the first of them. */
static enum ukb_status
find_token(const struct ukb_module *module, const char *token_id, size_t *ret_count, struct ukb_token_info *ret_info,
           struct ukb_error *reterr)
{
    struct ukb_token_list *list = NULL;
    enum ukb_status st;
    size_t count = 0;
    size_t i;

    list = calloc(1, sizeof(*list));
    if (list == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a list of tokens");
    }
    st = ukb_tokens_list(module, list, reterr);
    for (i = 0; st == UKB_OK && i < list->count; i++) {
        if (strcmp(list->items[i].id, token_id) != 0) {
            continue;
        }
        if (count++ == 0) {
            *ret_info = list->items[i];
        }
    }
    if (st == UKB_OK) {
        *ret_count = count;
    }
    free(list);
    return st;
}

/* Open a session on info->slot, and make sure that the token in it then is the one that @p info describes. */
static enum ukb_status
open_on(struct ukb_module *module, const struct ukb_token_info *info, CK_FLAGS flags, enum ukb_status when_other,
        struct ukb_token_session **ret_session, struct ukb_error *reterr)
{
    struct ukb_token_session *session = NULL;
    enum ukb_status st = UKB_OK;
    CK_RV rv;

    session = calloc(1, sizeof(*session));
    if (session == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a session");
    }
    session->module = module;
    session->info = *info;
    rv = module->functions->C_OpenSession(info->slot, CKF_SERIAL_SESSION | flags, NULL, NULL, &session->handle);
    if (rv != CKR_OK) {
        session->handle = CK_INVALID_HANDLE;
        st = ukb_token_failure(session, rv, "C_OpenSession", reterr);
        goto out;
    }
    rv = ukb_token_info_read(module, info->slot, &session->info);
    if (rv != CKR_OK || strcmp(session->info.id, info->id) != 0) {
        st = ukb_raise(reterr, when_other, rv, "the token was taken out while its session was opened");
        goto out;
    }
    *ret_session = session;
    session = NULL;
out:
    ukb_token_session_free(session);
    return st;
}

enum ukb_status
ukb_token_session_open(struct ukb_module *module, const char *token_id, bool writable,
                       struct ukb_token_session **ret_session, struct ukb_error *reterr)
{
    struct ukb_token_info info;
    size_t count = 0;
    enum ukb_status st;

    st = find_token(module, token_id, &count, &info, reterr);
    if (st != UKB_OK) {
        return st;
    }
    if (count == 0) {
        return ukb_raise(reterr, UKB_E_NO_TOKEN, 0, "no token with this id is in");
    }
    if (writable && count > 1) {
        return ukb_raise(reterr, UKB_E_TOKEN_AMBIGUOUS, 0, "%zu tokens have this id: take out all but one", count);
    }
    if (writable && !info.writable) {
        return ukb_raise(reterr, UKB_E_TOKEN_READ_ONLY, 0, "the token is write-protected");
    }
    return open_on(module, &info, writable ? CKF_RW_SESSION : 0, UKB_E_NO_TOKEN, ret_session, reterr);
}

enum ukb_status
ukb_token_session_again(const struct ukb_token_session *session, struct ukb_token_session **ret_session,
                        struct ukb_error *reterr)
{
    return open_on(session->module, &session->info, 0, UKB_E_TOKEN_REMOVED, ret_session, reterr);
}

enum ukb_status
ukb_token_session_anew(struct ukb_token_session **inout_session, bool writable, struct ukb_error *reterr)
{
    struct ukb_module *module = (*inout_session)->module;
    const struct ukb_token_info info = (*inout_session)->info;
    const ukb_token_before_write_fn before_write = (*inout_session)->before_write;
    void *const before_write_ctx = (*inout_session)->before_write_ctx;
    enum ukb_status st;

    ukb_token_session_free(*inout_session);
    *inout_session = NULL;
    st = ukb_module_refresh(module, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = ukb_token_session_open(module, info.id, writable, inout_session, reterr);
    if (st == UKB_E_NO_TOKEN) {
        st = ukb_raise(reterr, UKB_E_TOKEN_REMOVED, 0, "the token was taken out");
    }
    if (st == UKB_OK) {
        ukb_token_session_set_before_write(*inout_session, before_write, before_write_ctx);
    }
    return st;
}

void
ukb_token_session_set_before_write(struct ukb_token_session *session, ukb_token_before_write_fn before, void *ctx)
{
    session->before_write = before;
    session->before_write_ctx = ctx;
}

enum ukb_status
ukb_token_before_write(const struct ukb_token_session *session, struct ukb_error *reterr)
{
    return session->before_write == NULL ? UKB_OK : session->before_write(session->before_write_ctx, session, reterr);
}

bool
ukb_token_session_is_logged_in(const struct ukb_token_session *session)
{
    return session != NULL && session->logged_in;
}

const struct ukb_token_info *
ukb_token_session_info(const struct ukb_token_session *session)
{
    return &session->info;
}

void
ukb_token_session_free(struct ukb_token_session *session)
{
    if (session == NULL) {
        return;
    }
    ukb_secret_done(&session->pin);
    /* A token that is gone has ended the login and the session itself. */
    if (session->logged_in) {
        (void)session->module->functions->C_Logout(session->handle);
    }
    if (session->handle != CK_INVALID_HANDLE) {
        (void)session->module->functions->C_CloseSession(session->handle);
    }
    free(session);
}

bool
ukb_token_has_mechanism(const struct ukb_token_session *session, CK_MECHANISM_TYPE type)
{
    CK_MECHANISM_INFO info;

    memset(&info, 0, sizeof(info));
    return session->module->functions->C_GetMechanismInfo(session->info.slot, type, &info) != CKR_MECHANISM_INVALID;
}

/* Whether the session's token is in no slot. When even that cannot be found out, it is not known to be gone. */
static bool
is_gone(const struct ukb_token_session *session)
{
    struct ukb_error ignored = { 0 };
    struct ukb_token_info info;
    size_t count = 0;

    return find_token(session->module, session->info.id, &count, &info, &ignored) == UKB_OK && count == 0;
}

bool
ukb_token_session_is_gone(const struct ukb_token_session *session)
{
    const bool is_software = ukb_module_is_software(session->module);
    unsigned int gone = 0; /* in a row: one that is reset by somebody is missing for a moment */
    unsigned int looks;

    for (looks = 0; looks < LOOKS && gone < 2; looks++) {
        if (looks > 0 && !is_software) {
            ukb_clock_sleep_ms(LOOK_EVERY_MS);
        }
        gone = is_gone(session) ? gone + 1U : 0;
        if (gone == 0 && is_software) {
            return false;
        }
    }
    return gone >= 2;
}

enum ukb_status
ukb_token_failure(const struct ukb_token_session *session, CK_RV rv, const char *what, struct ukb_error *reterr)
{
    char name[UKB_CKR_NAME_SIZE] = "";

    if (ukb_ckr_may_be_gone(rv) && is_gone(session)) {
        ukb_ckr_name(rv, name);
        return ukb_raise(reterr, UKB_E_TOKEN_REMOVED, rv, "%s answered %s: the token was taken out", what, name);
    }
    return ukb_ckr_raise(rv, what, reterr);
}
