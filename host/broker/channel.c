/* SPDX-License-Identifier: MIT */
#include "broker/channel.h"

#include <assert.h>
#include <string.h>

#define READ_SIZE       65536U
#define PENDING_MAX_LEN (64U * 1024U * 1024U) /* a programmer's limit: reading stops long before */

static void flush(struct ukb_channel *channel);

void
ukb_channel_init(struct ukb_channel *channel, uv_loop_t *loop, size_t max_body_len,
                 const struct ukb_channel_events *events, void *ctx)
{
    const struct ukb_buf empty = UKB_BUF_INIT(PENDING_MAX_LEN);

    memset(channel, 0, sizeof(*channel));
    (void)uv_pipe_init(loop, &channel->in, 0); /* cannot fail on Unix; on Windows only without memory at start */
    (void)uv_pipe_init(loop, &channel->out, 0);
    channel->in.data = channel;
    channel->out.data = channel;
    channel->write.data = channel;
    channel->open_pipes = 2;
    channel->pending = empty;
    channel->writing = empty;
    channel->events = events;
    channel->ctx = ctx;
    ukb_frame_decoder_init(&channel->decoder, max_body_len);
}

static void
end(struct ukb_channel *channel)
{
    if (channel->has_ended || channel->is_closing) {
        return;
    }
    channel->has_ended = true;
    (void)uv_read_stop((uv_stream_t *)&channel->in);
    channel->events->end(channel->ctx);
}

/* One buffer serves all channels: what it holds is used up before the next read. */
static void
read_buffer(uv_handle_t *handle, size_t suggested_size, uv_buf_t *buf)
{
    static char buffer[READ_SIZE];

    (void)handle;
    (void)suggested_size;
    *buf = uv_buf_init(buffer, sizeof(buffer));
}

/* Hand out every frame in what arrived. */
static void
take(struct ukb_channel *channel, const unsigned char *data, size_t len)
{
    while (len > 0 && !channel->is_closing) {
        struct ukb_error error = { 0 };
        bool whole = false;
        enum ukb_status st = ukb_frame_decoder_feed(&channel->decoder, &data, &len, &whole, &error);

        if (st == UKB_E_TOO_LARGE) {
            channel->events->bad_frame(channel->ctx, &error);
        } else if (st != UKB_OK) {
            end(channel);
            return;
        } else if (whole) {
            channel->events->frame(channel->ctx, ukb_buf_text(&channel->decoder.body), channel->decoder.body.len);
        }
    }
}

static void
have_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct ukb_channel *channel = stream->data;

    if (got < 0) {
        end(channel);
        return;
    }
    channel->is_reading = true;
    take(channel, (const unsigned char *)buf->base, (size_t)got);
    channel->is_reading = false;
    if (channel->is_closing) {
        return;
    }
    flush(channel);
    if (channel->pending.len > UKB_CHANNEL_CONGESTED_LEN && !channel->has_ended) {
        channel->is_paused = true;
        (void)uv_read_stop(stream);
    }
}

enum ukb_status
ukb_channel_start(struct ukb_channel *channel, struct ukb_error *reterr)
{
    int error = uv_read_start((uv_stream_t *)&channel->in, read_buffer, have_read);

    if (error != 0) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "reading a pipe: %s", uv_strerror(error));
    }
    return UKB_OK;
}

static void
have_written(uv_write_t *write, int status)
{
    struct ukb_channel *channel = write->data;

    channel->is_writing = false;
    ukb_buf_clear(&channel->writing);
    if (channel->is_closing) {
        return;
    }
    if (status < 0) {
        end(channel);
        return;
    }
    flush(channel);
    if (channel->is_paused && channel->pending.len <= UKB_CHANNEL_CONGESTED_LEN && !channel->has_ended) {
        channel->is_paused = false;
        (void)uv_read_start((uv_stream_t *)&channel->in, read_buffer, have_read);
    }
}

/* Write at once what the pipe takes; the rest is the loop's. */
static void
flush(struct ukb_channel *channel)
{
    uv_stream_t *out = (uv_stream_t *)&channel->out;
    uv_buf_t buf;
    int put;

    if (channel->is_writing || channel->pending.len == 0 || uv_is_closing((uv_handle_t *)out)) {
        return;
    }
    buf = uv_buf_init((char *)channel->pending.data, (unsigned int)channel->pending.len);
    put = uv_try_write(out, &buf, 1);
    if (put == (int)channel->pending.len) {
        ukb_buf_clear(&channel->pending);
        return;
    }
    ukb_buf_move(&channel->writing, &channel->pending);
    put = put < 0 ? 0 : put; /* a real error comes again, to have_written() */
    buf = uv_buf_init((char *)channel->writing.data + put, (unsigned int)(channel->writing.len - (size_t)put));
    channel->is_writing = uv_write(&channel->write, out, &buf, 1, have_written) == 0;
    if (!channel->is_writing) {
        end(channel);
    }
}

enum ukb_status
ukb_channel_send(struct ukb_channel *channel, const struct ukb_buf *body, size_t max_body_len, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (channel->is_closing || uv_is_closing((const uv_handle_t *)&channel->out)) {
        return UKB_OK;
    }
    st = ukb_frame_append(&channel->pending, body->data, body->len, max_body_len, reterr);
    if (st == UKB_OK && !channel->is_reading) {
        flush(channel);
    }
    return st;
}

bool
ukb_channel_is_sending(const struct ukb_channel *channel)
{
    return channel->is_writing || channel->pending.len > 0;
}

static void
pipe_closed(uv_handle_t *pipe)
{
    struct ukb_channel *channel = pipe->data;

    assert(channel->open_pipes > 0);
    channel->open_pipes--;
    if (channel->open_pipes == 0) {
        ukb_frame_decoder_done(&channel->decoder);
        ukb_buf_done(&channel->pending);
        ukb_buf_done(&channel->writing);
        channel->events->closed(channel->ctx);
    }
}

void
ukb_channel_close_out(struct ukb_channel *channel)
{
    if (!uv_is_closing((uv_handle_t *)&channel->out)) {
        uv_close((uv_handle_t *)&channel->out, pipe_closed);
    }
}

void
ukb_channel_close(struct ukb_channel *channel)
{
    channel->is_closing = true;
    ukb_channel_close_out(channel);
    if (!uv_is_closing((uv_handle_t *)&channel->in)) {
        uv_close((uv_handle_t *)&channel->in, pipe_closed);
    }
}
