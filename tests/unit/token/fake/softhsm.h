/* SPDX-License-Identifier: MIT */
/*
 * softhsm - SoftHSM 2 with tokens in a directory of this process's own, removed at the end.
 *
 * All functions fail the running test on any error.
 */
#ifndef UKB_TESTS_SOFTHSM_H
#define UKB_TESTS_SOFTHSM_H

#include <stdbool.h>

#include "core/limits.h"
#include "token/login.h"
#include "token/module.h"
#include "token/session.h"

#define SOFTHSM_PATH "/usr/lib/softhsm/libsofthsm2.so"

struct softhsm {
    char directory[64]; /* holds softhsm2.conf, tokens/ and away/ */
    struct ukb_module *module;
    char token_id[UKB_TOKEN_ID_LEN + 1U]; /* of the token that softhsm_token_new() made last */
};

/** Make the directory and load the module; no token yet. @p disabled: comma-separated mechanisms to leave out, or NULL.
 */
void softhsm_start(struct softhsm *soft, const char *disabled);

/** Finalise the module and remove the directory. All sessions must be freed. */
void softhsm_stop(struct softhsm *soft);

/** Make a token with user PIN 123456 by C_InitToken and C_InitPIN; sets token_id. */
void softhsm_token_new(struct softhsm *soft, const char *label);

/** A session on token_id. */
struct ukb_token_session *softhsm_session(struct softhsm *soft, bool writable, bool logged_in);

/** A session for writing, logged in, on a token of its own. */
struct ukb_token_session *softhsm_session_on_new(struct softhsm *soft);

/** Move all tokens out of the module's sight, as pulling them does, and back. SoftHSM notices after a refresh. */
void softhsm_pull(struct softhsm *soft);
void softhsm_insert(struct softhsm *soft);

#endif /* UKB_TESTS_SOFTHSM_H */
