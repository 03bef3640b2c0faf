/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/note.c: what the plain worker is told to write down, and how often. */
#include "script.h"

#include "broker/note.h"

#define WORKER                                                                                                         \
    "while n=$(head -c 4 | od -An -tu4) && [ -n \"$n\" ]; do head -c $n >> requests; echo >> requests;\n"              \
    "say '{\"id\":1,\"result\":{}}'; done"
#define REFUSED(origin)                                                                                                \
    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tokens.list\",\"context\":{\"origin\":\"" origin                       \
    "\",\"userActivation\":true}}"

/* Ask, and read the reply, which does not wait for the note. */
static void
ask(const char *request)
{
    cJSON *reply = NULL;

    served_ask(request);
    reply = served_wait();
    assert_non_null(reply);
    cJSON_Delete(reply);
}

/* Let the loop run until the worker was told so many notes, or for a moment that would be enough for one more. */
static const char *
notes(int wanted)
{
    static char text[16384];
    int tries;

    for (tries = 0; tries < 100; tries++) {
        FILE *file = fopen(scratch_path(scratch, "requests"), "r");
        size_t len = file == NULL ? 0 : fread(text, 1, sizeof(text) - 1U, file);
        const char *at = text;
        int found = 0;

        text[len] = '\0';
        if (file != NULL) {
            assert_int_equal(fclose(file), 0);
        }
        for (at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
            found++;
        }
        if (found > wanted) {
            fail_msg("more than %d: %s", wanted, text);
        }
        if (found == wanted && tries > 20) {
            return text;
        }
        (void)uv_run(&served.broker.loop, UV_RUN_NOWAIT);
        pause_ms(found < wanted ? 20 : 1);
    }
    fail_msg("fewer than %d: %s", wanted, text);
    return NULL;
}

static void
a_refusal_is_noted_once_a_minute_for_each_origin_and_method(void **state)
{
    const char *said = NULL;

    (void)state;
    script_worker(WORKER);
    ask(REFUSED("https://evil.example"));
    ask(REFUSED("https://evil.example"));
    said = notes(1);
    assert_non_null(strstr(said, "\"method\":\"worker.note\""));
    assert_non_null(strstr(said, "{\"origin\":\"https://evil.example\",\"method\":\"tokens.list\","
                                 "\"outcome\":\"ORIGIN_NOT_ALLOWED\",\"userActivation\":true,\"refused\":true}"));
    ask(REFUSED("https://other.example"));
    said = notes(2);
    served.broker.noted[0].at_ms -= 60000U;
    ask(REFUSED("https://evil.example"));
    (void)notes(3);
}

static void
many_origins_together_have_a_bound(void **state)
{
    size_t i;

    (void)state;
    script_worker(WORKER);
    for (i = 0; i < UKB_NOTED_MAX; i++) {
        served.broker.noted[i].method = &ukb_contract[UKB_PIN_CHANGE];
        served.broker.noted[i].at_ms = uv_now(&served.broker.loop);
    }
    ask(REFUSED("https://evil.example"));
    assert_null(served.broker.workers);
    served.broker.noted[9].at_ms -= 60000U;
    ask(REFUSED("https://evil.example"));
    (void)notes(1);
}

static void
slips_and_good_calls_are_no_refusals(void **state)
{
    (void)state;
    script_worker(WORKER);
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"nothing.known\"}");
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"pin.change\",\"params\":{},\"context\":{\"ui\":true}}");
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.ping\"}");
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"portals.list\",\"context\":{\"ui\":true}}");
    assert_null(served.broker.workers);
}

static void
a_change_of_the_brokers_own_is_noted_with_its_outcome(void **state)
{
    (void)state;
    script_worker(WORKER);
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"portals.allow\",\"params\":{\"origin\":\"https://new.example\"},"
        "\"context\":{\"ui\":true}}");
    assert_non_null(strstr(notes(1), "{\"method\":\"portals.allow\",\"outcome\":\"ORIGIN_NOT_ALLOWED\","
                                     "\"userActivation\":false,\"refused\":false}"));
}

static void
a_call_whose_login_worker_ends_is_noted(void **state)
{
    struct ukb_call call = { .broker = &served.broker };
    struct ukb_worker worker = { .broker = &served.broker, .kind = UKB_RUNS_IN_LISTING_WORKER };
    struct ukb_job job = { .call = &call, .method = &ukb_contract[UKB_PIN_CHANGE] };
    cJSON *params = cJSON_Parse("{\"token\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");

    (void)state;
    script_worker(WORKER);
    call.request.params = params;
    (void)snprintf(call.request.context.origin, sizeof(call.request.context.origin), "https://portal.example");
    ukb_note_cut_off(&worker, &job, UKB_E_MODULE_CRASHED);
    assert_null(served.broker.workers); /* a list changes nothing */
    worker.kind = UKB_RUNS_IN_LOGIN_WORKER;
    ukb_note_cut_off(&worker, &job, UKB_E_MODULE_CRASHED);
    assert_non_null(strstr(notes(1), "{\"origin\":\"https://portal.example\",\"method\":\"pin.change\","
                                     "\"token\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"outcome\":\"MODULE_CRASHED\""));
    cJSON_Delete(params);
}

static void
a_module_that_fails_is_noted_once_an_hour(void **state)
{
    size_t count = 0;
    struct ukb_worker worker = { .broker = &served.broker, .kind = UKB_RUNS_IN_LISTING_WORKER };
    struct ukb_job job = { .method = &ukb_contract[UKB_TOKENS_LIST] };

    (void)state;
    script_worker(WORKER);
    worker.module = ukb_policy_modules(served.broker.policy, &count);
    assert_true(count > 0);
    ukb_note_module_failed(&worker, &job, UKB_E_CANCELLED); /* no fault of the module's */
    assert_null(served.broker.workers);
    ukb_note_module_failed(&worker, &job, UKB_E_MODULE_HUNG);
    ukb_note_module_failed(&worker, &job, UKB_E_MODULE_HUNG);
    assert_non_null(strstr(notes(1), "{\"method\":\"tokens.list\",\"module\":\""));
    served.broker.note_failure_from_ms[0] = 0;
    ukb_note_module_failed(&worker, NULL, UKB_E_MODULE_CRASHED);
    assert_non_null(strstr(notes(2), "\"method\":\"tokens.watch\""));
    served.broker.note_failure_from_ms[0] = 0;
    worker.kind = UKB_RUNS_IN_LOGIN_WORKER; /* that is noted with its call */
    ukb_note_module_failed(&worker, &job, UKB_E_MODULE_HUNG);
    (void)notes(2);
}

static void
a_note_that_cannot_be_written_disturbs_nobody(void **state)
{
    (void)state;
    script_worker("take; exit 3");
    ask(REFUSED("https://evil.example"));
    while (!served.broker.told_note_failed) {
        (void)uv_run(&served.broker.loop, UV_RUN_ONCE);
    }
    ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.ping\"}");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refusal_is_noted_once_a_minute_for_each_origin_and_method, script_setup,
                                        script_teardown),
        cmocka_unit_test_setup_teardown(many_origins_together_have_a_bound, script_setup, script_teardown),
        cmocka_unit_test_setup_teardown(slips_and_good_calls_are_no_refusals, script_setup, script_teardown),
        cmocka_unit_test_setup_teardown(a_change_of_the_brokers_own_is_noted_with_its_outcome, script_setup,
                                        script_teardown),
        cmocka_unit_test_setup_teardown(a_call_whose_login_worker_ends_is_noted, script_setup, script_teardown),
        cmocka_unit_test_setup_teardown(a_module_that_fails_is_noted_once_an_hour, script_setup, script_teardown),
        cmocka_unit_test_setup_teardown(a_note_that_cannot_be_written_disturbs_nobody, script_setup, script_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
