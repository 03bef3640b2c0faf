/* SPDX-License-Identifier: MIT */
/*
 * child - programs that we start, talk to by pipes, and can end at any moment: for what may hang or crash.
 *
 * Room: platform.  A child has of our open files only its ends of the pipes, and standard error as it is asked for. It
 * dies with the thread that starts it. What is read and written is copied nowhere on the way: it may be a secret.
 */
#ifndef UKB_PLATFORM_CHILD_H
#define UKB_PLATFORM_CHILD_H

#include <stddef.h>

#include "core/status.h"

struct ukb_child;

/** Where its standard error goes. */
enum ukb_child_stderr {
    UKB_CHILD_STDERR_OURS,
    UKB_CHILD_STDERR_NOWHERE,
};

/**
 * Start @p argv[0], an absolute path, with these words up to a NULL, and do not wait for it.
 * @param ret_child  owned by the caller: ukb_child_free(). A program that cannot be run is a child that ends at once.
 * @retval UKB_E_INTERNAL  no memory, descriptors or processes left.
 */
UKB_MUST_USE enum ukb_status ukb_child_start(const char *const *argv, enum ukb_child_stderr std_error,
                                             struct ukb_child **ret_child, struct ukb_error *reterr);

/**
 * Write a short request to its standard input. This process survives broken pipes (platform/stdio.h).
 * @retval UKB_END  it reads no more.
 */
UKB_MUST_USE enum ukb_status ukb_child_write(struct ukb_child *child, const void *data, size_t len,
                                             struct ukb_error *reterr);

/**
 * Wait until one of @p children (NULL ones are nobody) has something to read, or has ended.
 * @param ret_index  which.
 * @retval UKB_E_TIMEOUT  none within @p timeout_ms.
 */
UKB_MUST_USE enum ukb_status ukb_child_wait(struct ukb_child *const *children, size_t count, unsigned int timeout_ms,
                                            size_t *ret_index, struct ukb_error *reterr);

/**
 * Read what it wrote to its standard output, at most @p size bytes.
 * @param ret_len  bytes read, at least one.
 * @retval UKB_END  it ended. @retval UKB_E_TIMEOUT  it wrote nothing within @p timeout_ms.
 */
UKB_MUST_USE enum ukb_status ukb_child_read(struct ukb_child *child, void *data, size_t size, unsigned int timeout_ms,
                                            size_t *ret_len, struct ukb_error *reterr);

/** Hang up, and wait at most @p timeout_ms for its end. Nothing but ukb_child_free() is to be called then. */
void ukb_child_wait_end(struct ukb_child *child, unsigned int timeout_ms);

/** End it, whatever it is doing, and wait for that. NULL is fine. */
void ukb_child_free(struct ukb_child *child);

#endif /* UKB_PLATFORM_CHILD_H */
