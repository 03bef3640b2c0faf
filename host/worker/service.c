/* SPDX-License-Identifier: MIT */
/* The worker's loop: read a request, have its handler serve it, write the reply. */
#include "worker/service.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/frame.h"
#include "hold/writes.h"
#include "platform/file.h"
#include "platform/guard.h"
#include "platform/incident.h"
#include "platform/paths.h"
#include "platform/private_file.h"
#include "platform/stdio.h"
#include "worker/audit.h"

#ifndef UKB_WATCH_MS      /* a test makes it longer */
#define UKB_WATCH_MS 500U /* between two looks at the slots, however seldom they are announced */
#endif
#define SOFTWARE_MS   900U   /* the same, of a module that shows what comes only when it was started again */
#define ANNOUNCED_MS  30000U /* the same, where every change that matters is announced */
#define IDLE_MS       60000U
#define READ_SIZE     65536U
#define FRAME_MAX_LEN (2U * UKB_REQUEST_MAX_LEN) /* the broker prints a request anew: its escapes may be longer */
#define OUT_FRAME_LEN (UKB_REPLY_MAX_LEN + UKB_FRAME_HEADER_LEN)

/* The contract's rows bound to code. Rows of the broker are NULL; the assertion notices a row that is missing here. */
static const ukb_handler handlers[] = {
    [UKB_HOST_HELLO] = NULL,
    [UKB_HOST_PING] = NULL,
    [UKB_HOST_CANCEL] = NULL,
    [UKB_PORTALS_LIST] = NULL,
    [UKB_PORTALS_ALLOW] = NULL,
    [UKB_PORTALS_REVOKE] = NULL,
    [UKB_TOKENS_LIST] = ukb_tokens_list_handle,
    [UKB_TOKENS_WATCH] = ukb_tokens_watch_handle,
    [UKB_CERTIFICATES_LIST] = ukb_certificates_list_handle,
    [UKB_PIN_CHANGE] = ukb_pin_change_handle,
    [UKB_PIN_UNBLOCK] = ukb_pin_unblock_handle,
    [UKB_PIN_RESET_BEGIN] = ukb_pin_reset_begin_handle,
    [UKB_PIN_RESET_FINISH] = ukb_pin_reset_finish_handle,
    [UKB_RENEWAL_BEGIN] = ukb_renewal_begin_handle,
    [UKB_RENEWAL_PREVIEW] = ukb_renewal_preview_handle,
    [UKB_RENEWAL_INSTALL] = ukb_renewal_install_handle,
    [UKB_RENEWAL_GET] = ukb_renewal_get_handle,
    [UKB_RENEWAL_LIST] = ukb_renewal_list_handle,
    [UKB_RENEWAL_ABANDON] = ukb_renewal_abandon_handle,
    [UKB_RENEWAL_RECOVER] = ukb_renewal_recover_handle,
    [UKB_AUTH_SIGN] = ukb_auth_sign_handle,
    [UKB_FILES_CHECK] = ukb_files_check_handle,
    [UKB_AUDIT_LIST] = ukb_audit_list_handle,
    [UKB_ORDERS_CHECK] = ukb_orders_check_handle,
    [UKB_DOCTOR_RUN] = ukb_doctor_run_handle,
    [UKB_DOCTOR_REPAIR] = ukb_doctor_repair_handle,
    [UKB_UPDATE_CHECK] = ukb_update_check_handle,
};
_Static_assert(sizeof(handlers) / sizeof(handlers[0]) == UKB_METHOD_COUNT,
               "every row of the contract has a place here");

long long
ukb_service_now_s(void)
{
    return (long long)time(NULL);
}

static const char JOURNAL[] = "state.sqlite3";

enum ukb_status
ukb_service_need_journal(struct ukb_service *service, struct ukb_error *reterr)
{
    struct ukb_buf dir = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_buf file = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st = UKB_OK;

    if (service->journal != NULL) {
        return UKB_OK;
    }
    st = ukb_path_get(UKB_PATH_STATE_DIR, &dir, reterr);
    if (st == UKB_OK) {
        st = ukb_private_file_make(ukb_buf_text(&dir), JOURNAL, &file, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_journal_open(ukb_buf_text(&file), &service->journal, reterr);
    }
    ukb_buf_done(&dir);
    ukb_buf_done(&file);
    return st;
}

enum ukb_status
ukb_service_need_module(struct ukb_service *service, struct ukb_error *reterr)
{
    unsigned long long view = 0;
    enum ukb_status st;

    if (service->module != NULL && !ukb_module_is_started(service->module)) {
        ukb_module_free(service->module); /* one that did not start again is loaded again */
        service->module = NULL;
    }
    if (service->configured == NULL || service->module != NULL) {
        return UKB_OK;
    }
    view = ukb_writes_view(ukb_buf_text(&service->lock_dir));
    st = ukb_module_load(service->configured->name, service->configured->path, &service->module, reterr);
    if (st == UKB_OK) {
        ukb_module_set_view(service->module, view);
    }
    return st;
}

bool
ukb_service_has_journal(struct ukb_service *service)
{
    struct ukb_buf file = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error error = { 0 };
    bool has = ukb_path_get(UKB_PATH_STATE_DIR, &file, &error) == UKB_OK &&
               ukb_buf_append_text(&file, "/", &error) == UKB_OK &&
               ukb_buf_append_text(&file, JOURNAL, &error) == UKB_OK && ukb_file_exists(ukb_buf_text(&file)) &&
               ukb_service_need_journal(service, &error) == UKB_OK;

    ukb_buf_done(&file);
    return has;
}

/* Write one body as a frame. A broker that is gone is no error: the guard or the next read ends us. */
static void
send_body(const struct ukb_service *service, const struct ukb_buf *body)
{
    struct ukb_buf frame = UKB_BUF_INIT(OUT_FRAME_LEN);
    struct ukb_error error = { 0 };

    if (ukb_frame_append(&frame, body->data, body->len, UKB_REPLY_MAX_LEN, &error) != UKB_OK ||
        ukb_platform_write(service->out, frame.data, frame.len, &error) > UKB_END) {
        ukb_incident_note(&error);
    }
    ukb_buf_done(&frame);
}

void
ukb_service_notify(struct ukb_service *service, const char *method, cJSON *params)
{
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error error = { 0 };

    if (ukb_rpc_notification(method, params, &body, &error) == UKB_OK) {
        send_body(service, &body);
    }
    ukb_buf_done(&body);
}

void
ukb_service_set_uninterruptible(void *ctx, bool on)
{
    cJSON *params = cJSON_CreateObject();

    ukb_guard_set_uninterruptible(on); /* first the guard, then the word: from the word on the broker cancels nothing */
    (void)cJSON_AddBoolToObject(params, "interruptible", !on);
    ukb_service_notify(ctx, "worker.state", params);
}

static void
send_error(const struct ukb_service *service, const struct ukb_rpc_id *id, struct ukb_error *error)
{
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error second = { 0 };

    ukb_incident_note(error);
    if (ukb_rpc_error(id, error, &body, &second) == UKB_OK) {
        send_body(service, &body);
    }
    ukb_buf_done(&body);
}

static void
send_result(const struct ukb_service *service, const struct ukb_rpc_id *id, cJSON *result)
{
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error error = { 0 };
    enum ukb_status st = ukb_rpc_result(id, result, &body, &error);

    if (st == UKB_OK) {
        send_body(service, &body);
    } else {
        if (st == UKB_E_TOO_LARGE) {
            ukb_raise(&error, UKB_E_REPLY_TOO_LARGE, 0, "the reply is larger than %u bytes", UKB_REPLY_MAX_LEN);
        }
        send_error(service, id, &error);
    }
    ukb_buf_done(&body);
}

static void
waiting(void *ctx, bool is_waiting)
{
    cJSON *params = cJSON_CreateObject();

    (void)cJSON_AddBoolToObject(params, "waiting", is_waiting);
    ukb_service_notify(ctx, "worker.state", params);
}

/* The dialog's process first: none may be started once a module is loaded. */
static enum ukb_status
prepare(struct ukb_service *service, struct ukb_error *reterr)
{
    const struct ukb_dialog_config config = {
        .program = ukb_policy_pinentry(service->policy),
        .lang = service->context->lang,
        .lock_dir = ukb_buf_text(&service->lock_dir),
        .waiting = waiting,
        .ctx = service,
    };
    enum ukb_status st = UKB_OK;

    if (service->kind == UKB_WORKER_LOGIN && service->dialog == NULL) {
        st = ukb_dialog_new(&config, &service->dialog, reterr);
    }
    return st == UKB_OK ? ukb_service_need_module(service, reterr) : st;
}

/* Who serves a method; @p ret_method is NULL when nobody does. */
static ukb_handler
find_handler(const char *name, const struct ukb_method **ret_method)
{
    if (strcmp(name, ukb_contract_note.name) == 0) {
        *ret_method = &ukb_contract_note;
        return ukb_note_handle;
    }
    if (strcmp(name, ukb_contract_probe.name) == 0) {
        *ret_method = &ukb_contract_probe;
        return ukb_probe_handle;
    }
    *ret_method = ukb_contract_find(name);
    return *ret_method == NULL ? NULL : handlers[ukb_contract_index(*ret_method)];
}

static void
serve(struct ukb_service *service, const char *text, size_t len)
{
    const struct ukb_method *method = NULL;
    struct ukb_request request;
    struct ukb_error error = { 0 };
    cJSON *result = NULL;
    ukb_handler handler = NULL;
    enum ukb_status st = ukb_request_parse(text, len, &request, &error);

    if (st == UKB_OK) {
        handler = find_handler(request.method, &method);
        service->context = &request.context;
    }
    if (st == UKB_OK && handler == NULL) {
        st = ukb_raise(&error, UKB_E_METHOD_UNKNOWN, 0, "no worker serves \"%.64s\"", request.method);
    }
    if (st == UKB_OK) {
        ukb_audit_serving(service, method, request.params);
        st = ukb_fields_check(method->params, request.params, &error);
    }
    if (st == UKB_OK) {
        st = prepare(service, &error);
    }
    if (st == UKB_OK) {
        st = handler(service, request.params, &result, &error);
    }
    if (handler != NULL) {
        ukb_audit_served(service, method, st); /* before the reply: the broker ends a login worker then */
    }
    if (st == UKB_OK) {
        send_result(service, &request.id, result);
    } else {
        send_error(service, &request.id, &error);
    }
    ukb_pending_tell(service);
    service->context = NULL;
    ukb_request_done(&request);
}

/* Serve every frame in what arrived; false when the stream makes no sense. */
static bool
take(struct ukb_service *service, struct ukb_frame_decoder *decoder, const unsigned char *data, size_t len,
     unsigned int *inout_served)
{
    while (len > 0) {
        struct ukb_error error = { 0 };
        bool whole = false;

        if (ukb_frame_decoder_feed(decoder, &data, &len, &whole, &error) != UKB_OK) {
            return false;
        }
        if (whole) {
            serve(service, ukb_buf_text(&decoder->body), decoder->body.len);
            *inout_served += 1;
        }
    }
    return true;
}

/* How long to wait for the next look of a watch. */
static unsigned int
watch_ms(const struct ukb_service *service)
{
    const unsigned int wanted_ms = service->is_announced                                                ? ANNOUNCED_MS
                                   : service->module != NULL && ukb_module_is_software(service->module) ? SOFTWARE_MS
                                                                                                        : UKB_WATCH_MS;

    return wanted_ms > UKB_WATCH_MS ? wanted_ms : UKB_WATCH_MS;
}

/* How long to wait for the next request. */
static unsigned int
patience_ms(const struct ukb_service *service)
{
    if (service->reset != NULL) {
        return ukb_open_reset_left_ms(service->reset);
    }
    if (service->is_watching) {
        return watch_ms(service);
    }
    return IDLE_MS;
}

int
ukb_service_run(struct ukb_service *service, int in)
{
    static unsigned char piece[READ_SIZE];
    struct ukb_frame_decoder decoder;
    struct ukb_error error = { 0 };
    unsigned int served = 0;
    bool sane = true;
    enum ukb_status st;

    ukb_frame_decoder_init(&decoder, FRAME_MAX_LEN);
    do {
        size_t got = 0;

        st = ukb_readers_read(service->readers, in, piece, sizeof(piece), patience_ms(service), &got, &error);
        if (st == UKB_OK) {
            sane = take(service, &decoder, piece, got, &served);
        } else if (st == UKB_E_TIMEOUT && service->is_watching) {
            ukb_tokens_watch_tick(service);
            st = UKB_OK;
        }
    } while (st == UKB_OK && sane && !(service->kind == UKB_WORKER_LOGIN && served > 0 && service->reset == NULL));
    ukb_frame_decoder_done(&decoder);
    return sane && (st == UKB_OK || st == UKB_END || st == UKB_E_TIMEOUT) ? EXIT_SUCCESS : EXIT_FAILURE;
}
