/* SPDX-License-Identifier: MIT */
/*
 * same - one UKey that several modules show is told once: by the module that comes first.
 *
 * Room: broker.
 */
#ifndef UKB_BROKER_SAME_H
#define UKB_BROKER_SAME_H

#include <stdbool.h>
#include <stddef.h>

#include "core/json.h"
#include "policy/policy.h"

/** Are two tokens, seen by different modules, one UKey? By their id, or by serial number and reader. */
bool ukb_same_token(const cJSON *one, const cJSON *other);

/**
 * Merge the modules' tokens[], whichever came first: in the modules' order, those of an earlier module being preferred.
 * What a later one shows again becomes a problem, SAME_TOKEN with the id under which the UKey is listed.
 *
 * @param parts     one array for each module, in the same order; NULL where there is none. Emptied.
 * @param tokens    the merged list is appended.
 * @param problems  problems are appended.
 */
void ukb_same_merge(cJSON *const *parts, const struct ukb_policy_module *modules, size_t count, cJSON *tokens,
                    cJSON *problems);

#endif /* UKB_BROKER_SAME_H */
