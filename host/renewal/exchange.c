/* SPDX-License-Identifier: MIT */
#include "renewal/exchange.h"

#include <stdio.h>
#include <string.h>

#include "pki/public_key.h"
#include "renewal/internal.h"

/* What the journal calls the halves. A signing half may hold a certificate of any other role. */
static const char ENCRYPTION[] = "encryption";

void
ukb_exchanges_done(struct ukb_exchanges *exchanges)
{
    size_t i;

    for (i = 0; i < exchanges->count; i++) {
        ukb_certificate_free(exchanges->items[i].candidate);
        ukb_certificate_free(exchanges->items[i].old);
    }
    memset(exchanges, 0, sizeof(*exchanges));
}

const struct ukb_exchange *
ukb_exchanges_half(const struct ukb_exchanges *exchanges, enum ukb_half half)
{
    size_t i;

    for (i = 0; i < exchanges->count; i++) {
        if (exchanges->items[i].half == half) {
            return &exchanges->items[i];
        }
    }
    return NULL;
}

/* The object of the certificate that has been at the key until now: the old one, or after an interruption the new. */
static const struct ukb_token_certificate *
present_object(const struct ukb_exchange *exchange, const struct ukb_inventory *inventory)
{
    const struct ukb_inventory_item *item = NULL;

    if (exchange->same_key && exchange->old != NULL) {
        item = ukb_inventory_find(inventory, ukb_certificate_facts(exchange->old)->id);
    }
    if (item == NULL) {
        item = ukb_inventory_find(inventory, ukb_certificate_facts(exchange->candidate)->id);
    }
    return item == NULL ? NULL : item->object;
}

/* Programs find certificates by their label too: a kept key's certificate keeps it, another bears the holder's name. */
static void
choose_label(struct ukb_exchange *exchange, const struct ukb_token_certificate *present)
{
    const char *name = ukb_certificate_facts(exchange->candidate)->subject.common_name;

    if (present != NULL && present->label[0] != '\0') {
        memcpy(exchange->label, present->label, sizeof(exchange->label));
    } else {
        (void)snprintf(exchange->label, sizeof(exchange->label), "%s", name == NULL ? "certificate" : name);
    }
}

static enum ukb_status
choose_key(struct ukb_exchange *exchange, const struct ukb_inventory *inventory, const unsigned char *id, size_t id_len,
           struct ukb_error *reterr)
{
    const struct ukb_public_key *public_key = &ukb_certificate_facts(exchange->candidate)->key;
    const bool journaled = exchange->key_id_len > 0;
    const struct ukb_token_key *key = ukb_token_keys_choose(
        &inventory->keys, public_key, journaled ? exchange->key_id : id, journaled ? exchange->key_id_len : id_len);

    if (key != NULL) {
        exchange->key = *key;
        exchange->key.type = public_key->type;
        exchange->key.public_key = *public_key;
        /* One that has been there, or that another computer has brought meanwhile, is not ours to take away. */
        exchange->import = exchange->import && journaled && key->id_len == exchange->key_id_len &&
                           memcmp(key->id, exchange->key_id, key->id_len) == 0;
        memcpy(exchange->key_id, key->id, key->id_len);
        exchange->key_id_len = key->id_len;
        return UKB_OK;
    }
    if (!exchange->import) {
        return ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0, "the UKey has no private key for this certificate");
    }
    if (journaled) {
        return UKB_OK;
    }
    exchange->key_id_len = UKB_FRESH_KEY_ID_LEN;
    return ukb_key_id_make(exchange->key_id, reterr);
}

enum ukb_status
ukb_exchange_place(struct ukb_exchange *exchange, const struct ukb_inventory *inventory, const unsigned char *id,
                   size_t id_len, struct ukb_error *reterr)
{
    const struct ukb_token_certificate *present = present_object(exchange, inventory);
    const bool stays = exchange->same_key && present != NULL;
    enum ukb_status st =
        choose_key(exchange, inventory, stays ? present->id : id, stays ? present->id_len : id_len, reterr);

    choose_label(exchange, present);
    if (st == UKB_OK && exchange->same_key && exchange->temp_id_len == 0) {
        exchange->temp_id_len = UKB_FRESH_KEY_ID_LEN;
        st = ukb_key_id_make(exchange->temp_id, reterr);
    }
    return st;
}

static struct ukb_renewal_object
object_of(const struct ukb_exchange *exchange, const struct ukb_certificate *certificate,
          enum ukb_renewal_action action)
{
    struct ukb_renewal_object object = ukb_renewal_object_of(certificate, action);

    if (exchange->half == UKB_HALF_ENCRYPTION) { /* its keyUsage may allow more */
        (void)snprintf(object.role, sizeof(object.role), "%s", ENCRYPTION);
    }
    return object;
}

size_t
ukb_exchanges_objects(const struct ukb_exchanges *exchanges, struct ukb_renewal_object *ret_objects)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < exchanges->count; i++) {
        const struct ukb_exchange *exchange = &exchanges->items[i];
        struct ukb_renewal_object *object = NULL;

        if (exchange->old != NULL) {
            ret_objects[count++] = object_of(exchange, exchange->old, UKB_RENEWAL_OLD);
        }
        object = &ret_objects[count++];
        *object = object_of(exchange, exchange->candidate, UKB_RENEWAL_NEW);
        if (exchange->key_id_len <= sizeof(object->key_id)) { /* a longer one is found by its public key */
            memcpy(object->key_id, exchange->key_id, exchange->key_id_len);
            object->key_id_len = exchange->key_id_len;
        }
        memcpy(object->temp_id, exchange->temp_id, exchange->temp_id_len);
        object->temp_id_len = exchange->temp_id_len;
        object->imported = exchange->import;
        object->was_there = exchange->was_there;
    }
    return count;
}

static enum ukb_half
half_of(const struct ukb_renewal_object *object)
{
    return strcmp(object->role, ENCRYPTION) == 0 ? UKB_HALF_ENCRYPTION : UKB_HALF_SIGNING;
}

enum ukb_status
ukb_record_certificate(const struct ukb_renewal_record *record, enum ukb_half half, enum ukb_renewal_action action,
                       struct ukb_certificate **ret_certificate, struct ukb_error *reterr)
{
    size_t i;

    for (i = 0; i < record->object_count; i++) {
        const struct ukb_renewal_object *object = &record->objects[i];

        if (object->action == action && half_of(object) == half) {
            return ukb_certificate_from_der(object->der, object->der_len, ret_certificate, reterr);
        }
    }
    *ret_certificate = NULL;
    return UKB_OK;
}

static enum ukb_status
from_object(const struct ukb_renewal_record *record, const struct ukb_renewal_object *object,
            struct ukb_exchange *ret_exchange, struct ukb_error *reterr)
{
    struct ukb_exchange exchange = { .half = half_of(object),
                                     .import = object->imported,
                                     .was_there = object->was_there };
    enum ukb_status st = ukb_certificate_from_der(object->der, object->der_len, &exchange.candidate, reterr);

    if (st == UKB_OK) {
        st = ukb_record_certificate(record, exchange.half, UKB_RENEWAL_OLD, &exchange.old, reterr);
    }
    if (st != UKB_OK) {
        ukb_certificate_free(exchange.candidate);
        return st;
    }
    exchange.same_key = object->temp_id_len > 0;
    memcpy(exchange.key_id, object->key_id, object->key_id_len);
    exchange.key_id_len = object->key_id_len;
    memcpy(exchange.temp_id, object->temp_id, object->temp_id_len);
    exchange.temp_id_len = object->temp_id_len;
    *ret_exchange = exchange;
    return UKB_OK;
}

enum ukb_status
ukb_exchanges_from_record(const struct ukb_renewal_record *record, struct ukb_exchanges *ret_exchanges,
                          struct ukb_error *reterr)
{
    struct ukb_exchanges exchanges = { .count = 0 };
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < record->object_count && exchanges.count < UKB_HALF_COUNT; i++) {
        if (record->objects[i].action == UKB_RENEWAL_NEW) {
            st = from_object(record, &record->objects[i], &exchanges.items[exchanges.count], reterr);
            exchanges.count += st == UKB_OK ? 1U : 0U;
        }
    }
    if (st != UKB_OK) {
        ukb_exchanges_done(&exchanges);
        return st;
    }
    *ret_exchanges = exchanges;
    return UKB_OK;
}
