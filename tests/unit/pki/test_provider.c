/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "owner.h"
#include "pki/internal.h"
#include "pki/provider.h"

static const char *const KEYS[] = { "RSA-2048", "RSA-3072", "P-256", "P-384", "P-521" };
#define KEY_COUNT (sizeof(KEYS) / sizeof(KEYS[0]))

static const unsigned char SECRET[] = "sixteen bytes, !";
#define SECRET_LEN 16U

static struct ukb_provided_key *
provided(struct owner *owner)
{
    const struct ukb_public_key public_key = made_public_key(owner->key);
    const struct ukb_key_ops ops = owner_ops(owner);
    struct ukb_provided_key *key = NULL;
    struct ukb_error err = { 0 };

    if (ukb_provided_key_new(&public_key, &ops, &key, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return key;
}

/* What the owner said, or UKB_OK; nothing is left of it. */
static enum ukb_status
trouble(struct ukb_provided_key *key)
{
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_provided_key_trouble(key, &err);

    ERR_clear_error();
    assert_int_equal(err.status, st);
    assert_int_equal(ukb_provided_key_trouble(key, &err), UKB_OK);
    return st;
}

/* Signatures */

/* Sign a request by OpenSSL's ordinary calls; 1 when that worked. */
static int
sign_request(const struct ukb_provided_key *key, const char *digest, X509_REQ *req)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int done = EVP_DigestSignInit_ex(ctx, NULL, digest, ukb_provided_key_context(key), NULL, ukb_provided_key_evp(key),
                                     NULL) == 1 &&
               X509_REQ_sign_ctx(req, ctx) > 0;

    EVP_MD_CTX_free(ctx);
    return done;
}

static void
openssl_signs_a_request_with_it(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < KEY_COUNT; i++) {
        struct owner owner = { .key = KEYS[i] };
        struct ukb_provided_key *key = provided(&owner);
        X509_REQ *req = X509_REQ_new();

        assert_int_equal(X509_REQ_set_pubkey(req, made_key(KEYS[i])), 1);
        assert_int_equal(sign_request(key, NULL, req), 1);
        assert_int_equal(owner.calls, 1);
        assert_int_equal(owner.signer.digest, strcmp(KEYS[i], "P-384") == 0 ? UKB_SIGN_SHA384 : UKB_SIGN_SHA256);
        assert_int_equal(X509_REQ_verify(req, made_key(KEYS[i])), 1);
        X509_REQ_free(req);
        ukb_provided_key_free(key);
    }
}

static void
openssl_signs_cms_with_it(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < KEY_COUNT; i++) {
        const struct made made = { .key = KEYS[i] };
        X509 *x509 = made_certificate(&made)->x509;
        struct owner owner = { .key = KEYS[i] };
        struct ukb_provided_key *key = provided(&owner);
        BIO *content = BIO_new_mem_buf(SECRET, SECRET_LEN);
        CMS_ContentInfo *cms = CMS_sign_ex(x509, ukb_provided_key_evp(key), NULL, content, CMS_BINARY,
                                           ukb_provided_key_context(key), NULL);
        unsigned char *der = NULL;
        const unsigned char *at = NULL;
        int len;

        assert_non_null(cms);
        assert_int_equal(owner.calls, 1);
        len = i2d_CMS_ContentInfo(cms, &der);
        CMS_ContentInfo_free(cms);
        at = der;
        cms = d2i_CMS_ContentInfo(NULL, &at, len);
        assert_int_equal(CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY), 1);
        CMS_ContentInfo_free(cms);
        OPENSSL_free(der);
        BIO_free(content);
        ukb_provided_key_free(key);
    }
}

static void
another_keys_certificate_does_not_fit(void **state)
{
    static const struct made other = { .key = "P-256/other" };
    struct owner owner = { .key = "P-256" };
    struct ukb_provided_key *key = provided(&owner);
    BIO *content = BIO_new_mem_buf(SECRET, SECRET_LEN);

    (void)state;
    assert_null(CMS_sign_ex(made_certificate(&other)->x509, ukb_provided_key_evp(key), NULL, content, CMS_BINARY,
                            ukb_provided_key_context(key), NULL));
    ERR_clear_error();
    assert_int_equal(owner.calls, 0);
    BIO_free(content);
    ukb_provided_key_free(key);
}

static void
what_the_owner_raises_arrives(void **state)
{
    struct owner owner = { .key = "P-256", .fail_by = UKB_E_PIN_LOCKED };
    struct ukb_provided_key *key = provided(&owner);
    struct ukb_error err = { 0 };
    X509_REQ *req = X509_REQ_new();

    (void)state;
    assert_int_equal(X509_REQ_set_pubkey(req, made_key("P-256")), 1);
    assert_int_equal(sign_request(key, NULL, req), 0);
    assert_int_equal(ukb_provided_key_failure(key, UKB_E_INTERNAL, "a request", &err), UKB_E_PIN_LOCKED);
    assert_string_equal(err.message, "as the test wants");
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(ukb_provided_key_failure(key, UKB_E_INTERNAL, "a request", &err), UKB_E_INTERNAL);
    assert_string_equal(err.message, "a request");
    X509_REQ_free(req);
    ukb_provided_key_free(key);
}

static void
a_message_and_a_signature_have_their_limits(void **state)
{
    static const unsigned char long_message[UKB_SIGNED_MESSAGE_MAX_LEN + 1U];
    struct owner owner = { .key = "RSA-2048" };
    struct ukb_provided_key *key = provided(&owner);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    size_t len = sizeof(signature);

    (void)state;
    assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", ukb_provided_key_context(key), NULL,
                                           ukb_provided_key_evp(key), NULL),
                     1);
    assert_int_equal(EVP_DigestSignUpdate(ctx, long_message, sizeof(long_message)), 0);
    assert_int_equal(trouble(key), UKB_E_TOO_LARGE);
    assert_int_equal(EVP_DigestSignUpdate(ctx, long_message, sizeof(long_message) - 1U), 1);
    len = 255; /* no room */
    assert_int_equal(EVP_DigestSignFinal(ctx, signature, &len), 0);
    assert_int_equal(trouble(key), UKB_E_INTERNAL);
    EVP_MD_CTX_free(ctx);
    ukb_provided_key_free(key);
}

static void
other_ways_to_sign_are_refused(void **state)
{
    struct owner owner = { .key = "RSA-2048" };
    struct ukb_provided_key *key = provided(&owner);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *raw = EVP_PKEY_CTX_new_from_pkey(ukb_provided_key_context(key), ukb_provided_key_evp(key), NULL);
    EVP_PKEY_CTX *pss = NULL;

    (void)state;
    assert_true(EVP_PKEY_sign_init(raw) <= 0);
    assert_int_equal(
        EVP_DigestSignInit_ex(ctx, NULL, "SHA1", ukb_provided_key_context(key), NULL, ukb_provided_key_evp(key), NULL),
        0);
    assert_int_equal(EVP_DigestSignInit_ex(ctx, &pss, "SHA256", ukb_provided_key_context(key), NULL,
                                           ukb_provided_key_evp(key), NULL),
                     1);
    assert_true(EVP_PKEY_CTX_set_rsa_padding(pss, RSA_PKCS1_PSS_PADDING) <= 0);
    assert_int_equal(trouble(key), UKB_OK);
    assert_int_equal(owner.calls, 0);
    EVP_PKEY_CTX_free(raw);
    EVP_MD_CTX_free(ctx);
    ukb_provided_key_free(key);
}

/* Decryption */

/* Encrypt SECRET to the key named and decrypt it with @p key; the length, or 0. @p digest: OAEP; NULL: PKCS #1 v1.5. */
static size_t
round_trip(const struct ukb_provided_key *key, const char *name, const char *digest, unsigned char *ret_secret)
{
    EVP_PKEY_CTX *to = EVP_PKEY_CTX_new(made_key(name), NULL);
    EVP_PKEY_CTX *from = EVP_PKEY_CTX_new_from_pkey(ukb_provided_key_context(key), ukb_provided_key_evp(key), NULL);
    unsigned char sealed[UKB_OPENED_MAX_LEN];
    size_t sealed_len = sizeof(sealed);
    size_t len = 0;

    assert_int_equal(EVP_PKEY_encrypt_init(to), 1);
    assert_int_equal(EVP_PKEY_decrypt_init(from), 1);
    if (digest != NULL) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(to, RSA_PKCS1_OAEP_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(from, RSA_PKCS1_OAEP_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md_name(to, digest, NULL), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md_name(from, digest, NULL), 1);
    }
    assert_int_equal(EVP_PKEY_encrypt(to, sealed, &sealed_len, SECRET, SECRET_LEN), 1);
    assert_int_equal(EVP_PKEY_decrypt(from, NULL, &len, sealed, sealed_len), 1);
    assert_int_equal(len, sealed_len);
    if (EVP_PKEY_decrypt(from, ret_secret, &len, sealed, sealed_len) != 1) {
        len = 0;
    }
    EVP_PKEY_CTX_free(to);
    EVP_PKEY_CTX_free(from);
    return len;
}

static void
openssl_decrypts_with_it(void **state)
{
    static const struct {
        const char *digest;
        enum ukb_rsa_padding padding;
    } cases[] = {
        { NULL, UKB_RSA_PKCS1 },           { "SHA1", UKB_RSA_OAEP_SHA1 },     { "SHA256", UKB_RSA_OAEP_SHA256 },
        { "SHA384", UKB_RSA_OAEP_SHA384 }, { "SHA512", UKB_RSA_OAEP_SHA512 },
    };
    unsigned char secret[UKB_OPENED_MAX_LEN];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct owner owner = { .key = "RSA-2048" };
        struct ukb_provided_key *key = provided(&owner);

        assert_int_equal(round_trip(key, "RSA-2048", cases[i].digest, secret), SECRET_LEN);
        assert_memory_equal(secret, SECRET, SECRET_LEN);
        assert_int_equal(owner.padding, cases[i].padding);
        assert_int_equal(owner.calls, 1);
        ukb_provided_key_free(key);
    }
}

static void
what_does_not_decrypt_says_so(void **state)
{
    struct owner owner = { .key = "RSA-2048" };
    struct ukb_provided_key *key = provided(&owner);
    unsigned char secret[UKB_OPENED_MAX_LEN];

    (void)state;
    assert_int_equal(round_trip(key, "RSA-2048/other", NULL, secret), 0);
    assert_int_equal(trouble(key), UKB_E_BAD_ENVELOPE);
    owner.fail_by = UKB_E_TOKEN_REMOVED;
    assert_int_equal(round_trip(key, "RSA-2048", NULL, secret), 0);
    assert_int_equal(trouble(key), UKB_E_TOKEN_REMOVED);
    assert_int_equal(round_trip(key, "RSA-2048", "SHA224", secret), 0); /* no token knows it */
    assert_int_equal(trouble(key), UKB_OK);
    assert_int_equal(owner.calls, 2);
    ukb_provided_key_free(key);
}

static void
odd_paddings_are_refused(void **state)
{
    struct owner owner = { .key = "RSA-2048" };
    struct ukb_provided_key *key = provided(&owner);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(ukb_provided_key_context(key), ukb_provided_key_evp(key), NULL);
    unsigned char secret[UKB_OPENED_MAX_LEN];
    size_t len = sizeof(secret);
    void *label = OPENSSL_strdup("label");

    (void)state;
    assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
    assert_true(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) <= 0);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING), 1);
    assert_true(EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label, 5) <= 0);
    OPENSSL_free(label);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, "SHA256", NULL), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, "SHA1", NULL), 1);
    assert_int_equal(EVP_PKEY_decrypt(ctx, secret, &len, secret, 256), 0);
    assert_int_equal(owner.calls, 0);
    ERR_clear_error();
    EVP_PKEY_CTX_free(ctx);
    ukb_provided_key_free(key);
}

/* Key agreement */

/* Derive between @p key and the peer named; the length, or 0. */
static size_t
agree(const struct ukb_provided_key *key, const char *peer, unsigned char *ret_secret, size_t room)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(ukb_provided_key_context(key), ukb_provided_key_evp(key), NULL);
    size_t len = room;

    assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
    if (EVP_PKEY_derive_set_peer(ctx, made_key(peer)) != 1 || EVP_PKEY_derive(ctx, ret_secret, &len) != 1) {
        len = 0;
    }
    EVP_PKEY_CTX_free(ctx);
    return len;
}

static void
both_sides_derive_the_same(void **state)
{
    static const char *const keys[][2] = { { "P-256", "P-256/peer" }, { "P-384", "P-384/peer" } };
    static const size_t lens[] = { 32, 48 };
    unsigned char one[UKB_OPENED_MAX_LEN];
    unsigned char other[UKB_OPENED_MAX_LEN];
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct owner here = { .key = keys[i][0] };
        struct owner there = { .key = keys[i][1] };
        struct ukb_provided_key *key = provided(&here);
        struct ukb_provided_key *peer = provided(&there);

        assert_int_equal(agree(key, keys[i][1], one, sizeof(one)), lens[i]);
        assert_int_equal(agree(peer, keys[i][0], other, sizeof(other)), lens[i]);
        assert_memory_equal(one, other, lens[i]);
        assert_int_equal(agree(key, keys[i][1], one, lens[i] - 1U), 0); /* no room */
        here.cut = true;
        assert_int_equal(agree(key, keys[i][1], one, sizeof(one)), 0);
        here.fail_by = UKB_E_TOKEN_REMOVED;
        assert_int_equal(agree(key, keys[i][1], one, sizeof(one)), 0);
        assert_int_equal(trouble(key), UKB_E_TOKEN_REMOVED);
        ukb_provided_key_free(key);
        ukb_provided_key_free(peer);
    }
}

static void
a_peer_on_another_curve_is_refused(void **state)
{
    struct owner owner = { .key = "P-256" };
    struct ukb_provided_key *key = provided(&owner);
    unsigned char secret[UKB_OPENED_MAX_LEN];

    (void)state;
    assert_int_equal(agree(key, "P-384", secret, sizeof(secret)), 0);
    assert_int_equal(agree(key, "RSA-2048", secret, sizeof(secret)), 0);
    assert_int_equal(owner.calls, 0);
    assert_int_equal(trouble(key), UKB_OK);
    ukb_provided_key_free(key);
}

/* Keys */

static void
other_kinds_of_keys_are_refused(void **state)
{
    static const char *const names[] = { "SM2", "RSA-0768" };
    struct owner owner = { 0 };
    const struct ukb_key_ops ops = owner_ops(&owner);
    struct ukb_provided_key *key = NULL;
    struct ukb_public_key public_key = { 0 };
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        public_key = made_public_key(names[i]);
        assert_int_equal(ukb_provided_key_new(&public_key, &ops, &key, &err), UKB_E_UNSUPPORTED);
    }
    public_key = made_public_key("P-256");
    public_key.point[1] ^= 1; /* beside the curve */
    assert_int_equal(ukb_provided_key_new(&public_key, &ops, &key, &err), UKB_E_UNSUPPORTED);
    memset(&public_key, 0, sizeof(public_key));
    assert_int_equal(ukb_provided_key_new(&public_key, &ops, &key, &err), UKB_E_UNSUPPORTED);
    assert_null(key);
}

static void
an_operation_that_the_owner_has_not_is_refused(void **state)
{
    static const struct ukb_key_ops none = { 0 };
    const struct ukb_public_key rsa = made_public_key("RSA-2048");
    const struct ukb_public_key ec = made_public_key("P-256");
    struct ukb_provided_key *key = NULL;
    struct ukb_error err = { 0 };
    EVP_PKEY_CTX *ctx = NULL;

    (void)state;
    assert_int_equal(ukb_provided_key_new(&rsa, &none, &key, &err), UKB_OK);
    ctx = EVP_PKEY_CTX_new_from_pkey(ukb_provided_key_context(key), ukb_provided_key_evp(key), NULL);
    assert_true(EVP_PKEY_decrypt_init(ctx) <= 0);
    EVP_PKEY_CTX_free(ctx);
    ukb_provided_key_free(key);
    assert_int_equal(ukb_provided_key_new(&ec, &none, &key, &err), UKB_OK);
    ctx = EVP_PKEY_CTX_new_from_pkey(ukb_provided_key_context(key), ukb_provided_key_evp(key), NULL);
    assert_true(EVP_PKEY_derive_init(ctx) <= 0);
    assert_true(EVP_PKEY_decrypt_init(ctx) <= 0);
    EVP_PKEY_CTX_free(ctx);
    ukb_provided_key_free(key);
    ERR_clear_error();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_signs_a_request_with_it),
        cmocka_unit_test(openssl_signs_cms_with_it),
        cmocka_unit_test(another_keys_certificate_does_not_fit),
        cmocka_unit_test(what_the_owner_raises_arrives),
        cmocka_unit_test(a_message_and_a_signature_have_their_limits),
        cmocka_unit_test(other_ways_to_sign_are_refused),
        cmocka_unit_test(openssl_decrypts_with_it),
        cmocka_unit_test(what_does_not_decrypt_says_so),
        cmocka_unit_test(odd_paddings_are_refused),
        cmocka_unit_test(both_sides_derive_the_same),
        cmocka_unit_test(a_peer_on_another_curve_is_refused),
        cmocka_unit_test(other_kinds_of_keys_are_refused),
        cmocka_unit_test(an_operation_that_the_owner_has_not_is_refused),
    };

    return cmocka_run_group_tests_name("pki/provider", tests, NULL, made_done);
}
