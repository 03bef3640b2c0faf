/* SPDX-License-Identifier: MIT */
/*
 * watch - tokens.watch: tell the client when a UKey comes, goes or changes.
 *
 * Room: broker.  While somebody watches, each module's listing worker looks at its slots twice a second and says what
 * it sees when that is new; what is new to the client is decided here, where it outlives a worker that is replaced.
 */
#ifndef UKB_BROKER_WATCH_H
#define UKB_BROKER_WATCH_H

#include "broker/broker.h"

struct ukb_job;

/** Start to watch: from now on nothing is known, so that the first list of a module tells no events. */
void ukb_watch_start(struct ukb_broker *broker);

/** Stop: listing workers that live are told. */
void ukb_watch_stop(struct ukb_broker *broker);

/** @p tokens is what @p module has now: remember it, and where it is watched tell what changed. */
void ukb_watch_saw(struct ukb_broker *broker, const struct ukb_policy_module *module, const cJSON *tokens);

/** A job that tells a listing worker to watch or to stop; owned by the caller. */
struct ukb_job *ukb_watch_job(void);

/** A listing worker ended while somebody watches: another one is started in a moment. */
void ukb_watch_worker_ended(struct ukb_broker *broker);

#endif /* UKB_BROKER_WATCH_H */
