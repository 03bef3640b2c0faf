/* SPDX-License-Identifier: MIT */
/* The whole way of a delivered key, on SoftHSM: opened by a key on the token, imported there, proved. */
#include "../test.h"

#include <string.h>

#include <openssl/crypto.h>

#include "../pki/sealed.h"
#include "pki/envelope.h"
#include "pki/envelope_internal.h"
#include "pki/prove.h"
#include "pki/verify.h"
#include "renewal/key_ops.h"
#include "token/import.h"
#include "ukey.h"

static const struct made RSA_HOLDER = { .key = "RSA-2048", .usage = "keyEncipherment" };
static const struct made EC_HOLDER = { .key = "P-384", .usage = "keyAgreement" };

static struct ukb_error err;

/* Bring the made key of that name onto the token, as one that opens. */
static struct ukb_token_key
put_key(const char *name)
{
    unsigned char id[16] = { 'U', 'K', 'B', '1' };
    unsigned char *pkcs8 = OPENSSL_secure_zalloc(UKB_PKCS8_MAX_LEN);
    size_t len = 0;
    unsigned char *der = sealed_pkcs8(name, &len);
    struct ukb_delivered_key *delivered = NULL;
    struct ukb_token_key key = { 0 };

    memcpy(pkcs8, der, len);
    memcpy(id + 4, name, strlen(name));
    OPENSSL_clear_free(der, len);
    assert_int_equal(ukb_delivered_key_take(pkcs8, len, &delivered, &err), UKB_OK);
    assert_int_equal(
        ukb_token_key_import(ukey.session, ukb_delivered_key_numbers(delivered), id, sizeof(id), name, &key, &err),
        UKB_OK);
    ukb_delivered_key_free(delivered);
    return key;
}

/* Open the envelope by the holder's key on the token; the caller frees what was delivered. */
static enum ukb_status
open_sealed(const struct sealed *sealed, struct ukb_key_ops ops, struct ukb_delivered_key **ret_key)
{
    const struct ukb_certificate *certificate = made_certificate(sealed->to);
    const struct ukb_public_key public_key = ukb_certificate_facts(certificate)->key;
    const struct ukb_envelope_recipient recipient = { &public_key, &certificate, 1 };
    struct ukb_envelope *envelope = NULL;
    size_t len = 0;
    unsigned char *der = sealed_der(sealed, &len);
    enum ukb_status st = ukb_envelope_from_der(der, len, &envelope, &err);

    if (st == UKB_OK) {
        st = ukb_envelope_open(envelope, &recipient, &ops, ret_key, &err);
    }
    ukb_envelope_free(envelope);
    OPENSSL_free(der);
    return st;
}

static void
check_way(const struct made *holder, const char *content)
{
    static const unsigned char id[] = { 'U', 'K', 'B', '1', 'n', 'e', 'w' };
    const struct sealed sealed = { .content = content, .to = holder };
    const struct made renewed = { .key = content };
    const struct made other = { .key = content[0] == 'R' ? "RSA-3072" : "P-256/other" };
    struct ukb_token_key key = put_key(holder->key);
    struct ukb_token_owner owner = { ukey.session, &key };
    struct ukb_delivered_key *delivered = NULL;
    struct ukb_token_key brought = { 0 };

    if (open_sealed(&sealed, ukb_token_key_ops(&owner), &delivered) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(
        ukb_token_key_import(ukey.session, ukb_delivered_key_numbers(delivered), id, sizeof(id), "new", &brought, &err),
        UKB_OK);
    ukb_delivered_key_free(delivered);
    owner.key = &brought;
    {
        const struct ukb_key_ops ops = ukb_token_key_ops(&owner);

        assert_int_equal(ukb_certificate_prove_decrypt(made_certificate(&renewed), &ops, &err), UKB_OK);
        assert_int_equal(ukb_certificate_prove_decrypt(made_certificate(&other), &ops, &err), UKB_E_PROOF_FAILED);
    }
}

static void
a_delivered_key_is_opened_imported_and_proved(void **state)
{
    (void)state;
    check_way(&RSA_HOLDER, "P-256/content");
}

static void
the_same_with_the_kinds_the_other_way_round(void **state)
{
    (void)state;
    check_way(&EC_HOLDER, "RSA-2048/content");
}

static void
another_keys_envelope_does_not_open(void **state)
{
    static const struct made same_name = { .key = "RSA-3072", .usage = "keyEncipherment" };
    const struct sealed sealed = { .to = &RSA_HOLDER };
    struct ukb_token_key key = put_key(same_name.key);
    struct ukb_token_owner owner = { ukey.session, &key };
    struct ukb_delivered_key *delivered = NULL;

    (void)state;
    assert_int_equal(open_sealed(&sealed, ukb_token_key_ops(&owner), &delivered), UKB_E_BAD_ENVELOPE);
    assert_null(delivered);
}

static void
a_key_that_does_not_decrypt_says_so(void **state)
{
    const struct sealed sealed = { .to = &EC_HOLDER };
    struct ukb_token_key key = ukey_key("signs only");
    struct ukb_token_owner owner = { ukey.session, &key };
    struct ukb_delivered_key *delivered = NULL;

    (void)state;
    key.public_key = ukb_certificate_facts(made_certificate(&EC_HOLDER))->key;
    assert_int_equal(open_sealed(&sealed, ukb_token_key_ops(&owner), &delivered), UKB_E_UNSUPPORTED);
    assert_null(delivered);
}

static void
a_signing_key_signs(void **state)
{
    static const unsigned char message[] = "a message";
    struct ukb_token_key key = ukey_key("signs");
    struct ukb_token_owner owner = { ukey.session, &key };
    const struct ukb_key_ops ops = ukb_token_key_ops(&owner);
    const struct made made = { .common_name = "signs" };
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    size_t len = sizeof(signature);

    (void)state;
    assert_int_equal(ops.sign(ops.ctx, UKB_SIGN_SHA256, message, sizeof(message), signature, &len, &err), UKB_OK);
    assert_int_equal(ukb_certificate_verify_message(ukey_certificate(made, &key), UKB_SIGN_SHA256, message,
                                                    sizeof(message), signature, len, &err),
                     UKB_OK);
}

#define ON_UKEY(name) cmocka_unit_test_setup_teardown(name, ukey_setup, ukey_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ON_UKEY(a_delivered_key_is_opened_imported_and_proved),
        ON_UKEY(the_same_with_the_kinds_the_other_way_round),
        ON_UKEY(another_keys_envelope_does_not_open),
        ON_UKEY(a_key_that_does_not_decrypt_says_so),
        ON_UKEY(a_signing_key_signs),
    };

    return cmocka_run_group_tests_name("renewal/key_ops", tests, ukey_group_setup, ukey_group_teardown);
}
