/* SPDX-License-Identifier: MIT */
/* The whole surface on a few screens: parameters and results, methods; their objects are in contract_objects.c. */
#include "core/contract.h"

#include <string.h>

#include "core/contract_objects.h"
#include "core/public_key.h"

/* clang-format off */
/* Parameters and results */

static const struct ukb_shape nothing = { 0 };

static const struct ukb_field hello_params_fields[] = {
    OBJECT("client", UKB_REQUIRED, &ukb_object_client),
    INTEGER("protocol", UKB_REQUIRED),
};
static const struct ukb_shape hello_params = UKB_SHAPE(NULL, hello_params_fields);

static const struct ukb_field hello_result_fields[] = {
    OBJECT("host", UKB_REQUIRED, &ukb_object_host),
    INTEGER("protocol", UKB_REQUIRED),
    { "methods", UKB_FIELD_STRINGS, UKB_REQUIRED, UKB_FIELD_NAME_LEN, UKB_METHOD_COUNT, NULL, NULL },
    OBJECT("limits", UKB_REQUIRED, &ukb_object_limits),
    OBJECT("policy", UKB_REQUIRED, &ukb_object_policy),
};
static const struct ukb_shape hello_result = UKB_SHAPE(NULL, hello_result_fields);

static const struct ukb_field cancel_params_fields[] = {
    { "id", UKB_FIELD_ID, UKB_REQUIRED, UKB_ID_MAX_LEN, 0, NULL, NULL },
};
static const struct ukb_shape cancel_params = UKB_SHAPE(NULL, cancel_params_fields);

static const struct ukb_field cancel_result_fields[] = { BOOL("cancelled", UKB_REQUIRED) };
static const struct ukb_shape cancel_result = UKB_SHAPE(NULL, cancel_result_fields);

static const struct ukb_field portals_result_fields[] = {
    OBJECTS("portals", &ukb_object_portal),
    BOOL("userPortals", UKB_REQUIRED),
};
static const struct ukb_shape portals_result = UKB_SHAPE(NULL, portals_result_fields);

static const struct ukb_field allow_params_fields[] = {
    STRING("origin", UKB_REQUIRED, UKB_ORIGIN_MAX_LEN),
    BOOL("once", UKB_OPTIONAL),
};
static const struct ukb_shape allow_params = UKB_SHAPE(NULL, allow_params_fields);

static const struct ukb_field revoke_params_fields[] = { STRING("origin", UKB_REQUIRED, UKB_ORIGIN_MAX_LEN) };
static const struct ukb_shape revoke_params = UKB_SHAPE(NULL, revoke_params_fields);

static const struct ukb_field tokens_result_fields[] = {
    OBJECTS("tokens", &ukb_object_token),
    OBJECTS("problems", &ukb_object_problem),
};
static const struct ukb_shape tokens_result = UKB_SHAPE(NULL, tokens_result_fields);

static const struct ukb_field watch_params_fields[] = { BOOL("enabled", UKB_REQUIRED) };
static const struct ukb_shape watch_params = UKB_SHAPE(NULL, watch_params_fields);

static const struct ukb_field certificates_params_fields[] = {
    TOKEN_ID("token", UKB_REQUIRED),
    STRING("cursor", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN),
    BOOL("pem", UKB_OPTIONAL),
};
static const struct ukb_shape certificates_params = UKB_SHAPE(NULL, certificates_params_fields);

static const struct ukb_field certificates_result_fields[] = {
    OBJECTS("certificates", &ukb_object_certificate),
    STRING("next", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN),
};
static const struct ukb_shape certificates_result = UKB_SHAPE(NULL, certificates_result_fields);

static const struct ukb_field token_params_fields[] = { TOKEN_ID("token", UKB_REQUIRED) };
static const struct ukb_shape token_params = UKB_SHAPE(NULL, token_params_fields);

static const struct ukb_field reset_fields[] = {
    STRING("reset", UKB_REQUIRED, UKB_RESET_ID_LEN),
    OBJECT("token", UKB_REQUIRED, &ukb_object_token),
    STRING("nonce", UKB_REQUIRED, UKB_RESET_NONCE_LEN),
    STRING("recipient", UKB_REQUIRED, UKB_CERTIFICATE_PEM_MAX_LEN),
};
static const struct ukb_shape reset_result = UKB_SHAPE(NULL, reset_fields);
static const struct ukb_field reset_finish_fields[] = {
    STRING("reset", UKB_REQUIRED, UKB_RESET_ID_LEN),
    STRING("authorization", UKB_REQUIRED, UKB_AUTHORIZATION_MAX_LEN),
};
static const struct ukb_shape reset_finish = UKB_SHAPE(NULL, reset_finish_fields);

static const struct ukb_field subject_item_fields[] = {
    STRING("type", UKB_REQUIRED, UKB_SUBJECT_TYPE_MAX_LEN),
    STRING("value", UKB_REQUIRED, UKB_SUBJECT_MAX_LEN),
};
static const struct ukb_shape subject_item = UKB_SHAPE(NULL, subject_item_fields);

static const struct ukb_field begin_params_fields[] = {
    TOKEN_ID("token", UKB_REQUIRED),
    OF_VALUES("kind", UKB_REQUIRED, ukb_values_kinds),
    CERTIFICATE_ID("certificate", UKB_OPTIONAL),
    { "subject", UKB_FIELD_OBJECTS, UKB_OPTIONAL, 0, UKB_SUBJECT_MAX_ITEMS, NULL, &subject_item },
    OF_VALUES("key", UKB_OPTIONAL, ukb_values_key_choices),
    OF_VALUES("algorithm", UKB_OPTIONAL, ukb_values_algorithms),
    BOOL("dual", UKB_OPTIONAL),
    STRING("challenge", UKB_OPTIONAL, UKB_CHALLENGE_MAX_LEN),
    STRING("order", UKB_OPTIONAL, UKB_ORDER_MAX_LEN),
};
static const struct ukb_shape begin_params = UKB_SHAPE(NULL, begin_params_fields);

static const struct ukb_field install_params_fields[] = {
    STRING("renewal", UKB_OPTIONAL, UKB_RENEWAL_ID_MAX_LEN),
    TOKEN_ID("token", UKB_OPTIONAL),
    CERTIFICATE_ID("certificate", UKB_OPTIONAL),
    STRING("signing", UKB_OPTIONAL, UKB_CERTIFICATE_PEM_MAX_LEN),
    STRING("encryption", UKB_OPTIONAL, UKB_CERTIFICATE_PEM_MAX_LEN),
    STRING("encryptionKey", UKB_OPTIONAL, UKB_ENVELOPE_MAX_LEN),
    { "chain", UKB_FIELD_STRINGS, UKB_OPTIONAL, UKB_CERTIFICATE_PEM_MAX_LEN, UKB_CHAIN_MAX_ITEMS, NULL, NULL },
};
static const struct ukb_shape install_params = {
    .fields = install_params_fields,
    .count = sizeof(install_params_fields) / sizeof(install_params_fields[0]),
    .either = { "renewal", "token" },
};

static const struct ukb_field preview_result_fields[] = {
    OBJECTS("changes", &ukb_object_change),
    OBJECTS("warnings", &ukb_object_warning),
};
static const struct ukb_shape preview_result = UKB_SHAPE(NULL, preview_result_fields);

static const struct ukb_field renewal_result_fields[] = { OBJECT("renewal", UKB_REQUIRED, &ukb_object_renewal) };
static const struct ukb_shape renewal_result = UKB_SHAPE(NULL, renewal_result_fields);

static const struct ukb_field recover_result_fields[] = { OBJECTS("renewals", &ukb_object_renewal) };
static const struct ukb_shape recover_result = UKB_SHAPE(NULL, recover_result_fields);

static const struct ukb_field renewal_params_fields[] = {
    STRING("renewal", UKB_REQUIRED, UKB_RENEWAL_ID_MAX_LEN),
};
static const struct ukb_shape renewal_params = UKB_SHAPE(NULL, renewal_params_fields);

static const struct ukb_field renewal_list_params_fields[] = {
    TOKEN_ID("token", UKB_OPTIONAL),
    STRING("cursor", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN),
};
static const struct ukb_shape renewal_list_params = UKB_SHAPE(NULL, renewal_list_params_fields);

static const struct ukb_field renewal_list_result_fields[] = {
    OBJECTS("renewals", &ukb_object_renewal),
    STRING("next", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN),
};
static const struct ukb_shape renewal_list_result = UKB_SHAPE(NULL, renewal_list_result_fields);

static const char *const auth_algorithms[] = { "RS256", "ES256", "ES384", NULL };
static const char *const auth_formats[] = { "web-eid:1.0", NULL };

static const struct ukb_field auth_params_fields[] = {
    TOKEN_ID("token", UKB_REQUIRED),
    CERTIFICATE_ID("certificate", UKB_REQUIRED),
    STRING("nonce", UKB_REQUIRED, UKB_NONCE_TEXT_MAX_LEN),
};
static const struct ukb_shape auth_params = UKB_SHAPE(NULL, auth_params_fields);

static const struct ukb_field auth_result_fields[] = {
    STRING("unverifiedCertificate", UKB_REQUIRED, UKB_CERTIFICATE_PEM_MAX_LEN),
    OF_VALUES("algorithm", UKB_REQUIRED, auth_algorithms),
    STRING("signature", UKB_REQUIRED, 2U * UKB_RSA_MODULUS_MAX_LEN),
    OF_VALUES("format", UKB_REQUIRED, auth_formats),
    STRING("appVersion", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
};
static const struct ukb_shape auth_result = UKB_SHAPE(NULL, auth_result_fields);

static const struct ukb_field files_params_fields[] = {
    TOKEN_ID("token", UKB_REQUIRED),
    STRING("recipients", UKB_REQUIRED, UKB_RECIPIENTS_TEXT_MAX_LEN),
};
static const struct ukb_shape files_params = UKB_SHAPE(NULL, files_params_fields);

static const struct ukb_field files_result_fields[] = {
    BOOL("readable", UKB_REQUIRED),
    OBJECT("certificate", UKB_OPTIONAL, &ukb_object_certificate),
};
static const struct ukb_shape files_result = UKB_SHAPE(NULL, files_result_fields);

static const struct ukb_field audit_params_fields[] = { STRING("cursor", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN) };
static const struct ukb_shape audit_params = UKB_SHAPE(NULL, audit_params_fields);

static const struct ukb_field audit_result_fields[] = {
    OBJECTS("entries", &ukb_object_audit_entry),
    STRING("next", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN),
};
static const struct ukb_shape audit_result = UKB_SHAPE(NULL, audit_result_fields);

static const struct ukb_field orders_params_fields[] = {
    { "orders", UKB_FIELD_OBJECTS, UKB_REQUIRED, 0, UKB_ORDERS_MAX, NULL, &ukb_object_order },
};
static const struct ukb_shape orders_params = UKB_SHAPE(NULL, orders_params_fields);

static const struct ukb_field orders_result_fields[] = { OBJECTS("orders", &ukb_object_order_state) };
static const struct ukb_shape orders_result = UKB_SHAPE(NULL, orders_result_fields);

static const char *const languages[] = { "zh", "en", NULL };
static const struct ukb_field doctor_run_fields[] = {
    OF_VALUES("language", UKB_OPTIONAL, languages),
    BOOL("terminal", UKB_OPTIONAL), /* who reads it is at one: commands in place of buttons */
};
static const struct ukb_shape doctor_run_params = UKB_SHAPE(NULL, doctor_run_fields);

static const struct ukb_field doctor_repair_fields[] = {
    { "checks", UKB_FIELD_STRINGS, UKB_REQUIRED, UKB_CHECK_ID_MAX_LEN, UKB_CHECKS_MAX, NULL, NULL },
    OF_VALUES("language", UKB_OPTIONAL, languages),
    BOOL("terminal", UKB_OPTIONAL),
};
static const struct ukb_shape doctor_repair_params = UKB_SHAPE(NULL, doctor_repair_fields);

static const struct ukb_field doctor_result_fields[] = { OBJECTS("checks", &ukb_object_check) };
static const struct ukb_shape doctor_result = UKB_SHAPE(NULL, doctor_result_fields);

static const struct ukb_field doctor_run_result_fields[] = {
    OBJECTS("checks", &ukb_object_check),
    STRING("home", UKB_REQUIRED, UKB_PATH_MAX_LEN),
};
static const struct ukb_shape doctor_run_result = UKB_SHAPE(NULL, doctor_run_result_fields);

static const char *const probed[] = { "readers", "dialog", NULL };
static const struct ukb_field probe_fields[] = { OF_VALUES("of", UKB_REQUIRED, probed) };
static const struct ukb_shape probe_params = UKB_SHAPE(NULL, probe_fields);

static const struct ukb_field update_result_fields[] = {
    STRING("version", UKB_OPTIONAL, UKB_FIELD_NAME_LEN),
    STRING("url", UKB_OPTIONAL, UKB_URL_MAX_LEN),
};
static const struct ukb_shape update_result = UKB_SHAPE(NULL, update_result_fields);

static const struct ukb_field update_document_fields[] = {
    STRING("version", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    STRING("url", UKB_REQUIRED, UKB_URL_MAX_LEN),
};
const struct ukb_shape ukb_update_document = UKB_SHAPE(NULL, update_document_fields);

static const struct ukb_field note_params_fields[] = {
    STRING("origin", UKB_OPTIONAL, UKB_ORIGIN_MAX_LEN),
    STRING("method", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    TOKEN_ID("token", UKB_OPTIONAL),
    STRING("module", UKB_OPTIONAL, UKB_MODULE_NAME_MAX_LEN),
    STRING("outcome", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    BOOL("userActivation", UKB_REQUIRED),
    BOOL("refused", UKB_REQUIRED),
};
static const struct ukb_shape note_params = UKB_SHAPE(NULL, note_params_fields);

/* Methods: name, parameters, result, who may call, where it runs, for which module, dialog, time limit in ms */

const struct ukb_method ukb_contract[UKB_METHOD_COUNT] = {
    [UKB_HOST_HELLO] =
        { "host.hello", &hello_params, &hello_result, UKB_GRANT_ANY, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_HOST_PING] =
        { "host.ping", &nothing, &nothing, UKB_GRANT_ANY, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_HOST_CANCEL] =
        { "host.cancel", &cancel_params, &cancel_result, UKB_GRANT_ANY, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_PORTALS_LIST] =
        { "portals.list", &nothing, &portals_result, UKB_GRANT_UI, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_PORTALS_ALLOW] =
        { "portals.allow", &allow_params, &nothing, UKB_GRANT_UI, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_PORTALS_REVOKE] =
        { "portals.revoke", &revoke_params, &nothing, UKB_GRANT_UI, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_TOKENS_LIST] =
        { "tokens.list", &nothing, &tokens_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LISTING_WORKER, UKB_MODULE_EVERY, false, 4000 },
    [UKB_TOKENS_WATCH] =
        { "tokens.watch", &watch_params, &nothing, UKB_GRANT_PORTAL, UKB_RUNS_IN_LISTING_WORKER, UKB_MODULE_EVERY, false, 4000 },
    [UKB_CERTIFICATES_LIST] =
        { "certificates.list", &certificates_params, &certificates_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LISTING_WORKER, UKB_MODULE_OF_TOKEN, false, 10000 },
    [UKB_PIN_CHANGE] =
        { "pin.change", &token_params, &nothing, UKB_GRANT_PORTAL, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_TOKEN, true, 120000 },
    [UKB_PIN_UNBLOCK] =
        { "pin.unblock", &token_params, &nothing, UKB_GRANT_UI, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_TOKEN, true, 120000 },
    [UKB_PIN_RESET_BEGIN] =
        { "pin.reset.begin", &token_params, &reset_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_TOKEN, true, 30000 },
    [UKB_PIN_RESET_FINISH] =
        { "pin.reset.finish", &reset_finish, &nothing, UKB_GRANT_PORTAL, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_RESET, true, 120000 },
    [UKB_RENEWAL_BEGIN] =
        { "renewal.begin", &begin_params, &renewal_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_TOKEN, true, 180000 },
    [UKB_RENEWAL_PREVIEW] =
        { "renewal.preview", &install_params, &preview_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LISTING_WORKER, UKB_MODULE_OF_RENEWAL, false, 10000 },
    [UKB_RENEWAL_INSTALL] =
        { "renewal.install", &install_params, &renewal_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_RENEWAL, true, 120000 },
    [UKB_RENEWAL_GET] =
        { "renewal.get", &renewal_params, &renewal_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_PLAIN_WORKER, UKB_MODULE_NONE, false, 10000 },
    [UKB_RENEWAL_LIST] =
        { "renewal.list", &renewal_list_params, &renewal_list_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_PLAIN_WORKER, UKB_MODULE_NONE, false, 10000 },
    [UKB_RENEWAL_ABANDON] =
        { "renewal.abandon", &renewal_params, &nothing, UKB_GRANT_PORTAL, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_RENEWAL, true, 60000 },
    [UKB_RENEWAL_RECOVER] =
        { "renewal.recover", &token_params, &recover_result, UKB_GRANT_UI, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_TOKEN, true, 180000 },
    [UKB_AUTH_SIGN] =
        { "auth.sign", &auth_params, &auth_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LOGIN_WORKER, UKB_MODULE_OF_TOKEN, true, 60000 },
    [UKB_FILES_CHECK] =
        { "files.check", &files_params, &files_result, UKB_GRANT_PORTAL, UKB_RUNS_IN_LISTING_WORKER, UKB_MODULE_OF_TOKEN, false, 10000 },
    [UKB_AUDIT_LIST] =
        { "audit.list", &audit_params, &audit_result, UKB_GRANT_UI, UKB_RUNS_IN_PLAIN_WORKER, UKB_MODULE_NONE, false, 10000 },
    [UKB_ORDERS_CHECK] =
        { "orders.check", &orders_params, &orders_result, UKB_GRANT_UI, UKB_RUNS_IN_NET_WORKER, UKB_MODULE_NONE, false, 70000 },
    [UKB_DOCTOR_RUN] =
        { "doctor.run", &doctor_run_params, &doctor_run_result, UKB_GRANT_UI, UKB_RUNS_IN_PLAIN_WORKER, UKB_MODULE_NONE, false, 20000 },
    [UKB_DOCTOR_REPAIR] =
        { "doctor.repair", &doctor_repair_params, &doctor_result, UKB_GRANT_UI, UKB_RUNS_IN_PLAIN_WORKER, UKB_MODULE_NONE, false, 30000 },
    [UKB_UPDATE_CHECK] =
        { "update.check", &nothing, &update_result, UKB_GRANT_UI, UKB_RUNS_IN_NET_WORKER, UKB_MODULE_NONE, false, 40000 },
};

const struct ukb_method ukb_contract_note =
    { "worker.note", &note_params, &nothing, UKB_GRANT_UI, UKB_RUNS_IN_PLAIN_WORKER, UKB_MODULE_NONE, false, 10000 };
const struct ukb_method ukb_contract_probe =
    { "worker.probe", &probe_params, &nothing, UKB_GRANT_UI, UKB_RUNS_IN_PLAIN_WORKER, UKB_MODULE_NONE, false, 10000 };
/* clang-format on */

const struct ukb_shape *const ukb_contract_objects[] = {
    &ukb_object_host,
    &ukb_object_limits,
    &ukb_object_policy,
    &ukb_object_token,
    &ukb_object_module,
    &ukb_object_pin,
    &ukb_object_capabilities,
    &ukb_object_problem,
    &ukb_object_certificate,
    &ukb_object_name,
    &ukb_object_key,
    &ukb_object_renewal,
    &ukb_object_request,
    &ukb_object_step,
    &ukb_object_renewal_error,
    &ukb_object_change,
    &ukb_object_warning,
    &ukb_object_portal,
    &ukb_object_audit_entry,
    &ukb_object_order,
    &ukb_object_order_state,
    &ukb_object_check,
    NULL,
};

const struct ukb_notification ukb_contract_notifications[] = {
    { "progress", &ukb_object_progress },
    { "tokens.changed", &ukb_object_tokens_changed },
    { "token.pending", &ukb_object_token_pending },
};
const size_t ukb_contract_notification_count =
    sizeof(ukb_contract_notifications) / sizeof(ukb_contract_notifications[0]);

const struct ukb_limit ukb_contract_limits[] = {
    { "maxRequest", UKB_REQUEST_MAX_LEN },
    { "maxReply", UKB_REPLY_MAX_LEN },
    { "maxDepth", UKB_JSON_MAX_DEPTH },
    { "maxInFlight", UKB_IN_FLIGHT_MAX },
    { "maxInFlightPerOrigin", UKB_IN_FLIGHT_PER_ORIGIN_MAX },
    { "pageItems", UKB_PAGE_MAX_ITEMS },
};
const size_t ukb_contract_limit_count = sizeof(ukb_contract_limits) / sizeof(ukb_contract_limits[0]);

const struct ukb_method *
ukb_contract_find(const char *wanted)
{
    size_t i;

    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        if (strcmp(ukb_contract[i].name, wanted) == 0) {
            return &ukb_contract[i];
        }
    }
    return NULL;
}

enum ukb_method_id
ukb_contract_index(const struct ukb_method *method)
{
    return (enum ukb_method_id)(method - ukb_contract);
}
