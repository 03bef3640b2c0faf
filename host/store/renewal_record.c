/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

#define BIT(state) (1U << (state))

/* A state's name on the wire and in the database, and where a renewal may go from it. Final states lead nowhere. */
static const struct {
    const char *wire;
    const char *stored;
    unsigned int next;
} states[UKB_RENEWAL_STATE_COUNT] = {
    [UKB_RENEWAL_PREPARING] = { "requested", "preparing",
                                BIT(UKB_RENEWAL_REQUESTED) | BIT(UKB_RENEWAL_INSTALLING) |
                                    BIT(UKB_RENEWAL_NEEDS_ATTENTION) | BIT(UKB_RENEWAL_ABANDONED) |
                                    BIT(UKB_RENEWAL_ROLLED_BACK) },
    [UKB_RENEWAL_REQUESTED] = { "requested", "requested",
                                BIT(UKB_RENEWAL_INSTALLING) | BIT(UKB_RENEWAL_INSTALLED) |
                                    BIT(UKB_RENEWAL_NEEDS_ATTENTION) | BIT(UKB_RENEWAL_ABANDONED) },
    [UKB_RENEWAL_INSTALLING] = { "installing", "installing",
                                 BIT(UKB_RENEWAL_REQUESTED) | BIT(UKB_RENEWAL_INSTALLED) |
                                     BIT(UKB_RENEWAL_NEEDS_ATTENTION) | BIT(UKB_RENEWAL_ROLLED_BACK) },
    [UKB_RENEWAL_NEEDS_ATTENTION] = { "needs-attention", "needs-attention",
                                      BIT(UKB_RENEWAL_REQUESTED) | BIT(UKB_RENEWAL_INSTALLING) |
                                          BIT(UKB_RENEWAL_INSTALLED) | BIT(UKB_RENEWAL_ABANDONED) |
                                          BIT(UKB_RENEWAL_ROLLED_BACK) },
    [UKB_RENEWAL_INSTALLED] = { "installed", "installed", 0 },
    [UKB_RENEWAL_ABANDONED] = { "abandoned", "abandoned", 0 },
    [UKB_RENEWAL_ROLLED_BACK] = { "rolled-back", "rolled-back", 0 },
};

static const char *const kinds[] = {
    [UKB_RENEWAL_RENEW] = "renew",
    [UKB_RENEWAL_ISSUE] = "issue",
    [UKB_RENEWAL_CHANGE] = "change",
    [UKB_RENEWAL_REPLACE] = "replace",
};

const char *
ukb_renewal_state_name(enum ukb_renewal_state state)
{
    return states[state].wire;
}

const char *
ukb_renewal_state_stored(enum ukb_renewal_state state)
{
    return states[state].stored;
}

bool
ukb_renewal_state_from(const char *stored, enum ukb_renewal_state *ret_state)
{
    size_t i;

    for (i = 0; i < UKB_RENEWAL_STATE_COUNT; i++) {
        if (strcmp(states[i].stored, stored) == 0) {
            *ret_state = (enum ukb_renewal_state)i;
            return true;
        }
    }
    return false;
}

bool
ukb_renewal_state_may(enum ukb_renewal_state from, enum ukb_renewal_state to)
{
    return from == to || (states[from].next & BIT(to)) != 0;
}

const char *
ukb_renewal_kind_name(enum ukb_renewal_kind kind)
{
    return kinds[kind];
}

bool
ukb_renewal_kind_from(const char *name, enum ukb_renewal_kind *ret_kind)
{
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i], name) == 0) {
            *ret_kind = (enum ukb_renewal_kind)i;
            return true;
        }
    }
    return false;
}

void
ukb_renewal_record_done(struct ukb_renewal_record *record)
{
    size_t i;

    if (record == NULL) {
        return;
    }
    for (i = 0; i < record->object_count; i++) {
        free(record->objects[i].der);
    }
    free(record->objects);
    free(record->steps);
    free(record->origin);
    free(record->order);
    free(record->request_pem);
    free(record->request_signed_pem);
    memset(record, 0, sizeof(*record));
}

void
ukb_renewal_list_done(struct ukb_renewal_list *list)
{
    size_t i;

    if (list == NULL) {
        return;
    }
    for (i = 0; i < list->count; i++) {
        ukb_renewal_record_done(&list->items[i]);
    }
    free(list->items);
    memset(list, 0, sizeof(*list));
}
