/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/renewals.c on SoftHSM: what goes in, what comes out, and what the broker is told meanwhile. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "../renewal/ukey.h"
#include "serving.h"

#include "pki/pem.h"

#define LI      "[{\"type\":\"CN\",\"value\":\"Li\"}]"
#define NOBODYS "ffffffffffffffffffffffffffffffff-00000000000000000000000000000000"

static struct ukb_error err;

static int
setup(void **state)
{
    assert_int_equal(ukey_setup(state), 0);
    ukb_token_session_free(ukey.session); /* the calls open one of their own */
    ukey.session = NULL;
    serving_start(UKB_WORKER_LOGIN);
    serving.service.module = ukey.soft.module;
    serving_person("123456 123456 123456 123456");
    return 0;
}

static int
teardown(void **state)
{
    serving_stop();
    return ukey_teardown(state);
}

/* Begin an issue, with more members of the parameters; the reply's renewal, or NULL. */
static cJSON *
begin(const char *kind, const char *more)
{
    char params[2048];

    (void)snprintf(params, sizeof(params), "{\"token\":\"%s\",\"kind\":\"%s\"%s}", ukey.soft.token_id, kind, more);
    return serving_call(UKB_RENEWAL_BEGIN, ukb_renewal_begin_handle, params, &err);
}

#define ISSUE begin("issue", ",\"algorithm\":\"EC-P256\",\"subject\":" LI)

static const char *
of_renewal(const cJSON *result, const char *member)
{
    return ukb_json_string(ukb_json_get(result, "renewal"), member);
}

static void
hear_all(void)
{
    cJSON *message = serving_heard();

    while (message != NULL) {
        cJSON_Delete(message);
        message = serving_heard();
    }
}

/* Call a method that takes {"renewal": @p id}; its result is owned by the caller. */
static cJSON *
with_renewal(enum ukb_method_id method, ukb_handler handler, const char *id)
{
    char params[256];

    (void)snprintf(params, sizeof(params), "{\"renewal\":\"%s\"}", id);
    return serving_call(method, handler, params, &err);
}

static cJSON *
get(const char *id)
{
    return with_renewal(UKB_RENEWAL_GET, ukb_renewal_get_handle, id);
}

static cJSON *
list(const char *params_text)
{
    return serving_call(UKB_RENEWAL_LIST, ukb_renewal_list_handle, params_text, &err);
}

/* A renewal in the journal that was never asked for; NULL: of the extension's window. */
static void
note(unsigned int number, char *origin)
{
    struct ukb_renewal_record record = { .kind = UKB_RENEWAL_CHANGE, .state = UKB_RENEWAL_INSTALLED, .origin = origin };

    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    (void)snprintf(record.id, sizeof(record.id), "%s-%032u", ukey.soft.token_id, number);
    assert_int_equal(ukb_service_need_journal(&serving.service, &err), UKB_OK);
    assert_int_equal(ukb_journal_insert(serving.service.journal, &record, &err), UKB_OK);
}

static void
a_renewal_that_is_begun_has_what_was_asked_for(void **state)
{
    cJSON *result =
        begin("issue", ",\"algorithm\":\"EC-P384\",\"order\":\"42\",\"challenge\":\"nonce\","
                       "\"subject\":[{\"type\":\"C\",\"value\":\"CN\"},{\"type\":\"CN\",\"value\":\"Li\"}]");
    const cJSON *request = cJSON_GetArrayItem(ukb_json_get(ukb_json_get(result, "renewal"), "requests"), 0);
    struct ukb_buf der = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);

    (void)state;
    assert_non_null(result);
    assert_string_equal(of_renewal(result, "kind"), "issue");
    assert_string_equal(of_renewal(result, "state"), "requested");
    assert_string_equal(of_renewal(result, "origin"), SERVING_ORIGIN);
    assert_string_equal(of_renewal(result, "order"), "42");
    assert_string_equal(of_renewal(result, "token"), ukey.soft.token_id);
    assert_int_equal(ukb_pem_decode(UKB_PEM_REQUEST, ukb_json_string(request, "pem"), &der, &err), UKB_OK);
    assert_non_null(memmem(der.data, der.len,
                           "\x13\x02"
                           "CN",
                           4)); /* the country */
    assert_non_null(memmem(der.data, der.len,
                           "\x0c\x02"
                           "Li",
                           4));
    assert_non_null(memmem(der.data, der.len, "nonce", 5));
    ukb_buf_done(&der);
    cJSON_Delete(result);
}

static void
each_kind_is_taken_at_its_word(void **state)
{
    static const char *const kinds[] = { "renew", "issue", "change", "replace" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const bool renews = i % 2U == 0; /* what is there, and so it needs a certificate */
        cJSON *result = begin(kinds[i], ",\"algorithm\":\"EC-P256\",\"subject\":" LI);

        if (renews) {
            assert_int_equal(err.status, UKB_E_PARAMS);
            assert_string_equal(err.attrs[0].string, "certificate");
        } else {
            char id[UKB_RENEWAL_ID_MAX_LEN + 1U];

            assert_non_null(result);
            assert_string_equal(of_renewal(result, "kind"), kinds[i]);
            (void)snprintf(id, sizeof(id), "%s", of_renewal(result, "id"));
            cJSON_Delete(with_renewal(UKB_RENEWAL_ABANDON, ukb_renewal_abandon_handle, id));
            assert_int_equal(err.status, UKB_OK);
        }
        cJSON_Delete(result);
    }
}

static void
the_steps_are_told_and_when_nobody_may_stop_us(void **state)
{
    cJSON *message = NULL;
    cJSON *result = ISSUE;
    unsigned int steps = 0;
    bool stoppable = true;

    (void)state;
    cJSON_Delete(result);
    for (message = serving_heard(); message != NULL; message = serving_heard()) {
        const cJSON *params = ukb_json_get(message, "params");
        const bool interruptible = ukb_json_bool(params, "interruptible", false);

        if (strcmp(ukb_json_string(message, "method"), "progress") == 0) {
            assert_int_equal(cJSON_GetNumberValue(ukb_json_get(params, "done")), steps++);
            assert_true(cJSON_GetNumberValue(ukb_json_get(params, "total")) >= steps);
            assert_true(stoppable || !interruptible);
        } else {
            assert_string_equal(ukb_json_string(message, "method"), "worker.state");
            assert_int_not_equal(interruptible, stoppable);
            stoppable = interruptible;
        }
        cJSON_Delete(message);
    }
    assert_true(steps > 1);
    assert_true(stoppable);
}

static void
what_was_begun_can_be_read_listed_and_given_up(void **state)
{
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    cJSON *result = ISSUE;

    (void)state;
    (void)snprintf(id, sizeof(id), "%s", of_renewal(result, "id"));
    cJSON_Delete(result);
    result = get(id);
    assert_string_equal(of_renewal(result, "id"), id);
    cJSON_Delete(result);
    result = list("{}");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "renewals")), 1);
    cJSON_Delete(result);
    cJSON_Delete(with_renewal(UKB_RENEWAL_ABANDON, ukb_renewal_abandon_handle, id));
    assert_int_equal(err.status, UKB_OK);
    result = get(id);
    assert_string_equal(of_renewal(result, "state"), "abandoned");
    cJSON_Delete(result);
}

static void
a_closed_dialog_leaves_no_renewal(void **state)
{
    cJSON *result = NULL;

    (void)state;
    serving_person("no");
    assert_null(ISSUE);
    assert_int_equal(err.status, UKB_E_PIN_CANCELLED);
    result = list("{}");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "renewals")), 0);
    cJSON_Delete(result);
}

static void
what_is_not_there_or_another_sites_is_refused(void **state)
{
    char other[] = "https://other.example";
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];

    (void)state;
    note(1, other);
    (void)snprintf(id, sizeof(id), "%s-%032u", ukey.soft.token_id, 1U);
    assert_null(get(id));
    assert_int_equal(err.status, UKB_E_NOT_YOURS);
    assert_null(with_renewal(UKB_RENEWAL_ABANDON, ukb_renewal_abandon_handle, id));
    assert_int_equal(err.status, UKB_E_NOT_YOURS);
    assert_null(get(NOBODYS));
    assert_int_equal(err.status, UKB_E_NO_RENEWAL);
    assert_null(with_renewal(UKB_RENEWAL_ABANDON, ukb_renewal_abandon_handle, NOBODYS));
    assert_int_equal(err.status, UKB_E_NO_RENEWAL);
}

static void
a_list_shows_a_site_its_own_and_the_window_all(void **state)
{
    char own[] = SERVING_ORIGIN;
    char other[] = "https://other.example";
    cJSON *result = NULL;

    (void)state;
    note(1, own);
    note(2, other);
    note(3, NULL);
    result = list("{}");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "renewals")), 1);
    cJSON_Delete(result);
    serving.context.ui = true;
    result = list("{}");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "renewals")), 3);
    cJSON_Delete(result);
    result = list("{\"token\":\"ffffffffffffffffffffffffffffffff\"}");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "renewals")), 0);
    cJSON_Delete(result);
}

static void
a_long_list_comes_in_pages(void **state)
{
    char own[] = SERVING_ORIGIN;
    char params[128];
    unsigned int i;
    cJSON *first = NULL;
    cJSON *second = NULL;

    (void)state;
    for (i = 1; i <= 11; i++) {
        note(i, own);
    }
    first = list("{}");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(first, "renewals")), 8);
    assert_non_null(ukb_json_string(first, "next"));
    (void)snprintf(params, sizeof(params), "{\"cursor\":\"%s\"}", ukb_json_string(first, "next"));
    second = list(params);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(second, "renewals")), 3);
    assert_null(ukb_json_get(second, "next"));
    cJSON_Delete(first);
    cJSON_Delete(second);
    assert_null(list("{\"cursor\":\"none of ours\"}"));
    assert_int_equal(err.status, UKB_E_PARAMS);
    assert_string_equal(err.attrs[0].string, "cursor");
}

static void
renewals_of_large_names_make_smaller_pages(void **state)
{
    static char name[5800];
    static char request[UKB_CERTIFICATE_PEM_MAX_LEN];
    char own[] = SERVING_ORIGIN;
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    int shown = 0;
    int pages = 0;
    unsigned int i;

    (void)state;
    memset(name, '\x01', sizeof(name) - 1U);
    memset(request, 'x', sizeof(request) - 1U);
    assert_int_equal(ukb_service_need_journal(&serving.service, &err), UKB_OK);
    for (i = 1; i <= 8; i++) {
        size_t len = 0;
        unsigned char *der = made_der(&(struct made){ .serial = (long)i, .common_name = name }, &len);
        struct ukb_renewal_object objects[] = { { .role = "signing", .action = UKB_RENEWAL_OLD, .der = der },
                                                { .role = "signing", .action = UKB_RENEWAL_NEW, .der = der } };
        struct ukb_renewal_record record = {
            .origin = own, .request_pem = request, .objects = objects, .object_count = 2
        };

        objects[0].der_len = objects[1].der_len = len;
        memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
        (void)snprintf(record.id, sizeof(record.id), "%s-%032u", ukey.soft.token_id, i);
        assert_int_equal(ukb_journal_insert(serving.service.journal, &record, &err), UKB_OK);
        OPENSSL_free(der);
    }
    do {
        char params[128];
        cJSON *result = NULL;
        struct ukb_buf text = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);

        (void)snprintf(params, sizeof(params), cursor[0] == '\0' ? "{}" : "{\"cursor\":\"%s\"}", cursor);
        result = list(params);
        assert_int_equal(ukb_json_print(result, &text, &err), UKB_OK); /* it fits a reply */
        ukb_buf_done(&text);
        shown += cJSON_GetArraySize(ukb_json_get(result, "renewals"));
        (void)snprintf(cursor, sizeof(cursor), "%s",
                       ukb_json_get(result, "next") == NULL ? "" : ukb_json_string(result, "next"));
        cJSON_Delete(result);
        pages++;
    } while (cursor[0] != '\0' && pages < 20);
    assert_int_equal(shown, 8);
    assert_in_range(pages, 2, 8);
}

static void
without_a_journal_nothing_is_begun(void **state)
{
    static const char files_of_nobody[] = "{\"renewal\":\"" NOBODYS "\",\"signing\":\"x\"}";

    (void)state;
    assert_int_equal(setenv("XDG_STATE_HOME", serving_file("file", 0600, ""), 1), 0);
    assert_null(ISSUE);
    assert_int_equal(err.status, UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(serving_call(UKB_RENEWAL_PREVIEW, ukb_renewal_preview_handle, files_of_nobody, &err));
    assert_int_equal(err.status, UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(serving_call(UKB_RENEWAL_INSTALL, ukb_renewal_install_handle, files_of_nobody, &err));
    assert_int_equal(err.status, UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(get(NOBODYS));
    assert_int_equal(err.status, UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(list("{}"));
    assert_int_equal(err.status, UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(with_renewal(UKB_RENEWAL_ABANDON, ukb_renewal_abandon_handle, NOBODYS));
    assert_int_equal(err.status, UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(strstr(serving_dialogs(), "GETPIN"));
}

/* Previews and installations */

/* {"renewal":…, "signing":…} of the renewal @p id. */
static cJSON *
files(const char *id, const struct ukb_certificate *certificate)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    cJSON *params = cJSON_CreateObject();

    assert_int_equal(ukb_pem_encode(UKB_PEM_CERTIFICATE, facts->der, facts->der_len, &pem, &err), UKB_OK);
    (void)cJSON_AddStringToObject(params, "renewal", id);
    (void)cJSON_AddStringToObject(params, "signing", ukb_buf_text(&pem));
    (void)cJSON_AddArrayToObject(params, "chain");
    ukb_buf_done(&pem);
    return params;
}

static cJSON *
with_files(enum ukb_method_id method, ukb_handler handler, const char *id, const struct ukb_certificate *certificate)
{
    cJSON *params = files(id, certificate);
    char *text = cJSON_PrintUnformatted(params);
    cJSON *result = serving_call(method, handler, text, &err);

    cJSON_free(text);
    cJSON_Delete(params);
    return result;
}

static void
junk_is_no_certificate(void **state)
{
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    char params[256];
    cJSON *result = ISSUE;

    (void)state;
    (void)snprintf(id, sizeof(id), "%s", of_renewal(result, "id"));
    cJSON_Delete(result);
    (void)snprintf(params, sizeof(params), "{\"renewal\":\"%s\",\"signing\":\"junk\"}", id);
    assert_null(serving_call(UKB_RENEWAL_PREVIEW, ukb_renewal_preview_handle, params, &err));
    assert_int_equal(err.status, UKB_E_BAD_CERTIFICATE);
    assert_null(serving_call(UKB_RENEWAL_INSTALL, ukb_renewal_install_handle, params, &err));
    assert_int_equal(err.status, UKB_E_BAD_CERTIFICATE);
    result = get(id);
    assert_string_equal(of_renewal(result, "state"), "requested");
    cJSON_Delete(result);
}

static void
another_keys_certificate_is_refused(void **state)
{
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    const struct ukb_certificate *other = made_certificate(&(struct made){ .key = "P-256/other" });
    cJSON *result = ISSUE;

    (void)state;
    (void)snprintf(id, sizeof(id), "%s", of_renewal(result, "id"));
    cJSON_Delete(result);
    assert_null(with_files(UKB_RENEWAL_PREVIEW, ukb_renewal_preview_handle, id, other));
    assert_int_equal(err.status, UKB_E_KEY_MISMATCH);
    hear_all();
    assert_null(with_files(UKB_RENEWAL_INSTALL, ukb_renewal_install_handle, id, other));
    assert_int_equal(err.status, UKB_E_KEY_MISMATCH);
    assert_null(with_files(UKB_RENEWAL_PREVIEW, ukb_renewal_preview_handle, NOBODYS, other));
    assert_int_equal(err.status, UKB_E_NO_RENEWAL);
}

static const struct made ca = { .key = "P-256/ca", .common_name = "CA", .ca = true, .usage = "keyCertSign" };

/* The certificate that the CA issues for the renewal @p id now; the policy trusts that CA from here on. */
static const struct ukb_certificate *
issued(const char *id)
{
    const struct ukb_certificate_facts *facts = made_facts(&ca);
    const long long now_s = ukb_service_now_s();
    const struct made made = { .common_name = "Li",
                               .issuer = &ca,
                               .usage = "digitalSignature",
                               .serial = 2,
                               .not_before_s = now_s - MADE_DAY_S,
                               .not_after_s = now_s + MADE_YEAR_S };
    struct ukb_buf pem = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_renewal_record record = { 0 };
    struct ukb_token_key key = { 0 };
    char policy[160];

    assert_int_equal(ukb_pem_encode(UKB_PEM_CERTIFICATE, facts->der, facts->der_len, &pem, &err), UKB_OK);
    (void)snprintf(policy, sizeof(policy), "{\"trustAnchors\":[\"%s\"]}",
                   serving_file("ca.pem", 0644, ukb_buf_text(&pem)));
    ukb_buf_done(&pem);
    serving_policy(policy);
    assert_int_equal(ukb_journal_get(serving.service.journal, id, &record, &err), UKB_OK);
    key.public_key = record.public_key;
    ukb_renewal_record_done(&record);
    return ukey_certificate(made, &key);
}

static void
a_preview_shows_what_an_installation_then_does(void **state)
{
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    const struct ukb_certificate *certificate = NULL;
    const cJSON *change = NULL;
    cJSON *result = ISSUE;

    (void)state;
    (void)snprintf(id, sizeof(id), "%s", of_renewal(result, "id"));
    cJSON_Delete(result);
    certificate = issued(id);
    result = with_files(UKB_RENEWAL_PREVIEW, ukb_renewal_preview_handle, id, certificate);
    if (result == NULL) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "changes")), 1);
    change = cJSON_GetArrayItem(ukb_json_get(result, "changes"), 0);
    assert_string_equal(ukb_json_string(change, "action"), "add");
    assert_string_equal(ukb_json_string(change, "role"), "signing");
    assert_string_equal(ukb_json_string(ukb_json_get(change, "certificate"), "id"),
                        ukb_certificate_facts(certificate)->id);
    cJSON_Delete(result);
    result = with_files(UKB_RENEWAL_INSTALL, ukb_renewal_install_handle, id, certificate);
    if (result == NULL) {
        fail_msg("%s", err.message);
    }
    assert_string_equal(of_renewal(result, "state"), "installed");
    cJSON_Delete(result);
    ukey.session = softhsm_session(&ukey.soft, false, false);
    assert_int_equal(ukey_count(certificate, NULL, 0), 1);
}

static void
an_installation_whose_dialog_is_closed_writes_nothing(void **state)
{
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    const struct ukb_certificate *certificate = NULL;
    cJSON *result = ISSUE;

    (void)state;
    (void)snprintf(id, sizeof(id), "%s", of_renewal(result, "id"));
    cJSON_Delete(result);
    certificate = issued(id);
    serving_person("no");
    assert_null(with_files(UKB_RENEWAL_INSTALL, ukb_renewal_install_handle, id, certificate));
    assert_int_equal(err.status, UKB_E_PIN_CANCELLED);
    result = get(id);
    assert_string_equal(of_renewal(result, "state"), "requested");
    cJSON_Delete(result);
    ukey.session = softhsm_session(&ukey.soft, false, false);
    assert_int_equal(ukey_count(certificate, NULL, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_renewal_that_is_begun_has_what_was_asked_for),
        TEST(each_kind_is_taken_at_its_word),
        TEST(the_steps_are_told_and_when_nobody_may_stop_us),
        TEST(what_was_begun_can_be_read_listed_and_given_up),
        TEST(a_closed_dialog_leaves_no_renewal),
        TEST(what_is_not_there_or_another_sites_is_refused),
        TEST(a_list_shows_a_site_its_own_and_the_window_all),
        TEST(a_long_list_comes_in_pages),
        TEST(renewals_of_large_names_make_smaller_pages),
        TEST(without_a_journal_nothing_is_begun),
        TEST(junk_is_no_certificate),
        TEST(another_keys_certificate_is_refused),
        TEST(a_preview_shows_what_an_installation_then_does),
        TEST(an_installation_whose_dialog_is_closed_writes_nothing),
    };

    return cmocka_run_group_tests_name("worker/renewals", tests, ukey_group_setup, ukey_group_teardown);
}
