/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <limits.h>
#include <string.h>

static const char AFTER[] = "-after";

/* What stands in the parentheses of an action. */
enum argument { NOTHING, MAY_BE_TEXT, TEXT, MILLISECONDS, FLAGS };

/* Actions by name; a CKR_ name is an action too. */
static const struct {
    const char *name;
    enum ukb_fault_action action;
    enum argument argument;
    bool of_token_info; /* makes sense for C_GetTokenInfo alone */
    size_t text_max;
} actions[] = {
    { "hang", UKB_FAULT_HANG, NOTHING, false, 0 },
    { "crash", UKB_FAULT_CRASH, NOTHING, false, 0 },
    { "kill", UKB_FAULT_KILL, NOTHING, false, 0 },
    { "kill-after", UKB_FAULT_KILL_AFTER, NOTHING, false, 0 },
    { "pull", UKB_FAULT_PULL, NOTHING, false, 0 },
    { "pull-after", UKB_FAULT_PULL_AFTER, NOTHING, false, 0 },
    { "print", UKB_FAULT_PRINT, MAY_BE_TEXT, false, UKB_FAULT_RULE_TEXT_MAX },
    { "delay", UKB_FAULT_DELAY, MILLISECONDS, false, 0 },
    { "set", UKB_FAULT_SET, FLAGS, true, 0 },
    { "clear", UKB_FAULT_CLEAR, FLAGS, true, 0 },
    { "label", UKB_FAULT_LABEL, TEXT, true, sizeof(((CK_TOKEN_INFO *)0)->label) },
    { "serial", UKB_FAULT_SERIAL, TEXT, true, sizeof(((CK_TOKEN_INFO *)0)->serialNumber) },
};

#define ACTION_COUNT (sizeof(actions) / sizeof(actions[0]))

/* The text up to the first of @p ends; *inout_at goes behind it. */
static struct ukb_fault_text
take_until(const char **inout_at, const char *ends)
{
    const struct ukb_fault_text text = { *inout_at, strcspn(*inout_at, ends) };

    *inout_at += text.len;
    return text;
}

static void
skip_spaces(const char **inout_at)
{
    *inout_at += strspn(*inout_at, " \t\n");
}

/* A number of @p min to @p max. */
static bool
take_number(const char **inout_at, unsigned long min, unsigned long max, unsigned long *ret_number)
{
    unsigned long number = 0;
    size_t len = 0;

    for (len = 0; (*inout_at)[len] >= '0' && (*inout_at)[len] <= '9'; len++) {
        number = number * 10U + (unsigned long)((*inout_at)[len] - '0');
        if (number > max) {
            return false;
        }
    }
    if (len == 0 || number < min) {
        return false;
    }
    *inout_at += len;
    *ret_number = number;
    return true;
}

/* ":2", ":2+", ":2-5", or nothing: every call. */
static const char *
read_calls(const char **inout_at, struct ukb_fault_rule *rule)
{
    rule->first = 1;
    rule->last = ULONG_MAX;
    if (**inout_at != ':') {
        return NULL;
    }
    *inout_at += 1;
    if (!take_number(inout_at, 1, UKB_FAULT_CALL_MAX, &rule->first)) {
        return "calls are numbered from 1";
    }
    if (**inout_at == '+') {
        *inout_at += 1;
        return NULL;
    }
    rule->last = rule->first;
    if (**inout_at != '-') {
        return NULL;
    }
    *inout_at += 1;
    return take_number(inout_at, rule->first, UKB_FAULT_CALL_MAX, &rule->last) ? NULL : "a range ends behind its start";
}

/* "LOW|FINAL_TRY" */
static const char *
read_flags(struct ukb_fault_text text, CK_FLAGS *ret_flags)
{
    const char *at = text.at;
    const char *end = text.at + text.len;
    CK_FLAGS flags = 0;

    for (;;) {
        struct ukb_fault_text name = { at, strcspn(at, "|)") };
        CK_FLAGS flag = 0;

        if (!ukb_fault_flag_find(name, &flag)) {
            return "no such flag";
        }
        flags |= flag;
        at += name.len;
        if (at == end) {
            break;
        }
        at++;
    }
    *ret_flags = flags;
    return NULL;
}

static const char *
read_argument(size_t action, struct ukb_fault_text text, struct ukb_fault_rule *rule)
{
    const char *at = text.at;

    switch (actions[action].argument) {
    case NOTHING:
        return "this action takes no parentheses";
    case MILLISECONDS:
        return take_number(&at, 1, UKB_FAULT_DELAY_MAX_MS, &rule->delay_ms) && at == text.at + text.len
                   ? NULL
                   : "not a number of milliseconds";
    case FLAGS:
        return read_flags(text, &rule->flags);
    case MAY_BE_TEXT:
    case TEXT:
        break;
    }
    if (text.len == 0 || text.len > actions[action].text_max) {
        return "no text, or too long";
    }
    memcpy(rule->text, text.at, text.len);
    rule->text[text.len] = '\0';
    return NULL;
}

/* "CKR_DEVICE_REMOVED", "CKR_DEVICE_REMOVED-after", "0x80000001" */
static const char *
read_answer(struct ukb_fault_text name, struct ukb_fault_rule *rule)
{
    const size_t after_len = strlen(AFTER);
    const bool after = name.len > after_len && memcmp(name.at + name.len - after_len, AFTER, after_len) == 0;

    rule->action = after ? UKB_FAULT_ANSWER_AFTER : UKB_FAULT_ANSWER;
    name.len -= after ? after_len : 0;
    return ukb_fault_ckr_find(name, &rule->answer) ? NULL : "no such action";
}

static const char *
read_action(const char **inout_at, struct ukb_fault_rule *rule)
{
    const char *start = *inout_at;
    const struct ukb_fault_text name = take_until(inout_at, "(; \t\n");
    struct ukb_fault_text text = { NULL, 0 };
    const char *wrong = NULL;
    size_t i = 0;

    while (i < ACTION_COUNT && !ukb_fault_text_is(name, actions[i].name)) {
        i++;
    }
    if (i == ACTION_COUNT) {
        wrong = read_answer(name, rule);
        *inout_at = wrong == NULL ? *inout_at : start;
        return wrong;
    }
    rule->action = actions[i].action;
    if (actions[i].of_token_info && rule->function != UKB_FAULT_C_GetTokenInfo) {
        *inout_at = start;
        return "only C_GetTokenInfo tells this";
    }
    if (**inout_at != '(') {
        return actions[i].argument == NOTHING || actions[i].argument == MAY_BE_TEXT ? NULL : "'(' is missing";
    }
    *inout_at += 1;
    start = *inout_at;
    text = take_until(inout_at, ")");
    if (**inout_at != ')') {
        return "')' is missing";
    }
    wrong = read_argument(i, text, rule);
    *inout_at = wrong == NULL ? *inout_at + 1 : start;
    return wrong;
}

static const char *
read_rule(const char **inout_at, struct ukb_fault_rule *rule)
{
    const char *start = *inout_at;
    const char *wrong = NULL;

    if (!ukb_fault_function_find(take_until(inout_at, ":= \t\n;"), &rule->function)) {
        *inout_at = start;
        return "no such function";
    }
    wrong = read_calls(inout_at, rule);
    if (wrong != NULL) {
        return wrong;
    }
    if (**inout_at != '=') {
        return "'=' is missing";
    }
    *inout_at += 1;
    return read_action(inout_at, rule);
}

const char *
ukb_fault_rules_parse(const char *script, struct ukb_fault_rules *ret_rules, const char **ret_at)
{
    const char *at = script == NULL ? "" : script;
    const char *wrong = NULL;

    memset(ret_rules, 0, sizeof(*ret_rules));
    for (skip_spaces(&at); wrong == NULL && *at != '\0'; skip_spaces(&at)) {
        if (*at == ';') {
            at++; /* between rules, or behind the last */
            continue;
        }
        if (ret_rules->count == UKB_FAULT_RULES_MAX) {
            wrong = "too many rules";
            break;
        }
        wrong = read_rule(&at, &ret_rules->items[ret_rules->count++]);
        if (wrong != NULL) {
            break;
        }
        skip_spaces(&at);
        wrong = *at == ';' || *at == '\0' ? NULL : "';' is missing";
    }
    *ret_at = at;
    return wrong;
}

bool
ukb_fault_rule_hits(const struct ukb_fault_rule *rule, enum ukb_fault_function function, unsigned long n)
{
    return rule->function == function && n >= rule->first && n <= rule->last;
}
