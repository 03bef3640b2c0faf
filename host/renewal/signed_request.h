/* SPDX-License-Identifier: MIT */
/*
 * signed_request - the request of a renewal once more, signed by the certificate that it renews.
 *
 * Room: renewal, inside only.
 */
#ifndef UKB_RENEWAL_SIGNED_REQUEST_H
#define UKB_RENEWAL_SIGNED_REQUEST_H

#include "core/buf.h"
#include "core/status.h"
#include "pki/check.h"
#include "renewal/inventory.h"
#include "renewal/renewal.h"

struct ukb_token_session; /* token/session.h */

/**
 * Sign @p request_pem with the key of @p old, naming the origin that asks. @p ret_pem stays empty, and that is no
 * error, where there is nothing to say or nobody to say it: another kind than renew and change, no old certificate, the
 * extension's own pages, an old key that is not on this token or that this version does not sign with. The request
 * itself is as good without.
 *
 * @param session  logged in.
 * @param old      NULL: none.
 * @param ret_pem  initialised by the caller with its maximum.
 * @return errors of the token and of ukb_signed_request_build().
 */
UKB_MUST_USE enum ukb_status ukb_renewal_sign_request(const struct ukb_renewal_env *env,
                                                      struct ukb_token_session *session, enum ukb_kind kind,
                                                      const struct ukb_inventory_item *old, const char *request_pem,
                                                      struct ukb_buf *ret_pem, struct ukb_error *reterr);

#endif /* UKB_RENEWAL_SIGNED_REQUEST_H */
