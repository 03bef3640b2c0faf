/* SPDX-License-Identifier: MIT */
#include "core/contract_objects.h"

/* Values */

static const char *const pin_states[] = { "ok", "low", "final", "locked", "uninitialised", "must-change", "pad", NULL };
static const char *const roles[] = { "signing", "encryption", "both", "unknown", NULL };
static const char *const certificate_states[] = { "valid", "expiring", "expired", "not-yet-valid", NULL };
static const char *const key_types[] = { "RSA", "EC", "SM2", "unknown", NULL };
const char *const ukb_values_algorithms[] = { "RSA-2048", "RSA-3072", "EC-P256", "EC-P384", "SM2", NULL };
static const char *const generate_types[] = { "RSA", "EC", NULL };
const char *const ukb_values_kinds[] = { "renew", "issue", "change", "replace", NULL };
const char *const ukb_values_key_choices[] = { "same", "new", NULL };
static const char *const actions[] = { "add", "remove", "keep", NULL };
static const char *const renewal_states[] = { "requested",   "installing",      "installed", "abandoned",
                                              "rolled-back", "needs-attention", NULL };

/* Objects */

/* clang-format off */
static const struct ukb_field client_fields[] = {
    STRING("name", UKB_REQUIRED, UKB_CLIENT_NAME_MAX_LEN),
    STRING("version", UKB_REQUIRED, UKB_CLIENT_NAME_MAX_LEN),
};
const struct ukb_shape ukb_object_client = UKB_SHAPE(NULL, client_fields);

static const struct ukb_field host_fields[] = {
    STRING("name", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    STRING("version", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    STRING("commit", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    STRING("os", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
};
const struct ukb_shape ukb_object_host = UKB_SHAPE("host", host_fields);

static const struct ukb_field limits_fields[] = {
    INTEGER("maxRequest", UKB_REQUIRED),
    INTEGER("maxReply", UKB_REQUIRED),
    INTEGER("maxDepth", UKB_REQUIRED),
    INTEGER("maxInFlight", UKB_REQUIRED),
    INTEGER("maxInFlightPerOrigin", UKB_REQUIRED),
    INTEGER("pageItems", UKB_REQUIRED),
};
const struct ukb_shape ukb_object_limits = UKB_SHAPE("limits", limits_fields);

static const struct ukb_field policy_fields[] = {
    BOOL("managed", UKB_REQUIRED),
    { "portals", UKB_FIELD_STRINGS, UKB_REQUIRED, UKB_ORIGIN_MAX_LEN, 2U * UKB_PORTALS_MAX, NULL, NULL }, /* two files' */
};
const struct ukb_shape ukb_object_policy = UKB_SHAPE("policy", policy_fields);

static const struct ukb_field pin_fields[] = {
    OF_VALUES("state", UKB_REQUIRED, pin_states),
    INTEGER("retriesLeft", UKB_NULLABLE),
    INTEGER("minLength", UKB_REQUIRED),
    INTEGER("maxLength", UKB_REQUIRED),
};
const struct ukb_shape ukb_object_pin = UKB_SHAPE("pin", pin_fields);

static const struct ukb_field module_fields[] = {
    STRING("id", UKB_REQUIRED, UKB_MODULE_NAME_MAX_LEN),
    TEXT("name"),
    TEXT("version"),
};
const struct ukb_shape ukb_object_module = UKB_SHAPE("module", module_fields);

static const struct ukb_field capabilities_fields[] = {
    { "generate", UKB_FIELD_STRINGS, UKB_REQUIRED, 0, 4, generate_types, NULL },
    BOOL("import", UKB_REQUIRED),
    { "algorithms", UKB_FIELD_STRINGS, UKB_REQUIRED, 0, 8, ukb_values_algorithms, NULL },
};
const struct ukb_shape ukb_object_capabilities = UKB_SHAPE("capabilities", capabilities_fields);

static const struct ukb_field token_fields[] = {
    TOKEN_ID("id", UKB_REQUIRED),
    TEXT("label"),
    TEXT("manufacturer"),
    TEXT("model"),
    TEXT("serial"),
    OBJECT("module", UKB_REQUIRED, &ukb_object_module),
    TEXT("reader"),
    BOOL("present", UKB_REQUIRED),
    OBJECT("pin", UKB_REQUIRED, &ukb_object_pin),
    BOOL("writable", UKB_REQUIRED),
    OBJECT("capabilities", UKB_REQUIRED, &ukb_object_capabilities),
};
const struct ukb_shape ukb_object_token = UKB_SHAPE("token", token_fields);

static const struct ukb_field problem_fields[] = {
    STRING("module", UKB_REQUIRED, UKB_MODULE_NAME_MAX_LEN),
    STRING("reason", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    TOKEN_ID("token", UKB_OPTIONAL),
};
const struct ukb_shape ukb_object_problem = UKB_SHAPE("problem", problem_fields);

static const struct ukb_field name_fields[] = {
    STRING("dn", UKB_REQUIRED, 3U * UKB_CERTIFICATE_DER_MAX_LEN), /* "\\01" for one byte */
    TEXT("commonName"),
    TEXT("organization"),
    TEXT("organizationalUnit"),
    TEXT("country"),
    TEXT("serialNumber"),
};
const struct ukb_shape ukb_object_name = UKB_SHAPE("name", name_fields);

static const struct ukb_field key_fields[] = {
    OF_VALUES("type", UKB_REQUIRED, key_types),
    INTEGER("bits", UKB_REQUIRED),
    TEXT("curve"),
};
const struct ukb_shape ukb_object_key = UKB_SHAPE("key", key_fields);

static const struct ukb_field certificate_fields[] = {
    CERTIFICATE_ID("id", UKB_REQUIRED),
    TOKEN_ID("token", UKB_REQUIRED),
    OF_VALUES("role", UKB_REQUIRED, roles),
    OBJECT("subject", UKB_REQUIRED, &ukb_object_name),
    OBJECT("issuer", UKB_REQUIRED, &ukb_object_name),
    STRING("serial", UKB_REQUIRED, 2U * UKB_CERTIFICATE_DER_MAX_LEN),
    TIME("notBefore"),
    TIME("notAfter"),
    INTEGER("daysLeft", UKB_REQUIRED),
    OF_VALUES("state", UKB_REQUIRED, certificate_states),
    OBJECT("key", UKB_REQUIRED, &ukb_object_key),
    BOOL("hasPrivateKey", UKB_NULLABLE),
    BOOL("history", UKB_REQUIRED),
    CERTIFICATE_ID("pairedWith", UKB_OPTIONAL),
    CERTIFICATE_ID("sha256", UKB_REQUIRED),
    STRING("portal", UKB_OPTIONAL, UKB_PATH_MAX_LEN),
    STRING("pem", UKB_OPTIONAL, 2U * UKB_CERTIFICATE_PEM_MAX_LEN),
};
const struct ukb_shape ukb_object_certificate = UKB_SHAPE("certificate", certificate_fields);

static const struct ukb_field request_fields[] = {
    OF_VALUES("role", UKB_REQUIRED, roles),
    STRING("pem", UKB_REQUIRED, UKB_CERTIFICATE_PEM_MAX_LEN),
    STRING("signedPem", UKB_OPTIONAL, UKB_SIGNED_PEM_MAX_LEN),
};
const struct ukb_shape ukb_object_request = UKB_SHAPE("request", request_fields);

static const struct ukb_field step_fields[] = {
    STRING("name", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    TIME("at"),
    STRING("outcome", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
};
const struct ukb_shape ukb_object_step = UKB_SHAPE("step", step_fields);

static const struct ukb_field renewal_error_fields[] = {
    STRING("reason", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    STRING("message", UKB_REQUIRED, UKB_TEXT_MAX_LEN),
};
const struct ukb_shape ukb_object_renewal_error = UKB_SHAPE("renewalError", renewal_error_fields);

static const struct ukb_field renewal_fields[] = {
    STRING("id", UKB_REQUIRED, UKB_RENEWAL_ID_MAX_LEN),
    OF_VALUES("kind", UKB_REQUIRED, ukb_values_kinds),
    STRING("origin", UKB_OPTIONAL, UKB_ORIGIN_MAX_LEN),
    STRING("order", UKB_OPTIONAL, UKB_ORDER_MAX_LEN),
    TOKEN_ID("token", UKB_REQUIRED),
    OF_VALUES("state", UKB_REQUIRED, renewal_states),
    OBJECTS("requests", &ukb_object_request),
    TIME("created"),
    TIME("updated"),
    OBJECTS("old", &ukb_object_certificate),
    OBJECTS("new", &ukb_object_certificate),
    OBJECTS("steps", &ukb_object_step),
    OBJECT("error", UKB_OPTIONAL, &ukb_object_renewal_error),
};
const struct ukb_shape ukb_object_renewal = UKB_SHAPE("renewal", renewal_fields);

static const struct ukb_field change_fields[] = {
    OF_VALUES("role", UKB_REQUIRED, roles),
    OF_VALUES("action", UKB_REQUIRED, actions),
    OBJECT("certificate", UKB_REQUIRED, &ukb_object_certificate),
};
const struct ukb_shape ukb_object_change = UKB_SHAPE("change", change_fields);

static const struct ukb_field warning_fields[] = {
    STRING("reason", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
};
const struct ukb_shape ukb_object_warning = UKB_SHAPE("warning", warning_fields);

static const char *const portal_sources[] = { "policy", "user", "once", NULL };

static const struct ukb_field portal_fields[] = {
    STRING("origin", UKB_REQUIRED, UKB_ORIGIN_MAX_LEN), /* the policy's may be patterns */
    OF_VALUES("from", UKB_REQUIRED, portal_sources),
};
const struct ukb_shape ukb_object_portal = UKB_SHAPE("portal", portal_fields);

static const struct ukb_field audit_entry_fields[] = {
    TIME("at"),
    STRING("origin", UKB_OPTIONAL, UKB_ORIGIN_MAX_LEN), /* absent: the extension's own pages, or the command line */
    STRING("method", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    TOKEN_ID("token", UKB_OPTIONAL),
    STRING("module", UKB_OPTIONAL, UKB_MODULE_NAME_MAX_LEN), /* one that failed, or was seen to */
    STRING("outcome", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    BOOL("userActivation", UKB_REQUIRED),
    BOOL("refused", UKB_REQUIRED),
};
const struct ukb_shape ukb_object_audit_entry = UKB_SHAPE("auditEntry", audit_entry_fields);

static const char *const order_states[] = { "created", "paid", "reviewing", "issued", "installed", "rejected", NULL };

static const struct ukb_field order_fields[] = {
    STRING("portal", UKB_REQUIRED, UKB_ORIGIN_MAX_LEN),
    STRING("order", UKB_REQUIRED, UKB_ORDER_MAX_LEN),
    STRING("url", UKB_REQUIRED, UKB_URL_MAX_LEN),
};
const struct ukb_shape ukb_object_order = UKB_SHAPE("order", order_fields);

static const struct ukb_field order_certificate_fields[] = {
    TIME("notBefore"),
    TIME("notAfter"),
};
static const struct ukb_shape order_certificate = UKB_SHAPE(NULL, order_certificate_fields);

static const struct ukb_field order_error_fields[] = {
    STRING("reason", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    STRING("message", UKB_REQUIRED, UKB_TEXT_MAX_LEN),
    INTEGER("status", UKB_OPTIONAL),
};
static const struct ukb_shape order_error = UKB_SHAPE(NULL, order_error_fields);

#define UPDATED                                                                                                        \
    {                                                                                                                  \
        "updated", UKB_FIELD_TIME, UKB_OPTIONAL, 20, 0, NULL, NULL                                                     \
    }

static const struct ukb_field order_state_fields[] = {
    STRING("portal", UKB_REQUIRED, UKB_ORIGIN_MAX_LEN),
    STRING("order", UKB_REQUIRED, UKB_ORDER_MAX_LEN),
    OF_VALUES("state", UKB_OPTIONAL, order_states),
    UPDATED,
    STRING("message", UKB_OPTIONAL, UKB_TEXT_MAX_LEN),
    STRING("page", UKB_OPTIONAL, UKB_URL_MAX_LEN),
    OBJECT("certificate", UKB_OPTIONAL, &order_certificate),
    OBJECT("error", UKB_OPTIONAL, &order_error),
};
const struct ukb_shape ukb_object_order_state = UKB_SHAPE("orderState", order_state_fields);

static const struct ukb_field order_resource_fields[] = {
    STRING("order", UKB_REQUIRED, UKB_ORDER_MAX_LEN),
    OF_VALUES("state", UKB_REQUIRED, order_states),
    UPDATED,
    STRING("message", UKB_OPTIONAL, UKB_TEXT_MAX_LEN),
    STRING("page", UKB_OPTIONAL, UKB_URL_MAX_LEN),
    OBJECT("certificate", UKB_OPTIONAL, &order_certificate),
};
const struct ukb_shape ukb_order_resource = UKB_SHAPE(NULL, order_resource_fields);

static const char *const check_groups[] = { "host",   "browser", "policy",  "reader", "module",
                                            "dialog", "journal", "system", NULL };
static const char *const check_statuses[] = { "ok", "warning", "failed", "skipped", NULL };
static const char *const check_repairs[] = { "none", "automatic", "manual", NULL };

static const struct ukb_field check_fields[] = {
    STRING("id", UKB_REQUIRED, UKB_CHECK_ID_MAX_LEN),
    TEXT("subject"), /* of a check with several rows: the browser, the module, the reader */
    OF_VALUES("group", UKB_REQUIRED, check_groups),
    OF_VALUES("status", UKB_REQUIRED, check_statuses),
    STRING("title", UKB_REQUIRED, UKB_TEXT_MAX_LEN),
    STRING("evidence", UKB_OPTIONAL, UKB_EVIDENCE_MAX_LEN),
    TEXT("meaning"),
    OF_VALUES("repair", UKB_REQUIRED, check_repairs),
    TEXT("instruction"),
    STRING("command", UKB_OPTIONAL, UKB_PATH_MAX_LEN),
    BOOL("repaired", UKB_OPTIONAL), /* of doctor.repair alone */
};
const struct ukb_shape ukb_object_check = UKB_SHAPE("check", check_fields);

static const struct ukb_field progress_fields[] = {
    { "id", UKB_FIELD_ID, UKB_REQUIRED, UKB_ID_MAX_LEN, 0, NULL, NULL },
    STRING("step", UKB_REQUIRED, UKB_FIELD_NAME_LEN),
    INTEGER("done", UKB_REQUIRED),
    INTEGER("total", UKB_REQUIRED),
    BOOL("interruptible", UKB_REQUIRED),
};
const struct ukb_shape ukb_object_progress = UKB_SHAPE("progress", progress_fields);

static const char *const change_kinds[] = { "inserted", "removed", "changed", NULL };

static const struct ukb_field tokens_changed_fields[] = {
    OF_VALUES("kind", UKB_REQUIRED, change_kinds),
    OBJECT("token", UKB_REQUIRED, &ukb_object_token),
};
const struct ukb_shape ukb_object_tokens_changed = UKB_SHAPE("tokensChanged", tokens_changed_fields);

static const char *const next_steps[] = { "finish", "undo", NULL };

static const struct ukb_field token_pending_fields[] = {
    OBJECT("renewal", UKB_REQUIRED, &ukb_object_renewal),
    OF_VALUES("next", UKB_REQUIRED, next_steps),
};
const struct ukb_shape ukb_object_token_pending = UKB_SHAPE("tokenPending", token_pending_fields);
/* clang-format on */
