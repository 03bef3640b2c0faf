/* SPDX-License-Identifier: MIT */
/* opened - the fake token, open in each case of a test, and what went wrong in it. */
#ifndef UKB_TESTS_TOKEN_OPENED_H
#define UKB_TESTS_TOKEN_OPENED_H

#include <string.h>

#include "fake_token.h"

static struct fake_token token;
static struct ukb_error err;

static inline int
opened_setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    fake_token_open(&token);
    return 0;
}

static inline int
opened_teardown(void **state)
{
    (void)state;
    fake_token_close(&token);
    return 0;
}

#endif /* UKB_TESTS_TOKEN_OPENED_H */
