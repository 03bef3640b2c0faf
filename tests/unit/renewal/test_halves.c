/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/halves.c: what the certificates of a plan, and those on the token, must not be to each other.
 */
#include "../pki/made.h"
#include "../test.h"

#include "renewal/internal.h"

#define SIGNS    "digitalSignature,nonRepudiation"
#define ENCRYPTS "keyAgreement"
#define BOTH     "digitalSignature,keyAgreement"

static const struct made signing = { .common_name = "Li", .organization = "Li & Co", .key = "P-256/s", .usage = SIGNS };
static const struct made encryption = {
    .common_name = "Li", .organization = "Li & Co", .key = "P-256/e", .usage = ENCRYPTS, .serial = 2
};

/* A plan: what is left out is not there. */
struct given {
    struct made signing;
    struct made encryption;
    bool replaces; /* the encryption certificate has an old one */
    bool same_keys;
    bool signing_was_there;
    bool encryption_was_there;
    bool has_record;
    enum ukb_renewal_kind kind;
    struct made there; /* a certificate on the token */
};

static struct ukb_certificate *
made(const struct made *made)
{
    return (struct ukb_certificate *)(uintptr_t)made_certificate(made); /* of a plan that is never freed */
}

static void
add(struct ukb_plan *plan, enum ukb_half half, const struct given *given)
{
    const bool encrypts = half == UKB_HALF_ENCRYPTION;
    const struct made *candidate = encrypts ? &given->encryption : &given->signing;

    if (candidate->usage != NULL) {
        plan->exchanges.items[plan->exchanges.count++] = (struct ukb_exchange){
            .half = half,
            .candidate = made(candidate),
            .old = encrypts && given->replaces ? made(&encryption) : NULL,
            .same_key = given->same_keys,
            .was_there = encrypts ? given->encryption_was_there : given->signing_was_there,
        };
    }
}

static void
expect(enum ukb_status expected, struct given given)
{
    struct ukb_plan plan = { .has_record = given.has_record, .record = { .kind = given.kind } };
    struct ukb_inventory_item item = { .certificate = NULL };
    struct ukb_error err = { 0 };

    add(&plan, UKB_HALF_SIGNING, &given);
    add(&plan, UKB_HALF_ENCRYPTION, &given);
    if (given.there.usage != NULL) {
        item.certificate = made(&given.there);
        plan.inventory = (struct ukb_inventory){ .items = &item, .count = 1 };
    }
    assert_int_equal(ukb_plan_check_halves(&plan, &err), expected);
}

/* The certificate @p from with another key, usage or holder. */
static struct made
but(struct made from, const char *key, const char *usage, const char *common_name)
{
    from.key = key == NULL ? from.key : key;
    from.usage = usage == NULL ? from.usage : usage;
    from.common_name = common_name == NULL ? from.common_name : common_name;
    from.serial = 9;
    return from;
}

static void
a_pair_of_one_holder_and_two_keys_is_good(void **state)
{
    (void)state;
    expect(UKB_OK, (struct given){ .signing = signing, .encryption = encryption });
    expect(UKB_OK, (struct given){ .signing = signing });
    expect(UKB_OK, (struct given){ .encryption = encryption });
    expect(UKB_OK, (struct given){ .signing = but(signing, NULL, BOTH, NULL) });
}

static void
an_encryption_certificate_is_good_for_nothing_else(void **state)
{
    const struct made both = but(encryption, NULL, BOTH, NULL);

    (void)state;
    expect(UKB_E_WRONG_ROLE, (struct given){ .signing = signing, .encryption = both });
    expect(UKB_E_WRONG_ROLE, (struct given){ .encryption = both, .replaces = true });
}

static void
two_new_certificates_for_one_key_are_refused(void **state)
{
    const struct made one_key = but(encryption, "P-256/s", NULL, NULL);

    (void)state;
    expect(UKB_E_WRONG_ROLE, (struct given){ .signing = signing, .encryption = one_key });
    /* where it has been so, it may stay so */
    expect(UKB_OK, (struct given){ .signing = signing, .encryption = one_key, .same_keys = true });
}

static void
a_key_that_is_there_for_the_other_use_gets_no_certificate(void **state)
{
    (void)state;
    expect(UKB_E_WRONG_ROLE, (struct given){ .encryption = encryption, .there = but(signing, "P-256/e", NULL, NULL) });
    expect(UKB_E_WRONG_ROLE, (struct given){ .encryption = encryption, .there = but(signing, "P-256/e", BOTH, NULL) });
    expect(UKB_E_WRONG_ROLE, (struct given){ .signing = signing, .there = but(encryption, "P-256/s", NULL, NULL) });
    expect(UKB_OK, (struct given){ .signing = signing, .there = but(signing, NULL, NULL, NULL) });
    expect(UKB_OK, (struct given){ .encryption = encryption, .there = but(encryption, NULL, NULL, NULL) });
    expect(UKB_OK, (struct given){ .signing = signing, .there = encryption });
}

static void
halves_of_two_holders_are_refused(void **state)
{
    struct made other_unit = encryption;

    (void)state;
    other_unit.organization = "Wu & Co";
    expect(UKB_E_SUBJECT_CHANGED, (struct given){ .signing = signing, .encryption = other_unit });
    expect(UKB_E_SUBJECT_CHANGED,
           (struct given){ .signing = signing, .encryption = but(encryption, NULL, NULL, "Wu") });
    expect(UKB_E_SUBJECT_CHANGED, (struct given){ .signing = signing,
                                                  .encryption = other_unit,
                                                  .replaces = true,
                                                  .has_record = true,
                                                  .kind = UKB_RENEWAL_CHANGE });
    other_unit.organization = NULL;
    expect(UKB_E_SUBJECT_CHANGED, (struct given){ .signing = signing, .encryption = other_unit });
    /* each was held against its own old one */
    expect(UKB_OK, (struct given){ .signing = signing, .encryption = other_unit, .replaces = true });
}

static void
an_encryption_certificate_that_is_there_is_not_brought_alone(void **state)
{
    (void)state;
    expect(UKB_E_NOT_NEWER, (struct given){ .encryption = encryption, .encryption_was_there = true });
    expect(UKB_E_NOT_NEWER,
           (struct given){ .signing = signing, .encryption = encryption, .encryption_was_there = true });
    expect(UKB_OK,
           (struct given){
               .signing = signing, .encryption = encryption, .signing_was_there = true, .encryption_was_there = true });
    expect(UKB_OK, (struct given){ .signing = signing, .encryption = encryption, .signing_was_there = true });
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_of_one_holder_and_two_keys_is_good),
        cmocka_unit_test(an_encryption_certificate_is_good_for_nothing_else),
        cmocka_unit_test(two_new_certificates_for_one_key_are_refused),
        cmocka_unit_test(a_key_that_is_there_for_the_other_use_gets_no_certificate),
        cmocka_unit_test(halves_of_two_holders_are_refused),
        cmocka_unit_test(an_encryption_certificate_that_is_there_is_not_brought_alone),
    };

    return cmocka_run_group_tests_name("renewal/halves", tests, NULL, made_done);
}
