/* SPDX-License-Identifier: MIT */
#include "renewal/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "pki/history.h"

/* Compares an id with an item's. */
static int
by_own_id(const void *key, const void *item)
{
    return strcmp(key, ukb_certificate_facts(((const struct ukb_inventory_item *)item)->certificate)->id);
}

const struct ukb_inventory_item *
ukb_inventory_find(const struct ukb_inventory *inventory, const char *certificate_id)
{
    if (inventory->count == 0) {
        return NULL;
    }
    return bsearch(certificate_id, inventory->items, inventory->count, sizeof(*inventory->items), by_own_id);
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
    struct ukb_relation *relations = calloc(inventory->count + 1U, sizeof(*relations));
    enum ukb_status st = UKB_OK;
    size_t i;

    if (all == NULL || relations == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu certificates", inventory->count);
        goto out;
    }
    for (i = 0; i < inventory->count; i++) {
        all[i] = inventory->items[i].certificate;
    }
    st = ukb_history_relate(all, inventory->count, relations, reterr);
    for (i = 0; st == UKB_OK && i < inventory->count; i++) {
        struct ukb_inventory_item *item = &inventory->items[i];

        item->history = relations[i].is_history;
        item->paired_with = relations[i].paired_with;
        item->has_private_key = ukb_token_has_private_key(&inventory->keys, &ukb_certificate_facts(all[i])->key,
                                                          item->object->id, item->object->id_len);
    }
out:
    free(relations);
    free(all);
    return st;
}

/* An earlier inventory, and which of its items were taken from it. */
struct earlier {
    const struct ukb_inventory *inventory;
    bool *is_taken;
};

/* The certificate of these bytes, out of the earlier inventory; NULL when it is not there. */
static enum ukb_status
take(struct earlier *earlier, const struct ukb_token_certificate *object, struct ukb_certificate **ret,
     struct ukb_error *reterr)
{
    const struct ukb_inventory_item *item = NULL;
    char id[UKB_CERTIFICATE_ID_LEN + 1U];
    enum ukb_status st;

    *ret = NULL;
    if (earlier->inventory->count == 0) {
        return UKB_OK;
    }
    st = ukb_certificate_id(object->der, object->der_len, id, reterr);
    if (st != UKB_OK) {
        return st;
    }
    item = ukb_inventory_find(earlier->inventory, id);
    if (item != NULL && !earlier->is_taken[item - earlier->inventory->items]) {
        earlier->is_taken[item - earlier->inventory->items] = true;
        *ret = item->certificate;
    }
    return UKB_OK;
}

/* Fill @p item for an object; its certificate stays NULL for what is none: tokens hold junk too, which is not ours to
 * fail on. */
static enum ukb_status
understand(const struct ukb_token_certificate *object, struct earlier *earlier, struct ukb_inventory_item *item,
           struct ukb_error *reterr)
{
    struct ukb_error why = { 0 };
    enum ukb_status st = take(earlier, object, &item->certificate, reterr);

    if (st != UKB_OK || item->certificate != NULL) {
        item->object = object;
        return st;
    }
    st = ukb_certificate_from_der(object->der, object->der_len, &item->certificate, &why);
    if (st == UKB_E_INTERNAL) {
        *reterr = why;
        return st;
    }
    item->object = object;
    return UKB_OK;
}

static enum ukb_status
parse(struct ukb_inventory *inventory, struct earlier *earlier, struct ukb_error *reterr)
{
    size_t i;

    inventory->items = calloc(inventory->objects.count + 1U, sizeof(*inventory->items));
    if (inventory->items == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu certificates", inventory->objects.count);
    }
    for (i = 0; i < inventory->objects.count; i++) {
        struct ukb_inventory_item *item = &inventory->items[inventory->count];
        enum ukb_status st = understand(&inventory->objects.items[i], earlier, item, reterr);

        if (st != UKB_OK) {
            return st;
        }
        inventory->count += item->certificate != NULL ? 1 : 0;
    }
    sort(inventory);
    return relate(inventory, reterr);
}

/* Drop what an inventory has left after some of it was taken. */
static void
drop(struct ukb_inventory *inventory, const bool *is_taken)
{
    size_t i;

    for (i = 0; i < inventory->count; i++) {
        if (is_taken[i]) {
            inventory->items[i].certificate = NULL;
        }
    }
    ukb_inventory_done(inventory);
}

enum ukb_status
ukb_inventory_read_again(const struct ukb_token_session *session, struct ukb_inventory *inout_inventory,
                         struct ukb_error *reterr)
{
    struct earlier earlier = { inout_inventory, calloc(inout_inventory->count + 1U, sizeof(bool)) };
    struct ukb_inventory inventory = { 0 };
    enum ukb_status st = UKB_OK;

    if (earlier.is_taken == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu certificates", inout_inventory->count);
        ukb_inventory_done(inout_inventory);
        return st;
    }
    st = ukb_token_certificates_read(session, &inventory.objects, reterr);
    if (st == UKB_OK) {
        st = ukb_token_keys_read(session, &inventory.keys, reterr);
    }
    if (st == UKB_OK) {
        st = parse(&inventory, &earlier, reterr);
    }
    drop(inout_inventory, earlier.is_taken);
    free(earlier.is_taken);
    if (st != UKB_OK) {
        ukb_inventory_done(&inventory);
        return st;
    }
    *inout_inventory = inventory;
    return UKB_OK;
}

enum ukb_status
ukb_inventory_read(const struct ukb_token_session *session, struct ukb_inventory *ret_inventory,
                   struct ukb_error *reterr)
{
    struct ukb_inventory inventory = { 0 };
    enum ukb_status st = ukb_inventory_read_again(session, &inventory, reterr);

    if (st == UKB_OK) {
        *ret_inventory = inventory;
    }
    return st;
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
