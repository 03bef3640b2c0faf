/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/auth.c on SoftHSM: the user signs in to the site that asks, to no other, and only with the PIN.
 */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "../renewal/ukey.h"
#include "../token/fake/material.h"
#include "serving.h"

#include "pki/pem.h"
#include "token/sign.h"

#define NONCE  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ALWAYS .not_before_s = 1577836800LL, .not_after_s = 4070908800LL /* 2020 to 2099 */

static struct ukb_error err;
static struct ukb_token_key key;
static const struct ukb_certificate *certificate;

static int
setup(void **state)
{
    assert_int_equal(ukey_setup(state), 0);
    key = ukey_key("key");
    certificate =
        ukey_certificate((struct made){ .common_name = "Li Ming", .usage = "digitalSignature", ALWAYS }, &key);
    ukey_put(certificate, key.id, key.id_len);
    serving_start(UKB_WORKER_LOGIN);
    serving.service.module = ukey.soft.module;
    serving_person("123456 123456");
    return 0;
}

static int
teardown(void **state)
{
    serving_stop();
    return ukey_teardown(state);
}

static cJSON *
sign_in(const struct ukb_certificate *with, const char *nonce)
{
    char params[512];

    ukb_token_session_free(ukey.session); /* the call opens one of its own */
    ukey.session = NULL;
    (void)snprintf(params, sizeof(params), "{\"token\":\"%s\",\"certificate\":\"%s\",\"nonce\":\"%s\"}",
                   ukey.soft.token_id, ukb_certificate_facts(with)->id, nonce);
    return serving_call(UKB_AUTH_SIGN, ukb_auth_sign_handle, params, &err);
}

/* One more certificate on the UKey. */
static const struct ukb_certificate *
put(struct made made)
{
    const struct ukb_certificate *more = ukey_certificate(made, &key);

    ukey_put(more, (const unsigned char *)"more", 4);
    return more;
}

static void
expect_refused(enum ukb_status st, const struct ukb_certificate *with, const char *nonce)
{
    assert_null(sign_in(with, nonce));
    assert_int_equal(err.status, st);
    assert_null(strstr(serving_dialogs(), "GETPIN"));
}

/* hash(origin) ‖ hash(nonce), signed by the certificate's key. */
static bool
is_signed_for(const cJSON *result, const char *origin, const char *nonce)
{
    struct ukb_buf signature = UKB_BUF_INIT(UKB_SIGNATURE_MAX_LEN);
    unsigned char message[64];
    bool is_signed = false;

    assert_int_equal(EVP_Digest(origin, strlen(origin), message, NULL, EVP_sha256(), NULL), 1);
    assert_int_equal(EVP_Digest(nonce, strlen(nonce), message + 32, NULL, EVP_sha256(), NULL), 1);
    assert_int_equal(ukb_base64_decode(ukb_json_string(result, "signature"), &signature, &err), UKB_OK);
    is_signed = material_verify(&key.public_key, UKB_SHA256, message, sizeof(message), signature.data, signature.len);
    ukb_buf_done(&signature);
    return is_signed;
}

static void
the_site_that_asks_gets_a_signature_for_itself(void **state)
{
    cJSON *result = sign_in(certificate, NONCE);
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    struct ukb_buf der = UKB_BUF_INIT(UKB_CERTIFICATE_DER_MAX_LEN);

    (void)state;
    assert_non_null(result);
    assert_string_equal(ukb_json_string(result, "algorithm"), "ES256");
    assert_string_equal(ukb_json_string(result, "format"), "web-eid:1.0");
    assert_true(is_signed_for(result, SERVING_ORIGIN, NONCE));
    assert_false(is_signed_for(result, "https://other.example", NONCE));
    assert_int_equal(ukb_base64_decode(ukb_json_string(result, "unverifiedCertificate"), &der, &err), UKB_OK);
    assert_int_equal(der.len, facts->der_len);
    assert_memory_equal(der.data, facts->der, der.len);
    ukb_buf_done(&der);
    cJSON_Delete(result);
}

static void
the_dialog_names_site_and_certificate(void **state)
{
    (void)state;
    cJSON_Delete(sign_in(certificate, NONCE));
    assert_non_null(strstr(serving_dialogs(), "portal.example"));
    assert_non_null(strstr(serving_dialogs(), "Li Ming"));
    assert_non_null(strstr(serving_dialogs(), "2099-01-01"));
}

static void
without_the_pin_nobody_signs_in(void **state)
{
    (void)state;
    serving_person("no");
    assert_null(sign_in(certificate, NONCE));
    assert_int_equal(err.status, UKB_E_PIN_CANCELLED);
    serving_person("000000");
    assert_null(sign_in(certificate, NONCE));
    assert_int_equal(err.status, UKB_E_PIN_INCORRECT);
}

static void
the_window_is_no_site(void **state)
{
    (void)state;
    serving.context.ui = true;
    expect_refused(UKB_E_BAD_ORIGIN, certificate, NONCE);
}

static void
what_cannot_sign_in_is_refused_before_the_pin(void **state)
{
    const struct ukb_certificate *encryption = put((struct made){ .usage = "keyAgreement", ALWAYS });
    const struct ukb_certificate *early =
        put((struct made){ .usage = "digitalSignature", .not_before_s = 4070908800LL, .not_after_s = 4102444800LL });
    const struct ukb_certificate *nowhere = made_certificate(&(struct made){ .common_name = "nobody" });

    (void)state;
    expect_refused(UKB_E_WRONG_ROLE, encryption, NONCE);
    expect_refused(UKB_E_NOT_YET_VALID, early, NONCE);
    expect_refused(UKB_E_NO_CERTIFICATE, nowhere, NONCE);
    expect_refused(UKB_E_PARAMS, certificate, "AAECAwQF");
    assert_string_equal(err.attrs[0].string, "nonce");
}

static void
a_certificate_whose_key_is_elsewhere_signs_nothing(void **state)
{
    const struct ukb_certificate *keyless =
        made_certificate(&(struct made){ .key = "P-256/elsewhere", .usage = "digitalSignature", ALWAYS });

    (void)state;
    ukey_put(keyless, (const unsigned char *)"keyless", 7);
    assert_null(sign_in(keyless, NONCE));
    assert_int_equal(err.status, UKB_E_KEY_MISMATCH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_site_that_asks_gets_a_signature_for_itself),
        TEST(the_dialog_names_site_and_certificate),
        TEST(without_the_pin_nobody_signs_in),
        TEST(the_window_is_no_site),
        TEST(what_cannot_sign_in_is_refused_before_the_pin),
        TEST(a_certificate_whose_key_is_elsewhere_signs_nothing),
    };

    return cmocka_run_group_tests_name("worker/auth", tests, ukey_group_setup, ukey_group_teardown);
}
