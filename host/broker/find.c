/* SPDX-License-Identifier: MIT */
/* Which of the workers that run? */
#include "broker/worker.h"

static size_t
count_jobs(const struct ukb_worker *worker)
{
    const struct ukb_job *job = worker->queue;
    size_t count = worker->current == NULL ? 0 : 1;

    for (; job != NULL; job = job->next) {
        count++;
    }
    return count;
}

/* The one that has least to do; NULL when each has something and there is room for another. */
static struct ukb_worker *
find_net_worker(const struct ukb_broker *broker)
{
    struct ukb_worker *worker = NULL;
    struct ukb_worker *best = NULL;
    size_t best_jobs = SIZE_MAX;
    unsigned int count = 0;

    for (worker = broker->workers; worker != NULL; worker = worker->next) {
        if (worker->kind == UKB_RUNS_IN_NET_WORKER && !worker->is_retired) {
            const size_t jobs = count_jobs(worker);

            best = jobs < best_jobs ? worker : best;
            best_jobs = jobs < best_jobs ? jobs : best_jobs;
            count++;
        }
    }
    return best_jobs > 0 && count < UKB_NET_WORKERS_MAX ? NULL : best;
}

struct ukb_worker *
ukb_worker_find(const struct ukb_broker *broker, enum ukb_runs_in kind, const struct ukb_policy_module *module)
{
    const bool must_be_spare = kind == UKB_RUNS_IN_LOGIN_WORKER;
    struct ukb_worker *worker = broker->workers;

    if (kind == UKB_RUNS_IN_NET_WORKER) {
        return find_net_worker(broker);
    }
    while (worker != NULL && (worker->kind != kind || worker->module != module || worker->is_retired ||
                              worker->is_spare != must_be_spare)) {
        worker = worker->next;
    }
    return worker;
}

bool
ukb_worker_lists(struct ukb_broker *broker, const struct ukb_policy_module *module)
{
    return ukb_worker_find(broker, UKB_RUNS_IN_LISTING_WORKER, module) != NULL;
}

struct ukb_worker *
ukb_worker_of(struct ukb_broker *broker, const struct ukb_call *call)
{
    struct ukb_worker *worker = broker->workers;

    while (worker != NULL && (worker->current == NULL || worker->current->call != call)) {
        worker = worker->next;
    }
    return worker;
}
