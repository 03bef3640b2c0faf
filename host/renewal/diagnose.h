/* SPDX-License-Identifier: MIT */
/*
 * diagnose - what became of a renewal that is not over, told from its record and the UKey.
 *
 * Room: renewal, inside only.  The token is the truth: a UKey moves between computers, and a journal may be of another
 * day. Only a token that this renewal's own steps can have left like that is acted upon. Pure: reads two values, writes
 * nothing.
 */
#ifndef UKB_RENEWAL_DIAGNOSE_H
#define UKB_RENEWAL_DIAGNOSE_H

#include "core/status.h"
#include "renewal/inventory.h"
#include "store/journal.h"

enum ukb_verdict {
    UKB_VERDICT_NOTHING,   /**< nothing is to be done: a request waits, or the renewal is over */
    UKB_VERDICT_FINISH,    /**< its keys are there: the certificates can be brought */
    UKB_VERDICT_UNDO,      /**< what it left is of no use: take it away */
    UKB_VERDICT_INSTALLED, /**< a certificate for the request is there: another computer has finished it */
    UKB_VERDICT_ATTENTION, /**< none of this renewal's steps can have left the UKey like this: touch nothing */
    UKB_VERDICT_COUNT
};

/**
 * Judge @p record.
 *
 * @param inventory  of its token. Before a login private keys are not seen: UKB_VERDICT_FINISH and UKB_VERDICT_UNDO are
 *                   a guess then; nobody may act on it.
 * @param ret_found  for UKB_VERDICT_INSTALLED the certificate, borrowed from @p inventory; may be NULL.
 * @retval UKB_E_BAD_CERTIFICATE, UKB_E_INTERNAL  the record's certificates cannot be read.
 */
UKB_MUST_USE enum ukb_status ukb_diagnose(const struct ukb_renewal_record *record,
                                          const struct ukb_inventory *inventory, enum ukb_verdict *ret_verdict,
                                          const struct ukb_certificate **ret_found, struct ukb_error *reterr);

#endif /* UKB_RENEWAL_DIAGNOSE_H */
