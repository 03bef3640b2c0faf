/* SPDX-License-Identifier: MIT */
/* Which certificate does a new one take the place of? */
#include "renewal/internal.h"

#include <string.h>

static bool
same_bytes(const unsigned char *a, size_t a_len, const unsigned char *b, size_t b_len)
{
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

static bool
same_holder(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    return same_bytes(a->subject_der, a->subject_der_len, b->subject_der, b->subject_der_len) &&
           same_bytes(a->issuer_der, a->issuer_der_len, b->issuer_der, b->issuer_der_len);
}

static bool
same_key(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    return ukb_public_key_equal(&a->key, &b->key);
}

/* The last to end of the encryption certificates that are like @p candidate in one respect. */
static const struct ukb_certificate *
newest_like(const struct ukb_inventory *inventory, const struct ukb_certificate_facts *candidate,
            bool (*is_like)(const struct ukb_certificate_facts *, const struct ukb_certificate_facts *))
{
    const struct ukb_certificate *newest = NULL;
    size_t i;

    for (i = 0; i < inventory->count; i++) {
        const struct ukb_certificate *certificate = inventory->items[i].certificate;
        const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);

        if (facts->role == UKB_ROLE_ENCRYPTION && strcmp(facts->id, candidate->id) != 0 && is_like(facts, candidate) &&
            (newest == NULL || facts->not_after_s > ukb_certificate_facts(newest)->not_after_s)) {
            newest = certificate;
        }
    }
    return newest;
}

/*
 * The present encryption certificate: the one for the same key; else the other half of the signing certificate that is
 * renewed; else the newest of the same holder and CA.
 */
static const struct ukb_certificate *
present_encryption(const struct ukb_plan *plan, const struct ukb_certificate *candidate)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(candidate);
    const struct ukb_exchange *signing = ukb_exchanges_half(&plan->exchanges, UKB_HALF_SIGNING);
    const struct ukb_certificate *found = newest_like(&plan->inventory, facts, same_key);
    const struct ukb_inventory_item *item = NULL;

    if (found == NULL && signing != NULL && signing->old != NULL) {
        item = ukb_inventory_find(&plan->inventory, ukb_certificate_facts(signing->old)->id);
        found = item == NULL ? NULL : item->paired_with;
    }
    if (found != NULL && strcmp(ukb_certificate_facts(found)->id, facts->id) == 0) {
        found = NULL; /* it is the new one itself: an earlier call brought it */
    }
    return found != NULL ? found : newest_like(&plan->inventory, facts, same_holder);
}

/*
 * Gone while the request waited, the old one was renewed by somebody else; by this very certificate (the renewal was
 * finished on another computer), there is nothing to lose.
 */
static enum ukb_status
old_of_request(const struct ukb_plan *plan, struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    enum ukb_status st =
        ukb_record_certificate(&plan->record, UKB_HALF_SIGNING, UKB_RENEWAL_OLD, &exchange->old, reterr);

    if (st == UKB_OK && exchange->old != NULL &&
        ukb_inventory_find(&plan->inventory, ukb_certificate_facts(exchange->old)->id) == NULL &&
        ukb_inventory_find(&plan->inventory, ukb_certificate_facts(exchange->candidate)->id) == NULL) {
        st = ukb_raise(reterr, UKB_E_NO_CERTIFICATE, 0, "the certificate to be renewed is no longer on this UKey");
    }
    return st;
}

static enum ukb_status
old_by_id(const struct ukb_plan *plan, const char *certificate_id, struct ukb_exchange *exchange,
          struct ukb_error *reterr)
{
    const struct ukb_inventory_item *item = NULL;

    if (certificate_id == NULL) {
        return UKB_OK;
    }
    item = ukb_inventory_find(&plan->inventory, certificate_id);
    if (item == NULL) {
        return ukb_raise(reterr, UKB_E_NO_CERTIFICATE, 0, "this UKey does not hold that certificate");
    }
    return ukb_certificate_copy(item->certificate, &exchange->old, reterr);
}

enum ukb_status
ukb_replaced_find(const struct ukb_plan *plan, const char *certificate_id, struct ukb_exchange *exchange,
                  struct ukb_error *reterr)
{
    const struct ukb_certificate *found = NULL;
    enum ukb_status st = UKB_OK;

    exchange->was_there = ukb_inventory_find(&plan->inventory, ukb_certificate_facts(exchange->candidate)->id) != NULL;
    if (!plan->has_record && exchange->was_there) {
        return ukb_raise(reterr, UKB_E_NOT_NEWER, 0, "this certificate is on the UKey already");
    }
    if (exchange->half == UKB_HALF_ENCRYPTION) {
        found = present_encryption(plan, exchange->candidate);
        st = found == NULL ? UKB_OK : ukb_certificate_copy(found, &exchange->old, reterr);
    } else if (plan->has_record) {
        st = old_of_request(plan, exchange, reterr);
    } else {
        st = old_by_id(plan, certificate_id, exchange, reterr);
    }
    if (st == UKB_OK) {
        exchange->same_key = exchange->old != NULL &&
                             same_key(ukb_certificate_facts(exchange->old), ukb_certificate_facts(exchange->candidate));
    }
    return st;
}
