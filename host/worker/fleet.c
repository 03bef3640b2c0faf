/* SPDX-License-Identifier: MIT */
#include "worker/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/syslog.h"

/* What the readers of structured syslog look for (the cookie of CEE, which outlived it). */
#define COOKIE "@cee: "

/* One object: the event's name, then the facts. */
static cJSON *
line_of(const char *event, const cJSON *facts)
{
    cJSON *line = cJSON_CreateObject();
    const cJSON *item = NULL;

    (void)cJSON_AddStringToObject(line, "event", event);
    cJSON_ArrayForEach(item, facts)
    {
        (void)cJSON_AddItemToObject(line, item->string, cJSON_Duplicate(item, true));
    }
    return line;
}

void
ukb_fleet_tell(const struct ukb_policy *policy, const char *event, bool notable, const cJSON *facts)
{
    cJSON *line = NULL;
    char *text = NULL;
    char *told = NULL;
    size_t size;

    if (!ukb_policy_audit_syslog(policy)) {
        return;
    }
    line = line_of(event, facts);
    text = cJSON_PrintUnformatted(line);
    size = text == NULL ? 0 : sizeof(COOKIE) + strlen(text);
    told = text == NULL ? NULL : malloc(size);
    if (told != NULL) {
        (void)snprintf(told, size, COOKIE "%s", text);
        ukb_syslog_write(notable, told);
    }
    free(told);
    cJSON_free(text);
    cJSON_Delete(line);
}
