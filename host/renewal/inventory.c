/* SPDX-License-Identifier: MIT */
#include "renewal/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "pki/history.h"

const struct ukb_inventory_item *
ukb_inventory_find(const struct ukb_inventory *inventory, const char *certificate_id)
{
    size_t i;

    for (i = 0; i < inventory->count; i++) {
        if (strcmp(ukb_certificate_facts(inventory->items[i].certificate)->id, certificate_id) == 0) {
            return &inventory->items[i];
        }
    }
    return NULL;
}

static int
by_id(const void *a, const void *b)
{
    const struct ukb_inventory_item *first = a;
    const struct ukb_inventory_item *second = b;

    return strcmp(ukb_certificate_facts(first->certificate)->id, ukb_certificate_facts(second->certificate)->id);
}

/* Sorted by id: pages of a list stay the same from call to call, whatever order the token has. Copies are dropped. */
static void
sort(struct ukb_inventory *inventory)
{
    size_t kept = 0;
    size_t i;

    if (inventory->count > 1) {
        qsort(inventory->items, inventory->count, sizeof(*inventory->items), by_id);
    }
    for (i = 0; i < inventory->count; i++) {
        if (kept > 0 && by_id(&inventory->items[kept - 1U], &inventory->items[i]) == 0) {
            ukb_certificate_free(inventory->items[i].certificate);
        } else {
            inventory->items[kept++] = inventory->items[i];
        }
    }
    inventory->count = kept;
}

/* What the certificates say about each other and about the keys. */
static enum ukb_status
relate(struct ukb_inventory *inventory, struct ukb_error *reterr)
{
    const struct ukb_certificate **all = calloc(inventory->count + 1U, sizeof(*all));
    size_t i;

    if (all == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu certificates", inventory->count);
    }
    for (i = 0; i < inventory->count; i++) {
        all[i] = inventory->items[i].certificate;
    }
    for (i = 0; i < inventory->count; i++) {
        struct ukb_inventory_item *item = &inventory->items[i];
        size_t other = 0;

        item->history = ukb_history_is(all, inventory->count, i);
        item->paired_with = ukb_history_paired_with(all, inventory->count, i, &other) ? all[other] : NULL;
        item->has_private_key = ukb_token_has_private_key(&inventory->keys, &ukb_certificate_facts(all[i])->key,
                                                          item->object->id, item->object->id_len);
    }
    free(all);
    return UKB_OK;
}

static enum ukb_status
parse(struct ukb_inventory *inventory, struct ukb_error *reterr)
{
    size_t i;

    inventory->items = calloc(inventory->objects.count + 1U, sizeof(*inventory->items));
    if (inventory->items == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu certificates", inventory->objects.count);
    }
    for (i = 0; i < inventory->objects.count; i++) {
        const struct ukb_token_certificate *object = &inventory->objects.items[i];
        struct ukb_inventory_item *item = &inventory->items[inventory->count];
        struct ukb_error ignored = { 0 };
        enum ukb_status st = ukb_certificate_from_der(object->der, object->der_len, &item->certificate, &ignored);

        if (st == UKB_E_INTERNAL) {
            *reterr = ignored;
            return st;
        }
        if (st == UKB_OK) { /* tokens hold junk too: it is not ours to fail on */
            item->object = object;
            inventory->count++;
        }
    }
    sort(inventory);
    return relate(inventory, reterr);
}

enum ukb_status
ukb_inventory_read(const struct ukb_token_session *session, struct ukb_inventory *ret_inventory,
                   struct ukb_error *reterr)
{
    struct ukb_inventory inventory = { 0 };
    enum ukb_status st;

    st = ukb_token_certificates_read(session, &inventory.objects, reterr);
    if (st == UKB_OK) {
        st = ukb_token_keys_read(session, &inventory.keys, reterr);
    }
    if (st == UKB_OK) {
        st = parse(&inventory, reterr);
    }
    if (st != UKB_OK) {
        ukb_inventory_done(&inventory);
        return st;
    }
    *ret_inventory = inventory;
    return UKB_OK;
}

void
ukb_inventory_done(struct ukb_inventory *inventory)
{
    size_t i;

    for (i = 0; i < inventory->count; i++) {
        ukb_certificate_free(inventory->items[i].certificate);
    }
    free(inventory->items);
    ukb_token_certificates_done(&inventory->objects);
    ukb_token_keys_done(&inventory->keys);
    memset(inventory, 0, sizeof(*inventory));
}
