/* SPDX-License-Identifier: MIT */
/*
 * secret - the only memory that PINs and private keys may live in: OpenSSL's secure heap.
 *
 * The heap is one block between guard pages, locked into memory and left out of core dumps where the system allows it.
 * A PKCS#11 module that uses the same libcrypto in this process (SoftHSM) allocates its own secrets here, too.
 * Room: secret.  May include core/.  Nothing here is for data that is not secret: the heap is small.
 */
#ifndef UKB_SECRET_SECRET_H
#define UKB_SECRET_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

/** Bytes of the whole heap: a dialog library's context, a few PINs and one private key at a time. A power of two. */
#define UKB_SECRET_HEAP_LEN 524288U

/** Owned secret bytes. Fill data up to size and set len; never copy data elsewhere. */
struct ukb_secret {
    unsigned char *data; /**< NULL while nothing is held */
    size_t len;          /**< bytes that are in use */
    size_t size;         /**< bytes allocated */
};

/** An empty secret. */
#define UKB_SECRET_INIT                                                                                                \
    {                                                                                                                  \
        NULL, 0, 0                                                                                                     \
    }

/**
 * Set the heap up, before anything below is called; once for the process, further calls do nothing.
 * A system that refuses to lock the memory (RLIMIT_MEMLOCK) is no failure: ukb_secret_is_locked() tells.
 *
 * @retval UKB_E_INTERNAL  no memory.
 */
UKB_MUST_USE enum ukb_status ukb_secret_start(struct ukb_error *reterr);

/** True when the heap cannot be swapped out. False before ukb_secret_start(). */
bool ukb_secret_is_locked(void);

/**
 * Give @p secret room for @p size zero bytes, len 0; @p size is at least 1. @p secret must be empty.
 *
 * @retval UKB_E_INTERNAL  the heap is full or was not started; never falls back to ordinary memory.
 */
UKB_MUST_USE enum ukb_status ukb_secret_alloc(struct ukb_secret *secret, size_t size, struct ukb_error *reterr);

/** Move @p from's bytes to @p to (wiping what was there); @p from is empty afterwards. */
void ukb_secret_move(struct ukb_secret *to, struct ukb_secret *from);

/** Whether two secrets hold the same bytes; takes as long whichever bytes differ. Empty ones are equal. */
bool ukb_secret_equal(const struct ukb_secret *one, const struct ukb_secret *other);

/** Wipe all size bytes and free them; @p secret is empty afterwards and may be used again. NULL and empty are fine. */
void ukb_secret_done(struct ukb_secret *secret);

/*
 * malloc, realloc and free for a library that handles secrets (libassuan's hooks). Same contracts as the C library's,
 * but on the heap above, NULL when it is full or not started, and every block that is given up is wiped.
 */
void *ukb_secret_malloc(size_t size);
void *ukb_secret_realloc(void *block, size_t size);
void ukb_secret_free(void *block);

#endif /* UKB_SECRET_SECRET_H */
