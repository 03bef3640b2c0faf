/* SPDX-License-Identifier: MIT */
/*
 * fleet - what the log of the system is told, for those who look after a thousand computers.
 *
 * Room: worker.  Only where the administrator's policy says so (auditSyslog).
 */
#ifndef UKB_WORKER_FLEET_H
#define UKB_WORKER_FLEET_H

#include "core/json.h"
#include "policy/policy.h"

/**
 * Tell the system's log of @p facts, an object without secrets, which stays the caller's: one line, `@cee: ` and JSON
 * with @p event as its first member, which rsyslog's mmjsonparse takes apart. Nothing where the policy does not want
 * it, or without memory.
 */
void ukb_fleet_tell(const struct ukb_policy *policy, const char *event, bool notable, const cJSON *facts);

#endif /* UKB_WORKER_FLEET_H */
