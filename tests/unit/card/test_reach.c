/* SPDX-License-Identifier: MIT */
/*
 * Unit tests for card/reach.c: what it does where nothing uses PC/SC. Cards are reached in tests/integration.
 */
#include "folder.h"

#include "card/reach.h"

static void
without_pcsc_there_is_no_card(void **state)
{
    struct ukb_card_channel channel = folder_make();
    void *const before = channel.ctx;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_card_reach("a reader", &channel, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(err.status, UKB_E_UNSUPPORTED);
    assert_ptr_equal(channel.ctx, before);
}

static void
what_was_never_reached_is_released(void **state)
{
    struct ukb_card_channel channel = { .ctx = NULL };

    (void)state;
    ukb_card_release(&channel);
    ukb_card_release(&channel);
    assert_null(channel.transmit);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_pcsc_there_is_no_card),
        cmocka_unit_test(what_was_never_reached_is_released),
    };

    return cmocka_run_group_tests_name("card/reach", tests, NULL, NULL);
}
