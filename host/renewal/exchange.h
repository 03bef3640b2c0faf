/* SPDX-License-Identifier: MIT */
/*
 * exchange - one certificate that comes onto a UKey, and the one whose place it takes.
 *
 * Room: renewal, inside only.  A renewal makes one exchange or two: of the signing certificate, of the encryption
 * certificate. An exchange is made from what a page delivers (plan.c) or from what the journal remembers (recover.c);
 * what happens to the token is the same (transact.c).
 */
#ifndef UKB_RENEWAL_EXCHANGE_H
#define UKB_RENEWAL_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/limits.h"
#include "core/status.h"
#include "pki/certificate.h"
#include "renewal/inventory.h"
#include "store/journal.h"
#include "token/keys.h"

/** The two certificates of a dual pair. */
enum ukb_half { UKB_HALF_SIGNING, UKB_HALF_ENCRYPTION, UKB_HALF_COUNT };

/** Zero-initialise; end with ukb_exchanges_done(). */
struct ukb_exchange {
    enum ukb_half half;
    struct ukb_certificate *candidate; /**< owned */
    struct ukb_certificate *old;       /**< owned; NULL: there is none to be replaced */
    bool same_key;                     /**< the key stays, so that both certificates are for it */
    bool was_there;                    /**< the certificate was there before: not ours to take away */
    bool import;                       /**< the key comes with it: ours to bring, and to take away again */

    /* Its place on the token, from the journal or by ukb_exchange_place() */
    unsigned char key_id[UKB_OBJECT_ID_MAX_LEN]; /**< CKA_ID of the key, and of the certificate at the end */
    size_t key_id_len;
    unsigned char temp_id[UKB_KEY_ID_MAX_LEN]; /**< same_key: where one of both certificates is meanwhile */
    size_t temp_id_len;
    char label[UKB_OBJECT_LABEL_MAX_LEN + 1U];
    struct ukb_token_key key; /**< private_handle is CK_INVALID_HANDLE while it has yet to come */
};

/** Those of one renewal, the signing half first. */
struct ukb_exchanges {
    struct ukb_exchange items[UKB_HALF_COUNT];
    size_t count;
};
void ukb_exchanges_done(struct ukb_exchanges *exchanges);

/** The exchange of that half, or NULL. */
const struct ukb_exchange *ukb_exchanges_half(const struct ukb_exchanges *exchanges, enum ukb_half half);

/**
 * Find the place of @p exchange on the token: the key that is there and its id, or a fresh id for a key that comes; a
 * fresh temporary id when the key stays. What the journal knows already is kept.
 *
 * @param inventory  read after the login.
 * @param id         CKA_ID under which the key is looked for first (the request's); may be empty.
 * @retval UKB_E_KEY_MISMATCH  the key is not on the token and does not come.
 */
UKB_MUST_USE enum ukb_status ukb_exchange_place(struct ukb_exchange *exchange, const struct ukb_inventory *inventory,
                                                const unsigned char *id, size_t id_len, struct ukb_error *reterr);

/** The journal's objects of these exchanges. @p ret_objects has room for UKB_RENEWAL_OBJECTS_MAX; borrowed from them.
 */
size_t ukb_exchanges_objects(const struct ukb_exchanges *exchanges, struct ukb_renewal_object *ret_objects);

/** Make the exchanges of a record from its objects; none for a record that brings nothing yet. */
UKB_MUST_USE enum ukb_status ukb_exchanges_from_record(const struct ukb_renewal_record *record,
                                                       struct ukb_exchanges *ret_exchanges, struct ukb_error *reterr);

/** The certificate of a record's object of that half and action, parsed; NULL when it has none. Owned. */
UKB_MUST_USE enum ukb_status ukb_record_certificate(const struct ukb_renewal_record *record, enum ukb_half half,
                                                    enum ukb_renewal_action action,
                                                    struct ukb_certificate **ret_certificate, struct ukb_error *reterr);

#endif /* UKB_RENEWAL_EXCHANGE_H */
