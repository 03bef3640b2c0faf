/* SPDX-License-Identifier: MIT */
/*
 * words - all sentences of the dialogs, in Chinese and English, and the only place where outside text enters them.
 *
 * Room: dialog.  May include core/.  Pure text: no OS, no library.
 *
 * A value from outside (origin, label, serial, names) is made harmless first, see ukb_words_value(), and put into its
 * sentence by position; it is never a format string.
 */
#ifndef UKB_DIALOG_WORDS_H
#define UKB_DIALOG_WORDS_H

#include <stddef.h>

#include "core/buf.h"
#include "core/status.h"
#include "dialog/dialog.h"

/** A language of the dialogs. */
enum ukb_lang { UKB_LANG_EN, UKB_LANG_ZH, UKB_LANG_COUNT };

/** What happens to a certificate. */
enum ukb_words_change { UKB_WORDS_ADD, UKB_WORDS_REMOVE, UKB_WORDS_KEEP, UKB_WORDS_CHANGE_COUNT };

/** Short texts of a dialog's frame: whole sentences or labels without values. */
enum ukb_words_label {
    UKB_WORDS_TITLE,
    UKB_WORDS_PROMPT,    /**< beside the PIN's field */
    UKB_WORDS_OK,        /**< button that gives the PIN */
    UKB_WORDS_CANCEL,    /**< button that does not */
    UKB_WORDS_YES,       /**< button that agrees to a question */
    UKB_WORDS_NO,        /**< button that does not */
    UKB_WORDS_CAPS_LOCK, /**< hint while Caps Lock is on */
    UKB_WORDS_SHOW_PIN,  /**< tooltip of the eye */
    UKB_WORDS_HIDE_PIN,  /**< the same, pressed */
    UKB_WORDS_ASK_SHOW,  /**< question before the PIN is made readable */
    UKB_WORDS_LABEL_COUNT
};

/** The language of the BCP 47 tag @p tag: zh and zh-… are Chinese, everything else, and NULL, is English. */
enum ukb_lang ukb_words_lang(const char *tag);

/** A text of the frame. Static storage. */
const char *ukb_words_label(enum ukb_lang lang, enum ukb_words_label label);

/**
 * Append @p text to @p buf so that it cannot pass for more than one value within one line: control characters, line and
 * paragraph separators, direction marks and overrides, zero-width and other invisible characters and bytes that are not
 * UTF-8 become U+FFFD; < and > become ‹ and › (pinentry-qt takes tags for markup); runs of spaces become one. At most
 * @p max_len bytes are appended, an ellipsis included, cut between characters, a percent sign counting as the three
 * bytes that it takes on the wire.
 */
UKB_MUST_USE enum ukb_status ukb_words_value(const char *text, size_t max_len, struct ukb_buf *buf,
                                             struct ukb_error *reterr);

/**
 * Like ukb_words_value(), for an origin: what does not fit is left out in the middle, because the end of a host name
 * says whose it is.
 */
UKB_MUST_USE enum ukb_status ukb_words_origin(const char *origin, size_t max_len, struct ukb_buf *buf,
                                              struct ukb_error *reterr);

/**
 * Append one change as a line for ukb_dialog_facts.lines, without a newline.
 *
 * @param lang         language.
 * @param change       what happens.
 * @param common_name  of the certificate's subject, UTF-8 from outside.
 * @param not_after    its end as text for people ("2027-11-21"), from outside.
 * @param buf          appended to.
 * @retval UKB_E_TOO_LARGE, UKB_E_INTERNAL  from the buffer.
 */
UKB_MUST_USE enum ukb_status ukb_words_change(enum ukb_lang lang, enum ukb_words_change change, const char *common_name,
                                              const char *not_after, struct ukb_buf *buf, struct ukb_error *reterr);

/**
 * Append the whole text of a PIN dialog (@p question_id NULL) or of a question.
 *
 * Who asks, which UKey, what will happen, what must not be done and that the PIN stays away from the web page are
 * always there; when @p max_len leaves no room for all lines, the last lines are left out and their number is told
 * instead.
 *
 * @param max_len  bytes that the text may take on the wire (line feeds and percent signs count three).
 * @retval UKB_E_TOO_LARGE, UKB_E_INTERNAL  from the buffer.
 */
UKB_MUST_USE enum ukb_status ukb_words_text(enum ukb_lang lang, const struct ukb_dialog_facts *facts,
                                            const char *question_id, size_t max_len, struct ukb_buf *buf,
                                            struct ukb_error *reterr);

#endif /* UKB_DIALOG_WORDS_H */
