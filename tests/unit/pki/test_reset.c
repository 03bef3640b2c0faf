/* SPDX-License-Identifier: MIT */
/* Unit tests for pki/reset.c: who may authorise a reset, and every other message refused before it is used. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "made.h"
#include "pki/pem.h"
#include "pki/public_key.h"
#include "pki/reset.h"

#define NOW_S     (MADE_START_S + 100 * MADE_DAY_S)
#define TEXT      "{\"soPin\":\"87654321\"}"
#define TEXT_SIZE 64U
#define NONCE     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define SIGN_FLAGS (CMS_BINARY | CMS_NOSMIMECAP)

static const struct made authority = { .key = "P-256/authority",
                                       .common_name = "Authority",
                                       .usage = "digitalSignature" };
static const struct made second = { .key = "RSA-2048/second", .common_name = "Second", .usage = "digitalSignature" };
static const struct made twin = { .key = "P-256/twin", .common_name = "Authority", .usage = "digitalSignature" };
static const struct made stranger = { .key = "P-256/stranger", .common_name = "Stranger" };

static struct ukb_error err;
static struct ukb_reset_key *key;
static struct ukb_buf recipient;
static unsigned char text[TEXT_SIZE];
static size_t text_len;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    recipient = (struct ukb_buf)UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    assert_int_equal(ukb_reset_key_new(NONCE, NOW_S, NULL, &key, &recipient, &err), UKB_OK);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_reset_key_free(key);
    key = NULL;
    ukb_buf_done(&recipient);
    return 0;
}

/* The certificate of each of the four, made once. */
static const struct ukb_certificate *
certificate_of(const struct made *made)
{
    static const struct made *const known[] = { &authority, &second, &twin, &stranger };
    static const struct ukb_certificate *certificates[4];
    size_t i = 0;

    while (known[i] != made) {
        i++;
    }
    if (certificates[i] == NULL) {
        certificates[i] = made_certificate(made);
    }
    return certificates[i];
}

static X509 *
x509_of(const unsigned char *der, size_t len)
{
    return d2i_X509(NULL, &der, (long)len);
}

static X509 *
made_x509(const struct made *made)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate_of(made));

    return x509_of(facts->der, facts->der_len);
}

static X509 *
recipient_x509(const struct ukb_buf *pem)
{
    struct ukb_buf der = UKB_BUF_INIT(UKB_CERTIFICATE_DER_MAX_LEN);
    X509 *x509 = NULL;

    assert_int_equal(ukb_pem_decode(UKB_PEM_CERTIFICATE, ukb_buf_text(pem), &der, &err), UKB_OK);
    x509 = x509_of(der.data, der.len);
    ukb_buf_done(&der);
    assert_non_null(x509);
    return x509;
}

/* The DER of @p cms, which is freed. */
static BIO *
der_of(CMS_ContentInfo *cms)
{
    BIO *der = BIO_new(BIO_s_mem());

    assert_non_null(cms);
    assert_int_equal(i2d_CMS_bio(der, cms), 1);
    CMS_ContentInfo_free(cms);
    return der;
}

/* EnvelopedData to as many recipients as there are certificates (freed). */
static BIO *
envelope(const char *content, size_t len, const EVP_CIPHER *cipher, X509 *one, X509 *other)
{
    STACK_OF(X509) *to = sk_X509_new_null();
    BIO *in = BIO_new_mem_buf(content, (int)len);
    BIO *der = NULL;

    assert_true(sk_X509_push(to, one) > 0);
    if (other != NULL) {
        assert_true(sk_X509_push(to, other) > 0);
    }
    der = der_of(CMS_encrypt(to, in, cipher, CMS_BINARY));
    BIO_free(in);
    sk_X509_pop_free(to, X509_free);
    return der;
}

static BIO *
good_envelope(void)
{
    return envelope(TEXT, strlen(TEXT), EVP_aes_256_cbc(), recipient_x509(&recipient), NULL);
}

/* SignedData over @p content (freed) by each of the signers. */
static CMS_ContentInfo *
sign(BIO *content, const struct made *by, const struct made *and_by, const EVP_MD *digest, unsigned int flags)
{
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, content, SIGN_FLAGS | CMS_PARTIAL | flags);
    const struct made *const signers[] = { by, and_by };
    size_t i;

    assert_non_null(cms);
    for (i = 0; i < 2U; i++) {
        X509 *x509 = signers[i] == NULL ? NULL : made_x509(signers[i]);

        if (x509 != NULL) {
            assert_non_null(CMS_add1_signer(cms, x509, made_key(signers[i]->key), digest, SIGN_FLAGS | flags));
        }
        X509_free(x509);
    }
    assert_int_equal(CMS_final(cms, content, NULL, SIGN_FLAGS | flags), 1);
    BIO_free(content);
    return cms;
}

/* The same without a signer, which CMS_final() would not make. */
static BIO *
signed_by_nobody(BIO *content)
{
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS | CMS_PARTIAL);
    ASN1_OCTET_STRING **octets = CMS_get0_content(cms);
    unsigned char *data = NULL;
    const long len = BIO_get_mem_data(content, &data);

    ASN1_OCTET_STRING_free(*octets);
    *octets = ASN1_OCTET_STRING_new();
    assert_int_equal(ASN1_OCTET_STRING_set(*octets, data, (int)len), 1);
    BIO_free(content);
    return der_of(cms);
}

/* The base64 of @p der, freed; the caller frees the text with free(). */
static char *
base64(BIO *der)
{
    unsigned char *data = NULL;
    const long len = BIO_get_mem_data(der, &data);
    char *encoded = malloc((size_t)len * 2U + 4U);

    assert_non_null(encoded);
    (void)EVP_EncodeBlock((unsigned char *)encoded, data, (int)len);
    BIO_free(der);
    return encoded;
}

/* Open @p authorization, which is freed. */
static enum ukb_status
open_text(char *authorization)
{
    const struct ukb_certificate *const pinned[] = { certificate_of(&second), certificate_of(&authority) };
    enum ukb_status st;

    st = ukb_reset_open(key, pinned, 2, NOW_S, authorization, text, sizeof(text), &text_len, &err);
    free(authorization);
    return st;
}

static enum ukb_status
open_der(BIO *der)
{
    return open_text(base64(der));
}

static enum ukb_status
open_signed(BIO *content, const struct made *by)
{
    return open_der(der_of(sign(content, by, NULL, EVP_sha256(), 0)));
}

static void
expect_refused(enum ukb_status st, const char *why)
{
    assert_int_equal(st, UKB_E_RESET_UNAUTHORISED);
    if (strstr(err.message, why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, why);
    }
}

static void
what_an_authority_signs_for_this_key_is_opened(void **state)
{
    const struct made *const signers[] = { &authority, &second };
    const EVP_MD *const digests[] = { EVP_sha256(), EVP_sha384(), EVP_sha512() };
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < 2U; i++) {
        for (k = 0; k < 3U; k++) {
            memset(text, 0, sizeof(text));
            assert_int_equal(open_der(der_of(sign(good_envelope(), signers[i], NULL, digests[k], 0))), UKB_OK);
            assert_int_equal(text_len, strlen(TEXT));
            assert_memory_equal(text, TEXT, text_len);
        }
    }
}

static void
a_signer_named_by_key_identifier_and_one_without_attributes_are_fine(void **state)
{
    static const unsigned int flags[] = { CMS_USE_KEYID, CMS_NOATTR, CMS_NOCERTS };
    size_t i;

    (void)state;
    for (i = 0; i < 3U; i++) {
        assert_int_equal(open_der(der_of(sign(good_envelope(), &authority, NULL, EVP_sha256(), flags[i]))), UKB_OK);
    }
}

static void
the_recipient_names_the_nonce_and_is_for_encryption_only(void **state)
{
    X509 *x509 = recipient_x509(&recipient);
    char *subject = X509_NAME_oneline(X509_get_subject_name(x509), NULL, 0);

    (void)state;
    assert_non_null(strstr(subject, "serialNumber=" NONCE));
    assert_int_equal(X509_get_key_usage(x509), KU_KEY_ENCIPHERMENT);
    assert_int_equal(X509_check_ca(x509), 0);
    assert_int_equal(X509_verify(x509, X509_get0_pubkey(x509)), 1);
    assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(x509)), 2048);
    OPENSSL_free(subject);
    X509_free(x509);
}

/* The private key of a made certificate as PEM. */
static BIO *
key_pem(const struct made *made)
{
    BIO *pem = BIO_new(BIO_s_mem());

    assert_int_equal(PEM_write_bio_PrivateKey(pem, made_key(made->key), NULL, NULL, 0, NULL, NULL), 1);
    return pem;
}

static enum ukb_status
new_with_identity(const struct made *certificate, const struct made *owner, struct ukb_reset_key **ret_key,
                  struct ukb_buf *pem)
{
    struct ukb_reset_identity identity = { .certificate = certificate_of(certificate) };
    BIO *bio = key_pem(owner);
    char *data = NULL;
    enum ukb_status st;

    identity.key_pem_len = (size_t)BIO_get_mem_data(bio, &data);
    identity.key_pem = data;
    st = ukb_reset_key_new(NONCE, NOW_S, &identity, ret_key, pem, &err);
    BIO_free(bio);
    return st;
}

static void
an_identity_signs_the_recipient(void **state)
{
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_reset_key *other = NULL;
    X509 *x509 = NULL;

    (void)state;
    assert_int_equal(new_with_identity(&second, &second, &other, &pem), UKB_OK);
    x509 = recipient_x509(&pem);
    assert_int_equal(X509_verify(x509, made_key(second.key)), 1);
    X509_free(x509);
    ukb_reset_key_free(other);
    ukb_buf_done(&pem);
}

static void
an_identity_whose_key_is_anothers_or_none_is_the_policys_fault(void **state)
{
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    const struct ukb_reset_identity no_key = { certificate_of(&second), "no key", 6 };
    struct ukb_reset_key *other = NULL;

    (void)state;
    assert_int_equal(new_with_identity(&second, &stranger, &other, &pem), UKB_E_POLICY_INVALID);
    assert_int_equal(ukb_reset_key_new(NONCE, NOW_S, &no_key, &other, &pem, &err), UKB_E_POLICY_INVALID);
    assert_null(other);
    assert_int_equal(pem.len, 0);
}

static void
other_signers_are_refused(void **state)
{
    (void)state;
    expect_refused(open_signed(good_envelope(), &stranger), "nobody that the policy names");
    /* The same name and serial number, but another key: the certificate in the message counts for nothing. */
    expect_refused(open_signed(good_envelope(), &twin), "does not verify");
    expect_refused(open_der(der_of(sign(good_envelope(), &authority, &second, EVP_sha256(), 0))), "exactly one signer");
    expect_refused(open_der(der_of(sign(good_envelope(), &authority, &stranger, EVP_sha256(), 0))),
                   "exactly one signer");
    expect_refused(open_der(signed_by_nobody(good_envelope())), "exactly one signer");
}

static void
nobody_pinned_means_nobody(void **state)
{
    char *authorization = base64(der_of(sign(good_envelope(), &authority, NULL, EVP_sha256(), 0)));

    (void)state;
    expect_refused(ukb_reset_open(key, NULL, 0, NOW_S, authorization, text, sizeof(text), &text_len, &err),
                   "nobody that the policy names");
    free(authorization);
}

static void
an_authority_whose_certificate_has_ended_counts_no_more(void **state)
{
    const struct ukb_certificate *const pinned[] = { certificate_of(&authority) };
    const long long days[] = { MADE_START_S - 1, ukb_certificate_facts(certificate_of(&authority))->not_after_s + 1 };
    char *authorization = base64(der_of(sign(good_envelope(), &authority, NULL, EVP_sha256(), 0)));
    size_t i;

    (void)state;
    for (i = 0; i < 2U; i++) {
        expect_refused(ukb_reset_open(key, pinned, 1, days[i], authorization, text, sizeof(text), &text_len, &err),
                       "not valid today");
    }
    free(authorization);
}

static void
an_old_digest_is_refused(void **state)
{
    (void)state;
    expect_refused(open_der(der_of(sign(good_envelope(), &second, NULL, EVP_sha1(), 0))), "digest");
    expect_refused(open_der(der_of(sign(good_envelope(), &second, NULL, EVP_sha224(), 0))), "digest");
}

/* Whichever bit of the message is flipped, it is refused or says the same; never something else. */
static void
a_message_changed_anywhere_gives_no_other_text(void **state)
{
    BIO *der = der_of(sign(good_envelope(), &authority, NULL, EVP_sha256(), CMS_NOCERTS));
    unsigned char *data = NULL;
    const long len = BIO_get_mem_data(der, &data);
    long at;
    unsigned int refusals = 0;

    (void)state;
    for (at = 0; at < len; at += 3) {
        unsigned char *spoilt = malloc((size_t)len);
        BIO *spoilt_der = BIO_new(BIO_s_mem());
        enum ukb_status st;

        assert_non_null(spoilt);
        memcpy(spoilt, data, (size_t)len);
        spoilt[at] ^= 0x10U;
        assert_int_equal(BIO_write(spoilt_der, spoilt, (int)len), len);
        st = open_der(spoilt_der);
        assert_true(st == UKB_OK || st == UKB_E_RESET_UNAUTHORISED);
        if (st == UKB_OK) {
            assert_int_equal(text_len, strlen(TEXT));
            assert_memory_equal(text, TEXT, text_len);
        }
        refusals += st == UKB_OK ? 0U : 1U;
        free(spoilt);
    }
    assert_true(refusals > (unsigned int)len / 3U * 8U / 10U);
    BIO_free(der);
}

static BIO *
bytes(const char *content)
{
    BIO *bio = BIO_new(BIO_s_mem());

    assert_int_equal(BIO_write(bio, content, (int)strlen(content)), (int)strlen(content));
    return bio;
}

static void
a_layer_that_is_missing_or_of_another_kind_is_refused(void **state)
{
    BIO *twice = NULL;

    (void)state;
    expect_refused(open_der(good_envelope()), "SignedData");
    expect_refused(open_signed(bytes(TEXT), &authority), "EnvelopedData");
    expect_refused(open_signed(der_of(sign(good_envelope(), &authority, NULL, EVP_sha256(), 0)), &authority),
                   "EnvelopedData");
    twice = good_envelope();
    assert_int_equal(BIO_write(twice, "x", 1), 1);
    expect_refused(open_signed(twice, &authority), "EnvelopedData"); /* something behind it */
    twice = der_of(sign(good_envelope(), &authority, NULL, EVP_sha256(), 0));
    assert_int_equal(BIO_write(twice, "x", 1), 1);
    expect_refused(open_der(twice), "SignedData");
    expect_refused(open_der(der_of(sign(good_envelope(), &authority, NULL, EVP_sha256(), CMS_DETACHED))), "content");
}

static void
an_envelope_to_anybody_else_is_refused(void **state)
{
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_reset_key *other = NULL;

    (void)state;
    assert_int_equal(ukb_reset_key_new(NONCE, NOW_S, NULL, &other, &pem, &err), UKB_OK);
    expect_refused(open_signed(envelope(TEXT, strlen(TEXT), EVP_aes_256_cbc(), recipient_x509(&pem), NULL), &authority),
                   "recipient of this reset");
    expect_refused(
        open_signed(envelope(TEXT, strlen(TEXT), EVP_aes_256_cbc(), recipient_x509(&recipient), recipient_x509(&pem)),
                    &authority),
        "recipient of this reset alone");
    expect_refused(open_signed(envelope(TEXT, strlen(TEXT), EVP_aes_256_cbc(), made_x509(&stranger), NULL), &authority),
                   "recipient of this reset");
    ukb_reset_key_free(other);
    ukb_buf_done(&pem);
}

static void
an_old_cipher_is_refused(void **state)
{
    (void)state;
    expect_refused(
        open_signed(envelope(TEXT, strlen(TEXT), EVP_des_ede3_cbc(), recipient_x509(&recipient), NULL), &authority),
        "cipher");
    assert_int_equal(
        open_signed(envelope(TEXT, strlen(TEXT), EVP_aes_128_cbc(), recipient_x509(&recipient), NULL), &authority),
        UKB_OK);
}

static void
a_text_that_just_fits_is_read_and_a_longer_one_is_refused(void **state)
{
    char longest[TEXT_SIZE + 1U];

    (void)state;
    memset(longest, 'a', sizeof(longest));
    assert_int_equal(
        open_signed(envelope(longest, TEXT_SIZE, EVP_aes_256_cbc(), recipient_x509(&recipient), NULL), &authority),
        UKB_OK);
    assert_int_equal(text_len, TEXT_SIZE);
    expect_refused(
        open_signed(envelope(longest, TEXT_SIZE + 1U, EVP_aes_256_cbc(), recipient_x509(&recipient), NULL), &authority),
        "too much");
}

static void
what_is_no_base64_or_too_long_is_refused(void **state)
{
    static const char *const bad[] = { "", "AAAA", "AAA", "A=AA", "AAAA*", "AA==AAAA", "====" };
    char *endless = malloc(UKB_AUTHORIZATION_MAX_LEN + 8U);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *copy = strdup(bad[i]);

        expect_refused(open_text(copy), "authorization");
    }
    assert_non_null(endless);
    memset(endless, 'A', UKB_AUTHORIZATION_MAX_LEN + 4U);
    endless[UKB_AUTHORIZATION_MAX_LEN + 4U] = '\0';
    expect_refused(open_text(endless), "base64");
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_an_authority_signs_for_this_key_is_opened),
        CASE(a_signer_named_by_key_identifier_and_one_without_attributes_are_fine),
        CASE(the_recipient_names_the_nonce_and_is_for_encryption_only),
        CASE(an_identity_signs_the_recipient),
        CASE(an_identity_whose_key_is_anothers_or_none_is_the_policys_fault),
        CASE(other_signers_are_refused),
        CASE(nobody_pinned_means_nobody),
        CASE(an_authority_whose_certificate_has_ended_counts_no_more),
        CASE(an_old_digest_is_refused),
        CASE(a_message_changed_anywhere_gives_no_other_text),
        CASE(a_layer_that_is_missing_or_of_another_kind_is_refused),
        CASE(an_envelope_to_anybody_else_is_refused),
        CASE(an_old_cipher_is_refused),
        CASE(a_text_that_just_fits_is_read_and_a_longer_one_is_refused),
        CASE(what_is_no_base64_or_too_long_is_refused),
    };
#undef CASE

    return cmocka_run_group_tests_name("pki/reset", tests, NULL, made_done);
}
