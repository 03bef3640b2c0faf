/* SPDX-License-Identifier: MIT */
/* A delivered key: the numbers inside a PKCS #8, where they lie; declared in envelope.h. */
#include "pki/envelope.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "core/der.h"
#include "pki/envelope_internal.h"
#include "pki/internal.h"
#include "pki/public_key.h"

#define RSA_MIN_LEN 256U /* 2048 bits */

static const unsigned char rsa_oid[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 };
static const unsigned char ec_oid[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 };

struct ukb_delivered_key {
    unsigned char *pkcs8; /* UKB_PKCS8_MAX_LEN bytes of OpenSSL's secure heap; the numbers point into it */
    struct ukb_private_key numbers;
};

void
ukb_delivered_key_free(struct ukb_delivered_key *key)
{
    if (key == NULL) {
        return;
    }
    OPENSSL_secure_clear_free(key->pkcs8, UKB_PKCS8_MAX_LEN);
    free(key);
}

const struct ukb_private_key *
ukb_delivered_key_numbers(const struct ukb_delivered_key *key)
{
    return &key->numbers;
}

/* RSA */

static bool
take_number(struct ukb_der *from, struct ukb_private_number *ret_number)
{
    struct ukb_der number;

    if (!ukb_der_take_number(from, &number) || number.len == 0 || number.len > UKB_RSA_MODULUS_MAX_LEN) {
        return false;
    }
    *ret_number = (struct ukb_private_number){ number.at, number.len };
    return true;
}

/* Take a public number, which is copied. */
static bool
take_public(struct ukb_der *from, unsigned char *ret_bytes, size_t room, size_t *ret_len)
{
    struct ukb_der number;

    if (!ukb_der_take_number(from, &number) || number.len == 0 || number.len > room) {
        return false;
    }
    memcpy(ret_bytes, number.at, number.len);
    *ret_len = number.len;
    return true;
}

static BIGNUM *
load(BN_CTX *ctx, const unsigned char *bytes, size_t len)
{
    BIGNUM *number = BN_CTX_get(ctx);

    return number == NULL ? NULL : BN_bin2bn(bytes, (int)len, number);
}

static BIGNUM *
load_private(BN_CTX *ctx, struct ukb_private_number number)
{
    return load(ctx, number.data, number.len);
}

/* Does d undo e, modulo this prime less one, and is @p exponent d's remainder there? */
static bool
is_exponent_of(BN_CTX *ctx, const BIGNUM *prime, const BIGNUM *d, const BIGNUM *e, const BIGNUM *exponent)
{
    BIGNUM *less = BN_CTX_get(ctx);
    BIGNUM *rest = BN_CTX_get(ctx);

    return less != NULL && rest != NULL && BN_sub(less, prime, BN_value_one()) == 1 && !BN_is_zero(less) &&
           BN_nnmod(rest, d, less, ctx) == 1 && BN_cmp(rest, exponent) == 0 && BN_mod_mul(rest, d, e, less, ctx) == 1 &&
           BN_is_one(rest);
}

/*
 * Do the numbers belong together? Not OpenSSL's own check, which leaves what it computed on the ordinary heap. That the
 * primes are prime is shown when the token opens something with the key.
 */
static bool
rsa_fits(const struct ukb_private_key *key)
{
    BN_CTX *ctx = BN_CTX_secure_new();
    const BIGNUM *n = NULL;
    const BIGNUM *e = NULL;
    const BIGNUM *d = NULL;
    const BIGNUM *p = NULL;
    const BIGNUM *q = NULL;
    const BIGNUM *exponent_1 = NULL;
    const BIGNUM *exponent_2 = NULL;
    const BIGNUM *coefficient = NULL;
    BIGNUM *product = NULL;
    bool fits = false;

    if (ctx == NULL) {
        return false;
    }
    BN_CTX_start(ctx);
    n = load(ctx, key->public_key.modulus, key->public_key.modulus_len);
    e = load(ctx, key->public_key.exponent, key->public_key.exponent_len);
    d = load_private(ctx, key->private_exponent);
    p = load_private(ctx, key->prime_1);
    q = load_private(ctx, key->prime_2);
    exponent_1 = load_private(ctx, key->exponent_1);
    exponent_2 = load_private(ctx, key->exponent_2);
    coefficient = load_private(ctx, key->coefficient);
    product = BN_CTX_get(ctx); /* once one failed, all that follow do */
    fits = product != NULL && BN_mul(product, p, q, ctx) == 1 && BN_cmp(product, n) == 0 &&
           is_exponent_of(ctx, p, d, e, exponent_1) && is_exponent_of(ctx, q, d, e, exponent_2) &&
           BN_mod_mul(product, q, coefficient, p, ctx) == 1 && BN_is_one(product);
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    return fits;
}

/* RSAPrivateKey (RFC 8017 A.1.2). */
static enum ukb_status
read_rsa(struct ukb_der octets, struct ukb_private_key *key, struct ukb_error *reterr)
{
    struct ukb_public_key *half = &key->public_key;
    unsigned int version = 0;
    struct ukb_der in;

    if (!ukb_der_take(&octets, UKB_DER_SEQUENCE, &in) || !ukb_der_take_small(&in, &version)) {
        return ukb_envelope_closed(reterr);
    }
    if (version != 0) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the envelope holds an RSA key of more than two primes");
    }
    half->type = UKB_KEY_RSA;
    if (!take_public(&in, half->modulus, sizeof(half->modulus), &half->modulus_len) ||
        !take_public(&in, half->exponent, sizeof(half->exponent), &half->exponent_len) ||
        !take_number(&in, &key->private_exponent) || !take_number(&in, &key->prime_1) ||
        !take_number(&in, &key->prime_2) || !take_number(&in, &key->exponent_1) ||
        !take_number(&in, &key->exponent_2) || !take_number(&in, &key->coefficient) || in.len > 0 || octets.len > 0) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope holds no well-formed RSA key");
    }
    if (half->modulus_len < RSA_MIN_LEN) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the envelope holds an RSA key of %u bits",
                         ukb_public_key_bits(half));
    }
    return rsa_fits(key) ? UKB_OK
                         : ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the numbers of the delivered key do not fit");
}

/* EC */

/* Compute the public half; false when the scalar is none of this curve. */
static bool
compute_point(const char *curve, struct ukb_private_number scalar, struct ukb_public_key *key)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve));
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BN_CTX *ctx = BN_CTX_secure_new();
    BIGNUM *value = BN_secure_new();
    bool done = false;

    if (point != NULL && ctx != NULL && value != NULL && BN_bin2bn(scalar.data, (int)scalar.len, value) != NULL &&
        !BN_is_zero(value) && BN_cmp(value, EC_GROUP_get0_order(group)) < 0 &&
        EC_POINT_mul(group, point, value, NULL, NULL, ctx) == 1) {
        key->point_len =
            EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, key->point, sizeof(key->point), ctx);
        done = key->point_len > 0;
    }
    BN_clear_free(value);
    BN_CTX_free(ctx);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return done;
}

/* The optional public key of an ECPrivateKey must be the one that belongs to the scalar. */
static bool
says_the_same(struct ukb_der *in, const struct ukb_public_key *key)
{
    struct ukb_der explicit;
    struct ukb_der bits;

    if (!ukb_der_is_next(in, UKB_DER_CONTEXT(1U))) {
        return true;
    }
    return ukb_der_take(in, UKB_DER_CONTEXT(1U), &explicit) && ukb_der_take(&explicit, UKB_DER_BIT_STRING, &bits) &&
           bits.len == key->point_len + 1U && bits.at[0] == 0 && memcmp(bits.at + 1, key->point, key->point_len) == 0;
}

/* The curve from the AlgorithmIdentifier's parameters; its OID with tag and length is what CKA_EC_PARAMS has. */
static enum ukb_status
read_curve(struct ukb_der parameters, struct ukb_public_key *key, const char **ret_curve, struct ukb_error *reterr)
{
    struct ukb_der oid;

    if (!ukb_der_is_next(&parameters, UKB_DER_OID) || !ukb_der_take_whole(&parameters, &oid) ||
        oid.len > sizeof(key->params) || parameters.len > 0) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope holds an EC key on no named curve");
    }
    key->type = UKB_KEY_EC;
    memcpy(key->params, oid.at, oid.len);
    key->params_len = oid.len;
    *ret_curve = ukb_public_key_curve(key);
    if (*ret_curve == NULL || (strcmp(*ret_curve, "P-256") != 0 && strcmp(*ret_curve, "P-384") != 0)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0,
                         "the envelope holds a key on another curve than P-256 and P-384");
    }
    return UKB_OK;
}

/* ECPrivateKey (RFC 5915 §3). */
static enum ukb_status
read_ec(struct ukb_der parameters, struct ukb_der octets, struct ukb_private_key *key, struct ukb_error *reterr)
{
    const char *curve = NULL;
    unsigned int version = 0;
    struct ukb_der scalar = { NULL, 0 };
    struct ukb_der in;
    enum ukb_status st = read_curve(parameters, &key->public_key, &curve, reterr);

    if (st != UKB_OK) {
        return st;
    }
    if (!ukb_der_take(&octets, UKB_DER_SEQUENCE, &in) || !ukb_der_take_small(&in, &version) || version != 1 ||
        !ukb_der_take(&in, UKB_DER_OCTET_STRING, &scalar) || octets.len > 0) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the envelope holds no well-formed EC key");
    }
    key->value = (struct ukb_private_number){ scalar.at, scalar.len };
    (void)ukb_der_take(&in, UKB_DER_CONTEXT(0U), NULL); /* the curve once more */
    if (scalar.len > UKB_EC_POINT_MAX_LEN || !compute_point(curve, key->value, &key->public_key) ||
        !says_the_same(&in, &key->public_key) || in.len > 0) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "the numbers of the delivered key do not fit");
    }
    return UKB_OK;
}

/* OneAsymmetricKey (RFC 5958 §2); its attributes and, in version 1, its public key are not looked at. */
static enum ukb_status
read_pkcs8(struct ukb_der pkcs8, struct ukb_private_key *key, struct ukb_error *reterr)
{
    unsigned int version = 0;
    struct ukb_der in;
    struct ukb_der algorithm;
    struct ukb_der oid;
    struct ukb_der octets;

    if (!ukb_der_take(&pkcs8, UKB_DER_SEQUENCE, &in) || pkcs8.len > 0 || !ukb_der_take_small(&in, &version) ||
        version > 1 || !ukb_der_take(&in, UKB_DER_SEQUENCE, &algorithm) ||
        !ukb_der_take(&algorithm, UKB_DER_OID, &oid) || !ukb_der_take(&in, UKB_DER_OCTET_STRING, &octets)) {
        return ukb_envelope_closed(reterr);
    }
    if (ukb_der_equals(&oid, rsa_oid, sizeof(rsa_oid))) {
        return read_rsa(octets, key, reterr);
    }
    if (ukb_der_equals(&oid, ec_oid, sizeof(ec_oid))) {
        return read_ec(algorithm, octets, key, reterr);
    }
    return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the envelope holds a key that is neither RSA nor EC");
}

enum ukb_status
ukb_delivered_key_take(unsigned char *pkcs8, size_t len, struct ukb_delivered_key **ret_key, struct ukb_error *reterr)
{
    struct ukb_delivered_key *key = calloc(1, sizeof(*key));
    enum ukb_status st;

    if (key == NULL) {
        OPENSSL_secure_clear_free(pkcs8, UKB_PKCS8_MAX_LEN);
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a key");
    }
    key->pkcs8 = pkcs8;
    st = read_pkcs8((struct ukb_der){ pkcs8, len }, &key->numbers, reterr);
    if (st == UKB_OK) {
        *ret_key = key;
        key = NULL;
    }
    ukb_delivered_key_free(key);
    return st;
}
