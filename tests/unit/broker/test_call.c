/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/call.c: how many calls there may be at a time. */
#include "../test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/call.h"

#define PORTAL "https://portal.example"

static struct ukb_broker broker;
static int replies; /* the browser's end */

static int
setup(void **state)
{
    struct ukb_error err = { 0 };
    int in[2];
    int out[2];

    (void)state;
    memset(&broker, 0, sizeof(broker));
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", "/nonexistent", 1), 0);
    assert_int_equal(ukb_broker_start(&broker, in[0], out[1], &err), UKB_OK);
    (void)close(in[1]);
    replies = out[0];
    assert_int_equal(fcntl(replies, F_SETFL, O_NONBLOCK), 0);
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

/* A broker ends with its process; here its loop must go. */
static int
teardown(void **state)
{
    struct ukb_call *call = NULL;

    (void)state;
    while ((call = broker.calls) != NULL) {
        broker.calls = call->next;
        free(call);
    }
    ukb_policy_free(broker.policy);
    (void)close(replies);
    ukb_channel_close(&broker.browser);
    free(broker.worker_path);
    broker.worker_path = NULL;
    uv_walk(&broker.loop, close_handle, NULL);
    (void)uv_run(&broker.loop, UV_RUN_DEFAULT);
    return uv_loop_close(&broker.loop);
}

/* Calls in flight of one origin, as if workers were at them. */
static void
in_flight(const char *origin, enum ukb_method_id method, unsigned int count)
{
    for (; count > 0; count--) {
        struct ukb_call *call = calloc(1, sizeof(*call));

        assert_non_null(call);
        call->broker = &broker;
        call->method = &ukb_contract[method];
        call->request.id.type = UKB_ID_INTEGER;
        call->request.id.integer = 1000 + broker.call_count;
        (void)snprintf(call->request.context.origin, sizeof(call->request.context.origin), "%s", origin);
        call->next = broker.calls;
        broker.calls = call;
        broker.call_count++;
    }
}

/* Start a call about a renewal that no token has: it is answered at once, by BUSY or by NO_RENEWAL. */
static const char *
start(const char *origin, enum ukb_method_id method)
{
    static char reply[1024];
    struct ukb_request request = { .id = { .type = UKB_ID_INTEGER, .integer = 7 } };
    ssize_t len;

    (void)snprintf(request.context.origin, sizeof(request.context.origin), "%s", origin);
    ukb_call_start(&broker, &ukb_contract[method], &request);
    len = read(replies, reply, sizeof(reply) - 1U);
    assert_true(len > 0);
    reply[len] = '\0';
    assert_non_null(strstr(reply + 4, "\"id\":7"));
    return strstr(reply + 4, "\"BUSY\"") != NULL         ? "BUSY"
           : strstr(reply + 4, "\"NO_RENEWAL\"") != NULL ? "NO_RENEWAL"
                                                         : "";
}

static void
one_origin_has_eight_calls(void **state)
{
    (void)state;
    in_flight(PORTAL, UKB_TOKENS_LIST, UKB_IN_FLIGHT_PER_ORIGIN_MAX - 1U);
    assert_string_equal(start(PORTAL, UKB_RENEWAL_PREVIEW), "NO_RENEWAL");
    in_flight(PORTAL, UKB_TOKENS_LIST, 1);
    assert_string_equal(start(PORTAL, UKB_RENEWAL_PREVIEW), "BUSY");
    assert_string_equal(start("https://other.example", UKB_RENEWAL_PREVIEW), "NO_RENEWAL");
    assert_string_equal(start("", UKB_RENEWAL_PREVIEW), "NO_RENEWAL"); /* the extension's own pages */
}

static void
all_together_have_thirty_two(void **state)
{
    char origin[32];
    unsigned int i;

    (void)state;
    for (i = 0; i < UKB_IN_FLIGHT_MAX - 1U; i++) {
        (void)snprintf(origin, sizeof(origin), "https://p%u.example", i);
        in_flight(origin, UKB_TOKENS_LIST, 1);
    }
    assert_string_equal(start(PORTAL, UKB_RENEWAL_PREVIEW), "NO_RENEWAL");
    in_flight("https://last.example", UKB_TOKENS_LIST, 1);
    assert_string_equal(start(PORTAL, UKB_RENEWAL_PREVIEW), "BUSY");
}

static void
one_origin_has_a_dialog_and_one_that_waits(void **state)
{
    (void)state;
    in_flight(PORTAL, UKB_RENEWAL_INSTALL, UKB_DIALOGS_PER_ORIGIN_MAX - 1U);
    in_flight("https://other.example", UKB_RENEWAL_INSTALL, UKB_DIALOGS_PER_ORIGIN_MAX);
    assert_string_equal(start(PORTAL, UKB_RENEWAL_INSTALL), "NO_RENEWAL");
    in_flight(PORTAL, UKB_RENEWAL_BEGIN, 1);
    assert_string_equal(start(PORTAL, UKB_RENEWAL_INSTALL), "BUSY");
    assert_string_equal(start(PORTAL, UKB_RENEWAL_PREVIEW), "NO_RENEWAL"); /* looking is free */
}

static void
a_call_is_found_by_its_id_and_its_type(void **state)
{
    struct ukb_rpc_id id = { .type = UKB_ID_INTEGER, .integer = 1000 };

    (void)state;
    assert_null(ukb_call_find(&broker, &id));
    in_flight(PORTAL, UKB_TOKENS_LIST, 2);
    assert_non_null(ukb_call_find(&broker, &id));
    id.integer = 1002;
    assert_null(ukb_call_find(&broker, &id));
    id.type = UKB_ID_STRING;
    id.integer = 0;
    (void)snprintf(id.string, sizeof(id.string), "1000");
    assert_null(ukb_call_find(&broker, &id));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_origin_has_eight_calls, setup, teardown),
        cmocka_unit_test_setup_teardown(all_together_have_thirty_two, setup, teardown),
        cmocka_unit_test_setup_teardown(one_origin_has_a_dialog_and_one_that_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(a_call_is_found_by_its_id_and_its_type, setup, teardown),
    };

    return cmocka_run_group_tests_name("broker/call", tests, NULL, NULL);
}
