/* SPDX-License-Identifier: MIT */
/*
 * programs - other programs of this computer, as far as the system shows them to this user.
 *
 * Room: doctor, inside only.  Reads /proc below the setting's root. What cannot be looked at is not there.
 */
#ifndef UKB_DOCTOR_PROGRAMS_H
#define UKB_DOCTOR_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "doctor/finding.h"

/** A program that is running: its name, and the number that ends it. */
struct ukb_program {
    char name[64];
    char pid[16];
};

/** Call @p tell for every program but the host's own; it returns false to end. */
void ukb_programs_each(const struct ukb_doctor *doctor, bool (*tell)(void *ctx, const struct ukb_program *program),
                       void *ctx);

/** Has a program a file in its memory whose path contains one of @p needles (NULL-terminated)? Which, or NULL. */
const char *ukb_program_maps(const struct ukb_doctor *doctor, const struct ukb_program *program,
                             const char *const *needles);

/** The names of programs that have a file in memory whose path contains @p needle: "a (12), b (34)"; "" for none. */
void ukb_programs_with(const struct ukb_doctor *doctor, const char *needle, char *ret_text, size_t size);

/** Does a program hold the socket of that number? */
bool ukb_program_has_socket(const struct ukb_doctor *doctor, const struct ukb_program *program, const char *inode);

#endif /* UKB_DOCTOR_PROGRAMS_H */
