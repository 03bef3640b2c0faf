/* SPDX-License-Identifier: MIT */
/*
 * inventory - the certificates of one token, read and understood together.
 *
 * Room: renewal.  A value read at one moment; read it again after anything was written.
 */
#ifndef UKB_RENEWAL_INVENTORY_H
#define UKB_RENEWAL_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "pki/certificate.h"
#include "token/keys.h"
#include "token/objects.h"
#include "token/session.h"

/** One certificate on the token. */
struct ukb_inventory_item {
    struct ukb_certificate *certificate;        /**< owned */
    const struct ukb_token_certificate *object; /**< its object; borrowed from the inventory */
    bool history;                               /**< a newer one of the same role, subject and issuer is there */
    const struct ukb_certificate *paired_with;  /**< the other half of a dual pair, or NULL */
    enum ukb_maybe has_private_key;             /**< a hint */
};

/** Zero-initialise; free with ukb_inventory_done(). */
struct ukb_inventory {
    struct ukb_inventory_item *items;
    size_t count; /**< objects that hold no certificate, and copies of one under a second id, are left out */
    struct ukb_token_certificates objects;
    struct ukb_token_keys keys;
};

/**
 * Read certificates and keys that @p session sees.
 * @retval others  as ukb_token_certificates_read() and ukb_token_keys_read().
 */
UKB_MUST_USE enum ukb_status ukb_inventory_read(const struct ukb_token_session *session,
                                                struct ukb_inventory *ret_inventory, struct ukb_error *reterr);

/**
 * Read again into an inventory that was read before, perhaps of another token: certificates whose bytes are on the
 * token still are taken over as they are parsed. Costs the reading, and parsing what is new.
 * @retval others  as ukb_inventory_read(); @p inout_inventory is empty then.
 */
UKB_MUST_USE enum ukb_status ukb_inventory_read_again(const struct ukb_token_session *session,
                                                      struct ukb_inventory *inout_inventory, struct ukb_error *reterr);
void ukb_inventory_done(struct ukb_inventory *inventory);

/** The item with that certificate id (hex SHA-256), or NULL. */
const struct ukb_inventory_item *ukb_inventory_find(const struct ukb_inventory *inventory, const char *certificate_id);

#endif /* UKB_RENEWAL_INVENTORY_H */
