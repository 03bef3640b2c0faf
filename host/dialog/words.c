/* SPDX-License-Identifier: MIT */
#include "dialog/words.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "dialog/sentences.h"
#include "dialog/value.h"

#define PIECE_MAX_LEN 2048U /* of a text's head or tail while it is put together */
#define VALUES_MAX    2U    /* {1} and {2} of a sentence */

enum ukb_lang
ukb_words_lang(const char *tag)
{
    if (tag != NULL && (tag[0] == 'z' || tag[0] == 'Z') && (tag[1] == 'h' || tag[1] == 'H') &&
        (tag[2] == '\0' || tag[2] == '-')) {
        return UKB_LANG_ZH;
    }
    return UKB_LANG_EN;
}

/* Append @p sentence with its {1} and {2} replaced by @p first and @p second, harmless texts. */
static enum ukb_status
fill(const char *sentence, const char *first, const char *second, struct ukb_buf *buf, struct ukb_error *reterr)
{
    const char *const values[VALUES_MAX] = { first, second };
    enum ukb_status st = UKB_OK;

    while (st == UKB_OK && *sentence != '\0') {
        const size_t len = strcspn(sentence, "{");

        st = ukb_buf_append(buf, sentence, len, reterr);
        sentence += len;
        if (st == UKB_OK && *sentence == '{') {
            st = ukb_buf_append_text(buf, values[sentence[1] - '1'], reterr);
            sentence += strlen("{1}");
        }
    }
    return st;
}

static enum ukb_status
say(enum ukb_lang lang, enum ukb_sentence which, const char *first, const char *second, struct ukb_buf *buf,
    struct ukb_error *reterr)
{
    return fill(ukb_sentence(lang, which), first, second, buf, reterr);
}

/* Append @p sentence with two values from outside, either of which may be NULL. */
static enum ukb_status
fill_outside(const char *sentence, const char *first, const char *second, struct ukb_buf *buf, struct ukb_error *reterr)
{
    struct ukb_buf one = UKB_BUF_INIT(UKB_VALUE_MAX_LEN);
    struct ukb_buf two = UKB_BUF_INIT(UKB_VALUE_MAX_LEN);
    enum ukb_status st;

    st = ukb_value_append(first == NULL ? "" : first, UKB_VALUE_NAME, UKB_DIALOG_VALUE_MAX_LEN, &one, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_value_append(second == NULL ? "" : second, UKB_VALUE_NAME, UKB_DIALOG_VALUE_MAX_LEN, &two, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = fill(sentence, ukb_buf_text(&one), ukb_buf_text(&two), buf, reterr);
out:
    ukb_buf_done(&one);
    ukb_buf_done(&two);
    return st;
}

enum ukb_status
ukb_words_change(enum ukb_lang lang, enum ukb_words_change change, enum ukb_words_use use, const char *common_name,
                 const char *not_after, struct ukb_buf *buf, struct ukb_error *reterr)
{
    return fill_outside(ukb_sentence_change(lang, change, use), common_name, not_after, buf, reterr);
}

static enum ukb_status
say_who(enum ukb_lang lang, const struct ukb_dialog_facts *facts, struct ukb_buf *buf, struct ukb_error *reterr)
{
    const enum ukb_sentence which = facts->action == UKB_DIALOG_SIGN_IN ? UKB_S_SIGN_IN : UKB_S_WEBSITE;
    struct ukb_buf shown = UKB_BUF_INIT(UKB_VALUE_MAX_LEN);
    enum ukb_status st;

    if (facts->origin == NULL) {
        return say(lang, UKB_S_WINDOW, "", "", buf, reterr);
    }
    st = ukb_value_append(facts->origin, UKB_VALUE_ORIGIN, UKB_DIALOG_VALUE_MAX_LEN, &shown, reterr);
    if (st == UKB_OK) {
        st = say(lang, which, ukb_buf_text(&shown), "", buf, reterr);
    }
    ukb_buf_done(&shown);
    return st;
}

static enum ukb_status
say_ukey(enum ukb_lang lang, const struct ukb_dialog_facts *facts, struct ukb_buf *buf, struct ukb_error *reterr)
{
    const bool label = facts->token_label != NULL && facts->token_label[0] != '\0';
    const bool serial = facts->token_serial != NULL && facts->token_serial[0] != '\0';
    const enum ukb_sentence which = label && serial ? UKB_S_UKEY_LABEL_SERIAL
                                    : label         ? UKB_S_UKEY_LABEL
                                    : serial        ? UKB_S_UKEY_SERIAL
                                                    : UKB_S_UKEY;

    return fill_outside(ukb_sentence(lang, which), facts->token_label, facts->token_serial, buf, reterr);
}

/* Append @p sentence with the lengths that the PIN may have. */
static enum ukb_status
say_lengths(const char *sentence, const struct ukb_dialog_facts *facts, struct ukb_buf *buf, struct ukb_error *reterr)
{
    char min_text[24];
    char max_text[24];

    (void)snprintf(min_text, sizeof(min_text), "%zu", facts->min_len);
    (void)snprintf(max_text, sizeof(max_text), "%zu", facts->max_len);
    return fill(sentence, min_text, max_text, buf, reterr);
}

enum ukb_status
ukb_words_prompt(enum ukb_lang lang, const struct ukb_dialog_facts *facts, struct ukb_buf *buf,
                 struct ukb_error *reterr)
{
    static const enum ukb_sentence names[UKB_DIALOG_PIN_COUNT] = { [UKB_DIALOG_PIN_LOGIN] = UKB_S_PROMPT_LOGIN,
                                                                   [UKB_DIALOG_PIN_OLD] = UKB_S_PROMPT_OLD,
                                                                   [UKB_DIALOG_PIN_ADMIN] = UKB_S_PROMPT_ADMIN,
                                                                   [UKB_DIALOG_PIN_NEW] = UKB_S_PROMPT_NEW };
    const bool min = facts->min_len > 0;
    const bool max = facts->max_len > 0;
    const enum ukb_sentence length = min && max ? UKB_S_LENGTH_RANGE
                                     : min      ? UKB_S_LENGTH_MIN
                                     : max      ? UKB_S_LENGTH_MAX
                                                : UKB_S_LENGTH;
    enum ukb_status st = say(lang, names[facts->pin], "", "", buf, reterr);

    return st != UKB_OK ? st : say_lengths(ukb_sentence(lang, length), facts, buf, reterr);
}

enum ukb_status
ukb_words_refusal(enum ukb_lang lang, enum ukb_words_refusal refusal, const struct ukb_dialog_facts *facts,
                  struct ukb_buf *buf, struct ukb_error *reterr)
{
    return say_lengths(ukb_sentence_refusal(lang, refusal), facts, buf, reterr);
}

/* What stands above the lines: who asks, of which UKey, for what. */
static enum ukb_status
head(enum ukb_lang lang, const struct ukb_dialog_facts *facts, struct ukb_buf *buf, struct ukb_error *reterr)
{
    enum ukb_status st = say_who(lang, facts, buf, reterr);

    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, "\n", reterr);
    }
    if (st == UKB_OK) {
        st = say_ukey(lang, facts, buf, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, "\n", reterr);
    }
    return st != UKB_OK ? st : say(lang, UKB_S_ACTION, ukb_sentence_action(lang, facts->action), "", buf, reterr);
}

/* What the user has to know before giving a PIN, in order; UKB_S_COUNT ends it. */
#define TAIL_MAX 5U

static void
choose_tail(const struct ukb_dialog_facts *facts, enum ukb_sentence ret_tail[TAIL_MAX])
{
    static const enum ukb_sentence tries[][2] = {
        [UKB_DIALOG_TRIES_UNKNOWN] = { UKB_S_TRIES_UNKNOWN, UKB_S_ADMIN_TRIES_UNKNOWN },
        [UKB_DIALOG_TRIES_LOW] = { UKB_S_TRIES_LOW, UKB_S_ADMIN_TRIES_LOW },
        [UKB_DIALOG_TRIES_FINAL] = { UKB_S_TRIES_FINAL, UKB_S_ADMIN_TRIES_FINAL },
    };
    size_t count = 0;

    switch (facts->pin) {
    case UKB_DIALOG_PIN_LOGIN:
    case UKB_DIALOG_PIN_OLD:
        ret_tail[count++] = UKB_S_DO_NOT_UNPLUG;
        ret_tail[count++] = tries[facts->tries][0];
        break;
    case UKB_DIALOG_PIN_ADMIN:
        ret_tail[count++] = UKB_S_ADMIN_WHO;
        ret_tail[count++] = tries[facts->tries][1];
        break;
    case UKB_DIALOG_PIN_NEW:
    case UKB_DIALOG_PIN_COUNT:
        ret_tail[count++] = UKB_S_DO_NOT_UNPLUG;
        ret_tail[count++] = UKB_S_NEW_CHOOSE;
        ret_tail[count++] = UKB_S_NEW_KEEP;
        break;
    }
    ret_tail[count++] = UKB_S_PIN_STAYS;
    ret_tail[count] = UKB_S_COUNT;
}

/* What stands below the lines: the question, or what the user has to know before giving the PIN. */
static enum ukb_status
tail(enum ukb_lang lang, const struct ukb_dialog_facts *facts, const char *question_id, struct ukb_buf *buf,
     struct ukb_error *reterr)
{
    enum ukb_sentence last[TAIL_MAX];
    enum ukb_status st = ukb_buf_append_text(buf, "\n", reterr);
    size_t i;

    if (question_id != NULL) {
        st = ukb_buf_append_text(buf, "\n", reterr);
        return st != UKB_OK ? st
                            : fill_outside(ukb_sentence_question(lang, question_id), question_id, NULL, buf, reterr);
    }
    choose_tail(facts, last);
    for (i = 0; st == UKB_OK && last[i] != UKB_S_COUNT; i++) {
        st = ukb_buf_append_text(buf, "\n", reterr);
        if (st == UKB_OK) {
            st = say(lang, last[i], "", "", buf, reterr);
        }
    }
    return st;
}

/* Append as many lines as take @p max_len on the wire, and the number of those that do not. */
static enum ukb_status
lines(enum ukb_lang lang, const struct ukb_dialog_facts *facts, size_t max_len, struct ukb_buf *buf,
      struct ukb_error *reterr)
{
    struct ukb_buf line = UKB_BUF_INIT(PIECE_MAX_LEN);
    struct ukb_buf more = UKB_BUF_INIT(PIECE_MAX_LEN);
    char count[24];
    enum ukb_status st = UKB_OK;
    size_t used = 0;
    size_t i;

    for (i = 0; i < facts->line_count; i++) {
        ukb_buf_clear(&line);
        ukb_buf_clear(&more);
        (void)snprintf(count, sizeof(count), "%zu", facts->line_count - i);
        st = ukb_buf_append_text(&more, "\n", reterr);
        if (st == UKB_OK) {
            st = say(lang, UKB_S_MORE_LINES, count, "", &more, reterr);
        }
        if (st == UKB_OK) {
            st = ukb_buf_append_text(&line, "\n• ", reterr);
        }
        if (st == UKB_OK) {
            st = ukb_value_append(facts->lines[i], UKB_VALUE_LINE, UKB_VALUE_MAX_LEN, &line, reterr);
        }
        if (st != UKB_OK) {
            goto out;
        }
        used += ukb_value_wire_len(ukb_buf_text(&line));
        /* Behind every line but the last there must be room left to say how many are missing. */
        if (used + (i + 1 < facts->line_count ? ukb_value_wire_len(ukb_buf_text(&more)) : 0) > max_len) {
            st = ukb_buf_append_text(buf, ukb_buf_text(&more), reterr);
            goto out;
        }
        st = ukb_buf_append_text(buf, ukb_buf_text(&line), reterr);
        if (st != UKB_OK) {
            goto out;
        }
    }
out:
    ukb_buf_done(&line);
    ukb_buf_done(&more);
    return st;
}

enum ukb_status
ukb_words_text(enum ukb_lang lang, const struct ukb_dialog_facts *facts, const char *question_id, size_t max_len,
               struct ukb_buf *buf, struct ukb_error *reterr)
{
    struct ukb_buf above = UKB_BUF_INIT(PIECE_MAX_LEN);
    struct ukb_buf below = UKB_BUF_INIT(PIECE_MAX_LEN);
    size_t fixed_len;
    enum ukb_status st;

    assert(max_len >= UKB_WORDS_TEXT_MIN_LEN);
    st = head(lang, facts, &above, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = tail(lang, facts, question_id, &below, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    fixed_len = ukb_value_wire_len(ukb_buf_text(&above)) + ukb_value_wire_len(ukb_buf_text(&below));
    st = lines(lang, facts, max_len > fixed_len ? max_len - fixed_len : 0, &above, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_buf_append_text(buf, ukb_buf_text(&above), reterr);
    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, ukb_buf_text(&below), reterr);
    }
out:
    ukb_buf_done(&above);
    ukb_buf_done(&below);
    return st;
}
