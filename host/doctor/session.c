/* SPDX-License-Identifier: MIT */
/* Can a PIN window be shown in this session? */
#include "doctor/known.h"
#include "doctor/looks.h"
#include "platform/display.h"

void
ukb_look_dialog(struct ukb_doctor *doctor)
{
    const struct ukb_probe *probe = &ukb_doctor_probes(doctor)->dialog;
    const char *configured = ukb_policy_pinentry(doctor->setting->policy);
    struct ukb_finding *row = NULL;

    if (probe->status == UKB_OK) {
        return;
    }
    if (probe->status == UKB_E_MODULE_HUNG) {
        row = ukb_found(doctor, UKB_CAUSE_DIALOG_HANGS, NULL);
    } else if (configured != NULL) {
        row = ukb_found(doctor, UKB_CAUSE_DIALOG_CONFIGURED, NULL);
    } else {
        row = ukb_found(doctor, UKB_CAUSE_DIALOG_NONE, NULL);
        ukb_known_install(doctor, row, UKB_PACKAGE_PINENTRY);
    }
    ukb_found_evidence(row, "%s%s%s", configured == NULL ? "" : configured, configured == NULL ? "" : ": ",
                       probe->message);
    ukb_found_values(row, doctor->setting->config_file, NULL);
}

void
ukb_look_display(struct ukb_doctor *doctor)
{
    static const enum ukb_cause causes[] = { [UKB_DISPLAY_NONE] = UKB_CAUSE_DISPLAY_NONE,
                                             [UKB_DISPLAY_UNREACHABLE] = UKB_CAUSE_DISPLAY_UNREACHABLE,
                                             [UKB_DISPLAY_REACHABLE] = UKB_CAUSE_GOOD };
    char name[UKB_VALUE_TEXT_MAX_LEN];
    struct ukb_finding *row = ukb_found(doctor, causes[ukb_display_look(name, sizeof(name))], NULL);

    ukb_found_evidence(row, "%s", name[0] == '\0' ? "neither DISPLAY nor WAYLAND_DISPLAY is set" : name);
    ukb_found_values(row, name, NULL);
}
