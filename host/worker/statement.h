/* SPDX-License-Identifier: MIT */
/*
 * statement - what an authorization says once it is open: {"token":…,"origin":…,"nonce":…,"soPin":…}.
 *
 * Room: worker.  The text holds an administrator's PIN, so it is read where it lies: no JSON tree, no copy of it but
 * the PIN in a secret of its own.
 */
#ifndef UKB_WORKER_STATEMENT_H
#define UKB_WORKER_STATEMENT_H

#include "core/limits.h"
#include "core/status.h"
#include "secret/secret.h"
#include "token/token.h"

/** Zero-initialise; end with ukb_statement_done(). */
struct ukb_statement {
    char token[UKB_TOKEN_TEXT_MAX_LEN + 1U]; /**< its serial number */
    char origin[UKB_ORIGIN_MAX_LEN + 1U];
    char nonce[UKB_RESET_NONCE_LEN + 1U];
    struct ukb_secret so_pin; /**< 1 to UKB_PIN_MAX_LEN bytes */
};

/**
 * Read one strict JSON object (core/json.h) of exactly those four members, each once and a string.
 *
 * @param text  borrowed.
 * @retval UKB_E_RESET_UNAUTHORISED  anything else, or a value that is longer than the struct has room for. The message
 *                                   holds nothing of the text.
 * @retval UKB_E_INTERNAL            the secret heap is full.
 */
UKB_MUST_USE enum ukb_status ukb_statement_read(const struct ukb_secret *text, struct ukb_statement *ret_statement,
                                                struct ukb_error *reterr);

/** Wipe all of it. */
void ukb_statement_done(struct ukb_statement *statement);

#endif /* UKB_WORKER_STATEMENT_H */
