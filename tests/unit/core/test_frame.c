/* SPDX-License-Identifier: MIT */
/* Unit tests for core/frame.c: bytes in any pieces, frames out. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "core/frame.h"
#include "core/limits.h"

#define LIMIT     64U
#define SMALL_MAX 4096U /* a decoder that stores nothing has no reason to hold more */

static int
setup(void **state)
{
    static struct ukb_frame_decoder decoder;

    ukb_frame_decoder_init(&decoder, LIMIT);
    *state = &decoder;
    return 0;
}

static int
teardown(void **state)
{
    ukb_frame_decoder_done(*state);
    return 0;
}

/* Append a frame whose length says @p claimed, with @p len bytes of @p body behind it. */
static size_t
put_raw(unsigned char *at, uint32_t claimed, const void *body, size_t len)
{
    memcpy(at, &claimed, sizeof(claimed));
    if (len > 0) {
        memcpy(at + sizeof(claimed), body, len);
    }
    return sizeof(claimed) + len;
}

static size_t
put(unsigned char *at, const char *body)
{
    return put_raw(at, (uint32_t)strlen(body), body, strlen(body));
}

/* Feed all of @p data, which must hold no whole frame and no frame that is too large. */
static void
feed_quietly(struct ukb_frame_decoder *decoder, const void *data, size_t len)
{
    const unsigned char *at = data;
    struct ukb_error err = { 0 };
    bool whole = true;

    while (len > 0) {
        assert_int_equal(ukb_frame_decoder_feed(decoder, &at, &len, &whole, &err), UKB_OK);
        assert_false(whole);
    }
}

static void
expect_frame(struct ukb_frame_decoder *decoder, const unsigned char **inout_at, size_t *inout_len, const char *body)
{
    struct ukb_error err = { 0 };
    bool whole = false;

    assert_int_equal(ukb_frame_decoder_feed(decoder, inout_at, inout_len, &whole, &err), UKB_OK);
    assert_true(whole);
    assert_int_equal(decoder->body.len, strlen(body));
    assert_string_equal(ukb_buf_text(&decoder->body), body);
    assert_true(ukb_frame_decoder_is_between(decoder));
}

static void
a_frame_comes_whole_out_of_single_bytes(void **state)
{
    unsigned char data[64];
    size_t len = put(data, "{\"a\":1}");
    const unsigned char *at = NULL;
    size_t one = 1;
    int round;

    for (round = 0; round < 3; round++) {
        size_t i;

        for (i = 0; i + 1 < len; i++) {
            feed_quietly(*state, data + i, 1);
            assert_false(ukb_frame_decoder_is_between(*state));
        }
        at = data + i;
        one = 1;
        expect_frame(*state, &at, &one, "{\"a\":1}");
        assert_int_equal(one, 0);
    }
}

static void
many_frames_come_out_of_one_piece(void **state)
{
    unsigned char data[256];
    const unsigned char *at = data;
    size_t len = 0;
    char body[16];
    int i;

    for (i = 0; i < 10; i++) {
        (void)snprintf(body, sizeof(body), "[%d]", i);
        len += put(data + len, body);
    }
    for (i = 0; i < 10; i++) {
        (void)snprintf(body, sizeof(body), "[%d]", i);
        expect_frame(*state, &at, &len, body);
    }
    assert_int_equal(len, 0);
    assert_ptr_equal(at, data + 70);
}

static void
a_header_may_be_split_anywhere(void **state)
{
    unsigned char data[64];
    size_t len = put(data, "null");
    size_t split;

    for (split = 1; split < len; split++) {
        const unsigned char *at = data + split;
        size_t rest = len - split;

        feed_quietly(*state, data, split);
        assert_false(ukb_frame_decoder_is_between(*state));
        expect_frame(*state, &at, &rest, "null");
    }
}

static void
an_empty_body_is_a_frame(void **state)
{
    unsigned char data[16];
    const unsigned char *at = data;
    size_t len = 0;

    len += put(data, "");
    len += put(data + len, "");
    len += put(data + len, "1");
    expect_frame(*state, &at, &len, "");
    expect_frame(*state, &at, &len, "");
    expect_frame(*state, &at, &len, "1");
}

static void
a_body_stays_until_the_next_call(void **state)
{
    struct ukb_frame_decoder *decoder = *state;
    unsigned char data[64];
    const unsigned char *at = data;
    size_t len = put(data, "first");

    expect_frame(decoder, &at, &len, "first");
    assert_string_equal(ukb_buf_text(&decoder->body), "first");
    feed_quietly(decoder, data, 1);
    assert_string_equal(ukb_buf_text(&decoder->body), "");
}

static void
a_body_at_the_limit_passes(void **state)
{
    char body[LIMIT + 1] = "";
    unsigned char data[LIMIT + 4];
    const unsigned char *at = data;
    size_t len;

    memset(body, 'x', LIMIT);
    len = put(data, body);
    expect_frame(*state, &at, &len, body);
}

static void
a_body_one_beyond_the_limit_goes_by_unstored_and_the_next_is_fine(void **state)
{
    struct ukb_frame_decoder *decoder = *state;
    unsigned char data[2 * LIMIT + 64];
    char body[LIMIT + 2] = "";
    const unsigned char *at = data;
    struct ukb_error err = { 0 };
    bool whole = true;
    size_t len;

    memset(body, 'x', LIMIT + 1);
    len = put(data, body);
    len += put(data + len, "next");
    assert_int_equal(ukb_frame_decoder_feed(decoder, &at, &len, &whole, &err), UKB_E_TOO_LARGE);
    assert_false(whole);
    assert_string_equal(err.message, "message of 65 bytes, the limit is 64");
    assert_int_equal(decoder->body.len, 0);
    assert_int_equal(decoder->body.size, 0);
    assert_true(ukb_frame_decoder_is_between(decoder));
    expect_frame(decoder, &at, &len, "next");
}

static void
an_oversized_body_is_reported_with_its_last_byte(void **state)
{
    unsigned char data[LIMIT + 64];
    char body[LIMIT + 2] = "";
    const unsigned char *at = NULL;
    struct ukb_error err = { 0 };
    bool whole = true;
    size_t one = 1;
    size_t len;
    size_t i;

    memset(body, 'x', LIMIT + 1);
    len = put(data, body);
    for (i = 0; i + 1 < len; i++) {
        feed_quietly(*state, data + i, 1);
        assert_false(ukb_frame_decoder_is_between(*state));
    }
    at = data + i;
    assert_int_equal(ukb_frame_decoder_feed(*state, &at, &one, &whole, &err), UKB_E_TOO_LARGE);
    assert_int_equal(one, 0);
    assert_true(ukb_frame_decoder_is_between(*state));
}

static void
three_mebibytes_are_drained_in_pipe_sized_pieces(void **state)
{
    const size_t total = 3U * 1024U * 1024U;
    struct ukb_frame_decoder decoder;
    unsigned char piece[65536];
    struct ukb_error err = { 0 };
    const unsigned char *at = piece;
    bool whole = false;
    size_t gone = 0;
    size_t len = put_raw(piece, (uint32_t)total, NULL, 0);

    (void)state;
    ukb_frame_decoder_init(&decoder, UKB_REQUEST_MAX_LEN);
    feed_quietly(&decoder, piece, len);
    memset(piece, 0xFF, sizeof(piece));
    for (gone = 0; gone + sizeof(piece) < total; gone += sizeof(piece)) {
        feed_quietly(&decoder, piece, sizeof(piece));
        assert_true(decoder.body.size <= SMALL_MAX);
    }
    len = sizeof(piece);
    assert_int_equal(ukb_frame_decoder_feed(&decoder, &at, &len, &whole, &err), UKB_E_TOO_LARGE);
    len = put(piece, "still here");
    at = piece;
    expect_frame(&decoder, &at, &len, "still here");
    ukb_frame_decoder_done(&decoder);
}

static void
a_claim_of_four_gibibytes_takes_no_memory(void **state)
{
    struct ukb_frame_decoder *decoder = *state;
    unsigned char data[16];
    size_t len = put_raw(data, UINT32_MAX, "{}", 2);

    feed_quietly(decoder, data, len);
    assert_true(decoder->body.size <= SMALL_MAX);
    assert_false(ukb_frame_decoder_is_between(decoder));
}

static void
a_stream_cut_inside_a_frame_is_seen(void **state)
{
    unsigned char data[64];
    size_t len = put(data, "[1,2]");
    size_t cut;

    for (cut = 0; cut < len; cut++) {
        struct ukb_frame_decoder decoder;

        ukb_frame_decoder_init(&decoder, LIMIT);
        assert_true(ukb_frame_decoder_is_between(&decoder));
        feed_quietly(&decoder, data, cut);
        assert_int_equal(ukb_frame_decoder_is_between(&decoder), cut == 0);
        ukb_frame_decoder_done(&decoder);
    }
    (void)state;
}

static void
feeding_nothing_changes_nothing(void **state)
{
    unsigned char data[64];
    const unsigned char *at = data;
    struct ukb_error err = { 0 };
    size_t len = put(data, "x");
    size_t none = 0;
    bool whole = true;

    assert_int_equal(ukb_frame_decoder_feed(*state, &at, &none, &whole, &err), UKB_OK);
    assert_false(whole);
    feed_quietly(*state, data, 4);
    at = data + 4;
    assert_int_equal(ukb_frame_decoder_feed(*state, &at, &none, &whole, &err), UKB_OK);
    assert_false(whole);
    len -= 4;
    expect_frame(*state, &at, &len, "x");
}

static void
an_appended_frame_is_read_back(void **state)
{
    struct ukb_buf out = UKB_BUF_INIT(64);
    struct ukb_error err = { 0 };
    const unsigned char *at = NULL;
    size_t len = 0;

    assert_int_equal(ukb_frame_append(&out, "{}", 2, 2, &err), UKB_OK);
    assert_int_equal(ukb_frame_append(&out, "", 0, 2, &err), UKB_OK);
    assert_int_equal(out.len, 10);
    at = out.data;
    len = out.len;
    expect_frame(*state, &at, &len, "{}");
    expect_frame(*state, &at, &len, "");
    ukb_buf_done(&out);
}

static void
a_frame_that_may_not_be_sent_leaves_the_stream_as_it_was(void **state)
{
    struct ukb_buf out = UKB_BUF_INIT(16);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_frame_append(&out, "123", 3, 2, &err), UKB_E_REPLY_TOO_LARGE);
    assert_int_equal(out.len, 0);
    assert_int_equal(ukb_frame_append(&out, "{}", 2, 64, &err), UKB_OK);
    /* The header still fits the buffer, the body does not: neither may stay. */
    assert_int_equal(ukb_frame_append(&out, "1234567", 7, 64, &err), UKB_E_TOO_LARGE);
    assert_int_equal(out.len, 6);
    assert_int_equal(ukb_frame_append(&out, "123456", 6, 64, &err), UKB_OK);
    assert_int_equal(out.len, 16);
    ukb_buf_done(&out);
}

#define WITH_DECODER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DECODER(a_frame_comes_whole_out_of_single_bytes),
        WITH_DECODER(many_frames_come_out_of_one_piece),
        WITH_DECODER(a_header_may_be_split_anywhere),
        WITH_DECODER(an_empty_body_is_a_frame),
        WITH_DECODER(a_body_stays_until_the_next_call),
        WITH_DECODER(a_body_at_the_limit_passes),
        WITH_DECODER(a_body_one_beyond_the_limit_goes_by_unstored_and_the_next_is_fine),
        WITH_DECODER(an_oversized_body_is_reported_with_its_last_byte),
        cmocka_unit_test(three_mebibytes_are_drained_in_pipe_sized_pieces),
        WITH_DECODER(a_claim_of_four_gibibytes_takes_no_memory),
        cmocka_unit_test(a_stream_cut_inside_a_frame_is_seen),
        WITH_DECODER(feeding_nothing_changes_nothing),
        WITH_DECODER(an_appended_frame_is_read_back),
        cmocka_unit_test(a_frame_that_may_not_be_sent_leaves_the_stream_as_it_was),
    };

    return cmocka_run_group_tests_name("core/frame", tests, NULL, NULL);
}
