/* SPDX-License-Identifier: MIT */
/*
 * origin - web origins as the host accepts them, and patterns that match them.
 *
 * Room: policy.  Source: RFC 6454 §6.1 and the WHATWG URL standard's serialization of an origin.
 */
#ifndef UKB_POLICY_ORIGIN_H
#define UKB_POLICY_ORIGIN_H

#include <stdbool.h>

#include "core/status.h"

/**
 * Check that @p origin is the canonical form of an https origin, or with @p allow_loopback of http://localhost,
 * http://127.0.0.1 or http://[::1] on any port: lower-case host, no default port, no path, user info, query or
 * fragment.
 * @retval UKB_E_BAD_ORIGIN  says what is wrong with it.
 */
UKB_MUST_USE enum ukb_status ukb_origin_check(const char *origin, bool allow_loopback, struct ukb_error *reterr);

/**
 * Check a pattern of a policy: an origin, or one whose host starts with `*.` and has at least two labels more.
 * @retval UKB_E_BAD_ORIGIN  it is neither.
 */
UKB_MUST_USE enum ukb_status ukb_origin_pattern_check(const char *pattern, bool allow_loopback,
                                                      struct ukb_error *reterr);

/** True when the canonical @p origin is @p pattern, or has one or more labels more than a `*.` pattern, and its port.
 */
bool ukb_origin_matches(const char *pattern, const char *origin);

#endif /* UKB_POLICY_ORIGIN_H */
