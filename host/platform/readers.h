/* SPDX-License-Identifier: MIT */
/*
 * readers - wakes whoever waits for input when a card or a card reader comes or goes.
 *
 * Room: platform.  By the system's PC/SC, where the module in this process uses it; otherwise nobody is woken, and a
 * caller that looks from time to time sees the same a little later. A thread of its own waits; it makes no call into a
 * module. One for a process.
 */
#ifndef UKB_PLATFORM_READERS_H
#define UKB_PLATFORM_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

struct ukb_readers; /* heap; made by _new, freed by _free */

/**
 * Start to watch. A PC/SC service that is not there, goes away or comes later is no error: it is looked for every
 * other second.
 * @param ret_readers  owned by the caller, ukb_readers_free().
 * @retval UKB_E_UNSUPPORTED  nothing in this process uses PC/SC: no library is loaded for it here.
 * @retval UKB_E_INTERNAL     no thread.
 */
UKB_MUST_USE enum ukb_status ukb_readers_new(struct ukb_readers **ret_readers, struct ukb_error *reterr);

/** End the thread, and wait for that. NULL is fine. */
void ukb_readers_free(struct ukb_readers *readers);

/**
 * As ukb_platform_read().
 * @param readers  NULL: nobody is woken.
 * @retval UKB_E_TIMEOUT  nothing came in time, or something happened to cards or readers since the last call: look.
 */
UKB_MUST_USE enum ukb_status ukb_readers_read(struct ukb_readers *readers, int fd, void *data, size_t size,
                                              uint32_t timeout_ms, size_t *ret_len, struct ukb_error *reterr);

/** Whether something happened to cards or readers since the last call of this. */
bool ukb_readers_had_news(struct ukb_readers *readers);

/**
 * Whether a reader of that name is watched now, so that its cards do not come and go unnoticed.
 * @param name  whole, or as much of it as fits CK_SLOT_INFO; an empty name is nobody's.
 */
bool ukb_readers_have(struct ukb_readers *readers, const char *name);

#endif /* UKB_PLATFORM_READERS_H */
