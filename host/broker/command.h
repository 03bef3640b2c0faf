/* SPDX-License-Identifier: MIT */
/*
 * command - what a person types: `ukeybridge COMMAND …`.
 *
 * Room: broker.  Exit codes: 0 ok, 1 failed, 2 usage.
 */
#ifndef UKB_BROKER_COMMAND_H
#define UKB_BROKER_COMMAND_H

#include "core/json.h"

enum ukb_exit { UKB_EXIT_OK = 0, UKB_EXIT_FAILED = 1, UKB_EXIT_USAGE = 2 };

/** Run the command line. Prints to stdout, and what went wrong to stderr. */
int ukb_command_run(int argc, char **argv);

/** Print to stderr how a command of that name is used. Returns UKB_EXIT_USAGE. */
int ukb_command_usage(const char *name);

/** Print to stderr why a call failed. Returns UKB_EXIT_FAILED. */
int ukb_command_failed(const struct ukb_error *error);

/** Print @p value to stdout. Returns UKB_EXIT_OK, or UKB_EXIT_FAILED without memory. */
int ukb_command_print_json(const cJSON *value);

/** `register` and `unregister`: write or remove the browsers' native-messaging manifests. */
int ukb_command_register(int argc, char **argv);

/** The lists, and any method: lists.c. They start the broker in this process and ask it as the extension would. */
int ukb_command_tokens(int argc, char **argv);
int ukb_command_certificates(int argc, char **argv);
int ukb_command_renewals(int argc, char **argv);
int ukb_command_call(int argc, char **argv);

/** `audit`: audit_list.c. */
int ukb_command_audit(int argc, char **argv);

/** `doctor`: doctor_list.c. Fails when a check does. */
int ukb_command_doctor(int argc, char **argv);

#endif /* UKB_BROKER_COMMAND_H */
