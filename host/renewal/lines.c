/* SPDX-License-Identifier: MIT */
#include "renewal/lines.h"

#include <stdlib.h>
#include <string.h>

#include "pki/time.h"

#define LINE_MAX_LEN 600U
#define DATE_LEN     10U /* of "2027-11-21T…" */

static enum ukb_words_use
use_of(enum ukb_role role)
{
    switch (role) {
    case UKB_ROLE_SIGNING:
        return UKB_WORDS_SIGNING;
    case UKB_ROLE_ENCRYPTION:
        return UKB_WORDS_ENCRYPTION;
    case UKB_ROLE_BOTH:
    case UKB_ROLE_UNKNOWN:
        break;
    }
    return UKB_WORDS_ANY_USE;
}

enum ukb_status
ukb_lines_add(struct ukb_lines *lines, const char *lang, enum ukb_words_change change,
              const struct ukb_certificate *certificate, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
    struct ukb_buf line = UKB_BUF_INIT(LINE_MAX_LEN);
    char not_after[UKB_TIME_TEXT_SIZE];
    enum ukb_status st;

    if (lines->count == UKB_LINES_MAX) {
        return UKB_OK;
    }
    ukb_time_format(facts->not_after_s, not_after);
    not_after[DATE_LEN] = '\0';
    st = ukb_words_change(ukb_words_lang(lang), change, use_of(facts->role),
                          facts->subject.common_name == NULL ? facts->subject.dn : facts->subject.common_name,
                          not_after, &line, reterr);
    if (st == UKB_OK) {
        lines->texts[lines->count] = strdup(ukb_buf_text(&line));
        if (lines->texts[lines->count] == NULL) {
            st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a dialog's line");
        } else {
            lines->count++;
        }
    }
    ukb_buf_done(&line);
    return st;
}

void
ukb_lines_done(struct ukb_lines *lines)
{
    while (lines->count > 0) {
        free(lines->texts[--lines->count]);
    }
}
