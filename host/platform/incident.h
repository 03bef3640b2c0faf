/* SPDX-License-Identifier: MIT */
/*
 * incident - an internal error gets a number that a user can tell and a log line that has it.
 *
 * Room: platform.
 */
#ifndef UKB_PLATFORM_INCIDENT_H
#define UKB_PLATFORM_INCIDENT_H

#include "core/status.h"

/** When @p error is UKB_E_INTERNAL without attribute "incident": add one and write it and the message to stderr. */
void ukb_incident_note(struct ukb_error *error);

#endif /* UKB_PLATFORM_INCIDENT_H */
