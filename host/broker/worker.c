/* SPDX-License-Identifier: MIT */
#include "broker/worker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "broker/health.h"
#include "broker/note.h"
#include "broker/reset.h"
#include "broker/spare.h"
#include "broker/watch.h"
#include "platform/paths.h"

static const char *const kind_names[] = {
    [UKB_RUNS_IN_PLAIN_WORKER] = "plain",
    [UKB_RUNS_IN_NET_WORKER] = "net",
    [UKB_RUNS_IN_LISTING_WORKER] = "listing",
    [UKB_RUNS_IN_LOGIN_WORKER] = "login",
};

static const struct ukb_rpc_id job_id = { .type = UKB_ID_INTEGER, .integer = 1 }; /* one job at a time */

/* Ending */

static void
worker_free(struct ukb_worker *worker)
{
    struct ukb_worker **at = &worker->broker->workers;

    while (*at != worker) {
        at = &(*at)->next;
    }
    *at = worker->next;
    free(worker);
}

static void
handle_closed(struct ukb_worker *worker)
{
    assert(worker->open_handles > 0);
    worker->open_handles--;
    if (worker->open_handles == 0) {
        worker_free(worker);
    }
}

static void
uv_handle_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

static void
close_all(struct ukb_worker *worker)
{
    worker->is_retired = true;
    worker->is_spare = false;
    ukb_channel_close(&worker->channel);
    if (!uv_is_closing((uv_handle_t *)&worker->timer)) {
        uv_close((uv_handle_t *)&worker->timer, uv_handle_closed);
        uv_close((uv_handle_t *)&worker->process, uv_handle_closed);
    }
}

/* The worker is gone and all it wrote was read: what becomes of its jobs? */
static void
buried(struct ukb_worker *worker)
{
    struct ukb_job *current = worker->current;
    struct ukb_job *queue = worker->queue;
    bool left_by_itself = worker->killed_for == UKB_OK && !worker->has_failed;
    struct ukb_error error = { 0 };

    worker->current = NULL;
    worker->queue = NULL;
    worker->is_retired = true;
    if (current != NULL && left_by_itself && !current->retried && worker->kind != UKB_RUNS_IN_LOGIN_WORKER) {
        current->retried = true; /* it ended for want of work just when this came */
        current->next = queue;
        queue = current;
        current = NULL;
    }
    if (current != NULL) {
        enum ukb_status reason = worker->killed_for == UKB_OK ? UKB_E_MODULE_CRASHED : worker->killed_for;

        if (reason == UKB_E_CANCELLED) {
            (void)ukb_raise(&error, UKB_E_CANCELLED, 0, "cancelled");
        } else if (left_by_itself && worker->reset[0] != '\0') { /* its time was up just when this came */
            ukb_reset_raise_expired(&error);
        } else {
            ukb_health_raise(worker->module, reason, &error);
            ukb_health_failed(worker->broker, worker->module, reason);
            ukb_note_module_failed(worker, current, reason);
        }
        ukb_note_cut_off(worker, current, error.status);
        ukb_job_failed(current, worker, &error);
    } else if (worker->has_failed && worker->kind == UKB_RUNS_IN_LISTING_WORKER) {
        ukb_health_failed(worker->broker, worker->module, UKB_E_MODULE_CRASHED); /* while it watched */
        ukb_note_module_failed(worker, NULL, UKB_E_MODULE_CRASHED);
    }
    while (queue != NULL) {
        struct ukb_job *job = queue;

        queue = job->next;
        job->next = NULL;
        ukb_worker_submit(worker->broker, worker->kind, worker->module, job);
    }
    if (worker->kind == UKB_RUNS_IN_LISTING_WORKER) {
        ukb_watch_worker_ended(worker->broker);
    }
    close_all(worker);
}

static void
maybe_buried(struct ukb_worker *worker)
{
    if (worker->has_exited && worker->channel.has_ended && !worker->channel.is_closing) {
        buried(worker);
    }
}

static void
process_exited(uv_process_t *process, int64_t exit_status, int term_signal)
{
    struct ukb_worker *worker = process->data;

    worker->has_exited = true;
    worker->has_failed = exit_status != 0 || term_signal != 0;
    maybe_buried(worker);
}

static void
channel_ended(void *ctx)
{
    maybe_buried(ctx);
}

static void
channel_closed(void *ctx)
{
    handle_closed(ctx);
}

static void
bad_frame(void *ctx, const struct ukb_error *error)
{
    (void)error;
    ukb_worker_kill(ctx, UKB_E_MODULE_CRASHED);
}

static void
frame(void *ctx, const char *body, size_t len)
{
    ukb_worker_said(ctx, body, len);
}

static const struct ukb_channel_events events = { frame, bad_frame, channel_ended, channel_closed };

/* Starting and handing over */

/* Where the path of that kind's program is kept. */
static char **
worker_path(struct ukb_broker *broker, enum ukb_runs_in kind)
{
    return kind == UKB_RUNS_IN_NET_WORKER ? &broker->net_worker_path : &broker->worker_path;
}

static int
spawn(struct ukb_worker *worker)
{
    struct ukb_broker *broker = worker->broker;
    char *program = *worker_path(broker, worker->kind);
    char *args[] = { program, (char *)(uintptr_t)kind_names[worker->kind],
                     worker->module == NULL ? NULL : (char *)(uintptr_t)worker->module->name, NULL };
    uv_stdio_container_t stdio[3] = {
        { .flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&worker->channel.out },
        { .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&worker->channel.in },
        { .flags = UV_INHERIT_FD, .data.fd = 2 },
    };
    uv_process_options_t options = {
        .exit_cb = process_exited,
        .file = program,
        .args = args,
        .stdio = stdio,
        .stdio_count = 3,
        .flags = UV_PROCESS_WINDOWS_HIDE,
    };

    return uv_spawn(&broker->loop, &worker->process, &options);
}

/* The path of that kind's program, found out when the first one is started. */
static enum ukb_status
need_worker_path(struct ukb_broker *broker, enum ukb_runs_in kind, struct ukb_error *reterr)
{
    char **kept = worker_path(broker, kind);
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st = UKB_OK;

    if (*kept == NULL) {
        st = ukb_path_get(kind == UKB_RUNS_IN_NET_WORKER ? UKB_PATH_NET_WORKER : UKB_PATH_WORKER, &path, reterr);
    }
    if (st == UKB_OK && *kept == NULL) {
        *kept = ukb_buf_take(&path);
    }
    ukb_buf_done(&path);
    return st;
}

struct ukb_worker *
ukb_worker_start(struct ukb_broker *broker, enum ukb_runs_in kind, const struct ukb_policy_module *module,
                 struct ukb_error *reterr)
{
    struct ukb_worker *worker = NULL;
    int error;

    if (need_worker_path(broker, kind, reterr) != UKB_OK) {
        return NULL;
    }
    worker = calloc(1, sizeof(*worker));
    if (worker == NULL) {
        (void)ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a worker");
        return NULL;
    }
    worker->broker = broker;
    worker->kind = kind;
    worker->module = module;
    ukb_channel_init(&worker->channel, &broker->loop, UKB_REQUEST_MAX_LEN, &events, worker);
    (void)uv_timer_init(&broker->loop, &worker->timer);
    worker->timer.data = worker;
    worker->process.data = worker;
    worker->open_handles = 3;
    worker->next = broker->workers;
    broker->workers = worker;
    error = spawn(worker);
    if (error == 0 && ukb_channel_start(&worker->channel, reterr) == UKB_OK) {
        return worker;
    }
    (void)ukb_raise(reterr, UKB_E_INTERNAL, 0, "%s: %s", *worker_path(broker, kind), uv_strerror(error));
    close_all(worker);
    return NULL;
}

/* The request as the worker gets it: the call's own, a list on its behalf, or a word of the broker's own. */
static enum ukb_status
print_job(const struct ukb_worker *worker, const struct ukb_job *job, struct ukb_buf *body, struct ukb_error *reterr)
{
    const struct ukb_context ui = { .present = true, .ui = true };
    const struct ukb_call *call = job->call;
    cJSON *params = NULL;
    enum ukb_status st;

    if (job->use == UKB_JOB_WATCH) {
        params = cJSON_CreateObject();
        (void)cJSON_AddBoolToObject(params, "enabled", worker->broker->watch.is_on);
        st = ukb_rpc_request(&job_id, job->method->name, params, &ui, body, reterr);
        cJSON_Delete(params);
        return st;
    }
    if (job->use == UKB_JOB_NOTE) {
        return ukb_rpc_request(&job_id, job->method->name, job->params, &ui, body, reterr);
    }
    return ukb_rpc_request(&job_id, job->method->name, job->use == UKB_JOB_LOOKUP ? NULL : call->request.params,
                           &call->request.context, body, reterr);
}

static void
send_job(struct ukb_worker *worker, struct ukb_job *job)
{
    struct ukb_buf body = UKB_BUF_INIT(2U * UKB_REQUEST_MAX_LEN); /* printed anew, its escapes may be longer */
    struct ukb_error error = { 0 };
    enum ukb_status st = print_job(worker, job, &body, &error);

    if (st == UKB_OK) {
        st = ukb_channel_send(&worker->channel, &body, 2U * UKB_REQUEST_MAX_LEN, &error);
    }
    ukb_buf_done(&body);
    if (st != UKB_OK) {
        worker->current = NULL;
        ukb_job_failed(job, worker, &error);
        return;
    }
    worker->left_ms = job->method->time_limit_ms;
    worker->is_waiting = false;
    ukb_worker_clock_start(worker);
}

void
ukb_worker_hand_over(struct ukb_worker *worker)
{
    while (worker->current == NULL && worker->queue != NULL) {
        struct ukb_job *job = worker->queue;

        worker->queue = job->next;
        job->next = NULL;
        if (!ukb_job_is_wanted(job)) { /* cancelled while it waited */
            ukb_job_free(job);
            continue;
        }
        worker->current = job;
        send_job(worker, job);
    }
    if (worker->current == NULL && worker->is_retired) {
        ukb_channel_close_out(&worker->channel);
    }
}

void
ukb_worker_let_go(struct ukb_worker *worker)
{
    worker->is_spare = false;
    worker->is_retired = true;
    ukb_worker_hand_over(worker);
}

static void
append(struct ukb_worker *worker, struct ukb_job *job)
{
    struct ukb_job **last = &worker->queue;

    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = job;
}

void
ukb_worker_submit(struct ukb_broker *broker, enum ukb_runs_in kind, const struct ukb_policy_module *module,
                  struct ukb_job *job)
{
    struct ukb_worker stand_in = { .broker = broker, .module = module, .kind = kind };
    struct ukb_worker *worker = ukb_worker_find(broker, kind, module);
    struct ukb_error error = { 0 };

    if (!ukb_job_is_wanted(job) || broker->is_ending) {
        ukb_job_free(job);
        return;
    }
    if ((worker == NULL || worker->is_spare) && ukb_health_check(broker, module, &error) != UKB_OK) {
        ukb_job_failed(job, &stand_in, &error);
        return;
    }
    if (worker == NULL) {
        worker = ukb_worker_start(broker, kind, module, &error);
        if (worker != NULL && broker->watch.is_on && kind == UKB_RUNS_IN_LISTING_WORKER) {
            append(worker, ukb_watch_job()); /* whatever it is started for, it watches */
        }
    }
    if (worker == NULL) {
        ukb_job_failed(job, &stand_in, &error);
        return;
    }
    ukb_spare_take(worker);
    ukb_worker_give(worker, job);
}

void
ukb_worker_give(struct ukb_worker *worker, struct ukb_job *job)
{
    append(worker, job);
    ukb_worker_hand_over(worker);
}

void
ukb_worker_stop(struct ukb_worker *worker)
{
    worker->killed_for = UKB_E_CANCELLED;
    ukb_channel_close_out(&worker->channel); /* its watchdog decides, atomically with the start of a write */
    ukb_worker_clock_stop_soon(worker);
}

void
ukb_worker_retire(struct ukb_broker *broker, const struct ukb_policy_module *module)
{
    struct ukb_worker *worker = NULL;

    for (worker = broker->workers; worker != NULL; worker = worker->next) {
        if (worker->kind == UKB_RUNS_IN_LISTING_WORKER && worker->module == module && !worker->is_retired) {
            ukb_worker_let_go(worker);
        }
    }
    if (broker->watch.is_on) {
        ukb_worker_submit(broker, UKB_RUNS_IN_LISTING_WORKER, module, ukb_watch_job());
    }
}

void
ukb_worker_release_all(struct ukb_broker *broker)
{
    struct ukb_worker *worker = NULL;

    for (worker = broker->workers; worker != NULL; worker = worker->next) {
        ukb_channel_close(&worker->channel);
    }
}
