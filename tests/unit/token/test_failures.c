/* SPDX-License-Identifier: MIT */
/*
 * Every operation of the room, with each of its calls to the module failing in turn: nothing leaks, no output changes,
 * no second try is spent. fake_token_close() sees sessions and secrets that are left; the sanitizers see the rest.
 */
#include "../test.h"

#include <string.h>

#include "fake/fake_token.h"
#include "fake/material.h"

#include "token/internal.h"
#include "token/keys.h"
#include "token/objects.h"
#include "token/sign.h"
#include "token/token.h"

static const unsigned char ID[] = { 1, 2, 3 };
static const unsigned char MODULUS[] = { 0xC1, 0x02 };
static const unsigned char F4[] = { 0x01, 0x00, 0x01 };

static struct fake_token token;
static struct ukb_error err;
static struct material material;

/* A key pair and a certificate: objects 1, 2 and 3. */
static void
add_objects(void)
{
    static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY };
    const CK_KEY_TYPE type = CKK_RSA;
    CK_OBJECT_HANDLE object;
    size_t i;

    for (i = 0; i < 2; i++) {
        object = fake_object_add(classes[i]);
        fake_object_set(object, CKA_KEY_TYPE, &type, sizeof(type));
        fake_object_set(object, CKA_ID, ID, sizeof(ID));
        fake_object_set(object, CKA_MODULUS, MODULUS, sizeof(MODULUS));
        fake_object_set(object, CKA_PUBLIC_EXPONENT, F4, sizeof(F4));
    }
    object = fake_object_add(CKO_CERTIFICATE);
    fake_object_set(object, CKA_ID, ID, sizeof(ID));
    fake_object_set(object, CKA_VALUE, material.der, material.der_len);
}

static enum ukb_status
list_tokens(void)
{
    static struct ukb_token_list list;

    return ukb_tokens_list(token.module, &list, &err);
}

static enum ukb_status
open_session(void)
{
    struct ukb_token_session *session = NULL;
    enum ukb_status st;

    st = ukb_token_session_open(token.module, token.session->info.id, true, &session, &err);
    assert_int_equal(st == UKB_OK, session != NULL);
    ukb_token_session_free(session);
    return st;
}

static enum ukb_status
open_again(void)
{
    struct ukb_token_session *session = NULL;
    enum ukb_status st;

    st = ukb_token_session_again(token.session, &session, &err);
    assert_int_equal(st == UKB_OK, session != NULL);
    ukb_token_session_free(session);
    return st;
}

static enum ukb_status
log_in(void)
{
    struct fake_pins pins;
    enum ukb_status st;

    st = ukb_token_login(token.session, fake_pins_init(&pins, "123456"), &err);
    assert_int_equal(st == UKB_OK, token.session->pin.data != NULL);
    return st;
}

static enum ukb_status
read_certificates(void)
{
    struct ukb_token_certificates list = { 0 };
    enum ukb_status st;

    st = ukb_token_certificates_read(token.session, &list, &err);
    assert_int_equal(list.count, st == UKB_OK ? 1 : 0);
    ukb_token_certificates_done(&list);
    return st;
}

static enum ukb_status
write_certificate(void)
{
    const struct ukb_certificate_template template = material_template(&material, ID, sizeof(ID), "label");
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    enum ukb_status st;

    st = ukb_token_certificate_write(token.session, &template, &handle, &err);
    assert_int_equal(st == UKB_OK, handle != CK_INVALID_HANDLE);
    return st;
}

static enum ukb_status
find_certificate(void)
{
    size_t count = 99;
    enum ukb_status st;

    st = ukb_token_certificate_find_exact(token.session, material.der, material.der_len, ID, sizeof(ID), NULL, 0,
                                          &count, &err);
    assert_int_equal(count, st == UKB_OK ? 1 : 99);
    return st;
}

static enum ukb_status
find_key(void)
{
    struct ukb_public_key wanted = { .type = UKB_KEY_RSA, .modulus_len = 2, .exponent_len = 3 };
    struct ukb_token_key key = { .private_handle = CK_INVALID_HANDLE };
    enum ukb_status st;

    memcpy(wanted.modulus, MODULUS, sizeof(MODULUS));
    memcpy(wanted.exponent, F4, sizeof(F4));
    st = ukb_token_key_find(token.session, &wanted, ID, sizeof(ID), &key, &err);
    assert_int_equal(st == UKB_OK, key.private_handle != CK_INVALID_HANDLE);
    return st;
}

static enum ukb_status
generate(void)
{
    struct ukb_token_key key = { .private_handle = CK_INVALID_HANDLE };
    enum ukb_status st;

    st = ukb_token_keypair_generate(token.session, UKB_EC_P256, ID, sizeof(ID), "label", false, &key, &err);
    assert_int_equal(st == UKB_OK, key.private_handle != CK_INVALID_HANDLE);
    return st;
}

static enum ukb_status
destroy_pair(void)
{
    enum ukb_status st;

    st = ukb_token_keypair_destroy(token.session, ID, sizeof(ID), NULL, &err);
    if (st == UKB_OK) {
        assert_false(fake.objects[0].present);
        assert_false(fake.objects[1].present);
    }
    assert_true(fake.objects[2].present);
    return st;
}

static enum ukb_status
sign(void)
{
    struct ukb_token_key key = { .private_handle = 1, .type = UKB_KEY_RSA, .always_authenticate = true };
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    size_t len = sizeof(signature);
    struct fake_pins pins;
    enum ukb_status st;

    key.public_key.type = UKB_KEY_RSA;
    key.public_key.modulus_len = 256;
    st = ukb_token_login(token.session, fake_pins_init(&pins, "123456"), &err);
    if (st == UKB_OK) {
        st = ukb_token_sign(token.session, &key, UKB_SHA256, "message", 7, signature, &len, &err);
    }
    assert_int_equal(len, st == UKB_OK ? 256 : sizeof(signature));
    return st;
}

static enum ukb_status
change_pin(void)
{
    struct fake_new_pins pins;
    enum ukb_status st;

    st = ukb_token_pin_change(token.session, fake_new_pins_init(&pins, "123456", "654321"), &err);
    assert_int_equal(st == UKB_OK, strcmp(fake.pin, "654321") == 0);
    return st;
}

static enum ukb_status
change_pin_of_a_token_that_wants_a_login(void)
{
    fake.wants_login_to_set = true;
    return change_pin();
}

static enum ukb_status
unblock_pin(void)
{
    struct fake_new_pins pins;
    enum ukb_status st;

    fake.tries_left = 0;
    st = ukb_token_pin_unblock(token.session, fake_new_pins_init(&pins, "87654321", "654321"), &err);
    assert_int_equal(st == UKB_OK, strcmp(fake.pin, "654321") == 0);
    return st;
}

static enum ukb_status (*const operations[])(void) = {
    list_tokens,
    open_session,
    open_again,
    log_in,
    read_certificates,
    write_certificate,
    find_certificate,
    find_key,
    generate,
    destroy_pair,
    sign,
    change_pin,
    change_pin_of_a_token_that_wants_a_login,
    unblock_pin,
};

/* Run @p operation with the call of number @p at failing; false when it did not make that many. */
static bool
run_once(enum ukb_status (*operation)(void), unsigned int at, CK_RV answer)
{
    enum ukb_status st;
    bool reached;

    memset(&err, 0, sizeof(err));
    fake_token_open(&token);
    add_objects();
    fake.calls = 0;
    fake.fail_at = at;
    fake.fail_answer = answer;
    st = operation();
    reached = fake.calls >= at;
    if (st != UKB_OK) {
        assert_int_equal(err.status, st);
        assert_true(strlen(err.message) > 0);
    }
    assert_true(fake.login_calls <= 1);
    assert_true(fake.context_login_calls <= 1);
    assert_true(fake.so_login_calls + fake.init_pin_calls <= 2);
    assert_true(fake.set_pin_calls <= 2);
    assert_int_equal(fake.tries_spent, 0);
    fake_token_close(&token);
    return reached;
}

static void
any_call_may_fail_and_nothing_is_left_behind(void **state)
{
    static const CK_RV answers[] = { CKR_DEVICE_REMOVED, CKR_GENERAL_ERROR,     CKR_HOST_MEMORY,
                                     CKR_DEVICE_MEMORY,  CKR_FUNCTION_CANCELED, CKR_VENDOR_DEFINED };
    unsigned int at;
    size_t i;
    size_t j;

    (void)state;
    material_make(&material, "Certificate", 1);
    for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        for (j = 0; j < sizeof(answers) / sizeof(answers[0]); j++) {
            at = 1;
            while (run_once(operations[i], at, answers[j])) {
                at++;
            }
            assert_true(at > 1);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_call_may_fail_and_nothing_is_left_behind),
    };

    return cmocka_run_group_tests_name("token/failures", tests, NULL, NULL);
}
