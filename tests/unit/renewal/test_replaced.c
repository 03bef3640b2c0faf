/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/replaced.c on SoftHSM: which certificate gives way to a new one. */
#include "../test.h"

#include "ukey.h"

#include <string.h>

#include "renewal/internal.h"

static struct ukb_error err;
static struct ukb_plan plan;
static struct ukb_exchange exchange;
static struct ukb_renewal_object objects[1];

/* On the UKey: a dual pair, and an older encryption certificate of the same holder. */
static const struct ukb_certificate *signing;
static const struct ukb_certificate *encryption;
static const struct ukb_certificate *older;

static const struct ukb_certificate *
make(const char *name, const char *key, const char *usage, long serial, long long start_day)
{
    return made_certificate(&(struct made){ .common_name = name,
                                            .key = key,
                                            .usage = usage,
                                            .serial = serial,
                                            .not_before_s = MADE_START_S + start_day * MADE_DAY_S,
                                            .not_after_s = MADE_START_S + start_day * MADE_DAY_S + MADE_YEAR_S });
}

static int
setup(void **state)
{
    (void)ukey_setup(state);
    memset(&err, 0, sizeof(err));
    signing = make("Li", "P-256/s", "digitalSignature", 1, 10);
    encryption = make("Li", "P-256/e", "keyAgreement", 2, 10);
    older = make("Li", "P-256/o", "keyAgreement", 3, 1);
    ukey_put(signing, (const unsigned char *)"s", 1);
    ukey_put(encryption, (const unsigned char *)"e", 1);
    ukey_put(older, (const unsigned char *)"o", 1);
    return 0;
}

static void
forget(void)
{
    ukb_certificate_free(exchange.candidate);
    ukb_certificate_free(exchange.old);
    memset(&exchange, 0, sizeof(exchange));
}

static int
teardown(void **state)
{
    forget();
    memset(&plan.record, 0, sizeof(plan.record)); /* borrowed */
    ukb_plan_done(&plan);
    return ukey_teardown(state);
}

/* What gives way to @p candidate on the UKey as it is. */
static enum ukb_status
find(enum ukb_half half, const struct ukb_certificate *candidate, const char *id)
{
    forget();
    ukb_inventory_done(&plan.inventory);
    assert_int_equal(ukb_inventory_read(ukey.session, &plan.inventory, &err), UKB_OK);
    exchange.half = half;
    assert_int_equal(ukb_certificate_copy(candidate, &exchange.candidate, &err), UKB_OK);
    return ukb_replaced_find(&plan, id, &exchange, &err);
}

static void
expect_old(const struct ukb_certificate *certificate, bool same_key)
{
    assert_non_null(exchange.old);
    assert_string_equal(ukb_certificate_facts(exchange.old)->id, ukb_certificate_facts(certificate)->id);
    assert_int_equal(exchange.same_key, same_key);
}

static void
a_page_names_the_signing_certificate(void **state)
{
    const struct ukb_certificate *same = make("Li", "P-256/s", "digitalSignature", 4, 20);
    const struct ukb_certificate *fresh = make("Li", "P-256/fresh", "digitalSignature", 5, 20);

    (void)state;
    assert_int_equal(find(UKB_HALF_SIGNING, same, ukb_certificate_facts(signing)->id), UKB_OK);
    expect_old(signing, true);
    assert_int_equal(find(UKB_HALF_SIGNING, fresh, ukb_certificate_facts(signing)->id), UKB_OK);
    expect_old(signing, false);
    assert_int_equal(find(UKB_HALF_SIGNING, same, NULL), UKB_OK); /* not guessed, even for the same key */
    assert_null(exchange.old);
    assert_false(exchange.same_key);
    assert_int_equal(find(UKB_HALF_SIGNING, same, ukb_certificate_facts(fresh)->id), UKB_E_NO_CERTIFICATE);
}

static void
what_is_there_already_is_not_newer(void **state)
{
    (void)state;
    assert_int_equal(find(UKB_HALF_SIGNING, signing, NULL), UKB_E_NOT_NEWER);
    assert_int_equal(find(UKB_HALF_ENCRYPTION, encryption, NULL), UKB_E_NOT_NEWER);
}

static void
a_request_knows_its_old_certificate(void **state)
{
    const struct ukb_certificate *gone = make("Li", "P-256/g", "digitalSignature", 6, 5);
    const struct ukb_certificate *candidate = make("Li", "P-256/g", "digitalSignature", 7, 20);

    (void)state;
    plan.has_record = true;
    plan.record.objects = objects;
    plan.record.object_count = 1;
    objects[0] = ukb_renewal_object_of(signing, UKB_RENEWAL_OLD);
    assert_int_equal(find(UKB_HALF_SIGNING, candidate, ukb_certificate_facts(older)->id), UKB_OK);
    expect_old(signing, false);
    objects[0] = ukb_renewal_object_of(gone, UKB_RENEWAL_OLD);
    assert_int_equal(find(UKB_HALF_SIGNING, candidate, NULL), UKB_E_NO_CERTIFICATE); /* somebody renewed it */
    ukey_put(candidate, (const unsigned char *)"c", 1);
    assert_int_equal(find(UKB_HALF_SIGNING, candidate, NULL), UKB_OK); /* and by this very certificate */
    expect_old(gone, true);
    plan.record.object_count = 0;
    assert_int_equal(find(UKB_HALF_SIGNING, candidate, NULL), UKB_OK);
    assert_null(exchange.old);
}

static void
for_the_same_key_its_own_encryption_certificate_gives_way(void **state)
{
    (void)state;
    assert_int_equal(find(UKB_HALF_ENCRYPTION, make("Wang", "P-256/o", "keyAgreement", 8, 20), NULL), UKB_OK);
    expect_old(older, true);
}

/* Two dual pairs of one holder: the one whose signing half is renewed, not the newest. */
static void
else_the_other_half_of_what_is_renewed_gives_way(void **state)
{
    const struct ukb_certificate *old_signing = make("Li", "P-256/t", "digitalSignature", 9, 1);
    struct ukb_exchange *first = &plan.exchanges.items[0];

    (void)state;
    ukey_put(old_signing, (const unsigned char *)"t", 1);
    plan.exchanges.count = 1;
    first->half = UKB_HALF_SIGNING;
    assert_int_equal(ukb_certificate_copy(old_signing, &first->old, &err), UKB_OK);
    assert_int_equal(ukb_certificate_copy(make("Li", "P-256/u", "digitalSignature", 10, 20), &first->candidate, &err),
                     UKB_OK);
    assert_int_equal(find(UKB_HALF_ENCRYPTION, make("Li", "P-256/n", "keyAgreement", 11, 20), NULL), UKB_OK);
    expect_old(older, false);
}

static void
else_the_newest_of_the_same_holder_and_ca_gives_way(void **state)
{
    (void)state;
    assert_int_equal(find(UKB_HALF_ENCRYPTION, make("Li", "P-256/n", "keyAgreement", 11, 20), NULL), UKB_OK);
    expect_old(encryption, false);
}

static void
anothers_certificate_gives_way_to_nobody(void **state)
{
    (void)state;
    assert_int_equal(find(UKB_HALF_ENCRYPTION, make("Wang", "P-256/n", "keyAgreement", 12, 20), NULL), UKB_OK);
    assert_null(exchange.old);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_names_the_signing_certificate),
        TEST(what_is_there_already_is_not_newer),
        TEST(a_request_knows_its_old_certificate),
        TEST(for_the_same_key_its_own_encryption_certificate_gives_way),
        TEST(else_the_other_half_of_what_is_renewed_gives_way),
        TEST(else_the_newest_of_the_same_holder_and_ca_gives_way),
        TEST(anothers_certificate_gives_way_to_nobody),
    };

    return cmocka_run_group_tests_name("renewal/replaced", tests, ukey_group_setup, ukey_group_teardown);
}
