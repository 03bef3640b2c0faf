/* SPDX-License-Identifier: MIT */
/*
 * relaxed - JSON as Chromium reads its policies, made strict.
 *
 * Room: doctor, inside only.  Source: base::JSONReader with JSON_PARSE_CHROMIUM_EXTENSIONS and
 * JSON_ALLOW_TRAILING_COMMAS, which its loader of policies asks for, and what a Chromium does with such files.
 */
#ifndef UKB_DOCTOR_RELAXED_H
#define UKB_DOCTOR_RELAXED_H

#include "core/buf.h"
#include "core/status.h"

/**
 * Append @p text as strict JSON when it is what Chromium takes: a byte order mark, comments, a comma behind the last
 * item, and in strings line breaks and "\x41". Each byte stays at its place but behind the last two. What is wrong
 * otherwise stays wrong, for ukb_json_check() to find.
 * @retval UKB_E_TOO_LARGE  beyond the buffer's limit, or nested deeper than this program reads.
 */
UKB_MUST_USE enum ukb_status ukb_relaxed_to_strict(const char *text, size_t len, struct ukb_buf *ret_strict,
                                                   struct ukb_error *reterr);

#endif /* UKB_DOCTOR_RELAXED_H */
