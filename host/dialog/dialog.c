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

enum ukb_status
ukb_dialog_started(struct ukb_dialog *dialog, struct ukb_error *reterr)
{
    if (dialog->screen != NULL && ukb_dialog_native.greet(dialog->screen, &dialog->failure) != UKB_OK) {
        ukb_dialog_native.end(dialog->screen);
        dialog->screen = NULL;
    }
    if (dialog->screen == NULL) {
        *reterr = dialog->failure;
        return reterr->status;
    }
    return UKB_OK;
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
    enum ukb_status st = ukb_dialog_started(dialog, reterr);

    if (st != UKB_OK) {
        return st;
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
    struct ukb_dialog_entry entry = { .timeout_ms = dialog->timeout_ms };
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_lock *lock = NULL;
    bool repeated = false;
    enum ukb_status st;

    st = ukb_words_prompt(dialog->lang, facts, &prompt, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = enter(dialog, facts, NULL, &text, &lock, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    entry.text = ukb_buf_text(&text);
    entry.prompt = ukb_buf_text(&prompt);
    st = ukb_dialog_native.ask_pin(dialog->screen, &entry, &pin, &repeated, reterr);
    leave(dialog, lock);
    if (st == UKB_OK && pin.len == 0) {
        st = ukb_raise(reterr, UKB_E_PIN_CANCELLED, 0, "the user gave no PIN");
    }
    if (st == UKB_OK) {
        ukb_secret_move(ret_pin, &pin);
    }
out:
    ukb_secret_done(&pin);
    ukb_buf_done(&text);
    ukb_buf_done(&prompt);
    return st;
}

/* Have @p entry answered, and its repetition: by the program's second field, or else in a second dialog. */
static enum ukb_status
ask_twice(const struct ukb_dialog *dialog, const struct ukb_dialog_entry *entry, struct ukb_secret *ret_pin,
          bool *ret_agree, struct ukb_error *reterr)
{
    const struct ukb_dialog_entry again = { .text = entry->text,
                                            .prompt = entry->repeat,
                                            .timeout_ms = entry->timeout_ms };
    struct ukb_secret second = UKB_SECRET_INIT;
    bool repeated = false;
    enum ukb_status st = ukb_dialog_native.ask_pin(dialog->screen, entry, ret_pin, &repeated, reterr);

    *ret_agree = true;
    if (st == UKB_OK && !repeated && ret_pin->len > 0) {
        st = ukb_dialog_native.ask_pin(dialog->screen, &again, &second, &repeated, reterr);
        *ret_agree = st == UKB_OK && ukb_secret_equal(ret_pin, &second);
    }
    ukb_secret_done(&second);
    return st;
}

/* Whether a new PIN can be taken; if not, why. */
static bool
is_good(const struct ukb_dialog_facts *facts, const struct ukb_secret *pin, bool agree, const struct ukb_secret *unlike,
        enum ukb_words_refusal *ret_why)
{
    if (facts->min_len > 0 && pin->len < facts->min_len) {
        *ret_why = UKB_WORDS_TOO_SHORT;
    } else if (facts->max_len > 0 && pin->len > facts->max_len) {
        *ret_why = UKB_WORDS_TOO_LONG;
    } else if (!agree) {
        *ret_why = UKB_WORDS_DIFFERENT;
    } else if (ukb_secret_equal(pin, unlike)) {
        *ret_why = facts->action == UKB_DIALOG_PIN_UNBLOCK ? UKB_WORDS_LIKE_ADMIN : UKB_WORDS_LIKE_OLD;
    } else {
        return true;
    }
    return false;
}

static enum ukb_status
raise_given_up(enum ukb_words_refusal why, struct ukb_error *reterr)
{
    const bool is_length = why == UKB_WORDS_TOO_SHORT || why == UKB_WORDS_TOO_LONG;

    return ukb_raise(reterr, is_length ? UKB_E_PIN_LENGTH : UKB_E_PIN_CANCELLED, 0,
                     "none of %u new PINs could be taken", UKB_DIALOG_NEW_PIN_ROUNDS);
}

/* Ask until a new PIN can be taken. The dialog stays ours in between. */
static enum ukb_status
ask_until_good(const struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts, const struct ukb_secret *unlike,
               struct ukb_dialog_entry *entry, struct ukb_secret *ret_pin, struct ukb_error *reterr)
{
    struct ukb_buf complaint = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
    struct ukb_secret pin = UKB_SECRET_INIT;
    enum ukb_words_refusal why = UKB_WORDS_DIFFERENT;
    bool good = false;
    bool agree = false;
    enum ukb_status st = UKB_OK;
    unsigned int round;

    for (round = 0; st == UKB_OK && !good && round < UKB_DIALOG_NEW_PIN_ROUNDS; round++) {
        ukb_secret_done(&pin);
        st = ask_twice(dialog, entry, &pin, &agree, reterr);
        good = st == UKB_OK && is_good(facts, &pin, agree, unlike, &why);
        if (st == UKB_OK && !good) {
            ukb_buf_clear(&complaint);
            st = ukb_words_refusal(dialog->lang, why, facts, &complaint, reterr);
            entry->complaint = ukb_buf_text(&complaint);
        }
    }
    if (good) {
        ukb_secret_move(ret_pin, &pin);
    } else if (st == UKB_OK) {
        st = raise_given_up(why, reterr);
    }
    ukb_secret_done(&pin);
    ukb_buf_done(&complaint);
    return st;
}

enum ukb_status
ukb_dialog_ask_new_pin(struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts, const struct ukb_secret *unlike,
                       struct ukb_secret *ret_pin, struct ukb_error *reterr)
{
    struct ukb_dialog_facts told = *facts;
    struct ukb_buf text = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
    struct ukb_buf prompt = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
    struct ukb_buf disagreement = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
    struct ukb_dialog_entry entry = { .timeout_ms = dialog->timeout_ms };
    struct ukb_lock *lock = NULL;
    enum ukb_status st;

    told.pin = UKB_DIALOG_PIN_NEW;
    st = ukb_words_prompt(dialog->lang, &told, &prompt, reterr);
    if (st == UKB_OK) {
        st = ukb_words_refusal(dialog->lang, UKB_WORDS_DIFFERENT, &told, &disagreement, reterr);
    }
    if (st == UKB_OK) {
        st = enter(dialog, &told, NULL, &text, &lock, reterr);
    }
    if (st != UKB_OK) {
        goto out;
    }
    entry.text = ukb_buf_text(&text);
    entry.prompt = ukb_buf_text(&prompt);
    entry.repeat = ukb_words_label(dialog->lang, UKB_WORDS_REPEAT);
    entry.disagreement = ukb_buf_text(&disagreement);
    st = ask_until_good(dialog, &told, unlike, &entry, ret_pin, reterr);
    leave(dialog, lock);
out:
    ukb_buf_done(&text);
    ukb_buf_done(&prompt);
    ukb_buf_done(&disagreement);
    return st;
}

static enum ukb_status
status_of_no(const char *question_id)
{
    static const struct {
        const char *id;
        enum ukb_status status;
    } rows[] = {
        { UKB_DIALOG_QUESTION_FINAL_TRY, UKB_E_PIN_FINAL_TRY },
        { UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY, UKB_E_PIN_FINAL_TRY },
        { UKB_DIALOG_QUESTION_PIN_PAD, UKB_E_PIN_CANCELLED },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].id, question_id) == 0) {
            return rows[i].status;
        }
    }
    return UKB_E_DENIED_BY_USER;
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
        st = ukb_raise(reterr, status_of_no(question_id), 0, "the user said no to %s", question_id);
    }
    return st;
}
