/* SPDX-License-Identifier: MIT */
/*
 * sentences - the dialogs' texts as tables, in Chinese and English; words.c puts them together.
 *
 * Room: dialog, inside only. All are static storage.
 */
#ifndef UKB_DIALOG_SENTENCES_H
#define UKB_DIALOG_SENTENCES_H

#include "dialog/dialog.h"
#include "dialog/words.h"

/** Sentences that make up a text. {1} and {2} are values, made harmless before. */
enum ukb_sentence {
    UKB_S_WEBSITE,
    UKB_S_SIGN_IN, /* instead of it, where that is what will happen */
    UKB_S_WINDOW,
    UKB_S_UKEY_LABEL_SERIAL,
    UKB_S_UKEY_LABEL,
    UKB_S_UKEY_SERIAL,
    UKB_S_UKEY,
    UKB_S_ACTION,
    UKB_S_MORE_LINES,
    UKB_S_DO_NOT_UNPLUG,
    UKB_S_TRIES_UNKNOWN,
    UKB_S_TRIES_LOW,
    UKB_S_TRIES_FINAL,
    UKB_S_PIN_STAYS,
    UKB_S_ADMIN_WHO,
    UKB_S_ADMIN_TRIES_UNKNOWN,
    UKB_S_ADMIN_TRIES_LOW,
    UKB_S_ADMIN_TRIES_FINAL,
    UKB_S_NEW_CHOOSE,
    UKB_S_NEW_KEEP,
    UKB_S_PROMPT_LOGIN, /* the prompts: a name … */
    UKB_S_PROMPT_OLD,
    UKB_S_PROMPT_ADMIN,
    UKB_S_PROMPT_NEW,
    UKB_S_LENGTH, /* … and what is known of the length */
    UKB_S_LENGTH_RANGE,
    UKB_S_LENGTH_MIN,
    UKB_S_LENGTH_MAX,
    UKB_S_COUNT
};

const char *ukb_sentence(enum ukb_lang lang, enum ukb_sentence which);

/** What will happen: stands behind UKB_S_ACTION. */
const char *ukb_sentence_action(enum ukb_lang lang, enum ukb_dialog_action action);

/** {1}: whose certificate, {2}: its end. */
const char *ukb_sentence_change(enum ukb_lang lang, enum ukb_words_change change, enum ukb_words_use use);

/** {1} and {2}: the lengths that a PIN may have. */
const char *ukb_sentence_refusal(enum ukb_lang lang, enum ukb_words_refusal refusal);

/** The question of that id; one that is not ours gets a general one, with {1} for its id. */
const char *ukb_sentence_question(enum ukb_lang lang, const char *question_id);

#endif /* UKB_DIALOG_SENTENCES_H */
