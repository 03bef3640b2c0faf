/* SPDX-License-Identifier: MIT */
#include "dialog/dialog.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "dialog/backend.h"
#include "dialog/words.h"
#include "platform/lock.h"
#include "secret/secret.h"

#define LOCK_NAME "dialog"

struct ukb_dialog {
    enum ukb_lang lang;
    char *lock_dir;
    void (*waiting)(void *ctx, bool waiting);
    void *ctx;
    unsigned int timeout_ms;
    struct ukb_dialog_screen *screen; /* NULL: did not start, and failure says why */
    struct ukb_error failure;
};

enum ukb_status
ukb_dialog_new(const struct ukb_dialog_config *config, struct ukb_dialog **ret_dialog, struct ukb_error *reterr)
{
    struct ukb_dialog *dialog = NULL;
    enum ukb_status st;

    assert(config->lock_dir != NULL);
    st = ukb_secret_start(reterr);
    if (st != UKB_OK) {
        return st;
    }
    dialog = calloc(1, sizeof(*dialog));
    if (dialog == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a dialog");
    }
    dialog->lock_dir = strdup(config->lock_dir);
    if (dialog->lock_dir == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a dialog");
        goto out;
    }
    dialog->lang = ukb_words_lang(config->lang);
    dialog->waiting = config->waiting;
    dialog->ctx = config->ctx;
    dialog->timeout_ms = config->timeout_ms == 0 ? UKB_DIALOG_TIMEOUT_MS : config->timeout_ms;
    /* A failure waits for the first question: a request may well be refused before it comes to one. */
    (void)ukb_dialog_native.start(config->program, dialog->lang, &dialog->screen, &dialog->failure);
    *ret_dialog = dialog;
    dialog = NULL;
out:
    ukb_dialog_free(dialog);
    return st;
}

void
ukb_dialog_free(struct ukb_dialog *dialog)
{
    if (dialog == NULL) {
        return;
    }
    ukb_dialog_native.end(dialog->screen);
    free(dialog->lock_dir);
    free(dialog);
}

static void
say_waiting(const struct ukb_dialog *dialog, bool waiting)
{
    if (dialog->waiting != NULL) {
        dialog->waiting(dialog->ctx, waiting);
    }
}

/* Put the text together and wait for the screen; to be ended by leave() when it succeeded. */
static enum ukb_status
enter(struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts, const char *question_id, struct ukb_buf *text,
      struct ukb_lock **ret_lock, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (dialog->screen == NULL) {
        *reterr = dialog->failure;
        return reterr->status;
    }
    st = ukb_words_text(dialog->lang, facts, question_id, ukb_dialog_native.text_max_len, text, reterr);
    if (st != UKB_OK) {
        return st;
    }
    say_waiting(dialog, true);
    st = ukb_lock_take(dialog->lock_dir, LOCK_NAME, dialog->timeout_ms, UKB_E_PIN_TIMEOUT, ret_lock, reterr);
    if (st != UKB_OK) {
        say_waiting(dialog, false);
    }
    return st;
}

static void
leave(struct ukb_dialog *dialog, struct ukb_lock *lock)
{
    ukb_lock_release(lock);
    say_waiting(dialog, false);
}

enum ukb_status
ukb_dialog_ask_pin(struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts, struct ukb_secret *ret_pin,
                   struct ukb_error *reterr)
{
    struct ukb_buf text = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
    struct ukb_buf prompt = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
    struct ukb_lock *lock = NULL;
    enum ukb_status st;

    st = ukb_words_prompt(dialog->lang, facts, &prompt, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = enter(dialog, facts, NULL, &text, &lock, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_dialog_native.ask_pin(dialog->screen, ukb_buf_text(&text), ukb_buf_text(&prompt), dialog->timeout_ms,
                                   ret_pin, reterr);
    leave(dialog, lock);
out:
    ukb_buf_done(&text);
    ukb_buf_done(&prompt);
    return st;
}

enum ukb_status
ukb_dialog_confirm(struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts, const char *question_id,
                   struct ukb_error *reterr)
{
    struct ukb_buf text = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
    struct ukb_lock *lock = NULL;
    bool yes = false;
    enum ukb_status st;

    assert(question_id != NULL);
    st = enter(dialog, facts, question_id, &text, &lock, reterr);
    if (st == UKB_OK) {
        st = ukb_dialog_native.confirm(dialog->screen, ukb_buf_text(&text), dialog->timeout_ms, &yes, reterr);
        leave(dialog, lock);
    }
    ukb_buf_done(&text);
    if (st == UKB_OK && !yes) {
        const bool final = strcmp(question_id, UKB_DIALOG_QUESTION_FINAL_TRY) == 0;

        st = ukb_raise(reterr, final ? UKB_E_PIN_FINAL_TRY : UKB_E_DENIED_BY_USER, 0, "the user said no to %s",
                       question_id);
    }
    return st;
}
