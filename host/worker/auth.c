/* SPDX-License-Identifier: MIT */
/* auth.sign: the user signs in to the web site that asks. */
#include "worker/service.h"

#include <string.h>

#include "dialog/words.h"
#include "hold/hold.h"
#include "pki/pem.h"
#include "pki/sign_in.h"
#include "pki/time.h"
#include "renewal/inventory.h"
#include "renewal/key_ops.h"

#define FORMAT       "web-eid:1.0"
#define APP_VERSION  "pkg:generic/ukeybridge@" UKB_VERSION /* a package URL */
#define LINE_MAX_LEN 1024U
#define DATE_LEN     10U /* of an RFC 3339 time */

/* One call. */
struct auth {
    const char *origin;
    const char *nonce;
    struct ukb_hold hold;
    struct ukb_inventory inventory;
    const struct ukb_inventory_item *item; /* the certificate that signs in */
};

/* Everything that can be refused before anybody is asked. */
static enum ukb_status
check(struct auth *auth, const char *certificate, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_inventory_read(auth->hold.session, &auth->inventory, reterr);

    if (st != UKB_OK) {
        return st;
    }
    auth->item = ukb_inventory_find(&auth->inventory, certificate);
    if (auth->item == NULL) {
        return ukb_raise(reterr, UKB_E_NO_CERTIFICATE, 0, "this UKey does not hold that certificate");
    }
    return ukb_sign_in_check(auth->item->certificate, auth->nonce, ukb_service_now_s(), reterr);
}

/* Ask for the PIN, naming the site and the certificate. */
static enum ukb_status
log_in(struct auth *auth, const char *lang, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(auth->item->certificate);
    struct ukb_buf line = UKB_BUF_INIT(LINE_MAX_LEN);
    char not_after[UKB_TIME_TEXT_SIZE];
    const char *lines[1];
    enum ukb_status st;

    ukb_time_format(facts->not_after_s, not_after);
    not_after[DATE_LEN] = '\0';
    st = ukb_words_change(ukb_words_lang(lang), UKB_WORDS_USE, UKB_WORDS_ANY_USE,
                          facts->subject.common_name == NULL ? facts->subject.dn : facts->subject.common_name,
                          not_after, &line, reterr);
    if (st == UKB_OK) {
        lines[0] = ukb_buf_text(&line);
        st = ukb_hold_login(&auth->hold, UKB_DIALOG_SIGN_IN, lines, 1, reterr);
    }
    ukb_buf_done(&line);
    return st;
}

static enum ukb_status
sign(const struct auth *auth, struct ukb_sign_in *ret_sign_in, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(auth->item->certificate);
    struct ukb_token_key key = { .private_handle = CK_INVALID_HANDLE };
    struct ukb_token_owner owner = { auth->hold.session, &key };
    const struct ukb_key_ops ops = ukb_token_key_ops(&owner);
    const struct ukb_signer signer = { ops.sign, ops.ctx };
    enum ukb_status st = ukb_token_key_find(auth->hold.session, &facts->key, auth->item->object->id,
                                            auth->item->object->id_len, &key, reterr);

    return st != UKB_OK
               ? st
               : ukb_sign_in_sign(auth->item->certificate, auth->origin, auth->nonce, &signer, ret_sign_in, reterr);
}

/* The authentication token. */
static enum ukb_status
view(const struct ukb_certificate_facts *facts, const struct ukb_sign_in *sign_in, cJSON **ret_result,
     struct ukb_error *reterr)
{
    struct ukb_buf certificate = UKB_BUF_INIT(2U * UKB_CERTIFICATE_DER_MAX_LEN);
    struct ukb_buf signature = UKB_BUF_INIT(2U * UKB_SIGNATURE_MAX_LEN);
    enum ukb_status st = ukb_base64_encode(facts->der, facts->der_len, &certificate, reterr);
    cJSON *json = NULL;

    if (st == UKB_OK) {
        st = ukb_base64_encode(sign_in->signature, sign_in->signature_len, &signature, reterr);
    }
    if (st == UKB_OK) {
        json = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(json, "unverifiedCertificate", ukb_buf_text(&certificate));
        (void)cJSON_AddStringToObject(json, "algorithm", sign_in->algorithm);
        (void)cJSON_AddStringToObject(json, "signature", ukb_buf_text(&signature));
        (void)cJSON_AddStringToObject(json, "format", FORMAT);
        (void)cJSON_AddStringToObject(json, "appVersion", APP_VERSION);
        *ret_result = json;
    }
    ukb_buf_done(&certificate);
    ukb_buf_done(&signature);
    return st;
}

enum ukb_status
ukb_auth_sign_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    const struct ukb_hold_env env = {
        .module = service->module,
        .dialog = service->dialog,
        .origin = service->context->origin,
        .lock_dir = ukb_buf_text(&service->lock_dir),
        .uninterruptible = ukb_service_set_uninterruptible,
        .ctx = service,
    };
    struct auth auth = { .origin = env.origin, .nonce = ukb_json_string(params, "nonce") };
    struct ukb_sign_in sign_in = { .algorithm = NULL };
    enum ukb_status st;

    if (service->context->ui) {
        return ukb_raise(reterr, UKB_E_BAD_ORIGIN, 0, "one signs in to a web site; the extension's window is none");
    }
    st = ukb_hold_open(&env, ukb_json_string(params, "token"), false, &auth.hold, reterr);
    if (st == UKB_OK) {
        st = ukb_hold_share(&auth.hold, UKB_HOLD_BEFORE_DIALOG_MS, reterr);
    }
    if (st == UKB_OK) {
        st = check(&auth, ukb_json_string(params, "certificate"), reterr);
    }
    ukb_hold_unshare(&auth.hold);
    if (st == UKB_OK) {
        st = log_in(&auth, service->context->lang, reterr);
    }
    if (st == UKB_OK) {
        st = sign(&auth, &sign_in, reterr);
    }
    if (st == UKB_OK) {
        st = view(ukb_certificate_facts(auth.item->certificate), &sign_in, ret_result, reterr);
    }
    ukb_inventory_done(&auth.inventory);
    return ukb_hold_end(&auth.hold, st, reterr);
}
