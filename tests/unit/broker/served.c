/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "served.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/call.h"
#include "broker/watch.h"
#include "broker/worker.h"

static const char policy_text[] = "{\"portals\":[\"https://portal.example\"],\"modules\":["
                                  "{\"name\":\"a\",\"path\":\"/a.so\"},{\"name\":\"b\",\"path\":\"/b.so\"}]}";

struct served served;

int
served_setup(void **state)
{
    struct ukb_error err = { 0 };
    int in[2];
    int out[2];

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    memset(&served, 0, sizeof(served));
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", "/nonexistent", 1), 0);
    assert_int_equal(ukb_broker_start(&served.broker, in[0], out[1], &err), UKB_OK);
    ukb_policy_free(served.broker.policy);
    assert_int_equal(ukb_policy_parse(policy_text, NULL, &served.broker.policy, &err), UKB_OK);
    served.requests = in[1];
    served.replies = out[0];
    assert_int_equal(fcntl(served.requests, F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(fcntl(served.replies, F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(fcntl(served.replies, F_SETFL, O_NONBLOCK), 0);
    return 0;
}

static void
close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

int
served_teardown(void **state)
{
    struct ukb_error gone = { .status = UKB_E_SHUTTING_DOWN };
    struct ukb_worker *worker = NULL;

    (void)state;
    served.broker.is_ending = true;
    ukb_watch_stop(&served.broker);
    while (served.broker.calls != NULL) {
        ukb_call_fail(served.broker.calls, &gone);
    }
    for (worker = served.broker.workers; worker != NULL; worker = worker->next) {
        if (uv_process_get_pid(&worker->process) > 0) { /* 0, of one that could not be started, is our own group */
            (void)uv_process_kill(&worker->process, SIGKILL);
        }
    }
    while (served.broker.workers != NULL) {
        (void)uv_run(&served.broker.loop, UV_RUN_ONCE);
    }
    (void)close(served.requests);
    (void)close(served.replies);
    ukb_channel_close(&served.broker.browser);
    uv_walk(&served.broker.loop, close_handle, NULL);
    (void)uv_run(&served.broker.loop, UV_RUN_DEFAULT);
    ukb_policy_free(served.broker.policy);
    free(served.broker.worker_path);
    free(served.broker.net_worker_path);
    return uv_loop_close(&served.broker.loop); /* fails when a handle is still open */
}

cJSON *
served_next(void)
{
    static char body[65536];
    unsigned char header[UKB_FRAME_HEADER_LEN];
    uint32_t len = 0;
    cJSON *message = NULL;

    if (read(served.replies, header, sizeof(header)) != (ssize_t)sizeof(header)) {
        return NULL;
    }
    memcpy(&len, header, sizeof(len));
    assert_true(len < sizeof(body));
    assert_int_equal(read(served.replies, body, len), len);
    message = cJSON_ParseWithLength(body, len);
    assert_non_null(message);
    return message;
}

cJSON *
served_wait(void)
{
    const uint64_t end_ms = uv_hrtime() / 1000000U + 30000U; /* whatever the machine does besides */
    cJSON *message = served_next();

    while (message == NULL && uv_hrtime() / 1000000U < end_ms) {
        (void)uv_run(&served.broker.loop, UV_RUN_NOWAIT);
        message = served_next();
        if (message == NULL) {
            uv_sleep(1);
        }
    }
    assert_non_null(message);
    return message;
}

void
served_ask(const char *request)
{
    const uint32_t len = (uint32_t)strlen(request);

    assert_int_equal(write(served.requests, &len, sizeof(len)), sizeof(len));
    assert_int_equal(write(served.requests, request, len), len);
}

const struct ukb_policy_module *
served_module(size_t index)
{
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(served.broker.policy, &count);

    assert_true(index < count);
    return &modules[index];
}
