/* SPDX-License-Identifier: MIT */
/* issuer - is the issuer of a new certificate one that we have reason to believe? */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "pki/internal.h"

#define RSA_EXPONENT_MAX_BITS 64 /* all that CAs use are far below */

/*
 * A critical extension of the holder's own certificate that OpenSSL does not know does not make its issuer a stranger;
 * whether to honour it is the relying party's business. In a CA certificate it stays an error.
 */
static int
forgive_unknown_critical(int ok, X509_STORE_CTX *ctx)
{
    if (ok == 0 && X509_STORE_CTX_get_error(ctx) == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION &&
        X509_STORE_CTX_get_error_depth(ctx) == 0) {
        return 1;
    }
    return ok;
}

static X509_STORE *
make_store(const struct ukb_check *check)
{
    X509_STORE *store = X509_STORE_new();
    size_t i;

    for (i = 0; store != NULL && i < check->anchor_count; i++) {
        if (X509_STORE_add_cert(store, check->anchors[i]->x509) != 1) {
            X509_STORE_free(store);
            return NULL;
        }
    }
    return store;
}

/* The certificates stay their owners'. */
static STACK_OF(X509) * make_untrusted(const struct ukb_check *check)
{
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    size_t i;

    for (i = 0; untrusted != NULL && i < check->chain_count; i++) {
        if (sk_X509_push(untrusted, check->chain[i]->x509) <= 0) {
            sk_X509_free(untrusted);
            return NULL;
        }
    }
    return untrusted;
}

/* A certificate that begins later is judged at its first second. */
static long long
instant_s(const struct ukb_check *check)
{
    long long first_s = check->candidate->facts.not_before_s;

    return first_s > check->now_s ? first_s : check->now_s;
}

static enum ukb_status
chains_to_anchor(const struct ukb_check *check, struct ukb_error *reterr)
{
    X509_STORE *store = make_store(check);
    STACK_OF(X509) *untrusted = make_untrusted(check);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    enum ukb_status st = UKB_OK;
    int error;

    if (store == NULL || untrusted == NULL || ctx == NULL ||
        X509_STORE_CTX_init(ctx, store, check->candidate->x509, untrusted) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "building a chain");
        goto out;
    }
    X509_STORE_CTX_set_time(ctx, 0, (time_t)instant_s(check));
    /* An administrator may trust one subordinate CA and not its root. */
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_CTX_set_verify_cb(ctx, forgive_unknown_critical);
    if (X509_verify_cert(ctx) != 1) {
        error = X509_STORE_CTX_get_error(ctx);
        ERR_clear_error();
        st = ukb_raise(reterr, error == X509_V_ERR_OUT_OF_MEM ? UKB_E_INTERNAL : UKB_E_UNTRUSTED_ISSUER,
                       (unsigned long)error, "does not chain to a trust anchor of the policy: %s",
                       X509_verify_cert_error_string(error));
    }
out:
    X509_STORE_CTX_free(ctx);
    sk_X509_free(untrusted);
    X509_STORE_free(store);
    return st;
}

static bool
same_key_identifier(const struct ukb_certificate_facts *a, const struct ukb_certificate_facts *b)
{
    if (a->aki == NULL || b->aki == NULL) {
        return a->aki == b->aki;
    }
    return a->aki_len == b->aki_len && memcmp(a->aki, b->aki, a->aki_len) == 0;
}

/*
 * May a signature under this key prove who made it? Whoever may choose a generator, or an exponent as long as the
 * modulus, can make a key of his own that verifies a signature made by somebody else (CVE-2020-0601;
 * "duplicate-signature key selection"). A named curve and a short exponent leave no such choice.
 */
static bool
leaves_no_choice(const EVP_PKEY *pkey)
{
    BIGNUM *exponent = NULL;
    int is_explicit = 1;
    bool good = false;

    if (EVP_PKEY_is_a(pkey, "RSA") == 1 && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1) {
        good = BN_num_bits(exponent) <= RSA_EXPONENT_MAX_BITS;
    } else if (EVP_PKEY_is_a(pkey, "EC") == 1 || EVP_PKEY_is_a(pkey, "SM2") == 1) {
        good = EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 &&
               is_explicit == 0;
    }
    BN_free(exponent);
    return good;
}

/* Did @p ca sign @p certificate? Both are what their bytes are: that is found out once. */
static bool
has_signed(const struct ukb_certificate *ca, const struct ukb_certificate *certificate)
{
    EVP_PKEY *pkey = X509_get0_pubkey(ca->x509);

    if (strcmp(certificate->signer, ca->facts.id) == 0) {
        return true;
    }
    if (pkey != NULL && leaves_no_choice(pkey) && X509_verify(certificate->x509, pkey) == 1) {
        memcpy(certificate->signer, ca->facts.id, sizeof(ca->facts.id));
        return true;
    }
    ERR_clear_error();
    return false;
}

/*
 * The issuer is the old one's. Name and key identifier are text that anybody can write, so the CA certificate that came
 * along must have signed the old certificate as well, which the user's token has held for years.
 */
static enum ukb_status
issued_like_old(const struct ukb_check *check, struct ukb_error *reterr)
{
    const struct ukb_certificate *candidate = check->candidate;
    const X509_NAME *issuer = X509_get_issuer_name(candidate->x509);
    size_t i;

    if (X509_NAME_cmp(issuer, X509_get_issuer_name(check->old->x509)) != 0) {
        return ukb_raise(reterr, UKB_E_UNTRUSTED_ISSUER, 0, "the issuer's name is not that of the old certificate");
    }
    if (!same_key_identifier(&candidate->facts, &check->old->facts)) {
        return ukb_raise(reterr, UKB_E_UNTRUSTED_ISSUER, 0,
                         "the issuer's key identifier is not that of the old certificate");
    }
    for (i = 0; i < check->chain_count; i++) {
        const struct ukb_certificate *ca = check->chain[i];

        if (ca->facts.is_ca && X509_NAME_cmp(X509_get_subject_name(ca->x509), issuer) == 0 &&
            has_signed(ca, candidate) && has_signed(ca, check->old)) {
            return UKB_OK;
        }
    }
    return ukb_raise(reterr, UKB_E_UNTRUSTED_ISSUER, 0,
                     "no CA certificate of the chain signed both this certificate and the old one");
}

enum ukb_status
ukb_check_issuer(const struct ukb_check *check, struct ukb_error *reterr)
{
    if (check->anchor_count > 0) {
        return chains_to_anchor(check, reterr);
    }
    if (check->old != NULL) {
        return issued_like_old(check, reterr);
    }
    return ukb_raise(reterr, UKB_E_UNTRUSTED_ISSUER, 0,
                     "neither a trust anchor of the policy nor an old certificate vouches for the issuer");
}
