/* SPDX-License-Identifier: MIT */
#include "broker/client.h"

#include <stdlib.h>
#include <string.h>

#include "broker/broker.h"
#include "broker/say.h"
#include "platform/stdio.h"

struct ukb_client {
    struct ukb_broker broker;
    struct ukb_channel channel; /* on the broker's loop: both ends of the pipes are ours */
    cJSON *reply;               /* the last one */
    bool has_ended;
};

static const struct ukb_rpc_id call_id = { .type = UKB_ID_INTEGER, .integer = 1 }; /* one call at a time */

static void
frame(void *ctx, const char *body, size_t len)
{
    struct ukb_client *client = ctx;
    struct ukb_error error = { 0 };
    cJSON *message = NULL;
    const cJSON *params = NULL;

    if (ukb_json_parse(body, len, &message, &error) != UKB_OK) {
        return; /* the broker's own frames are JSON; without memory there is no reply, and the loop ends */
    }
    params = ukb_json_get(message, "params");
    if (params != NULL) {
        const char *step = ukb_json_string(params, "step");

        fprintf(stderr, "… %s\n", step == NULL ? "" : step);
        cJSON_Delete(message);
        return;
    }
    cJSON_Delete(client->reply);
    client->reply = message;
    uv_stop(&client->broker.loop);
}

static void
bad_frame(void *ctx, const struct ukb_error *error)
{
    (void)ctx;
    (void)error; /* replies are bounded below a request's limit */
}

static void
ended(void *ctx)
{
    struct ukb_client *client = ctx;

    client->has_ended = true;
    uv_stop(&client->broker.loop);
}

static void
closed(void *ctx)
{
    (void)ctx; /* the client's memory goes with the process's last call */
}

static const struct ukb_channel_events events = { frame, bad_frame, ended, closed };

static enum ukb_status
connect_pipes(struct ukb_client *client, struct ukb_error *reterr)
{
    uv_file to_broker[2];
    uv_file from_broker[2];
    enum ukb_status st;

    if (uv_pipe(to_broker, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE) != 0 ||
        uv_pipe(from_broker, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE) != 0) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no pipes");
    }
    st = ukb_broker_start(&client->broker, to_broker[0], from_broker[1], reterr);
    if (st != UKB_OK) {
        return st;
    }
    ukb_channel_init(&client->channel, &client->broker.loop, UKB_REQUEST_MAX_LEN, &events, client);
    if (uv_pipe_open(&client->channel.in, from_broker[0]) != 0 ||
        uv_pipe_open(&client->channel.out, to_broker[1]) != 0) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no pipes");
    }
    return ukb_channel_start(&client->channel, reterr);
}

enum ukb_status
ukb_client_new(struct ukb_client **ret_client, struct ukb_error *reterr)
{
    struct ukb_client *client = calloc(1, sizeof(*client));
    enum ukb_status st;

    if (client == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a client");
    }
    ukb_platform_survive_broken_pipes(true); /* of workers; the command's own output is written when we are gone */
    st = connect_pipes(client, reterr);
    if (st != UKB_OK) {
        free(client); /* the loop's handles in it are never run again: the command ends */
        return st;
    }
    *ret_client = client;
    return UKB_OK;
}

/* The reply as a result or an error. */
static enum ukb_status
open_reply(struct ukb_client *client, cJSON **ret_result, struct ukb_error *reterr)
{
    cJSON *result = cJSON_DetachItemFromObjectCaseSensitive(client->reply, "result");

    if (result == NULL) {
        ukb_rpc_error_read(ukb_json_get(client->reply, "error"), reterr);
        return reterr->status;
    }
    *ret_result = result;
    return UKB_OK;
}

enum ukb_status
ukb_client_call(struct ukb_client *client, const char *method, const cJSON *params, cJSON **ret_result,
                struct ukb_error *reterr)
{
    struct ukb_context context = { .present = true, .ui = true };
    struct ukb_buf body = UKB_BUF_INIT(UKB_REQUEST_MAX_LEN);
    enum ukb_status st;

    (void)snprintf(context.lang, sizeof(context.lang), "%s", ukb_say("en", "zh-CN"));
    cJSON_Delete(client->reply);
    client->reply = NULL;
    st = ukb_rpc_request(&call_id, method, params, &context, &body, reterr);
    if (st == UKB_OK) {
        st = ukb_channel_send(&client->channel, &body, UKB_REQUEST_MAX_LEN, reterr);
    }
    ukb_buf_done(&body);
    if (st != UKB_OK) {
        return st;
    }
    while (client->reply == NULL && !client->has_ended) {
        (void)uv_run(&client->broker.loop, UV_RUN_DEFAULT);
    }
    if (client->reply == NULL) {
        return ukb_raise(reterr, UKB_E_SHUTTING_DOWN, 0, "the host ended before it answered");
    }
    return open_reply(client, ret_result, reterr);
}

void
ukb_client_free(struct ukb_client *client)
{
    if (client == NULL) {
        return;
    }
    ukb_channel_close(&client->channel); /* the broker reads its end, and lets its workers go */
    if (!client->has_ended) {
        ukb_broker_run(&client->broker);
    }
    cJSON_Delete(client->reply);
    client->reply = NULL; /* the rest stays: libuv looks into its loop when a worker ends later than this */
    ukb_platform_survive_broken_pipes(false);
}

enum ukb_status
ukb_client_call_once(const char *method, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_client *client = NULL;
    enum ukb_status st = ukb_client_new(&client, reterr);

    if (st == UKB_OK) {
        st = ukb_client_call(client, method, params, ret_result, reterr);
    }
    ukb_client_free(client);
    return st;
}
