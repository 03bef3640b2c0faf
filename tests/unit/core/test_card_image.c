/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "core/card_image.h"
#include "core/limits.h"

static struct ukb_card_image image;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&image, 0, sizeof(image));
    memset(&err, 0, sizeof(err));
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_card_image_done(&image);
    assert_null(image.files);
    assert_int_equal(image.count, 0);
    ukb_card_image_done(&image); /* twice is fine, and nothing is */
    ukb_card_image_done(NULL);
    return 0;
}

static void
files_are_copied_and_found_by_their_id(void **state)
{
    unsigned char content[] = "entries";
    const struct ukb_card_file *file = NULL;

    (void)state;
    assert_int_equal(ukb_card_image_add(&image, 0x4403, content, sizeof(content), &err), UKB_OK);
    assert_int_equal(ukb_card_image_add(&image, 0x4301, NULL, 0, &err), UKB_OK);
    content[0] = 'E';
    file = ukb_card_image_find(&image, 0x4403);
    assert_non_null(file);
    assert_int_equal(file->len, sizeof(content));
    assert_string_equal(file->content, "entries");
    file = ukb_card_image_find(&image, 0x4301);
    assert_non_null(file);
    assert_null(file->content);
    assert_null(ukb_card_image_find(&image, 0x4302));
}

static void
there_are_limits(void **state)
{
    static const unsigned char large[UKB_CARD_DIRECTORY_MAX_LEN + 1U];
    unsigned int i;

    (void)state;
    assert_int_equal(ukb_card_image_add(&image, 1, large, sizeof(large), &err), UKB_E_TOO_LARGE);
    assert_int_equal(image.count, 0);
    assert_int_equal(ukb_card_image_add(&image, 1, large, sizeof(large) - 1U, &err), UKB_OK);
    for (i = 1; i < UKB_CARD_FILES_MAX; i++) {
        assert_int_equal(ukb_card_image_add(&image, 1 + i, NULL, 0, &err), UKB_OK);
    }
    assert_int_equal(ukb_card_image_add(&image, 1 + i, NULL, 0, &err), UKB_E_TOO_LARGE);
    assert_int_equal(image.count, UKB_CARD_FILES_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_copied_and_found_by_their_id, setup, teardown),
        cmocka_unit_test_setup_teardown(there_are_limits, setup, teardown),
    };

    return cmocka_run_group_tests_name("core/card_image", tests, NULL, NULL);
}
