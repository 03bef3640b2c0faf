/* SPDX-License-Identifier: MIT */
/*
 * warm - what OpenSSL otherwise does at its first use, some milliseconds: its configuration, its providers, the first
 * random numbers, and what the first key and signature need.
 *
 * Room: pki.  Knows no key of anybody and proves nothing: the signature that it looks at is none.
 */
#ifndef UKB_PKI_WARM_H
#define UKB_PKI_WARM_H

/** Do that now, while nobody waits for it. Whatever fails is told by the call that needs it. */
void ukb_pki_warm(void);

#endif /* UKB_PKI_WARM_H */
