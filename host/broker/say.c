/* SPDX-License-Identifier: MIT */
#include "broker/say.h"

#include <stdlib.h>
#include <string.h>

/* What is said is UTF-8; where a locale names no character set, it is taken for that. */
static bool
is_utf8(const char *locale)
{
    static const char *const names[] = { "UTF-8", "utf8" }; /* as it is written, and as glibc lists it */
    const char *set = strchr(locale, '.');
    size_t i;

    for (i = 0; set != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        const size_t len = strlen(names[i]);

        if (strncmp(set + 1, names[i], len) == 0 && (set[1 + len] == '\0' || set[1 + len] == '@')) {
            return true;
        }
    }
    return set == NULL;
}

bool
ukb_say_is_chinese(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *locale = NULL;
    size_t i;

    for (i = 0; (locale == NULL || locale[0] == '\0') && i < sizeof(names) / sizeof(names[0]); i++) {
        locale = getenv(names[i]);
    }
    return locale != NULL && strncmp(locale, "zh", 2) == 0 && is_utf8(locale);
}

const char *
ukb_say(const char *en, const char *zh)
{
    return ukb_say_is_chinese() ? zh : en;
}

const char *
ukb_say_text(const struct ukb_text *text)
{
    return ukb_say(text->en, text->zh);
}

const char *
ukb_say_word(const struct ukb_text *words, size_t count, const char *code)
{
    size_t i;

    for (i = 0; code != NULL && i < count; i++) {
        if (strcmp(words[i].en, code) == 0) {
            return ukb_say_text(&words[i]);
        }
    }
    return code;
}
