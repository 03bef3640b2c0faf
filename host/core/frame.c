/* SPDX-License-Identifier: MIT */
#include "core/frame.h"

#include <string.h>

void
ukb_frame_decoder_init(struct ukb_frame_decoder *decoder, size_t max_body_len)
{
    const struct ukb_buf empty = UKB_BUF_INIT(max_body_len);

    memset(decoder, 0, sizeof(*decoder));
    decoder->body = empty;
}

void
ukb_frame_decoder_done(struct ukb_frame_decoder *decoder)
{
    ukb_buf_done(&decoder->body);
}

bool
ukb_frame_decoder_is_between(const struct ukb_frame_decoder *decoder)
{
    return decoder->header_len == 0 || (decoder->header_len == UKB_FRAME_HEADER_LEN && decoder->missing == 0);
}

/* Take header bytes; true once all four are there. */
static bool
take_header(struct ukb_frame_decoder *decoder, const unsigned char **inout_data, size_t *inout_len)
{
    size_t take = UKB_FRAME_HEADER_LEN - decoder->header_len;

    if (take > *inout_len) {
        take = *inout_len;
    }
    memcpy(decoder->header + decoder->header_len, *inout_data, take);
    decoder->header_len += take;
    *inout_data += take;
    *inout_len -= take;
    if (decoder->header_len < UKB_FRAME_HEADER_LEN) {
        return false;
    }
    memcpy(&decoder->missing, decoder->header, sizeof(decoder->missing));
    decoder->draining = decoder->missing > decoder->body.max_len;
    return true;
}

static enum ukb_status
take_body(struct ukb_frame_decoder *decoder, const unsigned char **inout_data, size_t *inout_len,
          struct ukb_error *reterr)
{
    size_t take = decoder->missing < *inout_len ? decoder->missing : *inout_len;
    enum ukb_status st = UKB_OK;

    if (!decoder->draining) {
        st = ukb_buf_append(&decoder->body, *inout_data, take, reterr);
    }
    decoder->missing -= (uint32_t)take;
    *inout_data += take;
    *inout_len -= take;
    return st;
}

enum ukb_status
ukb_frame_decoder_feed(struct ukb_frame_decoder *decoder, const unsigned char **inout_data, size_t *inout_len,
                       bool *ret_whole, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (decoder->header_len == UKB_FRAME_HEADER_LEN && decoder->missing == 0) {
        decoder->header_len = 0; /* the frame handed out last time */
    }
    if (decoder->header_len < UKB_FRAME_HEADER_LEN) {
        ukb_buf_clear(&decoder->body);
        *ret_whole = false;
        if (!take_header(decoder, inout_data, inout_len)) {
            return UKB_OK;
        }
    }
    st = take_body(decoder, inout_data, inout_len, reterr);
    if (st != UKB_OK) {
        return st;
    }
    *ret_whole = decoder->missing == 0 && !decoder->draining;
    if (decoder->missing == 0 && decoder->draining) {
        memcpy(&decoder->missing, decoder->header, sizeof(decoder->missing));
        st = ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "message of %lu bytes, the limit is %zu",
                       (unsigned long)decoder->missing, decoder->body.max_len);
        decoder->missing = 0;
        return st;
    }
    return UKB_OK;
}

enum ukb_status
ukb_frame_append(struct ukb_buf *out, const void *body, size_t len, size_t max_len, struct ukb_error *reterr)
{
    const uint32_t header = (uint32_t)len;
    const size_t before = out->len;
    enum ukb_status st;

    if (len > max_len || len > UINT32_MAX) {
        return ukb_raise(reterr, UKB_E_REPLY_TOO_LARGE, 0, "message of %zu bytes, the limit is %zu", len, max_len);
    }
    st = ukb_buf_append(out, &header, sizeof(header), reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = ukb_buf_append(out, body, len, reterr);
    if (st != UKB_OK) {
        out->len = before; /* a header without its body would swallow the frames behind it */
        out->data[before] = '\0';
    }
    return st;
}
