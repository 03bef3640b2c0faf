/* SPDX-License-Identifier: MIT */
/*
 * private_file - a file that only its user can read, in a folder that only its user can change.
 *
 * Room: store, inside only; one file per system behind it.
 */
#ifndef UKB_STORE_PRIVATE_FILE_H
#define UKB_STORE_PRIVATE_FILE_H

#include "core/status.h"

/**
 * Make the folder @p dir, and those above it that are missing, with mode 0700, and in it an empty file @p name with
 * mode 0600 unless it is there. The name may not be a link.
 *
 * @param dir  absolute path.
 * @retval UKB_E_JOURNAL_UNAVAILABLE  it cannot be made, or somebody else may write to it; reterr->native holds errno.
 * @retval UKB_E_DISK_FULL            no room.
 */
UKB_MUST_USE enum ukb_status ukb_private_file_make(const char *dir, const char *name, struct ukb_error *reterr);

#endif /* UKB_STORE_PRIVATE_FILE_H */
