/* SPDX-License-Identifier: MIT */
#include "pki/history.h"

#include <stdlib.h>

#include "pki/internal.h"

#define ROLES (UKB_ROLE_BOTH + 1)

/* A certificate and its place in the caller's array. */
struct entry {
    const struct ukb_certificate *certificate;
    size_t index;
};

static int
by_names(const struct entry *a, const struct entry *b)
{
    int order = X509_NAME_cmp(X509_get_subject_name(a->certificate->x509), X509_get_subject_name(b->certificate->x509));

    if (order == 0) {
        order = X509_NAME_cmp(X509_get_issuer_name(a->certificate->x509), X509_get_issuer_name(b->certificate->x509));
    }
    return order;
}

static int
compare(long long a, long long b)
{
    return (a > b) - (a < b);
}

/* Families of the same names, in them the roles, in those by time: of what begins together the best half stands last.
 */
static int
by_family(const void *first, const void *second)
{
    const struct entry *a = first;
    const struct entry *b = second;
    int order = by_names(a, b);

    if (order == 0) {
        order = compare((long long)a->certificate->facts.role, (long long)b->certificate->facts.role);
    }
    if (order == 0) {
        order = compare(a->certificate->facts.not_before_s, b->certificate->facts.not_before_s);
    }
    if (order == 0) {
        order = compare(a->certificate->facts.not_after_s, b->certificate->facts.not_after_s);
    }
    return order != 0 ? order : (a->index < b->index) - (a->index > b->index);
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
ukb_history_supersedes(const struct ukb_certificate *newer, const struct ukb_certificate *older)
{
    return newer->facts.role == older->facts.role && is_newer(&newer->facts, &older->facts) &&
           X509_NAME_cmp(X509_get_subject_name(newer->x509), X509_get_subject_name(older->x509)) == 0 &&
           X509_NAME_cmp(X509_get_issuer_name(newer->x509), X509_get_issuer_name(older->x509)) == 0;
}

/* @p count entries of one family and role. */
static void
find_history(const struct entry *entries, size_t count, struct ukb_relation *relations)
{
    const struct ukb_certificate_facts *newest = NULL;
    size_t i;

    for (i = 0; i < count; i++) {
        if (newest == NULL || is_newer(&entries[i].certificate->facts, newest)) {
            newest = &entries[i].certificate->facts;
        }
    }
    for (i = 0; i < count; i++) {
        relations[entries[i].index].is_history = is_newer(newest, &entries[i].certificate->facts);
    }
}

/* How many of the entries, which are sorted by that, begin not after @p time_s. */
static size_t
count_begun(const struct entry *entries, size_t count, long long time_s)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2U;

        if (entries[middle].certificate->facts.not_before_s <= time_s) {
            low = middle + 1U;
        } else {
            high = middle;
        }
    }
    return low;
}

static long long
distance_s(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    long long apart_s = a->not_before_s - b->not_before_s; /* both within 0000 to 9999 */

    return apart_s < 0 ? -apart_s : apart_s;
}

/* Is @p a a better half for @p one than @p b? */
static bool
is_better(const struct entry *a, const struct entry *b, const struct ukb_certificate_facts *one)
{
    int order = compare(distance_s(&b->certificate->facts, one), distance_s(&a->certificate->facts, one));

    if (order == 0) {
        order = compare(a->certificate->facts.not_after_s, b->certificate->facts.not_after_s);
    }
    return order != 0 ? order > 0 : a->index < b->index;
}

/* The best half for @p one among @p count entries of its family and the opposite role: the last of those that begin
 * with or before it, or of those that begin next. */
static const struct ukb_certificate *
find_half(const struct entry *entries, size_t count, const struct ukb_certificate_facts *one)
{
    const size_t begun = count_begun(entries, count, one->not_before_s);
    const struct entry *before = begun > 0 ? &entries[begun - 1U] : NULL;
    const struct entry *behind = NULL;

    if (begun < count) {
        behind = &entries[count_begun(entries, count, entries[begun].certificate->facts.not_before_s) - 1U];
    }
    if (before == NULL || (behind != NULL && is_better(behind, before, one))) {
        before = behind;
    }
    return before == NULL ? NULL : before->certificate;
}

static void
find_halves(const struct entry *entries, size_t count, const struct entry *others, size_t other_count,
            struct ukb_relation *relations)
{
    size_t i;

    for (i = 0; i < count; i++) {
        relations[entries[i].index].paired_with = find_half(others, other_count, &entries[i].certificate->facts);
    }
}

/* @p count entries of the same names. */
static void
relate_family(const struct entry *entries, size_t count, struct ukb_relation *relations)
{
    const struct entry *of[ROLES] = { NULL };
    size_t counts[ROLES] = { 0 };
    size_t i;

    for (i = count; i > 0; i--) {
        const enum ukb_role role = entries[i - 1U].certificate->facts.role;

        of[role] = &entries[i - 1U];
        counts[role]++;
    }
    for (i = 0; i < ROLES; i++) {
        find_history(of[i], counts[i], relations);
    }
    find_halves(of[UKB_ROLE_SIGNING], counts[UKB_ROLE_SIGNING], of[UKB_ROLE_ENCRYPTION], counts[UKB_ROLE_ENCRYPTION],
                relations);
    find_halves(of[UKB_ROLE_ENCRYPTION], counts[UKB_ROLE_ENCRYPTION], of[UKB_ROLE_SIGNING], counts[UKB_ROLE_SIGNING],
                relations);
}

enum ukb_status
ukb_history_relate(const struct ukb_certificate *const *certificates, size_t count, struct ukb_relation *ret_relations,
                   struct ukb_error *reterr)
{
    struct entry *entries = calloc(count + 1U, sizeof(*entries));
    size_t first = 0;
    size_t i;

    if (entries == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu certificates", count);
    }
    for (i = 0; i < count; i++) {
        entries[i] = (struct entry){ certificates[i], i };
        ret_relations[i] = (struct ukb_relation){ .is_history = false };
    }
    qsort(entries, count, sizeof(*entries), by_family);
    for (i = 1; i <= count; i++) {
        if (i == count || by_names(&entries[first], &entries[i]) != 0) {
            relate_family(&entries[first], i - first, ret_relations);
            first = i;
        }
    }
    free(entries);
    return UKB_OK;
}
