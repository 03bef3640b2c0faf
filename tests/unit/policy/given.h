/* SPDX-License-Identifier: MIT */
/* given - policies from texts, and contexts of requests. */
#ifndef UKB_TESTS_POLICY_GIVEN_H
#define UKB_TESTS_POLICY_GIVEN_H

#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

/* The policy of both texts; NULL: no such file. */
static inline struct ukb_policy *
given(const char *policy_text, const char *config_text)
{
    struct ukb_policy *policy = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_policy_parse(policy_text, config_text, &policy, &err), UKB_OK);
    assert_non_null(policy);
    return policy;
}

static inline struct ukb_context
page(const char *origin)
{
    struct ukb_context context = { .present = true };

    (void)snprintf(context.origin, sizeof(context.origin), "%s", origin);
    (void)snprintf(context.top_origin, sizeof(context.top_origin), "%s", origin);
    return context;
}

static inline struct ukb_context
own_page(void)
{
    const struct ukb_context context = { .present = true, .ui = true };

    return context;
}

static inline enum ukb_status
decide(const struct ukb_policy *policy, enum ukb_grant grant, struct ukb_context context)
{
    struct ukb_error err = { 0 };
    enum ukb_status st = ukb_policy_decide(policy, grant, &context, &err);

    assert_int_equal(err.status, st); /* raised exactly when refused */
    return st;
}

#endif /* UKB_TESTS_POLICY_GIVEN_H */
