/* SPDX-License-Identifier: MIT */
/*
 * check - may this certificate take the old one's place?
 *
 * Room: pki.  May include core/.  The rules of one certificate, without a token: no write, no PIN, no network.
 */
#ifndef UKB_PKI_CHECK_H
#define UKB_PKI_CHECK_H

#include <stddef.h>

#include "core/public_key.h"
#include "core/status.h"
#include "pki/certificate.h"

/** What a renewal is for. */
enum ukb_kind {
    UKB_KIND_RENEW,  /**< same holder, later end */
    UKB_KIND_ISSUE,  /**< a blank UKey */
    UKB_KIND_CHANGE, /**< other subject data */
    UKB_KIND_REPLACE /**< lost, or can no longer be renewed */
};

/** Warnings of the check; a caller adds its own beside them. */
#define UKB_WARNING_SUBJECT_DIFFERS "SUBJECT_DIFFERS" /**< renew: another attribute than those that must stay */
#define UKB_WARNING_NOT_YET_VALID   "NOT_YET_VALID"   /**< its validity begins later than now */
#define UKB_WARNING_WEAK_SIGNATURE  "WEAK_SIGNATURE"  /**< issued with less than 112 bits of security (MD5, SHA-1) */
#define UKB_WARNING_WEAK_KEY        "WEAK_KEY"        /**< RSA below 2048 bits, EC below 224 */

#define UKB_WARNINGS_MAX 16U

/** A set of reasons, each once, in the order they were found. Zero-initialise. */
struct ukb_warnings {
    size_t count;
    const char *reasons[UKB_WARNINGS_MAX]; /**< static storage */
};

/** Add @p reason (static storage) unless it is there. More than UKB_WARNINGS_MAX: programmer error. */
void ukb_warnings_add(struct ukb_warnings *warnings, const char *reason);

/** One question. Zero-initialise, then set; everything is borrowed. */
struct ukb_check {
    enum ukb_kind kind;
    const struct ukb_certificate *candidate;   /**< must not be NULL */
    const struct ukb_certificate *old;         /**< of the candidate's role; must not be NULL for UKB_KIND_RENEW */
    const struct ukb_public_key *expected_key; /**< of the request, or the key that stays, or the delivered one; NULL:
                                                    not compared */
    enum ukb_role expected_role; /**< SIGNING and ENCRYPTION: keyUsage must allow it, and may allow more; BOTH: must
                                      allow both; UNKNOWN: anything but a CA (the old one has no keyUsage) */
    const struct ukb_certificate *const *chain; /**< what came along; proves nothing by itself */
    size_t chain_count;
    const struct ukb_certificate *const *anchors; /**< the administrator's; need not be self-signed (RFC 5280 §6.1) */
    size_t anchor_count;
    long long now_s; /**< Unix seconds */
};

/**
 * Check one certificate. The first rule that is broken is the error; its message names what differs.
 *
 * The issuer is trusted when the certificate chains to one of the anchors (RFC 5280 §6), at @p now_s or at its own
 * first second, whichever is later: a certificate that begins tomorrow is no stranger today. Without anchors its issuer
 * name and authority key identifier must be those of the old certificate, and a CA certificate of the chain with that
 * name must have signed the candidate and the old one too (an identifier is only a claim, a signature is not). With
 * neither anchors nor an old certificate nobody is trusted.
 *
 * @param inout_warnings  what was found is added on success; unchanged on failure.
 *
 * @retval UKB_E_BAD_CERTIFICATE   malformed extension, ends before it begins; without an old one: has expired.
 * @retval UKB_E_KEY_MISMATCH      another public key.
 * @retval UKB_E_WRONG_ROLE        keyUsage does not fit, or a CA certificate.
 * @retval UKB_E_NOT_NEWER         renew: does not end later. Others, with an old one: same serial, or begins earlier.
 *                                 Any with an old one: has expired.
 * @retval UKB_E_SUBJECT_CHANGED   renew: CN, O, credit code or an extension 1.2.156.10260.4.1.* differs.
 * @retval UKB_E_UNTRUSTED_ISSUER  see above.
 * Does not block.
 */
UKB_MUST_USE enum ukb_status ukb_check_certificate(const struct ukb_check *check, struct ukb_warnings *inout_warnings,
                                                   struct ukb_error *reterr);

#endif /* UKB_PKI_CHECK_H */
