/* SPDX-License-Identifier: MIT */
/* Unit tests for card/family.c: a card is known by its answer to reset, or left alone. */
#include "../test.h"

#include "card/family.h"

/* As real cards of both generations answer (OpenSC's list of them). */
static const unsigned char FIRST[] = "\x3B\xF5\x18\x00\xFF\x81\x31\xFE\x45\x4D\x79\x45\x49\x44\x65";
static const unsigned char SECOND[] = "\x3B\xF5\x96\x00\x00\x81\x31\xFE\x45\x4D\x79\x45\x49\x44\x14";
static const unsigned char OTHER[] = "\x3B\x9F\x95\x81\x31\xFE\x9F\x00\x66\x46\x53\x05\x01\x00\x11\x71\xDF";

static void
a_card_is_known_by_its_historical_bytes(void **state)
{
    const struct ukb_card_family *family = ukb_card_family_of(FIRST, sizeof(FIRST) - 1U);

    (void)state;
    assert_non_null(family);
    assert_string_equal(family->name, "MyEID");
    assert_ptr_equal(ukb_card_family_of(SECOND, sizeof(SECOND) - 1U), family);
}

static void
any_other_is_not(void **state)
{
    size_t len;

    (void)state;
    assert_null(ukb_card_family_of(OTHER, sizeof(OTHER) - 1U));
    for (len = 0; len < sizeof(FIRST) - 2U; len++) {
        assert_null(ukb_card_family_of(FIRST, len)); /* cut off within the name */
    }
}

static void
only_files_of_objects_are_of_a_kind(void **state)
{
    const struct ukb_card_family *family = ukb_card_family_of(FIRST, sizeof(FIRST) - 1U);

    (void)state;
    assert_int_equal(ukb_card_family_kind(family, 0x4301), UKB_CARD_CERTIFICATE);
    assert_int_equal(ukb_card_family_kind(family, 0x4B0F), UKB_CARD_PRIVATE_KEY);
    assert_int_equal(ukb_card_family_kind(family, 0x5501), UKB_CARD_PUBLIC_KEY);
    assert_int_equal(ukb_card_family_kind(family, 0x4403), UKB_CARD_KIND_COUNT); /* a directory */
    assert_int_equal(ukb_card_family_kind(family, 0x5031), UKB_CARD_KIND_COUNT); /* EF(ODF) */
    assert_int_equal(ukb_card_family_kind(family, 0x0043), UKB_CARD_KIND_COUNT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_known_by_its_historical_bytes),
        cmocka_unit_test(any_other_is_not),
        cmocka_unit_test(only_files_of_objects_are_of_a_kind),
    };

    return cmocka_run_group_tests_name("card/family", tests, NULL, NULL);
}
