/* SPDX-License-Identifier: MIT */
/* files.check: could this UKey open a file? Answered from the file's recipients; nothing is decrypted. */
#include "worker/service.h"

#include <stdlib.h>

#include "pki/pem.h"
#include "pki/recipients.h"
#include "renewal/inventory.h"
#include "worker/view.h"

/* The recipients among the certificates, as an array of flags of the caller's. */
static enum ukb_status
find(const struct ukb_inventory *inventory, const struct ukb_buf *recipients, bool *named, struct ukb_error *reterr)
{
    const struct ukb_certificate **certificates = calloc(inventory->count + 1U, sizeof(*certificates));
    enum ukb_status st;
    size_t i;

    if (certificates == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for certificates");
    }
    for (i = 0; i < inventory->count; i++) {
        certificates[i] = inventory->items[i].certificate;
    }
    st = ukb_recipients_find(recipients->data, recipients->len, certificates, inventory->count, named, reterr);
    free(certificates);
    return st;
}

/* How well a certificate would do: 0 when its key is known to be missing, 1 when that is not known before a login. */
static int
rank(const struct ukb_inventory_item *item)
{
    switch (item->has_private_key) {
    case UKB_YES:
        return 2;
    case UKB_UNKNOWN:
        return 1;
    case UKB_NO:
        break;
    }
    return 0;
}

/* The recipient whose key is most likely there; NULL when none is on the token. */
static const struct ukb_inventory_item *
choose(const struct ukb_inventory *inventory, const bool *named)
{
    const struct ukb_inventory_item *best = NULL;
    size_t i;

    for (i = 0; i < inventory->count; i++) {
        if (named[i] && (best == NULL || rank(&inventory->items[i]) > rank(best))) {
            best = &inventory->items[i];
        }
    }
    return best;
}

static enum ukb_status
answer(const struct ukb_view *shown, const struct ukb_inventory *inventory, const struct ukb_buf *recipients,
       cJSON **ret_result, struct ukb_error *reterr)
{
    bool *named = calloc(inventory->count + 1U, sizeof(*named));
    const struct ukb_inventory_item *item = NULL;
    enum ukb_status st;

    if (named == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for recipients");
    }
    st = find(inventory, recipients, named, reterr);
    if (st == UKB_OK) {
        item = choose(inventory, named);
        *ret_result = cJSON_CreateObject();
        (void)cJSON_AddBoolToObject(*ret_result, "readable", item != NULL && rank(item) > 0);
    }
    if (item != NULL) {
        (void)cJSON_AddItemToObject(*ret_result, "certificate", ukb_view_certificate(shown, item->certificate, item));
    }
    free(named);
    return st;
}

static enum ukb_status
decode(const char *text, struct ukb_buf *recipients, struct ukb_error *reterr)
{
    struct ukb_error why = { 0 };
    enum ukb_status st;

    if (ukb_base64_decode(text, recipients, &why) == UKB_OK) {
        return UKB_OK;
    }
    st = ukb_raise(reterr, UKB_E_PARAMS, 0, "recipients: not base64 of at most %u bytes", UKB_RECIPIENTS_MAX_LEN);
    ukb_error_add_string(reterr, "field", "recipients");
    return st;
}

enum ukb_status
ukb_files_check_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    const struct ukb_view shown = { .token = ukb_json_string(params, "token"),
                                    .now_s = ukb_service_now_s(),
                                    .reminder_days = (int)ukb_policy_reminder_days(service->policy) };
    struct ukb_buf recipients = UKB_BUF_INIT(UKB_RECIPIENTS_MAX_LEN);
    struct ukb_token_session *session = NULL;
    struct ukb_inventory inventory = { 0 };
    enum ukb_status st = decode(ukb_json_string(params, "recipients"), &recipients, reterr);

    if (st == UKB_OK) {
        st = ukb_token_session_open(service->module, shown.token, false, &session, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_inventory_read(session, &inventory, reterr);
    }
    if (st == UKB_OK) {
        st = answer(&shown, &inventory, &recipients, ret_result, reterr);
    }
    ukb_inventory_done(&inventory);
    ukb_token_session_free(session);
    ukb_buf_done(&recipients);
    return st;
}
