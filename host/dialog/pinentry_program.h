/* SPDX-License-Identifier: MIT */
/*
 * pinentry_program - which pinentry program to start.
 *
 * Room: dialog, inside only.
 */
#ifndef UKB_DIALOG_PINENTRY_PROGRAM_H
#define UKB_DIALOG_PINENTRY_PROGRAM_H

#include "core/buf.h"
#include "core/status.h"

/**
 * Append the absolute path of the program to @p buf.
 *
 * @param configured  the user's or administrator's choice, an absolute path; NULL looks through PATH: first for plain
 *                    "pinentry", which users and distributions point at their choice, unless that is a program for
 *                    terminals (a browser gives us none), then for the graphical programs by name.
 * @retval UKB_E_PIN_UI_UNAVAILABLE  there is none, or the configured one cannot be run.
 */
UKB_MUST_USE enum ukb_status ukb_pinentry_find(const char *configured, struct ukb_buf *buf, struct ukb_error *reterr);

#endif /* UKB_DIALOG_PINENTRY_PROGRAM_H */
