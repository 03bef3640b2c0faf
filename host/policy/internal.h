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
#include "policy/source.h"
#include "policy/system_modules.h"

#define UKB_VENDORS_MAX 8U /**< rows of ukb_vendor_modules that are looked for */

struct ukb_policy {
    struct ukb_error broken; /* status UKB_OK while both files are good */
    cJSON *policy;           /* NULL without a policy file */
    cJSON *config;           /* NULL without a configuration; strings below are borrowed from both */
    bool allow_loopback;
    unsigned int reminder_days;
    enum ukb_retire retire;
    cJSON *once; /* sites allowed for as long as this process lives; NULL: none */
    const char **trust_anchors;
    const char **reset_authorities;
    struct ukb_policy_module modules[UKB_MODULES_MAX]; /* the files', until they are asked for: see modules.c */
    size_t module_count;
    const struct ukb_module_places *places; /* still to be looked in; NULL: the modules above are all */
    struct ukb_found_modules *found;        /* owned, like the paths below */
    char *opensc;
    char *vendors[UKB_VENDORS_MAX];
    size_t left_out;
};

/** policy.c: the shape of config.json. */
extern const struct ukb_shape ukb_config_shape;

/** modules.c: free what was found. */
void ukb_policy_modules_done(struct ukb_policy *policy);

#endif /* UKB_POLICY_INTERNAL_H */
