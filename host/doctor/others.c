/* SPDX-License-Identifier: MIT */
/* Other software that may hold the UKey: programs with a driver of UKeys loaded, and local services of other portals.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/known.h"
#include "doctor/looks.h"
#include "doctor/programs.h"
#include "platform/folder.h"
#include "policy/system_modules.h"

#define NEEDLES_MAX (UKB_MODULES_MAX + 16U)
#define LINE_LEN    512U
#define LISTENING   "0A" /* TCP_LISTEN in /proc/net/tcp, proc(5) */

/* Parts of paths by which drivers are told: the modules in use, and those of known makers. */
struct drivers {
    const char *needles[NEEDLES_MAX + 1U];
    size_t count;
    char *real[UKB_MODULES_MAX]; /* where the paths of modules lead; owned */
    struct ukb_doctor *doctor;
};

static void
add_needle(struct drivers *drivers, const char *needle)
{
    if (needle != NULL && drivers->count < NEEDLES_MAX) {
        drivers->needles[drivers->count++] = needle;
        drivers->needles[drivers->count] = NULL;
    }
}

static void
collect_drivers(struct ukb_doctor *doctor, struct drivers *ret_drivers)
{
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(doctor->setting->policy, &count);
    size_t i;
    size_t j;

    *ret_drivers = (struct drivers){ .doctor = doctor };
    for (i = 0; i < count; i++) {
        ret_drivers->real[i] = ukb_folder_real_path(modules[i].path); /* what a program has loaded is told so */
        add_needle(ret_drivers, ret_drivers->real[i] == NULL ? modules[i].path : ret_drivers->real[i]);
    }
    for (i = 0; ukb_vendor_modules[i].name != NULL; i++) {
        for (j = 0; ukb_vendor_modules[i].patterns[j] != NULL; j++) {
            add_needle(ret_drivers, strrchr(ukb_vendor_modules[i].patterns[j], '/')); /* "/lib….so" */
        }
    }
}

static bool
tell_program(void *ctx, const struct ukb_program *program)
{
    struct drivers *drivers = ctx;
    const char *driver = ukb_program_maps(drivers->doctor, program, drivers->needles);
    struct ukb_finding *row = NULL;

    if (driver != NULL) {
        row = ukb_found(drivers->doctor, UKB_CAUSE_OTHER_PROGRAM, program->name);
        ukb_found_evidence(row, "%s (%s): %s", program->name, program->pid, driver);
        ukb_found_values(row, program->name, NULL);
        ukb_found_command(row, "kill {1}", program->pid, NULL);
    }
    return true;
}

void
ukb_look_programs(struct ukb_doctor *doctor)
{
    struct drivers drivers;
    size_t i;

    collect_drivers(doctor, &drivers);
    if (drivers.count > 0) {
        ukb_programs_each(doctor, tell_program, &drivers);
    }
    for (i = 0; i < UKB_MODULES_MAX; i++) {
        free(drivers.real[i]);
    }
}

/* The port that a line of /proc/net/tcp listens on, and its socket's number; 0: none. */
static unsigned int
read_line(const char *line, char ret_inode[24])
{
    unsigned int port = 0;
    char state[3] = "";
    char inode[24] = "";

    /* sl, local address:port, remote address:port, state, queues, timer, retransmissions, uid, timeout, inode */
    if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%4x %*s %2s %*s %*s %*s %*u %*u %20[0-9]", &port, state, inode) != 3 ||
        strcmp(state, LISTENING) != 0) {
        return 0;
    }
    (void)snprintf(ret_inode, 24, "%s", inode);
    return port;
}

/* Whose socket is it? */
struct owner {
    const struct ukb_doctor *doctor;
    const char *inode;
    struct ukb_program program;
};

static bool
is_other(void *ctx, const struct ukb_program *program)
{
    struct owner *owner = ctx;

    if (!ukb_program_has_socket(owner->doctor, program, owner->inode)) {
        return true;
    }
    owner->program = *program;
    return false;
}

static void
tell_service(struct ukb_doctor *doctor, const struct ukb_known_service *service, const char *inode)
{
    const char *name = service->name[doctor->setting->lang];
    struct owner owner = { .doctor = doctor, .inode = inode };
    struct ukb_finding *row = ukb_found(doctor, UKB_CAUSE_OTHER_SERVICE, name);
    char program[96] = "";

    ukb_programs_each(doctor, is_other, &owner);
    if (owner.program.pid[0] != '\0') {
        (void)snprintf(program, sizeof(program), "%s, %s", owner.program.name, owner.program.pid);
        ukb_found_command(row, "kill {1}", owner.program.pid, NULL);
    }
    ukb_found_evidence(row, "TCP %u: %s", service->port, program[0] == '\0' ? "?" : program);
    ukb_found_values(row, name, program[0] == '\0' ? name : program);
}

static void
look_in(struct ukb_doctor *doctor, const char *path, bool *told)
{
    FILE *file = fopen(ukb_doctor_path(doctor, path), "re");
    char line[LINE_LEN];
    char inode[24];
    size_t i;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        const unsigned int port = read_line(line, inode);

        for (i = 0; i < ukb_known_service_count; i++) {
            if (port == ukb_known_services[i].port && !told[i]) {
                told[i] = true; /* once, though it listens on addresses of both kinds */
                tell_service(doctor, &ukb_known_services[i], inode);
            }
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

void
ukb_look_services(struct ukb_doctor *doctor)
{
    bool told[16] = { false };

    look_in(doctor, "/proc/net/tcp", told);
    look_in(doctor, "/proc/net/tcp6", told);
}
