/* SPDX-License-Identifier: MIT */
#include "platform/display.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define X_SOCKETS "/tmp/.X11-unix/X" /* where X servers of this computer listen */

/* Does somebody listen at @p path? @p abstract: a name without a file, as Linux has them. */
static bool
listens(const char *path, bool abstract)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const size_t shift = abstract ? 1 : 0;
    const size_t len = strlen(path);
    int fd = -1;
    bool is_there;

    if (len + shift >= sizeof(address.sun_path)) {
        return false;
    }
    memcpy(address.sun_path + shift, path, len);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }
    is_there = connect(fd, (const struct sockaddr *)&address,
                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + shift + len + (abstract ? 0U : 1U))) == 0;
    (void)close(fd);
    return is_there;
}

static bool
wayland_listens(const char *name)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

    if (name[0] == '/') {
        return listens(name, false);
    }
    return folder != NULL && snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) &&
           listens(path, false);
}

static bool
x_listens(const char *name)
{
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

    if (strncmp(name, "unix:", strlen("unix:")) == 0) {
        name += strlen("unix");
    }
    if (name[0] != ':') {
        return true; /* on another computer, or by way of ssh */
    }
    (void)snprintf(path, sizeof(path), X_SOCKETS "%.*s", (int)strspn(name + 1, "0123456789"), name + 1);
    return listens(path, false) || listens(path, true);
}

enum ukb_display
ukb_display_look(char *ret_name, size_t size)
{
    const char *wayland = getenv("WAYLAND_DISPLAY");
    const char *x = getenv("DISPLAY");
    const bool has_wayland = wayland != NULL && wayland[0] != '\0';
    const bool has_x = x != NULL && x[0] != '\0';

    (void)snprintf(ret_name, size, "%s%s%s%s%s", has_wayland ? "WAYLAND_DISPLAY=" : "", has_wayland ? wayland : "",
                   has_wayland && has_x ? " " : "", has_x ? "DISPLAY=" : "", has_x ? x : "");
    if (!has_wayland && !has_x) {
        return UKB_DISPLAY_NONE;
    }
    return (has_wayland && wayland_listens(wayland)) || (has_x && x_listens(x)) ? UKB_DISPLAY_REACHABLE
                                                                                : UKB_DISPLAY_UNREACHABLE;
}

bool
ukb_display_has_locale(const char *name)
{
    locale_t locale = newlocale(LC_ALL_MASK, name, (locale_t)0);

    if (locale == (locale_t)0) {
        return false;
    }
    freelocale(locale);
    return true;
}
