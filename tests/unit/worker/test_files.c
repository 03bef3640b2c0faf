/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/files.c on SoftHSM: could this UKey open a file? By whom it is addressed to, without a PIN. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "../pki/sealed.h"
#include "../renewal/ukey.h"
#include "serving.h"

#include "core/der.h"
#include "pki/pem.h"

static struct ukb_error err;
static const struct made holder = { .common_name = "Li", .key = "P-256/holder", .usage = "keyAgreement", .serial = 7 };
static const struct made other = { .common_name = "Wang", .key = "P-256/other", .usage = "keyAgreement", .serial = 8 };

static int
setup(void **state)
{
    assert_int_equal(ukey_setup(state), 0);
    serving_start(UKB_WORKER_LISTING);
    serving.service.module = ukey.soft.module;
    return 0;
}

static int
teardown(void **state)
{
    serving_stop();
    return ukey_teardown(state);
}

static cJSON *
check(const char *recipients)
{
    static char params[65536];

    (void)snprintf(params, sizeof(params), "{\"token\":\"%s\",\"recipients\":\"%s\"}", ukey.soft.token_id, recipients);
    return serving_call(UKB_FILES_CHECK, ukb_files_check_handle, params, &err);
}

/* A file that was encrypted to them: its RecipientInfos, as a page cuts them out. */
static cJSON *
check_file(const struct made *to, const struct made *also_to)
{
    struct ukb_buf text = UKB_BUF_INIT(32768);
    size_t len = 0;
    unsigned char *der = sealed_der(&(struct sealed){ .to = to, .also_to = also_to }, &len);
    struct ukb_der in = { der, len };
    struct ukb_der infos;
    cJSON *result = NULL;

    assert_true(ukb_der_take(&in, UKB_DER_SEQUENCE, &in) && ukb_der_take(&in, UKB_DER_OID, NULL));
    assert_true(ukb_der_take(&in, UKB_DER_CONTEXT(0U), &in) && ukb_der_take(&in, UKB_DER_SEQUENCE, &in));
    assert_true(ukb_der_take(&in, UKB_DER_INTEGER, NULL) && ukb_der_take_whole(&in, &infos));
    assert_int_equal(ukb_base64_encode(infos.at, infos.len, &text, &err), UKB_OK);
    result = check(ukb_buf_text(&text));
    ukb_buf_done(&text);
    OPENSSL_free(der);
    assert_non_null(result);
    return result;
}

static void
expect(cJSON *result, bool readable, const struct made *by)
{
    const cJSON *certificate = ukb_json_get(result, "certificate");

    assert_int_equal(cJSON_IsTrue(ukb_json_get(result, "readable")), readable);
    if (by == NULL) {
        assert_null(certificate);
    } else {
        assert_non_null(certificate);
        assert_non_null(strstr(ukb_json_string(ukb_json_get(certificate, "subject"), "commonName"), by->common_name));
    }
    cJSON_Delete(result);
}

/* A session that is logged in shares that with all of the process, and a call has none that is. */
static void
log_out(void)
{
    ukb_token_session_free(ukey.session);
    ukey.session = NULL;
}

/* Before a login no private key is seen: its certificate is what there is to go by. */
static void
a_file_for_a_certificate_on_the_ukey_could_be_opened(void **state)
{
    (void)state;
    ukey_put(made_certificate(&holder), (const unsigned char *)"h", 1);
    log_out();
    expect(check_file(&holder, NULL), true, &holder);
    expect(check_file(&holder, &other), true, &holder);
    expect(check_file(&other, &holder), true, &holder);
}

static void
a_file_for_others_could_not(void **state)
{
    (void)state;
    expect(check_file(&other, NULL), false, NULL); /* an empty UKey */
    ukey_put(made_certificate(&holder), (const unsigned char *)"h", 1);
    expect(check_file(&other, NULL), false, NULL);
}

static void
a_certificate_whose_key_is_known_to_be_missing_is_told_and_opens_nothing(void **state)
{
    (void)state;
    ukey_put(made_certificate(&holder), (const unsigned char *)"h", 1);
    expect(check_file(&holder, NULL), false, &holder);
}

static void
what_is_no_list_of_recipients_is_refused(void **state)
{
    (void)state;
    assert_null(check("not base64!"));
    assert_int_equal(err.status, UKB_E_PARAMS);
    assert_string_equal(err.attrs[0].string, "recipients");
    assert_null(check("AAAA"));
    assert_int_not_equal(err.status, UKB_OK);
}

static void
a_ukey_that_is_not_in_is_told(void **state)
{
    (void)state;
    memset(ukey.soft.token_id, 'f', UKB_TOKEN_ID_LEN);
    assert_null(check("MQA="));
    assert_int_equal(err.status, UKB_E_NO_TOKEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_for_a_certificate_on_the_ukey_could_be_opened),
        TEST(a_file_for_others_could_not),
        TEST(a_certificate_whose_key_is_known_to_be_missing_is_told_and_opens_nothing),
        TEST(what_is_no_list_of_recipients_is_refused),
        TEST(a_ukey_that_is_not_in_is_told),
    };

    return cmocka_run_group_tests_name("worker/files", tests, ukey_group_setup, ukey_group_teardown);
}
