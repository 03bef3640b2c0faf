/* SPDX-License-Identifier: MIT */
#include "broker/spare.h"

#include "broker/health.h"

#define WAIT_MS 30000U /* a worker itself waits longer: it does not end just when its call comes */

static void
nobody_came(uv_timer_t *timer)
{
    ukb_worker_let_go(timer->data);
}

void
ukb_spare_prepare(struct ukb_broker *broker, const struct ukb_policy_module *module)
{
    struct ukb_worker *worker = broker->workers;
    struct ukb_error error = { 0 };

    while (worker != NULL && !worker->is_spare) {
        worker = worker->next;
    }
    if (worker != NULL && worker->module != module) {
        ukb_worker_let_go(worker);
        worker = NULL;
    }
    if (worker == NULL && !broker->is_ending && ukb_health_check(broker, module, &error) == UKB_OK) {
        worker = ukb_worker_start(broker, UKB_RUNS_IN_LOGIN_WORKER, module, &error);
    }
    if (worker != NULL) { /* or the call itself will say why not */
        worker->is_spare = true;
        (void)uv_timer_start(&worker->timer, nobody_came, WAIT_MS, 0);
    }
}

void
ukb_spare_take(struct ukb_worker *worker)
{
    if (worker->is_spare) {
        worker->is_spare = false;
        (void)uv_timer_stop(&worker->timer);
    }
}
