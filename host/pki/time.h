/* SPDX-License-Identifier: MIT */
/*
 * time - seconds of a certificate as text.
 *
 * Room: pki.  May include core/.  Times are Unix seconds in a long long everywhere: certificates speak of the years
 * 0000 to 9999 (RFC 5280 §4.1.2.5), which a 32-bit time_t does not hold.
 */
#ifndef UKB_PKI_TIME_H
#define UKB_PKI_TIME_H

/** Room for "2026-11-21T07:00:00Z" and a NUL. */
#define UKB_TIME_TEXT_SIZE 21U

#define UKB_TIME_MIN_S (-62167219200LL) /**< 0000-01-01T00:00:00Z */
#define UKB_TIME_MAX_S 253402300799LL   /**< 9999-12-31T23:59:59Z, RFC 5280's "no end" */

/**
 * Write @p time_s as RFC 3339 in UTC, without a fraction. A time outside UKB_TIME_MIN_S and UKB_TIME_MAX_S, which no
 * certificate can say, is written as the nearest one inside. Never fails.
 */
void ukb_time_format(long long time_s, char ret_text[UKB_TIME_TEXT_SIZE]);

#endif /* UKB_PKI_TIME_H */
