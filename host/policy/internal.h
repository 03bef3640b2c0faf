/* SPDX-License-Identifier: MIT */
/*
 * internal - the policy as policy.c reads it and decide.c judges by it.
 *
 * Room: policy, inside only.
 */
#ifndef UKB_POLICY_INTERNAL_H
#define UKB_POLICY_INTERNAL_H

#include "core/json.h"
#include "core/limits.h"
#include "policy/policy.h"

struct ukb_policy {
    struct ukb_error broken; /* status UKB_OK while both files are good */
    cJSON *policy;           /* NULL without a policy file */
    cJSON *config;           /* NULL without a configuration; strings below are borrowed from both */
    bool allow_loopback;
    unsigned int reminder_days;
    enum ukb_retire retire;
    const char **portals;
    const char **trust_anchors;
    struct ukb_policy_module modules[UKB_MODULES_MAX];
    size_t module_count;
};

#endif /* UKB_POLICY_INTERNAL_H */
