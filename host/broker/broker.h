/* SPDX-License-Identifier: MIT */
/*
 * broker - what the browser starts: reads requests, decides, hands them to workers, passes replies back.
 *
 * Room: broker.  A request's way: broker.c (frame → request) → admit.c (may it run?) → host.c (answered here) or
 * route.c (which worker?) → worker.c (hand over, supervise) → call.c (the reply).
 */
#ifndef UKB_BROKER_BROKER_H
#define UKB_BROKER_BROKER_H

#include <uv.h>

#include "broker/channel.h"
#include "core/contract.h"
#include "core/limits.h"
#include "core/rpc.h"
#include "policy/policy.h"

struct ukb_call;
struct ukb_worker;

/** What is known of a module's health: how often in a row it failed, and until when it is left alone. */
struct ukb_module_health {
    unsigned int failures;
    uint64_t not_before_ms; /* loop time */
    enum ukb_status reason;
};

/** A module that shows a token; filled from the replies of tokens.list. */
struct ukb_known_token {
    char id[UKB_TOKEN_ID_LEN + 1U];
    const struct ukb_policy_module *module;
};
#define UKB_KNOWN_TOKENS_MAX 256U
#define UKB_USED_RESETS_MAX  16U

/** A site whose dialogs the user turned away: see patience.h. */
struct ukb_patience {
    char origin[UKB_ORIGIN_MAX_LEN + 1U];
    unsigned int refusals; /* since its last success or silence */
    uint64_t refused_at_ms;
    uint64_t silent_until_ms;
};
#define UKB_PATIENCE_MAX 16U

/** Resets that were finished, with or without success: see reset.h. */
struct ukb_used_resets {
    char ids[UKB_USED_RESETS_MAX][UKB_RESET_ID_LEN + 1U];
    size_t next; /* the place of the next one; the oldest is forgotten */
};

/** A refusal that is in the audit: see note.h. */
struct ukb_noted {
    const struct ukb_method *method; /* NULL: a free place */
    uint64_t at_ms;                  /* loop time */
    char origin[UKB_ORIGIN_MAX_LEN + 1U];
};
#define UKB_NOTED_MAX 64U

/** tokens.watch: see watch.h. */
struct ukb_watch {
    bool is_on;
    cJSON *seen[UKB_MODULES_MAX]; /* each module's last tokens[]; NULL: not known yet */
    uv_timer_t restart;           /* after the end of a listing worker */
};

#define UKB_VEILS_MAX 4U /**< reasons whose messages are kept from pages: see veil.h */

struct ukb_broker {
    uv_loop_t loop;
    uv_timer_t ending; /* bounds the time between the browser's end and ours */
    struct ukb_channel browser;
    struct ukb_policy *policy;
    char *worker_path;     /* NULL until the first worker is started */
    char *net_worker_path; /* the same */
    struct ukb_call *calls;
    unsigned int call_count;
    struct ukb_worker *workers;
    struct ukb_module_health health[UKB_MODULES_MAX];
    uint64_t note_failure_from_ms[UKB_MODULES_MAX]; /* loop time from which a failure is written down again */
    struct ukb_watch watch;
    bool is_ending;
    bool told_left_out; /* that there are more modules than fit */
    bool told_behind_veil[UKB_VEILS_MAX];
    bool told_problem[UKB_MODULES_MAX]; /* what a module cannot do */
    struct ukb_patience patience[UKB_PATIENCE_MAX];
    struct ukb_used_resets used_resets;
    size_t token_count;
    bool told_note_failed;
    struct ukb_known_token tokens[UKB_KNOWN_TOKENS_MAX]; /* last: a start does not touch these pages */
    struct ukb_noted noted[UKB_NOTED_MAX];
};

/**
 * Prepare to serve the browser (or another client) on the pipes @p in and @p out.
 *
 * @param broker  zeroed memory that lives as long as the process.
 * @retval UKB_E_INTERNAL  it could not start.
 */
UKB_MUST_USE enum ukb_status ukb_broker_start(struct ukb_broker *broker, int in, int out, struct ukb_error *reterr);

/** Serve until the client closes its end. Every worker but an uninterruptible one was told to end then. */
void ukb_broker_run(struct ukb_broker *broker);

/** Send a reply; one that is too large becomes REPLY_TOO_LARGE. Takes @p result (NULL reads as {}). */
void ukb_broker_reply(struct ukb_broker *broker, const struct ukb_rpc_id *id, cJSON *result);
void ukb_broker_reply_error(struct ukb_broker *broker, const struct ukb_rpc_id *id, const struct ukb_error *error);

/** Send a notification; takes @p params. */
void ukb_broker_notify(struct ukb_broker *broker, const char *method, cJSON *params);

/** admit.c: may this request run? Grants before parameters: who is not allowed learns nothing from field errors. */
UKB_MUST_USE enum ukb_status ukb_admit(const struct ukb_policy *policy, const struct ukb_request *request,
                                       const struct ukb_method **ret_method, struct ukb_error *reterr);

/** host.c: answer a method that runs in the broker. */
void ukb_host_answer(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request);

#endif /* UKB_BROKER_BROKER_H */
