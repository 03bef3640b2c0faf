/* SPDX-License-Identifier: MIT */
/*
 * worker - the processes that do the work, as the broker sees them: start, hand over, supervise, end.
 *
 * Room: broker.  One job at a time for each worker, others wait in its queue. A worker that crashes or hangs takes only
 * its own module's jobs along; its module is then left alone for a while that doubles with each failure.
 */
#ifndef UKB_BROKER_WORKER_H
#define UKB_BROKER_WORKER_H

#include "broker/call.h"

struct ukb_worker {
    struct ukb_worker *next;
    struct ukb_broker *broker;
    enum ukb_runs_in kind;
    const struct ukb_policy_module *module; /* NULL for plain and net workers */
    uv_process_t process;
    uv_timer_t timer; /* the time limit of the current job */
    struct ukb_channel channel;
    unsigned int open_handles; /* process, timer and channel */
    struct ukb_job *current;
    struct ukb_job *queue;
    uint64_t left_ms;                  /* of the time limit, while the user is being asked */
    uint64_t resumed_at_ms;            /* loop time when the clock last started */
    char reset[UKB_RESET_ID_LEN + 1U]; /* the open reset that it waits with, and whose; "": none */
    char reset_origin[UKB_ORIGIN_MAX_LEN + 1U];
    enum ukb_status killed_for; /* why we killed it; UKB_OK when we did not */
    bool is_waiting;            /* for the user */
    bool is_uninterruptible;
    bool is_spare;   /* see spare.h */
    bool is_retired; /* takes no new job: what it read of the token is old */
    bool has_exited;
    bool has_failed; /* exited with a status other than 0, or by a signal */
};

/**
 * Queue @p job on a worker of that kind and module, starting one when needed. A login worker has not served before; of
 * net workers there are up to UKB_NET_WORKERS_MAX, and the one that has least to do is taken.
 * On failure (back-off, no process) the job has failed and is gone.
 */
void ukb_worker_submit(struct ukb_broker *broker, enum ukb_runs_in kind, const struct ukb_policy_module *module,
                       struct ukb_job *job);

/** Queue @p job on this very worker. */
void ukb_worker_give(struct ukb_worker *worker, struct ukb_job *job);

/** The worker that has @p call's current job, or NULL. */
struct ukb_worker *ukb_worker_of(struct ukb_broker *broker, const struct ukb_call *call);

/** Is there a listing worker of @p module that takes jobs? */
bool ukb_worker_lists(struct ukb_broker *broker, const struct ukb_policy_module *module);

/** Ask a worker to stop: it does so at once unless it is in the middle of a write. Killed if it does not answer. */
void ukb_worker_stop(struct ukb_worker *worker);

/** After a write to a token: the listing workers of @p module end when idle and new ones read the token afresh. */
void ukb_worker_retire(struct ukb_broker *broker, const struct ukb_policy_module *module);

/** The broker ends: let go of every worker. They notice by their pipes. */
void ukb_worker_release_all(struct ukb_broker *broker);

/* Between worker.c, find.c, talk.c and spare.c */

/** One that takes the next job of that kind, or NULL; of login workers only one that has not served. */
struct ukb_worker *ukb_worker_find(const struct ukb_broker *broker, enum ukb_runs_in kind,
                                   const struct ukb_policy_module *module);

/** Start a worker without a job; NULL when it does not start. */
struct ukb_worker *ukb_worker_start(struct ukb_broker *broker, enum ukb_runs_in kind,
                                    const struct ukb_policy_module *module, struct ukb_error *reterr);

/** It takes no more jobs, and ends when it has none. */
void ukb_worker_let_go(struct ukb_worker *worker);

/** Give an idle worker its next job, or let a retired one go. */
void ukb_worker_hand_over(struct ukb_worker *worker);

/** Serve one frame of a worker: a reply, a step, or a change of its state. */
void ukb_worker_said(struct ukb_worker *worker, const char *body, size_t len);

/** Kill it; its current job then fails with @p reason. */
void ukb_worker_kill(struct ukb_worker *worker, enum ukb_status reason);

/** (Re)start the clock of the current job with what is left of its time limit. */
void ukb_worker_clock_start(struct ukb_worker *worker);

/** Kill it if it has not ended by itself in a moment. */
void ukb_worker_clock_stop_soon(struct ukb_worker *worker);

#endif /* UKB_BROKER_WORKER_H */
