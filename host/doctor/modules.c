/* SPDX-License-Identifier: MIT */
/* Can each module be loaded, does it answer, and does one UKey come twice? */
#include <stdio.h>
#include <string.h>

#include "doctor/known.h"
#include "doctor/looks.h"

/* Where a module is taken from: the file to be named in an instruction. */
static const char *
file_of(const struct ukb_doctor *doctor)
{
    return ukb_policy_is_managed(doctor->setting->policy) ? doctor->setting->policy_file : doctor->setting->config_file;
}

static void
look_at(struct ukb_doctor *doctor, const struct ukb_module_probe *module)
{
    const struct ukb_probe *probe = &module->probe;
    const cJSON *tokens = ukb_json_get(probe->result, "tokens");
    enum ukb_cause cause = UKB_CAUSE_MODULE_MISSING;
    struct ukb_finding *row = NULL;

    if (probe->status == UKB_OK) {
        row = ukb_found(doctor, UKB_CAUSE_GOOD, module->module->name);
        ukb_found_evidence(row, "%s; UKeys: %d", module->module->path, cJSON_GetArraySize(tokens));
        return;
    }
    if (probe->status == UKB_E_MODULE_HUNG) {
        cause = UKB_CAUSE_MODULE_HUNG;
    } else if (probe->status == UKB_E_MODULE_CRASHED) {
        cause = UKB_CAUSE_MODULE_CRASHED;
    }
    row = ukb_found(doctor, cause, module->module->name);
    ukb_found_evidence(row, "%s: %s", module->module->path, probe->message);
    ukb_found_values(row, module->module->name, file_of(doctor));
}

void
ukb_look_modules(struct ukb_doctor *doctor)
{
    const struct ukb_probes *probes = ukb_doctor_probes(doctor);
    const size_t left_out = ukb_policy_modules_left_out(doctor->setting->policy);
    struct ukb_finding *row = NULL;
    char count[24];
    size_t i;

    for (i = 0; i < probes->module_count; i++) {
        look_at(doctor, &probes->modules[i]);
    }
    if (probes->module_count == 0 && ukb_policy_fault(doctor->setting->policy) != NULL) {
        row = ukb_found(doctor, UKB_CAUSE_NOT_ASKED, NULL);
        ukb_found_evidence(row, "the policy or the configuration is not in force");
    } else if (probes->module_count == 0) {
        row = ukb_found(doctor, UKB_CAUSE_MODULE_NONE, NULL);
        ukb_known_install(doctor, row, UKB_PACKAGE_OPENSC);
    }
    if (left_out > 0) {
        (void)snprintf(count, sizeof(count), "%zu", left_out);
        row = ukb_found(doctor, UKB_CAUSE_MODULE_LEFT_OUT, NULL);
        ukb_found_evidence(row, "at most %u modules are used", UKB_MODULES_MAX);
        ukb_found_values(row, count, doctor->setting->policy_file);
    }
}

static bool
is_same(const cJSON *one, const cJSON *other, const char *member)
{
    const char *a = ukb_json_string(one, member);
    const char *b = ukb_json_string(other, member);

    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* One UKey, as the broker tells it (host/docs/protocol.md, Objects). */
static bool
is_one(const cJSON *one, const cJSON *other)
{
    return is_same(one, other, "id") || (is_same(one, other, "serial") && is_same(one, other, "reader"));
}

static void
compare(struct ukb_doctor *doctor, const struct ukb_module_probe *first, const struct ukb_module_probe *second)
{
    const cJSON *one = NULL;
    const cJSON *other = NULL;

    cJSON_ArrayForEach(one, ukb_json_get(first->probe.result, "tokens"))
    {
        cJSON_ArrayForEach(other, ukb_json_get(second->probe.result, "tokens"))
        {
            const char *label = ukb_json_string(one, "label");

            if (is_one(one, other)) {
                struct ukb_finding *row = ukb_found(doctor, UKB_CAUSE_SAME_TOKEN, label == NULL ? "UKey" : label);

                ukb_found_evidence(row, "%s; %s", first->module->path, second->module->path);
                ukb_found_values(row, first->module->name, second->module->name);
            }
        }
    }
}

void
ukb_look_same_token(struct ukb_doctor *doctor)
{
    const struct ukb_probes *probes = ukb_doctor_probes(doctor);
    size_t i;
    size_t j;

    for (i = 0; i < probes->module_count; i++) {
        for (j = i + 1U; j < probes->module_count; j++) {
            compare(doctor, &probes->modules[i], &probes->modules[j]);
        }
    }
}
