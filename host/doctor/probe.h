/* SPDX-License-Identifier: MIT */
/*
 * probe - what may hang or crash, asked in workers of our own, all at once and within one time.
 *
 * Room: doctor, inside only.  A module is asked as the broker asks it: by a listing worker, which never logs in. PC/SC
 * and the PIN dialog's program are asked by plain workers (worker.probe, worker/doctor.c). The plain worker that
 * serves doctor.run loads nothing and waits for nobody.
 */
#ifndef UKB_DOCTOR_PROBE_H
#define UKB_DOCTOR_PROBE_H

#include "core/limits.h"
#include "doctor/doctor.h"

/** How long all of them have together, in ms. */
#define UKB_PROBE_MS 3000U

/** What came of asking one. */
struct ukb_probe {
    enum ukb_status status; /**< UKB_OK; MODULE_CRASHED: it ended; MODULE_HUNG: no answer in time; else its answer's */
    char message[UKB_ERROR_MESSAGE_MAX_LEN + 1U];
    cJSON *result; /**< of the first question; owned; NULL unless UKB_OK */
};

struct ukb_module_probe {
    const struct ukb_policy_module *module; /**< of the policy */
    struct ukb_probe probe;                 /**< tokens.list */
    cJSON *certificates;                    /**< an array: the first page of each of its tokens; owned */
};

struct ukb_probes {
    struct ukb_module_probe modules[UKB_MODULES_MAX];
    size_t module_count;
    struct ukb_probe readers;
    struct ukb_probe dialog;
};

/** Ask all. NULL without memory. */
struct ukb_probes *ukb_probes_new(const struct ukb_doctor_setting *setting);

/** NULL is fine. */
void ukb_probes_free(struct ukb_probes *probes);

#endif /* UKB_DOCTOR_PROBE_H */
