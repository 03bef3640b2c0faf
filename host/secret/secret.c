/* SPDX-License-Identifier: MIT */
#include "secret/secret.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <openssl/crypto.h>

/* The smallest block of the heap; smaller requests are rounded up. A power of two. */
#define BLOCK_MIN_LEN 64U

static bool locked;

enum ukb_status
ukb_secret_start(struct ukb_error *reterr)
{
    int outcome;

    if (CRYPTO_secure_malloc_initialized()) {
        return UKB_OK;
    }
    outcome = CRYPTO_secure_malloc_init(UKB_SECRET_HEAP_LEN, BLOCK_MIN_LEN);
    if (outcome == 0) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a secret heap of %u bytes", UKB_SECRET_HEAP_LEN);
    }
    locked = outcome == 1; /* 2: set up, but a guard page, the lock or the exclusion from dumps was refused */
    return UKB_OK;
}

bool
ukb_secret_is_locked(void)
{
    return locked;
}

enum ukb_status
ukb_secret_alloc(struct ukb_secret *secret, size_t size, struct ukb_error *reterr)
{
    void *data = NULL;

    assert(secret->data == NULL && size > 0);
    data = ukb_secret_malloc(size);
    if (data == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "the secret heap has no %zu bytes left", size);
    }
    memset(data, 0, size);
    secret->data = data;
    secret->len = 0;
    secret->size = size;
    return UKB_OK;
}

void
ukb_secret_move(struct ukb_secret *to, struct ukb_secret *from)
{
    const struct ukb_secret moved = *from;

    *from = (struct ukb_secret)UKB_SECRET_INIT;
    ukb_secret_done(to);
    *to = moved;
}

bool
ukb_secret_equal(const struct ukb_secret *one, const struct ukb_secret *other)
{
    return one->len == other->len && (one->len == 0 || CRYPTO_memcmp(one->data, other->data, one->len) == 0);
}

void
ukb_secret_done(struct ukb_secret *secret)
{
    if (secret == NULL) {
        return;
    }
    ukb_secret_free(secret->data);
    *secret = (struct ukb_secret)UKB_SECRET_INIT;
}

void *
ukb_secret_malloc(size_t size)
{
    /* OpenSSL serves ordinary memory before its heap is set up, and asks that size to be smaller than SIZE_MAX / 2. */
    if (!CRYPTO_secure_malloc_initialized() || size > UKB_SECRET_HEAP_LEN) {
        return NULL;
    }
    return OPENSSL_secure_malloc(size == 0 ? 1 : size);
}

void *
ukb_secret_realloc(void *block, size_t size)
{
    size_t old_size;
    void *moved = NULL;

    if (block == NULL) {
        return ukb_secret_malloc(size);
    }
    old_size = OPENSSL_secure_actual_size(block);
    if (size <= old_size && size > old_size / 2) {
        return block; /* blocks are powers of two: it fits where it is */
    }
    moved = ukb_secret_malloc(size);
    if (moved != NULL) {
        memcpy(moved, block, size < old_size ? size : old_size);
        ukb_secret_free(block);
    }
    return moved;
}

void
ukb_secret_free(void *block)
{
    if (block == NULL) {
        return;
    }
    assert(CRYPTO_secure_allocated(block));
    OPENSSL_secure_clear_free(block, OPENSSL_secure_actual_size(block));
}
