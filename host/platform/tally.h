/* SPDX-License-Identifier: MIT */
/*
 * tally - a number that several processes of one user count up together.
 *
 * Room: platform.  May include core/ only.
 */
#ifndef UKB_PLATFORM_TALLY_H
#define UKB_PLATFORM_TALLY_H

#include "core/status.h"

/** How often ukb_tally_add() was called, by whichever process; 0 where it never was, or where that cannot be read. */
unsigned long long ukb_tally_read(const char *dir, const char *name);

/**
 * Count one up. The tally is the length of the private file @p name in @p dir, which is made: a byte each.
 * Errors as ukb_private_file_open(), and UKB_E_DISK_FULL.
 */
UKB_MUST_USE enum ukb_status ukb_tally_add(const char *dir, const char *name, struct ukb_error *reterr);

#endif /* UKB_PLATFORM_TALLY_H */
