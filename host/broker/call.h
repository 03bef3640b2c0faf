/* SPDX-License-Identifier: MIT */
/*
 * call - a request of the browser that workers were asked to serve, until its one reply is sent.
 *
 * Room: broker.  A call has one job for each worker it asks (see worker.h).
 */
#ifndef UKB_BROKER_CALL_H
#define UKB_BROKER_CALL_H

#include "broker/broker.h"

/** What a job's reply is for. */
enum ukb_job_use {
    UKB_JOB_ANSWER, /**< it answers the call */
    UKB_JOB_MERGE,  /**< one module's part of a merged answer */
    UKB_JOB_LOOKUP, /**< a tokens.list to find out which module has the call's token */
    UKB_JOB_WATCH,  /**< no call: tells a listing worker whether to watch */
    UKB_JOB_NOTE,   /**< no call: an entry of the audit, for the plain worker; see note.h */
};

/** One request to one worker. */
struct ukb_job {
    struct ukb_job *next;  /* in a worker's queue */
    struct ukb_call *call; /* NULL: the call was answered without it (cancelled) */
    const struct ukb_method *method;
    enum ukb_job_use use;
    bool retried;  /* handed over again after a worker that ended before it took it */
    cJSON *params; /* of a note; owned */
};

struct ukb_call {
    struct ukb_call *next;
    struct ukb_broker *broker;
    struct ukb_request request; /* owned */
    const struct ukb_method *method;
    unsigned int jobs;             /* jobs that have not ended */
    bool looked_up;                /* the modules were asked for the token once */
    bool asked;                    /* the user was asked something */
    cJSON *parts[UKB_MODULES_MAX]; /* each module's tokens[], to be merged; owned */
    cJSON *problems;
    struct ukb_rpc_id canceller; /* a host.cancel that waits for the outcome; UKB_ID_NONE: none */
};

/** Take @p request over (it is empty afterwards) and hand it to workers. Sends BUSY or RATE_LIMITED at the limits. */
void ukb_call_start(struct ukb_broker *broker, const struct ukb_method *method, struct ukb_request *request);

/** The call of that id, or NULL. */
struct ukb_call *ukb_call_find(struct ukb_broker *broker, const struct ukb_rpc_id *id);

/** Answer and free the call; @p result is taken. Its jobs go on without it. */
void ukb_call_finish(struct ukb_call *call, cJSON *result);
void ukb_call_fail(struct ukb_call *call, const struct ukb_error *error);

/**
 * Cancel on behalf of @p canceller (a copy is kept where the outcome takes time): replies {"cancelled":…} to it, and
 * CANCELLED to the call when it is true.
 */
void ukb_call_cancel(struct ukb_call *call, const struct ukb_rpc_id *canceller);

/** Tell a waiting host.cancel how it ended. */
void ukb_call_cancel_outcome(struct ukb_call *call, bool cancelled);

/** Free a job that nobody takes. */
void ukb_job_free(struct ukb_job *job);

/** Has it anything to do? A job whose call was answered without it has not. */
bool ukb_job_is_wanted(const struct ukb_job *job);

/* From worker.c: what became of a job. Each frees the job. */
void ukb_job_replied(struct ukb_job *job, struct ukb_worker *worker, cJSON *result /* taken */);
void ukb_job_failed(struct ukb_job *job, struct ukb_worker *worker, const struct ukb_error *error);

/** route.c: choose workers and hand the call's jobs over. */
void ukb_route(struct ukb_call *call);

/** route.c: remember which tokens a module has, from a tokens.list result: all that was known of it is replaced. */
void ukb_route_learn(struct ukb_broker *broker, const cJSON *tokens, const struct ukb_policy_module *module);
void ukb_route_forget(struct ukb_broker *broker, const char *token_id);

/** The token that a call is about, from params.token or params.renewal; false when it names none. */
bool ukb_route_token(const struct ukb_call *call, char ret_token[UKB_TOKEN_ID_LEN + 1U]);

/** The module to ask about a token: of those that show it, the first that works; NULL while none is known. */
const struct ukb_policy_module *ukb_route_module(struct ukb_broker *broker, const char *token_id);

/** Is the module of that token known? */
bool ukb_route_is_known(const struct ukb_call *call);

#endif /* UKB_BROKER_CALL_H */
