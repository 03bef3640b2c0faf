/* SPDX-License-Identifier: MIT */
/*
 * lines - what will happen to which certificate, as lines of the dialog that asks for the PIN.
 *
 * Room: renewal, inside only.
 */
#ifndef UKB_RENEWAL_LINES_H
#define UKB_RENEWAL_LINES_H

#include <stddef.h>

#include "core/buf.h"
#include "core/status.h"
#include "dialog/words.h"
#include "pki/certificate.h"

#define UKB_LINES_MAX 16U

/** Zero-initialise; free with ukb_lines_done(). */
struct ukb_lines {
    char *texts[UKB_LINES_MAX]; /**< owned */
    size_t count;
};

/** Add one; beyond UKB_LINES_MAX nothing is added (the dialog shows fewer). @p lang: BCP 47 tag. */
UKB_MUST_USE enum ukb_status ukb_lines_add(struct ukb_lines *lines, const char *lang, enum ukb_words_change change,
                                           const struct ukb_certificate *certificate, struct ukb_error *reterr);
void ukb_lines_done(struct ukb_lines *lines);

#endif /* UKB_RENEWAL_LINES_H */
