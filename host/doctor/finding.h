/* SPDX-License-Identifier: MIT */
/*
 * finding - one row of what the doctor says, and how checks make it.
 *
 * Room: doctor, inside only.  Texts from outside (paths, names, other programs' words) are made harmless here: valid
 * UTF-8 without control characters, bounded.
 */
#ifndef UKB_DOCTOR_FINDING_H
#define UKB_DOCTOR_FINDING_H

#include <stdbool.h>

#include "core/limits.h"
#include "doctor/causes.h"
#include "doctor/probe.h"

#define UKB_SUBJECT_TEXT_MAX_LEN 128U
#define UKB_VALUE_TEXT_MAX_LEN   1000U /* with its sentence below UKB_TEXT_MAX_LEN where it is a name, cut where not */

struct ukb_doctor;

/** A row of findings; zero-initialise. */
struct ukb_finding {
    const struct ukb_check *check;
    enum ukb_cause cause;
    bool repaired;
    char subject[UKB_SUBJECT_TEXT_MAX_LEN + 1U];
    char evidence[UKB_EVIDENCE_MAX_LEN + 1U];
    char values[2][UKB_VALUE_TEXT_MAX_LEN + 1U];
    char *command; /* owned; NULL: none */
};

struct ukb_findings {
    struct ukb_finding items[UKB_FINDINGS_MAX];
    size_t count;
    struct ukb_finding spare; /* what is beyond the limit */
};

/** A row of the table of checks. */
struct ukb_check {
    const char *id;
    const char *group;
    const char *of; /* what a row that has its like is about: the browser */
    const char *title[UKB_DOCTOR_LANG_COUNT];
    void (*look)(struct ukb_doctor *doctor);
    bool (*repair)(struct ukb_doctor *doctor, const struct ukb_finding *finding); /* NULL: nothing to be mended */
};

/** One look, or one repair. */
struct ukb_doctor {
    const struct ukb_doctor_setting *setting;
    const struct ukb_check *check; /* being looked at */
    struct ukb_findings *findings;
    struct ukb_probes *probes; /* NULL until something needs them */
};

/** checks.c: the table, in the order in which it is told. */
extern const struct ukb_check ukb_checks[];
extern const size_t ukb_check_count;

/** A row about @p subject (NULL: the check has one row only). Never NULL. */
struct ukb_finding *ukb_found(struct ukb_doctor *doctor, enum ukb_cause cause, const char *subject);

/** The technical fact, like printf; cut at its limit. */
void ukb_found_evidence(struct ukb_finding *finding, const char *format, ...) UKB_PRINTF(2, 3);

/** {1} and {2} of the cause's texts. NULL leaves one as it is. */
void ukb_found_values(struct ukb_finding *finding, const char *first, const char *second);

/** The command that mends it: @p text with {1} and {2} as a shell takes them for one word. */
void ukb_found_command(struct ukb_finding *finding, const char *text, const char *first, const char *second);

/** The probes, made at the first call. Never NULL; without memory they are empty. */
struct ukb_probes *ukb_doctor_probes(struct ukb_doctor *doctor);

/** A path of the system, below the setting's root; static, until the next call. */
const char *ukb_doctor_path(const struct ukb_doctor *doctor, const char *path);

/** Free what the findings own and empty them. */
void ukb_findings_done(struct ukb_findings *findings);

#endif /* UKB_DOCTOR_FINDING_H */
