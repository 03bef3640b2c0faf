/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "ukey.h"

#include <stdio.h>
#include <string.h>

#include "pki/public_key.h"
#include "token/objects.h"

struct ukey ukey;

int
ukey_group_setup(void **state)
{
    (void)state;
    softhsm_start(&ukey.soft, NULL);
    return 0;
}

int
ukey_group_teardown(void **state)
{
    softhsm_stop(&ukey.soft);
    return made_done(state);
}

int
ukey_setup(void **state)
{
    static unsigned int count;
    char label[16];

    (void)state;
    (void)snprintf(label, sizeof(label), "UKey %u", count++);
    softhsm_token_new(&ukey.soft, label);
    ukey.session = softhsm_session(&ukey.soft, true, true);
    return 0;
}

int
ukey_teardown(void **state)
{
    (void)state;
    ukb_token_session_free(ukey.session);
    ukey.session = NULL;
    return 0;
}

struct ukb_token_key
ukey_key(const char *name)
{
    unsigned char id[16] = { 'U', 'K', 'B', '1' };
    struct ukb_token_key key = { 0 };
    struct ukb_error err = { 0 };

    memcpy(id + 4, name, strlen(name));
    if (ukb_token_keypair_generate(ukey.session, UKB_EC_P256, id, sizeof(id), name, false, &key, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return key;
}

static const struct ukb_token_key *key_of_next;

static void
set_key(X509 *x509)
{
    EVP_PKEY *pkey = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_public_key_to_evp(&key_of_next->public_key, &pkey, &err), UKB_OK);
    assert_int_equal(X509_set_pubkey(x509, pkey), 1);
    EVP_PKEY_free(pkey);
}

const struct ukb_certificate *
ukey_certificate(struct made made, const struct ukb_token_key *key)
{
    key_of_next = key;
    made.adjust = set_key;
    return made_certificate(&made);
}

void
ukey_put(const struct ukb_certificate *certificate, const unsigned char *id, size_t id_len)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);

    ukey_put_bytes(facts->der, facts->der_len, id, id_len);
}

void
ukey_put_bytes(const void *der, size_t der_len, const unsigned char *id, size_t id_len)
{
    static const unsigned char empty_name[] = { 0x30, 0x00 };
    static const unsigned char one[] = { 0x02, 0x01, 0x01 };
    const struct ukb_certificate_template template = {
        .der = der,
        .der_len = der_len,
        .subject_der = empty_name,
        .subject_der_len = sizeof(empty_name),
        .issuer_der = empty_name,
        .issuer_der_len = sizeof(empty_name),
        .serial_der = one,
        .serial_der_len = sizeof(one),
        .id = id,
        .id_len = id_len,
        .label = "put by a test",
    };
    struct ukb_error err = { 0 };
    CK_OBJECT_HANDLE handle = 0;

    if (ukb_token_certificate_write(ukey.session, &template, &handle, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

size_t
ukey_count(const struct ukb_certificate *certificate, const unsigned char *id, size_t id_len)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    struct ukb_error err = { 0 };
    size_t count = 0;

    assert_int_equal(
        ukb_token_certificate_find_exact(ukey.session, facts->der, facts->der_len, id, id_len, NULL, 0, &count, &err),
        UKB_OK);
    return count;
}

bool
ukey_has_private(const struct ukb_token_key *key)
{
    struct ukb_token_key found = { 0 };
    struct ukb_error err = { 0 };

    return ukb_token_key_find(ukey.session, &key->public_key, NULL, 0, &found, &err) == UKB_OK &&
           found.private_handle != CK_INVALID_HANDLE;
}
