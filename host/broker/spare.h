/* SPDX-License-Identifier: MIT */
/*
 * spare - a login worker that is started before its call: the start takes longer than all else that is the host's own of
 * a call that asks for the PIN.
 *
 * Room: broker.  There is one at most, for the last module that was asked for; it ends when no call comes.
 */
#ifndef UKB_BROKER_SPARE_H
#define UKB_BROKER_SPARE_H

#include "broker/worker.h"

/** A call that asks for the PIN is likely to come next for @p module: have its worker ready. */
void ukb_spare_prepare(struct ukb_broker *broker, const struct ukb_policy_module *module);

/** @p worker serves from now on; nothing when it was no spare one. */
void ukb_spare_take(struct ukb_worker *worker);

#endif /* UKB_BROKER_SPARE_H */
