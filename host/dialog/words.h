/* SPDX-License-Identifier: MIT */
/*
 * words - all sentences of the dialogs, in Chinese and English.
 *
 * Room: dialog.  May include core/.  Pure text: no OS, no library. A value from outside is made harmless
 * (dialog/value.h) and put into its sentence by position; it is never a format string.
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
enum ukb_words_change { UKB_WORDS_ADD, UKB_WORDS_REMOVE, UKB_WORDS_KEEP, UKB_WORDS_USE, UKB_WORDS_CHANGE_COUNT };

/** What a certificate is for: both halves of a dual pair bear one name. */
enum ukb_words_use { UKB_WORDS_ANY_USE, UKB_WORDS_SIGNING, UKB_WORDS_ENCRYPTION, UKB_WORDS_USE_COUNT };

/** Why a new PIN cannot be taken. */
enum ukb_words_refusal {
    UKB_WORDS_TOO_SHORT,
    UKB_WORDS_TOO_LONG,
    UKB_WORDS_DIFFERENT,  /**< its two entries */
    UKB_WORDS_LIKE_OLD,   /**< it is the PIN that was in force */
    UKB_WORDS_LIKE_ADMIN, /**< it is the administrator's */
    UKB_WORDS_REFUSAL_COUNT
};

/** Short texts of a dialog's frame, without values. */
enum ukb_words_label {
    UKB_WORDS_TITLE,
    UKB_WORDS_OK,        /**< button that gives the PIN */
    UKB_WORDS_CANCEL,    /**< button that does not */
    UKB_WORDS_YES,       /**< button that agrees to a question */
    UKB_WORDS_NO,        /**< button that does not */
    UKB_WORDS_CAPS_LOCK, /**< hint while Caps Lock is on */
    UKB_WORDS_SHOW_PIN,  /**< the button that makes the PIN readable */
    UKB_WORDS_HIDE_PIN,  /**< the same, pressed */
    UKB_WORDS_ASK_SHOW,  /**< question before the PIN is made readable */
    UKB_WORDS_REPEAT,    /**< prompt of the field that a new PIN is repeated in */
    UKB_WORDS_LABEL_COUNT
};

/** The language of the BCP 47 tag @p tag: zh and zh-… are Chinese, everything else, and NULL, is English. */
enum ukb_lang ukb_words_lang(const char *tag);

/** A text of the frame. Static storage. An underscore marks the next character as the button's access key. */
const char *ukb_words_label(enum ukb_lang lang, enum ukb_words_label label);

/** Append what stands beside the PIN's field, with the lengths that the token states. */
UKB_MUST_USE enum ukb_status ukb_words_prompt(enum ukb_lang lang, const struct ukb_dialog_facts *facts,
                                              struct ukb_buf *buf, struct ukb_error *reterr);

/**
 * Append one change as a line for ukb_dialog_facts.lines, without a newline.
 *
 * @param lang         language.
 * @param change       what happens.
 * @param use          to which certificate.
 * @param common_name  of the certificate's subject, from outside: made harmless, UKB_DIALOG_VALUE_MAX_LEN at most.
 * @param not_after    its end as text for people ("2027-11-21"), from outside: the same.
 * @param buf          appended to.
 * @retval UKB_E_TOO_LARGE, UKB_E_INTERNAL  from the buffer.
 */
UKB_MUST_USE enum ukb_status ukb_words_change(enum ukb_lang lang, enum ukb_words_change change, enum ukb_words_use use,
                                              const char *common_name, const char *not_after, struct ukb_buf *buf,
                                              struct ukb_error *reterr);

/** Append why a new PIN cannot be taken, with the lengths of @p facts. Errors as ukb_words_text(). */
UKB_MUST_USE enum ukb_status ukb_words_refusal(enum ukb_lang lang, enum ukb_words_refusal refusal,
                                               const struct ukb_dialog_facts *facts, struct ukb_buf *buf,
                                               struct ukb_error *reterr);

/**
 * Append the whole text of a PIN dialog (@p question_id NULL) or of a question.
 *
 * Who asks, which UKey, what will happen, what must not be done, what is known of the tries and that no web page sees
 * the PIN are always there; when @p max_len leaves no room for all facts->lines, the last are left out and counted.
 *
 * @param max_len  bytes that the text may take on the wire (see dialog/value.h); at least UKB_WORDS_TEXT_MIN_LEN.
 * @retval UKB_E_TOO_LARGE, UKB_E_INTERNAL  from the buffer.
 */
UKB_MUST_USE enum ukb_status ukb_words_text(enum ukb_lang lang, const struct ukb_dialog_facts *facts,
                                            const char *question_id, size_t max_len, struct ukb_buf *buf,
                                            struct ukb_error *reterr);

/** Wire bytes that hold any text without its lines, with the longest values. */
#define UKB_WORDS_TEXT_MIN_LEN 980U

#endif /* UKB_DIALOG_WORDS_H */
