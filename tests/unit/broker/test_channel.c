/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/channel.c over real pipes on a real loop. */
#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/channel.h"

#define MAX_LEN 1000U
#define LARGE   65536U

/* A channel and the two ends that its peer holds; what happened on it. */
struct end {
    struct ukb_channel channel; /* first: end_of() */
    int to;                     /* the peer writes */
    int from;                   /* the peer reads, without waiting */
    unsigned int frames;
    unsigned int bad_frames;
    unsigned int ends;
    unsigned int closes;
    char last[MAX_LEN + 1U];
    void (*on_frame)(struct end *end);
};

static uv_loop_t loop;
static struct end end;

static void
have_frame(void *ctx, const char *body, size_t len)
{
    struct end *e = ctx;

    assert_true(len <= MAX_LEN);
    memcpy(e->last, body, len);
    e->last[len] = '\0';
    e->frames++;
    if (e->on_frame != NULL) {
        e->on_frame(e);
    }
}

static void
have_bad_frame(void *ctx, const struct ukb_error *error)
{
    struct end *e = ctx;

    assert_int_equal(error->status, UKB_E_TOO_LARGE);
    e->bad_frames++;
}

static void
have_end(void *ctx)
{
    ((struct end *)ctx)->ends++;
}

static void
have_closed(void *ctx)
{
    ((struct end *)ctx)->closes++;
}

static const struct ukb_channel_events events = { have_frame, have_bad_frame, have_end, have_closed };

static int
setup(void **state)
{
    struct ukb_error err = { 0 };
    int in[2];
    int out[2];

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    memset(&end, 0, sizeof(end));
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    end.to = in[1];
    end.from = out[0];
    assert_int_equal(fcntl(end.to, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(end.from, F_SETFL, O_NONBLOCK), 0);
    ukb_channel_init(&end.channel, &loop, MAX_LEN, &events, &end);
    assert_int_equal(uv_pipe_open(&end.channel.in, in[0]), 0);
    assert_int_equal(uv_pipe_open(&end.channel.out, out[1]), 0);
    assert_int_equal(ukb_channel_start(&end.channel, &err), UKB_OK);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_channel_close(&end.channel);
    ukb_channel_close(&end.channel); /* twice is fine */
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(end.closes, 1);
    (void)close(end.to);
    (void)close(end.from);
    return uv_loop_close(&loop); /* fails when a handle is still open */
}

/* Let happen what is due. */
static void
turn(void)
{
    int i;

    for (i = 0; i < 5; i++) {
        (void)uv_run(&loop, UV_RUN_NOWAIT);
    }
}

static void
put(const void *data, size_t len)
{
    assert_int_equal(write(end.to, data, len), len);
}

static void
put_frame(const char *body)
{
    const uint32_t len = (uint32_t)strlen(body);

    put(&len, sizeof(len));
    put(body, len);
}

static void
send_text(const char *text)
{
    struct ukb_buf body = UKB_BUF_INIT(MAX_LEN);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_buf_append_text(&body, text, &err), UKB_OK);
    assert_int_equal(ukb_channel_send(&end.channel, &body, MAX_LEN, &err), UKB_OK);
    ukb_buf_done(&body);
}

/* What the peer reads now, frames with their headers. */
static size_t
got(char *data, size_t size)
{
    ssize_t len = read(end.from, data, size);

    return len < 0 ? 0 : (size_t)len;
}

static void
frames_arrive_whole_in_whatever_pieces_they_came(void **state)
{
    const char bytes[] = { 5, 0, 0, 0, 'f', 'i', 'r', 's', 't', 0, 0, 0, 0, 6, 0, 0, 0, 's', 'e', 'c', 'o', 'n', 'd' };
    size_t i;

    (void)state;
    put(bytes, sizeof(bytes)); /* all at once */
    turn();
    assert_int_equal(end.frames, 3);
    assert_string_equal(end.last, "second");
    for (i = 0; i < sizeof(bytes); i++) { /* byte by byte */
        put(&bytes[i], 1);
        turn();
        assert_int_equal(end.frames, 3 + (i >= 8) + (i >= 12) + (i >= 22));
    }
    assert_int_equal(end.bad_frames, 0);
}

static void
a_frame_beyond_the_limit_is_reported_and_the_next_is_read(void **state)
{
    const uint32_t len = MAX_LEN + 1U;
    char body[MAX_LEN + 1U];

    (void)state;
    memset(body, 'x', sizeof(body));
    put(&len, sizeof(len));
    put(body, sizeof(body));
    put_frame("good");
    turn();
    assert_int_equal(end.bad_frames, 1);
    assert_int_equal(end.frames, 1);
    assert_string_equal(end.last, "good");
}

static void
answer_twice(struct end *e)
{
    char nothing[8];

    (void)e;
    send_text("one");
    send_text("two");
    assert_int_equal(got(nothing, sizeof(nothing)), 0); /* not yet: all answers to what arrived leave together */
}

static void
what_answers_one_arrival_leaves_in_one_write(void **state)
{
    char data[64];

    (void)state;
    end.on_frame = answer_twice;
    put_frame("a");
    turn();
    assert_int_equal(got(data, sizeof(data)), 14);
    assert_memory_equal(data, "\3\0\0\0one\3\0\0\0two", 14);
    assert_false(ukb_channel_is_sending(&end.channel));
}

static void
a_message_beyond_its_limit_is_not_sent(void **state)
{
    struct ukb_buf body = UKB_BUF_INIT(LARGE);
    struct ukb_error err = { 0 };
    char data[8];

    (void)state;
    assert_int_equal(ukb_buf_resize(&body, MAX_LEN + 1U, &err), UKB_OK);
    assert_int_equal(ukb_channel_send(&end.channel, &body, MAX_LEN, &err), UKB_E_REPLY_TOO_LARGE);
    turn();
    assert_int_equal(got(data, sizeof(data)), 0);
    ukb_buf_done(&body);
}

static void
answer_largely(struct end *e)
{
    struct ukb_buf body = UKB_BUF_INIT(LARGE);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_buf_resize(&body, LARGE, &err), UKB_OK);
    assert_int_equal(ukb_channel_send(&e->channel, &body, LARGE, &err), UKB_OK);
    ukb_buf_done(&body);
}

/* Whoever asks and never listens is not listened to any more; when it listens again nothing is lost. */
static void
reading_pauses_while_the_other_end_does_not_read(void **state)
{
    static char data[1 << 20];
    unsigned int asked = 0;
    unsigned int answered;
    size_t bytes = 0;
    int idle = 0;

    (void)state;
    end.on_frame = answer_largely;
    for (asked = 0; asked < 1000 && !end.channel.is_paused; asked++) {
        put_frame("?");
        turn();
    }
    assert_true(end.channel.is_paused);
    assert_in_range(end.frames, UKB_CHANNEL_CONGESTED_LEN / LARGE, UKB_CHANNEL_CONGESTED_LEN / LARGE + 40U);
    assert_true(end.channel.pending.len <= UKB_CHANNEL_CONGESTED_LEN + 2U * LARGE);
    answered = end.frames;
    put_frame("later");
    asked++;
    turn();
    assert_int_equal(end.frames, answered);
    while (idle < 10) {
        size_t len = got(data, sizeof(data));

        bytes += len;
        idle = len == 0 ? idle + 1 : 0;
        turn();
    }
    assert_false(end.channel.is_paused);
    assert_int_equal(end.frames, asked);
    assert_int_equal(bytes, (size_t)asked * (LARGE + UKB_FRAME_HEADER_LEN));
    assert_false(ukb_channel_is_sending(&end.channel));
}

static void
close_channel(struct end *e)
{
    ukb_channel_close(&e->channel);
}

static void
a_channel_that_is_closed_by_a_frame_hands_out_no_more(void **state)
{
    (void)state;
    end.on_frame = close_channel;
    put_frame("last");
    put_frame("too late");
    turn();
    assert_int_equal(end.frames, 1);
    assert_int_equal(end.ends, 0); /* we closed it: no news */
    assert_int_equal(end.closes, 1);
}

static void
a_channel_that_is_closed_with_something_to_write_is_freed(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 10; i++) {
        answer_largely(&end); /* more than the pipe takes */
    }
    assert_true(ukb_channel_is_sending(&end.channel));
    ukb_channel_close(&end.channel);
    turn();
    assert_int_equal(end.closes, 1);
}

static void
the_others_end_is_told_once_behind_its_last_frame(void **state)
{
    (void)state;
    put_frame("last");
    (void)close(end.to);
    end.to = -1;
    turn();
    turn();
    assert_string_equal(end.last, "last");
    assert_int_equal(end.ends, 1);
    send_text("to somebody who may still read");
}

static void
a_peer_that_reads_no_more_is_an_end_too(void **state)
{
    (void)state;
    (void)close(end.from);
    end.from = -1;
    send_text("nobody reads this");
    turn();
    assert_int_equal(end.ends, 1);
}

static void
closing_the_way_out_is_read_as_the_end_while_the_way_in_stays(void **state)
{
    char data[8];

    (void)state;
    ukb_channel_close_out(&end.channel);
    turn();
    assert_int_equal(read(end.from, data, sizeof(data)), 0);
    send_text("dropped");
    put_frame("still heard");
    turn();
    assert_string_equal(end.last, "still heard");
    assert_int_equal(end.closes, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_arrive_whole_in_whatever_pieces_they_came, setup, teardown),
        cmocka_unit_test_setup_teardown(a_frame_beyond_the_limit_is_reported_and_the_next_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_answers_one_arrival_leaves_in_one_write, setup, teardown),
        cmocka_unit_test_setup_teardown(a_message_beyond_its_limit_is_not_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(reading_pauses_while_the_other_end_does_not_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_channel_that_is_closed_by_a_frame_hands_out_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(a_channel_that_is_closed_with_something_to_write_is_freed, setup, teardown),
        cmocka_unit_test_setup_teardown(the_others_end_is_told_once_behind_its_last_frame, setup, teardown),
        cmocka_unit_test_setup_teardown(a_peer_that_reads_no_more_is_an_end_too, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_the_way_out_is_read_as_the_end_while_the_way_in_stays, setup, teardown),
    };

    return cmocka_run_group_tests_name("broker/channel", tests, NULL, NULL);
}
