/* SPDX-License-Identifier: MIT */
/* ukey - a SoftHSM token with keys on it, and certificates for those keys. All functions fail the test on any error. */
#ifndef UKB_TESTS_RENEWAL_UKEY_H
#define UKB_TESTS_RENEWAL_UKEY_H

#include "../pki/made.h"
#include "../token/fake/softhsm.h"

#include "token/keys.h"

struct ukey {
    struct softhsm soft;
    struct ukb_token_session *session; /* logged in, for writing */
};

extern struct ukey ukey;

/* Group and test fixtures: one SoftHSM, a fresh token for each test. */
int ukey_group_setup(void **state);
int ukey_group_teardown(void **state);
int ukey_setup(void **state);
int ukey_teardown(void **state);

/* A new P-256 pair under the id "UKB1" and @p name. */
struct ukb_token_key ukey_key(const char *name);

/* The certificate @p made, but for @p key. Owned by made.h. */
const struct ukb_certificate *ukey_certificate(struct made made, const struct ukb_token_key *key);

/* Put a certificate on the token under an id. */
void ukey_put(const struct ukb_certificate *certificate, const unsigned char *id, size_t id_len);

/* Put a certificate object with these bytes on the token. */
void ukey_put_bytes(const void *der, size_t der_len, const unsigned char *id, size_t id_len);

/* How many objects hold it, under that id, or with NULL under any. */
size_t ukey_count(const struct ukb_certificate *certificate, const unsigned char *id, size_t id_len);

/* Whether the private key is there, and whether the public half is. */
bool ukey_has_private(const struct ukb_token_key *key);

#endif /* UKB_TESTS_RENEWAL_UKEY_H */
