/* SPDX-License-Identifier: MIT */
/*
 * listed - what the last certificates.list read, for its next page and for the next list.
 *
 * Room: worker.  A first page reads the token. A page that continues the one before it, within LISTED_MS, shows the
 * rest of what was read then: a list is one moment's, and a long one costs one reading. Bytes that are read again are
 * not parsed again.
 */
#ifndef UKB_WORKER_LISTED_H
#define UKB_WORKER_LISTED_H

#include "core/limits.h"
#include "renewal/inventory.h"

/** Zero-initialise; free with ukb_listed_done(). */
struct ukb_listed {
    struct ukb_inventory inventory;
    char token[UKB_TOKEN_ID_LEN + 1U];      /**< whose it is */
    char next[UKB_CERTIFICATE_ID_LEN + 1U]; /**< the cursor of the page that may follow; "" when none does */
    long long read_ms;                      /**< uptime of the reading */
};

/**
 * Make listed->inventory what @p cursor is to be shown of.
 *
 * @param session  with the token @p token.
 * @param cursor   NULL for a first page.
 * @retval others  as ukb_inventory_read(); @p listed is empty then.
 */
UKB_MUST_USE enum ukb_status ukb_listed_read(struct ukb_listed *listed, const struct ukb_token_session *session,
                                             const char *token, const char *cursor, long long now_ms,
                                             struct ukb_error *reterr);

/** Forget what was read so long ago that nobody lists often. */
void ukb_listed_expire(struct ukb_listed *listed, long long now_ms);

void ukb_listed_done(struct ukb_listed *listed);

#endif /* UKB_WORKER_LISTED_H */
