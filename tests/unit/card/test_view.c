/* SPDX-License-Identifier: MIT */
/* Unit tests for card/view.c: what the directories say, and what is to be thought of the difference of two moments.
 * With every place of a cut: test_mend.c. */
#include "folder.h"

#include "card/view.h"

static struct ukb_card_channel channel;
static struct ukb_card_image images[2];
static unsigned int directories[UKB_CARD_DIRECTORIES_MAX];
static struct ukb_error err;

static struct ukb_card_view
look(size_t i)
{
    size_t count = 0;

    ukb_card_image_done(&images[i]);
    assert_int_equal(ukb_card_look(&channel, &images[i], directories, &count, &err), UKB_OK);
    return ukb_card_view_of(channel.family, &images[i], directories, count);
}

static int
setup(void **state)
{
    (void)state;
    channel = folder_make();
    (void)folder_add(0x4301, "a", 1);
    (void)folder_add(0x4B01, NULL, 0);
    folder_name(CDF, folder_certificate(0x4301, "a"));
    folder_name(PRKDF, folder_rsa_key(0x4B01, "a"));
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_card_image_done(&images[0]);
    ukb_card_image_done(&images[1]);
    return 0;
}

static void
a_whole_card_names_its_files(void **state)
{
    const struct ukb_card_view view = look(0);

    (void)state;
    assert_true(view.is_whole);
    assert_int_equal(view.directory_count, 4);
    assert_null(view.directories[3].file); /* named in EF(ODF), never made */
    assert_true(ukb_card_view_names(&view, 0x4301));
    assert_true(ukb_card_view_names(&view, 0x4B01));
    assert_false(ukb_card_view_names(&view, CDF));
    assert_false(ukb_card_view_is_torn(&view, &view));
    assert_true(ukb_card_view_is_explained(&view, &view));
}

static void
one_directory_that_is_not_whole_makes_the_card_so(void **state)
{
    struct ukb_card_view view;

    (void)state;
    folder_name(CDF, folder_certificate(0x4302, "its file is gone"));
    view = look(0);
    assert_false(view.is_whole);
    assert_true(view.directories[0].is_whole);
    assert_false(view.directories[2].is_whole);
    assert_true(ukb_card_view_names(&view, 0x4301));
    assert_false(ukb_card_view_names(&view, 0x4302));
    assert_true(view.hides_objects); /* those behind it */
}

static void
not_all_that_is_not_whole_hides_objects(void **state)
{
    struct ukb_card_view view;

    (void)state;
    folder_name(CDF, folder_certificate(0x4301, "the same file again"));
    view = look(0);
    assert_false(view.is_whole);
    assert_false(view.hides_objects);
    folder_name(PRKDF, folder_rsa_key(0x4B02, "its file is gone"));
    view = look(0);
    assert_false(view.hides_objects);
    folder_find(PUKDF)->content[0] = 0x30; /* an entry of five zero bytes */
    folder_find(PUKDF)->content[1] = 0x05;
    view = look(0);
    assert_true(view.hides_objects);
}

static void
a_file_without_its_entry_is_torn_if_it_had_one_or_is_new(void **state)
{
    struct ukb_card_view before;
    struct ukb_card_view now;

    (void)state;
    (void)folder_add(0x4309, "never had one", 13);
    before = look(0);
    now = look(1);
    assert_false(ukb_card_view_is_torn(&now, &before));
    (void)folder_add(0x4302, "new", 3);
    now = look(1);
    assert_true(ukb_card_view_is_torn(&now, &before));
    assert_true(ukb_card_view_is_explained(&now, &before));
    folder_remove(0x4302);
    folder_find(CDF)->content[0] = 0; /* the entry of 4301 */
    now = look(1);
    assert_true(now.is_whole);
    assert_true(ukb_card_view_is_torn(&now, &before));
    assert_true(ukb_card_view_is_explained(&now, &before));
}

static void
nothing_is_explained_by_a_card_that_was_broken_before(void **state)
{
    struct ukb_card_view before;
    struct ukb_card_view now;

    (void)state;
    folder_name(CDF, folder_certificate(0x4302, "its file is gone"));
    before = look(0);
    (void)folder_add(0x4303, "new", 3);
    now = look(1);
    assert_true(ukb_card_view_is_torn(&now, &before));
    assert_false(ukb_card_view_is_explained(&now, &before));
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_whole_card_names_its_files),
        CASE(one_directory_that_is_not_whole_makes_the_card_so),
        CASE(not_all_that_is_not_whole_hides_objects),
        CASE(a_file_without_its_entry_is_torn_if_it_had_one_or_is_new),
        CASE(nothing_is_explained_by_a_card_that_was_broken_before),
    };

    return cmocka_run_group_tests_name("card/view", tests, NULL, NULL);
}
