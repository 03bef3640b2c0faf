/* SPDX-License-Identifier: MIT */
/*
 * rules - the script: which call of which function is mistreated how. README.md has the grammar.
 */
#ifndef UKB_TESTS_MODULE_RULES_H
#define UKB_TESTS_MODULE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/pkcs11.h>

#include "names.h"

#define UKB_FAULT_RULES_MAX     64U
#define UKB_FAULT_RULE_TEXT_MAX 64U       /* of what is in parentheses */
#define UKB_FAULT_CALL_MAX      1000000UL /* the largest number of a call */
#define UKB_FAULT_DELAY_MAX_MS  600000UL

enum ukb_fault_action {
    UKB_FAULT_HANG,
    UKB_FAULT_CRASH,
    UKB_FAULT_KILL,
    UKB_FAULT_KILL_AFTER,
    UKB_FAULT_PULL,
    UKB_FAULT_PULL_AFTER,
    UKB_FAULT_PRINT,
    UKB_FAULT_DELAY,
    UKB_FAULT_ANSWER,
    UKB_FAULT_ANSWER_AFTER,
    UKB_FAULT_SET,
    UKB_FAULT_CLEAR,
    UKB_FAULT_LABEL,
    UKB_FAULT_SERIAL,
};

struct ukb_fault_rule {
    enum ukb_fault_function function;
    unsigned long first; /* calls are counted from 1 */
    unsigned long last;  /* inclusive; ULONG_MAX: no end */
    enum ukb_fault_action action;
    CK_RV answer;                            /* ANSWER, ANSWER_AFTER */
    CK_FLAGS flags;                          /* SET, CLEAR */
    unsigned long delay_ms;                  /* DELAY */
    char text[UKB_FAULT_RULE_TEXT_MAX + 1U]; /* PRINT, LABEL, SERIAL */
};

struct ukb_fault_rules {
    struct ukb_fault_rule items[UKB_FAULT_RULES_MAX];
    size_t count;
};

/**
 * Read a script. NULL and "" are scripts without rules.
 *
 * @param ret_at  on failure: where in @p script the first thing stands that makes no sense.
 * @return NULL, or what is wrong there (static).
 */
const char *ukb_fault_rules_parse(const char *script, struct ukb_fault_rules *ret_rules, const char **ret_at);

/** Does @p rule concern the @p n-th call of @p function? */
bool ukb_fault_rule_hits(const struct ukb_fault_rule *rule, enum ukb_fault_function function, unsigned long n);

#endif /* UKB_TESTS_MODULE_RULES_H */
