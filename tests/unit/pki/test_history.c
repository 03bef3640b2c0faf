/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdlib.h>

#include "made.h"
#include "pki/history.h"

#define SIGNING    "digitalSignature"
#define ENCRYPTION "keyEncipherment"

/* Years from MADE_START_S, so that a row reads like a card. */
static const struct ukb_certificate *
card(const char *name, const char *usage, int from_year, int to_year)
{
    const struct made made = {
        .common_name = name,
        .usage = usage,
        .not_before_s = MADE_START_S + from_year * MADE_YEAR_S,
        .not_after_s = MADE_START_S + to_year * MADE_YEAR_S,
    };

    return made_certificate(&made);
}

static struct ukb_relation
relation_of(const struct ukb_certificate *const *all, size_t count, size_t index)
{
    struct ukb_relation relations[8];
    struct ukb_error err;

    assert_true(count <= sizeof(relations) / sizeof(relations[0]));
    assert_int_equal(ukb_history_relate(all, count, relations, &err), UKB_OK);
    return relations[index];
}

static bool
is_history(const struct ukb_certificate *const *all, size_t count, size_t index)
{
    return relation_of(all, count, index).is_history;
}

static void
a_certificate_is_history_when_a_newer_one_is_there(void **state)
{
    const struct ukb_certificate *const all[] = {
        card("A", SIGNING, 0, 1),    card("A", ENCRYPTION, 0, 1), card("A", SIGNING, 1, 2),
        card("A", ENCRYPTION, 1, 2), card("B", SIGNING, 0, 1),
    };

    (void)state;
    assert_true(is_history(all, 5, 0));
    assert_true(is_history(all, 5, 1));
    assert_false(is_history(all, 5, 2));
    assert_false(is_history(all, 5, 3));
    assert_false(is_history(all, 5, 4));
}

static void
another_role_subject_or_issuer_makes_no_history(void **state)
{
    static const struct made ca = { .common_name = "CA", .key = "P-256/ca", .ca = true };
    const struct made other_issuer = {
        .common_name = "A", .usage = SIGNING, .issuer = &ca, .not_after_s = MADE_START_S + 5 * MADE_YEAR_S
    };
    const struct ukb_certificate *const all[] = {
        card("A", SIGNING, 0, 1), card("A", ENCRYPTION, 0, 5),
        card("A", NULL, 0, 5),    card("A", SIGNING "," ENCRYPTION, 0, 5),
        card("B", SIGNING, 0, 5), made_certificate(&other_issuer),
    };

    (void)state;
    assert_false(is_history(all, 6, 0));
}

static void
of_two_that_end_together_the_later_begun_is_newer(void **state)
{
    const struct ukb_certificate *const all[] = { card("A", SIGNING, 0, 3), card("A", SIGNING, 1, 3),
                                                  card("A", SIGNING, 1, 3) };

    (void)state;
    assert_true(is_history(all, 3, 0));
    assert_false(is_history(all, 3, 1));
    assert_false(is_history(all, 3, 2));
    assert_false(is_history(all, 1, 0));
}

static void
names_are_compared_as_names_and_not_as_bytes(void **state)
{
    const struct made printable = {
        .common_name = "Acme  Ltd", .printable = true, .usage = SIGNING, .not_after_s = MADE_START_S + 2 * MADE_YEAR_S
    };
    const struct ukb_certificate *const all[] = { card("acme ltd", SIGNING, 0, 1), made_certificate(&printable) };

    (void)state;
    assert_true(is_history(all, 2, 0));
}

static size_t
other_of(const struct ukb_certificate *const *all, size_t count, size_t index)
{
    const struct ukb_certificate *other = relation_of(all, count, index).paired_with;
    size_t i;

    for (i = 0; i < count; i++) {
        if (all[i] == other) {
            return i;
        }
    }
    assert_null(other);
    return 99;
}

static void
pairs_are_found_by_the_nearest_begin(void **state)
{
    const struct ukb_certificate *const all[] = {
        card("A", SIGNING, 0, 1),    card("A", SIGNING, 3, 4),    card("A", ENCRYPTION, 3, 4),
        card("A", ENCRYPTION, 0, 1), card("B", ENCRYPTION, 0, 1),
    };

    (void)state;
    assert_int_equal(other_of(all, 5, 0), 3);
    assert_int_equal(other_of(all, 5, 3), 0);
    assert_int_equal(other_of(all, 5, 1), 2);
    assert_int_equal(other_of(all, 5, 2), 1);
    assert_int_equal(other_of(all, 5, 4), 99);
}

static void
a_kept_encryption_certificate_pairs_with_both_signing_ones(void **state)
{
    const struct ukb_certificate *const all[] = { card("A", SIGNING, 0, 1), card("A", SIGNING, 1, 2),
                                                  card("A", ENCRYPTION, 0, 1) };

    (void)state;
    assert_int_equal(other_of(all, 3, 0), 2);
    assert_int_equal(other_of(all, 3, 1), 2);
    assert_int_equal(other_of(all, 3, 2), 0);
}

static void
of_two_as_near_the_later_end_wins_then_the_first(void **state)
{
    const struct ukb_certificate *const all[] = { card("A", SIGNING, 2, 3), card("A", ENCRYPTION, 1, 2),
                                                  card("A", ENCRYPTION, 3, 4), card("A", ENCRYPTION, 3, 4) };

    (void)state;
    assert_int_equal(other_of(all, 4, 0), 2);
}

static void
other_roles_have_no_other_half(void **state)
{
    const struct ukb_certificate *const all[] = { card("A", NULL, 0, 1), card("A", NULL, 0, 1),
                                                  card("A", SIGNING "," ENCRYPTION, 0, 1), card("A", SIGNING, 0, 1) };

    (void)state;
    assert_int_equal(other_of(all, 4, 0), 99);
    assert_int_equal(other_of(all, 4, 2), 99);
    assert_int_equal(other_of(all, 4, 3), 99);
}

/* What history.h says of two certificates, word for word; all here have the same names. */
static bool
is_newer_by_the_book(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    return a->role == b->role &&
           (a->not_after_s > b->not_after_s || (a->not_after_s == b->not_after_s && a->not_before_s > b->not_before_s));
}

static bool
is_better_by_the_book(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b,
                      const struct ukb_certificate_facts *one)
{
    const long long a_s = llabs(a->not_before_s - one->not_before_s);
    const long long b_s = llabs(b->not_before_s - one->not_before_s);

    return a_s != b_s ? a_s < b_s : a->not_after_s > b->not_after_s;
}

static void
assert_by_the_book(const struct ukb_certificate *const *all, size_t count, size_t index,
                   const struct ukb_relation *relation)
{
    const struct ukb_certificate_facts *one = ukb_certificate_facts(all[index]);
    const struct ukb_certificate *half = NULL;
    bool history = false;
    size_t i;

    for (i = 0; i < count; i++) {
        const struct ukb_certificate_facts *other = ukb_certificate_facts(all[i]);

        history = history || is_newer_by_the_book(other, one);
        if (((one->role == UKB_ROLE_SIGNING && other->role == UKB_ROLE_ENCRYPTION) ||
             (one->role == UKB_ROLE_ENCRYPTION && other->role == UKB_ROLE_SIGNING)) &&
            (half == NULL || is_better_by_the_book(other, ukb_certificate_facts(half), one))) {
            half = all[i];
        }
    }
    assert_int_equal(relation->is_history, history);
    assert_ptr_equal(relation->paired_with, half);
}

static void
many_of_one_owner_are_related_by_the_book(void **state)
{
    static const char *const usages[] = { SIGNING, ENCRYPTION, SIGNING "," ENCRYPTION, NULL };
    const struct ukb_certificate *all[96];
    struct ukb_relation relations[96];
    struct ukb_error err;
    unsigned int random = 20261128U;
    size_t i;

    (void)state;
    for (i = 0; i < 96; i++) { /* few different times, so that there are ties of every kind */
        int from_year;

        random = random * 1103515245U + 12345U;
        from_year = (int)(random >> 16U) % 7;
        all[i] = card("A", usages[(random >> 20U) % 8U < 6U ? (random >> 24U) % 2U : 2U + (random >> 24U) % 2U],
                      from_year, from_year + 1 + (int)(random >> 28U) % 3);
    }
    assert_int_equal(ukb_history_relate(all, 96, relations, &err), UKB_OK);
    for (i = 0; i < 96; i++) {
        assert_by_the_book(all, 96, i, &relations[i]);
    }
    assert_int_equal(ukb_history_relate(all, 0, relations, &err), UKB_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_is_history_when_a_newer_one_is_there),
        cmocka_unit_test(another_role_subject_or_issuer_makes_no_history),
        cmocka_unit_test(of_two_that_end_together_the_later_begun_is_newer),
        cmocka_unit_test(names_are_compared_as_names_and_not_as_bytes),
        cmocka_unit_test(pairs_are_found_by_the_nearest_begin),
        cmocka_unit_test(a_kept_encryption_certificate_pairs_with_both_signing_ones),
        cmocka_unit_test(of_two_as_near_the_later_end_wins_then_the_first),
        cmocka_unit_test(other_roles_have_no_other_half),
        cmocka_unit_test(many_of_one_owner_are_related_by_the_book),
    };

    return cmocka_run_group_tests_name("pki/history", tests, NULL, made_done);
}
