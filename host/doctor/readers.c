/* SPDX-License-Identifier: MIT */
/* PC/SC and its cards, as a worker of their own saw them; and which card no module knows. */
#include <stdio.h>
#include <string.h>

#include "doctor/known.h"
#include "doctor/looks.h"
#include "doctor/programs.h"
#include "platform/file.h"

#define PROGRAMS_TEXT_LEN 256U
#define PCSC_LIBRARY      "/libpcsclite.so" /* in the path of what a program has loaded */

/* How the daemon is started here: by systemd where that runs, else as a service of its own. */
static void
command_for_daemon(const struct ukb_doctor *doctor, struct ukb_finding *row, const char *by_systemd,
                   const char *by_service)
{
    const bool is_there = ukb_file_exists(ukb_doctor_path(doctor, "/usr/sbin/pcscd"));
    const bool systemd = ukb_file_exists(ukb_doctor_path(doctor, "/run/systemd/system"));

    if (!is_there) {
        ukb_known_install(doctor, row, UKB_PACKAGE_PCSC);
    } else {
        ukb_found_command(row, systemd ? by_systemd : by_service, NULL, NULL);
    }
}

void
ukb_look_pcsc(struct ukb_doctor *doctor)
{
    const struct ukb_probe *probe = &ukb_doctor_probes(doctor)->readers;
    const char *service = ukb_json_string(probe->result, "service");
    const cJSON *result = ukb_json_get(probe->result, "result");
    struct ukb_finding *row = NULL;

    if (probe->status == UKB_E_MODULE_HUNG || probe->status == UKB_E_MODULE_CRASHED) {
        row = ukb_found(doctor, UKB_CAUSE_PCSC_HANGS, NULL);
        ukb_found_evidence(row, "%s", probe->message);
        command_for_daemon(doctor, row, "sudo systemctl restart pcscd.socket pcscd.service",
                           "sudo service pcscd restart");
    } else if (service == NULL) {
        row = ukb_found(doctor, UKB_CAUSE_NOT_ASKED, NULL);
        ukb_found_evidence(row, "%s", probe->message);
    } else if (strcmp(service, "no-library") == 0) {
        row = ukb_found(doctor, UKB_CAUSE_PCSC_ABSENT, NULL);
        ukb_found_evidence(row, "libpcsclite.so.1 cannot be loaded");
        ukb_known_install(doctor, row, UKB_PACKAGE_PCSC);
    } else if (strcmp(service, "answers") != 0) {
        const bool stopped = strcmp(service, "no-service") == 0;

        row = ukb_found(doctor, stopped ? UKB_CAUSE_PCSC_STOPPED : UKB_CAUSE_PCSC_REFUSED, NULL);
        ukb_found_evidence(row, "SCardEstablishContext: 0x%08lX",
                           (unsigned long)(result == NULL ? 0 : result->valuedouble));
        command_for_daemon(doctor, row, "sudo systemctl enable --now pcscd.socket", "sudo service pcscd start");
    }
}

/* Does a module show a token in that reader? PKCS#11 has room for 64 bytes of its name. */
static bool
is_seen(struct ukb_doctor *doctor, const char *name)
{
    const struct ukb_probes *probes = ukb_doctor_probes(doctor);
    const cJSON *token = NULL;
    size_t i;

    for (i = 0; i < probes->module_count; i++) {
        cJSON_ArrayForEach(token, ukb_json_get(probes->modules[i].probe.result, "tokens"))
        {
            const char *reader = ukb_json_string(token, "reader");

            if (reader != NULL && strncmp(reader, name, strlen(reader)) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void
look_at(struct ukb_doctor *doctor, const cJSON *reader)
{
    const char *name = ukb_json_string(reader, "name");
    const char *atr = ukb_json_string(reader, "atr");
    const cJSON *result = ukb_json_get(reader, "result");
    char programs[PROGRAMS_TEXT_LEN] = "";
    struct ukb_finding *row = NULL;

    if (name == NULL || !ukb_json_bool(reader, "card", false)) {
        return;
    }
    if (ukb_json_bool(reader, "taken", false)) {
        ukb_programs_with(doctor, PCSC_LIBRARY, programs, sizeof(programs));
        row = ukb_found(doctor, UKB_CAUSE_CARD_TAKEN, name);
        ukb_found_evidence(row, "SCARD_E_SHARING_VIOLATION; %s", programs);
        ukb_found_values(row, name, programs[0] == '\0' ? "?" : programs);
    } else if (is_seen(doctor, name)) {
        row = ukb_found(doctor, UKB_CAUSE_GOOD, name);
        ukb_found_evidence(row, "ATR %s", atr == NULL ? "" : atr);
    } else if (result != NULL && result->valuedouble != 0) {
        row = ukb_found(doctor, UKB_CAUSE_CARD_MUTE, name);
        ukb_found_evidence(row, "SCardConnect: 0x%08lX", (unsigned long)result->valuedouble);
        ukb_found_values(row, name, NULL);
    } else {
        row = ukb_found(doctor, UKB_CAUSE_CARD_UNSEEN, name);
        ukb_found_evidence(row, "ATR %s", atr == NULL ? "" : atr);
        ukb_found_values(row, name, doctor->setting->config_file);
    }
}

void
ukb_look_cards(struct ukb_doctor *doctor)
{
    const struct ukb_probe *probe = &ukb_doctor_probes(doctor)->readers;
    const cJSON *readers = ukb_json_get(probe->result, "readers");
    const cJSON *reader = NULL;
    struct ukb_finding *row = NULL;

    if (cJSON_GetArraySize(readers) == 0) {
        row = ukb_found(doctor, UKB_CAUSE_READER_NONE, NULL);
        ukb_found_evidence(row, "%s", probe->message);
    }
    cJSON_ArrayForEach(reader, readers)
    {
        look_at(doctor, reader);
    }
}
