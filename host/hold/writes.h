/* SPDX-License-Identifier: MIT */
/*
 * writes - has this process's module seen what other processes wrote?
 *
 * Room: hold.  A module may keep what it has read of a token: OpenSC does, and writes a card's directories back from
 * that. What another process wrote in between would be lost. So whoever is going to write counts that up, in a file that
 * all processes of the user share, and who finds that the number has changed since its module started, starts it again.
 */
#ifndef UKB_HOLD_WRITES_H
#define UKB_HOLD_WRITES_H

#include <stdbool.h>

#include "core/status.h"

struct ukb_lock;   /* platform/lock.h */
struct ukb_module; /* token/module.h */

/**
 * The view that a module has which is started right after this: what was written before, it sees. A view that began
 * while somebody was writing may be of anything.
 *
 * @param lock_dir  folder of the tokens' locks; not made.
 * @return for ukb_module_set_view().
 */
unsigned long long ukb_writes_view(const char *lock_dir);

/** The same for a process that keeps all others from writing to the token that it is at. */
unsigned long long ukb_writes_now(const char *lock_dir);

/** Has nobody begun to write since the module's view began? */
bool ukb_writes_are_seen(const char *lock_dir, const struct ukb_module *module);

/**
 * This process is going to write, until it releases *ret_lock. What it writes its own module sees.
 * Errors as ukb_lock_share() and ukb_tally_add().
 */
UKB_MUST_USE enum ukb_status ukb_writes_begin(const char *lock_dir, struct ukb_module *module,
                                              struct ukb_lock **ret_lock, struct ukb_error *reterr);

/** As ukb_module_refresh(), and the view begins anew. */
UKB_MUST_USE enum ukb_status ukb_writes_refresh(const char *lock_dir, struct ukb_module *module,
                                                struct ukb_error *reterr);

#endif /* UKB_HOLD_WRITES_H */
