/* SPDX-License-Identifier: MIT */
/*
 * pinentry_process - a pinentry program: started, greeted, ended; and libassuan's context for what is said to it.
 *
 * Room: dialog, inside only. The context, with the buffers that a PIN passes through, lives in the secret heap.
 */
#ifndef UKB_DIALOG_PINENTRY_PROCESS_H
#define UKB_DIALOG_PINENTRY_PROCESS_H

#include <assuan.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "dialog/words.h"

struct ukb_child; /* platform/child.h */

struct ukb_dialog_screen {
    enum ukb_lang lang;
    assuan_context_t ctx;
    struct ukb_child *child; /* NULL: none */
    bool is_greeted;
    uint64_t deadline_ms; /* of every read; ETIMEDOUT behind it */
    unsigned int unheard; /* commands that were said and whose answers were not read yet */
    bool broken;          /* an answer was left unread: nothing more can be asked */
};

/**
 * Start @p path with pipes as its standard input and output, and do not wait for it.
 * @p inout_screen: zeroed. Whatever comes of it, it is to be ended by ukb_pinentry_end().
 * @retval UKB_E_PIN_UI_UNAVAILABLE  it cannot be started, as far as that is known by now.
 */
UKB_MUST_USE enum ukb_status ukb_pinentry_start(struct ukb_dialog_screen *inout_screen, const char *path,
                                                struct ukb_error *reterr);

/** Wait for its greeting, at most five seconds; nothing when it has greeted. @retval UKB_E_PIN_UI_UNAVAILABLE */
UKB_MUST_USE enum ukb_status ukb_pinentry_greet(struct ukb_dialog_screen *screen, struct ukb_error *reterr);

/** Say BYE, wait for its end a second at most, kill it then, and free @p screen. One that was not greeted is killed. */
void ukb_pinentry_end(struct ukb_dialog_screen *screen);

/** Raise UKB_E_PIN_UI_UNAVAILABLE: "pinentry <what>: <error>". */
UKB_MUST_USE enum ukb_status ukb_pinentry_raise(struct ukb_error *reterr, gpg_error_t error, const char *what);

#endif /* UKB_DIALOG_PINENTRY_PROCESS_H */
