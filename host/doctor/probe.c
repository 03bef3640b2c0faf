/* SPDX-License-Identifier: MIT */
#include "doctor/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/contract.h"
#include "core/frame.h"
#include "core/rpc.h"
#include "platform/child.h"
#include "platform/clock.h"

#define TALKS_MAX    (UKB_MODULES_MAX + 2U)
#define REQUEST_LEN  4096U
#define FRAME_LEN    (REQUEST_LEN + UKB_FRAME_HEADER_LEN)
#define PIECE_LEN    65536U
#define TOKENS_ASKED 8U /* whose certificates are looked at */

/* A worker that is being asked. */
struct talk {
    struct ukb_child *child; /* NULL: it is over */
    struct ukb_frame_decoder decoder;
    struct ukb_probe *probe;
    cJSON *certificates; /* borrowed; NULL: nothing is asked behind the first question */
    unsigned int asked;  /* questions so far */
};

static enum ukb_status
send(struct talk *talk, const char *method, const cJSON *params, struct ukb_error *reterr)
{
    const struct ukb_rpc_id id = { .type = UKB_ID_INTEGER, .integer = 1 }; /* one question at a time */
    const struct ukb_context context = { .present = true, .ui = true };
    struct ukb_buf body = UKB_BUF_INIT(REQUEST_LEN);
    struct ukb_buf frame = UKB_BUF_INIT(FRAME_LEN);
    enum ukb_status st = ukb_rpc_request(&id, method, params, &context, &body, reterr);

    if (st == UKB_OK) {
        st = ukb_frame_append(&frame, body.data, body.len, REQUEST_LEN, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_child_write(talk->child, frame.data, frame.len, reterr);
    }
    ukb_buf_done(&body);
    ukb_buf_done(&frame);
    talk->asked++;
    return st;
}

static void
end(struct talk *talk, enum ukb_status status, const char *message)
{
    talk->probe->status = status;
    if (status != UKB_OK) {
        (void)snprintf(talk->probe->message, sizeof(talk->probe->message), "%s", message);
        cJSON_Delete(talk->probe->result);
        talk->probe->result = NULL;
    }
    ukb_child_free(talk->child);
    talk->child = NULL;
    ukb_frame_decoder_done(&talk->decoder);
}

static void
start(struct talk *talk, const struct ukb_doctor_setting *setting, const char *kind, const char *module)
{
    const char *const argv[] = { setting->worker, kind, module, NULL };
    struct ukb_error error = { 0 };

    ukb_frame_decoder_init(&talk->decoder, UKB_REPLY_MAX_LEN);
    if (ukb_child_start(argv, UKB_CHILD_STDERR_OURS, &talk->child, &error) != UKB_OK) {
        end(talk, UKB_E_INTERNAL, error.message);
    }
}

/* The first question; a worker that reads none has ended, which is seen soon. */
static void
ask(struct talk *talk, const char *method, const cJSON *params)
{
    struct ukb_error error = { 0 };

    if (talk->child != NULL) {
        (void)send(talk, method, params, &error);
    }
}

/* Ask for the certificates of the next token; false when there is none left. */
static bool
ask_on(struct talk *talk)
{
    const cJSON *tokens = ukb_json_get(talk->probe->result, "tokens");
    const cJSON *token = cJSON_GetArrayItem(tokens, (int)talk->asked - 1);
    const char *id = ukb_json_string(token, "id");
    cJSON *params = NULL;
    struct ukb_error error = { 0 };
    enum ukb_status st;

    if (talk->certificates == NULL || id == NULL || talk->asked > TOKENS_ASKED) {
        return false;
    }
    params = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(params, "token", id);
    st = send(talk, "certificates.list", params, &error);
    cJSON_Delete(params);
    return st == UKB_OK;
}

static void
take_reply(struct talk *talk, cJSON *message)
{
    struct ukb_error error = { 0 };
    cJSON *result = cJSON_DetachItemFromObjectCaseSensitive(message, "result");
    cJSON *list = NULL;

    if (talk->asked == 1 && result == NULL) {
        ukb_rpc_error_read(ukb_json_get(message, "error"), &error);
        end(talk, error.status, error.message);
        return;
    }
    if (talk->asked == 1) {
        talk->probe->result = result;
    } else {
        list = cJSON_GetObjectItemCaseSensitive(result, "certificates");
        while (list != NULL && list->child != NULL) {
            (void)cJSON_AddItemToArray(talk->certificates, cJSON_DetachItemFromArray(list, 0));
        }
        cJSON_Delete(result); /* NULL: a token that cannot be read has no certificates to judge the clock by */
    }
    if (!ask_on(talk)) {
        end(talk, UKB_OK, "");
    }
}

/* A frame: a reply, or something that nobody asked for. */
static void
take_frame(struct talk *talk)
{
    struct ukb_error error = { 0 };
    cJSON *message = NULL;

    if (ukb_json_parse(ukb_buf_text(&talk->decoder.body), talk->decoder.body.len, &message, &error) != UKB_OK) {
        end(talk, UKB_E_MODULE_CRASHED, error.message);
    } else if (ukb_json_get(message, "method") == NULL) {
        take_reply(talk, message);
    }
    cJSON_Delete(message);
}

static void
listen_to(struct talk *talk)
{
    static unsigned char piece[PIECE_LEN];
    const unsigned char *data = piece;
    struct ukb_error error = { 0 };
    size_t len = 0;
    bool whole = false;

    if (ukb_child_read(talk->child, piece, sizeof(piece), 0, &len, &error) != UKB_OK) {
        end(talk, UKB_E_MODULE_CRASHED, "its process ended without an answer");
        return;
    }
    while (talk->child != NULL && len > 0) {
        if (ukb_frame_decoder_feed(&talk->decoder, &data, &len, &whole, &error) != UKB_OK) {
            end(talk, UKB_E_MODULE_CRASHED, error.message);
        } else if (whole) {
            take_frame(talk);
        }
    }
}

/* Listen until all have answered, or their time is up. */
static void
listen_to_all(struct talk *talks, size_t count)
{
    const long long end_ms = ukb_clock_uptime_ms() + (long long)UKB_PROBE_MS;
    struct ukb_child *children[TALKS_MAX];
    struct ukb_error error = { 0 };
    size_t i;

    for (;;) {
        const long long left_ms = end_ms - ukb_clock_uptime_ms();
        size_t which = 0;
        bool any = false;

        for (i = 0; i < count; i++) {
            children[i] = talks[i].child;
            any = any || children[i] != NULL;
        }
        if (!any || left_ms <= 0 || ukb_child_wait(children, count, (unsigned int)left_ms, &which, &error) != UKB_OK) {
            break;
        }
        listen_to(&talks[which]);
    }
    for (i = 0; i < count; i++) {
        if (talks[i].child != NULL) {
            end(&talks[i], UKB_E_MODULE_HUNG, "no answer in time");
        }
    }
}

static void
ask_plain(struct talk *talk, const struct ukb_doctor_setting *setting, const char *of, struct ukb_probe *probe)
{
    cJSON *params = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(params, "of", of);
    talk->probe = probe;
    start(talk, setting, "plain", NULL);
    ask(talk, ukb_contract_probe.name, params);
    cJSON_Delete(params);
}

struct ukb_probes *
ukb_probes_new(const struct ukb_doctor_setting *setting)
{
    struct ukb_probes *probes = calloc(1, sizeof(*probes));
    struct talk *talks = calloc(TALKS_MAX, sizeof(*talks));
    const struct ukb_policy_module *modules = ukb_policy_modules(setting->policy, &(size_t){ 0 });
    size_t i;

    if (probes == NULL || talks == NULL) {
        free(probes);
        free(talks);
        return NULL;
    }
    (void)ukb_policy_modules(setting->policy, &probes->module_count);
    for (i = 0; i < probes->module_count; i++) {
        struct ukb_module_probe *module = &probes->modules[i];

        module->module = &modules[i];
        module->certificates = cJSON_CreateArray();
        talks[i].probe = &module->probe;
        talks[i].certificates = module->certificates;
        start(&talks[i], setting, "listing", modules[i].name);
        ask(&talks[i], "tokens.list", NULL);
    }
    ask_plain(&talks[i], setting, "readers", &probes->readers);
    ask_plain(&talks[i + 1U], setting, "dialog", &probes->dialog);
    listen_to_all(talks, probes->module_count + 2U);
    free(talks);
    return probes;
}

static void
probe_done(struct ukb_probe *probe)
{
    cJSON_Delete(probe->result);
    probe->result = NULL;
}

void
ukb_probes_free(struct ukb_probes *probes)
{
    size_t i;

    if (probes == NULL) {
        return;
    }
    for (i = 0; i < probes->module_count; i++) {
        probe_done(&probes->modules[i].probe);
        cJSON_Delete(probes->modules[i].certificates);
    }
    probe_done(&probes->readers);
    probe_done(&probes->dialog);
    free(probes);
}
