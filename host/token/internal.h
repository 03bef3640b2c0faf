/* SPDX-License-Identifier: MIT */
/*
 * internal - the structs that the files of this room share.
 *
 * Room: token, inside only.
 */
#ifndef UKB_TOKEN_INTERNAL_H
#define UKB_TOKEN_INTERNAL_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#include "core/limits.h"
#include "core/status.h"
#include "secret/secret.h"
#include "token/session.h"
#include "token/token.h"

#define UKB_MODULE_VERSION_SIZE 8U /**< "255.255" and a NUL */

struct ukb_module {
    CK_FUNCTION_LIST *functions; /**< borrowed from the library, which stays mapped */
    bool initialised;            /**< C_Finalize is due */
    unsigned long long view;
    char id[UKB_MODULE_NAME_MAX_LEN + 1U];
    char name[UKB_TOKEN_TEXT_MAX_LEN + 1U];
    char version[UKB_MODULE_VERSION_SIZE];
};

struct ukb_token_session {
    struct ukb_module *module; /**< borrowed */
    CK_SESSION_HANDLE handle;  /**< CK_INVALID_HANDLE until C_OpenSession succeeded */
    struct ukb_token_info info;
    bool logged_in;        /**< by this session: it logs out */
    struct ukb_secret pin; /**< what logged in; empty for a PIN pad */
    ukb_token_before_write_fn before_write; /**< NULL: nobody */
    void *before_write_ctx;
};

/** To be called before what changes the token's objects; what it fails with keeps that from being done. */
UKB_MUST_USE enum ukb_status ukb_token_before_write(const struct ukb_token_session *session, struct ukb_error *reterr);

/**
 * Read what the token in @p slot says about itself; CKR_TOKEN_NOT_RECOGNIZED when it is not initialised.
 * @p ret_info is changed on CKR_OK only.
 */
CK_RV ukb_token_info_read(const struct ukb_module *module, CK_SLOT_ID slot, struct ukb_token_info *ret_info);

/**
 * Whether the session's slot has the mechanism. Only CKR_MECHANISM_INVALID says no: a token that was pulled says
 * something else, and the call that uses the mechanism says it better.
 */
bool ukb_token_has_mechanism(const struct ukb_token_session *session, CK_MECHANISM_TYPE type);

/**
 * C_Login(CKU_CONTEXT_SPECIFIC) for the operation that was just initialised, with the PIN that logged @p session in.
 * Never on the last try; a PIN that is refused is forgotten. A token without such logins is left to say itself what it
 * wants, by the operation. Errors as ukb_token_login().
 */
UKB_MUST_USE enum ukb_status ukb_login_for_operation(struct ukb_token_session *session, struct ukb_error *reterr);

#endif /* UKB_TOKEN_INTERNAL_H */
