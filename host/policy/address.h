/* SPDX-License-Identifier: MIT */
/*
 * address - IP addresses as browsers write them in an origin.
 *
 * Room: policy, inside only.  Source: WHATWG URL standard, "host serializing".
 */
#ifndef UKB_POLICY_ADDRESS_H
#define UKB_POLICY_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/** True for four decimal octets without leading zeros. */
bool ukb_ipv4_is_canonical(const char *text, size_t len);

/** True for lower-case groups without leading zeros, the first longest run of two or more zero groups written "::". */
bool ukb_ipv6_is_canonical(const char *text, size_t len);

#endif /* UKB_POLICY_ADDRESS_H */
