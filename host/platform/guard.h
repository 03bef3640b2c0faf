/* SPDX-License-Identifier: MIT */
/*
 * guard - ends a worker when its broker goes, unless a token is just being written.
 *
 * Room: platform.  The broker may vanish without a word, and the main thread may hang inside a vendor's module: a
 * thread of its own watches the pipe and decides, atomically with the start of a write.
 */
#ifndef UKB_PLATFORM_GUARD_H
#define UKB_PLATFORM_GUARD_H

#include <stdbool.h>

#include "core/status.h"

/** What a write that has begun gets to finish alone, in ms. */
#define UKB_GUARD_FINISH_MS 60000U

/** Start to watch the pipe @p fd, once for the process. @retval UKB_E_INTERNAL no thread. */
UKB_MUST_USE enum ukb_status ukb_guard_start(int fd, struct ukb_error *reterr);

/**
 * true: from when this returns, the end of the broker (or its cancellation) no longer ends this process at once; it
 * gets UKB_GUARD_FINISH_MS. Does not return when the end came first. false: the write is over; a process that was to
 * end is left to reply and end by itself.
 */
void ukb_guard_set_uninterruptible(bool on);

#endif /* UKB_PLATFORM_GUARD_H */
