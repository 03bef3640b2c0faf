/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/card.c on SoftHSM, which is no card: nothing of it gets in the way of a write. With a card:
 * tests/integration/card-torn.test.mjs. */
#include "person.h"

#include "renewal/internal.h"
#include "store/cards.h"

static struct ukb_error err;
static struct ukb_hold hold;

static void
keep(void)
{
    struct ukb_card_image image = { .count = 0 };

    assert_int_equal(ukb_card_image_add(&image, 0x4403, (const unsigned char *)"0", 1, &err), UKB_OK);
    assert_int_equal(ukb_cards_keep(person.env.journal, ukey.soft.token_id, &image, &err), UKB_OK);
    ukb_card_image_done(&image);
}

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    memset(&hold, 0, sizeof(hold));
    assert_int_equal(person_setup(state), 0);
    person_acts();
    return 0;
}

static int
teardown(void **state)
{
    ukb_hold_done(&hold);
    person_looks();
    return person_teardown(state);
}

static size_t
kept(void)
{
    struct ukb_card_image image = { .count = 0 };
    size_t count;

    assert_int_equal(ukb_cards_get(person.env.journal, ukey.soft.token_id, &image, &err), UKB_OK);
    count = image.count;
    ukb_card_image_done(&image);
    return count;
}

static enum ukb_status
open_to_write(void)
{
    return ukb_env_open_to_write(&person.env, ukey.soft.token_id, &hold, &err);
}

static enum ukb_status
write_key(void)
{
    static const unsigned char id[] = { 'c' };
    struct ukb_token_key key;

    return ukb_token_keypair_generate(hold.session, UKB_EC_P256, id, sizeof(id), "key", false, &key, &err);
}

static void
what_is_no_card_is_never_torn_and_written_to_as_ever(void **state)
{
    (void)state;
    assert_int_equal(open_to_write(), UKB_OK);
    assert_false(ukb_env_is_card_torn(&person.env, &hold));
    assert_false(ukb_env_may_card_be_torn(&person.env, &hold));
    assert_int_equal(ukb_env_mend_card(&person.env, &hold, &err), UKB_OK);
    assert_false(person_was_asked());
    assert_int_equal(ukb_hold_login(&hold, UKB_DIALOG_INSTALL, NULL, 0, &err), UKB_OK);
    assert_int_equal(write_key(), UKB_OK);
    assert_int_equal(kept(), 0);
}

/* A write may have torn it: before that is seen nothing more is written, and what may mend it stays. */
static void
a_card_that_cannot_be_seen_any_more_is_not_written_to(void **state)
{
    (void)state;
    keep();
    assert_int_equal(open_to_write(), UKB_E_TOKEN_ERROR);
    assert_false(person_was_asked());
    assert_false(ukb_env_is_card_torn(&person.env, &hold));
    assert_true(ukb_env_may_card_be_torn(&person.env, &hold));
    assert_int_equal(ukb_env_mend_card(&person.env, &hold, &err), UKB_E_TOKEN_ERROR);
    assert_int_equal(kept(), 1);
}

static void
neither_is_one_that_was_lost_from_sight_between_two_writes(void **state)
{
    (void)state;
    assert_int_equal(open_to_write(), UKB_OK);
    assert_int_equal(ukb_hold_login(&hold, UKB_DIALOG_INSTALL, NULL, 0, &err), UKB_OK);
    keep();
    assert_int_equal(write_key(), UKB_E_TOKEN_ERROR);
    assert_int_equal(kept(), 1);
}

static void
an_unknown_token_is_none(void **state)
{
    (void)state;
    assert_int_equal(ukb_env_open_to_write(&person.env, "ffffffffffffffffffffffffffffffff", &hold, &err),
                     UKB_E_NO_TOKEN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_no_card_is_never_torn_and_written_to_as_ever, setup, teardown),
        cmocka_unit_test_setup_teardown(a_card_that_cannot_be_seen_any_more_is_not_written_to, setup, teardown),
        cmocka_unit_test_setup_teardown(neither_is_one_that_was_lost_from_sight_between_two_writes, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_token_is_none, setup, teardown),
    };

    return cmocka_run_group_tests_name("renewal/card", tests, ukey_group_setup, ukey_group_teardown);
}
