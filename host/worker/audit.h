/* SPDX-License-Identifier: MIT */
/*
 * audit - calls that log in or change something, written down by the worker that serves them.
 *
 * Room: worker.  Refusals, and calls whose worker is cut off, come from the broker (worker.note).
 */
#ifndef UKB_WORKER_AUDIT_H
#define UKB_WORKER_AUDIT_H

#include "worker/service.h"

/** Begin the entry of a call: service->audit reads as it does when the call succeeds. */
void ukb_audit_serving(struct ukb_service *service, const struct ukb_method *method, const cJSON *params);

/**
 * Write down that the call being served ended with @p outcome, when its method logs in or changes something, unless that
 * was kept with what it did. What cannot be written is said on stderr: the call is over, and its own journal has refused
 * it where that matters.
 */
void ukb_audit_served(struct ukb_service *service, const struct ukb_method *method, enum ukb_status outcome);

#endif /* UKB_WORKER_AUDIT_H */
