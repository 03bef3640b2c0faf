/* SPDX-License-Identifier: MIT */
/*
 * core/frame.c: the same bytes give the same frames, refusals and end, in one piece or in any pieces.
 * The first byte says how the pieces are cut; the rest is the stream. Lengths are small on purpose: LIMIT is where
 * bodies become too large, so that a fuzzer reaches both sides of it.
 */
#include "fuzz.h"

#include <string.h>

#include "core/frame.h"

#define LIMIT            48U
#define OUTCOMES_MAX_LEN (4U * 1024U * 1024U)

/* What came out: a line for each frame and each refusal, then whether the stream ended between frames. */
static void
note(struct ukb_buf *outcomes, char kind, const void *body, size_t len)
{
    struct ukb_error err = { 0 };

    require(ukb_buf_printf(outcomes, &err, "%c%zu:", kind, len) == UKB_OK, "outcomes fit");
    require(ukb_buf_append(outcomes, body, len, &err) == UKB_OK, "outcomes fit");
}

static void
feed_piece(struct ukb_frame_decoder *decoder, const uint8_t *at, size_t len, struct ukb_buf *outcomes)
{
    while (len > 0) {
        struct ukb_error err = { 0 };
        bool whole = false;
        const size_t before = len;
        enum ukb_status st = ukb_frame_decoder_feed(decoder, &at, &len, &whole, &err);

        require(len < before, "feeding makes progress");
        require(st == UKB_OK || st == UKB_E_TOO_LARGE, "a frame is whole, not yet whole or too large");
        require(decoder->body.len <= LIMIT, "no more is stored than allowed");
        if (st == UKB_E_TOO_LARGE) {
            require(!whole && decoder->body.len == 0, "a body that is too large is not stored");
            note(outcomes, 'L', "", 0);
        } else if (whole) {
            require(ukb_frame_decoder_is_between(decoder), "a whole frame ends between frames");
            note(outcomes, 'F', decoder->body.data, decoder->body.len);
        }
    }
}

/* @p seed 0: one piece; otherwise pieces of 1 to 16 bytes that depend on it. */
static void
decode(const uint8_t *data, size_t size, uint32_t seed, struct ukb_buf *outcomes)
{
    struct ukb_frame_decoder decoder;
    size_t done = 0;

    ukb_frame_decoder_init(&decoder, LIMIT);
    while (done < size) {
        size_t piece = size;

        if (seed != 0) {
            seed = seed * 1103515245U + 12345U;
            piece = 1U + ((seed >> 16) & 15U);
        }
        piece = piece < size - done ? piece : size - done;
        feed_piece(&decoder, data + done, piece, outcomes);
        done += piece;
    }
    note(outcomes, ukb_frame_decoder_is_between(&decoder) ? 'E' : 'C', "", 0);
    ukb_frame_decoder_done(&decoder);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ukb_buf whole = UKB_BUF_INIT(OUTCOMES_MAX_LEN);
    struct ukb_buf pieces = UKB_BUF_INIT(OUTCOMES_MAX_LEN);

    if (size > 0) {
        decode(data + 1, size - 1, 0, &whole);
        decode(data + 1, size - 1, 1U + data[0], &pieces);
        require(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0, "pieces change nothing");
    }
    ukb_buf_done(&whole);
    ukb_buf_done(&pieces);
    return 0;
}
