/* SPDX-License-Identifier: MIT */
/*
 * libukb-ledger.so - preloaded into all that a test starts: writes down every PIN that a worker tries, on whatever
 * module. README.md has the lines; a PIN itself is in none of them.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

#define MODULES_MAX  4U /* a worker has one; the fault module loads another below itself */
#define LINE_MAX_LEN 256
#define FILE_MODE    0600
#define MARK_SIZE    17U
#define FNV_OFFSET   UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME    UINT64_C(0x100000001b3)

/* A function that tries a PIN, as it is written down. */
struct attempt {
    const char *function;
    const char *user;
    char mark[MARK_SIZE];
};

static struct {
    CK_C_GetFunctionList get;
    const CK_FUNCTION_LIST *real;
    CK_FUNCTION_LIST ours;
} modules[MODULES_MAX];

static _Thread_local unsigned depth; /* a module below another is told what was written down above it */

static void
give_up(const char *why)
{
    fprintf(stderr, "ukb-ledger: %s\n", why);
    abort(); /* a test that does not count is none */
}

static uint64_t
hash(uint64_t state, const unsigned char *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        state = (state ^ bytes[i]) * FNV_PRIME;
    }
    return state;
}

/* The same PIN has the same mark in one run of the tests, and "-" stands for none. */
static void
mark(const CK_BYTE *pin, CK_ULONG len, char ret_mark[MARK_SIZE])
{
    const char *key = getenv("UKB_LEDGER_KEY");
    uint64_t state = FNV_OFFSET;

    if (pin == NULL) {
        (void)snprintf(ret_mark, MARK_SIZE, "-");
        return;
    }
    if (key == NULL) {
        give_up("UKB_LEDGER_KEY is not set");
        return;
    }
    state = hash(state, (const unsigned char *)key, strlen(key));
    state = hash(state, pin, len);
    (void)snprintf(ret_mark, MARK_SIZE, "%016llx", (unsigned long long)state);
}

/* One write a line: those of several processes do not mix. */
static void
write_down(const char *what, const struct attempt *attempt, const char *more)
{
    const char *path = getenv("UKB_LEDGER");
    char line[LINE_MAX_LEN];
    int len;
    int fd;

    len = snprintf(line, sizeof(line), "%s %ld %s %s %s%s\n", what, (long)getpid(), attempt->function, attempt->user,
                   attempt->mark, more);
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (fd < 0 || write(fd, line, (size_t)len) != len) {
        give_up("the ledger cannot be written");
    }
    (void)close(fd);
}

static void
begin(const struct attempt *attempt)
{
    if (depth++ == 0) {
        write_down("tries", attempt, "");
    }
}

static CK_RV
end(const struct attempt *attempt, CK_RV rv)
{
    char more[32];

    if (--depth == 0) {
        (void)snprintf(more, sizeof(more), " 0x%lx", (unsigned long)rv);
        write_down("answer", attempt, more);
    }
    return rv;
}

static CK_RV
login(size_t i, CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin, CK_ULONG len)
{
    static const char *const users[] = { [CKU_SO] = "so", [CKU_USER] = "user", [CKU_CONTEXT_SPECIFIC] = "context" };
    struct attempt attempt = { "C_Login", user < sizeof(users) / sizeof(users[0]) ? users[user] : "?", "" };

    mark(pin, len, attempt.mark);
    begin(&attempt);
    return end(&attempt, modules[i].real->C_Login(session, user, pin, len));
}

static CK_RV
set_pin(size_t i, CK_SESSION_HANDLE session, CK_BYTE *old, CK_ULONG old_len, CK_BYTE *pin, CK_ULONG len)
{
    struct attempt attempt = { "C_SetPIN", "user", "" };

    mark(old, old_len, attempt.mark);
    begin(&attempt);
    return end(&attempt, modules[i].real->C_SetPIN(session, old, old_len, pin, len));
}

static CK_RV get_list(size_t i, CK_FUNCTION_LIST **list);

/* PKCS#11 tells a function nothing of its module, so each module has functions of its own. */
#define FUNCTIONS_OF(i)                                                                                                \
    static CK_RV get_##i(CK_FUNCTION_LIST **list)                                                                      \
    {                                                                                                                  \
        return get_list(i, list);                                                                                      \
    }                                                                                                                  \
    static CK_RV login_##i(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin, CK_ULONG len)                   \
    {                                                                                                                  \
        return login(i, session, user, pin, len);                                                                      \
    }                                                                                                                  \
    static CK_RV set_pin_##i(CK_SESSION_HANDLE session, CK_BYTE *old, CK_ULONG old_len, CK_BYTE *pin, CK_ULONG len)    \
    {                                                                                                                  \
        return set_pin(i, session, old, old_len, pin, len);                                                            \
    }

FUNCTIONS_OF(0)
FUNCTIONS_OF(1)
FUNCTIONS_OF(2)
FUNCTIONS_OF(3)

static const struct {
    CK_C_GetFunctionList get;
    CK_C_Login login;
    CK_C_SetPIN set_pin;
} functions[MODULES_MAX] = {
    { get_0, login_0, set_pin_0 },
    { get_1, login_1, set_pin_1 },
    { get_2, login_2, set_pin_2 },
    { get_3, login_3, set_pin_3 },
};

static CK_RV
get_list(size_t i, CK_FUNCTION_LIST **list)
{
    CK_FUNCTION_LIST *real = NULL;
    CK_RV rv = modules[i].get(list == NULL ? NULL : &real);

    if (rv != CKR_OK || real == NULL) {
        return rv;
    }
    modules[i].real = real;
    modules[i].ours = *real;
    modules[i].ours.C_Login = functions[i].login;
    modules[i].ours.C_SetPIN = functions[i].set_pin;
    *list = &modules[i].ours;
    return CKR_OK;
}

/* What stands for a module's C_GetFunctionList, the same each time. */
static void *
instead_of(void *symbol)
{
    CK_C_GetFunctionList get = NULL;
    void *ours = NULL;
    size_t i;

    memcpy(&get, &symbol, sizeof(get));
    for (i = 0; i < MODULES_MAX && modules[i].get != NULL && modules[i].get != get; i++) {
    }
    if (i == MODULES_MAX) {
        give_up("more modules than a worker loads");
        return NULL;
    }
    modules[i].get = get;
    memcpy(&ours, &functions[i].get, sizeof(ours));
    return ours;
}

static bool
in_worker(void)
{
    return strcmp(program_invocation_short_name, "ukeybridge-worker") == 0 && getenv("UKB_LEDGER") != NULL;
}

__attribute__((visibility("default"))) void *dlsym(void *library, const char *name);

/* Every module comes through here, however it was found. */
void *
dlsym(void *library, const char *name)
{
    static void *(*real)(void *, const char *);
    void *symbol = NULL;

    if (real == NULL) {
        symbol = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
        memcpy(&real, &symbol, sizeof(real));
    }
    if (real == NULL) {
        give_up("this is not glibc 2.34 or later");
        return NULL;
    }
    symbol = real(library, name);
    return symbol != NULL && strcmp(name, "C_GetFunctionList") == 0 && in_worker() ? instead_of(symbol) : symbol;
}
