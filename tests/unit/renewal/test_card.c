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
    keep();
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

static void
what_is_no_card_is_never_torn_and_nobody_is_asked(void **state)
{
    (void)state;
    assert_int_equal(ukb_env_open_to_write(&person.env, ukey.soft.token_id, &hold, &err), UKB_OK);
    assert_false(ukb_env_is_card_torn(&person.env, &hold));
    assert_false(person_was_asked());
    assert_int_equal(kept(), 0); /* without a renewal that was cut off an image says nothing */
}

/* One that was cut off may have left the card torn: before that is seen nothing is written to it. */
static void
a_card_that_cannot_be_seen_any_more_is_not_written_to(void **state)
{
    struct ukb_renewal_record record = { .state = UKB_RENEWAL_INSTALLING };

    (void)state;
    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    (void)snprintf(record.id, sizeof(record.id), "%s-1", record.token);
    assert_int_equal(ukb_journal_insert(person.env.journal, &record, &err), UKB_OK);
    assert_int_equal(ukb_env_open_to_write(&person.env, ukey.soft.token_id, &hold, &err), UKB_E_TOKEN_BUSY);
    assert_false(person_was_asked());
    assert_int_equal(kept(), 1);
}

/* An image that is not of the state before the next write is worse than none. */
static void
a_write_that_cannot_be_taken_back_forgets_what_was_kept(void **state)
{
    static const unsigned char id[] = { 'c' };
    struct ukb_token_key key;

    (void)state;
    assert_int_equal(ukb_env_open_to_write(&person.env, ukey.soft.token_id, &hold, &err), UKB_OK);
    assert_int_equal(ukb_hold_login(&hold, UKB_DIALOG_INSTALL, NULL, 0, &err), UKB_OK);
    keep();
    assert_int_equal(ukb_token_keypair_generate(hold.session, UKB_EC_P256, id, sizeof(id), "key", false, &key, &err),
                     UKB_OK);
    assert_int_equal(kept(), 0);
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
        cmocka_unit_test_setup_teardown(what_is_no_card_is_never_torn_and_nobody_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_card_that_cannot_be_seen_any_more_is_not_written_to, setup, teardown),
        cmocka_unit_test_setup_teardown(a_write_that_cannot_be_taken_back_forgets_what_was_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_token_is_none, setup, teardown),
    };

    return cmocka_run_group_tests_name("renewal/card", tests, ukey_group_setup, ukey_group_teardown);
}
