/* SPDX-License-Identifier: MIT */
#include "doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a shell takes as it is. */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-"

/* Bytes of the UTF-8 character at @p text (RFC 3629), 0 when there is none. */
static size_t
character_len(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, second_first, second_last;
        size_t len;
    } rows[] = {
        { 0x20, 0x7E, 0, 0, 1 },       { 0xC2, 0xC2, 0xA0, 0xBF, 2 }, { 0xC3, 0xDF, 0x80, 0xBF, 2 },
        { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 },
        { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 },
        { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    size_t i;
    size_t at;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (text[0] < rows[i].first || text[0] > rows[i].last) {
            continue;
        }
        if (rows[i].len > 1 && (text[1] < rows[i].second_first || text[1] > rows[i].second_last)) {
            return 0;
        }
        for (at = 2; at < rows[i].len; at++) {
            if ((text[at] & 0xC0U) != 0x80U) {
                return 0;
            }
        }
        return rows[i].len;
    }
    return 0;
}

/* Copy @p text harmless, as many whole characters as fit; each byte that is none becomes a '?', or white space one. */
static void
copy(char *to, size_t size, const char *text)
{
    const unsigned char *from = (const unsigned char *)text;
    size_t len = 0;

    while (*from != '\0') {
        const size_t own = character_len(from);

        if (len + (own == 0 ? 1 : own) >= size) {
            break;
        }
        if (own == 0) {
            to[len++] = *from == '\n' || *from == '\t' ? ' ' : '?';
            from++;
            continue;
        }
        memcpy(to + len, from, own);
        len += own;
        from += own;
    }
    to[len] = '\0';
}

struct ukb_finding *
ukb_found(struct ukb_doctor *doctor, enum ukb_cause cause, const char *subject)
{
    struct ukb_findings *findings = doctor->findings;
    struct ukb_finding *finding = &findings->spare;

    if (findings->count < UKB_FINDINGS_MAX) {
        finding = &findings->items[findings->count++];
    } else {
        free(finding->command);
    }
    memset(finding, 0, sizeof(*finding));
    finding->check = doctor->check;
    finding->cause = cause;
    if (subject != NULL) {
        copy(finding->subject, sizeof(finding->subject), subject);
    }
    return finding;
}

void
ukb_found_evidence(struct ukb_finding *finding, const char *format, ...)
{
    char text[2U * UKB_EVIDENCE_MAX_LEN];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    copy(finding->evidence, sizeof(finding->evidence), text);
}

void
ukb_found_values(struct ukb_finding *finding, const char *first, const char *second)
{
    if (first != NULL) {
        copy(finding->values[0], sizeof(finding->values[0]), first);
    }
    if (second != NULL) {
        copy(finding->values[1], sizeof(finding->values[1]), second);
    }
}

/* Append @p word as a shell takes it for one word. */
static enum ukb_status
quote(const char *word, struct ukb_buf *buf, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (word[0] != '\0' && strspn(word, PLAIN) == strlen(word)) {
        return ukb_buf_append_text(buf, word, reterr);
    }
    st = ukb_buf_append_text(buf, "'", reterr);
    while (st == UKB_OK && *word != '\0') {
        const size_t len = strcspn(word, "'");

        st = ukb_buf_append(buf, word, len, reterr);
        word += len;
        if (st == UKB_OK && *word == '\'') {
            st = ukb_buf_append_text(buf, "'\\''", reterr);
            word++;
        }
    }
    return st == UKB_OK ? ukb_buf_append_text(buf, "'", reterr) : st;
}

void
ukb_found_command(struct ukb_finding *finding, const char *text, const char *first, const char *second)
{
    struct ukb_buf one = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_buf two = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_buf command = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error error = { 0 };
    const char *at = NULL;
    bool harmless = true;

    if (quote(first == NULL ? "" : first, &one, &error) == UKB_OK &&
        quote(second == NULL ? "" : second, &two, &error) == UKB_OK &&
        ukb_cause_fill(text, &(struct ukb_cause_values){ .first = ukb_buf_text(&one), .second = ukb_buf_text(&two) },
                       &command, &error) == UKB_OK) {
        for (at = ukb_buf_text(&command); harmless && *at != '\0';) {
            const size_t len = character_len((const unsigned char *)at);

            harmless = len > 0;
            at += len;
        }
        free(finding->command); /* a command that was changed would do something else: none then */
        finding->command = harmless ? ukb_buf_take(&command) : NULL;
    }
    ukb_buf_done(&one);
    ukb_buf_done(&two);
    ukb_buf_done(&command);
}

struct ukb_probes *
ukb_doctor_probes(struct ukb_doctor *doctor)
{
    static struct ukb_probes none; /* nothing was asked */

    if (doctor->probes == NULL) {
        doctor->probes = ukb_probes_new(doctor->setting);
    }
    return doctor->probes == NULL ? &none : doctor->probes;
}

const char *
ukb_doctor_path(const struct ukb_doctor *doctor, const char *path)
{
    static char text[UKB_PATH_MAX_LEN + 1U];

    (void)snprintf(text, sizeof(text), "%s%s", doctor->setting->root, path);
    return text;
}

void
ukb_findings_done(struct ukb_findings *findings)
{
    size_t i;

    for (i = 0; i < findings->count; i++) {
        free(findings->items[i].command);
        findings->items[i].command = NULL;
    }
    free(findings->spare.command);
    findings->spare.command = NULL;
    findings->count = 0;
}
