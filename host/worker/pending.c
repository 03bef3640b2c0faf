/* SPDX-License-Identifier: MIT */
/* After a list or a change: which renewals were interrupted on the UKeys that are in? Told, never acted upon. */
#include "worker/service.h"

#include "worker/view.h"

static void
tell(void *ctx, const struct ukb_renewal_record *record, const char *next)
{
    struct ukb_service *service = ctx;
    const struct ukb_view view = { .token = record->token,
                                   .now_s = ukb_service_now_s(),
                                   .reminder_days = (int)ukb_policy_reminder_days(service->policy) };
    cJSON *params = cJSON_CreateObject();

    (void)cJSON_AddItemToObject(params, "renewal", ukb_view_renewal(&view, record));
    (void)cJSON_AddStringToObject(params, "next", next);
    ukb_service_notify(service, "token.pending", params);
}

void
ukb_pending_tell(struct ukb_service *service)
{
    static const struct ukb_context nobody = { .ui = true };
    struct ukb_error error = { 0 };
    struct ukb_renewal_env env;
    const size_t count = service->present.count;
    size_t i;

    service->present.count = 0;
    if (count == 0 || !ukb_service_has_journal(service)) {
        return; /* a journal in trouble says so when something is to be kept in it */
    }
    env = (struct ukb_renewal_env){ .policy = service->policy,
                                    .journal = service->journal,
                                    .module = service->module,
                                    .context = &nobody,
                                    .lock_dir = ukb_buf_text(&service->lock_dir),
                                    .now_s = ukb_service_now_s() };
    for (i = 0; i < count; i++) {
        if (ukb_renewal_pending(&env, service->present.items[i].id, tell, service, &error) != UKB_OK) {
            return; /* a UKey that was pulled meanwhile has nothing to tell */
        }
    }
}
