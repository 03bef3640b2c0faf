/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/resets.c: what a reset is begun with, and that it is finished once, by its own authorization.
 */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "../pki/made.h"
#include "../token/fake/fake_token.h"
#include "pki/pem.h"
#include "serving.h"
#include "token/token.h"

#define SIGN_FLAGS (CMS_BINARY | CMS_NOSMIMECAP)

/* What an authorization says; NULL: what is right. */
struct said {
    const char *token;
    const char *origin;
    const char *nonce;
    const char *so_pin;
    const struct made *by;
};

static struct made authority = { .key = "P-256/authority", .common_name = "Authority", .usage = "digitalSignature" };
static struct made stranger = { .key = "P-256/stranger", .common_name = "Stranger", .usage = "digitalSignature" };

static struct fake_token token;
static struct ukb_token_info info;
static struct ukb_error err;
static cJSON *begun; /* the result of begin() */

/* Write the certificate of @p made beside the policy; its path. */
static const char *
certificate_file(const char *name, unsigned int mode, const struct made *made)
{
    const struct ukb_certificate_facts *facts = made_facts(made);
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    const char *path = NULL;

    assert_int_equal(ukb_pem_encode(UKB_PEM_CERTIFICATE, facts->der, facts->der_len, &pem, &err), UKB_OK);
    path = serving_file(name, mode, ukb_buf_text(&pem));
    ukb_buf_done(&pem);
    return path;
}

static void
policy_with_authority(const char *path, const char *more)
{
    char text[512];

    (void)snprintf(text, sizeof(text), "{\"resetAuthorities\":[\"%s\"]%s}", path, more);
    serving_policy(text);
}

/* What stays, the authorities' keys and OpenSSL's random generators, before there is secret memory to keep it in. */
static int
group_setup(void **state)
{
    unsigned char byte;

    (void)state;
    assert_int_equal(RAND_bytes(&byte, 1), 1);
    authority.not_before_s = stranger.not_before_s = ukb_service_now_s() - MADE_DAY_S;
    authority.not_after_s = stranger.not_after_s = ukb_service_now_s() + MADE_DAY_S;
    assert_non_null(made_facts(&authority));
    assert_non_null(made_facts(&stranger));
    return 0;
}

static int
setup(void **state)
{
    struct ukb_token_list list;

    (void)state;
    fake_token_open(&token);
    fake.tries_left = 0; /* which is why somebody wants a reset */
    serving_start(UKB_WORKER_LOGIN);
    serving.service.module = token.module;
    serving_person("654321");
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    info = list.items[0];
    policy_with_authority(certificate_file("authority.pem", 0644, &authority), "");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    cJSON_Delete(begun);
    begun = NULL;
    serving_stop();
    fake_token_close(&token);
    return 0;
}

static enum ukb_status
begin(void)
{
    char params[80];

    cJSON_Delete(begun);
    (void)snprintf(params, sizeof(params), "{\"token\":\"%s\"}", info.id);
    begun = serving_call(UKB_PIN_RESET_BEGIN, ukb_pin_reset_begin_handle, params, &err);
    assert_int_equal(err.status == UKB_OK, begun != NULL);
    return err.status;
}

static void
expect_no_open_reset(void)
{
    assert_null(serving.service.reset);
    assert_null(serving_heard());
}

/* DER of what @p cms is; both are freed. */
static BIO *
der_of(CMS_ContentInfo *cms, BIO *content)
{
    BIO *der = BIO_new(BIO_s_mem());

    assert_non_null(cms);
    assert_int_equal(i2d_CMS_bio(der, cms), 1);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    return der;
}

/* SignedData around EnvelopedData around @p text for the reset that was begun; free with free(). */
static char *
authorization(const char *text, const struct made *by)
{
    const char *recipient_pem = ukb_json_string(begun, "recipient");
    const struct ukb_certificate_facts *facts = made_facts(by);
    const unsigned char *der = facts->der;
    X509 *signer = d2i_X509(NULL, &der, (long)facts->der_len);
    BIO *in = BIO_new_mem_buf(recipient_pem, -1);
    X509 *recipient = PEM_read_bio_X509(in, NULL, NULL, NULL);
    STACK_OF(X509) *to = sk_X509_new_null();
    unsigned char *data = NULL;
    char *encoded = NULL;
    long len;

    BIO_free(in);
    assert_non_null(recipient);
    assert_true(sk_X509_push(to, recipient) > 0);
    in = BIO_new_mem_buf(text, -1);
    in = der_of(CMS_encrypt(to, in, EVP_aes_256_cbc(), CMS_BINARY), in);
    in = der_of(CMS_sign(signer, made_key(by->key), NULL, in, SIGN_FLAGS), in);
    len = BIO_get_mem_data(in, &data);
    encoded = malloc((size_t)len * 2U + 4U);
    assert_non_null(encoded);
    (void)EVP_EncodeBlock((unsigned char *)encoded, data, (int)len);
    BIO_free(in);
    sk_X509_pop_free(to, X509_free);
    X509_free(signer);
    return encoded;
}

static enum ukb_status
finish_with(const char *reset, const char *signed_text)
{
    cJSON *params = cJSON_CreateObject();
    char *text = NULL;

    (void)cJSON_AddStringToObject(params, "reset", reset);
    (void)cJSON_AddStringToObject(params, "authorization", signed_text);
    text = cJSON_PrintUnformatted(params);
    cJSON_Delete(serving_call(UKB_PIN_RESET_FINISH, ukb_pin_reset_finish_handle, text, &err));
    cJSON_free(text);
    cJSON_Delete(params);
    return err.status;
}

/* Finish the reset that was begun by an authorization that says this. */
static enum ukb_status
finish(struct said said)
{
    char text[1024];
    char *signed_text = NULL;
    enum ukb_status st;

    (void)snprintf(text, sizeof(text), "{\"token\":\"%s\",\"origin\":\"%s\",\"nonce\":\"%s\",\"soPin\":\"%s\"}",
                   said.token == NULL ? info.serial : said.token, said.origin == NULL ? SERVING_ORIGIN : said.origin,
                   said.nonce == NULL ? ukb_json_string(begun, "nonce") : said.nonce,
                   said.so_pin == NULL ? "87654321" : said.so_pin);
    signed_text = authorization(text, said.by == NULL ? &authority : said.by);
    st = finish_with(ukb_json_string(begun, "reset"), signed_text);
    free(signed_text);
    return st;
}

static void
expect_untouched(void)
{
    assert_string_equal(fake.pin, "123456");
    assert_int_equal(fake.so_login_calls, 0);
    assert_null(strstr(serving_dialogs(), "GETPIN"));
    expect_no_open_reset();
}

/* Beginning */

static void
a_reset_that_is_begun_waits_ten_minutes(void **state)
{
    (void)state;
    assert_int_equal(begin(), UKB_OK);
    assert_non_null(serving.service.reset);
    assert_in_range(ukb_open_reset_left_ms(serving.service.reset), 590000, 600000);
    assert_memory_equal(ukb_json_string(begun, "reset"), info.id, UKB_TOKEN_ID_LEN);
    assert_int_equal(strlen(ukb_json_string(begun, "reset")), UKB_RESET_ID_LEN);
    assert_int_equal(strlen(ukb_json_string(begun, "nonce")), UKB_RESET_NONCE_LEN);
    assert_null(strstr(serving_dialogs(), "GETPIN"));
}

static void
a_second_beginning_takes_the_place_of_the_first(void **state)
{
    char first[UKB_RESET_ID_LEN + 1U];
    char nonce[UKB_RESET_NONCE_LEN + 1U];

    (void)state;
    assert_int_equal(begin(), UKB_OK);
    (void)snprintf(first, sizeof(first), "%s", ukb_json_string(begun, "reset"));
    (void)snprintf(nonce, sizeof(nonce), "%s", ukb_json_string(begun, "nonce"));
    assert_int_equal(begin(), UKB_OK);
    assert_string_not_equal(ukb_json_string(begun, "reset"), first);
    assert_string_not_equal(ukb_json_string(begun, "nonce"), nonce);
    assert_int_equal(finish_with(first, "QUJD"), UKB_E_RESET_EXPIRED);
    expect_untouched();
}

static void
who_may_authorise_is_the_policys_word(void **state)
{
    (void)state;
    serving_policy("{}");
    assert_int_equal(begin(), UKB_E_UNSUPPORTED);
    policy_with_authority(serving_path("nowhere.pem"), "");
    assert_int_equal(begin(), UKB_E_POLICY_INVALID);
    policy_with_authority(serving_file("junk.pem", 0644, "junk"), "");
    assert_int_equal(begin(), UKB_E_POLICY_INVALID);
    policy_with_authority(certificate_file("open.pem", 0666, &authority), "");
    assert_int_equal(begin(), UKB_E_POLICY_INVALID);
    assert_non_null(strstr(err.message, "resetAuthorities"));
    expect_no_open_reset();
}

static void
an_identity_that_cannot_be_used_is_the_policys_fault(void **state)
{
    char more[256];
    char certificate[96];

    (void)state;
    (void)snprintf(certificate, sizeof(certificate), "%s", certificate_file("host.pem", 0644, &stranger));
    (void)snprintf(more, sizeof(more), ",\"hostIdentity\":{\"certificate\":\"%s\",\"key\":\"%s\"}", certificate,
                   serving_path("nowhere.pem"));
    policy_with_authority(certificate_file("authority.pem", 0644, &authority), more);
    assert_int_equal(begin(), UKB_E_POLICY_INVALID);
    assert_non_null(strstr(err.message, "hostIdentity"));
    (void)snprintf(more, sizeof(more), ",\"hostIdentity\":{\"certificate\":\"%s\",\"key\":\"%s\"}", certificate,
                   serving_file("key.pem", 0600, "junk"));
    policy_with_authority(certificate_file("authority.pem", 0644, &authority), more);
    assert_int_equal(begin(), UKB_E_POLICY_INVALID);
    expect_no_open_reset();
}

static void
the_extensions_own_window_begins_none(void **state)
{
    (void)state;
    serving.context.ui = true;
    assert_int_equal(begin(), UKB_E_UNSUPPORTED);
    expect_no_open_reset();
}

static void
a_ukey_whose_pin_cannot_be_reset_is_refused_at_once(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    assert_int_equal(begin(), UKB_E_UNSUPPORTED);
    fake.flags &= ~CKF_PROTECTED_AUTHENTICATION_PATH;
    fake.tells_tries = true;
    fake.so_tries_left = 0;
    assert_int_equal(begin(), UKB_E_PIN_LOCKED);
    assert_string_equal(err.attrs[0].name, "retriesLeft");
    fake.so_tries_left = 3;
    memset(info.id, 'f', UKB_TOKEN_ID_LEN);
    assert_int_equal(begin(), UKB_E_NO_TOKEN);
    expect_no_open_reset();
}

static void
a_ukey_without_a_serial_number_cannot_be_authorised_for(void **state)
{
    struct ukb_token_list list;

    (void)state;
    fake.serials[0] = "";
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    info = list.items[0];
    assert_string_equal(info.serial, "");
    assert_int_equal(begin(), UKB_E_UNSUPPORTED);
    expect_no_open_reset();
}

/* Finishing */

static void
an_authorization_sets_the_pin_that_the_user_chooses(void **state)
{
    (void)state;
    assert_int_equal(begin(), UKB_OK);
    assert_int_equal(finish((struct said){ .by = NULL }), UKB_OK);
    assert_string_equal(fake.pin, "654321");
    assert_int_equal(fake.so_login_calls, 1);
    serving_expect("worker.state", "interruptible", false);
    serving_expect("worker.state", "interruptible", true);
    expect_no_open_reset();
    assert_int_equal(finish((struct said){ .by = NULL }), UKB_E_RESET_EXPIRED); /* it was used */
    assert_int_equal(fake.so_login_calls, 1);
}

static void
an_authorization_for_anything_else_is_refused_and_the_reset_is_over(void **state)
{
    static const struct said others[] = {
        { .token = "another" },
        { .token = "" },
        { .origin = "https://other.example" },
        { .nonce = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" },
        { .nonce = "" },
        { .by = &stranger },
        { .so_pin = "" },
        { .so_pin = "87654321\",\"more\":\"" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(begin(), UKB_OK);
        assert_int_equal(finish(others[i]), UKB_E_RESET_UNAUTHORISED);
        expect_untouched();
        assert_int_equal(finish((struct said){ .by = NULL }), UKB_E_RESET_EXPIRED);
        expect_untouched();
    }
}

static void
junk_is_no_authorization(void **state)
{
    static const char *const junk[] = { "QUJD", "no base64!", "-----BEGIN CMS-----" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
        assert_int_equal(begin(), UKB_OK);
        assert_int_equal(finish_with(ukb_json_string(begun, "reset"), junk[i]), UKB_E_RESET_UNAUTHORISED);
        expect_untouched();
    }
}

static void
another_site_or_none_finishes_nothing(void **state)
{
    (void)state;
    assert_int_equal(finish_with("x", "QUJD"), UKB_E_RESET_EXPIRED); /* none was begun */
    assert_int_equal(begin(), UKB_OK);
    (void)snprintf(serving.context.origin, sizeof(serving.context.origin), "https://other.example");
    assert_int_equal(finish((struct said){ .by = NULL }), UKB_E_NOT_YOURS);
    expect_untouched();
}

static void
a_dialog_that_is_closed_spends_no_try(void **state)
{
    (void)state;
    serving_person("no");
    assert_int_equal(begin(), UKB_OK);
    assert_int_equal(finish((struct said){ .by = NULL }), UKB_E_PIN_CANCELLED);
    assert_int_equal(fake.so_login_calls, 0);
    expect_no_open_reset();
}

static void
a_wrong_administrators_pin_is_tried_once(void **state)
{
    (void)state;
    assert_int_equal(begin(), UKB_OK);
    assert_int_equal(finish((struct said){ .so_pin = "00000000" }), UKB_E_PIN_INCORRECT);
    assert_int_equal(fake.so_login_calls, 1);
    assert_string_equal(fake.pin, "123456");
    assert_null(serving.service.reset);
}

static void
a_ukey_that_was_swapped_gets_no_pin(void **state)
{
    (void)state;
    assert_int_equal(begin(), UKB_OK);
    fake.serials[0] = "swapped";
    assert_int_equal(finish((struct said){ .by = NULL }), UKB_E_NO_TOKEN);
    expect_untouched();
}

static void
nothing_to_forget_is_fine(void **state)
{
    (void)state;
    ukb_open_reset_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reset_that_is_begun_waits_ten_minutes),
        TEST(a_second_beginning_takes_the_place_of_the_first),
        TEST(who_may_authorise_is_the_policys_word),
        TEST(an_identity_that_cannot_be_used_is_the_policys_fault),
        TEST(the_extensions_own_window_begins_none),
        TEST(a_ukey_whose_pin_cannot_be_reset_is_refused_at_once),
        TEST(a_ukey_without_a_serial_number_cannot_be_authorised_for),
        TEST(an_authorization_sets_the_pin_that_the_user_chooses),
        TEST(an_authorization_for_anything_else_is_refused_and_the_reset_is_over),
        TEST(junk_is_no_authorization),
        TEST(another_site_or_none_finishes_nothing),
        TEST(a_dialog_that_is_closed_spends_no_try),
        TEST(a_wrong_administrators_pin_is_tried_once),
        TEST(a_ukey_that_was_swapped_gets_no_pin),
        TEST(nothing_to_forget_is_fine),
    };

    return cmocka_run_group_tests_name("worker/resets", tests, group_setup, made_done);
}
