/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/view.c: whatever is shown has the shape that the contract promises. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "../renewal/ukey.h"

#include "core/contract.h"
#include "renewal/internal.h"
#include "token/internal.h"
#include "worker/view.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

static const struct ukb_view plain = { .token = TOKEN, .now_s = MADE_START_S + MADE_DAY_S, .reminder_days = 30 };

/* Check @p json against the contract's object of that name; frees it. */
static void
expect_shape(const char *name, cJSON *json)
{
    struct ukb_error err = { 0 };
    size_t i = 0;

    assert_non_null(json);
    while (ukb_contract_objects[i] != NULL && strcmp(ukb_contract_objects[i]->name, name) != 0) {
        i++;
    }
    assert_non_null(ukb_contract_objects[i]);
    if (ukb_fields_check(ukb_contract_objects[i], json, &err) != UKB_OK) {
        fail_msg("%s in %s", err.message, cJSON_PrintUnformatted(json));
    }
    cJSON_Delete(json);
}

static void
expect_text(const cJSON *json, const char *name, const char *wanted)
{
    assert_non_null(ukb_json_string(json, name));
    assert_string_equal(ukb_json_string(json, name), wanted);
}

/* Tokens */

static struct ukb_module module = { .id = "vendor", .name = "Vendor's module", .version = "1.2" };

static struct ukb_token_info
full_info(void)
{
    const struct ukb_token_info info = {
        .id = TOKEN,
        .label = "\xe5\xbc\xa0\xe4\xb8\x89",
        .manufacturer = "Maker",
        .model = "K3",
        .serial = "0001",
        .reader = "Reader 0",
        .pin_state = UKB_PIN_OK,
        .pin_min_len = 4,
        .pin_max_len = 16,
        .writable = true,
        .can_generate_rsa = true,
        .can_generate_ec = true,
        .algorithms = UKB_RSA_2048 | UKB_RSA_3072 | UKB_EC_P256 | UKB_EC_P384,
    };

    return info;
}

static void
a_token_is_shown_with_everything_it_says(void **state)
{
    const struct ukb_token_info info = full_info();
    cJSON *json = ukb_view_token(&info, &module);
    const cJSON *capabilities = ukb_json_get(json, "capabilities");

    (void)state;
    expect_text(json, "id", TOKEN);
    expect_text(json, "label", info.label);
    expect_text(json, "reader", "Reader 0");
    expect_text(ukb_json_get(json, "module"), "id", "vendor");
    expect_text(ukb_json_get(json, "module"), "version", "1.2");
    assert_true(ukb_json_bool(json, "writable", false));
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(capabilities, "generate")), 2);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(capabilities, "algorithms")), 4);
    assert_true(ukb_json_bool(capabilities, "import", false)); /* it may: more is never known */
    expect_shape("token", json);
}

static void
a_token_that_imports_no_keys_says_so(void **state)
{
    struct ukb_token_info info = full_info();
    cJSON *json = NULL;

    (void)state;
    info.can_import = UKB_NO;
    json = ukb_view_token(&info, &module);
    assert_false(ukb_json_bool(ukb_json_get(json, "capabilities"), "import", true));
    expect_shape("token", json);
}

static void
what_a_token_does_not_say_is_left_out(void **state)
{
    const struct ukb_token_info info = { .id = TOKEN, .pin_min_len = 1, .pin_max_len = 255 };
    const struct ukb_module silent = { .id = "m" };
    static const char *const absent[] = { "label", "manufacturer", "model", "serial", "reader" };
    cJSON *json = ukb_view_token(&info, &silent);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        assert_null(ukb_json_get(json, absent[i]));
    }
    assert_null(ukb_json_get(ukb_json_get(json, "module"), "name"));
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(ukb_json_get(json, "capabilities"), "generate")), 0);
    assert_false(ukb_json_bool(json, "writable", true));
    expect_shape("token", json);
}

static void
tries_are_told_only_where_they_are_known(void **state)
{
    static const struct {
        enum ukb_pin_state state;
        const char *name;
        int retries_left; /* -1: null */
    } rows[] = {
        { UKB_PIN_OK, "ok", -1 },
        { UKB_PIN_LOW, "low", -1 },
        { UKB_PIN_FINAL, "final", 1 },
        { UKB_PIN_LOCKED, "locked", 0 },
        { UKB_PIN_UNINITIALISED, "uninitialised", -1 },
        { UKB_PIN_MUST_CHANGE, "must-change", -1 },
        { UKB_PIN_PAD, "pad", -1 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ukb_token_info info = full_info();
        const cJSON *pin = NULL;
        cJSON *json = NULL;

        info.pin_state = rows[i].state;
        json = ukb_view_token(&info, &module);
        pin = ukb_json_get(json, "pin");
        expect_text(pin, "state", rows[i].name);
        if (rows[i].retries_left < 0) {
            assert_true(cJSON_IsNull(ukb_json_get(pin, "retriesLeft")));
        } else {
            assert_int_equal(ukb_json_get(pin, "retriesLeft")->valueint, rows[i].retries_left);
        }
        expect_shape("token", json);
    }
}

/* Certificates */

static void
a_certificate_is_shown_with_what_it_says(void **state)
{
    const struct made ca = { .key = "P-256/ca", .common_name = "CA", .ca = true };
    const struct ukb_certificate *certificate =
        made_certificate(&(struct made){ .common_name = "\xe6\x9d\x8e\xe5\x9b\x9b",
                                         .organization = "Builders \"Ltd\"",
                                         .unit = "Bids",
                                         .issuer = &ca,
                                         .usage = "digitalSignature",
                                         .serial = 0x1234 });
    cJSON *json = ukb_view_certificate(&plain, certificate, NULL);

    (void)state;
    expect_text(json, "token", TOKEN);
    expect_text(json, "id", ukb_certificate_facts(certificate)->id);
    expect_text(json, "sha256", ukb_certificate_facts(certificate)->id);
    expect_text(json, "role", "signing");
    expect_text(json, "serial", "1234");
    expect_text(json, "notBefore", "2026-01-01T00:00:00Z");
    expect_text(json, "notAfter", "2027-01-01T00:00:00Z");
    expect_text(json, "state", "valid");
    assert_int_equal(ukb_json_get(json, "daysLeft")->valueint, 364);
    expect_text(ukb_json_get(json, "subject"), "commonName", "\xe6\x9d\x8e\xe5\x9b\x9b");
    expect_text(ukb_json_get(json, "subject"), "organization", "Builders \"Ltd\"");
    expect_text(ukb_json_get(json, "subject"), "organizationalUnit", "Bids");
    expect_text(ukb_json_get(json, "issuer"), "commonName", "CA");
    expect_text(ukb_json_get(json, "key"), "type", "EC");
    expect_text(ukb_json_get(json, "key"), "curve", "P-256");
    assert_int_equal(ukb_json_get(ukb_json_get(json, "key"), "bits")->valueint, 256);
    assert_true(cJSON_IsNull(ukb_json_get(json, "hasPrivateKey"))); /* not from a token: nothing is known */
    assert_false(ukb_json_bool(json, "history", true));
    assert_null(ukb_json_get(json, "pairedWith"));
    assert_null(ukb_json_get(json, "pem"));
    expect_shape("certificate", json);
}

static void
a_pem_is_shown_when_it_is_asked_for(void **state)
{
    struct ukb_view view = plain;
    cJSON *json = NULL;

    (void)state;
    view.pem = true;
    json = ukb_view_certificate(&view, made_certificate(&(struct made){ 0 }), NULL);
    assert_non_null(strstr(ukb_json_string(json, "pem"), "-----BEGIN CERTIFICATE-----\n"));
    expect_shape("certificate", json);
}

static void
what_the_token_says_of_a_certificate_is_shown_and_what_it_hides_is_null(void **state)
{
    static const enum ukb_maybe answers[] = { UKB_UNKNOWN, UKB_NO, UKB_YES };
    const struct ukb_certificate *certificate = made_certificate(&(struct made){ .common_name = "Li" });
    const struct ukb_certificate *other = made_certificate(&(struct made){ .common_name = "Other half" });
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        const struct ukb_inventory_item item = { .history = i == 1,
                                                 .paired_with = i == 2 ? other : NULL,
                                                 .has_private_key = answers[i] };
        cJSON *json = ukb_view_certificate(&plain, certificate, &item);
        const cJSON *has = ukb_json_get(json, "hasPrivateKey");

        assert_true(i == 0 ? cJSON_IsNull(has) : cJSON_IsBool(has) && cJSON_IsTrue(has) == (i == 2));
        assert_int_equal(ukb_json_bool(json, "history", false), i == 1);
        if (i == 2) {
            expect_text(json, "pairedWith", ukb_certificate_facts(other)->id);
        } else {
            assert_null(ukb_json_get(json, "pairedWith"));
        }
        expect_shape("certificate", json);
    }
}

static void
the_state_follows_the_clock_and_the_reminder(void **state)
{
    const struct ukb_certificate *certificate = made_certificate(&(struct made){ .common_name = "Time" });
    static const struct {
        long long now_s;
        const char *state;
        int days_left;
    } rows[] = {
        { MADE_START_S - 1, "not-yet-valid", 365 },
        { MADE_START_S, "valid", 365 },
        { MADE_START_S + MADE_YEAR_S - 20 * MADE_DAY_S, "expiring", 20 },
        { MADE_START_S + MADE_YEAR_S, "expiring", 0 },
        { MADE_START_S + MADE_YEAR_S + 1, "expired", -1 },
        { MADE_START_S + 10 * MADE_YEAR_S, "expired", -3285 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ukb_view view = plain;
        cJSON *json = NULL;

        view.now_s = rows[i].now_s;
        json = ukb_view_certificate(&view, certificate, NULL);
        expect_text(json, "state", rows[i].state);
        assert_int_equal(ukb_json_get(json, "daysLeft")->valueint, rows[i].days_left);
        expect_shape("certificate", json);
    }
}

static void
long_serial(X509 *x509)
{
    BIGNUM *number = BN_new();

    assert_int_equal(BN_lshift(number, BN_value_one(), 8 * 60), 1); /* three times what RFC 5280 allows */
    assert_non_null(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)));
    BN_free(number);
}

/* Tokens hold such certificates, and a list that breaks its own contract helps nobody. */
static void
odd_certificates_have_the_shape_too(void **state)
{
    const struct made odd[] = {
        { .key = "ED25519", .common_name = "Unknown key" },
        { .key = "RSA-2048", .common_name = "RSA", .usage = "keyEncipherment,digitalSignature" },
        { .key = "SM2", .common_name = "SM2", .usage = "keyAgreement" },
        { .common_name = "Long serial number", .adjust = long_serial },
        { .common_name = "\xf0\x9f\x94\x91 \"key\" \\ \x01" },
    };
    struct ukb_view view = plain;
    size_t i;

    (void)state;
    view.pem = true;
    for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        expect_shape("certificate", ukb_view_certificate(&view, made_certificate(&odd[i]), NULL));
    }
}

/* Renewals */

static struct ukb_renewal_record
full_record(struct ukb_renewal_object *objects, struct ukb_renewal_step *steps)
{
    static char origin[] = "https://portal.example";
    static char order[] = "2026-0001";
    static char pem[] = "-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n";
    const struct ukb_renewal_record record = {
        .id = TOKEN "-00112233445566778899aabbccddeeff",
        .origin = origin,
        .order = order,
        .token = TOKEN,
        .created_s = MADE_START_S,
        .updated_s = MADE_START_S + 1,
        .request_pem = pem,
        .objects = objects,
        .object_count = 2,
        .steps = steps,
        .step_count = 1,
    };

    return record;
}

static void
a_renewal_is_shown_in_every_state_and_kind(void **state)
{
    struct ukb_renewal_object objects[] = {
        ukb_renewal_object_of(made_certificate(&(struct made){ .serial = 1 }), UKB_RENEWAL_OLD),
        ukb_renewal_object_of(made_certificate(&(struct made){ .serial = 2 }), UKB_RENEWAL_NEW),
    };
    struct ukb_renewal_step step = { .name = "confirm", .at_s = MADE_START_S, .outcome = "ok" };
    int i;

    (void)state;
    for (i = 0; i < UKB_RENEWAL_STATE_COUNT; i++) {
        struct ukb_renewal_record record = full_record(objects, &step);
        cJSON *json = NULL;

        record.state = (enum ukb_renewal_state)i;
        record.kind = (enum ukb_renewal_kind)(i % 4);
        json = ukb_view_renewal(&plain, &record);
        expect_text(json, "origin", "https://portal.example");
        expect_text(json, "created", "2026-01-01T00:00:00Z");
        assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "old")), 1);
        assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "new")), 1);
        assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "requests")), 1);
        assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "steps")), 1);
        assert_null(ukb_json_get(json, "error"));
        expect_shape("renewal", json);
    }
}

static void
a_bare_renewal_has_its_lists_empty_and_the_rest_absent(void **state)
{
    const struct ukb_renewal_record record = { .id = TOKEN "-0", .token = TOKEN };
    cJSON *json = ukb_view_renewal(&plain, &record);

    (void)state;
    assert_null(ukb_json_get(json, "origin"));
    assert_null(ukb_json_get(json, "order"));
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "requests")), 0);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "old")), 0);
    expect_shape("renewal", json);
}

static void
what_went_wrong_is_told(void **state)
{
    struct ukb_renewal_record record = { .id = TOKEN "-0", .token = TOKEN, .error = UKB_E_PROOF_FAILED };
    cJSON *json = NULL;

    (void)state;
    (void)snprintf(record.error_message, sizeof(record.error_message), "no signature");
    json = ukb_view_renewal(&plain, &record);
    expect_text(ukb_json_get(json, "error"), "reason", "PROOF_FAILED");
    expect_text(ukb_json_get(json, "error"), "message", "no signature");
    expect_shape("renewal", json);
    record.error = UKB_E_INTERNAL; /* has no reason of its own */
    expect_shape("renewal", ukb_view_renewal(&plain, &record));
}

static void
a_long_outcome_and_junk_in_the_journal_keep_the_shape(void **state)
{
    unsigned char junk[] = { 'j' };
    struct ukb_renewal_object object = { .action = UKB_RENEWAL_NEW, .der = junk, .der_len = 1 };
    struct ukb_renewal_step step = { .name = "a-name-of-thirty-two-characters-", .at_s = 0 };
    struct ukb_renewal_record record = full_record(&object, &step);
    cJSON *json = NULL;

    (void)state;
    record.object_count = 1;
    memset(step.outcome, 'o', sizeof(step.outcome) - 1U); /* a message of the longest kind */
    json = ukb_view_renewal(&plain, &record);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "new")), 0);
    expect_shape("renewal", json);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_shown_with_everything_it_says),
        cmocka_unit_test(a_token_that_imports_no_keys_says_so),
        cmocka_unit_test(what_a_token_does_not_say_is_left_out),
        cmocka_unit_test(tries_are_told_only_where_they_are_known),
        cmocka_unit_test(a_certificate_is_shown_with_what_it_says),
        cmocka_unit_test(a_pem_is_shown_when_it_is_asked_for),
        cmocka_unit_test(what_the_token_says_of_a_certificate_is_shown_and_what_it_hides_is_null),
        cmocka_unit_test(the_state_follows_the_clock_and_the_reminder),
        cmocka_unit_test(odd_certificates_have_the_shape_too),
        cmocka_unit_test(a_renewal_is_shown_in_every_state_and_kind),
        cmocka_unit_test(a_bare_renewal_has_its_lists_empty_and_the_rest_absent),
        cmocka_unit_test(what_went_wrong_is_told),
        cmocka_unit_test(a_long_outcome_and_junk_in_the_journal_keep_the_shape),
    };

    return cmocka_run_group_tests_name("worker/view", tests, NULL, made_done);
}
