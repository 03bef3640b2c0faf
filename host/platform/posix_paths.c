/* SPDX-License-Identifier: MIT */
#include "platform/paths.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"

static const char *
home(void)
{
    const char *path = getenv("HOME");
    const struct passwd *user = NULL;

    if (path != NULL && path[0] == '/') {
        return path;
    }
    user = getpwuid(getuid());
    return user == NULL ? NULL : user->pw_dir;
}

/* The value of an XDG variable; NULL when it is not set or relative, which the specification wants ignored. */
static const char *
xdg_value(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && value[0] == '/' ? value : NULL;
}

/* Append the strings up to a NULL. */
static enum ukb_status
join(struct ukb_buf *path, const char *const *parts, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    for (; *parts != NULL && st == UKB_OK; parts++) {
        st = ukb_buf_append_text(path, *parts, reterr);
    }
    return st;
}

/* $variable<rest>, or the home folder's fallback. A relative value is ignored, as the specification asks. */
static enum ukb_status
xdg(const char *variable, const char *fallback, const char *rest, struct ukb_buf *path, struct ukb_error *reterr)
{
    const char *base = getenv(variable);
    const char *in_base[] = { base, rest, NULL };
    const char *in_home[] = { home(), "/", fallback, rest, NULL };

    if (base != NULL && base[0] == '/') {
        return join(path, in_base, reterr);
    }
    if (in_home[0] == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no home folder: set HOME");
    }
    return join(path, in_home, reterr);
}

static enum ukb_status
executable(struct ukb_buf *path, struct ukb_error *reterr)
{
    char target[UKB_PATH_MAX_LEN + 1U];
    ssize_t len = readlink("/proc/self/exe", target, sizeof(target) - 1U);

    if (len <= 0) {
        return ukb_raise(reterr, UKB_E_INTERNAL, (unsigned long)errno, "/proc/self/exe cannot be read");
    }
    return ukb_buf_append(path, target, (size_t)len, reterr);
}

static enum ukb_status
beside_executable(const char *name, struct ukb_buf *path, struct ukb_error *reterr)
{
    enum ukb_status st = executable(path, reterr);

    if (st != UKB_OK) {
        return st;
    }
    while (path->len > 0 && path->data[path->len - 1U] != '/') {
        path->data[--path->len] = '\0';
    }
    return ukb_buf_append_text(path, name, reterr);
}

enum ukb_status
ukb_path_get(enum ukb_path which, struct ukb_buf *ret_path, struct ukb_error *reterr)
{
    ukb_buf_clear(ret_path);
    switch (which) {
    case UKB_PATH_POLICY:
        return ukb_buf_append_text(ret_path, UKEYBRIDGE_SYSCONFDIR "/ukeybridge/policy.json", reterr);
    case UKB_PATH_CONFIG:
        return xdg("XDG_CONFIG_HOME", ".config", "/ukeybridge/config.json", ret_path, reterr);
    case UKB_PATH_STATE_DIR:
        return xdg("XDG_STATE_HOME", ".local/state", "/ukeybridge", ret_path, reterr);
    case UKB_PATH_LOCK_DIR:
        if (xdg_value("XDG_RUNTIME_DIR") == NULL) { /* no session manager: locks beside the journal, still the user's */
            return xdg("XDG_STATE_HOME", ".local/state", "/ukeybridge/run", ret_path, reterr);
        }
        return xdg("XDG_RUNTIME_DIR", ".local/state", "/ukeybridge", ret_path, reterr);
    case UKB_PATH_EXECUTABLE:
        return executable(ret_path, reterr);
    case UKB_PATH_BROKER:
        return beside_executable("ukeybridge", ret_path, reterr);
    case UKB_PATH_WORKER:
        return beside_executable("ukeybridge-worker", ret_path, reterr);
    case UKB_PATH_NET_WORKER:
        return beside_executable("ukeybridge-worker-net", ret_path, reterr);
    case UKB_PATH_HOME:
        if (home() == NULL) {
            return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no home folder: set HOME");
        }
        return ukb_buf_append_text(ret_path, home(), reterr);
    case UKB_PATH_P11_KIT:
        return xdg("XDG_CONFIG_HOME", ".config", "/pkcs11", ret_path, reterr);
    }
    return ukb_raise(reterr, UKB_E_INTERNAL, 0, "unknown path %d", (int)which);
}
