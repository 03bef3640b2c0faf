/* SPDX-License-Identifier: MIT */
/* owner - somebody who owns a made key and lets others use it: what a token is to the pki room. */
#ifndef UKB_TESTS_UNIT_PKI_OWNER_H
#define UKB_TESTS_UNIT_PKI_OWNER_H

#include "made.h"
#include "pki/provider.h"

struct owner {
    const char *key;
    enum ukb_status fail_by; /* unless UKB_OK */
    bool spoil;              /* answer with one bit wrong */
    bool cut;                /* answer with a byte too few */
    unsigned int calls;
    enum ukb_rsa_padding padding; /* that was asked for last */
    struct made_signer signer;
};

/* Its operations; @p owner must outlive them. */
struct ukb_key_ops owner_ops(struct owner *owner);

/* Group setup and teardown: the secure heap, in which nothing may be left at the end; the latter does made_done(). */
int owner_start_heap(void **state);
int owner_end_heap(void **state);

#endif /* UKB_TESTS_UNIT_PKI_OWNER_H */
