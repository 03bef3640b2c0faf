/* SPDX-License-Identifier: MIT */
#include "dialog/pinentry_program.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "platform/file.h"
#include "platform/folder.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

/* In the order in which they are tried. */
static const char *const names[] = {
    "pinentry",       "pinentry-gnome3", "pinentry-qt6", "pinentry-qt",   "pinentry-qt5",
    "pinentry-gtk-2", "pinentry-x11",    "pinentry-efl", "pinentry-fltk", "pinentry-mac",
};

static bool
ends_with(const char *text, const char *end)
{
    const size_t len = strlen(text);
    const size_t end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* True when @p path leads, by links, to a program that draws on a terminal. */
static bool
needs_terminal(const char *path)
{
    char *target = ukb_folder_real_path(path);
    const bool needs = target != NULL && (ends_with(target, "-curses") || ends_with(target, "-tty"));

    free(target);
    return needs;
}

/* Look for @p name in each folder of @p path; @p found is empty afterwards when there is none. */
static enum ukb_status
search(const char *name, const char *path, struct ukb_buf *found, struct ukb_error *reterr)
{
    while (*path != '\0') {
        const size_t len = strcspn(path, ":");
        enum ukb_status st = UKB_OK;

        ukb_buf_clear(found);
        if (len > 0 && len + strlen(name) < UKB_PATH_MAX_LEN) {
            st = ukb_buf_printf(found, reterr, "%.*s/%s", (int)len, path, name);
        }
        if (st != UKB_OK) {
            return st;
        }
        if (ukb_file_can_run(ukb_buf_text(found)) && !needs_terminal(ukb_buf_text(found))) {
            return UKB_OK;
        }
        path += len;
        path += *path == ':' ? 1 : 0;
    }
    ukb_buf_clear(found);
    return UKB_OK;
}

enum ukb_status
ukb_pinentry_find(const char *configured, struct ukb_buf *buf, struct ukb_error *reterr)
{
    struct ukb_buf found = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    const char *path = getenv("PATH");
    enum ukb_status st = UKB_OK;
    size_t i;

    if (configured != NULL) {
        if (!ukb_file_can_run(configured)) {
            return ukb_raise(reterr, UKB_E_PIN_UI_UNAVAILABLE, 0, "the configured pinentry %s cannot be run",
                             configured);
        }
        return ukb_buf_append_text(buf, configured, reterr);
    }
    for (i = 0; st == UKB_OK && found.len == 0 && i < sizeof(names) / sizeof(names[0]); i++) {
        st = search(names[i], path == NULL ? DEFAULT_PATH : path, &found, reterr);
    }
    if (st != UKB_OK) {
        goto out;
    }
    if (found.len == 0) {
        st = ukb_raise(reterr, UKB_E_PIN_UI_UNAVAILABLE, 0, "no graphical pinentry program in PATH");
        goto out;
    }
    st = ukb_buf_append_text(buf, ukb_buf_text(&found), reterr);
out:
    ukb_buf_done(&found);
    return st;
}
