/* SPDX-License-Identifier: MIT */
/* script - a served broker whose worker is a shell script. All functions fail the test on any error. */
#ifndef UKB_TESTS_BROKER_SCRIPT_H
#define UKB_TESTS_BROKER_SCRIPT_H

#include "../platform/scratch.h"

#include "served.h"

/* $1 the worker's kind, $2 its module. say TEXT: one frame; take: wait for a request; await FILE: for the test to make
 * it. Each start adds a line to "starts". */
#define SCRIPT_HEAD                                                                                                    \
    "#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 1\necho >> starts\n"                                                  \
    "say() { printf \"\\\\$(printf %03o ${#1})\\\\0\\\\0\\\\0%s\" \"$1\"; }\n"                                         \
    "take() { head -c 5 > /dev/null; }\n"                                                                              \
    "await() { until [ -e \"$1\" ]; do sleep 0.01; done; }\n"

static void *scratch;

static inline int
script_setup(void **state)
{
    assert_int_equal(scratch_setup(&scratch), 0);
    return served_setup(state);
}

static inline int
script_teardown(void **state)
{
    const int result = served_teardown(state);

    assert_int_equal(scratch_teardown(&scratch), 0);
    return result;
}

/* Have workers that run @p script behind the head. */
static inline void
script_worker(const char *script)
{
    char text[2048];

    (void)snprintf(text, sizeof(text), "%s%s\n", SCRIPT_HEAD, script);
    served.broker.worker_path = strdup(scratch_file(scratch, "worker", text));
    assert_int_equal(chmod(served.broker.worker_path, 0700), 0);
}

static inline long
script_starts(void)
{
    struct stat facts;

    assert_int_equal(stat(scratch_path(scratch, "starts"), &facts), 0);
    return (long)facts.st_size;
}

/* @p reply is an error of that reason; NULL: an internal one, which is what a worker without a module comes to, with
 * its incident. Frees it. */
static inline void
script_expect_reason(cJSON *reply, const char *reason)
{
    const cJSON *data = ukb_json_get(ukb_json_get(reply, "error"), "data");

    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(reply, "id")), 7);
    assert_non_null(data);
    if (reason == NULL) {
        assert_int_equal(cJSON_GetNumberValue(ukb_json_get(ukb_json_get(reply, "error"), "code")), -32603);
        assert_non_null(ukb_json_string(data, "incident"));
    } else {
        assert_string_equal(ukb_json_string(data, "reason"), reason);
    }
    cJSON_Delete(reply);
}

#endif /* UKB_TESTS_BROKER_SCRIPT_H */
