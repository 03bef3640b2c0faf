/* SPDX-License-Identifier: MIT */
/*
 * portals - answers portals.list, portals.allow and portals.revoke.
 *
 * Room: broker, inside only.
 */
#ifndef UKB_BROKER_PORTALS_H
#define UKB_BROKER_PORTALS_H

#include "broker/broker.h"

/** Answer one of the three. */
void ukb_portals_answer(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request);

#endif /* UKB_BROKER_PORTALS_H */
