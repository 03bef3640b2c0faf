/* SPDX-License-Identifier: MIT */
/*
 * fault - a PKCS#11 module that forwards to a real one and mistreats the calls that a script names; see README.md.
 *
 * Each function has a wrapper made from one table: count and log the call, do what the script wants before it, forward
 * it, do what the script wants after it.
 */
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "functions.h"
#include "names.h"
#include "record.h"
#include "rules.h"
#include "slots.h"

#define MS_PER_S  1000UL
#define NS_PER_MS 1000000L

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list);

static struct ukb_fault_rules rules;
static CK_FUNCTION_LIST below; /* the real module's functions, those of slots.c over them */

/* What rules do */

static void
hang(void)
{
    for (;;) {
        (void)pause();
    }
}

static void
crash(void)
{
    (void)signal(SIGSEGV, SIG_DFL);
    (void)raise(SIGSEGV);
}

static void
delay(unsigned long ms)
{
    struct timespec left = { .tv_sec = (time_t)(ms / MS_PER_S), .tv_nsec = (long)(ms % MS_PER_S) * NS_PER_MS };

    while (nanosleep(&left, &left) != 0) {
    }
}

/* Both ways in which a library may print. */
static void
print(const struct ukb_fault_rule *rule)
{
    const char *text = rule->text[0] == '\0' ? "a vendor's debug line" : rule->text;

    (void)printf("%s\n", text);
    (void)fflush(stdout);
    if (write(STDOUT_FILENO, text, strlen(text)) < 0) {
        return; /* nobody listens: that is what a test may want */
    }
}

/* The rules that act before the call. Returns CKR_OK to forward it, or the answer to give instead. */
static CK_RV
before(enum ukb_fault_function function, unsigned long n)
{
    CK_RV answer = CKR_OK;
    size_t i;

    for (i = 0; i < rules.count && answer == CKR_OK; i++) {
        const struct ukb_fault_rule *rule = &rules.items[i];

        if (!ukb_fault_rule_hits(rule, function, n)) {
            continue;
        }
        switch (rule->action) {
        case UKB_FAULT_HANG:
            hang();
            break;
        case UKB_FAULT_CRASH:
            crash();
            break;
        case UKB_FAULT_KILL:
            (void)raise(SIGKILL);
            break;
        case UKB_FAULT_PULL:
            ukb_fault_slots_pull();
            break;
        case UKB_FAULT_PRINT:
            print(rule);
            break;
        case UKB_FAULT_DELAY:
            delay(rule->delay_ms);
            break;
        case UKB_FAULT_ANSWER:
            answer = rule->answer;
            break;
        case UKB_FAULT_KILL_AFTER:
        case UKB_FAULT_PULL_AFTER:
        case UKB_FAULT_ANSWER_AFTER:
        case UKB_FAULT_SET:
        case UKB_FAULT_CLEAR:
        case UKB_FAULT_LABEL:
        case UKB_FAULT_SERIAL:
            break;
        }
    }
    return answer;
}

/* The rules that act when the real module has answered @p rv; returns what the caller is told. */
static CK_RV
after(enum ukb_fault_function function, unsigned long n, CK_RV rv)
{
    size_t i;

    for (i = 0; i < rules.count; i++) {
        const struct ukb_fault_rule *rule = &rules.items[i];

        if (!ukb_fault_rule_hits(rule, function, n)) {
            continue;
        }
        if (rule->action == UKB_FAULT_KILL_AFTER) {
            (void)raise(SIGKILL);
        } else if (rule->action == UKB_FAULT_PULL_AFTER) {
            ukb_fault_slots_pull();
        } else if (rule->action == UKB_FAULT_ANSWER_AFTER) {
            rv = rule->answer;
        }
    }
    return rv;
}

static unsigned long
begin(enum ukb_fault_function function, const char *detail)
{
    const unsigned long n = ukb_fault_record_count(function);

    ukb_fault_record_log(function, n, detail);
    return n;
}

/* The wrappers */

#define FORWARD(name, args) (below.name == NULL ? CKR_FUNCTION_NOT_SUPPORTED : below.name args)

#define PLAIN(name, params, args)                                                                                      \
    static CK_RV wrap_##name params                                                                                    \
    {                                                                                                                  \
        const unsigned long n = begin(UKB_FAULT_##name, "");                                                           \
        const CK_RV instead = before(UKB_FAULT_##name, n);                                                             \
                                                                                                                       \
        return instead != CKR_OK ? instead : after(UKB_FAULT_##name, n, FORWARD(name, args));                          \
    }

#define SESSION(name, params, args)                                                                                    \
    static CK_RV wrap_##name params                                                                                    \
    {                                                                                                                  \
        const unsigned long n = begin(UKB_FAULT_##name, "");                                                           \
        CK_RV instead = before(UKB_FAULT_##name, n);                                                                   \
                                                                                                                       \
        if (instead == CKR_OK && !ukb_fault_slots_holds(session)) {                                                    \
            instead = CKR_DEVICE_REMOVED;                                                                              \
        }                                                                                                              \
        return instead != CKR_OK ? instead : after(UKB_FAULT_##name, n, FORWARD(name, args));                          \
    }

#define NO_WRAPPER(name)

UKB_FAULT_FUNCTIONS(PLAIN, SESSION, NO_WRAPPER)

static void
put_padded(unsigned char *field, size_t size, const char *text)
{
    memset(field, ' ', size);
    memcpy(field, text, strlen(text)); /* rules.c has checked the length */
}

static void
change_token_info(const struct ukb_fault_rule *rule, CK_TOKEN_INFO *info)
{
    if (rule->action == UKB_FAULT_SET) {
        info->flags |= rule->flags;
    } else if (rule->action == UKB_FAULT_CLEAR) {
        info->flags &= ~rule->flags;
    } else if (rule->action == UKB_FAULT_LABEL) {
        put_padded(info->label, sizeof(info->label), rule->text);
    } else if (rule->action == UKB_FAULT_SERIAL) {
        put_padded(info->serialNumber, sizeof(info->serialNumber), rule->text);
    }
}

static CK_RV
wrap_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    const unsigned long n = begin(UKB_FAULT_C_GetTokenInfo, "");
    const CK_RV instead = before(UKB_FAULT_C_GetTokenInfo, n);
    CK_RV rv;
    size_t i;

    if (instead != CKR_OK) {
        return instead;
    }
    rv = below.C_GetTokenInfo(slot, info);
    for (i = 0; rv == CKR_OK && i < rules.count; i++) {
        if (ukb_fault_rule_hits(&rules.items[i], UKB_FAULT_C_GetTokenInfo, n)) {
            change_token_info(&rules.items[i], info);
        }
    }
    return after(UKB_FAULT_C_GetTokenInfo, n, rv);
}

/* The log says who logs in, and whether with a PIN; never with which. */
static CK_RV
wrap_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin, CK_ULONG pin_len)
{
    static const char *const users[] = { [CKU_SO] = "so", [CKU_USER] = "user", [CKU_CONTEXT_SPECIFIC] = "context" };
    char detail[32];
    unsigned long n;
    CK_RV instead;

    (void)snprintf(detail, sizeof(detail), "user=%s pin=%s",
                   user < sizeof(users) / sizeof(users[0]) ? users[user] : "?",
                   pin == NULL ? (pin_len == 0 ? "null" : "null-with-length") : "given");
    n = begin(UKB_FAULT_C_Login, detail);
    instead = before(UKB_FAULT_C_Login, n);
    if (instead == CKR_OK && !ukb_fault_slots_holds(session)) {
        instead = CKR_DEVICE_REMOVED;
    }
    return instead != CKR_OK ? instead : after(UKB_FAULT_C_Login, n, below.C_Login(session, user, pin, pin_len));
}

/* Starting */

static bool
read_script(void)
{
    const char *script = getenv("UKB_FAULT");
    const char *at = NULL;
    const char *wrong = ukb_fault_rules_parse(script, &rules, &at);

    if (wrong != NULL) {
        fprintf(stderr, "ukb-fault: UKB_FAULT: %s: \"%s\"\n", wrong, at);
    }
    return wrong == NULL;
}

static CK_FUNCTION_LIST *
load_real(void)
{
    const char *path = getenv("UKB_FAULT_MODULE");
    void *library = path == NULL ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library == NULL ? NULL : dlsym(library, "C_GetFunctionList");
    CK_C_GetFunctionList get = NULL;
    CK_FUNCTION_LIST *real = NULL;

    memcpy(&get, &symbol, sizeof(get)); /* ISO C has no cast from an object pointer to a function pointer */
    if (get == NULL || get(&real) != CKR_OK) {
        fprintf(stderr, "ukb-fault: UKB_FAULT_MODULE: %s\n", path == NULL ? "not set" : "no PKCS#11 module");
        return NULL;
    }
    return real;
}

static bool
start(void)
{
    static bool started;
    const char *slots = getenv("UKB_FAULT_SLOTS");
    const char *seen = getenv("UKB_FAULT_SLOTS_SEEN");
    const CK_FUNCTION_LIST *real = NULL;

    if (started) {
        return true;
    }
    real = read_script() ? load_real() : NULL;
    if (real == NULL) {
        return false;
    }
    below = *real;
    ukb_fault_record_start(getenv("UKB_FAULT_STATE"), getenv("UKB_FAULT_LOG"));
    if (slots != NULL) {
        ukb_fault_slots_start(slots,
                              seen != NULL && strcmp(seen, "initialize") == 0 ? UKB_FAULT_SEEN_AT_INITIALIZE
                                                                              : UKB_FAULT_SEEN_AT_LIST,
                              real, &below);
    }
    started = true;
    return true;
}

static CK_RV wrap_C_GetFunctionList(CK_FUNCTION_LIST **list);

#define MEMBER(name, ...) .name = wrap_##name,
static CK_FUNCTION_LIST ours = { .version = { CRYPTOKI_VERSION_MAJOR, CRYPTOKI_VERSION_MINOR },
                                 UKB_FAULT_FUNCTIONS(MEMBER, MEMBER, MEMBER) };

static CK_RV
wrap_C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    const unsigned long n = begin(UKB_FAULT_C_GetFunctionList, "");
    const CK_RV instead = before(UKB_FAULT_C_GetFunctionList, n);

    if (instead != CKR_OK) {
        return instead;
    }
    if (list == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    *list = &ours;
    return after(UKB_FAULT_C_GetFunctionList, n, CKR_OK);
}

__attribute__((visibility("default"))) CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    return start() ? wrap_C_GetFunctionList(list) : CKR_GENERAL_ERROR;
}
