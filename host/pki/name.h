/* SPDX-License-Identifier: MIT */
/*
 * name - a distinguished name as text for people.
 *
 * Room: pki.  May include core/.  Text is for showing; names are compared by their DER, never by this text.
 */
#ifndef UKB_PKI_NAME_H
#define UKB_PKI_NAME_H

/**
 * A distinguished name, in UTF-8. Where a name says an attribute twice, the last one is taken (the most specific, as
 * RFC 4514 writes it first); NULL where it says none or the value is no text.
 *
 * The text is what the certificate says, with two exceptions: `dn` is escaped as RFC 4514 asks (control characters as
 * \XX), and in the other members U+FFFD stands for an embedded NUL, which would cut the text. Bidirectional controls
 * and line breaks stay: whoever shows a value makes it safe to show.
 */
struct ukb_name {
    char *dn;                  /**< RFC 4514 §2, never NULL; at most some three times the length of the DER */
    char *common_name;         /**< 2.5.4.3 */
    char *serial_number;       /**< 2.5.4.5 */
    char *country;             /**< 2.5.4.6 */
    char *locality;            /**< 2.5.4.7 */
    char *state;               /**< 2.5.4.8, state or province */
    char *organization;        /**< 2.5.4.10 */
    char *organizational_unit; /**< 2.5.4.11 */
};

#endif /* UKB_PKI_NAME_H */
