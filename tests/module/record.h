/* SPDX-License-Identifier: MIT */
/* record - counts calls, in this process or over all of them, and writes them to a log. */
#ifndef UKB_TESTS_MODULE_RECORD_H
#define UKB_TESTS_MODULE_RECORD_H

#include "functions.h"

/** Where to count and to log: paths, or NULL. Kept: they come from the environment. */
void ukb_fault_record_start(const char *state_dir, const char *log_file);

/** Count a call of @p function; its number, from 1. */
unsigned long ukb_fault_record_count(enum ukb_fault_function function);

/** Write a line to the log: "PID FUNCTION NUMBER DETAIL\n". @p detail may be "". */
void ukb_fault_record_log(enum ukb_fault_function function, unsigned long n, const char *detail);

#endif /* UKB_TESTS_MODULE_RECORD_H */
