/* SPDX-License-Identifier: MIT */
/*
 * pki/envelope.c, form.c, addressee.c and delivered.c: whatever comes is an envelope, or refused by one of two reasons;
 * what opens is a key whose public half can be used. The same bytes are read as a PKCS #8, too.
 *
 * Two recipients: P-256's base point, whose private key is 1, so that envelopes to it really open; and an RSA modulus
 * of ones, whose owner answers with a fixed content key.
 */
#include "fuzz.h"

#include <string.h>

#include <openssl/crypto.h>

#include "core/buf.h"
#include "pki/envelope.h"
#include "pki/envelope_internal.h"
#include "pki/public_key.h"

#define HEAP_LEN        524288U
#define CONTENT_KEY_LEN 32U

static const struct ukb_public_key base_point = {
    .type = UKB_KEY_EC,
    .params_len = 10,
    .params = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 },
    .point_len = 65,
    .point = { 0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
               0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,
               0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE,
               0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5 },
};

static enum ukb_status
answer_fixed(void *ctx, enum ukb_rsa_padding padding, const unsigned char *input, size_t input_len,
             unsigned char *ret_secret, size_t *inout_len, struct ukb_error *reterr)
{
    (void)ctx;
    (void)padding;
    (void)input;
    (void)input_len;
    if (*inout_len < CONTENT_KEY_LEN) {
        return ukb_raise(reterr, UKB_E_BAD_ENVELOPE, 0, "no room");
    }
    memset(ret_secret, 0x2A, CONTENT_KEY_LEN);
    *inout_len = CONTENT_KEY_LEN;
    return UKB_OK;
}

/* ECDH with the private key 1: the point itself. */
static enum ukb_status
answer_x(void *ctx, const unsigned char *point, size_t point_len, unsigned char *ret_secret, size_t *inout_len,
         struct ukb_error *reterr)
{
    (void)ctx;
    (void)reterr;
    require(point_len == base_point.point_len && *inout_len >= 32, "a peer is on the key's curve");
    memcpy(ret_secret, point + 1, 32);
    *inout_len = 32;
    return UKB_OK;
}

static void
check_key(const struct ukb_delivered_key *key)
{
    const struct ukb_private_key *numbers = ukb_delivered_key_numbers(key);
    struct ukb_buf spki = UKB_BUF_INIT(UKB_CERTIFICATE_DER_MAX_LEN);
    struct ukb_error err = { 0 };

    require(ukb_public_key_to_spki(&numbers->public_key, &spki, &err) == UKB_OK, "what opens has a public half");
    require((numbers->public_key.type == UKB_KEY_RSA) == (numbers->value.data == NULL), "it is RSA or EC");
    ukb_buf_done(&spki);
}

static void
check_status(enum ukb_status st, const void *object)
{
    require(st == UKB_OK || st == UKB_E_BAD_ENVELOPE || st == UKB_E_UNSUPPORTED, "it is refused by one of two reasons");
    require((st == UKB_OK) == (object != NULL), "a failure leaves nothing");
}

static void
open_for(struct ukb_envelope *envelope, const struct ukb_public_key *public_key)
{
    static const struct ukb_key_ops ops = { NULL, answer_fixed, answer_x, NULL };
    const struct ukb_envelope_recipient recipient = { public_key, NULL, 0 };
    struct ukb_delivered_key *key = NULL;
    struct ukb_error err = { 0 };
    const enum ukb_status checked = ukb_envelope_check(envelope, &recipient, &err);
    const enum ukb_status opened = ukb_envelope_open(envelope, &recipient, &ops, &key, &err);

    check_status(opened, key);
    require(checked == UKB_OK || opened == checked, "what is not ours is not opened");
    if (key != NULL) {
        check_key(key);
    }
    ukb_delivered_key_free(key);
}

static void
take(const uint8_t *data, size_t size)
{
    struct ukb_delivered_key *key = NULL;
    struct ukb_error err = { 0 };
    unsigned char *pkcs8 = NULL;
    enum ukb_status st;

    if (size > UKB_PKCS8_MAX_LEN) {
        return;
    }
    pkcs8 = OPENSSL_secure_zalloc(UKB_PKCS8_MAX_LEN);
    require(pkcs8 != NULL, "the heap is large enough");
    if (size > 0) {
        memcpy(pkcs8, data, size);
    }
    st = ukb_delivered_key_take(pkcs8, size, &key, &err);
    check_status(st, key);
    if (key != NULL) {
        check_key(key);
    }
    ukb_delivered_key_free(key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ukb_public_key ones = {
        .type = UKB_KEY_RSA, .modulus_len = 256, .exponent_len = 3, .exponent = { 1, 0, 1 }
    };
    struct ukb_envelope *envelope = NULL;
    struct ukb_error err = { 0 };
    enum ukb_status st;

    memset(ones.modulus, 0xFF, ones.modulus_len);
    require(CRYPTO_secure_malloc_initialized() == 1 || CRYPTO_secure_malloc_init(HEAP_LEN, 16) == 1, "there is a heap");
    take(data, size);
    st = ukb_envelope_from_der(data, size, &envelope, &err);
    check_status(st, envelope);
    if (envelope != NULL) {
        open_for(envelope, &base_point);
        open_for(envelope, &ones);
    }
    ukb_envelope_free(envelope);
    return 0;
}
