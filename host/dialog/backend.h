/* SPDX-License-Identifier: MIT */
/*
 * backend - what draws a dialog: the one seam between our dialogs and a system's.
 *
 * Room: dialog, inside only. Each system has one back end, in a file of its own; CMake chooses. The texts come
 * finished.
 */
#ifndef UKB_DIALOG_BACKEND_H
#define UKB_DIALOG_BACKEND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "dialog/words.h"

struct ukb_dialog_screen; /* a back end's own state */
struct ukb_secret;

/** What a dialog for a PIN shows. */
struct ukb_dialog_entry {
    const char *text;
    const char *prompt;       /**< beside the field */
    const char *complaint;    /**< why the last answer was not taken; NULL: there was none */
    const char *repeat;       /**< beside a second field that must agree with the first; NULL: one field */
    const char *disagreement; /**< said when they do not */
    unsigned int timeout_ms;
};

/** The functions of a back end. All block; errors are those of dialog/dialog.h. */
struct ukb_dialog_backend {
    size_t text_max_len; /**< wire bytes of a text that is shown whole (see dialog/value.h) */

    /** Begin to get ready for dialogs, without showing any or waiting. @p program NULL: the system's best. */
    enum ukb_status (*start)(const char *program, enum ukb_lang lang, struct ukb_dialog_screen **ret_screen,
                             struct ukb_error *reterr);

    /** Wait until it is ready, at most five seconds; before everything else, once or again. */
    enum ukb_status (*greet)(struct ukb_dialog_screen *screen, struct ukb_error *reterr);

    /**
     * Show @p entry's fields. @p ret_pin, which may be empty (len 0), and @p ret_repeated are set on success only;
     * @p ret_repeated: the second field was shown and agreed.
     */
    enum ukb_status (*ask_pin)(struct ukb_dialog_screen *screen, const struct ukb_dialog_entry *entry,
                               struct ukb_secret *ret_pin, bool *ret_repeated, struct ukb_error *reterr);

    /** Show @p text, a question, and two buttons. A window that is closed says no. */
    enum ukb_status (*confirm)(struct ukb_dialog_screen *screen, const char *text, unsigned int timeout_ms,
                               bool *ret_yes, struct ukb_error *reterr);

    /** End whatever was started. NULL is fine. */
    void (*end)(struct ukb_dialog_screen *screen);
};

/** The back end of this system. */
extern const struct ukb_dialog_backend ukb_dialog_native;

#endif /* UKB_DIALOG_BACKEND_H */
