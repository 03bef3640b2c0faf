/* SPDX-License-Identifier: MIT */
#include "worker/view.h"

#include <string.h>

#include "pki/time.h"

#define STEP_OUTCOME_MAX_LEN 64U

static const char *const pin_states[] = {
    [UKB_PIN_OK] = "ok",
    [UKB_PIN_LOW] = "low",
    [UKB_PIN_FINAL] = "final",
    [UKB_PIN_LOCKED] = "locked",
    [UKB_PIN_UNINITIALISED] = "uninitialised",
    [UKB_PIN_MUST_CHANGE] = "must-change",
    [UKB_PIN_PAD] = "pad",
};

static const struct {
    enum ukb_algorithm algorithm;
    const char *name;
} algorithms[] = {
    { UKB_RSA_2048, "RSA-2048" },
    { UKB_RSA_3072, "RSA-3072" },
    { UKB_EC_P256, "EC-P256" },
    { UKB_EC_P384, "EC-P384" },
};

/* The contract has room for @p max_len bytes of @p text: show its beginning. */
static void
add_cut(cJSON *json, const char *name, const char *text, size_t max_len)
{
    char shown[UKB_TEXT_MAX_LEN + 1U] = "";
    size_t len = strlen(text);

    if (len > max_len) {
        len = max_len;
        while (len > 0 && ((unsigned char)text[len] & 0xC0U) == 0x80U) {
            len--; /* no half of a UTF-8 character */
        }
    }
    memcpy(shown, text, len);
    (void)cJSON_AddStringToObject(json, name, shown);
}

/* Text that is not there is left out. */
static void
add_text(cJSON *json, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        add_cut(json, name, text, UKB_TEXT_MAX_LEN);
    }
}

static void
add_time(cJSON *json, const char *name, long long time_s)
{
    char text[UKB_TIME_TEXT_SIZE];

    ukb_time_format(time_s, text);
    (void)cJSON_AddStringToObject(json, name, text);
}

static cJSON *
view_pin(const struct ukb_token_info *info)
{
    int retries_left = ukb_pin_retries_left(info->pin_state);
    cJSON *pin = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(pin, "state", pin_states[info->pin_state]);
    if (retries_left < 0) {
        (void)cJSON_AddNullToObject(pin, "retriesLeft");
    } else {
        (void)cJSON_AddNumberToObject(pin, "retriesLeft", retries_left);
    }
    (void)cJSON_AddNumberToObject(pin, "minLength", (double)info->pin_min_len);
    (void)cJSON_AddNumberToObject(pin, "maxLength", (double)info->pin_max_len);
    return pin;
}

static cJSON *
view_capabilities(const struct ukb_token_info *info)
{
    cJSON *capabilities = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(capabilities, "generate");
    size_t i;

    if (info->can_generate_rsa) {
        (void)cJSON_AddItemToArray(list, cJSON_CreateString("RSA"));
    }
    if (info->can_generate_ec) {
        (void)cJSON_AddItemToArray(list, cJSON_CreateString("EC"));
    }
    (void)cJSON_AddBoolToObject(capabilities, "import", info->can_import != UKB_NO);
    list = cJSON_AddArrayToObject(capabilities, "algorithms");
    for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if ((info->algorithms & (unsigned int)algorithms[i].algorithm) != 0) {
            (void)cJSON_AddItemToArray(list, cJSON_CreateString(algorithms[i].name));
        }
    }
    return capabilities;
}

cJSON *
ukb_view_token(const struct ukb_token_info *info, const struct ukb_module *module)
{
    cJSON *token = cJSON_CreateObject();
    cJSON *part = NULL;

    (void)cJSON_AddStringToObject(token, "id", info->id);
    add_text(token, "label", info->label);
    add_text(token, "manufacturer", info->manufacturer);
    add_text(token, "model", info->model);
    add_text(token, "serial", info->serial);
    part = cJSON_AddObjectToObject(token, "module");
    (void)cJSON_AddStringToObject(part, "id", ukb_module_id(module));
    add_text(part, "name", ukb_module_name(module));
    add_text(part, "version", ukb_module_version(module));
    add_text(token, "reader", info->reader);
    (void)cJSON_AddTrueToObject(token, "present");
    (void)cJSON_AddItemToObject(token, "pin", view_pin(info));
    (void)cJSON_AddBoolToObject(token, "writable", info->writable);
    (void)cJSON_AddItemToObject(token, "capabilities", view_capabilities(info));
    return token;
}

static cJSON *
view_name(const struct ukb_name *name)
{
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "dn", name->dn);
    add_text(json, "commonName", name->common_name);
    add_text(json, "organization", name->organization);
    add_text(json, "organizationalUnit", name->organizational_unit);
    add_text(json, "country", name->country);
    add_text(json, "serialNumber", name->serial_number);
    return json;
}

static cJSON *
view_key(const struct ukb_certificate_facts *facts)
{
    static const char *const types[] = {
        [UKB_KEY_UNKNOWN] = "unknown", [UKB_KEY_RSA] = "RSA", [UKB_KEY_EC] = "EC", [UKB_KEY_SM2] = "SM2"
    };
    cJSON *key = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(key, "type", types[facts->key.type]);
    (void)cJSON_AddNumberToObject(key, "bits", facts->key_bits);
    add_text(key, "curve", facts->curve);
    return key;
}

/* What only the token can say of a certificate. */
static void
add_relations(cJSON *json, const struct ukb_inventory_item *item)
{
    if (item == NULL || item->has_private_key == UKB_UNKNOWN) {
        (void)cJSON_AddNullToObject(json, "hasPrivateKey");
    } else {
        (void)cJSON_AddBoolToObject(json, "hasPrivateKey", item->has_private_key == UKB_YES);
    }
    (void)cJSON_AddBoolToObject(json, "history", item != NULL && item->history);
    if (item != NULL && item->paired_with != NULL) {
        (void)cJSON_AddStringToObject(json, "pairedWith", ukb_certificate_facts(item->paired_with)->id);
    }
}

static void
add_pem(cJSON *json, const struct ukb_certificate *certificate)
{
    struct ukb_buf pem = UKB_BUF_INIT(2U * UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_error error = { 0 };

    if (ukb_certificate_to_pem(certificate, &pem, &error) == UKB_OK) {
        (void)cJSON_AddStringToObject(json, "pem", ukb_buf_text(&pem));
    }
    ukb_buf_done(&pem);
}

cJSON *
ukb_view_certificate(const struct ukb_view *view, const struct ukb_certificate *certificate,
                     const struct ukb_inventory_item *item)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "id", facts->id);
    (void)cJSON_AddStringToObject(json, "token", view->token);
    (void)cJSON_AddStringToObject(json, "role", ukb_role_name(facts->role));
    (void)cJSON_AddItemToObject(json, "subject", view_name(&facts->subject));
    (void)cJSON_AddItemToObject(json, "issuer", view_name(&facts->issuer));
    (void)cJSON_AddStringToObject(json, "serial", facts->serial);
    add_time(json, "notBefore", facts->not_before_s);
    add_time(json, "notAfter", facts->not_after_s);
    (void)cJSON_AddNumberToObject(json, "daysLeft", (double)ukb_certificate_days_left(facts, view->now_s));
    (void)cJSON_AddStringToObject(
        json, "state", ukb_certificate_state_name(ukb_certificate_state(facts, view->now_s, view->reminder_days)));
    (void)cJSON_AddItemToObject(json, "key", view_key(facts));
    add_relations(json, item);
    (void)cJSON_AddStringToObject(json, "sha256", facts->id);
    if (view->policy != NULL) {
        add_text(json, "portal", ukb_policy_issuer_portal(view->policy, facts->issuer.dn));
    }
    if (view->pem) {
        add_pem(json, certificate);
    }
    return json;
}

static cJSON *
view_objects(const struct ukb_view *view, const struct ukb_renewal_record *record, enum ukb_renewal_action action)
{
    cJSON *list = cJSON_CreateArray();
    size_t i;

    for (i = 0; i < record->object_count; i++) {
        struct ukb_certificate *certificate = NULL;
        struct ukb_error error = { 0 };

        if (record->objects[i].action == action &&
            ukb_certificate_from_der(record->objects[i].der, record->objects[i].der_len, &certificate, &error) ==
                UKB_OK) {
            (void)cJSON_AddItemToArray(list, ukb_view_certificate(view, certificate, NULL));
            ukb_certificate_free(certificate);
        }
    }
    return list;
}

static cJSON *
view_requests(const struct ukb_renewal_record *record)
{
    cJSON *list = cJSON_CreateArray();
    cJSON *request = NULL;

    if (record->request_pem != NULL) {
        request = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(request, "role", "signing");
        (void)cJSON_AddStringToObject(request, "pem", record->request_pem);
        if (record->request_signed_pem != NULL && record->request_signed_pem[0] != '\0') {
            (void)cJSON_AddStringToObject(request, "signedPem",
                                          record->request_signed_pem); /* whole: it is longer than a text */
        }
        (void)cJSON_AddItemToArray(list, request);
    }
    return list;
}

static cJSON *
view_steps(const struct ukb_renewal_record *record)
{
    cJSON *list = cJSON_CreateArray();
    size_t i;

    for (i = 0; i < record->step_count; i++) {
        cJSON *step = cJSON_CreateObject();

        (void)cJSON_AddStringToObject(step, "name", record->steps[i].name);
        add_time(step, "at", record->steps[i].at_s);
        add_cut(step, "outcome", record->steps[i].outcome, STEP_OUTCOME_MAX_LEN); /* it may be a whole sentence */
        (void)cJSON_AddItemToArray(list, step);
    }
    return list;
}

static void
add_error(cJSON *json, const struct ukb_renewal_record *record)
{
    const char *reason = NULL;
    cJSON *error = NULL;

    if (record->error == UKB_OK) {
        return;
    }
    reason = ukb_status_reason(record->error);
    error = cJSON_AddObjectToObject(json, "error");
    (void)cJSON_AddStringToObject(error, "reason", reason == NULL ? "INTERNAL" : reason);
    (void)cJSON_AddStringToObject(error, "message", record->error_message);
}

cJSON *
ukb_view_renewal(const struct ukb_view *view, const struct ukb_renewal_record *record)
{
    const struct ukb_view own = { .token = record->token, .now_s = view->now_s, .reminder_days = view->reminder_days };
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "id", record->id);
    (void)cJSON_AddStringToObject(json, "kind", ukb_renewal_kind_name(record->kind));
    add_text(json, "origin", record->origin);
    add_text(json, "order", record->order);
    (void)cJSON_AddStringToObject(json, "token", record->token);
    (void)cJSON_AddStringToObject(json, "state", ukb_renewal_state_name(record->state));
    (void)cJSON_AddItemToObject(json, "requests", view_requests(record));
    add_time(json, "created", record->created_s);
    add_time(json, "updated", record->updated_s);
    (void)cJSON_AddItemToObject(json, "old", view_objects(&own, record, UKB_RENEWAL_OLD));
    (void)cJSON_AddItemToObject(json, "new", view_objects(&own, record, UKB_RENEWAL_NEW));
    (void)cJSON_AddItemToObject(json, "steps", view_steps(record));
    add_error(json, record);
    return json;
}

size_t
ukb_view_len(const cJSON *json)
{
    char *text = cJSON_PrintUnformatted(json);
    const size_t len = text == NULL ? 0 : strlen(text);

    cJSON_free(text);
    return len;
}
