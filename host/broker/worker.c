/* SPDX-License-Identifier: MIT */
#include "broker/worker.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define BACK_OFF_FIRST_MS  250U
#define BACK_OFF_MAX_MS    30000U
#define UNINTERRUPTIBLE_MS 60000U /* what a write that has begun gets beyond its time limit */
#define STOP_MS            2000U  /* a worker that is told to stop answers in a millisecond, whatever its module does */

static const char *const kind_names[] = {
    [UKB_RUNS_IN_PLAIN_WORKER] = "plain",
    [UKB_RUNS_IN_LISTING_WORKER] = "listing",
    [UKB_RUNS_IN_LOGIN_WORKER] = "login",
};

static const struct ukb_rpc_id job_id = { .type = UKB_ID_INTEGER, .integer = 1 }; /* one job at a time */

static void hand_over(struct ukb_worker *worker);

/* Health of modules */

static struct ukb_module_health *
health_of(const struct ukb_worker *worker)
{
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(worker->broker->policy, &count);

    return worker->module == NULL ? NULL : &worker->broker->health[worker->module - modules];
}

static void
note_failure(struct ukb_worker *worker, enum ukb_status reason)
{
    struct ukb_module_health *health = health_of(worker);
    uint64_t pause_ms = BACK_OFF_FIRST_MS;
    unsigned int i;

    if (health == NULL) {
        return;
    }
    for (i = 0; i < health->failures && pause_ms < BACK_OFF_MAX_MS; i++) {
        pause_ms *= 2U;
    }
    health->failures++;
    health->reason = reason;
    health->not_before_ms = uv_now(&worker->broker->loop) + (pause_ms < BACK_OFF_MAX_MS ? pause_ms : BACK_OFF_MAX_MS);
}

static void
raise_for(const struct ukb_worker *worker, enum ukb_status reason, struct ukb_error *reterr)
{
    if (worker->module == NULL) {
        (void)ukb_raise(reterr, reason == UKB_E_MODULE_HUNG ? UKB_E_TIMEOUT : UKB_E_INTERNAL, 0,
                        "the worker of the host's own data %s",
                        reason == UKB_E_MODULE_HUNG ? "took too long" : "ended unexpectedly");
        return;
    }
    (void)ukb_raise(reterr, reason, 0, "module \"%s\" %s", worker->module->name,
                    reason == UKB_E_MODULE_HUNG ? "did not answer in time" : "ended unexpectedly");
    ukb_error_add_string(reterr, "module", worker->module->name);
}

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
    ukb_channel_close(&worker->channel);
    if (!uv_is_closing((uv_handle_t *)&worker->timer)) {
        uv_close((uv_handle_t *)&worker->timer, uv_handle_closed);
        uv_close((uv_handle_t *)&worker->process, uv_handle_closed);
    }
}

static void
fail_job(struct ukb_worker *worker, struct ukb_job *job, const struct ukb_error *error)
{
    ukb_job_failed(job, worker, error);
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
        } else {
            raise_for(worker, reason, &error);
            note_failure(worker, reason);
        }
        fail_job(worker, current, &error);
    }
    while (queue != NULL) {
        struct ukb_job *job = queue;

        queue = job->next;
        job->next = NULL;
        ukb_worker_submit(worker->broker, worker->kind, worker->module, job);
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
kill_for(struct ukb_worker *worker, enum ukb_status reason)
{
    worker->killed_for = reason;
    (void)uv_process_kill(&worker->process, SIGKILL); /* gone already: its exit is on the way */
}

/* The time limit */

static void
time_is_up(uv_timer_t *timer)
{
    struct ukb_worker *worker = timer->data;

    if (worker->killed_for == UKB_E_CANCELLED) {
        (void)uv_process_kill(&worker->process, SIGKILL);
        return;
    }
    if (worker->is_uninterruptible) {
        worker->is_uninterruptible = false; /* once */
        (void)uv_timer_start(timer, time_is_up, UNINTERRUPTIBLE_MS, 0);
        return;
    }
    kill_for(worker, UKB_E_MODULE_HUNG);
}

static void
clock_start(struct ukb_worker *worker)
{
    worker->resumed_at_ms = uv_now(&worker->broker->loop);
    (void)uv_timer_start(&worker->timer, time_is_up, worker->left_ms, 0);
}

/* The user's own time does not count. */
static void
set_waiting(struct ukb_worker *worker, bool waiting)
{
    uint64_t used_ms = uv_now(&worker->broker->loop) - worker->resumed_at_ms;

    if (waiting == worker->is_waiting || worker->current == NULL || worker->killed_for != UKB_OK) {
        return;
    }
    worker->is_waiting = waiting;
    if (!waiting) {
        clock_start(worker);
        return;
    }
    worker->left_ms = used_ms < worker->left_ms ? worker->left_ms - used_ms : 1U;
    (void)uv_timer_stop(&worker->timer);
}

/* What a worker says */

static void
job_done(struct ukb_worker *worker, const cJSON *message)
{
    struct ukb_job *job = worker->current;
    struct ukb_module_health *health = health_of(worker);
    cJSON *result = NULL;

    (void)uv_timer_stop(&worker->timer);
    worker->current = NULL;
    worker->is_uninterruptible = false;
    if (health != NULL) {
        health->failures = 0;
        health->not_before_ms = 0;
    }
    if (worker->kind == UKB_RUNS_IN_LOGIN_WORKER) {
        worker->is_retired = true;
        ukb_channel_close_out(&worker->channel);
        ukb_worker_retire(worker->broker, worker->module); /* before the reply: the next list reads the token afresh */
    }
    result = cJSON_DetachItemViaPointer(cJSON_IsObject(message) ? (cJSON *)(uintptr_t)message : NULL,
                                        (cJSON *)(uintptr_t)ukb_json_get(message, "result"));
    if (result != NULL) {
        ukb_job_replied(job, worker, result);
    } else {
        struct ukb_error error = { 0 };

        ukb_rpc_error_read(ukb_json_get(message, "error"), &error);
        fail_job(worker, job, &error);
    }
    hand_over(worker);
}

static void
progress(const struct ukb_worker *worker, const cJSON *params)
{
    struct ukb_call *call = worker->current == NULL ? NULL : worker->current->call;
    cJSON *copy = NULL;

    if (call == NULL) {
        return;
    }
    copy = cJSON_Duplicate(params, true);
    (void)cJSON_AddItemToObject(copy, "id", ukb_rpc_id_to_json(&call->request.id));
    ukb_broker_notify(worker->broker, "progress", copy);
}

static void
notified(struct ukb_worker *worker, const char *method, const cJSON *params)
{
    const cJSON *interruptible = ukb_json_get(params, "interruptible");

    if (strcmp(method, "progress") == 0) {
        progress(worker, params);
        return;
    }
    if (ukb_json_get(params, "waiting") != NULL) { /* worker.state */
        set_waiting(worker, ukb_json_bool(params, "waiting", false));
    }
    if (interruptible != NULL) {
        worker->is_uninterruptible = cJSON_IsFalse(interruptible);
        if (worker->is_uninterruptible && worker->current != NULL && worker->current->call != NULL) {
            if (worker->killed_for == UKB_E_CANCELLED) { /* the write was faster: it goes on */
                worker->killed_for = UKB_OK;
                clock_start(worker);
            }
            ukb_call_cancel_outcome(worker->current->call, false);
        }
    }
}

static void
worker_frame(void *ctx, const char *body, size_t len)
{
    struct ukb_worker *worker = ctx;
    struct ukb_error error = { 0 };
    cJSON *message = NULL;
    const char *method = NULL;

    if (ukb_json_parse(body, len, &message, &error) != UKB_OK) {
        kill_for(worker, UKB_E_MODULE_CRASHED); /* a worker that cannot speak has lost its mind */
        return;
    }
    method = ukb_json_string(message, "method");
    if (method != NULL) {
        notified(worker, method, ukb_json_get(message, "params"));
    } else if (worker->current != NULL) {
        job_done(worker, message);
    }
    cJSON_Delete(message);
}

static void
worker_bad_frame(void *ctx, const struct ukb_error *error)
{
    (void)error;
    kill_for(ctx, UKB_E_MODULE_CRASHED);
}

static void
worker_end(void *ctx)
{
    maybe_buried(ctx);
}

static void
worker_closed(void *ctx)
{
    handle_closed(ctx);
}

static const struct ukb_channel_events worker_events = { worker_frame, worker_bad_frame, worker_end, worker_closed };

/* Starting and handing over */

static int
spawn(struct ukb_worker *worker)
{
    struct ukb_broker *broker = worker->broker;
    char *args[] = { broker->worker_path, (char *)(uintptr_t)kind_names[worker->kind],
                     worker->module == NULL ? NULL : (char *)(uintptr_t)worker->module->name, NULL };
    uv_stdio_container_t stdio[3] = {
        { .flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&worker->channel.out },
        { .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&worker->channel.in },
        { .flags = UV_INHERIT_FD, .data.fd = 2 },
    };
    uv_process_options_t options = {
        .exit_cb = process_exited,
        .file = broker->worker_path,
        .args = args,
        .stdio = stdio,
        .stdio_count = 3,
        .flags = UV_PROCESS_WINDOWS_HIDE,
    };

    return uv_spawn(&broker->loop, &worker->process, &options);
}

static struct ukb_worker *
worker_start(struct ukb_broker *broker, enum ukb_runs_in kind, const struct ukb_policy_module *module,
             struct ukb_error *reterr)
{
    struct ukb_worker *worker = calloc(1, sizeof(*worker));
    int error;

    if (worker == NULL) {
        (void)ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a worker");
        return NULL;
    }
    worker->broker = broker;
    worker->kind = kind;
    worker->module = module;
    ukb_channel_init(&worker->channel, &broker->loop, UKB_REQUEST_MAX_LEN, &worker_events, worker);
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
    (void)ukb_raise(reterr, UKB_E_INTERNAL, 0, "%s: %s", broker->worker_path, uv_strerror(error));
    close_all(worker);
    return NULL;
}

static void
send_job(struct ukb_worker *worker, struct ukb_job *job)
{
    struct ukb_buf body = UKB_BUF_INIT(2U * UKB_REQUEST_MAX_LEN); /* printed anew, its escapes may be longer */
    const struct ukb_call *call = job->call;
    const cJSON *params = job->use == UKB_JOB_ANSWER ? call->request.params : NULL;
    struct ukb_error error = { 0 };
    enum ukb_status st;

    st = ukb_rpc_request(&job_id, job->method->name, params, &call->request.context, &body, &error);
    if (st == UKB_OK) {
        st = ukb_channel_send(&worker->channel, &body, 2U * UKB_REQUEST_MAX_LEN, &error);
    }
    ukb_buf_done(&body);
    if (st != UKB_OK) {
        worker->current = NULL;
        fail_job(worker, job, &error);
        return;
    }
    worker->left_ms = job->method->time_limit_ms;
    worker->is_waiting = false;
    clock_start(worker);
}

/* Give an idle worker its next job, or let a retired one go. */
static void
hand_over(struct ukb_worker *worker)
{
    while (worker->current == NULL && worker->queue != NULL) {
        struct ukb_job *job = worker->queue;

        worker->queue = job->next;
        job->next = NULL;
        if (job->call == NULL) { /* cancelled while it waited */
            free(job);
            continue;
        }
        worker->current = job;
        send_job(worker, job);
    }
    if (worker->current == NULL && worker->is_retired) {
        ukb_channel_close_out(&worker->channel);
    }
}

static struct ukb_worker *
find_worker(struct ukb_broker *broker, enum ukb_runs_in kind, const struct ukb_policy_module *module)
{
    struct ukb_worker *worker = broker->workers;

    while (worker != NULL && (worker->kind != kind || worker->module != module || worker->is_retired)) {
        worker = worker->next;
    }
    return kind == UKB_RUNS_IN_LOGIN_WORKER ? NULL : worker;
}

void
ukb_worker_submit(struct ukb_broker *broker, enum ukb_runs_in kind, const struct ukb_policy_module *module,
                  struct ukb_job *job)
{
    struct ukb_worker stand_in = { .broker = broker, .module = module, .kind = kind };
    struct ukb_module_health *health = health_of(&stand_in);
    struct ukb_worker *worker = find_worker(broker, kind, module);
    struct ukb_error error = { 0 };
    struct ukb_job **last = NULL;

    if (job->call == NULL || broker->is_ending) {
        free(job);
        return;
    }
    if (worker == NULL && health != NULL && uv_now(&broker->loop) < health->not_before_ms) {
        raise_for(&stand_in, health->reason, &error);
        fail_job(&stand_in, job, &error);
        return;
    }
    if (worker == NULL) {
        worker = worker_start(broker, kind, module, &error);
    }
    if (worker == NULL) {
        fail_job(&stand_in, job, &error);
        return;
    }
    for (last = &worker->queue; *last != NULL; last = &(*last)->next) {
    }
    *last = job;
    hand_over(worker);
}

struct ukb_worker *
ukb_worker_of(struct ukb_broker *broker, const struct ukb_call *call)
{
    struct ukb_worker *worker = broker->workers;

    while (worker != NULL && (worker->current == NULL || worker->current->call != call)) {
        worker = worker->next;
    }
    return worker;
}

void
ukb_worker_stop(struct ukb_worker *worker)
{
    worker->killed_for = UKB_E_CANCELLED;
    ukb_channel_close_out(&worker->channel); /* its watchdog decides, atomically with the start of a write */
    (void)uv_timer_start(&worker->timer, time_is_up, STOP_MS, 0);
}

void
ukb_worker_retire(struct ukb_broker *broker, const struct ukb_policy_module *module)
{
    struct ukb_worker *worker = NULL;

    for (worker = broker->workers; worker != NULL; worker = worker->next) {
        if (worker->kind == UKB_RUNS_IN_LISTING_WORKER && worker->module == module && !worker->is_retired) {
            worker->is_retired = true;
            hand_over(worker);
        }
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
