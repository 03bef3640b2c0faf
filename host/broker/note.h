/* SPDX-License-Identifier: MIT */
/*
 * note - what the audit has to know of calls that no worker can tell: refused ones, the broker's own, and calls whose
 * login worker was cut off.
 *
 * Room: broker.  The plain worker writes it down. A refusal is noted once a minute for each origin and method, and no
 * more than UKB_NOTED_MAX of them a minute: a page that asks on and on costs nothing more. The call does not wait.
 */
#ifndef UKB_BROKER_NOTE_H
#define UKB_BROKER_NOTE_H

#include "broker/worker.h"

/** @p request was refused. Slips (unknown methods, @p method is NULL then, and wrong parameters) are no refusals. */
void ukb_note_refused(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request,
                      enum ukb_status reason);

/** The broker did, or tried to do, what @p request asks for. */
void ukb_note_done(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request,
                   enum ukb_status outcome);

/** The worker with that job ended before it replied. Of interest when it is a login worker. */
void ukb_note_cut_off(const struct ukb_worker *worker, const struct ukb_job *job, enum ukb_status reason);

/** A module crashed or hung in a listing worker, with that job (NULL: it watched). Once an hour for each module. */
void ukb_note_module_failed(const struct ukb_worker *worker, const struct ukb_job *job, enum ukb_status reason);

/** A note could not be written down: said on stderr, once. */
void ukb_note_failed(struct ukb_broker *broker, const struct ukb_error *error);

#endif /* UKB_BROKER_NOTE_H */
