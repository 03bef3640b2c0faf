/* SPDX-License-Identifier: MIT */
/*
 * health - which modules failed lately, and how long each is left alone.
 *
 * Room: broker.  A pause doubles with each failure in a row, from a quarter of a second to half a minute.
 */
#ifndef UKB_BROKER_HEALTH_H
#define UKB_BROKER_HEALTH_H

#include "broker/broker.h"

/** @p module (NULL: the plain worker's work, which has no pause) crashed or hung. */
void ukb_health_failed(struct ukb_broker *broker, const struct ukb_policy_module *module, enum ukb_status reason);

/** It answered. */
void ukb_health_good(struct ukb_broker *broker, const struct ukb_policy_module *module);

/** May it be started now? If not, raises why it is being left alone. */
UKB_MUST_USE enum ukb_status ukb_health_check(const struct ukb_broker *broker, const struct ukb_policy_module *module,
                                              struct ukb_error *reterr);

/** Fill @p reterr with what a crash or a hang (@p reason) means to the caller. */
void ukb_health_raise(const struct ukb_policy_module *module, enum ukb_status reason, struct ukb_error *reterr);

#endif /* UKB_BROKER_HEALTH_H */
