/* SPDX-License-Identifier: MIT */
/*
 * frame - native messaging's framing: a 32-bit length in native byte order, then that many bytes of UTF-8 JSON.
 *
 * Room: core.  Source: "Native messaging protocol" of the browsers' extension documentation.  Pure: the decoder is fed
 * with whatever bytes arrived, in any pieces, and does no I/O, so that broker, worker, tests and fuzzers share it.
 */
#ifndef UKB_CORE_FRAME_H
#define UKB_CORE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/status.h"

#define UKB_FRAME_HEADER_LEN 4U

struct ukb_frame_decoder {
    unsigned char header[UKB_FRAME_HEADER_LEN];
    size_t header_len; /* bytes of the header seen */
    uint32_t missing;  /* bytes of the body still to come */
    bool draining;     /* the body is beyond the limit: count it, keep nothing */
    struct ukb_buf body;
};

/** A decoder for bodies of at most @p max_body_len bytes; ukb_frame_decoder_done() frees it. */
void ukb_frame_decoder_init(struct ukb_frame_decoder *decoder, size_t max_body_len);
void ukb_frame_decoder_done(struct ukb_frame_decoder *decoder);

/**
 * Feed bytes until a frame is whole or they are used up.
 *
 * @param inout_data, inout_len  what arrived; moved past the bytes used.
 * @param ret_whole  true: decoder->body holds a body. It stays until the next call, which starts the next frame.
 *
 * @retval UKB_OK           all used up (*ret_whole false), or a frame is whole.
 * @retval UKB_E_TOO_LARGE  a body beyond the limit just went by, unstored. Reported when its last byte is gone; go on
 * feeding.
 * @retval UKB_E_INTERNAL   no memory; the decoder is unusable.
 */
UKB_MUST_USE enum ukb_status ukb_frame_decoder_feed(struct ukb_frame_decoder *decoder, const unsigned char **inout_data,
                                                    size_t *inout_len, bool *ret_whole, struct ukb_error *reterr);

/** True when the stream may end here without having cut a frame. */
bool ukb_frame_decoder_is_between(const struct ukb_frame_decoder *decoder);

/** Append header and body to @p out. @retval UKB_E_REPLY_TOO_LARGE when @p len is above @p max_len. */
UKB_MUST_USE enum ukb_status ukb_frame_append(struct ukb_buf *out, const void *body, size_t len, size_t max_len,
                                              struct ukb_error *reterr);

#endif /* UKB_CORE_FRAME_H */
