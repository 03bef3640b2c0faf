/* SPDX-License-Identifier: MIT */
/* Unit tests for store/cards.c: one image for a token, the last one, whole or not at all. */
#include "fixture.h"

#include <sqlite3.h>

#include "store/cards.h"

static struct ukb_card_image
image_of(unsigned int first, size_t count)
{
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error err = { 0 };
    size_t i;

    for (i = 0; i < count; i++) {
        const unsigned char content[] = { 0x30, 0x02, 0x04, (unsigned char)i };

        assert_int_equal(
            ukb_card_image_add(&image, first + (unsigned int)i, content, i % 2U == 0 ? sizeof(content) : 0, &err),
            UKB_OK);
    }
    return image;
}

static void
keep(struct fixture *f, const char *token, unsigned int first, size_t count)
{
    struct ukb_card_image image = image_of(first, count);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_cards_keep(f->journal, token, &image, &err), UKB_OK);
    ukb_card_image_done(&image);
}

static void
expect(struct fixture *f, const char *token, unsigned int first, size_t count)
{
    struct ukb_card_image wanted = image_of(first, count);
    struct ukb_card_image image = { .count = 0 };
    struct ukb_error err = { 0 };
    size_t i;

    assert_int_equal(ukb_cards_get(f->journal, token, &image, &err), UKB_OK);
    assert_int_equal(image.count, count);
    for (i = 0; i < count; i++) {
        assert_int_equal(image.files[i].id, wanted.files[i].id);
        assert_int_equal(image.files[i].len, wanted.files[i].len);
        if (image.files[i].len > 0) {
            assert_memory_equal(image.files[i].content, wanted.files[i].content, image.files[i].len);
        }
    }
    ukb_card_image_done(&image);
    ukb_card_image_done(&wanted);
}

static void
the_last_image_of_a_token_is_kept_and_outlasts_us(void **state)
{
    struct fixture *f = *state;

    expect(f, TOKEN_A, 0, 0);
    keep(f, TOKEN_A, 0x4301, 5);
    keep(f, TOKEN_B, 0x5501, 3);
    keep(f, TOKEN_A, 0x4302, 2);
    ukb_journal_close(f->journal);
    fixture_open(f);
    expect(f, TOKEN_A, 0x4302, 2);
    expect(f, TOKEN_B, 0x5501, 3);
}

static void
what_is_forgotten_is_gone_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    struct ukb_error err = { 0 };
    bool has = false;

    keep(f, TOKEN_A, 0x4301, 5);
    keep(f, TOKEN_B, 0x5501, 3);
    assert_int_equal(ukb_cards_has(f->journal, TOKEN_A, &has, &err), UKB_OK);
    assert_true(has);
    assert_int_equal(ukb_cards_forget(f->journal, TOKEN_A, &err), UKB_OK);
    assert_int_equal(ukb_cards_has(f->journal, TOKEN_A, &has, &err), UKB_OK);
    assert_false(has);
    expect(f, TOKEN_A, 0, 0);
    expect(f, TOKEN_B, 0x5501, 3);
    assert_int_equal(ukb_cards_forget(f->journal, TOKEN_A, &err), UKB_OK); /* nothing to forget */
}

/* The end of a renewal and of what was kept of its card are one write. */
static void
a_renewal_that_ends_takes_it_along(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_change change = { .id = "r1", .from = UKB_RENEWAL_PREPARING, .to = UKB_RENEWAL_REQUESTED };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    keep(f, TOKEN_A, 0x4301, 5);
    keep(f, TOKEN_B, 0x5501, 3);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    expect(f, TOKEN_A, 0x4301, 5);        /* not asked to */
    change.from = UKB_RENEWAL_INSTALLING; /* it is not */
    change.to = UKB_RENEWAL_INSTALLED;
    change.forgets_card = true;
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_E_WRONG_STATE);
    expect(f, TOKEN_A, 0x4301, 5);
    change.from = UKB_RENEWAL_REQUESTED;
    change.to = UKB_RENEWAL_ABANDONED;
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    expect(f, TOKEN_A, 0, 0);
    expect(f, TOKEN_B, 0x5501, 3);
}

static void
what_cannot_be_written_leaves_the_last_one(void **state)
{
    struct fixture *f = *state;
    struct ukb_card_image image = image_of(0x4301, 2);
    struct ukb_error err = { 0 };
    sqlite3 *other = NULL;

    keep(f, TOKEN_A, 0x5501, 3);
    image.files[1].id = image.files[0].id; /* no card has that */
    assert_int_equal(ukb_cards_keep(f->journal, TOKEN_A, &image, &err), UKB_E_INTERNAL);
    expect(f, TOKEN_A, 0x5501, 3);
    ukb_card_image_done(&image);
    assert_int_equal(sqlite3_open(f->file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "UPDATE card_file SET content = zeroblob(9000)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(ukb_cards_get(f->journal, TOKEN_A, &image, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(image.count, 0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_last_image_of_a_token_is_kept_and_outlasts_us),
        CASE(what_is_forgotten_is_gone_and_nothing_else),
        CASE(a_renewal_that_ends_takes_it_along),
        CASE(what_cannot_be_written_leaves_the_last_one),
    };

    return cmocka_run_group_tests_name("store/cards", tests, NULL, NULL);
}
