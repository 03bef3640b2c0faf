/* SPDX-License-Identifier: MIT */
/* Unit tests for card/image.c: all files, and of directories what has a meaning. */
#include "folder.h"

#include <string.h>

#include "card/image.h"
#include "core/limits.h"

static struct ukb_card_channel channel;
static struct ukb_card_image image;
static unsigned int directories[UKB_CARD_DIRECTORIES_MAX];
static size_t count;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&image, 0, sizeof(image));
    channel = folder_make();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_card_image_done(&image);
    return 0;
}

static enum ukb_status
look(void)
{
    ukb_card_image_done(&image);
    return ukb_card_look(&channel, &image, directories, &count, &err);
}

static void
a_directory_is_read_as_far_as_it_has_entries(void **state)
{
    const struct ukb_card_file *file = NULL;
    size_t len = 0;
    unsigned int i;

    (void)state;
    for (i = 1; i <= 9; i++) { /* more than one READ BINARY brings */
        struct ukb_der entry = folder_rsa_key(0x4B00U + i, "signing");

        folder_name(PRKDF, entry); /* ends with a zero byte, which is its own */
        len += entry.len;
    }
    assert_true(len > 255);
    assert_int_equal(look(), UKB_OK);
    file = ukb_card_image_find(&image, PRKDF);
    assert_non_null(file);
    assert_int_equal(file->len, len);
    assert_memory_equal(file->content, folder_find(PRKDF)->content, len);
    assert_int_equal(ukb_card_image_find(&image, CDF)->len, 0); /* empty */
    assert_null(ukb_card_image_find(&image, 0x4401)->content);  /* none of ours */
    assert_int_equal(image.count, 5);
    assert_int_equal(count, 4);
}

static void
a_broken_directory_is_read_to_its_end(void **state)
{
    struct folder_file *file = folder_find(CDF);

    (void)state;
    folder_name(CDF, folder_certificate(0x4301, "signing"));
    file->content[5] = 0; /* the label, which is a kind of nothing now */
    file->content[4] = 0;
    assert_int_equal(look(), UKB_OK);
    assert_int_equal(ukb_card_image_find(&image, CDF)->len, FOLDER_SIZE);
    memset(file->content, 0x41, FOLDER_SIZE);
    assert_int_equal(look(), UKB_OK);
    assert_int_equal(ukb_card_image_find(&image, CDF)->len, FOLDER_SIZE);
}

static void
a_directory_that_is_full_has_no_end_to_look_for(void **state)
{
    struct folder_file *file = folder_find(CDF);
    const struct ukb_der entry = folder_certificate(0x4301, "signing");

    (void)state;
    file->size = entry.len;
    folder_name(CDF, entry);
    assert_int_equal(look(), UKB_OK);
    assert_int_equal(ukb_card_image_find(&image, CDF)->len, entry.len);
}

static void
a_card_without_contents_or_with_too_much_is_no_image(void **state)
{
    (void)state;
    folder_find(CDF)->size = FOLDER_SIZE;
    folder.pulled_at = 4;
    assert_int_equal(look(), UKB_E_TOKEN_REMOVED);
    assert_int_equal(image.count, 0);
    folder.pulled_at = 0;
    while (folder.count < FOLDER_FILES) {
        (void)folder_add(0x4601U + (unsigned int)folder.count, "data", 4);
    }
    assert_int_equal(look(), UKB_OK);
    folder_remove(ODF);
    assert_int_equal(look(), UKB_E_UNSUPPORTED);
    assert_int_equal(image.count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_directory_is_read_as_far_as_it_has_entries, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broken_directory_is_read_to_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(a_directory_that_is_full_has_no_end_to_look_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_card_without_contents_or_with_too_much_is_no_image, setup, teardown),
    };

    return cmocka_run_group_tests_name("card/image", tests, NULL, NULL);
}
