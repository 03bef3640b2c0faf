/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "owner.h"
#include "pki/envelope.h"
#include "pki/envelope_internal.h"
#include "pki/internal.h"
#include "pki/public_key.h"
#include "sealed.h"

static const struct made RSA_HOLDER = { .key = "RSA-2048", .usage = "keyEncipherment", .serial = 7 };
static const struct made EC_HOLDER = { .key = "P-256", .usage = "keyAgreement", .serial = 8 };
static const struct made EC_384_HOLDER = { .key = "P-384", .usage = "keyAgreement", .serial = 9 };
static const struct made OTHER = { .key = "RSA-2048/other", .serial = 10 };
static const struct made OTHER_EC = { .key = "P-256/other", .serial = 11 };
static const struct made SAME_NAME = { .key = "RSA-2048/other", .serial = 7 }; /* RSA_HOLDER's issuer and serial */

static const char CLOSED[] = "the envelope does not open to a private key";

/* One envelope and whom it is tried for. */
struct attempt {
    const struct made *holder;
    bool no_certificate;
    struct owner owner;
};

/* Read @p der, check it, open it; the last status. */
static enum ukb_status
open_der(const unsigned char *der, size_t len, struct attempt *attempt, struct ukb_delivered_key **ret_key,
         struct ukb_error *err)
{
    const struct ukb_certificate *certificate = made_certificate(attempt->holder);
    const struct ukb_public_key key = made_public_key(attempt->holder->key);
    const struct ukb_envelope_recipient recipient = { &key, &certificate, attempt->no_certificate ? 0 : 1 };
    struct ukb_envelope *envelope = NULL;
    struct ukb_key_ops ops;
    enum ukb_status st;

    attempt->owner.key = attempt->holder->key;
    ops = owner_ops(&attempt->owner);
    memset(err, 0, sizeof(*err));
    st = ukb_envelope_from_der(der, len, &envelope, err);
    if (st == UKB_OK) {
        st = ukb_envelope_check(envelope, &recipient, err);
    }
    if (st == UKB_OK) {
        st = ukb_envelope_open(envelope, &recipient, &ops, ret_key, err);
        assert_int_equal(attempt->owner.calls, 1);
        assert_int_equal(ukb_envelope_padding(envelope, &recipient), attempt->owner.padding);
    } else {
        assert_int_equal(attempt->owner.calls, 0);
    }
    assert_int_equal(err->status, st);
    assert_int_equal(ERR_peek_error(), 0);
    ukb_envelope_free(envelope);
    return st;
}

static enum ukb_status
open_sealed(const struct sealed *sealed, struct attempt *attempt, struct ukb_delivered_key **ret_key,
            struct ukb_error *err)
{
    size_t len = 0;
    unsigned char *der = sealed_der(sealed, &len);
    const enum ukb_status st = open_der(der, len, attempt, ret_key, err);

    OPENSSL_free(der);
    return st;
}

/* The sealed key comes out for @p holder. */
static void
assert_opens(const struct sealed *sealed, const struct made *holder, bool no_certificate)
{
    const char *name = sealed->content == NULL ? "P-256/content" : sealed->content;
    const struct ukb_public_key wanted = made_public_key(name);
    struct attempt attempt = { .holder = holder, .no_certificate = no_certificate };
    struct ukb_delivered_key *key = NULL;
    struct ukb_error err = { 0 };

    if (open_sealed(sealed, &attempt, &key, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    assert_true(ukb_public_key_equal(&ukb_delivered_key_numbers(key)->public_key, &wanted));
    ukb_delivered_key_free(key);
}

static void
assert_refused(const struct sealed *sealed, const struct made *holder, enum ukb_status status, const char *message)
{
    struct attempt attempt = { .holder = holder };
    struct ukb_delivered_key *key = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(open_sealed(sealed, &attempt, &key, &err), status);
    assert_string_equal(err.message, message);
    assert_null(key);
}

static void
keys_of_both_kinds_are_delivered_by_both_kinds_of_recipients(void **state)
{
    static const char *const contents[] = { "RSA-2048/content", "RSA-3072", "P-256/content", "P-384/content" };
    static const struct made *const holders[] = { &RSA_HOLDER, &EC_HOLDER, &EC_384_HOLDER };
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        for (j = 0; j < sizeof(holders) / sizeof(holders[0]); j++) {
            const struct sealed sealed = { .content = contents[i], .to = holders[j] };

            assert_opens(&sealed, holders[j], false);
        }
    }
}

static void
ciphers_paddings_and_derivations_are_taken(void **state)
{
    static const struct sealed cases[] = {
        { .to = &RSA_HOLDER, .cipher = "aes-128-cbc" },
        { .to = &RSA_HOLDER, .cipher = "aes-192-cbc" },
        { .to = &RSA_HOLDER, .cipher = "aes-128-gcm" },
        { .to = &RSA_HOLDER, .cipher = "aes-256-gcm" },
        { .to = &RSA_HOLDER, .oaep = "SHA1" },
        { .to = &RSA_HOLDER, .oaep = "SHA256" },
        { .to = &RSA_HOLDER, .oaep = "SHA384" },
        { .to = &RSA_HOLDER, .oaep = "SHA512" },
        { .to = &RSA_HOLDER, .flags = CMS_STREAM },
        { .to = &RSA_HOLDER, .also_to = &OTHER },
        { .to = &EC_HOLDER, .cipher = "aes-128-cbc", .kdf = "SHA256" },
        { .to = &EC_HOLDER, .cipher = "aes-256-gcm", .kdf = "SHA384" },
        { .to = &EC_HOLDER, .kdf = "SHA512" },
        { .to = &EC_384_HOLDER, .cipher = "aes-192-cbc", .kdf = "SHA224" },
        { .to = &EC_HOLDER, .also_to = &OTHER_EC, .flags = CMS_STREAM },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_opens(&cases[i], cases[i].to, false);
    }
}

/* A certificate whose subjectKeyIdentifier is the hash of its key, as CAs make it. */
static struct made
hashed(const char *name, struct made_extension *extension, unsigned char value[22])
{
    const struct ukb_public_key key = made_public_key(name);
    struct ukb_buf spki = UKB_BUF_INIT(UKB_CERTIFICATE_DER_MAX_LEN);
    const size_t bits_len = key.type == UKB_KEY_RSA ? 270 : key.point_len;
    struct ukb_error err = { 0 };
    struct made made = { .key = name, .no_key_ids = true, .extensions = extension, .extension_count = 1 };

    assert_int_equal(ukb_public_key_to_spki(&key, &spki, &err), UKB_OK);
    value[0] = 0x04;
    value[1] = 20;
    assert_int_equal(EVP_Digest(spki.data + spki.len - bits_len, bits_len, value + 2, NULL, EVP_sha1(), NULL), 1);
    *extension = (struct made_extension){ .oid = "2.5.29.14", .value = value, .value_len = 22 };
    ukb_buf_done(&spki);
    return made;
}

static void
recipients_are_known_by_key_identifier(void **state)
{
    static const char *const names[] = { "RSA-2048", "P-256" };
    struct made_extension extension;
    unsigned char value[22];
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        const struct made by_key = hashed(names[i], &extension, value);
        const struct sealed to_key = { .to = &by_key, .flags = CMS_USE_KEYID };
        const struct made *holder = i == 0 ? &RSA_HOLDER : &EC_HOLDER;
        const struct sealed to_holder = { .to = holder, .flags = CMS_USE_KEYID };

        assert_opens(&to_key, holder, true);     /* by the key's own hash */
        assert_opens(&to_key, holder, false);    /* with a certificate that says something else */
        assert_opens(&to_holder, holder, false); /* by the certificate's extension */
    }
}

static void
others_envelopes_are_never_tried(void **state)
{
    static const char addressed[] = "the envelope is addressed to others";
    static const struct sealed cases[] = {
        { .to = &OTHER },
        { .to = &OTHER, .flags = CMS_USE_KEYID },
        { .to = &EC_HOLDER },
        { .to = &OTHER_EC },
    };
    struct attempt by_key = { .holder = &RSA_HOLDER, .no_certificate = true };
    const struct sealed by_name = { .to = &RSA_HOLDER };
    struct ukb_delivered_key *key = NULL;
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_refused(&cases[i], &RSA_HOLDER, UKB_E_BAD_ENVELOPE, addressed);
    }
    assert_refused(&cases[3], &EC_HOLDER, UKB_E_BAD_ENVELOPE, addressed);
    /* Who has no certificate is not known by a name. */
    assert_int_equal(open_sealed(&by_name, &by_key, &key, &err), UKB_E_BAD_ENVELOPE);
    assert_string_equal(err.message, addressed);
}

static void
whatever_does_not_open_is_one_error(void **state)
{
    static const struct sealed to_rsa = { .to = &RSA_HOLDER };
    static const struct sealed to_same_name = { .to = &SAME_NAME };
    static const struct sealed to_ec = { .to = &EC_HOLDER };
    static const struct sealed authenticated = { .to = &RSA_HOLDER, .cipher = "aes-256-gcm" };
    static const struct {
        const struct sealed *sealed;
        const struct made *holder;
        struct owner owner;
        bool spoil_content;
    } cases[] = {
        { &to_same_name, &RSA_HOLDER, { 0 }, false },       /* another key: wrong padding */
        { &to_rsa, &RSA_HOLDER, { .spoil = true }, false }, /* another content key */
        { &to_rsa, &RSA_HOLDER, { .cut = true }, false },   /* of another length */
        { &to_rsa, &RSA_HOLDER, { .fail_by = UKB_E_BAD_ENVELOPE }, false },
        { &to_rsa, &RSA_HOLDER, { 0 }, true },        /* wrong padding of the content */
        { &authenticated, &RSA_HOLDER, { 0 }, true }, /* wrong tag */
        { &to_ec, &EC_HOLDER, { .spoil = true }, false },
        { &to_ec, &EC_HOLDER, { .cut = true }, false },
        { &to_ec, &EC_HOLDER, { .fail_by = UKB_E_BAD_ENVELOPE }, false },
        { &to_ec, &EC_HOLDER, { 0 }, true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct attempt attempt = { .holder = cases[i].holder, .owner = cases[i].owner };
        struct ukb_delivered_key *key = NULL;
        struct ukb_error err = { 0 };
        size_t len = 0;
        unsigned char *der = sealed_der(cases[i].sealed, &len);

        der[len - 1] ^= cases[i].spoil_content ? 0x55 : 0; /* the last byte of the content, or of the tag */
        assert_int_equal(open_der(der, len, &attempt, &key, &err), UKB_E_BAD_ENVELOPE);
        assert_string_equal(err.message, CLOSED);
        assert_null(key);
        OPENSSL_free(der);
    }
}

static void
trouble_of_the_owners_is_its_own(void **state)
{
    static const struct sealed to_rsa = { .to = &RSA_HOLDER };
    static const struct sealed to_ec = { .to = &EC_HOLDER };
    struct ukb_delivered_key *key = NULL;
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct attempt attempt = { .holder = i == 0 ? &RSA_HOLDER : &EC_HOLDER,
                                   .owner = { .fail_by = UKB_E_TOKEN_REMOVED } };

        assert_int_equal(open_sealed(i == 0 ? &to_rsa : &to_ec, &attempt, &key, &err), UKB_E_TOKEN_REMOVED);
        assert_string_equal(err.message, "as the test wants");
        assert_null(key);
    }
}

static void
ways_that_are_not_taken_are_refused(void **state)
{
    static const char cipher[] =
        "the envelope is encrypted with another cipher than AES-CBC, or AES-GCM in AuthEnvelopedData";
    static const char way[] = "the envelope encrypts its content key in a way that is not taken";
    static const unsigned char too_long[UKB_PKCS8_MAX_LEN];
    static const struct {
        struct sealed sealed;
        const char *message;
    } cases[] = {
        { { .to = &RSA_HOLDER, .cipher = "des-ede3-cbc" }, cipher },
        { { .to = &RSA_HOLDER, .cipher = "aes-256-cfb" }, cipher },
        { { .to = &RSA_HOLDER, .cipher = "camellia-256-cbc" }, cipher },
        { { .to = &RSA_HOLDER, .oaep = "SHA224" }, way },
        { { .to = &RSA_HOLDER, .oaep = "SHA256", .mgf1 = "SHA1" }, way },
        { { .to = &RSA_HOLDER, .bytes = too_long, .bytes_len = sizeof(too_long) },
          "the envelope holds more than a private key" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_refused(&cases[i].sealed, &RSA_HOLDER, UKB_E_BAD_ENVELOPE, cases[i].message);
    }
}

static void
what_comes_out_is_a_private_key(void **state)
{
    static const char not_a_key[] = "{\"key\":\"none\"}";
    static const struct {
        struct sealed sealed;
        enum ukb_status status;
        const char *message;
    } cases[] = {
        { { .to = &RSA_HOLDER, .bytes = not_a_key, .bytes_len = sizeof(not_a_key) }, UKB_E_BAD_ENVELOPE, CLOSED },
        { { .to = &RSA_HOLDER, .content = "ED25519" },
          UKB_E_UNSUPPORTED,
          "the envelope holds a key that is neither RSA nor EC" },
        { { .to = &RSA_HOLDER, .content = "P-521" },
          UKB_E_UNSUPPORTED,
          "the envelope holds a key on another curve than P-256 and P-384" },
        { { .to = &RSA_HOLDER, .content = "SM2" },
          UKB_E_UNSUPPORTED,
          "the envelope holds a key on another curve than P-256 and P-384" },
        { { .to = &RSA_HOLDER, .content = "P-256/explicit" },
          UKB_E_BAD_ENVELOPE,
          "the envelope holds an EC key on no named curve" },
        { { .to = &RSA_HOLDER, .content = "RSA-1024" },
          UKB_E_UNSUPPORTED,
          "the envelope holds an RSA key of 1024 bits" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_refused(&cases[i].sealed, &RSA_HOLDER, cases[i].status, cases[i].message);
    }
}

/* The delivered key of @p pkcs8, of which one byte from the end is changed. */
static enum ukb_status
take_changed(const char *name, size_t from_end, struct ukb_error *err)
{
    unsigned char *pkcs8 = OPENSSL_secure_zalloc(UKB_PKCS8_MAX_LEN);
    size_t len = 0;
    unsigned char *der = sealed_pkcs8(name, &len);
    struct ukb_delivered_key *key = NULL;
    enum ukb_status st;

    assert_true(len <= UKB_PKCS8_MAX_LEN);
    memcpy(pkcs8, der, len);
    if (from_end > 0) {
        pkcs8[len - from_end] ^= 1;
    }
    st = ukb_delivered_key_take(pkcs8, len, &key, err);
    assert_int_equal(key != NULL, st == UKB_OK);
    ukb_delivered_key_free(key);
    OPENSSL_clear_free(der, len);
    return st;
}

static void
numbers_that_do_not_fit_are_refused(void **state)
{
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    assert_int_equal(take_changed("RSA-2048/content", 0, &err), UKB_OK);
    /* The last bytes of coefficient, exponent 2 and 1, primes, private and public exponent, modulus. */
    static const size_t rsa[] = { 1, 1 + 131, 1 + 131 + 131, 1 + 3 * 132, 1 + 4 * 133 };
    for (i = 0; i < sizeof(rsa) / sizeof(rsa[0]); i++) {
        assert_int_equal(take_changed("RSA-2048/content", rsa[i], &err), UKB_E_BAD_ENVELOPE);
    }
    for (i = 1; i < 64; i++) { /* the public point */
        assert_int_equal(take_changed("P-256/content", i, &err), UKB_E_BAD_ENVELOPE);
        assert_string_equal(err.message, "the numbers of the delivered key do not fit");
    }
}

/* Forms */

static void
assert_form(const unsigned char *der, size_t len, enum ukb_status status, const char *message)
{
    struct ukb_envelope *envelope = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_envelope_from_der(der, len, &envelope, &err), status);
    assert_string_equal(err.message, message);
    assert_null(envelope);
    assert_int_equal(ERR_peek_error(), 0);
}

static void
a_pkcs12_is_refused(void **state)
{
    PKCS12 *pkcs12 =
        PKCS12_create("123456", "key", made_key("P-256"), made_certificate(&EC_HOLDER)->x509, NULL, 0, 0, 0, 0, 0);
    unsigned char *der = NULL;
    int len = i2d_PKCS12(pkcs12, &der);

    (void)state;
    assert_form(der, (size_t)len, UKB_E_BAD_ENVELOPE, "a PKCS #12 is refused: a key is delivered as CMS EnvelopedData");
    OPENSSL_free(der);
    PKCS12_free(pkcs12);
}

static void
bare_keys_are_refused(void **state)
{
    size_t len = 0;
    unsigned char *der = sealed_pkcs8("P-256", &len);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    long data_len;

    (void)state;
    assert_form(der, len, UKB_E_BAD_ENVELOPE,
                "a private key that is not encrypted is refused: a key is delivered as CMS EnvelopedData");
    assert_int_equal(i2d_PKCS8PrivateKey_bio(bio, made_key("P-256"), EVP_aes_256_cbc(), "123456", 6, NULL, NULL), 1);
    data_len = BIO_get_mem_data(bio, &data);
    assert_form((const unsigned char *)data, (size_t)data_len, UKB_E_BAD_ENVELOPE,
                "a private key encrypted with a password is refused: a key is delivered as CMS EnvelopedData");
    BIO_free(bio);
    OPENSSL_free(der);
}

static void
forms_for_sm2_are_unsupported(void **state)
{
    /* SEQUENCE { SEQUENCE { OID }, SEQUENCE { … }, BIT STRING, BIT STRING } */
    static const unsigned char enveloped[] = "\x30\x15\x30\x08\x06\x06\x2A\x81\x1C\xCF\x55\x01\x30\x03\x02\x01\x01"
                                             "\x03\x01\x00\x03\x01\x00";
    /* SEQUENCE { SEQUENCE OF Certificate, [0] … } */
    static const unsigned char response[] = "\x30\x08\x30\x02\x30\x00\xA0\x02\x30\x00";
    /* SEQUENCE { OID of GM/T 0010's enveloped data, [0] … } */
    static const unsigned char gm[] = "\x30\x10\x06\x0A\x2A\x81\x1C\xCF\x55\x06\x01\x04\x02\x03\xA0\x02\x30\x00";

    (void)state;
    assert_form(enveloped, sizeof(enveloped) - 1U, UKB_E_UNSUPPORTED,
                "SM2EnvelopedKey is not supported in this version");
    assert_form(response, sizeof(response) - 1U, UKB_E_UNSUPPORTED, "CSRResponse is not supported in this version");
    assert_form(gm, sizeof(gm) - 1U, UKB_E_UNSUPPORTED, "CMS for SM2 (GM/T 0010) is not supported in this version");
}

static void
anything_else_is_no_envelope(void **state)
{
    static const unsigned char junk[] = "junk";
    static const unsigned char empty[] = "\x30\x00";
    static const unsigned char future[] = "\x30\x03\x02\x01\x05";
    static const unsigned char cut[] = "\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03";
    static unsigned char big[UKB_ENVELOPE_DER_MAX_LEN + 1U];
    const struct sealed sealed = { .to = &RSA_HOLDER };
    BIO *content = BIO_new_mem_buf(junk, 4);
    CMS_ContentInfo *cms = CMS_sign(made_certificate(&OTHER)->x509, made_key(OTHER.key), NULL, content, CMS_BINARY);
    unsigned char *der = NULL;
    unsigned char *longer = NULL;
    size_t len = (size_t)i2d_CMS_ContentInfo(cms, &der);

    (void)state;
    assert_form(junk, 4, UKB_E_BAD_ENVELOPE, "the envelope is not CMS");
    assert_form(empty, 2, UKB_E_BAD_ENVELOPE, "the envelope is not CMS");
    assert_form(future, 5, UKB_E_BAD_ENVELOPE, "the envelope is not CMS");
    assert_form(cut, sizeof(cut) - 1U, UKB_E_BAD_ENVELOPE, "the envelope is not well-formed CMS");
    assert_form(big, 0, UKB_E_BAD_ENVELOPE, "an envelope of 0 bytes");
    assert_form(big, sizeof(big), UKB_E_BAD_ENVELOPE, "an envelope of 49153 bytes");
    assert_form(der, len, UKB_E_BAD_ENVELOPE, "the envelope is CMS of another type than EnvelopedData");
    OPENSSL_free(der);
    der = made_der(&OTHER, &len); /* a certificate */
    assert_form(der, len, UKB_E_BAD_ENVELOPE, "the envelope is not CMS");
    OPENSSL_free(der);
    der = sealed_der(&sealed, &len);
    longer = OPENSSL_zalloc(len + 1U);
    memcpy(longer, der, len);
    assert_form(longer, len + 1U, UKB_E_BAD_ENVELOPE, "the envelope is not well-formed CMS"); /* a byte behind it */
    OPENSSL_free(longer);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
}

static void
base64_is_read(void **state)
{
    const struct sealed sealed = { .to = &RSA_HOLDER };
    size_t len = 0;
    unsigned char *der = sealed_der(&sealed, &len);
    char *text = OPENSSL_zalloc(len * 2U);
    struct ukb_envelope *envelope = NULL;
    struct ukb_error err = { 0 };

    (void)state;
    assert_true(EVP_EncodeBlock((unsigned char *)text, der, (int)len) > 0);
    assert_int_equal(ukb_envelope_from_base64(text, &envelope, &err), UKB_OK);
    ukb_envelope_free(envelope);
    envelope = NULL;
    text[0] = '!';
    assert_int_equal(ukb_envelope_from_base64(text, &envelope, &err), UKB_E_BAD_ENVELOPE);
    assert_string_equal(err.message, "the envelope is not base64 of a fitting length");
    assert_int_equal(ukb_envelope_from_base64("", &envelope, &err), UKB_E_BAD_ENVELOPE);
    assert_null(envelope);
    OPENSSL_free(text);
    OPENSSL_free(der);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_both_kinds_are_delivered_by_both_kinds_of_recipients),
        cmocka_unit_test(ciphers_paddings_and_derivations_are_taken),
        cmocka_unit_test(recipients_are_known_by_key_identifier),
        cmocka_unit_test(others_envelopes_are_never_tried),
        cmocka_unit_test(whatever_does_not_open_is_one_error),
        cmocka_unit_test(trouble_of_the_owners_is_its_own),
        cmocka_unit_test(ways_that_are_not_taken_are_refused),
        cmocka_unit_test(what_comes_out_is_a_private_key),
        cmocka_unit_test(numbers_that_do_not_fit_are_refused),
        cmocka_unit_test(a_pkcs12_is_refused),
        cmocka_unit_test(bare_keys_are_refused),
        cmocka_unit_test(forms_for_sm2_are_unsupported),
        cmocka_unit_test(anything_else_is_no_envelope),
        cmocka_unit_test(base64_is_read),
    };

    return cmocka_run_group_tests_name("pki/envelope", tests, owner_start_heap, owner_end_heap);
}
