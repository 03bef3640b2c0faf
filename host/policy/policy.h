/* SPDX-License-Identifier: MIT */
/*
 * policy - the administrator's policy and the user's configuration, and what they decide.
 *
 * Room: policy.  May include core/ and platform/.  Both files are described in host/docs/policy.md.
 */
#ifndef UKB_POLICY_POLICY_H
#define UKB_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/contract.h"
#include "core/rpc.h"
#include "core/status.h"

struct ukb_policy;

/** A PKCS#11 module to be used. Strings belong to the policy. */
struct ukb_policy_module {
    const char *name; /**< unique; the `id` on the wire */
    const char *path; /**< absolute */
};

/** What happens to a superseded signing pair (protocol, Renewal: tidy). */
enum ukb_retire { UKB_RETIRE_EXPIRED, UKB_RETIRE_NOW, UKB_RETIRE_KEEP };

/**
 * Read policy.json and config.json where ukb_path_get() says.
 *
 * A file that is there but unreadable, malformed or wrongly owned does not fail this call: the policy is then *broken*
 * and ukb_policy_decide() answers UKB_E_POLICY_INVALID to every call that a policy could allow.
 * @retval UKB_E_INTERNAL  no memory or no home folder.
 */
UKB_MUST_USE enum ukb_status ukb_policy_load(struct ukb_policy **ret_policy, struct ukb_error *reterr);

/** The same from given texts, for tests: NULL stands for a file that is not there. */
UKB_MUST_USE enum ukb_status ukb_policy_parse(const char *policy_text, const char *config_text,
                                              struct ukb_policy **ret_policy, struct ukb_error *reterr);
void ukb_policy_free(struct ukb_policy *policy);

/**
 * May a request of this @p context call a method of @p grant?
 * @retval UKB_E_BAD_ORIGIN, UKB_E_ORIGIN_NOT_ALLOWED, UKB_E_UI_ONLY, UKB_E_POLICY_INVALID
 */
UKB_MUST_USE enum ukb_status ukb_policy_decide(const struct ukb_policy *policy, enum ukb_grant grant,
                                               const struct ukb_context *context, struct ukb_error *reterr);

/** What is wrong with one of the two files, and where: not for pages. NULL when both are good. */
const char *ukb_policy_fault(const struct ukb_policy *policy);

/** True when a policy file governs this installation. */
bool ukb_policy_is_managed(const struct ukb_policy *policy);

/**
 * The modules to use, the preferred one first: the policy's, the user's where allowed, p11-kit's, OpenSC's, known
 * vendors'. The first call looks for them (ukb_policy_parse() alone: no further than the two texts); from then on they
 * stay where they are.
 */
const struct ukb_policy_module *ukb_policy_modules(struct ukb_policy *policy, size_t *ret_count);

/** How many modules were found for which there was no room. */
size_t ukb_policy_modules_left_out(const struct ukb_policy *policy);

/** Where modules of the system are; its user's folder is that of ukb_path_get(). */
struct ukb_module_places;
extern const struct ukb_module_places ukb_module_places;

/** Before the first ukb_policy_modules(): look for modules there; @p places is borrowed. */
void ukb_policy_look_in(struct ukb_policy *policy, const struct ukb_module_places *places);

/** PEM files of trust anchors; NULL-terminated, owned by the policy. */
const char *const *ukb_policy_trust_anchors(const struct ukb_policy *policy);

/** PEM files of the certificates that may authorise the reset of a PIN; NULL-terminated, owned by the policy. */
const char *const *ukb_policy_reset_authorities(const struct ukb_policy *policy);

/** PEM files of this host's own certificate and key. False, and both NULL, when the policy names none. */
bool ukb_policy_host_identity(const struct ukb_policy *policy, const char **ret_certificate, const char **ret_key);

/** The PIN dialog's program, or NULL for the system's. */
const char *ukb_policy_pinentry(const struct ukb_policy *policy);

enum ukb_retire ukb_policy_retire(const struct ukb_policy *policy);

/** URL of the site that renews certificates of the issuer of this name (RFC 4514, as facts->issuer.dn), or NULL. */
const char *ukb_policy_issuer_portal(const struct ukb_policy *policy, const char *issuer);

/** Whether the audit goes to the log of the system as well. */
bool ukb_policy_audit_syslog(const struct ukb_policy *policy);

/** Days before its end from which a certificate is "expiring". */
unsigned int ukb_policy_reminder_days(const struct ukb_policy *policy);

/** Where the newest version is told, as the policy has it; NULL when it has none, or is broken. */
const char *ukb_policy_update(const struct ukb_policy *policy);

/** Whether http on this computer counts as https does elsewhere. */
bool ukb_policy_allows_loopback(const struct ukb_policy *policy);

#endif /* UKB_POLICY_POLICY_H */
