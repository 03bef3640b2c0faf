/* SPDX-License-Identifier: MIT */
/*
 * file - small whole files: read with a limit, judge whose they are, write so that a reader sees old or new.
 *
 * Room: platform.
 */
#ifndef UKB_PLATFORM_FILE_H
#define UKB_PLATFORM_FILE_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/status.h"

enum ukb_file_owner {
    UKB_FILE_OF_ANYONE,
    UKB_FILE_OF_USER,          /**< root or this user owns it and its folder, and nobody else may write either */
    UKB_FILE_OF_ADMINISTRATOR, /**< the same with root or this program's owner (an unprivileged installation) */
};

/**
 * Read a regular file into @p ret_content, up to its limit.
 * @retval UKB_END                no such file, in a folder as @p owner asks, or no such folder.
 * @retval UKB_E_TOO_LARGE        beyond the buffer's limit.
 * @retval UKB_E_POLICY_INVALID   not as @p owner asks, not a regular file, or unreadable; reterr->native holds errno.
 */
UKB_MUST_USE enum ukb_status ukb_file_read(const char *path, enum ukb_file_owner owner, struct ukb_buf *ret_content,
                                           struct ukb_error *reterr);

/**
 * Write @p len bytes to a new file beside @p path, flush it and rename it over @p path; folders are made (0755).
 * @param private  mode 0600 instead of 0644.
 * @retval UKB_E_DISK_FULL  no room. @retval UKB_E_JOURNAL_UNAVAILABLE  it cannot be written; native holds errno.
 */
UKB_MUST_USE enum ukb_status ukb_file_write(const char *path, const void *data, size_t len, bool private,
                                            struct ukb_error *reterr);

/** Remove a file. @retval UKB_END there was none. @retval UKB_E_JOURNAL_UNAVAILABLE it cannot be removed. */
UKB_MUST_USE enum ukb_status ukb_file_remove(const char *path, struct ukb_error *reterr);

/** True when @p path is a file that can be read. */
bool ukb_file_exists(const char *path);

/** True when @p path, which is absolute, is a program that this user may run. */
bool ukb_file_can_run(const char *path);

#endif /* UKB_PLATFORM_FILE_H */
