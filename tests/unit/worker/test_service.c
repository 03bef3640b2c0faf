/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/service.c: the loop, what it answers itself, and when it ends. */
#include "../platform/scratch.h"

#include "../token/fake/fake_module.h"
#include "../token/fake/softhsm.h"
#include "platform/guard.h"
#include "serving.h"
#include "token/internal.h"

#define CONTEXT         ",\"context\":{\"origin\":\"" SERVING_ORIGIN "\"}"
#define REQUEST(method) "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" method "\"" CONTEXT "}"
#define LIST            REQUEST("renewal.list")

static struct ukb_error err;
static int requests[2]; /* the broker's end is [1] */

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    serving_start(UKB_WORKER_PLAIN);
    serving.service.context = NULL; /* until a request comes */
    assert_int_equal(pipe(requests), 0);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    (void)close(requests[0]);
    (void)close(requests[1]);
    ukb_module_free(serving.service.module);
    serving_stop();
    return 0;
}

static void
ask(const char *body)
{
    const uint32_t len = (uint32_t)strlen(body);

    assert_int_equal(write(requests[1], &len, sizeof(len)), sizeof(len));
    assert_int_equal(write(requests[1], body, len), len);
}

/* Run until the broker's end, which comes behind what was asked. */
static int
run(void)
{
    assert_int_equal(close(requests[1]), 0);
    requests[1] = -1;
    return ukb_service_run(&serving.service, requests[0]);
}

/* The next thing said is the answer to id 7; its result, or with @p reason its error's data. */
static void
expect_answer(const char *reason)
{
    cJSON *message = serving_heard();
    const cJSON *data = ukb_json_get(ukb_json_get(message, "error"), "data");

    assert_non_null(message);
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(message, "id")), 7);
    if (reason == NULL) {
        assert_non_null(ukb_json_get(message, "result"));
    } else {
        assert_null(ukb_json_get(message, "result"));
        assert_non_null(ukb_json_string(data, "reason"));
        assert_string_equal(ukb_json_string(data, "reason"), reason);
    }
    cJSON_Delete(message);
}

static void
expect_code(int code)
{
    cJSON *message = serving_heard();

    assert_non_null(message);
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(ukb_json_get(message, "error"), "code")), code);
    cJSON_Delete(message);
}

static void
each_request_gets_its_answer_until_the_broker_ends(void **state)
{
    (void)state;
    ask(LIST);
    ask(LIST);
    assert_int_equal(run(), EXIT_SUCCESS);
    expect_answer(NULL);
    expect_answer(NULL);
    assert_null(serving_heard());
    assert_null(serving.service.context);
}

static void
a_request_may_come_in_pieces(void **state)
{
    const uint32_t len = (uint32_t)strlen(LIST);
    const char *const header = (const char *)&len;
    pid_t child = fork();
    size_t i;

    (void)state;
    if (child == 0) {
        for (i = 0; i < sizeof(len) + len; i++) {
            const char byte = i < sizeof(len) ? header[i] : LIST[i - sizeof(len)];

            if (write(requests[1], &byte, 1) != 1) {
                _exit(1);
            }
        }
        _exit(0);
    }
    assert_int_equal(run(), EXIT_SUCCESS);
    assert_int_equal(exit_code_of(child), 0);
    expect_answer(NULL);
}

static void
what_the_loop_does_not_serve_is_an_error(void **state)
{
    static const char *const methods[] = { REQUEST("no.such"), REQUEST("host.hello"), REQUEST("host.ping"),
                                           REQUEST("host.cancel"), REQUEST("") };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        ask(methods[i]);
    }
    ask(LIST); /* and it goes on */
    assert_int_equal(run(), EXIT_SUCCESS);
    for (i = 0; i + 1U < sizeof(methods) / sizeof(methods[0]); i++) {
        expect_code(ukb_status_code(UKB_E_METHOD_UNKNOWN));
    }
    cJSON_Delete(serving_heard()); /* an empty name is no request */
    expect_answer(NULL);
}

static void
what_is_no_request_is_told_so_and_not_served(void **state)
{
    static const char *const bodies[] = { "", "nonsense", "[]", "7", "{\"jsonrpc\":\"2.0\",\"id\":7}" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        ask(bodies[i]);
    }
    assert_int_equal(run(), EXIT_SUCCESS);
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        cJSON *message = serving_heard();

        assert_non_null(ukb_json_get(message, "error"));
        cJSON_Delete(message);
    }
    assert_null(serving_heard());
    assert_null(serving.service.journal);
}

static void
parameters_are_checked_before_anything_is_done(void **state)
{
    (void)state;
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"renewal.list\",\"params\":{\"token\":\"short\"}" CONTEXT "}");
    assert_int_equal(run(), EXIT_SUCCESS);
    expect_code(ukb_status_code(UKB_E_PARAMS));
    assert_null(serving.service.journal);
}

static void
a_request_beyond_the_limit_ends_the_worker(void **state)
{
    static const char piece[65536];
    uint32_t len = 2U * UKB_REQUEST_MAX_LEN + 1U;
    pid_t child;

    (void)state;
    ask(LIST);
    child = fork();
    if (child == 0) {
        (void)!write(requests[1], &len, sizeof(len));
        while (len > 0) {
            const ssize_t put = write(requests[1], piece, len < sizeof(piece) ? len : sizeof(piece));

            len -= put > 0 ? (uint32_t)put : len;
        }
        ask(LIST);
        _exit(0);
    }
    assert_int_equal(run(), EXIT_FAILURE);
    assert_int_equal(exit_code_of(child), 0);
    expect_answer(NULL);
    assert_null(serving_heard());
}

static void
an_end_in_the_middle_of_a_request_is_an_end(void **state)
{
    (void)state;
    assert_int_equal(write(requests[1], "\x40\0\0\0{", 5), 5);
    assert_int_equal(run(), EXIT_SUCCESS);
    assert_null(serving_heard());
}

static void
a_login_worker_ends_after_its_call(void **state)
{
    const long long begun_ms = now_ms();

    (void)state;
    serving.service.kind = UKB_WORKER_LOGIN;
    ask(REQUEST("no.such"));
    assert_int_equal(ukb_service_run(&serving.service, requests[0]), EXIT_SUCCESS); /* though the pipe is open */
    assert_true(now_ms() - begun_ms < 30000);                                       /* and not for want of work */
    expect_code(ukb_status_code(UKB_E_METHOD_UNKNOWN));
}

static void
a_descriptor_that_fails_is_a_failure(void **state)
{
    (void)state;
    assert_int_equal(ukb_service_run(&serving.service, 999), EXIT_FAILURE);
}

static void
a_broker_that_is_gone_is_no_crash(void **state)
{
    (void)state;
    assert_int_equal(close(serving.words), 0);
    serving.words = open("/dev/null", O_RDONLY);
    ask(LIST);
    assert_int_equal(run(), EXIT_SUCCESS);
}

static void
a_module_is_loaded_at_the_first_request(void **state)
{
    const struct ukb_policy_module configured = { .name = "softhsm", .path = SOFTHSM_PATH };
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, NULL);
    serving.service.kind = UKB_WORKER_LISTING;
    serving.service.configured = &configured;
    assert_null(serving.service.module);
    ask(REQUEST("tokens.list"));
    assert_int_equal(run(), EXIT_SUCCESS);
    expect_answer(NULL);
    assert_non_null(serving.service.module);
    softhsm_stop(&soft);
}

static void
a_module_that_is_not_there_is_asked_for_each_time(void **state)
{
    const struct ukb_policy_module configured = { .name = "vendor", .path = "/nonexistent/vendor.so" };

    (void)state;
    serving.service.kind = UKB_WORKER_LISTING;
    serving.service.configured = &configured;
    ask(REQUEST("tokens.list"));
    ask(REQUEST("tokens.list"));
    assert_int_equal(run(), EXIT_SUCCESS);
    expect_answer("MODULE_MISSING");
    expect_answer("MODULE_MISSING");
}

/* A missing pinentry is told by the first question: what is refused before is refused for its own reason. */
static void
a_login_worker_makes_its_dialog_before_its_module(void **state)
{
    const struct ukb_policy_module configured = { .name = "vendor", .path = "/nonexistent/vendor.so" };

    (void)state;
    serving_policy("{\"pinentry\":\"/nonexistent/pinentry\"}");
    serving.service.kind = UKB_WORKER_LOGIN;
    serving.service.configured = &configured;
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"pin.change\",\"params\":"
        "{\"token\":\"ffffffffffffffffffffffffffffffff\"}" CONTEXT "}");
    assert_int_equal(run(), EXIT_SUCCESS);
    expect_answer("MODULE_MISSING");
    assert_non_null(serving.service.dialog);
}

static void
a_watching_worker_looks_twice_a_second_and_tells_once(void **state)
{
    pid_t child;
    cJSON *message = NULL;

    (void)state;
    fake_reset();
    assert_int_equal(ukb_module_wrap("fake", fake_functions(), &serving.service.module, &err), UKB_OK);
    serving.service.kind = UKB_WORKER_LISTING;
    serving.service.is_watching = true;
    child = fork(); /* the broker: it has the pipe open for a while */
    if (child == 0) {
        pause_ms(1250);
        _exit(0);
    }
    assert_int_equal(run(), EXIT_SUCCESS);
    assert_int_equal(exit_code_of(child), 0);
    message = serving_heard();
    assert_string_equal(ukb_json_string(message, "method"), "worker.tokens");
    cJSON_Delete(message);
    assert_null(serving_heard());
}

static void
the_journal_is_opened_once_and_its_trouble_is_told(void **state)
{
    const struct ukb_journal *first = NULL;

    (void)state;
    assert_int_equal(ukb_service_need_journal(&serving.service, &err), UKB_OK);
    first = serving.service.journal;
    assert_int_equal(ukb_service_need_journal(&serving.service, &err), UKB_OK);
    assert_ptr_equal(serving.service.journal, first);
    ukb_journal_close(serving.service.journal);
    serving.service.journal = NULL;
    assert_int_equal(setenv("XDG_STATE_HOME", serving_file("file", 0600, ""), 1), 0);
    ask(LIST);
    assert_int_equal(run(), EXIT_SUCCESS);
    expect_answer("JOURNAL_UNAVAILABLE");
    assert_null(serving.service.journal);
}

static void
a_write_is_told_before_and_after(void **state)
{
    (void)state;
    ukb_service_set_uninterruptible(&serving.service, true);
    serving_expect("worker.state", "interruptible", false);
    ukb_service_set_uninterruptible(&serving.service, false);
    serving_expect("worker.state", "interruptible", true);
}

static void
what_is_too_large_to_tell_is_not_told(void **state)
{
    static char text[UKB_REPLY_MAX_LEN + 1U];
    cJSON *params = cJSON_CreateObject();

    (void)state;
    memset(text, 'x', sizeof(text) - 1U);
    (void)cJSON_AddStringToObject(params, "step", text);
    ukb_service_notify(&serving.service, "progress", params);
    assert_null(serving_heard());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_request_gets_its_answer_until_the_broker_ends),
        TEST(a_request_may_come_in_pieces),
        TEST(what_the_loop_does_not_serve_is_an_error),
        TEST(what_is_no_request_is_told_so_and_not_served),
        TEST(parameters_are_checked_before_anything_is_done),
        TEST(a_request_beyond_the_limit_ends_the_worker),
        TEST(an_end_in_the_middle_of_a_request_is_an_end),
        TEST(a_login_worker_ends_after_its_call),
        TEST(a_descriptor_that_fails_is_a_failure),
        TEST(a_broker_that_is_gone_is_no_crash),
        TEST(a_module_is_loaded_at_the_first_request),
        TEST(a_module_that_is_not_there_is_asked_for_each_time),
        TEST(a_login_worker_makes_its_dialog_before_its_module),
        TEST(a_watching_worker_looks_twice_a_second_and_tells_once),
        TEST(the_journal_is_opened_once_and_its_trouble_is_told),
        TEST(a_write_is_told_before_and_after),
        TEST(what_is_too_large_to_tell_is_not_told),
    };

    return cmocka_run_group_tests_name("worker/service", tests, NULL, NULL);
}
