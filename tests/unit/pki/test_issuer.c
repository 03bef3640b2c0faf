/* SPDX-License-Identifier: MIT */
/* The issuer rule of the check step, with and without trust anchors. */
#include "../test.h"

#include "made.h"
#include "pki/internal.h"

#define NOW_S (MADE_START_S + 10 * MADE_DAY_S)

/* A root lives longer than what it issues. */
static const struct made ROOT = {
    .common_name = "Root", .key = "P-256/root", .ca = true, .not_after_s = MADE_START_S + 10 * MADE_YEAR_S
};
static const struct made CA = {
    .common_name = "CA", .key = "P-256/ca", .ca = true, .issuer = &ROOT, .not_after_s = MADE_START_S + 5 * MADE_YEAR_S
};
/* The same names and key identifiers, and another key: what a forger writes. */
static const struct made STRANGER = { .common_name = "CA", .key = "P-256/stranger", .ca = true };

static const struct made OLD = { .common_name = "A", .issuer = &CA, .serial = 7 };
static const struct made NEW = { .common_name = "A", .issuer = &CA, .serial = 8 };

/* Who vouches: up to two certificates each, NULL for none. */
struct question {
    const struct made *candidate;
    const struct made *old;
    const struct made *chain[2];
    const struct made *anchors[2];
};

static size_t
make_all(const struct made *const made[2], const struct ukb_certificate *ret[2])
{
    size_t count = 0;

    while (count < 2 && made[count] != NULL) {
        ret[count] = made_certificate(made[count]);
        count++;
    }
    return count;
}

static enum ukb_status
ask(const struct question *question)
{
    const struct ukb_certificate *chain[2] = { NULL, NULL };
    const struct ukb_certificate *anchors[2] = { NULL, NULL };
    struct ukb_check check = { .kind = UKB_KIND_RENEW, .chain = chain, .anchors = anchors, .now_s = NOW_S };
    struct ukb_error err = { 0 };
    enum ukb_status st;

    check.candidate = made_certificate(question->candidate);
    check.old = question->old == NULL ? NULL : made_certificate(question->old);
    check.chain_count = make_all(question->chain, chain);
    check.anchor_count = make_all(question->anchors, anchors);
    st = ukb_check_issuer(&check, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void
a_chain_to_an_anchor_is_trusted(void **state)
{
    (void)state;
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { &CA }, { &ROOT } }), UKB_OK);
    assert_int_equal(ask(&(struct question){ &NEW, NULL, { &CA }, { &ROOT } }), UKB_OK);
    assert_int_equal(ask(&(struct question){ &NEW, NULL, { NULL }, { &CA } }), UKB_OK); /* no root needed */
    assert_int_equal(ask(&(struct question){ &NEW, NULL, { &ROOT, &CA }, { &STRANGER, &ROOT } }), UKB_OK);
}

static void
a_chain_that_ends_elsewhere_is_not(void **state)
{
    static const struct made forged = { .common_name = "A", .issuer = &STRANGER, .serial = 8 };
    static const struct made self = { .common_name = "A", .serial = 8 };

    (void)state;
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { NULL }, { &ROOT } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { &CA }, { &STRANGER } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &forged, &OLD, { &STRANGER }, { &ROOT } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &forged, &OLD, { &STRANGER, &CA }, { &ROOT } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &self, NULL, { NULL }, { &ROOT } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
anchors_are_asked_even_where_an_old_certificate_would_do(void **state)
{
    (void)state;
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { &CA }, { NULL } }), UKB_OK);
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { &CA }, { &STRANGER } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
an_issuer_that_is_no_ca_is_not_trusted(void **state)
{
    static const struct made person = { .common_name = "Person", .key = "P-256/person", .issuer = &ROOT };
    static const struct made issued = { .common_name = "A", .issuer = &person, .serial = 8 };
    static const struct made before = { .common_name = "A", .issuer = &person, .serial = 7 };

    (void)state;
    assert_int_equal(ask(&(struct question){ &issued, NULL, { &person }, { &ROOT } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &issued, &before, { &person }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
a_certificate_that_begins_later_is_judged_at_its_begin(void **state)
{
    struct made later = NEW;

    (void)state;
    later.not_before_s = MADE_START_S + 2 * MADE_YEAR_S;
    later.not_after_s = MADE_START_S + 3 * MADE_YEAR_S;
    assert_int_equal(ask(&(struct question){ &later, NULL, { &CA }, { &ROOT } }), UKB_OK);
    later.not_before_s = MADE_START_S + 6 * MADE_YEAR_S; /* when the CA is over */
    later.not_after_s = MADE_START_S + 7 * MADE_YEAR_S;
    assert_int_equal(ask(&(struct question){ &later, NULL, { &CA }, { &ROOT } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
an_unknown_critical_extension_is_forgiven_to_the_holder_only(void **state)
{
    static const struct made_extension critical = {
        .oid = "1.2.156.10260.4.1.3", .value = "one", .value_len = 3, .critical = true
    };
    struct made odd = NEW;
    struct made odd_ca = CA;

    (void)state;
    odd.extensions = &critical;
    odd.extension_count = 1;
    assert_int_equal(ask(&(struct question){ &odd, NULL, { &CA }, { &ROOT } }), UKB_OK);
    odd_ca.extensions = &critical;
    odd_ca.extension_count = 1;
    assert_int_equal(ask(&(struct question){ &NEW, NULL, { &odd_ca }, { &ROOT } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
without_anchors_the_old_certificates_ca_is_trusted(void **state)
{
    (void)state;
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { &CA }, { NULL } }), UKB_OK);
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { &STRANGER, &CA }, { NULL } }), UKB_OK);
}

/* With parameters of his own choice anybody has a key that fits a signature; no such key proves who signed. */
static void
without_anchors_a_key_with_parameters_of_its_own_proves_nothing(void **state)
{
    static const struct made ca = { .common_name = "CA", .key = "P-256/explicit", .ca = true };
    static const struct made old = { .common_name = "A", .issuer = &ca, .serial = 7 };
    static const struct made new = { .common_name = "A", .issuer = &ca, .serial = 8 };

    (void)state;
    assert_int_equal(ask(&(struct question){ &new, &old, { &ca }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
without_anchors_and_chain_nobody_is(void **state)
{
    (void)state;
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { NULL }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &NEW, &OLD, { &ROOT }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &NEW, NULL, { &CA }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
another_issuer_name_is_a_stranger(void **state)
{
    static const struct made other = { .common_name = "Other", .key = "P-256/ca", .ca = true };
    static const struct made issued = { .common_name = "A", .issuer = &other, .serial = 8 };

    (void)state;
    assert_int_equal(ask(&(struct question){ &issued, &OLD, { &other }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
another_or_missing_key_identifier_is_a_stranger(void **state)
{
    static const struct made forged = { .common_name = "A", .issuer = &STRANGER, .serial = 8 };
    struct made bare_old = OLD;
    struct made bare_new = NEW;

    (void)state;
    assert_int_equal(ask(&(struct question){ &forged, &OLD, { &STRANGER }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
    bare_new.no_key_ids = true;
    assert_int_equal(ask(&(struct question){ &bare_new, &OLD, { &CA }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
    bare_old.no_key_ids = true;
    assert_int_equal(ask(&(struct question){ &NEW, &bare_old, { &CA }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &bare_new, &bare_old, { &CA }, { NULL } }), UKB_OK);
}

static void
a_forger_who_copies_name_and_key_identifier_is_found_out(void **state)
{
    struct made forged = { .common_name = "A", .issuer = &STRANGER, .serial = 8, .no_key_ids = true };
    struct made old = OLD;

    (void)state;
    old.no_key_ids = true; /* names equal, identifiers equal, the signature valid: but not by the key that signed old */
    assert_int_equal(ask(&(struct question){ &forged, &old, { &STRANGER }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
    assert_int_equal(ask(&(struct question){ &forged, &old, { &STRANGER, &CA }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
}

static void
sm2_signatures_are_verified_with_their_user_id(void **state)
{
    static const struct made root = { .common_name = "SM2 root", .key = "SM2/root", .ca = true };
    static const struct made old = { .common_name = "A", .key = "SM2", .issuer = &root, .serial = 7 };
    static const struct made new = { .common_name = "A", .key = "SM2", .issuer = &root, .serial = 8 };
    static const struct made other = { .common_name = "SM2 root", .key = "SM2/other", .ca = true };

    (void)state;
    assert_int_equal(ask(&(struct question){ &new, NULL, { NULL }, { &root } }), UKB_OK);
    assert_int_equal(ask(&(struct question){ &new, &old, { &root }, { NULL } }), UKB_OK);
    assert_int_equal(ask(&(struct question){ &new, &old, { &other }, { NULL } }), UKB_E_UNTRUSTED_ISSUER);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_to_an_anchor_is_trusted),
        cmocka_unit_test(a_chain_that_ends_elsewhere_is_not),
        cmocka_unit_test(anchors_are_asked_even_where_an_old_certificate_would_do),
        cmocka_unit_test(an_issuer_that_is_no_ca_is_not_trusted),
        cmocka_unit_test(a_certificate_that_begins_later_is_judged_at_its_begin),
        cmocka_unit_test(an_unknown_critical_extension_is_forgiven_to_the_holder_only),
        cmocka_unit_test(without_anchors_the_old_certificates_ca_is_trusted),
        cmocka_unit_test(without_anchors_a_key_with_parameters_of_its_own_proves_nothing),
        cmocka_unit_test(without_anchors_and_chain_nobody_is),
        cmocka_unit_test(another_issuer_name_is_a_stranger),
        cmocka_unit_test(another_or_missing_key_identifier_is_a_stranger),
        cmocka_unit_test(a_forger_who_copies_name_and_key_identifier_is_found_out),
        cmocka_unit_test(sm2_signatures_are_verified_with_their_user_id),
    };

    return cmocka_run_group_tests_name("pki/issuer", tests, NULL, made_done);
}
