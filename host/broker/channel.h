/* SPDX-License-Identifier: MIT */
/*
 * channel - frames over a pair of pipes on the event loop: to the browser, and to each worker.
 *
 * Room: broker.  Writing never blocks; while the other end does not take what was written, reading from it stops too,
 * so that memory stays bounded by UKB_CHANNEL_CONGESTED_LEN and one frame.
 */
#ifndef UKB_BROKER_CHANNEL_H
#define UKB_BROKER_CHANNEL_H

#include <uv.h>

#include "core/frame.h"

#define UKB_CHANNEL_CONGESTED_LEN (4U * 1024U * 1024U)

/** What happens on a channel. All run on the loop; @p ctx is the channel's. */
struct ukb_channel_events {
    void (*frame)(void *ctx, const char *body, size_t len); /**< body is borrowed until return */
    void (*bad_frame)(void *ctx, const struct ukb_error *error);
    void (*end)(void *ctx);    /**< the other end closed, or the pipe failed; once */
    void (*closed)(void *ctx); /**< after ukb_channel_close(): the memory may be freed */
};

struct ukb_channel {
    uv_pipe_t in;
    uv_pipe_t out;
    struct ukb_frame_decoder decoder;
    struct ukb_buf pending; /* to be written */
    struct ukb_buf writing; /* given to the loop */
    uv_write_t write;
    bool is_writing;
    bool is_reading; /* inside a read callback: flush once at its end */
    bool is_paused;  /* reading stopped until the writes went out */
    bool has_ended;
    bool is_closing;
    unsigned int open_pipes;
    const struct ukb_channel_events *events;
    void *ctx;
};

/** Prepare both pipes, unconnected (uv_pipe_open() or uv_spawn() connects them). @p max_body_len bounds what is read.
 */
void ukb_channel_init(struct ukb_channel *channel, uv_loop_t *loop, size_t max_body_len,
                      const struct ukb_channel_events *events, void *ctx);

/** Start reading. @retval UKB_E_INTERNAL libuv refuses. */
UKB_MUST_USE enum ukb_status ukb_channel_start(struct ukb_channel *channel, struct ukb_error *reterr);

/** Queue one frame. @retval UKB_E_REPLY_TOO_LARGE above @p max_body_len; nothing is sent. After an end: dropped,
 * UKB_OK. */
UKB_MUST_USE enum ukb_status ukb_channel_send(struct ukb_channel *channel, const struct ukb_buf *body,
                                              size_t max_body_len, struct ukb_error *reterr);

/** True while something waits to be written. */
bool ukb_channel_is_sending(const struct ukb_channel *channel);

/** Close the outgoing pipe: the other end reads its end. */
void ukb_channel_close_out(struct ukb_channel *channel);

/** Close both pipes and free the buffers; events->closed follows. Twice is fine. */
void ukb_channel_close(struct ukb_channel *channel);

#endif /* UKB_BROKER_CHANNEL_H */
