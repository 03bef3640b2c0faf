/* SPDX-License-Identifier: MIT */
#include "broker/broker.h"

#include <stdlib.h>
#include <string.h>

#include "broker/call.h"
#include "broker/note.h"
#include "broker/veil.h"
#include "broker/worker.h"
#include "platform/incident.h"

/* After the browser's end: time for the last replies to leave. Well under the second that the protocol gives. */
#define ENDING_MS 300U

static void
send_body(struct ukb_broker *broker, struct ukb_buf *body)
{
    struct ukb_error error = { 0 };

    if (ukb_channel_send(&broker->browser, body, UKB_REPLY_MAX_LEN, &error) != UKB_OK) {
        uv_stop(&broker->loop); /* no memory: ending tells the browser more than a reply that never comes */
    }
}

void
ukb_broker_reply_error(struct ukb_broker *broker, const struct ukb_rpc_id *id, const struct ukb_error *error)
{
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error noted = *error;
    struct ukb_error second = { 0 };

    ukb_incident_note(&noted);
    if (id->type != UKB_ID_NONE && ukb_rpc_error(id, &noted, &body, &second) == UKB_OK) {
        send_body(broker, &body);
    }
    ukb_buf_done(&body);
}

void
ukb_broker_reply(struct ukb_broker *broker, const struct ukb_rpc_id *id, cJSON *result)
{
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error error = { 0 };
    enum ukb_status st;

    if (id->type == UKB_ID_NONE) {
        cJSON_Delete(result);
        return;
    }
    st = ukb_rpc_result(id, result, &body, &error);
    if (st == UKB_OK) {
        send_body(broker, &body);
    } else {
        if (st == UKB_E_TOO_LARGE) {
            (void)ukb_raise(&error, UKB_E_REPLY_TOO_LARGE, 0, "the reply is larger than %u bytes", UKB_REPLY_MAX_LEN);
        }
        ukb_broker_reply_error(broker, id, &error);
    }
    ukb_buf_done(&body);
}

void
ukb_broker_notify(struct ukb_broker *broker, const char *method, cJSON *params)
{
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error error = { 0 };

    if (ukb_rpc_notification(method, params, &body, &error) == UKB_OK) {
        send_body(broker, &body);
    }
    ukb_buf_done(&body);
}

/* One request: read, admit, answer or hand over. */
static void
serve(struct ukb_broker *broker, struct ukb_request *request, struct ukb_error *error)
{
    const struct ukb_rpc_id nobody = { .type = UKB_ID_NULL };
    const struct ukb_method *method = NULL;

    if (request->id.type != UKB_ID_NONE && ukb_call_find(broker, &request->id) != NULL) {
        /* with its own id the reply would answer the first request of that id */
        (void)ukb_raise(error, UKB_E_INVALID_REQUEST, 0, "this id is in use");
        ukb_broker_reply_error(broker, &nobody, error);
        return;
    }
    if (ukb_admit(broker->policy, request, &method, error) != UKB_OK) {
        ukb_note_refused(broker, ukb_contract_find(request->method), request, error->status);
        *error = ukb_veil(broker, &request->context, error);
        ukb_broker_reply_error(broker, &request->id, error);
        return;
    }
    if (method->runs_in == UKB_RUNS_IN_BROKER) {
        ukb_host_answer(broker, method, request);
        return;
    }
    if (request->id.type != UKB_ID_NONE) { /* nobody could read what a notification's work came to */
        ukb_call_start(broker, method, request);
    }
}

static void
browser_frame(void *ctx, const char *body, size_t len)
{
    struct ukb_broker *broker = ctx;
    struct ukb_request request;
    struct ukb_error error = { 0 };
    enum ukb_status st = ukb_request_parse(body, len, &request, &error);

    if (st == UKB_OK) {
        serve(broker, &request, &error);
    } else {
        if (request.id.type == UKB_ID_NONE && (st == UKB_E_INVALID_REQUEST || st == UKB_E_PARSE)) {
            request.id.type = UKB_ID_NULL; /* JSON-RPC 2.0 §5: not even a notification */
        }
        ukb_broker_reply_error(broker, &request.id, &error);
    }
    ukb_request_done(&request);
}

static void
browser_bad_frame(void *ctx, const struct ukb_error *error)
{
    const struct ukb_rpc_id nobody = { .type = UKB_ID_NULL };

    ukb_broker_reply_error(ctx, &nobody, error);
}

static void
stop(uv_timer_t *timer)
{
    struct ukb_broker *broker = timer->data;

    uv_stop(&broker->loop);
}

/* The browser went: workers notice by their pipes and decide for themselves; the last replies may still leave. */
static void
browser_end(void *ctx)
{
    struct ukb_broker *broker = ctx;

    broker->is_ending = true;
    ukb_worker_release_all(broker);
    if (ukb_channel_is_sending(&broker->browser)) {
        (void)uv_timer_start(&broker->ending, stop, ENDING_MS, 0);
    } else {
        uv_stop(&broker->loop);
    }
}

static void
browser_closed(void *ctx)
{
    (void)ctx; /* part of the broker's memory */
}

static const struct ukb_channel_events browser_events = { browser_frame, browser_bad_frame, browser_end,
                                                          browser_closed };

static enum ukb_status
uv_failed(int error, const char *what, struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_INTERNAL, 0, "%s: %s", what, uv_strerror(error));
}

static enum ukb_status
connect_browser(struct ukb_broker *broker, int in, int out, struct ukb_error *reterr)
{
    int error;

    if (uv_guess_handle(in) == UV_FILE) { /* the event loop cannot wait for a file */
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "a browser starts this program with pipes as stdin and stdout");
    }
    ukb_channel_init(&broker->browser, &broker->loop, UKB_REQUEST_MAX_LEN, &browser_events, broker);
    error = uv_pipe_open(&broker->browser.in, in);
    if (error != 0) {
        return uv_failed(error, "stdin", reterr);
    }
    error = uv_pipe_open(&broker->browser.out, out);
    if (error != 0) {
        return uv_failed(error, "stdout", reterr);
    }
    return ukb_channel_start(&broker->browser, reterr);
}

enum ukb_status
ukb_broker_start(struct ukb_broker *broker, int in, int out, struct ukb_error *reterr)
{
    enum ukb_status st;
    int error = uv_loop_init(&broker->loop);

    if (error != 0) {
        return uv_failed(error, "event loop", reterr);
    }
    (void)uv_timer_init(&broker->loop, &broker->ending);
    broker->ending.data = broker;
    (void)uv_timer_init(&broker->loop, &broker->watch.restart);
    broker->watch.restart.data = broker;
    st = ukb_policy_load(&broker->policy, reterr);
    return st == UKB_OK ? connect_browser(broker, in, out, reterr) : st;
}

void
ukb_broker_run(struct ukb_broker *broker)
{
    (void)uv_run(&broker->loop, UV_RUN_DEFAULT);
    /* The process ends now: what is still open belongs to calls nobody waits for, and the system takes it back. */
    ukb_policy_free(broker->policy);
    free(broker->worker_path);
    free(broker->net_worker_path);
}
