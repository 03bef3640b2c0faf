/* SPDX-License-Identifier: MIT */
#include "pki/history.h"

#include "pki/internal.h"

static bool
same_names(const struct ukb_certificate *a, const struct ukb_certificate *b)
{
    return X509_NAME_cmp(X509_get_subject_name(a->x509), X509_get_subject_name(b->x509)) == 0 &&
           X509_NAME_cmp(X509_get_issuer_name(a->x509), X509_get_issuer_name(b->x509)) == 0;
}

static bool
is_newer(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    if (a->not_after_s != b->not_after_s) {
        return a->not_after_s > b->not_after_s;
    }
    return a->not_before_s > b->not_before_s;
}

bool
ukb_history_is(const struct ukb_certificate *const *certificates, size_t count, size_t index)
{
    const struct ukb_certificate *one = certificates[index];
    size_t i;

    for (i = 0; i < count; i++) {
        if (certificates[i]->facts.role == one->facts.role && is_newer(&certificates[i]->facts, &one->facts) &&
            same_names(certificates[i], one)) {
            return true;
        }
    }
    return false;
}

static enum ukb_role
opposite(enum ukb_role role)
{
    switch (role) {
    case UKB_ROLE_SIGNING:
        return UKB_ROLE_ENCRYPTION;
    case UKB_ROLE_ENCRYPTION:
        return UKB_ROLE_SIGNING;
    case UKB_ROLE_BOTH:
    case UKB_ROLE_UNKNOWN:
        break;
    }
    return UKB_ROLE_UNKNOWN;
}

static long long
distance_s(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    long long apart_s = a->not_before_s - b->not_before_s; /* both within 0000 to 9999 */

    return apart_s < 0 ? -apart_s : apart_s;
}

bool
ukb_history_paired_with(const struct ukb_certificate *const *certificates, size_t count, size_t index,
                        size_t *ret_other)
{
    const struct ukb_certificate_facts *one = &certificates[index]->facts;
    const struct ukb_certificate_facts *best = NULL;
    enum ukb_role wanted = opposite(one->role);
    size_t best_index = 0;
    size_t i;

    for (i = 0; wanted != UKB_ROLE_UNKNOWN && i < count; i++) {
        const struct ukb_certificate_facts *other = &certificates[i]->facts;

        if (other->role != wanted || !same_names(certificates[i], certificates[index])) {
            continue;
        }
        if (best == NULL || distance_s(other, one) < distance_s(best, one) ||
            (distance_s(other, one) == distance_s(best, one) && other->not_after_s > best->not_after_s)) {
            best = other;
            best_index = i;
        }
    }
    if (best == NULL) {
        return false;
    }
    *ret_other = best_index;
    return true;
}
