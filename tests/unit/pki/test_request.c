/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/limits.h"
#include "made.h"
#include "pki/pem.h"
#include "pki/request.h"

/* Whose request it is. */
static const struct ukb_certificate_facts *
the_holder(void)
{
    static const struct ukb_certificate_facts *holder;

    if (holder == NULL) {
        holder = made_facts(&(struct made){ .common_name = "张三" });
    }
    return holder;
}

/* Build with these parts and give back what OpenSSL reads from the PEM; NULL and *ret_st when it failed. */
static X509_REQ *
build(const char *key_name, const char *challenge, const struct ukb_certificate *carry, struct made_signer *made,
      enum ukb_status *ret_st)
{
    const struct ukb_certificate_facts *holder = the_holder();
    const struct ukb_public_key key = made_public_key(key_name);
    const struct ukb_request_template request = {
        .subject_der = holder->subject_der,
        .subject_der_len = holder->subject_der_len,
        .key = &key,
        .challenge = challenge,
        .carry = carry,
    };
    const struct ukb_signer signer = { made_sign, made };
    struct ukb_buf pem = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_error err = { 0 };
    X509_REQ *req = NULL;
    BIO *bio = NULL;

    *ret_st = ukb_request_build(&request, &signer, &pem, &err);
    assert_int_equal(err.status, *ret_st);
    assert_int_equal(pem.len > 0, *ret_st == UKB_OK);
    if (*ret_st == UKB_OK) {
        bio = BIO_new_mem_buf(pem.data, (int)pem.len);
        req = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
        assert_non_null(req);
        BIO_free(bio);
    }
    ukb_buf_done(&pem);
    return req;
}

static X509_REQ *
build_ok(const char *key_name, const char *challenge, const struct ukb_certificate *carry)
{
    struct made_signer signer = { .key = key_name };
    enum ukb_status st;
    X509_REQ *req = build(key_name, challenge, carry, &signer, &st);

    assert_int_equal(st, UKB_OK);
    assert_int_equal(signer.calls, 1);
    return req;
}

static void
every_kind_of_key_gives_a_request_that_verifies(void **state)
{
    static const struct {
        const char *key;
        int algorithm;
    } cases[] = {
        { "RSA-2048", NID_sha256WithRSAEncryption }, { "RSA-3072", NID_sha256WithRSAEncryption },
        { "P-256", NID_ecdsa_with_SHA256 },          { "P-384", NID_ecdsa_with_SHA384 },
        { "P-521", NID_ecdsa_with_SHA256 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        X509_REQ *req = build_ok(cases[i].key, NULL, NULL);
        const X509_ALGOR *algorithm = NULL;
        int type = 0;

        assert_int_equal(X509_REQ_verify(req, X509_REQ_get0_pubkey(req)), 1);
        assert_int_equal(EVP_PKEY_eq(X509_REQ_get0_pubkey(req), made_key(cases[i].key)), 1);
        assert_int_equal(X509_REQ_get_version(req), X509_REQ_VERSION_1);
        assert_int_equal(X509_REQ_get_signature_nid(req), cases[i].algorithm);
        X509_REQ_get0_signature(req, NULL, &algorithm);
        X509_ALGOR_get0(NULL, &type, NULL, algorithm);
        assert_int_equal(type, i < 2 ? V_ASN1_NULL : V_ASN1_UNDEF);
        assert_int_equal(X509_REQ_get_attr_count(req), 0);
        assert_int_equal(X509_NAME_entry_count(X509_REQ_get_subject_name(req)), 1);
        X509_REQ_free(req);
    }
}

/* A signature whose last bits are zero is not shortened: seen by making many. */
static void
no_signature_is_ever_cut(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 300; i++) {
        X509_REQ_free(build_ok("P-256", NULL, NULL));
    }
}

static void
assert_challenge(const char *challenge, int type)
{
    X509_REQ *req = build_ok("P-256", challenge, NULL);
    X509_ATTRIBUTE *attribute = NULL;
    ASN1_TYPE *value = NULL;

    assert_int_equal(X509_REQ_get_attr_count(req), 1);
    attribute = X509_REQ_get_attr(req, X509_REQ_get_attr_by_NID(req, NID_pkcs9_challengePassword, -1));
    value = X509_ATTRIBUTE_get0_type(attribute, 0);
    assert_int_equal(value->type, type);
    assert_int_equal(ASN1_STRING_length(value->value.asn1_string), strlen(challenge));
    assert_memory_equal(ASN1_STRING_get0_data(value->value.asn1_string), challenge, strlen(challenge));
    X509_REQ_free(req);
}

static void
a_challenge_is_printable_where_it_can_be(void **state)
{
    char longest[UKB_CHALLENGE_MAX_LEN + 1U];
    char chinese[3 * UKB_CHALLENGE_MAX_LEN + 1U] = "";
    size_t i;

    (void)state;
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    for (i = 0; i < UKB_CHALLENGE_MAX_LEN; i++) {
        memcpy(chinese + 3 * i, "口", 4);
    }
    assert_challenge("Nonce 12+3", V_ASN1_PRINTABLESTRING);
    assert_challenge("nonce_with@more", V_ASN1_UTF8STRING);
    assert_challenge("口令", V_ASN1_UTF8STRING);
    assert_challenge(longest, V_ASN1_PRINTABLESTRING);
    assert_challenge(chinese, V_ASN1_UTF8STRING); /* 255 characters, not bytes */
}

static void
a_challenge_that_does_not_fit_is_refused_before_anybody_signs(void **state)
{
    char longer[UKB_CHALLENGE_MAX_LEN + 2U];
    const char *const challenges[] = { "", "\xD6\xD0", longer };
    struct made_signer signer = { .key = "P-256" };
    const struct ukb_public_key key = made_public_key("P-256");
    const struct ukb_certificate_facts *holder = the_holder();
    const struct ukb_signer seam = { made_sign, &signer };
    size_t i;

    (void)state;
    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    for (i = 0; i < 3; i++) {
        const struct ukb_request_template request = { .subject_der = holder->subject_der,
                                                      .subject_der_len = holder->subject_der_len,
                                                      .key = &key,
                                                      .challenge = challenges[i] };
        struct ukb_buf pem = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_request_build(&request, &seam, &pem, &err), UKB_E_PARAMS);
        assert_string_equal(err.attrs[0].string, "challenge");
        ukb_buf_done(&pem);
    }
    assert_int_equal(signer.calls, 0);
}

static void
identities_and_alternative_names_are_asked_for_again_and_nothing_else(void **state)
{
    static const struct made_extension extensions[] = {
        { .oid = "1.2.156.10260.4.1.3", .value = "\x0C\x03one", .value_len = 5, .critical = true },
        { .oid = "1.2.3.4", .value = "\x05", .value_len = 2 },
        { .oid = "1.2.156.10260.4.1.5", .value = "two", .value_len = 3 },
    };
    const struct made made = {
        .usage = "digitalSignature", .alt_name = "email:a@example.cn", .extensions = extensions, .extension_count = 3
    };
    X509_REQ *req = build_ok("P-256", "n", made_certificate(&made));
    STACK_OF(X509_EXTENSION) *asked = X509_REQ_get_extensions(req);
    X509_EXTENSION *first = sk_X509_EXTENSION_value(asked, 1);

    (void)state;
    assert_int_equal(X509_REQ_get_attr_count(req), 2);
    assert_int_equal(sk_X509_EXTENSION_num(asked), 3);
    assert_int_equal(OBJ_obj2nid(X509_EXTENSION_get_object(sk_X509_EXTENSION_value(asked, 0))), NID_subject_alt_name);
    assert_int_equal(X509_EXTENSION_get_critical(first), 1);
    assert_int_equal(ASN1_STRING_length(X509_EXTENSION_get_data(first)), 5);
    assert_memory_equal(ASN1_STRING_get0_data(X509_EXTENSION_get_data(first)), "\x0C\x03one", 5);
    sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
    X509_REQ_free(req);
}

static void
a_certificate_with_nothing_to_carry_adds_no_attribute(void **state)
{
    X509_REQ *req = build_ok("P-256", NULL, made_certificate(&(struct made){ .usage = "digitalSignature" }));

    (void)state;
    assert_int_equal(X509_REQ_get_attr_count(req), 0);
    X509_REQ_free(req);
}

static void
a_request_with_a_wrong_signature_never_leaves(void **state)
{
    static const char *const keys[] = { "RSA-2048", "P-256", "P-384" };
    static const char *const others[] = { "RSA-2048/other", "P-256/other", "P-384/other" };
    enum ukb_status st;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct made_signer spoilt = { .key = keys[i], .spoil = true };
        struct made_signer other = { .key = others[i] };

        assert_null(build(keys[i], NULL, NULL, &spoilt, &st));
        assert_int_equal(st, UKB_E_PROOF_FAILED);
        assert_null(build(keys[i], NULL, NULL, &other, &st));
        assert_int_equal(st, UKB_E_PROOF_FAILED);
    }
}

static void
the_signers_error_is_passed_on(void **state)
{
    struct made_signer signer = { .key = "P-256", .fail_by = UKB_E_TOKEN_REMOVED };
    enum ukb_status st;

    (void)state;
    assert_null(build("P-256", NULL, NULL, &signer, &st));
    assert_int_equal(st, UKB_E_TOKEN_REMOVED);
}

static void
an_sm2_request_is_unsupported_before_anybody_signs(void **state)
{
    struct made_signer signer = { .key = "SM2" };
    enum ukb_status st;

    (void)state;
    assert_null(build("SM2", NULL, NULL, &signer, &st));
    assert_int_equal(st, UKB_E_UNSUPPORTED);
    assert_int_equal(signer.calls, 0);
}

static void
a_subject_that_is_no_name_is_refused(void **state)
{
    static const unsigned char subject[] = { 0x30, 0x00, 0x00 };
    static const size_t lens[] = { 0, 1, 3 };
    struct made_signer made = { .key = "P-256" };
    const struct ukb_signer signer = { made_sign, &made };
    const struct ukb_public_key key = made_public_key("P-256");
    struct ukb_buf pem = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_request_template request = { .subject_der = subject, .key = &key };
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        request.subject_der_len = lens[i];
        assert_int_equal(ukb_request_build(&request, &signer, &pem, &err), UKB_E_BAD_CERTIFICATE);
    }
    assert_int_equal(made.calls, 0);
    request.subject_der_len = 2; /* the empty Name is one (RFC 2986 leaves it to the CA) */
    assert_int_equal(ukb_request_build(&request, &signer, &pem, &err), UKB_OK);
    ukb_buf_done(&pem);
}

/* The PEM of a request for P-256. */
static void
build_pem(struct ukb_buf *pem)
{
    const struct ukb_certificate_facts *holder = the_holder();
    const struct ukb_public_key key = made_public_key("P-256");
    const struct ukb_request_template request = { .subject_der = holder->subject_der,
                                                  .subject_der_len = holder->subject_der_len,
                                                  .key = &key };
    struct made_signer made = { .key = "P-256" };
    const struct ukb_signer signer = { made_sign, &made };
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_request_build(&request, &signer, pem, &err), UKB_OK);
}

static void
a_journaled_request_gives_its_key_back(void **state)
{
    const struct ukb_public_key key = made_public_key("P-256");
    struct ukb_buf pem = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_public_key back = { 0 };
    struct ukb_error err = { 0 };

    (void)state;
    build_pem(&pem);
    assert_int_equal(ukb_request_public_key(ukb_buf_text(&pem), &back, &err), UKB_OK);
    assert_true(ukb_public_key_equal(&back, &key));
    ukb_buf_done(&pem);
}

static void
a_request_that_was_tampered_with_gives_no_key(void **state)
{
    struct ukb_buf pem = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_buf der = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_public_key back = { 0 };
    struct ukb_error err = { 0 };
    size_t at;

    (void)state;
    build_pem(&pem);
    assert_int_equal(ukb_pem_decode(UKB_PEM_REQUEST, ukb_buf_text(&pem), &der, &err), UKB_OK);
    for (at = 0; at < der.len; at++) {
        der.data[at] ^= 0x01;
        assert_int_equal(ukb_pem_encode(UKB_PEM_REQUEST, der.data, der.len, &pem, &err), UKB_OK);
        assert_int_not_equal(ukb_request_public_key(ukb_buf_text(&pem), &back, &err), UKB_OK);
        der.data[at] ^= 0x01;
        assert_int_equal(ukb_pem_encode(UKB_PEM_REQUEST, der.data, at + 1 < der.len ? at + 1 : 1, &pem, &err), UKB_OK);
        assert_int_equal(ukb_request_public_key(ukb_buf_text(&pem), &back, &err), UKB_E_BAD_CERTIFICATE);
    }
    assert_int_equal(ukb_pem_encode(UKB_PEM_CERTIFICATE, der.data, der.len, &pem, &err), UKB_OK);
    assert_int_equal(ukb_request_public_key(ukb_buf_text(&pem), &back, &err), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(ukb_request_public_key("", &back, &err), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(back.type, UKB_KEY_UNKNOWN);
    ukb_buf_done(&pem);
    ukb_buf_done(&der);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_key_gives_a_request_that_verifies),
        cmocka_unit_test(no_signature_is_ever_cut),
        cmocka_unit_test(a_challenge_is_printable_where_it_can_be),
        cmocka_unit_test(a_challenge_that_does_not_fit_is_refused_before_anybody_signs),
        cmocka_unit_test(identities_and_alternative_names_are_asked_for_again_and_nothing_else),
        cmocka_unit_test(a_certificate_with_nothing_to_carry_adds_no_attribute),
        cmocka_unit_test(a_request_with_a_wrong_signature_never_leaves),
        cmocka_unit_test(the_signers_error_is_passed_on),
        cmocka_unit_test(an_sm2_request_is_unsupported_before_anybody_signs),
        cmocka_unit_test(a_subject_that_is_no_name_is_refused),
        cmocka_unit_test(a_journaled_request_gives_its_key_back),
        cmocka_unit_test(a_request_that_was_tampered_with_gives_no_key),
    };

    return cmocka_run_group_tests_name("pki/request", tests, NULL, made_done);
}
