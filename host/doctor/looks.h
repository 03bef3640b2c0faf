/* SPDX-License-Identifier: MIT */
/*
 * looks - what the checks of the table do. Each makes the rows of the check being looked at; a look that makes none
 * says that all is well. A repair is true when it did something; whether that helped a second look shows.
 *
 * Room: doctor, inside only.
 */
#ifndef UKB_DOCTOR_LOOKS_H
#define UKB_DOCTOR_LOOKS_H

#include "doctor/finding.h"
#include "platform/manifest.h"

struct ukb_journal; /* store/journal.h */

/* system.c */
void ukb_look_version(struct ukb_doctor *doctor);
void ukb_look_parts(struct ukb_doctor *doctor);
void ukb_look_disk(struct ukb_doctor *doctor);
void ukb_look_clock(struct ukb_doctor *doctor);

/* manifests.c: of the browser check->of */
#define UKB_EXTENSION_IDS_MAX (2U * UKB_MANIFEST_IDS_MAX)
/**
 * The ids of the extensions that may be ours in a browser: those that the user's manifest and the one for all users let
 * start this program, a company's own behind the one that is built in; without such manifests that one alone.
 * @param ret_ids  UKB_EXTENSION_IDS_MAX places. Returns how many were filled.
 */
size_t ukb_doctor_extension_ids(const struct ukb_doctor *doctor, const struct ukb_browser *browser,
                                char ret_ids[][UKB_MANIFEST_ID_MAX_LEN + 1U]);
void ukb_look_manifest(struct ukb_doctor *doctor);
bool ukb_repair_manifest(struct ukb_doctor *doctor, const struct ukb_finding *finding);

/* managed.c: of the browser check->of */
/** Do a browser's rules name the extension as one to be installed, or allowed? */
bool ukb_managed_wants(const struct ukb_doctor *doctor, const struct ukb_browser *browser, const char *id);
void ukb_look_managed(struct ukb_doctor *doctor);

/* sandbox.c */
void ukb_look_sandbox(struct ukb_doctor *doctor);

/* files.c */
void ukb_look_policy(struct ukb_doctor *doctor);
void ukb_look_config(struct ukb_doctor *doctor);
bool ukb_repair_config(struct ukb_doctor *doctor, const struct ukb_finding *finding);
void ukb_look_portals(struct ukb_doctor *doctor);

/* readers.c */
void ukb_look_pcsc(struct ukb_doctor *doctor);
void ukb_look_cards(struct ukb_doctor *doctor);

/* modules.c */
void ukb_look_modules(struct ukb_doctor *doctor);
void ukb_look_same_token(struct ukb_doctor *doctor);

/* history.c */
void ukb_look_history(struct ukb_doctor *doctor);
bool ukb_repair_history(struct ukb_doctor *doctor, const struct ukb_finding *finding);

/* others.c */
void ukb_look_programs(struct ukb_doctor *doctor);
void ukb_look_services(struct ukb_doctor *doctor);

/* session.c */
void ukb_look_dialog(struct ukb_doctor *doctor);
void ukb_look_display(struct ukb_doctor *doctor);

/* journal.c */
/** Open the journal that is there. @retval UKB_END there is none. *ret_reached: its file could be opened. */
UKB_MUST_USE enum ukb_status ukb_doctor_open_journal(const struct ukb_doctor *doctor, struct ukb_journal **ret_journal,
                                                     bool *ret_reached, struct ukb_error *reterr);
void ukb_look_journal(struct ukb_doctor *doctor);
bool ukb_repair_journal(struct ukb_doctor *doctor, const struct ukb_finding *finding);
void ukb_look_renewals(struct ukb_doctor *doctor);
void ukb_look_locks(struct ukb_doctor *doctor);
bool ukb_repair_locks(struct ukb_doctor *doctor, const struct ukb_finding *finding);

#endif /* UKB_DOCTOR_LOOKS_H */
