/* SPDX-License-Identifier: MIT */
/*
 * private_file - a file that only its user can read, in a folder that only its user can change.
 *
 * Room: platform.
 */
#ifndef UKB_PLATFORM_PRIVATE_FILE_H
#define UKB_PLATFORM_PRIVATE_FILE_H

#include "core/buf.h"
#include "core/status.h"

/**
 * Make the folder @p dir, and those above it that are missing, with mode 0700, and in it an empty file @p name with
 * mode 0600 unless it is there. Neither may be a link.
 *
 * @param dir       absolute path.
 * @param ret_path  the file's path; cleared first.
 * @retval UKB_E_JOURNAL_UNAVAILABLE  it cannot be made, or somebody else may write to it; reterr->native holds errno.
 * @retval UKB_E_DISK_FULL            no room.
 */
UKB_MUST_USE enum ukb_status ukb_private_file_make(const char *dir, const char *name, struct ukb_buf *ret_path,
                                                   struct ukb_error *reterr);

/** The same, and leave the file open for reading and writing: *ret_fd is close-on-exec and the caller's to close. */
UKB_MUST_USE enum ukb_status ukb_private_file_open(const char *dir, const char *name, int *ret_fd,
                                                   struct ukb_error *reterr);

/**
 * Take from everybody else the right to write @p path, a file or a folder of this user's. False: it is not this user's,
 * or the system refuses. Links are not followed.
 */
bool ukb_private_file_mend(const char *path);

#endif /* UKB_PLATFORM_PRIVATE_FILE_H */
