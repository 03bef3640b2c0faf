/* SPDX-License-Identifier: MIT */
/*
 * service - what a worker's handlers work with, and the handlers.
 *
 * Room: worker.  A handler does one method from start to end and returns its result; the loop (worker.c) reads requests
 * and writes replies. Handlers of one method family share a file: tokens.c, certificates.c, pins.c,
 * resets.c, renewals.c, auth.c, files.c, orders.c, doctor.c, update.c.
 */
#ifndef UKB_WORKER_SERVICE_H
#define UKB_WORKER_SERVICE_H

#include "core/contract.h"
#include "core/rpc.h"
#include "dialog/dialog.h"
#include "net/http.h"
#include "platform/readers.h"
#include "policy/policy.h"
#include "renewal/renewal.h"
#include "store/audit.h"
#include "store/journal.h"
#include "token/module.h"
#include "worker/listed.h"

struct ukb_open_reset; /* resets.c */

enum ukb_worker_kind { UKB_WORKER_PLAIN, UKB_WORKER_NET, UKB_WORKER_LISTING, UKB_WORKER_LOGIN };

struct ukb_service {
    enum ukb_worker_kind kind;
    struct ukb_policy *policy;
    const struct ukb_policy_module *configured; /* NULL in the plain and the net worker */
    struct ukb_module *module;                  /* loaded when first needed, and again after it did not start anew */
    struct ukb_journal *journal;                /* opened when first needed */
    struct ukb_dialog *dialog;                  /* login worker only */
    struct ukb_open_reset *reset;               /* NULL unless this worker waits for pin.reset.finish */
    struct ukb_buf lock_dir;
    bool is_watching;            /* tokens.watch: look at the slots while idle */
    struct ukb_readers *readers; /* while watching, where the module uses PC/SC: when to look at once */
    bool is_announced;           /* nothing comes or goes without the readers' word: no need to look often */
    long long news_ms;           /* uptime of their last word */
    long long restart_due_ms;    /* uptime from which a module may be started again for a look */
    struct ukb_token_info *seen; /* the tokens of the last look; NULL before it */
    size_t seen_count;
    struct ukb_token_list present;     /* tokens that were told of just now; emptied when their renewals are, too */
    const struct ukb_context *context; /* of the request being served */
    struct ukb_audit_draft audit;      /* the same */
    const struct ukb_http *http;       /* net worker only */
    struct ukb_listed listed;          /* what certificates.list read last */
    int out;                           /* frames to the broker */
};

/** Serve one method: @p params were checked against the contract. @p ret_result is owned by the caller. */
typedef enum ukb_status (*ukb_handler)(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                       struct ukb_error *reterr);

enum ukb_status ukb_tokens_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                       struct ukb_error *reterr);
enum ukb_status ukb_tokens_watch_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                        struct ukb_error *reterr);
enum ukb_status ukb_certificates_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                             struct ukb_error *reterr);
enum ukb_status ukb_pin_change_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                      struct ukb_error *reterr);
enum ukb_status ukb_pin_unblock_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                       struct ukb_error *reterr);
enum ukb_status ukb_pin_reset_begin_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                           struct ukb_error *reterr);
enum ukb_status ukb_pin_reset_finish_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                            struct ukb_error *reterr);
enum ukb_status ukb_renewal_begin_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                         struct ukb_error *reterr);
enum ukb_status ukb_renewal_preview_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                           struct ukb_error *reterr);
enum ukb_status ukb_renewal_install_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                           struct ukb_error *reterr);
enum ukb_status ukb_renewal_get_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                       struct ukb_error *reterr);
enum ukb_status ukb_renewal_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                        struct ukb_error *reterr);
enum ukb_status ukb_renewal_abandon_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                           struct ukb_error *reterr);
enum ukb_status ukb_renewal_recover_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                           struct ukb_error *reterr);
enum ukb_status ukb_auth_sign_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                     struct ukb_error *reterr);
enum ukb_status ukb_audit_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                      struct ukb_error *reterr);
enum ukb_status ukb_orders_check_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                        struct ukb_error *reterr);
enum ukb_status ukb_doctor_run_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                      struct ukb_error *reterr);
enum ukb_status ukb_doctor_repair_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                         struct ukb_error *reterr);
enum ukb_status ukb_probe_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                 struct ukb_error *reterr);
enum ukb_status ukb_update_check_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                        struct ukb_error *reterr);
enum ukb_status ukb_note_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                struct ukb_error *reterr);
enum ukb_status ukb_files_check_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                                       struct ukb_error *reterr);

/** Tell the broker which renewals were interrupted on the UKeys of service->present, once for each list. */
void ukb_pending_tell(struct ukb_service *service);

/** Half a second went by, or something happened in a reader: tell the broker what is there when that is new. */
void ukb_tokens_watch_tick(struct ukb_service *service);

/** Milliseconds that an open reset has left; 0: it has expired. */
unsigned int ukb_open_reset_left_ms(const struct ukb_open_reset *reset);

/** Forget a reset. NULL is fine. */
void ukb_open_reset_free(struct ukb_open_reset *reset);

/** Open the journal unless it is. */
UKB_MUST_USE enum ukb_status ukb_service_need_journal(struct ukb_service *service, struct ukb_error *reterr);

/** Load the configured module unless it is. */
UKB_MUST_USE enum ukb_status ukb_service_need_module(struct ukb_service *service, struct ukb_error *reterr);
/** The same when there is one already: somebody who only lists leaves nothing behind. */
bool ukb_service_has_journal(struct ukb_service *service);

/** Tell the broker something without an id: a step of the call, or a change of its state. Takes @p params. */
void ukb_service_notify(struct ukb_service *service, const char *method, cJSON *params);

/** A write begins that nobody may stop (true), or is over. @p ctx is a struct ukb_service. */
void ukb_service_set_uninterruptible(void *ctx, bool on);

/** The system's clock, in Unix seconds. */
long long ukb_service_now_s(void);

/** Serve requests from @p in until the broker closes it, or nothing came for a minute, or for
 * as long as an open reset has left. Returns the exit code. */
int ukb_service_run(struct ukb_service *service, int in);

#endif /* UKB_WORKER_SERVICE_H */
