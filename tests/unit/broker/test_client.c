/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/client.c: the broker in this process, asked by ourselves; its workers are a script. */
#include "typed.h"

#include <sys/resource.h>

#include "broker/client.h"
#include "core/limits.h"

#define RENEWALS "while take; do say '{\"id\":1,\"result\":{\"renewals\":[]}}'; done"

/* One string parameter that makes the request too long. */
static cJSON *
large_params(void)
{
    static char text[UKB_REQUEST_MAX_LEN];
    cJSON *params = cJSON_CreateObject();

    memset(text, 'x', sizeof(text) - 1U);
    (void)cJSON_AddStringToObject(params, "cursor", text);
    return params;
}

/* In the child: call each METHOD with its PARAMS ("" for none) on one client, and print a line for each reply. */
static int
call_all(int argc, char **argv)
{
    struct ukb_client *client = NULL;
    struct ukb_error error = { 0 };
    int i;

    if (ukb_client_new(&client, &error) != UKB_OK) {
        printf("no client: %s\n", error.message);
        return 1;
    }
    for (i = 0; i + 1 < argc; i += 2) {
        cJSON *params = strcmp(argv[i + 1], "large") == 0 ? large_params() : cJSON_Parse(argv[i + 1]);
        cJSON *result = NULL;
        char *text = NULL;

        memset(&error, 0, sizeof(error));
        if (ukb_client_call(client, argv[i], params, &result, &error) == UKB_OK) {
            text = cJSON_PrintUnformatted(result);
            printf("result %s\n", text);
        } else {
            const char *reason = ukb_status_reason(error.status);

            printf("error %d %s", ukb_status_code(error.status), reason == NULL ? "-" : reason);
            printf(" %s\n", error.attr_count == 0 ? "" : error.attrs[0].string);
        }
        cJSON_free(text);
        cJSON_Delete(result);
        cJSON_Delete(params);
    }
    ukb_client_free(client);
    return 0;
}
#define CALLS(...) TYPED(call_all, __VA_ARGS__)

static void
calls_are_answered_one_after_the_other(void **state)
{
    (void)state;
    typed_worker(RENEWALS);
    assert_int_equal(CALLS("host.ping", "", "renewal.list", "", "renewal.list", "{}", "host.ping", "{}"), 0);
    assert_string_equal(typed.out, "result {}\nresult {\"renewals\":[]}\nresult {\"renewals\":[]}\nresult {}\n");
    assert_string_equal(typed.err, "");
}

static void
an_error_comes_with_its_reason_and_attributes(void **state)
{
    char wanted[256];

    (void)state;
    typed_worker("take; say '{\"id\":1,\"error\":{\"code\":-32000,\"message\":\"m\",\"data\":"
                 "{\"reason\":\"WRONG_STATE\",\"state\":\"installed\"}}}'; take");
    assert_int_equal(CALLS("renewal.get", "{\"renewal\":\"x\"}", "no.such", "", "host.hello", "{}", "host.ping", ""),
                     0);
    (void)snprintf(wanted, sizeof(wanted), "error %d WRONG_STATE installed\n", ukb_status_code(UKB_E_WRONG_STATE));
    typed_has(typed.out, wanted);
    (void)snprintf(wanted, sizeof(wanted), "error %d", ukb_status_code(UKB_E_METHOD_UNKNOWN));
    typed_has(typed.out, wanted);
    (void)snprintf(wanted, sizeof(wanted), "error %d - client\nresult {}\n", ukb_status_code(UKB_E_PARAMS));
    typed_has(typed.out, wanted);
}

static void
a_call_is_one_of_the_extensions_own_window_in_the_users_language(void **state)
{
    static const struct {
        const char *locale;
        const char *lang;
    } rows[] = { { "zh_CN.UTF-8", "zh-CN" }, { "en_US.UTF-8", "en" }, { "C", "en" } };
    char wanted[96];
    size_t i;

    (void)state;
    typed_worker(RENEWALS);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        typed_language(rows[i].locale);
        (void)unlink(scratch_path(typed.scratch, "requests"));
        assert_int_equal(CALLS("renewal.list", ""), 0);
        (void)snprintf(wanted, sizeof(wanted), "\"context\":{\"ui\":true,\"lang\":\"%s\"}", rows[i].lang);
        typed_has(typed_requests(), wanted);
    }
}

static void
a_request_that_is_too_long_is_not_sent(void **state)
{
    char wanted[96];

    (void)state;
    assert_int_equal(CALLS("host.ping", "large", "host.ping", ""), 0);
    (void)snprintf(wanted, sizeof(wanted), "error %d", ukb_status_code(UKB_E_TOO_LARGE));
    typed_has(typed.out, wanted);
    typed_has(typed.out, "\nresult {}\n");
}

static void
steps_are_told_beside_the_reply(void **state)
{
    (void)state;
    typed_worker("take; say '{\"method\":\"progress\",\"params\":{\"step\":\"check\"}}'\n"
                 "say '{\"method\":\"progress\",\"params\":{}}'; say '{\"id\":1,\"result\":{\"renewals\":[]}}'; take");
    assert_int_equal(CALLS("renewal.list", ""), 0);
    assert_string_equal(typed.out, "result {\"renewals\":[]}\n");
    assert_string_equal(typed.err, "… check\n… \n");
}

static void
a_worker_that_crashes_is_an_error_and_the_next_call_goes_on(void **state)
{
    char wanted[96];

    (void)state;
    typed_worker("take; kill -SEGV $$");
    assert_int_equal(CALLS("renewal.list", "", "host.ping", ""), 0);
    (void)snprintf(wanted, sizeof(wanted), "error %d", ukb_status_code(UKB_E_INTERNAL));
    typed_has(typed.out, wanted);
    typed_has(typed.out, "\nresult {}\n");
}

static void
its_workers_end_with_it(void **state)
{
    int i;

    (void)state;
    typed_worker("trap 'echo > ended' EXIT\n" RENEWALS);
    assert_int_equal(CALLS("renewal.list", ""), 0);
    for (i = 0; i < 500 && access(scratch_path(typed.scratch, "ended"), F_OK) != 0; i++) {
        pause_ms(10);
    }
    assert_int_equal(access(scratch_path(typed.scratch, "ended"), F_OK), 0);
}

/* In the child, with room for @p spare descriptors more. */
static int
call_with_few_descriptors(int argc, char **argv)
{
    struct rlimit few = { 0, 0 };

    (void)argc;
    assert_int_equal(close(dup(2)), 0);
    few.rlim_cur = few.rlim_max = (rlim_t)dup(2) + (rlim_t)(argv[0][0] - '0');
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    return call_all(0, NULL);
}

static void
without_descriptors_there_is_no_client(void **state)
{
    static const char *const spare[] = { "1", "2", "3", "4", "5" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(spare) / sizeof(spare[0]); i++) {
        assert_int_equal(TYPED(call_with_few_descriptors, spare[i]), 1);
        typed_has(typed.out, "no client: ");
    }
}

static void
no_client_is_let_go_of_too(void **state)
{
    (void)state;
    ukb_client_free(NULL);
}

static void
a_worker_that_ends_before_it_is_asked_ends_nobody_else(void **state)
{
    int i;

    (void)state;
    typed_worker("exec 0<&-; sleep 0.02; exit 1");
    for (i = 0; i < 10; i++) { /* whichever is faster */
        assert_int_equal(CALLS("renewal.list", "", "portals.allow", "{\"origin\":\"junk\"}", "host.ping", ""), 0);
        typed_has(typed.out, "result {}");
    }
}

/* Use memory, and take some time, as a command does after its call, while the workers end. */
static int
call_and_tarry(int argc, char **argv)
{
    int code = call_all(argc, argv);
    char *used = NULL;
    int i;

    for (i = 0; i < 40; i++) {
        used = malloc(1024); /* the process ends soon */
        assert_non_null(used);
        memset(used, 0x7F, 1024);
        pause_ms(2);
        (void)raise(SIGCHLD); /* whether or not a worker ended just now */
    }
    return code;
}

static void
workers_that_end_after_it_was_let_go_do_no_harm(void **state)
{
    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{}}'; done; sleep 0.03");
    assert_int_equal(TYPED(call_and_tarry, "renewal.list", ""), 0);
    typed_has(typed.out, "result {}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, typed_setup, typed_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_worker_that_ends_before_it_is_asked_ends_nobody_else),
        TEST(calls_are_answered_one_after_the_other),
        TEST(an_error_comes_with_its_reason_and_attributes),
        TEST(a_call_is_one_of_the_extensions_own_window_in_the_users_language),
        TEST(a_request_that_is_too_long_is_not_sent),
        TEST(steps_are_told_beside_the_reply),
        TEST(a_worker_that_crashes_is_an_error_and_the_next_call_goes_on),
        TEST(its_workers_end_with_it),
        TEST(without_descriptors_there_is_no_client),
        TEST(no_client_is_let_go_of_too),
        TEST(workers_that_end_after_it_was_let_go_do_no_harm),
    };

    return cmocka_run_group_tests_name("broker/client", tests, NULL, NULL);
}
