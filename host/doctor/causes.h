/* SPDX-License-Identifier: MIT */
/*
 * causes - what a check can come to: how bad it is, what it means to the user, what to do next, in both languages.
 *
 * Room: doctor, inside only.
 */
#ifndef UKB_DOCTOR_CAUSES_H
#define UKB_DOCTOR_CAUSES_H

#include "doctor/doctor.h"

enum ukb_check_status { UKB_CHECK_OK, UKB_CHECK_WARNING, UKB_CHECK_FAILED, UKB_CHECK_SKIPPED };
enum ukb_check_repair { UKB_REPAIR_NONE, UKB_REPAIR_AUTOMATIC, UKB_REPAIR_MANUAL };

enum ukb_cause {
    UKB_CAUSE_GOOD,
    UKB_CAUSE_HOST_PART_MISSING,
    UKB_CAUSE_BROWSER_UNUSED,
    UKB_CAUSE_MANIFEST_MISSING,
    UKB_CAUSE_MANIFEST_SPOILT,
    UKB_CAUSE_MANIFEST_ELSEWHERE,
    UKB_CAUSE_MANIFEST_STRANGER,
    UKB_CAUSE_MANIFEST_SHADOWS,
    UKB_CAUSE_MANIFEST_UNREADABLE,
    UKB_CAUSE_NATIVE_BLOCKED,
    UKB_CAUSE_USER_LEVEL_OFF,
    UKB_CAUSE_USER_LEVEL_OWN,
    UKB_CAUSE_EXTENSION_BLOCKED,
    UKB_CAUSE_EXTENSION_MEANT,
    UKB_CAUSE_MANAGED_SPOILT,
    UKB_CAUSE_MANAGED_LARGE,
    UKB_CAUSE_MANAGED_ACCESS,
    UKB_CAUSE_SANDBOXED,
    UKB_CAUSE_POLICY_ACCESS,
    UKB_CAUSE_POLICY_CONTENT,
    UKB_CAUSE_CONFIG_ACCESS,
    UKB_CAUSE_CONFIG_FOREIGN,
    UKB_CAUSE_CONFIG_CONTENT,
    UKB_CAUSE_NO_PORTALS,
    UKB_CAUSE_PCSC_ABSENT,
    UKB_CAUSE_PCSC_STOPPED,
    UKB_CAUSE_PCSC_REFUSED,
    UKB_CAUSE_PCSC_HANGS,
    UKB_CAUSE_READER_NONE,
    UKB_CAUSE_CARD_UNSEEN,
    UKB_CAUSE_CARD_TAKEN,
    UKB_CAUSE_CARD_MUTE,
    UKB_CAUSE_MODULE_NONE,
    UKB_CAUSE_MODULE_MISSING,
    UKB_CAUSE_MODULE_CRASHED,
    UKB_CAUSE_MODULE_HUNG,
    UKB_CAUSE_MODULE_LEFT_OUT,
    UKB_CAUSE_MODULE_TROUBLED,
    UKB_CAUSE_MODULE_STILL_TROUBLED,
    UKB_CAUSE_SAME_TOKEN,
    UKB_CAUSE_OTHER_PROGRAM,
    UKB_CAUSE_OTHER_SERVICE,
    UKB_CAUSE_DIALOG_NONE,
    UKB_CAUSE_DIALOG_CONFIGURED,
    UKB_CAUSE_DIALOG_HANGS,
    UKB_CAUSE_DISPLAY_NONE,
    UKB_CAUSE_DISPLAY_UNREACHABLE,
    UKB_CAUSE_JOURNAL_NONE,
    UKB_CAUSE_JOURNAL_ACCESS,
    UKB_CAUSE_JOURNAL_FOREIGN,
    UKB_CAUSE_JOURNAL_DAMAGED,
    UKB_CAUSE_JOURNAL_NEWER,
    UKB_CAUSE_JOURNAL_UNAVAILABLE,
    UKB_CAUSE_RENEWAL_INTERRUPTED,
    UKB_CAUSE_RENEWAL_ATTENTION,
    UKB_CAUSE_LOCKS_ACCESS,
    UKB_CAUSE_LOCKS_FOREIGN,
    UKB_CAUSE_DISK_LOW,
    UKB_CAUSE_CLOCK_BEHIND,
    UKB_CAUSE_NOT_ASKED,
    UKB_CAUSE_COUNT
};

/** Texts are NULL where there is nothing to say; what stands in braces in them is struct ukb_cause_values. */
struct ukb_cause_row {
    enum ukb_check_status status;
    enum ukb_check_repair repair;
    const char *meaning[UKB_DOCTOR_LANG_COUNT];
    const char *instruction[UKB_DOCTOR_LANG_COUNT];
};

extern const struct ukb_cause_row ukb_causes[UKB_CAUSE_COUNT];

/** What takes the place of {1}, {2} and {repair} in a text; NULL leaves the braces as they are. */
struct ukb_cause_values {
    const char *first;
    const char *second;
    const char *repair;
};

/** How the doctor is asked to repair, for {repair}: the button of its window, or at a terminal the command. */
const char *ukb_cause_repair(enum ukb_doctor_lang lang, bool at_terminal);

/** Append @p text with its placeholders replaced. */
UKB_MUST_USE enum ukb_status ukb_cause_fill(const char *text, const struct ukb_cause_values *values,
                                            struct ukb_buf *buf, struct ukb_error *reterr);

#endif /* UKB_DOCTOR_CAUSES_H */
