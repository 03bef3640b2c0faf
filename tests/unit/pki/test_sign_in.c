/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "pki/sign_in.h"
#include "pki/verify.h"

static const char ORIGIN[] = "https://portal.example";
static const char NONCE[] = "dGhpcnR5LXR3byBieXRlcyBvZiBhIGdvb2Qgbm9uY2U="; /* 32 bytes */

static enum ukb_status
sign_in(const struct made *holder, struct made_signer *made, struct ukb_sign_in *ret_sign_in)
{
    const struct ukb_signer signer = { made_sign, made };
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_sign_in_sign(made_certificate(holder), ORIGIN, NONCE, &signer, ret_sign_in, &err);

    assert_int_equal(err.status, st);
    return st;
}

static void
the_hashes_of_origin_and_nonce_are_signed(void **state)
{
    static const struct {
        const char *key;
        const char *algorithm;
        enum ukb_sign_digest digest;
        size_t signature_len;
    } cases[] = {
        { "RSA-2048", "RS256", UKB_SIGN_SHA256, 256 },
        { "P-256", "ES256", UKB_SIGN_SHA256, 64 },
        { "P-384", "ES384", UKB_SIGN_SHA384, 96 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct made holder = { .key = cases[i].key };
        const EVP_MD *md = cases[i].digest == UKB_SIGN_SHA384 ? EVP_sha384() : EVP_sha256();
        const size_t hash_len = (size_t)EVP_MD_get_size(md);
        struct made_signer made = { .key = cases[i].key };
        struct ukb_sign_in signed_in = { 0 };
        struct ukb_error err = { 0 };
        unsigned char message[128];

        assert_int_equal(sign_in(&holder, &made, &signed_in), UKB_OK);
        assert_string_equal(signed_in.algorithm, cases[i].algorithm);
        assert_int_equal(signed_in.signature_len, cases[i].signature_len);
        assert_int_equal(EVP_Digest(ORIGIN, strlen(ORIGIN), message, NULL, md, NULL), 1);
        assert_int_equal(EVP_Digest(NONCE, strlen(NONCE), message + hash_len, NULL, md, NULL), 1);
        assert_int_equal(ukb_certificate_verify_message(made_certificate(&holder), cases[i].digest, message,
                                                        2 * hash_len, signed_in.signature, signed_in.signature_len,
                                                        &err),
                         UKB_OK);
    }
}

static void
a_wrong_signature_never_leaves(void **state)
{
    static const struct made holder = { .key = "P-256" };
    struct made_signer spoiler = { .key = "P-256", .spoil = true };
    struct made_signer other = { .key = "P-256/other" };
    struct made_signer gone = { .key = "P-256", .fail_by = UKB_E_TOKEN_REMOVED };
    struct ukb_sign_in signed_in = { 0 };

    (void)state;
    assert_int_equal(sign_in(&holder, &spoiler, &signed_in), UKB_E_PROOF_FAILED);
    assert_int_equal(sign_in(&holder, &other, &signed_in), UKB_E_PROOF_FAILED);
    assert_int_equal(sign_in(&holder, &gone, &signed_in), UKB_E_TOKEN_REMOVED);
    assert_null(signed_in.algorithm);
}

static enum ukb_status
check(const struct made *made, const char *nonce, long long now_s)
{
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_sign_in_check(made_certificate(made), nonce, now_s, &err);

    assert_int_equal(err.status, st);
    if (st == UKB_E_PARAMS) {
        assert_string_equal(err.attrs[0].string, "nonce");
    }
    return st;
}

static void
certificates_that_sign_may_sign_in(void **state)
{
    static const struct {
        struct made made;
        enum ukb_status status;
    } cases[] = {
        { { .usage = "digitalSignature" }, UKB_OK },
        { { .usage = "nonRepudiation" }, UKB_OK },
        { { .usage = "digitalSignature,keyEncipherment" }, UKB_OK },
        { { .usage = NULL }, UKB_OK },
        { { .usage = "keyEncipherment" }, UKB_E_WRONG_ROLE },
        { { .usage = "keyAgreement" }, UKB_E_WRONG_ROLE },
        { { .usage = "keyCertSign,digitalSignature", .ca = true }, UKB_E_WRONG_ROLE },
        { { .key = "P-521" }, UKB_E_UNSUPPORTED },
        { { .key = "ED25519" }, UKB_E_UNSUPPORTED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(check(&cases[i].made, NONCE, MADE_START_S), cases[i].status);
    }
}

static void
an_expired_certificate_may_and_an_early_one_may_not(void **state)
{
    static const struct made made = { .usage = "digitalSignature" };

    (void)state;
    assert_int_equal(check(&made, NONCE, MADE_START_S - 1), UKB_E_NOT_YET_VALID);
    assert_int_equal(check(&made, NONCE, MADE_START_S), UKB_OK);
    assert_int_equal(check(&made, NONCE, MADE_START_S + 2 * MADE_YEAR_S), UKB_OK);
}

static void
a_nonce_has_32_to_128_bytes(void **state)
{
    static const struct made made = { .usage = "digitalSignature" };
    static const char *const bad[] = {
        "",
        "nonce",
        "dGhpcnR5LW9uZSBieXRlcyBvZiBhIGJhZCBub25jZQ==",   /* 31 bytes */
        "dGhpcnR5LXR3byBieXRlcyBvZiBhIGdvb2Qgbm9uY2U",    /* no padding */
        "dGhpcnR5LXR3byBieXRlcyBvZiBhIGdvb2Qgbm9uY2U=\n", /* white space */
        " dGhpcnR5LXR3byBieXRlcyBvZiBhIGdvb2Qgbm9uY2U=",
        "dGhpcnR5LXR3byBieXRlcyBvZiBhIGdvb2Q_bm9uY2U=", /* base64url */
    };
    unsigned char bytes[129] = { 0 };
    unsigned char text[2 * sizeof(bytes)];
    size_t i;

    (void)state;
    assert_int_equal(check(&made, NONCE, MADE_START_S), UKB_OK);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(check(&made, bad[i], MADE_START_S), UKB_E_PARAMS);
    }
    assert_int_equal(EVP_EncodeBlock(text, bytes, 128), 172);
    assert_int_equal(check(&made, (const char *)text, MADE_START_S), UKB_OK);
    assert_int_equal(EVP_EncodeBlock(text, bytes, 129), 172);
    assert_int_equal(check(&made, (const char *)text, MADE_START_S), UKB_E_PARAMS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hashes_of_origin_and_nonce_are_signed),
        cmocka_unit_test(a_wrong_signature_never_leaves),
        cmocka_unit_test(certificates_that_sign_may_sign_in),
        cmocka_unit_test(an_expired_certificate_may_and_an_early_one_may_not),
        cmocka_unit_test(a_nonce_has_32_to_128_bytes),
    };

    return cmocka_run_group_tests_name("pki/sign_in", tests, NULL, made_done);
}
