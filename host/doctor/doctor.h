/* SPDX-License-Identifier: MIT */
/*
 * doctor - looks at everything that a UKey needs to work here, says what is wrong, and mends what this user may mend.
 *
 * Room: doctor.  May include core/, platform/, store/ and policy/.  The checks are a table (checks.c), what each
 * can come to another one (causes.c). What may hang or crash - modules, PC/SC, the PIN dialog's program - is asked in
 * processes of its own (probe.h), so nothing here does.
 */
#ifndef UKB_DOCTOR_DOCTOR_H
#define UKB_DOCTOR_DOCTOR_H

#include <stdbool.h>

#include "core/json.h"
#include "core/status.h"
#include "policy/policy.h"

enum ukb_doctor_lang { UKB_DOCTOR_EN, UKB_DOCTOR_ZH, UKB_DOCTOR_LANG_COUNT };

/** What is looked at. Everything is borrowed; paths are absolute. */
struct ukb_doctor_setting {
    struct ukb_policy *policy;
    const char *root;        /**< stands before every path of the system: "", but in tests */
    const char *home;        /**< the user's home folder */
    const char *program;     /**< the host that browsers start */
    const char *worker;      /**< the worker's program, to ask what may hang */
    const char *net_worker;  /**< the other one's, which is only looked for */
    const char *policy_file; /**< the administrator's, there or not */
    const char *config_file; /**< the user's, there or not */
    const char *state_dir;   /**< of the journal */
    const char *lock_dir;
    enum ukb_doctor_lang lang;
    bool at_terminal; /**< who reads it types commands, else has a button to repair */
    long long now_s;
};

/**
 * Look, all checks in the table's order.
 * @param ret_checks  an array of the contract's "check", owned by the caller.
 * @retval UKB_E_INTERNAL  no memory; the only error: what fails is a finding.
 *
 * Blocks up to UKB_PROBE_MS, and for some hundred milliseconds.
 */
UKB_MUST_USE enum ukb_status ukb_doctor_run(const struct ukb_doctor_setting *setting, cJSON **ret_checks,
                                            struct ukb_error *reterr);

/**
 * Mend what of the checks @p ids (an array of strings) can be mended with this user's rights, and look at them anew.
 * Each of @p ret_checks has `repaired`: it was not well, was mended, and is well now.
 * @retval UKB_E_PARAMS  a check that is not in the table; attribute "field".
 */
UKB_MUST_USE enum ukb_status ukb_doctor_repair(const struct ukb_doctor_setting *setting, const cJSON *ids,
                                               cJSON **ret_checks, struct ukb_error *reterr);

#endif /* UKB_DOCTOR_DOCTOR_H */
