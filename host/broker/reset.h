/* SPDX-License-Identifier: MIT */
/*
 * reset - open PIN resets: each is a login worker that was kept after pin.reset.begin, for its pin.reset.finish.
 *
 * Room: broker.  The worker alone knows the key and the time; it ends by itself when the time is up, and with the
 * broker. At most one is kept for a token, and each serves one finish.
 */
#ifndef UKB_BROKER_RESET_H
#define UKB_BROKER_RESET_H

#include "broker/call.h"
#include "broker/worker.h"

/**
 * Keep @p worker when @p job began a reset, with this @p result (NULL: it failed). An earlier one of the same token is
 * let go. False when the worker has nothing to stay for.
 */
bool ukb_reset_keep(struct ukb_worker *worker, const struct ukb_job *job, const cJSON *result);

/**
 * The worker that has the reset of @p call open; from now on that reset is used.
 *
 * @param ret_worker  borrowed.
 * @retval UKB_E_RESET_USED     there was a finish before.
 * @retval UKB_E_RESET_EXPIRED  it is not open: its time was up, another took its place, or it never was.
 * @retval UKB_E_NOT_YOURS      another site began it; it stays open.
 */
UKB_MUST_USE enum ukb_status ukb_reset_take(const struct ukb_call *call, struct ukb_worker **ret_worker,
                                            struct ukb_error *reterr);

/** The error of a reset that is not open. */
enum ukb_status ukb_reset_raise_expired(struct ukb_error *reterr);

#endif /* UKB_BROKER_RESET_H */
