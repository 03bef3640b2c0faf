/* SPDX-License-Identifier: MIT */
/*
 * patient - a small computer in a throw-away folder for one check: its root, a home, paths, and what was asked of
 * workers.
 *
 * All functions fail the test on any error.
 */
#ifndef UKB_TESTS_DOCTOR_PATIENT_H
#define UKB_TESTS_DOCTOR_PATIENT_H

#include "../platform/scratch.h"

#include <signal.h>

#include "doctor/finding.h"

struct patient {
    struct scratch *scratch;
    struct ukb_doctor_setting setting;
    struct ukb_findings findings;
    struct ukb_probes probes;
    struct ukb_doctor doctor;
    char paths[9][96];
};

static struct patient patient;

/* A path in the folder that stays: place @p i. */
static inline const char *
patient_path(size_t i, const char *name)
{
    (void)snprintf(patient.paths[i], sizeof(patient.paths[i]), "%s/%s", patient.scratch->dir, name);
    return patient.paths[i];
}

static inline void
patient_policy(const char *policy_text, const char *config_text)
{
    struct ukb_error error = { 0 };

    ukb_policy_free(patient.setting.policy);
    patient.setting.policy = NULL;
    assert_int_equal(ukb_policy_parse(policy_text, config_text, &patient.setting.policy, &error), UKB_OK);
}

/* Make a folder with those above it. */
static inline void
patient_folder(const char *name)
{
    char path[512];
    char *at = NULL;

    assert_true(strlen(name) < 128);
    (void)snprintf(path, sizeof(path), "%s/%s/", patient.scratch->dir, name);
    for (at = path + strlen(patient.scratch->dir) + 1U; *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            (void)mkdir(path, 0755);
            *at = '/';
        }
    }
}

/* Make a file, and the folder it is in. */
static inline const char *
patient_file(const char *name, const char *content)
{
    char folder[128];
    const char *end = strrchr(name, '/');

    if (end != NULL) {
        (void)snprintf(folder, sizeof(folder), "%.*s", (int)(end - name), name);
        patient_folder(folder);
    }
    return scratch_file(patient.scratch, name, content);
}

static inline int
patient_setup(void **state)
{
    memset(&patient, 0, sizeof(patient));
    assert_int_equal(scratch_setup(state), 0);
    patient.scratch = *state;
    (void)signal(SIGPIPE, SIG_IGN); /* as every worker has it */
    patient_folder("home");
    patient_folder("root");
    patient_policy(NULL, NULL);
    patient.setting.root = patient_path(0, "root");
    patient.setting.home = patient_path(1, "home");
    patient.setting.program = patient_path(2, "host/ukeybridge");
    patient.setting.worker = patient_path(3, "host/ukeybridge-worker");
    patient.setting.net_worker = patient_path(4, "host/ukeybridge-worker-net");
    patient.setting.policy_file = patient_path(5, "etc/policy.json");
    patient.setting.config_file = patient_path(6, "home/ukb/config.json");
    patient.setting.state_dir = patient_path(7, "home/state");
    patient.setting.lock_dir = patient_path(8, "home/locks");
    patient.setting.now_s = 1795000000;
    patient.doctor =
        (struct ukb_doctor){ .setting = &patient.setting, .findings = &patient.findings, .probes = &patient.probes };
    return 0;
}

static inline int
patient_teardown(void **state)
{
    size_t i;

    for (i = 0; i < patient.probes.module_count; i++) {
        cJSON_Delete(patient.probes.modules[i].probe.result);
        cJSON_Delete(patient.probes.modules[i].certificates);
    }
    cJSON_Delete(patient.probes.readers.result);
    cJSON_Delete(patient.probes.dialog.result);
    ukb_findings_done(&patient.findings);
    ukb_policy_free(patient.setting.policy);
    return scratch_teardown(state);
}

static inline const struct ukb_check *
patient_check(const char *id)
{
    size_t i;

    for (i = 0; i < ukb_check_count; i++) {
        if (strcmp(ukb_checks[i].id, id) == 0) {
            return &ukb_checks[i];
        }
    }
    fail_msg("no check %s", id);
    return NULL;
}

/* Look anew at one check. */
static inline void
patient_look(const char *id)
{
    ukb_findings_done(&patient.findings);
    patient.doctor.check = patient_check(id);
    patient.doctor.check->look(&patient.doctor);
}

/* Row @p i of the last look has that cause; returns it. */
static inline const struct ukb_finding *
patient_row(size_t i, enum ukb_cause cause)
{
    assert_true(patient.findings.count > i);
    assert_int_equal(patient.findings.items[i].cause, cause);
    return &patient.findings.items[i];
}

/* Look anew: exactly one row, of that cause. */
static inline const struct ukb_finding *
patient_has(const char *id, enum ukb_cause cause)
{
    patient_look(id);
    assert_int_equal(patient.findings.count, 1);
    return patient_row(0, cause);
}

/* Look anew: nothing to be said. */
static inline void
patient_is_well(const char *id)
{
    size_t i;

    patient_look(id);
    for (i = 0; i < patient.findings.count; i++) {
        assert_int_equal(ukb_causes[patient.findings.items[i].cause].status, UKB_CHECK_OK);
    }
}

/* The check's repair of the last look's first row. */
static inline bool
patient_repair(void)
{
    const struct ukb_finding *finding = &patient.findings.items[0];

    assert_int_equal(ukb_causes[finding->cause].repair, UKB_REPAIR_AUTOMATIC);
    return finding->check->repair(&patient.doctor, finding);
}

/* Run a command of the doctor's as the administrator that this test is in its own folder. */
static inline void
patient_run(const char *command)
{
    char script[8192];
    pid_t child;
    int status = 0;

    assert_non_null(command);
    (void)snprintf(script, sizeof(script), "sudo() { \"$@\"; }; %s >/dev/null", command);
    child = fork();
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", script, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* A module of the policy that was asked, and what came of it; @p tokens a JSON array or NULL. */
static inline void
patient_module(const struct ukb_policy_module *module, enum ukb_status status, const char *message, const char *tokens)
{
    struct ukb_module_probe *probe = &patient.probes.modules[patient.probes.module_count++];

    probe->module = module;
    probe->probe.status = status;
    (void)snprintf(probe->probe.message, sizeof(probe->probe.message), "%s", message);
    probe->certificates = cJSON_CreateArray();
    if (tokens != NULL) {
        probe->probe.result = cJSON_CreateObject();
        (void)cJSON_AddItemToObject(probe->probe.result, "tokens", cJSON_Parse(tokens));
    }
}

#define PATIENT_TEST(function) cmocka_unit_test_setup_teardown(function, patient_setup, patient_teardown)

#endif /* UKB_TESTS_DOCTOR_PATIENT_H */
