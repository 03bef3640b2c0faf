/* SPDX-License-Identifier: MIT */
/*
 * which - the UKey that a person means on the command line.
 *
 * Room: broker.
 */
#ifndef UKB_BROKER_WHICH_H
#define UKB_BROKER_WHICH_H

#include "core/json.h"
#include "core/limits.h"
#include "core/status.h"

/**
 * The id of the one UKey in @p tokens (of tokens.list) whose label is @p word or whose id begins with it. A whole id is
 * taken as it is: renewals are also known of UKeys that are not inserted.
 * @retval UKB_E_NO_TOKEN         there is none.
 * @retval UKB_E_TOKEN_AMBIGUOUS  there are several; the message says how to tell them apart.
 */
UKB_MUST_USE enum ukb_status ukb_which_token(const cJSON *tokens, const char *word, char ret_id[UKB_TOKEN_ID_LEN + 1U],
                                             struct ukb_error *reterr);

#endif /* UKB_BROKER_WHICH_H */
