/* SPDX-License-Identifier: MIT */
/* Unit tests for pki/addressee.c: which RecipientInfo is ours, and in which ways it may hide the content key. */
#include "../test.h"

#include <openssl/cms.h>
#include <openssl/x509v3.h>

#include "made.h"
#include "pki/addressee.h"
#include "sealed.h"

static const struct made RSA_HOLDER = { .key = "RSA-2048", .serial = 7, .usage = "keyEncipherment" };
static const struct made EC_HOLDER = { .key = "P-256", .serial = 8, .usage = "keyAgreement" };
static const struct made OTHER_RSA = { .key = "RSA-2048/other", .serial = 9, .usage = "keyEncipherment" };
static const struct made OTHER_EC = { .key = "P-256/other", .serial = 10, .usage = "keyAgreement" };

static struct ukb_error err;
static struct ukb_addressee addressee;

/* Look for a holder, who is known by a certificate or by the key alone. */
static enum ukb_status
find(const struct sealed *sealed, const struct made *holder, bool by_certificate)
{
    const struct ukb_certificate *certificate = made_certificate(holder);
    const struct ukb_public_key key = ukb_certificate_facts(certificate)->key;
    const struct ukb_envelope_recipient recipient = { &key, &certificate, by_certificate ? 1 : 0 };
    size_t len = 0;
    unsigned char *der = sealed_der(sealed, &len);
    const unsigned char *at = der;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    enum ukb_status st;

    assert_non_null(cms);
    err = (struct ukb_error){ 0 };
    addressee = (struct ukb_addressee){ .info = NULL };
    st = ukb_addressee_find(cms, &recipient, &addressee, &err);
    if (st == UKB_OK) {
        assert_non_null(addressee.info);
        assert_int_equal(addressee.agreed != NULL, key.type == UKB_KEY_EC);
    }
    CMS_ContentInfo_free(cms);
    OPENSSL_free(der);
    return st;
}

static void
the_ways_that_are_taken(void **state)
{
    static const struct {
        struct sealed sealed;
        const struct made *holder;
        enum ukb_rsa_padding padding;
    } rows[] = {
        { { .to = &RSA_HOLDER }, &RSA_HOLDER, UKB_RSA_PKCS1 },
        { { .to = &RSA_HOLDER, .oaep = "SHA1" }, &RSA_HOLDER, UKB_RSA_OAEP_SHA1 },
        { { .to = &RSA_HOLDER, .oaep = "SHA256" }, &RSA_HOLDER, UKB_RSA_OAEP_SHA256 },
        { { .to = &RSA_HOLDER, .oaep = "SHA384" }, &RSA_HOLDER, UKB_RSA_OAEP_SHA384 },
        { { .to = &RSA_HOLDER, .oaep = "SHA512" }, &RSA_HOLDER, UKB_RSA_OAEP_SHA512 },
        { { .to = &RSA_HOLDER, .flags = CMS_USE_KEYID }, &RSA_HOLDER, UKB_RSA_PKCS1 },
        { { .to = &EC_HOLDER }, &EC_HOLDER, UKB_RSA_PKCS1 },
        { { .to = &EC_HOLDER, .kdf = "SHA256" }, &EC_HOLDER, UKB_RSA_PKCS1 },
        { { .to = &EC_HOLDER, .flags = CMS_USE_KEYID }, &EC_HOLDER, UKB_RSA_PKCS1 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (find(&rows[i].sealed, rows[i].holder, true) != UKB_OK) {
            fail_msg("row %zu: %s", i, err.message);
        }
        assert_int_equal(addressee.padding, rows[i].padding);
    }
}

static void
the_ways_that_no_token_knows(void **state)
{
    (void)state;
    assert_int_equal(find(&(struct sealed){ .to = &RSA_HOLDER, .oaep = "SHA256", .mgf1 = "SHA1" }, &RSA_HOLDER, true),
                     UKB_E_BAD_ENVELOPE);
    assert_int_equal(find(&(struct sealed){ .to = &RSA_HOLDER, .oaep = "SHA224" }, &RSA_HOLDER, true),
                     UKB_E_BAD_ENVELOPE);
    assert_null(addressee.info);
}

static void
among_several_ours_is_found(void **state)
{
    (void)state;
    assert_int_equal(find(&(struct sealed){ .also_to = &OTHER_RSA, .to = &RSA_HOLDER }, &RSA_HOLDER, true), UKB_OK);
    assert_int_equal(find(&(struct sealed){ .also_to = &RSA_HOLDER, .to = &EC_HOLDER }, &EC_HOLDER, true), UKB_OK);
    assert_int_equal(find(&(struct sealed){ .also_to = &OTHER_EC, .to = &EC_HOLDER }, &EC_HOLDER, true), UKB_OK);
}

static void
what_is_addressed_to_others_is_not_ours(void **state)
{
    (void)state;
    assert_int_equal(find(&(struct sealed){ .to = &OTHER_RSA }, &RSA_HOLDER, true), UKB_E_BAD_ENVELOPE);
    assert_int_equal(find(&(struct sealed){ .to = &OTHER_EC }, &EC_HOLDER, true), UKB_E_BAD_ENVELOPE);
    assert_int_equal(find(&(struct sealed){ .to = &RSA_HOLDER }, &EC_HOLDER, true), UKB_E_BAD_ENVELOPE);
    assert_int_equal(find(&(struct sealed){ .to = &EC_HOLDER }, &RSA_HOLDER, true), UKB_E_BAD_ENVELOPE);
    assert_int_equal(find(&(struct sealed){ .to = NULL }, &RSA_HOLDER, true), UKB_E_BAD_ENVELOPE);
    /* an issuer and a serial say nothing of a key without its certificate */
    assert_int_equal(find(&(struct sealed){ .to = &RSA_HOLDER }, &RSA_HOLDER, false), UKB_E_BAD_ENVELOPE);
}

/* RFC 5280 §4.2.1.2 (1), which the certificates of these tests do not follow unless they are made to. */
static void
name_by_hash(X509 *x509)
{
    unsigned char hash[20];
    unsigned int len = sizeof(hash);
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();

    assert_int_equal(X509_pubkey_digest(x509, EVP_sha1(), hash, &len), 1);
    assert_int_equal(ASN1_OCTET_STRING_set(id, hash, sizeof(hash)), 1);
    assert_int_equal(X509_add1_ext_i2d(x509, NID_subject_key_identifier, id, 0, X509V3_ADD_REPLACE), 1);
    ASN1_OCTET_STRING_free(id);
}

static void
a_key_without_a_certificate_is_named_by_its_hash(void **state)
{
    static const struct made hashed = { .key = "P-256", .serial = 11, .usage = "keyAgreement", .adjust = name_by_hash };

    (void)state;
    assert_int_equal(find(&(struct sealed){ .to = &hashed, .flags = CMS_USE_KEYID }, &EC_HOLDER, false), UKB_OK);
    assert_int_equal(find(&(struct sealed){ .to = &EC_HOLDER, .flags = CMS_USE_KEYID }, &EC_HOLDER, false),
                     UKB_E_BAD_ENVELOPE); /* named by something else */
    assert_int_equal(find(&(struct sealed){ .to = &hashed, .flags = CMS_USE_KEYID }, &OTHER_EC, false),
                     UKB_E_BAD_ENVELOPE);
}

static void
a_key_that_no_token_of_ours_has_is_unsupported(void **state)
{
    static const struct made holder = { .key = "ED25519" };

    (void)state;
    assert_int_equal(find(&(struct sealed){ .to = &RSA_HOLDER }, &holder, true), UKB_E_UNSUPPORTED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ways_that_are_taken),
        cmocka_unit_test(the_ways_that_no_token_knows),
        cmocka_unit_test(among_several_ours_is_found),
        cmocka_unit_test(what_is_addressed_to_others_is_not_ours),
        cmocka_unit_test(a_key_without_a_certificate_is_named_by_its_hash),
        cmocka_unit_test(a_key_that_no_token_of_ours_has_is_unsupported),
    };

    return cmocka_run_group_tests_name("pki/addressee", tests, NULL, made_done);
}
