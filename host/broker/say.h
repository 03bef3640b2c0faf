/* SPDX-License-Identifier: MIT */
/*
 * say - what a command prints, in the user's language.
 *
 * Room: broker.  English stands beside Chinese wherever there is something to say; the words are those of terms.md.
 */
#ifndef UKB_BROKER_SAY_H
#define UKB_BROKER_SAY_H

#include <stdbool.h>
#include <stddef.h>

/** One text in both. Of a code of the protocol, English is the code itself. */
struct ukb_text {
    const char *en;
    const char *zh;
};

/**
 * Is it Chinese? As POSIX has it: the first that is set of LC_ALL, LC_MESSAGES and LANG tells; else it is English, and
 * so it is where that names another character set than UTF-8.
 */
bool ukb_say_is_chinese(void);

/** The one that the user reads; both may be formats of the same arguments. */
const char *ukb_say(const char *en, const char *zh) __attribute__((format_arg(1), format_arg(2)));

/** The same of a row of a table. */
const char *ukb_say_text(const struct ukb_text *text);

/** What a code reads as; itself when it is none of these @p count @p words. NULL is fine. */
const char *ukb_say_word(const struct ukb_text *words, size_t count, const char *code);

/** The same with an array. */
#define UKB_SAY_WORD(words, code) ukb_say_word((words), sizeof(words) / sizeof((words)[0]), (code))

#endif /* UKB_BROKER_SAY_H */
