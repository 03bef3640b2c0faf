/* SPDX-License-Identifier: MIT */
/*
 * serving - a worker's service whose words the test reads, with a journal, a policy and locks of its own.
 *
 * All functions fail the test on any error.
 */
#ifndef UKB_TESTS_WORKER_SERVING_H
#define UKB_TESTS_WORKER_SERVING_H

#include "core/json.h"
#include "worker/service.h"

#define SERVING_ORIGIN "https://portal.example"

struct serving {
    struct ukb_service service;
    struct ukb_context context; /* of the request: a page of SERVING_ORIGIN */
    char dir[32];               /* holds the journal, the locks and what a test puts there */
    int words;                  /* what the service says, for serving_heard() */
};

extern struct serving serving;

/* A service without module and dialog, with an empty policy, as if it served a request of a page. */
void serving_start(enum ukb_worker_kind kind);
void serving_stop(void);

/* Have another policy. */
void serving_policy(const char *policy_text);

/* The path of @p name in the folder; until the next call. */
const char *serving_path(const char *name);

/* A file of this mode with this content; returns its path. */
const char *serving_file(const char *name, unsigned int mode, const char *content);

/* Have a user who answers each PIN dialog with the next of these words, "no" to close it, and each question with yes.
 * What the dialogs said is in the file "dialogs". */
void serving_person(const char *words);

/* What the dialogs' program was told so far, "GETPIN" for each PIN; until the next call. */
const char *serving_dialogs(void);

/* The next thing that the service said, owned by the caller; NULL when it said no more. */
cJSON *serving_heard(void);

/* It said that, without an id, and that member of its params is this boolean. */
void serving_expect(const char *method, const char *member, bool value);

/* Have @p handler serve @p params_text. The result is checked against the contract's row of @p method; NULL when the
 * handler failed, for the reason in @p ret_error. */
cJSON *serving_call(enum ukb_method_id method, ukb_handler handler, const char *params_text,
                    struct ukb_error *ret_error);

#endif /* UKB_TESTS_WORKER_SERVING_H */
