/* SPDX-License-Identifier: MIT */
/* Unit tests for pki/delivered.c: a key is taken whole and fitting, or not at all, and nothing of it stays in memory.
 */
#include "../test.h"

#include <string.h>

#include <openssl/crypto.h>

#include "owner.h"
#include "pki/envelope_internal.h"
#include "sealed.h"

static struct ukb_error err;
static struct ukb_delivered_key *key;

static int
teardown(void **state)
{
    (void)state;
    ukb_delivered_key_free(key);
    key = NULL;
    return 0;
}

/* As envelope.c does: in memory that is taken whatever comes of it. */
static enum ukb_status
take(const unsigned char *der, size_t len)
{
    unsigned char *pkcs8 = OPENSSL_secure_zalloc(UKB_PKCS8_MAX_LEN);
    enum ukb_status st;

    ukb_delivered_key_free(key);
    key = NULL;
    err = (struct ukb_error){ 0 };
    memcpy(pkcs8, der, len);
    st = ukb_delivered_key_take(pkcs8, len, &key, &err);
    assert_int_equal(st == UKB_OK, key != NULL);
    return st;
}

static enum ukb_status
take_made(const char *name)
{
    size_t len = 0;
    unsigned char *der = sealed_pkcs8(name, &len);
    const enum ukb_status st = take(der, len);

    OPENSSL_clear_free(der, len);
    return st;
}

static void
each_kind_is_taken_or_told(void **state)
{
    static const struct {
        const char *name;
        enum ukb_status st;
    } rows[] = {
        { "RSA-2048", UKB_OK },
        { "P-256", UKB_OK },
        { "P-384", UKB_OK },
        { "RSA-1024", UKB_E_UNSUPPORTED },
        { "P-521", UKB_E_UNSUPPORTED },
        { "SM2", UKB_E_UNSUPPORTED },
        { "ED25519", UKB_E_UNSUPPORTED },
        { "P-256/explicit", UKB_E_BAD_ENVELOPE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (take_made(rows[i].name) != rows[i].st) {
            fail_msg("%s: %d, %s", rows[i].name, (int)err.status, err.message);
        }
    }
}

static void
its_public_half_is_its_own(void **state)
{
    static const char *const names[] = { "RSA-2048", "P-256", "P-384" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct ukb_public_key public_key = made_public_key(names[i]);

        assert_int_equal(take_made(names[i]), UKB_OK);
        assert_true(ukb_public_key_equal(&ukb_delivered_key_numbers(key)->public_key, &public_key));
    }
}

/* One bit wrong, in each byte: refused, or it was no bit of the key. Every third byte of an RSA key, for time. */
static void
a_key_with_one_bit_wrong_is_refused(void **state)
{
    static const char *const names[] = { "P-256", "RSA-2048" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct ukb_public_key public_key = made_public_key(names[i]);
        size_t refused = 0;
        size_t len = 0;
        unsigned char *der = sealed_pkcs8(names[i], &len);
        size_t at;

        for (at = 0; at < len; at += 1U + 2U * i) {
            der[at] ^= 1U;
            if (take(der, len) != UKB_OK) {
                refused++;
            } else {
                assert_true(ukb_public_key_equal(&ukb_delivered_key_numbers(key)->public_key, &public_key));
            }
            der[at] ^= 1U;
        }
        assert_true(refused + 10U > len / (1U + 2U * i)); /* all but a few bytes are told */
        assert_int_equal(take(der, len), UKB_OK);
        OPENSSL_clear_free(der, len);
    }
}

static void
a_key_that_is_cut_or_longer_is_refused(void **state)
{
    static const char *const names[] = { "P-256", "RSA-2048" };
    unsigned char longer[UKB_PKCS8_MAX_LEN] = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t len = 0;
        unsigned char *der = sealed_pkcs8(names[i], &len);
        size_t cut;

        for (cut = 0; cut < len; cut++) {
            assert_int_not_equal(take(der, cut), UKB_OK);
        }
        memcpy(longer, der, len);
        assert_int_not_equal(take(longer, len + 1U), UKB_OK);
        OPENSSL_cleanse(longer, sizeof(longer));
        OPENSSL_clear_free(der, len);
    }
}

static void
no_key_is_freed_too(void **state)
{
    (void)state;
    ukb_delivered_key_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_kind_is_taken_or_told, teardown),
        cmocka_unit_test_teardown(its_public_half_is_its_own, teardown),
        cmocka_unit_test_teardown(a_key_with_one_bit_wrong_is_refused, teardown),
        cmocka_unit_test_teardown(a_key_that_is_cut_or_longer_is_refused, teardown),
        cmocka_unit_test_teardown(no_key_is_freed_too, teardown),
    };

    return cmocka_run_group_tests_name("pki/delivered", tests, owner_start_heap, owner_end_heap);
}
