/* SPDX-License-Identifier: MIT */
/* served - a broker on pipes whose other ends the test holds. All functions fail the test on any error. */
#ifndef UKB_TESTS_BROKER_SERVED_H
#define UKB_TESTS_BROKER_SERVED_H

#include "broker/broker.h"

struct served {
    struct ukb_broker broker;
    int replies; /* what the browser reads, without waiting */
    int requests;
};

extern struct served served;

/* Start a broker with this policy; the modules of it, "a" and "b", are of no file. */
int served_setup(void **state);

/* End its workers and calls: its loop must be empty then. */
int served_teardown(void **state);

/* The next message to the browser, parsed and owned by the caller; NULL when there is none now. */
cJSON *served_next(void);

/* Let the loop run until a message comes, five seconds at most. */
cJSON *served_wait(void);

/* Send a request as the browser does. */
void served_ask(const char *request);

const struct ukb_policy_module *served_module(size_t index);

#endif /* UKB_TESTS_BROKER_SERVED_H */
