/* SPDX-License-Identifier: MIT */
#include "platform/incident.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void
ukb_incident_note(struct ukb_error *error)
{
    char number[48];
    size_t i;

    if (error->status != UKB_E_INTERNAL || error->attr_count == UKB_ERROR_ATTRS_MAX) {
        return;
    }
    for (i = 0; i < error->attr_count; i++) {
        if (strcmp(error->attrs[i].name, "incident") == 0) {
            return;
        }
    }
    (void)snprintf(number, sizeof(number), "%llx-%lx", (unsigned long long)time(NULL), (unsigned long)getpid());
    ukb_error_add_string(error, "incident", number);
    fprintf(stderr, "ukeybridge: incident %s: %s (%lu)\n", number, error->message, error->native);
}
