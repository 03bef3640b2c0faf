/* SPDX-License-Identifier: MIT */
/* Unit tests for card/commands.c: what is sent, what is made of the answers, and of those that are none. */
#include "folder.h"

#include <string.h>

#include "core/limits.h"

static struct ukb_card_channel channel;
static struct ukb_error err;
static struct ukb_buf content = UKB_BUF_INIT(4096);

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    channel = folder_make();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_buf_done(&content);
    return 0;
}

/* The ways of a card: T=1, T=0, and in pieces. */
static void
be(int way)
{
    folder.by_characters = way > 0;
    folder.in_pieces = way > 1;
    channel.by_characters = folder.by_characters;
}

static void
files_are_listed_in_one_answer_or_in_pieces(void **state)
{
    unsigned int ids[UKB_CARD_FILES_MAX];
    size_t count = 0;
    int way;

    (void)state;
    for (way = 0; way < 3; way++) {
        be(way);
        count = 0;
        assert_int_equal(ukb_card_list(&channel, ids, &count, &err), UKB_OK);
        assert_int_equal(count, 5);
        assert_int_equal(ids[0], ODF);
        assert_int_equal(ids[4], 0x4401);
    }
}

static void
a_file_is_selected_by_its_path_and_tells_its_size(void **state)
{
    size_t size = 0;

    (void)state;
    assert_int_equal(ukb_card_select(&channel, CDF, &size, &err), UKB_OK);
    assert_int_equal(size, FOLDER_SIZE);
    assert_memory_equal(folder.last, "\x00\xA4\x08\x00\x04\x50\x15\x44", 8);
    assert_int_equal(ukb_card_select(&channel, 0x4301, &size, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(err.native, 0x6A82);
}

static void
a_file_is_read_piece_by_piece_as_the_card_likes_it(void **state)
{
    unsigned char long_one[600];
    size_t size = 0;
    size_t i;
    int way;

    (void)state;
    for (i = 0; i < sizeof(long_one); i++) {
        long_one[i] = (unsigned char)(i * 7U);
    }
    (void)folder_add(0x4301, long_one, sizeof(long_one));
    for (way = 0; way < 3; way++) {
        be(way);
        ukb_buf_clear(&content);
        assert_int_equal(ukb_card_select(&channel, 0x4301, &size, &err), UKB_OK);
        while (content.len < size) {
            assert_int_equal(ukb_card_read_on(&channel, size - content.len, &content, &err), UKB_OK);
        }
        assert_memory_equal(content.data, long_one, sizeof(long_one));
    }
}

static void
a_file_is_written_to_its_end(void **state)
{
    struct folder_file *file = NULL;
    unsigned char old[600];

    (void)state;
    memset(old, 0xFF, sizeof(old));
    file = folder_add(0x4301, old, sizeof(old));
    assert_int_equal(ukb_card_write(&channel, 0x4301, (const unsigned char *)"new", 3, &err), UKB_OK);
    memset(old, 0, sizeof(old));
    memcpy(old, "new", 3);
    assert_memory_equal(file->content, old, sizeof(old));
    assert_int_equal(ukb_card_write(&channel, 0x4401, old, 5, &err), UKB_E_TOO_LARGE); /* it has four bytes */
    assert_memory_equal(folder_find(0x4401)->content, "pins", 4);
    file->size = 0xFFFF; /* offsets into it would name other files */
    assert_int_equal(ukb_card_write(&channel, 0x4301, old, 5, &err), UKB_E_UNSUPPORTED);
}

static void
a_file_is_deleted_and_no_other(void **state)
{
    (void)state;
    (void)folder_add(0x4301, "a", 1);
    (void)folder_add(0x4302, "b", 1);
    (void)folder_add(0x4303, "c", 1);
    assert_int_equal(ukb_card_delete(&channel, 0x4301, &err), UKB_OK);
    be(1);
    assert_int_equal(ukb_card_delete(&channel, 0x4303, &err), UKB_OK);
    assert_null(folder_find(0x4303));
    assert_null(folder_find(0x4301));
    assert_non_null(folder_find(0x4302));
    assert_int_equal(ukb_card_delete(&channel, 0x4301, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(err.native, 0x6A82);
}

static void
a_card_that_says_no_is_quoted(void **state)
{
    (void)state;
    folder.refuses = 0xD6;
    assert_int_equal(ukb_card_write(&channel, CDF, (const unsigned char *)"x", 1, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(err.native, 0x6982);
    folder.pulled_at = 1;
    assert_int_equal(ukb_card_write(&channel, CDF, (const unsigned char *)"x", 1, &err), UKB_E_TOKEN_REMOVED);
}

/* A card that answers this to everything. */
static const char *always;
static size_t always_len;

static enum ukb_status
same_answer(void *ctx, const unsigned char *command, size_t command_len, unsigned char *ret_response, size_t *inout_len,
            struct ukb_error *reterr)
{
    (void)ctx;
    (void)command;
    (void)command_len;
    (void)reterr;
    memcpy(ret_response, always, always_len);
    *inout_len = always_len;
    return UKB_OK;
}

static void
nonsense_is_no_answer_and_has_an_end(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } answers[] = {
        { "\x61\x05", 2 },                     /* more waits, for ever */
        { "\x6C\x10", 2 },                     /* another length, and another … */
        { "\x90\x00", 2 },                     /* no control information; nothing read */
        { "\x6F\x02\x82\x01\x90\x00", 6 },     /* cut off */
        { "\x6F\x03\x80\x01\x05\x90\x00", 7 }, /* a size of one byte */
        { "\x6F\x03\x82\x01\x01\x90\x00", 7 }, /* none */
        { "\x01\x02\x03\x90\x00", 5 },         /* one file and a half */
    };
    unsigned int ids[UKB_CARD_FILES_MAX];
    size_t number = 0;
    size_t i;

    (void)state;
    channel.transmit = same_answer;
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        always = answers[i].bytes;
        always_len = answers[i].len;
        assert_int_equal(ukb_card_select(&channel, CDF, &number, &err), UKB_E_UNSUPPORTED);
    }
    assert_int_equal(ukb_card_list(&channel, ids, &number, &err), UKB_E_UNSUPPORTED); /* the last of them */
    always = answers[2].bytes;
    always_len = answers[2].len;
    assert_int_equal(ukb_card_read_on(&channel, 10, &content, &err), UKB_E_UNSUPPORTED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_listed_in_one_answer_or_in_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_selected_by_its_path_and_tells_its_size, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_read_piece_by_piece_as_the_card_likes_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_written_to_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_deleted_and_no_other, setup, teardown),
        cmocka_unit_test_setup_teardown(a_card_that_says_no_is_quoted, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_no_answer_and_has_an_end, setup, teardown),
    };

    return cmocka_run_group_tests_name("card/commands", tests, NULL, NULL);
}
