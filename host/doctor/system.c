/* SPDX-License-Identifier: MIT */
/* The host's own programs, and what of the computer a renewal needs: room on the disk, and the right time. */
#include <inttypes.h>
#include <string.h>

#include "doctor/looks.h"
#include "platform/folder.h"

#define ROOM_NEEDED (16U * 1024U * 1024U) /* for the journal, its rollback journal and a request's files, amply */

void
ukb_look_version(struct ukb_doctor *doctor)
{
    struct ukb_finding *row = ukb_found(doctor, UKB_CAUSE_GOOD, NULL);

    ukb_found_evidence(row, "UKey Bridge " UKB_VERSION " (" UKB_COMMIT "), %s", doctor->setting->program);
}

void
ukb_look_parts(struct ukb_doctor *doctor)
{
    const struct ukb_doctor_setting *setting = doctor->setting;
    const char *const parts[] = { setting->program, setting->worker, setting->net_worker };
    size_t i;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!ukb_folder_can_run(parts[i])) {
            struct ukb_finding *row = ukb_found(doctor, UKB_CAUSE_HOST_PART_MISSING, strrchr(parts[i], '/') + 1);

            ukb_found_evidence(row, "%s is missing or not executable", parts[i]);
            ukb_found_values(row, parts[i], NULL);
        }
    }
}

void
ukb_look_disk(struct ukb_doctor *doctor)
{
    const char *dir = doctor->setting->state_dir;
    const uint64_t room = ukb_folder_free_bytes(dir);
    struct ukb_finding *row = ukb_found(doctor, room < ROOM_NEEDED ? UKB_CAUSE_DISK_LOW : UKB_CAUSE_GOOD, NULL);

    ukb_found_evidence(row, "%s: %" PRIu64 " MiB free", dir, room / (1024U * 1024U));
    ukb_found_values(row, dir, NULL);
}

/* A UKey holds certificates that were in force when they were written: when none is yet, the clock is behind. */
void
ukb_look_clock(struct ukb_doctor *doctor)
{
    const struct ukb_probes *probes = ukb_doctor_probes(doctor);
    const char *earliest = "";
    size_t count = 0;
    size_t early = 0;
    struct ukb_finding *row = NULL;
    size_t i;

    for (i = 0; i < probes->module_count; i++) {
        const cJSON *certificate = NULL;

        cJSON_ArrayForEach(certificate, probes->modules[i].certificates)
        {
            const char *state = ukb_json_string(certificate, "state");
            const char *start = ukb_json_string(certificate, "notBefore");

            count++;
            if (state != NULL && start != NULL && strcmp(state, "not-yet-valid") == 0) {
                early++;
                earliest = earliest[0] == '\0' || strcmp(start, earliest) < 0 ? start : earliest;
            }
        }
    }
    if (count > 0 && early == count) {
        row = ukb_found(doctor, UKB_CAUSE_CLOCK_BEHIND, NULL);
        ukb_found_evidence(row, "certificates: %zu, the first is valid from %s", count, earliest);
        ukb_found_command(row, "sudo timedatectl set-ntp true", NULL, NULL);
    }
}
