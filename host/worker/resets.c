/* SPDX-License-Identifier: MIT */
/*
 * The remote reset of a PIN. pin.reset.begin makes a key and keeps it in this process, which waits; a portal's server
 * encrypts the administrator's PIN to it; pin.reset.finish, in the same process, uses that PIN once. One try: whatever
 * becomes of it, the key is gone afterwards.
 */
#include "worker/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "core/hex.h"
#include "hold/hold.h"
#include "pki/reset.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "secret/secret.h"
#include "token/token.h"
#include "worker/statement.h"
#include "worker/view.h"

#define RESET_MS     600000LL
#define RANDOM_LEN   16U
#define NONCE_LEN    (UKB_RESET_NONCE_LEN / 2U)
#define PEM_FILE_LEN UKB_CERTIFICATE_PEM_MAX_LEN

struct ukb_open_reset {
    char id[UKB_RESET_ID_LEN + 1U];
    char nonce[UKB_RESET_NONCE_LEN + 1U];
    char origin[UKB_ORIGIN_MAX_LEN + 1U];
    struct ukb_token_info token;
    long long begun_ms;
    struct ukb_reset_key *key;
    struct ukb_certificate *authorities[UKB_AUTHORITIES_MAX];
    size_t authority_count;
};

unsigned int
ukb_open_reset_left_ms(const struct ukb_open_reset *reset)
{
    const long long age_ms = ukb_clock_uptime_ms() - reset->begun_ms;

    return age_ms < 0 || age_ms >= RESET_MS ? 0 : (unsigned int)(RESET_MS - age_ms);
}

void
ukb_open_reset_free(struct ukb_open_reset *reset)
{
    if (reset == NULL) {
        return;
    }
    while (reset->authority_count > 0) {
        ukb_certificate_free(reset->authorities[--reset->authority_count]);
    }
    ukb_reset_key_free(reset->key);
    free(reset);
}

/* Beginning */

/* A PEM certificate that the policy names as its member @p what. */
static enum ukb_status
read_certificate(const char *what, const char *path, struct ukb_certificate **ret_certificate, struct ukb_error *reterr)
{
    struct ukb_buf file = UKB_BUF_INIT(PEM_FILE_LEN);
    struct ukb_error why = { 0 };
    enum ukb_status st = ukb_file_read(path, UKB_FILE_OF_ADMINISTRATOR, &file, &why);

    if (st == UKB_OK) {
        st = ukb_certificate_from_pem(ukb_buf_text(&file), ret_certificate, &why);
    }
    if (st != UKB_OK) {
        st = ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s: %.100s: %s", what, path,
                       st == UKB_END ? "no such file" : why.message);
    }
    ukb_buf_done(&file);
    return st;
}

static enum ukb_status
read_authorities(const struct ukb_policy *policy, struct ukb_open_reset *reset, struct ukb_error *reterr)
{
    const char *const *path = ukb_policy_reset_authorities(policy);
    enum ukb_status st = UKB_OK;

    if (*path == NULL) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the policy names nobody who may authorise the reset of a PIN");
    }
    for (; *path != NULL && st == UKB_OK; path++) {
        st = read_certificate("resetAuthorities", *path, &reset->authorities[reset->authority_count], reterr);
        reset->authority_count += st == UKB_OK ? 1U : 0U;
    }
    return st;
}

static enum ukb_status
random_hex(size_t len, char *ret_text, struct ukb_error *reterr)
{
    unsigned char bytes[NONCE_LEN];

    if (RAND_bytes(bytes, (int)len) != 1) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no random bytes");
    }
    ukb_hex_encode(bytes, len, ret_text);
    return UKB_OK;
}

/* The key and its certificate, signed by the host's identity where there is one. That key's file can be read by the
 * user who runs us, so it is no secret of this process. */
static enum ukb_status
make_key(const struct ukb_policy *policy, struct ukb_open_reset *reset, struct ukb_buf *ret_recipient,
         struct ukb_error *reterr)
{
    struct ukb_buf key_file = UKB_BUF_INIT(UKB_KEY_PEM_MAX_LEN);
    struct ukb_certificate *certificate = NULL;
    struct ukb_reset_identity identity = { NULL, NULL, 0 };
    struct ukb_error why = { 0 };
    const char *certificate_path = NULL;
    const char *key_path = NULL;
    enum ukb_status st = UKB_OK;

    if (!ukb_policy_host_identity(policy, &certificate_path, &key_path)) {
        return ukb_reset_key_new(reset->nonce, ukb_service_now_s(), NULL, &reset->key, ret_recipient, reterr);
    }
    st = read_certificate("hostIdentity", certificate_path, &certificate, reterr);
    if (st == UKB_OK && ukb_file_read(key_path, UKB_FILE_OF_ADMINISTRATOR, &key_file, &why) != UKB_OK) {
        st = ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "hostIdentity: %.100s: cannot be read", key_path);
    }
    if (st == UKB_OK) {
        identity = (struct ukb_reset_identity){ certificate, ukb_buf_text(&key_file), key_file.len };
        st = ukb_reset_key_new(reset->nonce, ukb_service_now_s(), &identity, &reset->key, ret_recipient, reterr);
    }
    if (key_file.data != NULL) {
        OPENSSL_cleanse(key_file.data, key_file.size);
    }
    ukb_buf_done(&key_file);
    ukb_certificate_free(certificate);
    return st;
}

/* Which UKey it is, and whether its PIN could be reset at all. */
static enum ukb_status
look_at_token(const struct ukb_service *service, const char *token, struct ukb_open_reset *reset,
              struct ukb_error *reterr)
{
    const struct ukb_hold_env env = { .module = service->module, .lock_dir = ukb_buf_text(&service->lock_dir) };
    struct ukb_hold hold = { .session = NULL };
    enum ukb_status st = ukb_hold_open(&env, token, true, &hold, reterr);

    if (st == UKB_OK) {
        reset->token = *ukb_token_session_info(hold.session);
        if (reset->token.pin_pad) {
            st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this UKey takes PINs from its own keypad only");
        } else if (reset->token.serial[0] == '\0') {
            st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "this UKey has no serial number to be authorised by");
        } else if (reset->token.so_pin_state == UKB_PIN_LOCKED) {
            st = ukb_raise(reterr, UKB_E_PIN_LOCKED, 0, "the token has locked its administrator PIN");
            ukb_error_add_integer(reterr, "retriesLeft", 0);
        }
    }
    ukb_hold_done(&hold);
    return st;
}

static enum ukb_status
open_reset(const struct ukb_service *service, const char *token, struct ukb_open_reset *reset,
           struct ukb_buf *ret_recipient, struct ukb_error *reterr)
{
    char tail[2U * RANDOM_LEN + 1U] = "";
    enum ukb_status st = UKB_OK;

    if (service->context->ui) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "a reset is begun by the page of the portal that authorises it");
    }
    st = read_authorities(service->policy, reset, reterr);
    if (st == UKB_OK) {
        st = look_at_token(service, token, reset, reterr);
    }
    if (st == UKB_OK) {
        st = random_hex(RANDOM_LEN, tail, reterr);
    }
    if (st == UKB_OK) {
        st = random_hex(NONCE_LEN, reset->nonce, reterr);
    }
    if (st == UKB_OK) {
        st = make_key(service->policy, reset, ret_recipient, reterr);
    }
    (void)snprintf(reset->id, sizeof(reset->id), "%s-%s", reset->token.id, tail);
    (void)snprintf(reset->origin, sizeof(reset->origin), "%s", service->context->origin);
    reset->begun_ms = ukb_clock_uptime_ms();
    return st;
}

enum ukb_status
ukb_pin_reset_begin_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                           struct ukb_error *reterr)
{
    struct ukb_buf recipient = UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    struct ukb_open_reset *reset = calloc(1, sizeof(*reset));
    enum ukb_status st;

    if (reset == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a reset");
    }
    st = open_reset(service, ukb_json_string(params, "token"), reset, &recipient, reterr);
    if (st == UKB_OK) {
        *ret_result = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(*ret_result, "reset", reset->id);
        (void)cJSON_AddItemToObject(*ret_result, "token", ukb_view_token(&reset->token, service->module));
        (void)cJSON_AddStringToObject(*ret_result, "nonce", reset->nonce);
        (void)cJSON_AddStringToObject(*ret_result, "recipient", ukb_buf_text(&recipient));
        ukb_open_reset_free(service->reset);
        service->reset = reset;
        reset = NULL;
    }
    ukb_open_reset_free(reset);
    ukb_buf_done(&recipient);
    return st;
}

/* Finishing */

static enum ukb_status
check_reset(const struct ukb_service *service, const struct ukb_open_reset *reset, const char *id,
            struct ukb_error *reterr)
{
    if (reset == NULL || strcmp(reset->id, id) != 0 || ukb_open_reset_left_ms(reset) == 0) {
        return ukb_raise(reterr, UKB_E_RESET_EXPIRED, 0, "this reset was not finished in time");
    }
    if (strcmp(reset->origin, service->context->origin) != 0) {
        return ukb_raise(reterr, UKB_E_NOT_YOURS, 0, "another site began this reset");
    }
    return UKB_OK;
}

/* Decrypt the authorization and read it. */
static enum ukb_status
open_statement(const struct ukb_open_reset *reset, const char *authorization, struct ukb_statement *ret_statement,
               struct ukb_error *reterr)
{
    struct ukb_secret text = UKB_SECRET_INIT;
    enum ukb_status st = ukb_secret_alloc(&text, UKB_STATEMENT_MAX_LEN, reterr);

    if (st == UKB_OK) {
        st = ukb_reset_open(reset->key, (const struct ukb_certificate *const *)reset->authorities,
                            reset->authority_count, ukb_service_now_s(), authorization, text.data, text.size, &text.len,
                            reterr);
    }
    if (st == UKB_OK) {
        st = ukb_statement_read(&text, ret_statement, reterr);
    }
    ukb_secret_done(&text);
    return st;
}

static enum ukb_status
check_statement(const struct ukb_open_reset *reset, const struct ukb_statement *statement, struct ukb_error *reterr)
{
    const char *other = NULL;

    if (strcmp(statement->nonce, reset->nonce) != 0) {
        other = "nonce";
    } else if (strcmp(statement->origin, reset->origin) != 0) {
        other = "origin";
    } else if (strcmp(statement->token, reset->token.serial) != 0) {
        other = "token";
    }
    return other == NULL ? UKB_OK
                         : ukb_raise(reterr, UKB_E_RESET_UNAUTHORISED, 0, "the authorization is for another %s", other);
}

/* Have the user choose a PIN, and set it. */
static enum ukb_status
set_pin(struct ukb_service *service, const struct ukb_open_reset *reset, struct ukb_secret *so_pin,
        struct ukb_error *reterr)
{
    const struct ukb_hold_env env = {
        .module = service->module,
        .dialog = service->dialog,
        .origin = reset->origin,
        .lock_dir = ukb_buf_text(&service->lock_dir),
        .uninterruptible = ukb_service_set_uninterruptible,
        .ctx = service,
    };
    struct ukb_hold hold = { .session = NULL };
    enum ukb_status st = ukb_hold_open(&env, reset->token.id, true, &hold, reterr);

    if (st == UKB_OK) {
        st = ukb_hold_reset_pin(&hold, so_pin, reterr);
    }
    ukb_hold_done(&hold);
    return st;
}

enum ukb_status
ukb_pin_reset_finish_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                            struct ukb_error *reterr)
{
    struct ukb_open_reset *reset = service->reset;
    struct ukb_statement statement = { .so_pin = UKB_SECRET_INIT };
    enum ukb_status st = check_reset(service, reset, ukb_json_string(params, "reset"), reterr);

    service->reset = NULL; /* single use, whatever comes */
    if (st == UKB_OK) {
        st = open_statement(reset, ukb_json_string(params, "authorization"), &statement, reterr);
    }
    if (st == UKB_OK) {
        st = check_statement(reset, &statement, reterr);
    }
    if (st == UKB_OK) {
        st = set_pin(service, reset, &statement.so_pin, reterr);
    }
    ukb_statement_done(&statement);
    ukb_open_reset_free(reset);
    if (st == UKB_OK) {
        *ret_result = cJSON_CreateObject();
    }
    return st;
}
