/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/probe.c with workers that are a script; with real ones: doctor.test.mjs. */
#include "patient.h"

/* $1 is the worker's kind, $2 its module; take: wait for a request, $request; say TEXT: one frame. */
#define HEAD                                                                                                           \
    "#!/bin/bash\nLC_ALL=C\n"                                                                                          \
    "say() { n=${#1}; printf \"\\\\x$(printf %02x $((n % 256)))\\\\x$(printf %02x $((n / 256)))\\\\0\\\\0%s\" "        \
    "\"$1\"; }\n"                                                                                                      \
    "take() { n=$(head -c 4 | od -An -tu4); [ -n \"$n\" ] || exit 0; request=$(head -c $n); }\n"
#define MODULES                                                                                                        \
    "{\"modules\":[{\"name\":\"a\",\"path\":\"/a.so\"},{\"name\":\"b\",\"path\":\"/b.so\"},"                           \
    "{\"name\":\"c\",\"path\":\"/c.so\"}]}"
#define LISTED "{\"id\":1,\"result\":{\"tokens\":[{\"id\":\"t1\"},{\"id\":\"t2\"}]}}"
#define READ   "{\"id\":1,\"result\":{\"certificates\":[{\"state\":\"valid\"}]}}"

static void
worker(const char *script)
{
    char text[4096];

    (void)snprintf(text, sizeof(text), "%s%s", HEAD, script);
    (void)patient_file("host/ukeybridge-worker", text);
    assert_int_equal(chmod(patient.setting.worker, 0755), 0);
    patient_policy(NULL, MODULES);
}

static void
each_is_asked_what_it_is_to_be_asked(void **state)
{
    struct ukb_probes *probes = NULL;

    (void)state;
    worker("case $1$2 in\n"
           "plain) take; case $request in *readers*) say '{\"id\":1,\"result\":{\"service\":\"answers\"}}';;\n"
           "*) say '{\"id\":1,\"error\":{\"code\":-32010,\"message\":\"none\",\"data\":{\"reason\":"
           "\"PIN_UI_UNAVAILABLE\"}}}';; esac;;\n"
           "*) while take; do case $request in *certificates.list*) say '" READ "';;\n"
           "*) say '{\"method\":\"token.pending\",\"params\":{}}'; say '" LISTED "';; esac; done;;\nesac");
    probes = ukb_probes_new(&patient.setting);
    assert_int_equal(probes->module_count, 3);
    assert_string_equal(probes->modules[1].module->name, "b");
    assert_int_equal(probes->modules[1].probe.status, UKB_OK);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(probes->modules[1].probe.result, "tokens")), 2);
    assert_int_equal(cJSON_GetArraySize(probes->modules[1].certificates), 2); /* one of each token */
    assert_string_equal(ukb_json_string(probes->readers.result, "service"), "answers");
    assert_int_equal(probes->dialog.status, UKB_E_PIN_UI_UNAVAILABLE);
    assert_string_equal(probes->dialog.message, "none");
    ukb_probes_free(probes);
}

static void
one_that_hangs_crashes_or_talks_nonsense_takes_no_other_along(void **state)
{
    const long long began_ms = now_ms();
    struct ukb_probes *probes = NULL;

    (void)state;
    worker("case $1$2 in\nlistinga) exec sleep 1000;;\nlistingb) take; kill -SEGV $$;;\n"
           "listingc) take; say '{nonsense';;\n*) take; say '{\"id\":1,\"result\":{}}';;\nesac");
    probes = ukb_probes_new(&patient.setting);
    assert_int_equal(probes->modules[0].probe.status, UKB_E_MODULE_HUNG);
    assert_int_equal(probes->modules[1].probe.status, UKB_E_MODULE_CRASHED);
    assert_int_equal(probes->modules[2].probe.status, UKB_E_MODULE_CRASHED);
    assert_int_equal(probes->readers.status, UKB_OK);
    assert_true(now_ms() - began_ms < 2 * UKB_PROBE_MS); /* nothing was waited for behind the other */
    ukb_probes_free(probes);
}

static void
a_module_that_hangs_at_its_certificates_hangs(void **state)
{
    struct ukb_probes *probes = NULL;

    (void)state;
    worker("take; say '" LISTED "'; exec sleep 1000");
    probes = ukb_probes_new(&patient.setting);
    assert_int_equal(probes->modules[0].probe.status, UKB_E_MODULE_HUNG);
    assert_null(probes->modules[0].probe.result);
    ukb_probes_free(probes);
}

static void
without_a_worker_all_have_crashed(void **state)
{
    struct ukb_probes *probes = NULL;

    (void)state;
    probes = ukb_probes_new(&patient.setting);
    assert_int_equal(probes->module_count, 0);
    assert_int_equal(probes->readers.status, UKB_E_MODULE_CRASHED);
    ukb_probes_free(probes);
    ukb_probes_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(each_is_asked_what_it_is_to_be_asked),
        PATIENT_TEST(one_that_hangs_crashes_or_talks_nonsense_takes_no_other_along),
        PATIENT_TEST(a_module_that_hangs_at_its_certificates_hangs),
        PATIENT_TEST(without_a_worker_all_have_crashed),
    };

    return cmocka_run_group_tests_name("doctor/probe", tests, NULL, NULL);
}
