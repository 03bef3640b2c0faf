/* SPDX-License-Identifier: MIT */
/*
 * value - text from outside (an origin, a label, a name) made fit to stand within a sentence of ours.
 *
 * Room: dialog.  May include core/.  A page, a card or a certificate must not be able to add a line to a dialog, to
 * turn its reading direction, to hide in it, or to leave the quotation marks that it is put in. What is done to a
 * character:
 *
 *   line feeds, tabs, every kind of space          one plain space for a whole run of them
 *   other controls, direction marks, characters
 *   that show nothing, bytes that are not UTF-8    a white square (U+25A1), so that people see that something was there
 *   < >                                            ‹ › (pinentry-qt takes tags for markup)
 *   “ ” „ ‟                                        " (ours stay the only ones; not in UKB_VALUE_LINE)
 *
 * Lengths are bytes as the dialog's wire counts them: a percent sign or a line feed takes three (Assuan escaping).
 */
#ifndef UKB_DIALOG_VALUE_H
#define UKB_DIALOG_VALUE_H

#include <stddef.h>

#include "core/buf.h"
#include "core/status.h"

/** The longest value that the functions below make. */
#define UKB_VALUE_MAX_LEN 480U

enum ukb_value_kind {
    UKB_VALUE_NAME,  /**< one value; too long: its end is left out */
    UKB_VALUE_LINE,  /**< a line that holds values in quotation marks already; too long: its end is left out */
    UKB_VALUE_ORIGIN /**< one value; too long: its middle is left out, because the end of a host name says whose it is
                      */
};

/**
 * Append @p text, made harmless as above, to @p buf. What is left out leaves an ellipsis, and is cut between
 * characters.
 *
 * @param text     NUL-terminated; what lies beyond 4 * UKB_VALUE_MAX_LEN bytes is not looked at.
 * @param max_len  wire bytes to append at most, ellipsis included; 16 to UKB_VALUE_MAX_LEN.
 * @retval UKB_E_TOO_LARGE, UKB_E_INTERNAL  from the buffer.
 */
UKB_MUST_USE enum ukb_status ukb_value_append(const char *text, enum ukb_value_kind kind, size_t max_len,
                                              struct ukb_buf *buf, struct ukb_error *reterr);

/** The bytes that @p text takes on the wire. */
size_t ukb_value_wire_len(const char *text);

#endif /* UKB_DIALOG_VALUE_H */
