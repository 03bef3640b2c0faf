/* SPDX-License-Identifier: MIT */
#include "broker/veil.h"

#include <stdio.h>
#include <string.h>

static const struct {
    enum ukb_status status;
    const char *message; /* in place of one that may name files */
} veils[] = {
    { UKB_E_POLICY_INVALID, "the policy of this computer is not valid: `ukeybridge tokens`, typed there, or the host's "
                            "stderr says why" },
    { UKB_E_JOURNAL_UNAVAILABLE, "this computer cannot keep its record of renewals: `ukeybridge renewals`, typed "
                                 "there, or the host's stderr says why" },
    { UKB_E_DISK_FULL, "there is no room on this computer's disk" },
    { UKB_E_MODULE_MISSING, "a module of this computer cannot be used: `ukeybridge tokens`, typed there, names it" },
};

_Static_assert(sizeof(veils) / sizeof(veils[0]) <= UKB_VEILS_MAX, "one flag of the broker for each");

struct ukb_error
ukb_veil(struct ukb_broker *broker, const struct ukb_context *context, const struct ukb_error *error)
{
    struct ukb_error told = *error;
    size_t i;

    for (i = 0; i < sizeof(veils) / sizeof(veils[0]); i++) {
        if (context->ui || veils[i].status != error->status) {
            continue;
        }
        if (!broker->told_behind_veil[i]) { /* a page that asks again and again shall not fill a log */
            fprintf(stderr, "ukeybridge: %s: %s\n", ukb_status_reason(error->status), error->message);
            broker->told_behind_veil[i] = true;
        }
        (void)snprintf(told.message, sizeof(told.message), "%s", veils[i].message);
    }
    return told;
}
