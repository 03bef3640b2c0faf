/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/find.c with net workers that are scripts; test_worker.c has the other kinds. */
#include "script.h"

#include "broker/worker.h"

/* Have a portal be asked, by a net worker that @p script runs. */
static void
ask_portal(const char *script, int id)
{
    char request[256];

    if (served.broker.net_worker_path == NULL) {
        script_worker(script);
        served.broker.net_worker_path = strdup(served.broker.worker_path);
    }
    (void)snprintf(request, sizeof(request),
                   "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"orders.check\",\"params\":{\"orders\":[]},"
                   "\"context\":{\"ui\":true}}",
                   id);
    served_ask(request);
}

static void
a_portal_that_does_not_answer_keeps_no_other_waiting(void **state)
{
    cJSON *reply = NULL;
    int id;

    (void)state;
    for (id = 1; id <= 2; id++) {
        ask_portal("take; mkdir slow 2> /dev/null && exec sleep 5; say '{\"id\":1,\"result\":{}}'; exec sleep 5", id);
    }
    reply = served_wait();
    assert_non_null(ukb_json_get(reply, "result"));
    cJSON_Delete(reply);
    assert_non_null(served.broker.calls); /* the slow one */
    assert_null(served.broker.calls->next);
}

static void
net_workers_are_bounded_and_share_what_is_beyond(void **state)
{
    const struct ukb_worker *worker = NULL;
    unsigned int count = 0;
    int id;

    (void)state;
    for (id = 1; id <= (int)UKB_NET_WORKERS_MAX + 2; id++) {
        ask_portal("exec sleep 5", id);
    }
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.ping\",\"context\":{\"ui\":true}}");
    cJSON_Delete(served_wait()); /* all before it were taken */
    for (worker = served.broker.workers; worker != NULL; worker = worker->next) {
        assert_non_null(worker->current);
        assert_true(worker->queue == NULL || worker->queue->next == NULL); /* not both behind one */
        count++;
    }
    assert_int_equal(count, UKB_NET_WORKERS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_portal_that_does_not_answer_keeps_no_other_waiting),
        TEST(net_workers_are_bounded_and_share_what_is_beyond),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
