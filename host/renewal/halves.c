/* SPDX-License-Identifier: MIT */
/* What the certificates of a plan, and those on the token, must not be to each other: a key has one use, one holder. */
#include "renewal/internal.h"

#include <string.h>

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static enum ukb_status
two_uses(struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "a signing and an encryption certificate for one key");
}

/* Who delivers a key knows it: its certificate must be good for nothing but encryption. */
static enum ukb_status
check_role(const struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(exchange->candidate);

    return exchange->half != UKB_HALF_ENCRYPTION || facts->role == UKB_ROLE_ENCRYPTION
               ? UKB_OK
               : ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "keyUsage is %s, expected is encryption and nothing else",
                           ukb_role_name(facts->role));
}

/* No certificate of the other use may be there for the key, unless it has been so with the old one already. */
static enum ukb_status
check_use(const struct ukb_plan *plan, const struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(exchange->candidate);
    const bool encrypts = exchange->half == UKB_HALF_ENCRYPTION;
    size_t i;

    for (i = 0; !exchange->same_key && i < plan->inventory.count; i++) {
        const struct ukb_certificate_facts *other = ukb_certificate_facts(plan->inventory.items[i].certificate);

        if (strcmp(other->id, facts->id) != 0 && ukb_public_key_equal(&other->key, &facts->key) &&
            (other->role == UKB_ROLE_ENCRYPTION) != encrypts) {
            return two_uses(reterr);
        }
    }
    return UKB_OK;
}

/* What was on the token before is not ours to bring, nor to take away; both halves are where another computer finished
 * this renewal. */
static enum ukb_status
check_new(const struct ukb_plan *plan, const struct ukb_exchange *exchange, struct ukb_error *reterr)
{
    const struct ukb_exchange *signing = ukb_exchanges_half(&plan->exchanges, UKB_HALF_SIGNING);

    return exchange->half != UKB_HALF_ENCRYPTION || !exchange->was_there || (signing != NULL && signing->was_there)
               ? UKB_OK
               : ukb_raise(reterr, UKB_E_NOT_NEWER, 0, "the encryption certificate is on the UKey already");
}

/* Halves that were not each held against an old one of their own are held against each other. */
static enum ukb_status
check_pair(const struct ukb_plan *plan, const struct ukb_exchange *signing, const struct ukb_exchange *encryption,
           struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *a = ukb_certificate_facts(signing->candidate);
    const struct ukb_certificate_facts *b = ukb_certificate_facts(encryption->candidate);
    const bool renews = !plan->has_record || plan->record.kind == UKB_RENEWAL_RENEW;

    if (ukb_public_key_equal(&a->key, &b->key) && !(signing->same_key && encryption->same_key)) {
        return two_uses(reterr);
    }
    if (encryption->old != NULL && renews) {
        return UKB_OK;
    }
    if (!same_text(a->subject.common_name, b->subject.common_name) ||
        !same_text(a->subject.organization, b->subject.organization) || strcmp(a->credit_code, b->credit_code) != 0) {
        return ukb_raise(reterr, UKB_E_SUBJECT_CHANGED, 0, "the two certificates are of different holders");
    }
    return UKB_OK;
}

enum ukb_status
ukb_plan_check_halves(const struct ukb_plan *plan, struct ukb_error *reterr)
{
    const struct ukb_exchange *signing = ukb_exchanges_half(&plan->exchanges, UKB_HALF_SIGNING);
    const struct ukb_exchange *encryption = ukb_exchanges_half(&plan->exchanges, UKB_HALF_ENCRYPTION);
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < plan->exchanges.count; i++) {
        const struct ukb_exchange *exchange = &plan->exchanges.items[i];

        st = check_role(exchange, reterr);
        if (st == UKB_OK) {
            st = check_use(plan, exchange, reterr);
        }
        if (st == UKB_OK) {
            st = check_new(plan, exchange, reterr);
        }
    }
    return st == UKB_OK && signing != NULL && encryption != NULL ? check_pair(plan, signing, encryption, reterr) : st;
}
