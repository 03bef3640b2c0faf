/* SPDX-License-Identifier: MIT */
/*
 * assuan_line - one command line of the Assuan protocol that pinentry speaks.
 *
 * Room: dialog.  May include core/.  A line has at most 1000 bytes and a line feed; within it %, CR and LF are percent-
 * escaped (Assuan manual, "Client requests" and "Server responses"). All else goes as it is, UTF-8 included, so that a
 * long Chinese text fits.
 */
#ifndef UKB_DIALOG_ASSUAN_LINE_H
#define UKB_DIALOG_ASSUAN_LINE_H

#include <stddef.h>

/** Bytes of a line without its end; libassuan cuts what is longer, wherever that is. */
#define UKB_ASSUAN_LINE_MAX_LEN 998U

/**
 * Write "@p command @p text" with its escapes and a NUL to @p ret_line, which has UKB_ASSUAN_LINE_MAX_LEN + 1 bytes.
 * A text that is too long is cut between characters and gets an ellipsis. @p text may be NULL: the command alone.
 */
void ukb_assuan_line(const char *command, const char *text, char *ret_line);

#endif /* UKB_DIALOG_ASSUAN_LINE_H */
