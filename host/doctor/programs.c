/* SPDX-License-Identifier: MIT */
#include "doctor/programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/folder.h"

#define PROGRAMS_MAX 4096U
#define FILES_MAX    1024U
#define LINE_LEN     4608U /* of /proc/N/maps: addresses and a path */
#define OWN_NAME     "ukeybridge"

static bool
is_number(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static FILE *
open_of(const struct ukb_doctor *doctor, const char *pid, const char *name)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
    return fopen(ukb_doctor_path(doctor, path), "re");
}

static bool
read_program(const struct ukb_doctor *doctor, const char *pid, struct ukb_program *ret_program)
{
    FILE *file = open_of(doctor, pid, "comm");
    bool good = false;

    if (file != NULL) {
        good = fgets(ret_program->name, sizeof(ret_program->name), file) != NULL;
        (void)fclose(file);
        ret_program->name[strcspn(ret_program->name, "\n")] = '\0';
        (void)snprintf(ret_program->pid, sizeof(ret_program->pid), "%s", pid);
    }
    return good && strncmp(ret_program->name, OWN_NAME, strlen(OWN_NAME)) != 0;
}

void
ukb_programs_each(const struct ukb_doctor *doctor, bool (*tell)(void *ctx, const struct ukb_program *program),
                  void *ctx)
{
    struct ukb_folder processes = { 0 };
    struct ukb_program program;
    bool more = true;
    size_t i;

    ukb_folder_list(ukb_doctor_path(doctor, "/proc"), "", PROGRAMS_MAX, &processes);
    for (i = 0; more && i < processes.count; i++) {
        if (is_number(processes.names[i]) && read_program(doctor, processes.names[i], &program)) {
            more = tell(ctx, &program);
        }
    }
    ukb_folder_done(&processes);
}

const char *
ukb_program_maps(const struct ukb_doctor *doctor, const struct ukb_program *program, const char *const *needles)
{
    FILE *file = open_of(doctor, program->pid, "maps");
    const char *found = NULL;
    char line[LINE_LEN];
    size_t i;

    if (file == NULL) {
        return NULL;
    }
    while (found == NULL && fgets(line, sizeof(line), file) != NULL) {
        for (i = 0; found == NULL && needles[i] != NULL; i++) {
            found = strstr(line, needles[i]) == NULL ? NULL : needles[i];
        }
    }
    (void)fclose(file);
    return found;
}

/* What ukb_programs_with() looks for, and the names so far. */
struct search {
    const struct ukb_doctor *doctor;
    const char *needles[2];
    char *text;
    size_t size;
};

static bool
add_name(void *ctx, const struct ukb_program *program)
{
    struct search *search = ctx;
    const size_t len = strlen(search->text);

    if (ukb_program_maps(search->doctor, program, search->needles) != NULL) {
        (void)snprintf(search->text + len, search->size - len, "%s%s (%s)", len == 0 ? "" : ", ", program->name,
                       program->pid);
    }
    return true;
}

void
ukb_programs_with(const struct ukb_doctor *doctor, const char *needle, char *ret_text, size_t size)
{
    struct search search = { .doctor = doctor, .needles = { needle, NULL }, .text = ret_text, .size = size };

    ret_text[0] = '\0';
    ukb_programs_each(doctor, add_name, &search);
}

bool
ukb_program_has_socket(const struct ukb_doctor *doctor, const struct ukb_program *program, const char *inode)
{
    struct ukb_folder files = { 0 };
    char folder[64];
    char wanted[64];
    char path[160];
    bool has = false;
    size_t i;

    (void)snprintf(folder, sizeof(folder), "/proc/%s/fd", program->pid);
    (void)snprintf(wanted, sizeof(wanted), "socket:[%.32s]", inode);
    ukb_folder_list(ukb_doctor_path(doctor, folder), "", FILES_MAX, &files);
    for (i = 0; !has && i < files.count; i++) {
        char *target = NULL;

        (void)snprintf(path, sizeof(path), "%s/%.32s", folder, files.names[i]);
        target = ukb_folder_link(ukb_doctor_path(doctor, path));
        has = target != NULL && strcmp(target, wanted) == 0;
        free(target);
    }
    ukb_folder_done(&files);
    return has;
}
