/* SPDX-License-Identifier: MIT */
/*
 * pinentry - dialogs by GnuPG's pinentry programs, in their words over libassuan.
 *
 * The program starts at once, but is not listened to before the first question: the PKCS#11 module is loaded meanwhile.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "dialog/assuan_line.h"
#include "dialog/backend.h"
#include "dialog/pinentry_process.h"
#include "dialog/pinentry_program.h"
#include "platform/clock.h"
#include "platform/display.h"
#include "secret/secret.h"

#define COMMAND_TIMEOUT_MS 5000U /* of a command that shows nothing */
#define EXTRA_TIMEOUT_MS   2000U /* pinentry's own clock stops when the user begins to type; ours does not */

/* What an answer to GETPIN holds. */
struct answer {
    struct ukb_secret *pin;
    bool too_long;
    bool repeated; /* a second field was shown, and agreed */
};

/* Say one command that shows nothing, whose answer hear() takes. */
static gpg_error_t
say(struct ukb_dialog_screen *screen, const char *command, const char *text)
{
    char line[UKB_ASSUAN_LINE_MAX_LEN + 1U];

    ukb_assuan_line(command, text, line);
    screen->unheard++;
    return assuan_write_line(screen->ctx, line);
}

/* The answer to the oldest command that has none. */
static gpg_error_t
hear(struct ukb_dialog_screen *screen)
{
    assuan_response_t kind = ASSUAN_RESPONSE_STATUS;
    gpg_error_t error = 0;
    char *line = NULL;
    int len = 0;
    int at = 0;

    if (screen->broken) {
        return gpg_error(GPG_ERR_ASS_GENERAL);
    }
    screen->unheard--;
    screen->deadline_ms = (uint64_t)ukb_clock_uptime_ms() + COMMAND_TIMEOUT_MS;
    while (error == 0 &&
           (kind == ASSUAN_RESPONSE_STATUS || kind == ASSUAN_RESPONSE_DATA || kind == ASSUAN_RESPONSE_COMMENT)) {
        error = assuan_client_read_response(screen->ctx, &line, &len);
        if (error == 0) {
            error = assuan_client_parse_response(screen->ctx, line, len, &kind, &at);
        }
    }
    if (error == 0 && kind == ASSUAN_RESPONSE_ERROR) {
        error = (gpg_error_t)strtoul(line + at, NULL, 10);
        return error == 0 ? gpg_error(GPG_ERR_ASS_GENERAL) : error;
    }
    screen->broken = error != 0 || kind != ASSUAN_RESPONSE_OK;
    return screen->broken && error == 0 ? gpg_error(GPG_ERR_ASS_UNEXPECTED_CMD) : error;
}

static gpg_error_t
tell(struct ukb_dialog_screen *screen, const char *command, const char *text)
{
    const gpg_error_t error = say(screen, command, text);

    return error == 0 ? hear(screen) : error;
}

/* Say one option. */
static void
say_option(struct ukb_dialog_screen *screen, const char *name, const char *value)
{
    char option[256];

    (void)snprintf(option, sizeof(option), "%s=%s", name, value); /* both are ours, and short */
    (void)say(screen, "OPTION", option);
}

/* The locale of @p lang if this system has it, else one that it always has. Only programs for terminals look at it. */
static const char *
locale_name(enum ukb_lang lang)
{
    static const char *const wanted[UKB_LANG_COUNT] = { [UKB_LANG_EN] = "en_US.UTF-8", [UKB_LANG_ZH] = "zh_CN.UTF-8" };

    return ukb_display_has_locale(wanted[lang]) ? wanted[lang] : "C.UTF-8";
}

/* Programs know more or fewer options: whichever is unknown does no harm. */
static void
say_options(struct ukb_dialog_screen *screen)
{
    static const struct {
        const char *name;
        enum ukb_words_label value;
    } options[] = {
        { "default-ok", UKB_WORDS_OK },
        { "default-cancel", UKB_WORDS_CANCEL },
        { "default-capshint", UKB_WORDS_CAPS_LOCK },
        { "default-tt-visi", UKB_WORDS_SHOW_PIN },
        { "default-tt-hide", UKB_WORDS_HIDE_PIN },
        { "default-cf-visi", UKB_WORDS_ASK_SHOW },
    };
    const size_t count = sizeof(options) / sizeof(options[0]);
    const char *locale = locale_name(screen->lang);
    size_t i;

    say_option(screen, "lc-ctype", locale);
    say_option(screen, "lc-messages", locale);
    for (i = 0; i < count; i++) {
        say_option(screen, options[i].name, ukb_words_label(screen->lang, options[i].value));
    }
}

static enum ukb_status
screen_start(const char *program, enum ukb_lang lang, struct ukb_dialog_screen **ret_screen, struct ukb_error *reterr)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_dialog_screen *screen = NULL;
    enum ukb_status st;

    st = ukb_pinentry_find(program, &path, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    screen = calloc(1, sizeof(*screen));
    if (screen == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a dialog");
        goto out;
    }
    screen->lang = lang;
    st = ukb_pinentry_start(screen, ukb_buf_text(&path), reterr);
    if (st != UKB_OK) {
        goto out;
    }
    *ret_screen = screen;
    screen = NULL;
out:
    ukb_pinentry_end(screen);
    ukb_buf_done(&path);
    return st;
}

static enum ukb_status
screen_greet(struct ukb_dialog_screen *screen, struct ukb_error *reterr)
{
    const bool is_first = !screen->is_greeted;
    enum ukb_status st = ukb_pinentry_greet(screen, reterr);

    if (st == UKB_OK && is_first) {
        say_options(screen);
    }
    return st;
}

/* An answer that is still to come would be taken for the user's. */
static enum ukb_status
check_whole(const struct ukb_dialog_screen *screen, struct ukb_error *reterr)
{
    if (screen->broken) {
        return ukb_raise(reterr, UKB_E_PIN_UI_UNAVAILABLE, 0, "pinentry was left in the middle of an answer");
    }
    return UKB_OK;
}

/* Hear the answers to all but the last @p left commands. */
static void
hear_all_but(struct ukb_dialog_screen *screen, unsigned int left)
{
    while (screen->unheard > left && !screen->broken) {
        (void)hear(screen);
    }
}

/* Set everything that the next dialog shows, in one go. @p prompt NULL: there is no field. */
static enum ukb_status
prepare(struct ukb_dialog_screen *screen, const char *text, const char *prompt, unsigned int timeout_ms,
        enum ukb_words_label ok, enum ukb_words_label cancel, struct ukb_error *reterr)
{
    const unsigned int before = screen->unheard;
    char seconds[24];
    gpg_error_t error;

    if (check_whole(screen, reterr) != UKB_OK) {
        return reterr->status;
    }
    (void)snprintf(seconds, sizeof(seconds), "%u", (timeout_ms + 999U) / 1000U);
    (void)say(screen, "SETDESC", text);
    (void)say(screen, "SETTIMEOUT", seconds); /* ours holds without it */
    (void)say(screen, "SETTITLE", ukb_words_label(screen->lang, UKB_WORDS_TITLE));
    (void)say(screen, "SETOK", ukb_words_label(screen->lang, ok));
    (void)say(screen, "SETCANCEL", ukb_words_label(screen->lang, cancel));
    if (prompt != NULL) {
        (void)say(screen, "SETPROMPT", prompt); /* without it the program's own stands there, and says the same */
    }
    hear_all_but(screen, screen->unheard - before);
    error = hear(screen);
    hear_all_but(screen, 0);
    if (error != 0) {
        return ukb_pinentry_raise(reterr, error, "takes no text"); /* never ask without having said for what */
    }
    return check_whole(screen, reterr);
}

/* Take a line about the answer. */
static gpg_error_t
take_status(void *ctx, const char *line)
{
    struct answer *answer = ctx;

    if (strcmp(line, "PIN_REPEATED") == 0) {
        answer->repeated = true;
    }
    return 0;
}

/* Take one line of data, which libassuan has decoded. */
static gpg_error_t
take_data(void *ctx, const void *data, size_t len)
{
    struct answer *answer = ctx;
    struct ukb_secret *pin = answer->pin;

    if (len > pin->size - pin->len) {
        answer->too_long = true;
        return gpg_error(GPG_ERR_TOO_LARGE);
    }
    if (len > 0) {
        memcpy(pin->data + pin->len, data, len);
        pin->len += len;
    }
    return 0;
}

/* Show the dialog: @p command, and what its answer means. Whoever closes a question is UKB_E_PIN_CANCELLED here, too.
 */
static enum ukb_status
show(struct ukb_dialog_screen *screen, const char *command, unsigned int timeout_ms, struct answer *answer,
     struct ukb_error *reterr)
{
    gpg_error_t error;

    if (check_whole(screen, reterr) != UKB_OK) {
        return reterr->status;
    }
    screen->deadline_ms = (uint64_t)ukb_clock_uptime_ms() + timeout_ms + EXTRA_TIMEOUT_MS;
    assuan_begin_confidential(screen->ctx); /* libassuan wipes a line of data after each callback */
    error = assuan_transact(screen->ctx, command, answer == NULL ? NULL : take_data, answer, NULL, NULL,
                            answer == NULL ? NULL : take_status, answer);
    assuan_end_confidential(screen->ctx);
    switch (gpg_err_code(error)) {
    case GPG_ERR_NO_ERROR:
        return UKB_OK;
    case GPG_ERR_CANCELED:
    case GPG_ERR_FULLY_CANCELED:
    case GPG_ERR_NOT_CONFIRMED:
        return ukb_raise(reterr, UKB_E_PIN_CANCELLED, error, "the user closed the dialog");
    case GPG_ERR_ETIMEDOUT:
        screen->broken = true;
        return ukb_raise(reterr, UKB_E_PIN_TIMEOUT, error, "no answer within %u ms", timeout_ms);
    case GPG_ERR_TIMEOUT:
        return ukb_raise(reterr, UKB_E_PIN_TIMEOUT, error, "no answer within %u ms", timeout_ms);
    default:
        screen->broken = true;
        return ukb_pinentry_raise(reterr, error, "shows no dialog");
    }
}

/* Say what stands around the fields. Whatever a program does not know of it is left out: dialog.c asks again then. */
static void
tell_entry(struct ukb_dialog_screen *screen, const struct ukb_dialog_entry *entry)
{
    if (entry->complaint != NULL) {
        (void)tell(screen, "SETERROR", entry->complaint);
    }
    if (entry->repeat != NULL && tell(screen, "SETREPEAT", entry->repeat) == 0) {
        (void)tell(screen, "SETREPEATERROR", entry->disagreement);
    }
}

static enum ukb_status
screen_ask_pin(struct ukb_dialog_screen *screen, const struct ukb_dialog_entry *entry, struct ukb_secret *ret_pin,
               bool *ret_repeated, struct ukb_error *reterr)
{
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct answer answer = { .pin = &pin };
    enum ukb_status st;

    st = ukb_secret_alloc(&pin, UKB_PIN_MAX_LEN, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = prepare(screen, entry->text, entry->prompt, entry->timeout_ms, UKB_WORDS_OK, UKB_WORDS_CANCEL, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    tell_entry(screen, entry);
    st = show(screen, "GETPIN", entry->timeout_ms, &answer, reterr);
    if (answer.too_long) {
        st = ukb_raise(reterr, UKB_E_PIN_LENGTH, 0, "a PIN of more than %u bytes", UKB_PIN_MAX_LEN);
    }
    if (st != UKB_OK) {
        goto out;
    }
    ukb_secret_move(ret_pin, &pin);
    *ret_repeated = answer.repeated;
out:
    ukb_secret_done(&pin);
    return st;
}

static enum ukb_status
screen_confirm(struct ukb_dialog_screen *screen, const char *text, unsigned int timeout_ms, bool *ret_yes,
               struct ukb_error *reterr)
{
    enum ukb_status st = prepare(screen, text, NULL, timeout_ms, UKB_WORDS_YES, UKB_WORDS_NO, reterr);

    if (st != UKB_OK) {
        return st;
    }
    st = show(screen, "CONFIRM", timeout_ms, NULL, reterr);
    if (st == UKB_OK || st == UKB_E_PIN_CANCELLED) {
        *ret_yes = st == UKB_OK;
        return UKB_OK;
    }
    return st;
}

const struct ukb_dialog_backend ukb_dialog_native = {
    .text_max_len = UKB_ASSUAN_LINE_MAX_LEN - sizeof("SETDESC"),
    .start = screen_start,
    .greet = screen_greet,
    .ask_pin = screen_ask_pin,
    .confirm = screen_confirm,
    .end = ukb_pinentry_end,
};
