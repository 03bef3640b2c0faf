/* SPDX-License-Identifier: MIT */
#include "hold/writes.h"

#include "platform/lock.h"
#include "platform/tally.h"
#include "token/module.h"

/* A tally, and a lock that those who write share. A view is the tally and one: 0 is none. */
static const char NAME[] = "writes";

#define UNKNOWN 0ULL

/* Only those wait for each other who look whether anybody writes, for no time at all. */
#define WAIT_MS 5000U

static bool
somebody_writes(const char *lock_dir)
{
    struct ukb_lock *lock = NULL;
    struct ukb_error ignored = { 0 };
    const enum ukb_status st = ukb_lock_take(lock_dir, NAME, 0, UKB_E_TOKEN_BUSY, &lock, &ignored);

    ukb_lock_release(lock);
    return st != UKB_OK;
}

unsigned long long
ukb_writes_now(const char *lock_dir)
{
    return ukb_tally_read(lock_dir, NAME) + 1U;
}

unsigned long long
ukb_writes_view(const char *lock_dir)
{
    const unsigned long long now = ukb_writes_now(lock_dir);

    return now > 1U && somebody_writes(lock_dir) ? UNKNOWN : now;
}

bool
ukb_writes_are_seen(const char *lock_dir, const struct ukb_module *module)
{
    return ukb_module_view(module) == ukb_writes_now(lock_dir);
}

enum ukb_status
ukb_writes_begin(const char *lock_dir, struct ukb_module *module, struct ukb_lock **ret_lock, struct ukb_error *reterr)
{
    const bool seen = ukb_writes_are_seen(lock_dir, module);
    struct ukb_lock *lock = NULL;
    enum ukb_status st = ukb_lock_share(lock_dir, NAME, WAIT_MS, UKB_E_TOKEN_BUSY, &lock, reterr);

    if (st == UKB_OK) {
        st = ukb_tally_add(lock_dir, NAME, reterr);
    }
    if (st == UKB_OK && seen) { /* another one that began right now, at another token, stays unseen */
        ukb_module_set_view(module, ukb_module_view(module) + 1U);
    }
    if (st == UKB_OK) {
        *ret_lock = lock;
    } else {
        ukb_lock_release(lock);
    }
    return st;
}

enum ukb_status
ukb_writes_refresh(const char *lock_dir, struct ukb_module *module, struct ukb_error *reterr)
{
    const unsigned long long view = ukb_writes_view(lock_dir);
    const enum ukb_status st = ukb_module_refresh(module, reterr);

    if (st == UKB_OK) {
        ukb_module_set_view(module, view);
    }
    return st;
}
