/* SPDX-License-Identifier: MIT */
/*
 * patience - how often the user turned a site's dialogs away; one that asks on and on is silenced for a while.
 *
 * Three refusals, each within a minute of the one before (not counting the time that a dialog was up until it timed
 * out), silence a site for a minute.
 *
 * Room: broker.  Kept in this process: the next start of the browser forgives. The extension's own pages, where the
 * user himself clicks, are never silenced.
 */
#ifndef UKB_BROKER_PATIENCE_H
#define UKB_BROKER_PATIENCE_H

#include "broker/broker.h"

/** May this context open a dialog now? @retval UKB_E_RATE_LIMITED with attribute "retryAfter" in seconds. */
UKB_MUST_USE enum ukb_status ukb_patience_check(const struct ukb_broker *broker, const struct ukb_context *context,
                                                struct ukb_error *reterr);

/**
 * A call that may have asked the user ended so. What the user closed, declined or let pass counts; a call that
 * succeeded after it asked (@p asked) makes up for all; anything else is not the user's word.
 */
void ukb_patience_learn(struct ukb_broker *broker, const struct ukb_context *context, enum ukb_status outcome,
                        bool asked);

#endif /* UKB_BROKER_PATIENCE_H */
