/* SPDX-License-Identifier: MIT */
#include "pki/check.h"

#include <assert.h>

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "pki/internal.h"
#include "pki/time.h"

#define SECURITY_MIN_BITS 112 /* NIST SP 800-57 part 1: what 2048 bits of RSA and SHA-224 give */
#define RSA_MIN_BITS      2048U
#define EC_MIN_BITS       224U

void
ukb_warnings_add(struct ukb_warnings *warnings, const char *reason)
{
    size_t i;

    for (i = 0; i < warnings->count; i++) {
        if (strcmp(warnings->reasons[i], reason) == 0) {
            return;
        }
    }
    assert(warnings->count < UKB_WARNINGS_MAX);
    warnings->reasons[warnings->count++] = reason;
}

static enum ukb_status
check_form(const struct ukb_check *check, struct ukb_warnings *warnings, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = &check->candidate->facts;
    int security_bits = 0;

    if ((X509_get_extension_flags(check->candidate->x509) & EXFLAG_INVALID) != 0) {
        return ukb_pki_raise(reterr, UKB_E_BAD_CERTIFICATE, "an extension is malformed or there twice");
    }
    if (X509_get_signature_info(check->candidate->x509, NULL, NULL, &security_bits, NULL) == 1 &&
        security_bits < SECURITY_MIN_BITS) {
        ukb_warnings_add(warnings, UKB_WARNING_WEAK_SIGNATURE);
    }
    if (facts->key.type != UKB_KEY_UNKNOWN &&
        facts->key_bits < (facts->key.type == UKB_KEY_RSA ? RSA_MIN_BITS : EC_MIN_BITS)) {
        ukb_warnings_add(warnings, UKB_WARNING_WEAK_KEY);
    }
    return UKB_OK;
}

static enum ukb_status
check_key(const struct ukb_check *check, struct ukb_warnings *warnings, struct ukb_error *reterr)
{
    const struct ukb_public_key *key = &check->candidate->facts.key;

    (void)warnings;
    if (check->expected_key == NULL || ukb_public_key_equal(key, check->expected_key)) {
        return UKB_OK;
    }
    if (key->type != check->expected_key->type) {
        return ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0, "the certificate is for another kind of key");
    }
    return ukb_raise(reterr, UKB_E_KEY_MISMATCH, 0, "the certificate is for another public key of the same kind");
}

static bool
role_fits(enum ukb_role role, enum ukb_role expected)
{
    return expected == UKB_ROLE_UNKNOWN || role == expected || role == UKB_ROLE_BOTH;
}

static enum ukb_status
check_role(const struct ukb_check *check, struct ukb_warnings *warnings, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = &check->candidate->facts;

    (void)warnings;
    if (facts->is_ca) {
        return ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "the certificate is a certification authority's");
    }
    if (!role_fits(facts->role, check->expected_role)) {
        return ukb_raise(reterr, UKB_E_WRONG_ROLE, 0, "keyUsage is %s, expected is %s",
                         facts->has_key_usage ? ukb_role_name(facts->role) : "absent",
                         ukb_role_name(check->expected_role));
    }
    return UKB_OK;
}

/* A candidate that nobody could use: it takes no old certificate to see that. */
static enum ukb_status
check_validity(const struct ukb_check *check, struct ukb_warnings *warnings, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = &check->candidate->facts;
    char text[UKB_TIME_TEXT_SIZE];

    ukb_time_format(facts->not_after_s, text);
    if (facts->not_after_s < facts->not_before_s) {
        return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "the certificate ends before it begins, on %s", text);
    }
    if (facts->not_after_s < check->now_s) {
        return ukb_raise(reterr, check->old == NULL ? UKB_E_BAD_CERTIFICATE : UKB_E_NOT_NEWER, 0,
                         "the certificate has already expired, on %s", text);
    }
    if (facts->not_before_s > check->now_s) {
        ukb_warnings_add(warnings, UKB_WARNING_NOT_YET_VALID);
    }
    return UKB_OK;
}

static bool
same_serial(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    return a->serial_der_len == b->serial_der_len && memcmp(a->serial_der, b->serial_der, a->serial_der_len) == 0;
}

static enum ukb_status
check_newer(const struct ukb_check *check, struct ukb_warnings *warnings, struct ukb_error *reterr)
{
    const struct ukb_certificate_facts *facts = &check->candidate->facts;
    const struct ukb_certificate_facts *old = NULL;
    char new_text[UKB_TIME_TEXT_SIZE];
    char old_text[UKB_TIME_TEXT_SIZE];

    (void)warnings;
    if (check->old == NULL) {
        return UKB_OK;
    }
    old = &check->old->facts;
    if (check->kind == UKB_KIND_RENEW) {
        ukb_time_format(facts->not_after_s, new_text);
        ukb_time_format(old->not_after_s, old_text);
        if (facts->not_after_s > old->not_after_s) {
            return UKB_OK;
        }
        return ukb_raise(reterr, UKB_E_NOT_NEWER, 0, "ends on %s, the old one on %s", new_text, old_text);
    }
    if (same_serial(facts, old)) {
        return ukb_raise(reterr, UKB_E_NOT_NEWER, 0, "has the old certificate's serial number");
    }
    if (facts->not_before_s < old->not_before_s) {
        ukb_time_format(facts->not_before_s, new_text);
        ukb_time_format(old->not_before_s, old_text);
        return ukb_raise(reterr, UKB_E_NOT_NEWER, 0, "begins on %s, the old one on %s", new_text, old_text);
    }
    return UKB_OK;
}

/* Does @p list say @p one, with the same value? An extension is there at most once (check_form()). */
static bool
has_identity(const struct ukb_certificate_facts *list, const struct ukb_identity *one)
{
    size_t i;

    for (i = 0; i < list->identity_count; i++) {
        const struct ukb_identity *other = &list->identities[i];

        if (strcmp(other->oid, one->oid) == 0) {
            return other->value_len == one->value_len && memcmp(other->value, one->value, one->value_len) == 0;
        }
    }
    return false;
}

/* The OID of an identity extension of @p a that @p b does not say; NULL when there is none. */
static const char *
identity_beyond(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    size_t i;

    for (i = 0; i < a->identity_count; i++) {
        if (!has_identity(b, &a->identities[i])) {
            return a->identities[i].oid;
        }
    }
    return NULL;
}

static enum ukb_status
check_subject(const struct ukb_check *check, struct ukb_warnings *warnings, struct ukb_error *reterr)
{
    const X509_NAME *subject = X509_get_subject_name(check->candidate->x509);
    const X509_NAME *old_subject = NULL;
    const char *oid = NULL;

    if (check->kind != UKB_KIND_RENEW) {
        return UKB_OK;
    }
    old_subject = X509_get_subject_name(check->old->x509);
    if (!ukb_name_same_values(subject, old_subject, NID_commonName)) {
        return ukb_raise(reterr, UKB_E_SUBJECT_CHANGED, 0, "the common name (CN) differs from the old one");
    }
    if (!ukb_name_same_values(subject, old_subject, NID_organizationName)) {
        return ukb_raise(reterr, UKB_E_SUBJECT_CHANGED, 0, "the organisation (O) differs from the old one");
    }
    if (strcmp(check->candidate->facts.credit_code, check->old->facts.credit_code) != 0) {
        return ukb_raise(reterr, UKB_E_SUBJECT_CHANGED, 0, "the credit code differs from the old one");
    }
    oid = identity_beyond(&check->candidate->facts, &check->old->facts);
    if (oid == NULL) {
        oid = identity_beyond(&check->old->facts, &check->candidate->facts);
    }
    if (oid != NULL) {
        return ukb_raise(reterr, UKB_E_SUBJECT_CHANGED, 0, "extension %s differs from the old one", oid);
    }
    if (X509_NAME_cmp(subject, old_subject) != 0) {
        ukb_warnings_add(warnings, UKB_WARNING_SUBJECT_DIFFERS);
    }
    return UKB_OK;
}

static enum ukb_status
check_issuer(const struct ukb_check *check, struct ukb_warnings *warnings, struct ukb_error *reterr)
{
    (void)warnings;
    return ukb_check_issuer(check, reterr);
}

enum ukb_status
ukb_check_certificate(const struct ukb_check *check, struct ukb_warnings *inout_warnings, struct ukb_error *reterr)
{
    /* In this order: the first broken rule is what the user hears of. */
    static enum ukb_status (*const rules[])(const struct ukb_check *, struct ukb_warnings *, struct ukb_error *) = {
        check_form, check_key, check_role, check_validity, check_newer, check_subject, check_issuer,
    };
    struct ukb_warnings warnings = *inout_warnings;
    enum ukb_status st;
    size_t i;

    assert(check->candidate != NULL && (check->old != NULL || check->kind != UKB_KIND_RENEW));
    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        st = rules[i](check, &warnings, reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    *inout_warnings = warnings;
    return UKB_OK;
}
