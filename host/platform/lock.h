/* SPDX-License-Identifier: MIT */
/*
 * lock - a lock that several processes of one user share, and that the system frees when its holder dies.
 *
 * Room: platform.  May include core/ only.  Writes to one UKey, and dialogs of one user, are serialised by these
 * (a row in a database would outlive a holder that crashed).
 */
#ifndef UKB_PLATFORM_LOCK_H
#define UKB_PLATFORM_LOCK_H

#include "core/status.h"

/** Wait for as long as it takes. */
#define UKB_LOCK_FOR_EVER (~0U)

struct ukb_lock; /* one held lock */

/**
 * Take the lock @p name in the folder @p dir, waiting while another holder, of this or any other process, has it.
 *
 * The folder, and folders above it, are made with mode 0700 when missing; one that others may write to, or that
 * belongs to somebody else, is refused. The file stays when the lock is released: removing it would let two holders in.
 *
 * @param dir      absolute path of the folder.
 * @param name     1 to 64 characters of [A-Za-z0-9._-], not starting with a dot.
 * @param wait_ms  0 tries once; UKB_LOCK_FOR_EVER waits without end.
 * @param busy     the status to return when somebody else still holds it after @p wait_ms (UKB_E_TOKEN_BUSY, say).
 * @param ret_lock the held lock, to be given to ukb_lock_release().
 *
 * @retval busy                      see above.
 * @retval UKB_E_JOURNAL_UNAVAILABLE the folder or the file cannot be made or opened, or is not the user's alone;
 *                                   reterr->native holds errno.
 * @retval UKB_E_DISK_FULL           no room for the folder or the file.
 * @retval UKB_E_INTERNAL            not a name as above (a bug of the caller), or no memory.
 *
 * Blocks for up to @p wait_ms. A child that is forked while the lock is held and does not exec shares it.
 */
UKB_MUST_USE enum ukb_status ukb_lock_take(const char *dir, const char *name, unsigned int wait_ms,
                                           enum ukb_status busy, struct ukb_lock **ret_lock, struct ukb_error *reterr);

/**
 * The same, shared with all others who share it: it keeps out, and waits for, those alone who take it. Nobody stands in a
 * line: to take it is to find a moment in which nobody shares it, so who shares it does so for moments.
 */
UKB_MUST_USE enum ukb_status ukb_lock_share(const char *dir, const char *name, unsigned int wait_ms,
                                            enum ukb_status busy, struct ukb_lock **ret_lock, struct ukb_error *reterr);

/** Let the next holder in. NULL is fine. The end of the process does the same, however it ends. */
void ukb_lock_release(struct ukb_lock *lock);

#endif /* UKB_PLATFORM_LOCK_H */
