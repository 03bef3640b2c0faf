/* SPDX-License-Identifier: MIT */
/* The whole surface on a few screens: values, objects, parameters, methods. */
#include "core/contract.h"

#include <string.h>

#include "core/limits.h"

#define NAME_LEN 64U
#define TEXT_LEN 1024U

/* Values */

static const char *const pin_states[] = { "ok", "low", "final", "locked", "uninitialised", "must-change", "pad", NULL };
static const char *const roles[] = { "signing", "encryption", "both", "unknown", NULL };
static const char *const certificate_states[] = { "valid", "expiring", "expired", "not-yet-valid", NULL };
static const char *const key_types[] = { "RSA", "EC", "SM2", "unknown", NULL };
static const char *const algorithms[] = { "RSA-2048", "RSA-3072", "EC-P256", "EC-P384", "SM2", NULL };
static const char *const generate_types[] = { "RSA", "EC", NULL };
static const char *const kinds[] = { "renew", "issue", "change", "replace", NULL };
static const char *const key_choices[] = { "same", "new", NULL };
static const char *const actions[] = { "add", "remove", "keep", NULL };
static const char *const renewal_states[] = { "requested",   "installing",      "installed", "abandoned",
                                              "rolled-back", "needs-attention", NULL };

/* Objects */

#define TEXT(field_name)                                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_STRING, UKB_OPTIONAL, TEXT_LEN, 0, NULL, NULL                                            \
    }
#define OBJECT(field_name, field_need, field_shape)                                                                    \
    {                                                                                                                  \
        field_name, UKB_FIELD_OBJECT, field_need, 0, 0, NULL, field_shape                                              \
    }
#define OBJECTS(field_name, field_shape)                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_OBJECTS, UKB_REQUIRED, 0, UKB_OBJECTS_MAX, NULL, field_shape                             \
    }
#define OF_VALUES(field_name, field_need, field_values)                                                                \
    {                                                                                                                  \
        field_name, UKB_FIELD_ENUM, field_need, 0, 0, field_values, NULL                                               \
    }
#define TIME(field_name)                                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_TIME, UKB_REQUIRED, 20, 0, NULL, NULL                                                    \
    }
#define BOOL(field_name, field_need)                                                                                   \
    {                                                                                                                  \
        field_name, UKB_FIELD_BOOL, field_need, 0, 0, NULL, NULL                                                       \
    }
#define INTEGER(field_name, field_need)                                                                                \
    {                                                                                                                  \
        field_name, UKB_FIELD_INTEGER, field_need, 0, 0, NULL, NULL                                                    \
    }
#define TOKEN_ID(field_name, field_need)                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_HEX, field_need, UKB_TOKEN_ID_LEN, 0, NULL, NULL                                         \
    }
#define CERTIFICATE_ID(field_name, field_need)                                                                         \
    {                                                                                                                  \
        field_name, UKB_FIELD_HEX, field_need, UKB_CERTIFICATE_ID_LEN, 0, NULL, NULL                                   \
    }
#define STRING(field_name, field_need, field_max_len)                                                                  \
    {                                                                                                                  \
        field_name, UKB_FIELD_STRING, field_need, field_max_len, 0, NULL, NULL                                         \
    }

/* clang-format off */
static const struct ukb_field client_fields[] = {
    STRING("name", UKB_REQUIRED, UKB_CLIENT_NAME_MAX_LEN),
    STRING("version", UKB_REQUIRED, UKB_CLIENT_NAME_MAX_LEN),
};
static const struct ukb_shape client = UKB_SHAPE(NULL, client_fields);

static const struct ukb_field host_fields[] = {
    STRING("name", UKB_REQUIRED, NAME_LEN),
    STRING("version", UKB_REQUIRED, NAME_LEN),
    STRING("commit", UKB_REQUIRED, NAME_LEN),
    STRING("os", UKB_REQUIRED, NAME_LEN),
};
static const struct ukb_shape host = UKB_SHAPE("host", host_fields);

static const struct ukb_field limits_fields[] = {
    INTEGER("maxRequest", UKB_REQUIRED),
    INTEGER("maxReply", UKB_REQUIRED),
    INTEGER("maxDepth", UKB_REQUIRED),
    INTEGER("maxInFlight", UKB_REQUIRED),
    INTEGER("maxInFlightPerOrigin", UKB_REQUIRED),
    INTEGER("pageItems", UKB_REQUIRED),
};
static const struct ukb_shape limits = UKB_SHAPE("limits", limits_fields);

static const struct ukb_field policy_fields[] = {
    BOOL("managed", UKB_REQUIRED),
    { "portals", UKB_FIELD_STRINGS, UKB_REQUIRED, UKB_ORIGIN_MAX_LEN, 2U * UKB_PORTALS_MAX, NULL, NULL }, /* two files' */
};
static const struct ukb_shape policy = UKB_SHAPE("policy", policy_fields);

static const struct ukb_field pin_fields[] = {
    OF_VALUES("state", UKB_REQUIRED, pin_states),
    INTEGER("retriesLeft", UKB_NULLABLE),
    INTEGER("minLength", UKB_REQUIRED),
    INTEGER("maxLength", UKB_REQUIRED),
};
static const struct ukb_shape pin = UKB_SHAPE("pin", pin_fields);

static const struct ukb_field module_fields[] = {
    STRING("id", UKB_REQUIRED, UKB_MODULE_NAME_MAX_LEN),
    TEXT("name"),
    TEXT("version"),
};
static const struct ukb_shape module = UKB_SHAPE("module", module_fields);

static const struct ukb_field capabilities_fields[] = {
    { "generate", UKB_FIELD_STRINGS, UKB_REQUIRED, 0, 4, generate_types, NULL },
    BOOL("import", UKB_REQUIRED),
    { "algorithms", UKB_FIELD_STRINGS, UKB_REQUIRED, 0, 8, algorithms, NULL },
};
static const struct ukb_shape capabilities = UKB_SHAPE("capabilities", capabilities_fields);

static const struct ukb_field token_fields[] = {
    TOKEN_ID("id", UKB_REQUIRED),
    TEXT("label"),
    TEXT("manufacturer"),
    TEXT("model"),
    TEXT("serial"),
    OBJECT("module", UKB_REQUIRED, &module),
    TEXT("reader"),
    BOOL("present", UKB_REQUIRED),
    OBJECT("pin", UKB_REQUIRED, &pin),
    BOOL("writable", UKB_REQUIRED),
    OBJECT("capabilities", UKB_REQUIRED, &capabilities),
};
static const struct ukb_shape token = UKB_SHAPE("token", token_fields);

static const struct ukb_field problem_fields[] = {
    STRING("module", UKB_REQUIRED, UKB_MODULE_NAME_MAX_LEN),
    STRING("reason", UKB_REQUIRED, NAME_LEN),
    TOKEN_ID("token", UKB_OPTIONAL),
};
static const struct ukb_shape problem = UKB_SHAPE("problem", problem_fields);

static const struct ukb_field name_fields[] = {
    { "dn", UKB_FIELD_STRING, UKB_REQUIRED, UKB_CERTIFICATE_DER_MAX_LEN, 0, NULL, NULL },
    TEXT("commonName"),
    TEXT("organization"),
    TEXT("organizationalUnit"),
    TEXT("country"),
    TEXT("serialNumber"),
};
static const struct ukb_shape name = UKB_SHAPE("name", name_fields);

static const struct ukb_field key_fields[] = {
    OF_VALUES("type", UKB_REQUIRED, key_types),
    INTEGER("bits", UKB_REQUIRED),
    TEXT("curve"),
};
static const struct ukb_shape key = UKB_SHAPE("key", key_fields);

static const struct ukb_field certificate_fields[] = {
    CERTIFICATE_ID("id", UKB_REQUIRED),
    TOKEN_ID("token", UKB_REQUIRED),
    OF_VALUES("role", UKB_REQUIRED, roles),
    OBJECT("subject", UKB_REQUIRED, &name),
    OBJECT("issuer", UKB_REQUIRED, &name),
    STRING("serial", UKB_REQUIRED, 2U * UKB_CERTIFICATE_DER_MAX_LEN),
    TIME("notBefore"),
    TIME("notAfter"),
    INTEGER("daysLeft", UKB_REQUIRED),
    OF_VALUES("state", UKB_REQUIRED, certificate_states),
    OBJECT("key", UKB_REQUIRED, &key),
    BOOL("hasPrivateKey", UKB_NULLABLE),
    BOOL("history", UKB_REQUIRED),
    CERTIFICATE_ID("pairedWith", UKB_OPTIONAL),
    CERTIFICATE_ID("sha256", UKB_REQUIRED),
    STRING("pem", UKB_OPTIONAL, 2U * UKB_CERTIFICATE_PEM_MAX_LEN),
};
static const struct ukb_shape certificate = UKB_SHAPE("certificate", certificate_fields);

static const struct ukb_field request_fields[] = {
    OF_VALUES("role", UKB_REQUIRED, roles),
    STRING("pem", UKB_REQUIRED, UKB_CERTIFICATE_PEM_MAX_LEN),
};
static const struct ukb_shape request = UKB_SHAPE("request", request_fields);

static const struct ukb_field step_fields[] = {
    STRING("name", UKB_REQUIRED, NAME_LEN),
    TIME("at"),
    STRING("outcome", UKB_REQUIRED, NAME_LEN),
};
static const struct ukb_shape step = UKB_SHAPE("step", step_fields);

static const struct ukb_field renewal_error_fields[] = {
    STRING("reason", UKB_REQUIRED, NAME_LEN),
    STRING("message", UKB_REQUIRED, TEXT_LEN),
};
static const struct ukb_shape renewal_error = UKB_SHAPE("renewalError", renewal_error_fields);

static const struct ukb_field renewal_fields[] = {
    STRING("id", UKB_REQUIRED, UKB_RENEWAL_ID_MAX_LEN),
    OF_VALUES("kind", UKB_REQUIRED, kinds),
    STRING("origin", UKB_OPTIONAL, UKB_ORIGIN_MAX_LEN),
    STRING("order", UKB_OPTIONAL, UKB_ORDER_MAX_LEN),
    TOKEN_ID("token", UKB_REQUIRED),
    OF_VALUES("state", UKB_REQUIRED, renewal_states),
    OBJECTS("requests", &request),
    TIME("created"),
    TIME("updated"),
    OBJECTS("old", &certificate),
    OBJECTS("new", &certificate),
    OBJECTS("steps", &step),
    OBJECT("error", UKB_OPTIONAL, &renewal_error),
};
static const struct ukb_shape renewal = UKB_SHAPE("renewal", renewal_fields);

static const struct ukb_field change_fields[] = {
    OF_VALUES("role", UKB_REQUIRED, roles),
    OF_VALUES("action", UKB_REQUIRED, actions),
    OBJECT("certificate", UKB_REQUIRED, &certificate),
};
static const struct ukb_shape change = UKB_SHAPE("change", change_fields);

static const struct ukb_field warning_fields[] = {
    STRING("reason", UKB_REQUIRED, NAME_LEN),
};
static const struct ukb_shape warning = UKB_SHAPE("warning", warning_fields);

static const struct ukb_field progress_fields[] = {
    { "id", UKB_FIELD_ID, UKB_REQUIRED, UKB_ID_MAX_LEN, 0, NULL, NULL },
    STRING("step", UKB_REQUIRED, NAME_LEN),
    INTEGER("done", UKB_REQUIRED),
    INTEGER("total", UKB_REQUIRED),
    BOOL("interruptible", UKB_REQUIRED),
};
static const struct ukb_shape progress = UKB_SHAPE("progress", progress_fields);

static const char *const change_kinds[] = { "inserted", "removed", "changed", NULL };

static const struct ukb_field tokens_changed_fields[] = {
    OF_VALUES("kind", UKB_REQUIRED, change_kinds),
    OBJECT("token", UKB_REQUIRED, &token),
};
static const struct ukb_shape tokens_changed = UKB_SHAPE("tokensChanged", tokens_changed_fields);

/* Parameters and results */

static const struct ukb_shape nothing = { 0 };

static const struct ukb_field hello_params_fields[] = {
    OBJECT("client", UKB_REQUIRED, &client),
    INTEGER("protocol", UKB_REQUIRED),
};
static const struct ukb_shape hello_params = UKB_SHAPE(NULL, hello_params_fields);

static const struct ukb_field hello_result_fields[] = {
    OBJECT("host", UKB_REQUIRED, &host),
    INTEGER("protocol", UKB_REQUIRED),
    { "methods", UKB_FIELD_STRINGS, UKB_REQUIRED, NAME_LEN, UKB_METHOD_COUNT, NULL, NULL },
    OBJECT("limits", UKB_REQUIRED, &limits),
    OBJECT("policy", UKB_REQUIRED, &policy),
};
static const struct ukb_shape hello_result = UKB_SHAPE(NULL, hello_result_fields);

static const struct ukb_field cancel_params_fields[] = {
    { "id", UKB_FIELD_ID, UKB_REQUIRED, UKB_ID_MAX_LEN, 0, NULL, NULL },
};
static const struct ukb_shape cancel_params = UKB_SHAPE(NULL, cancel_params_fields);

static const struct ukb_field cancel_result_fields[] = { BOOL("cancelled", UKB_REQUIRED) };
static const struct ukb_shape cancel_result = UKB_SHAPE(NULL, cancel_result_fields);

static const struct ukb_field tokens_result_fields[] = {
    OBJECTS("tokens", &token),
    OBJECTS("problems", &problem),
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
    OBJECTS("certificates", &certificate),
    STRING("next", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN),
};
static const struct ukb_shape certificates_result = UKB_SHAPE(NULL, certificates_result_fields);

static const struct ukb_field token_params_fields[] = { TOKEN_ID("token", UKB_REQUIRED) };
static const struct ukb_shape token_params = UKB_SHAPE(NULL, token_params_fields);

static const struct ukb_field reset_fields[] = {
    STRING("reset", UKB_REQUIRED, UKB_RESET_ID_LEN),
    OBJECT("token", UKB_REQUIRED, &token),
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
    OF_VALUES("kind", UKB_REQUIRED, kinds),
    CERTIFICATE_ID("certificate", UKB_OPTIONAL),
    { "subject", UKB_FIELD_OBJECTS, UKB_OPTIONAL, 0, UKB_SUBJECT_MAX_ITEMS, NULL, &subject_item },
    OF_VALUES("key", UKB_OPTIONAL, key_choices),
    OF_VALUES("algorithm", UKB_OPTIONAL, algorithms),
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
    { "chain", UKB_FIELD_STRINGS, UKB_OPTIONAL, UKB_CERTIFICATE_PEM_MAX_LEN, UKB_CHAIN_MAX_ITEMS, NULL, NULL },
};
static const struct ukb_shape install_params = {
    .fields = install_params_fields,
    .count = sizeof(install_params_fields) / sizeof(install_params_fields[0]),
    .either = { "renewal", "token" },
};

static const struct ukb_field preview_result_fields[] = {
    OBJECTS("changes", &change),
    OBJECTS("warnings", &warning),
};
static const struct ukb_shape preview_result = UKB_SHAPE(NULL, preview_result_fields);

static const struct ukb_field renewal_result_fields[] = { OBJECT("renewal", UKB_REQUIRED, &renewal) };
static const struct ukb_shape renewal_result = UKB_SHAPE(NULL, renewal_result_fields);

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
    OBJECTS("renewals", &renewal),
    STRING("next", UKB_OPTIONAL, UKB_CURSOR_MAX_LEN),
};
static const struct ukb_shape renewal_list_result = UKB_SHAPE(NULL, renewal_list_result_fields);

/* Methods: name, parameters, result, who may call, where it runs, for which module, dialog, time limit in ms */

const struct ukb_method ukb_contract[UKB_METHOD_COUNT] = {
    [UKB_HOST_HELLO] =
        { "host.hello", &hello_params, &hello_result, UKB_GRANT_ANY, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_HOST_PING] =
        { "host.ping", &nothing, &nothing, UKB_GRANT_ANY, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
    [UKB_HOST_CANCEL] =
        { "host.cancel", &cancel_params, &cancel_result, UKB_GRANT_ANY, UKB_RUNS_IN_BROKER, UKB_MODULE_NONE, false, 0 },
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
};
/* clang-format on */

const struct ukb_shape *const ukb_contract_objects[] = {
    &host, &limits, &policy,  &token,   &module, &pin,           &capabilities, &problem, &certificate,
    &name, &key,    &renewal, &request, &step,   &renewal_error, &change,       &warning, NULL,
};

const struct ukb_notification ukb_contract_notifications[] = {
    { "progress", &progress },
    { "tokens.changed", &tokens_changed },
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
