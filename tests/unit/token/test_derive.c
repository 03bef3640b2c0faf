/* SPDX-License-Identifier: MIT */
/* Unit tests for token/derive.c on SoftHSM, with a module between that misbehaves as others do. */
#include "../test.h"

#include <string.h>

#include "fake/delivered.h"
#include "fake/fake_token.h"
#include "fake/softhsm.h"

#include "token/decrypt.h"
#include "token/import.h"
#include "token/internal.h"

static struct softhsm soft;
static struct ukb_error err;
static struct delivered delivered;
static struct ukb_token_session *session;
static struct ukb_token_key key;
static struct ukb_secret secret;

/* What the module makes of the calls */
static CK_FUNCTION_LIST spoilt;
static CK_FUNCTION_LIST *real;
static struct {
    CK_RV answer;         /* of C_DeriveKey, unless CKR_OK */
    unsigned int answers; /* how often; 0: always */
    CK_RV read_answer;    /* of reading what was derived */
    size_t tell_len;      /* what it says of the length; 0: the truth */
    bool refuses_len;     /* takes no CKA_VALUE_LEN */
    unsigned int derived; /* calls */
    unsigned int logins;  /* with CKU_CONTEXT_SPECIFIC */
    unsigned int destroyed;
} module;

static CK_RV
derive_key(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base, CK_ATTRIBUTE *template,
           CK_ULONG count, CK_OBJECT_HANDLE *object)
{
    CK_ULONG i;

    module.derived++;
    for (i = 0; module.refuses_len && i < count; i++) {
        if (template[i].type == CKA_VALUE_LEN) {
            return CKR_TEMPLATE_INCONSISTENT;
        }
    }
    if (module.answer != CKR_OK && (module.answers == 0 || module.derived <= module.answers)) {
        return module.answer;
    }
    return real->C_DeriveKey(handle, mechanism, base, template, count, object);
}

static CK_RV
read_value(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
    CK_RV rv = real->C_GetAttributeValue(handle, object, template, count);

    if (template[0].type == CKA_VALUE && module.tell_len != 0) {
        template[0].ulValueLen = module.tell_len;
    }
    return template[0].type == CKA_VALUE && module.read_answer != CKR_OK ? module.read_answer : rv;
}

static CK_RV
destroy(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
    module.destroyed++;
    return real->C_DestroyObject(handle, object);
}

static CK_RV
log_in(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG len)
{
    if (user == CKU_CONTEXT_SPECIFIC) {
        module.logins++;
        return len == 6 && memcmp(pin, "123456", 6) == 0 ? CKR_OK : CKR_PIN_INCORRECT;
    }
    return real->C_Login(handle, user, pin, len);
}

static int
group_setup(void **state)
{
    (void)state;
    softhsm_start(&soft, NULL);
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    softhsm_stop(&soft);
    return 0;
}

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&module, 0, sizeof(module));
    memset(&key, 0, sizeof(key));
    real = soft.module->functions;
    spoilt = *real;
    spoilt.C_DeriveKey = derive_key;
    spoilt.C_GetAttributeValue = read_value;
    spoilt.C_DestroyObject = destroy;
    spoilt.C_Login = log_in;
    soft.module->functions = &spoilt;
    softhsm_token_new(&soft, "derive");
    session = softhsm_session(&soft, true, true);
    delivered_make(&delivered, "P-256");
    assert_int_equal(
        ukb_token_key_import(session, &delivered.numbers, (const unsigned char *)"id", 2, "derive", &key, &err),
        UKB_OK);
    module.destroyed = 0;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_secret_done(&secret);
    delivered_done(&delivered);
    ukb_token_session_free(session);
    soft.module->functions = real;
    return 0;
}

/* Derive with a fresh point; a secret that comes of it must be the one that libcrypto finds, and nothing stays. */
static enum ukb_status
derive(void)
{
    unsigned char point[UKB_EC_POINT_MAX_LEN];
    unsigned char expected[UKB_EC_POINT_MAX_LEN];
    size_t point_len = 0;
    const size_t len = delivered_agree(&delivered, point, &point_len, expected);
    enum ukb_status st;

    ukb_secret_done(&secret);
    err = (struct ukb_error){ 0 };
    st = ukb_token_derive(session, &key, point, point_len, &secret, &err);
    assert_int_equal(st, err.status);
    if (st == UKB_OK) {
        assert_int_equal(secret.len, len);
        assert_memory_equal(secret.data, expected, len);
    } else {
        assert_null(secret.data);
    }
    return st;
}

static void
the_secret_is_what_both_sides_find_and_is_destroyed(void **state)
{
    (void)state;
    assert_int_equal(derive(), UKB_OK);
    assert_int_equal(module.destroyed, 1);
    assert_int_equal(module.logins, 0);
}

static void
a_module_that_takes_no_length_is_asked_without(void **state)
{
    (void)state;
    module.refuses_len = true;
    assert_int_equal(derive(), UKB_OK);
    assert_int_equal(module.derived, 2);
}

static void
a_key_that_wants_the_pin_each_time_gets_it_once(void **state)
{
    (void)state;
    module.answer = CKR_USER_NOT_LOGGED_IN;
    module.answers = 1;
    assert_int_equal(derive(), UKB_OK);
    assert_int_equal(module.logins, 1);
    module.derived = 0;
    module.answers = 0;
    assert_int_not_equal(derive(), UKB_OK);
    assert_int_equal(module.logins, 2); /* not again and again */
}

static void
refusals_are_told_apart(void **state)
{
    static const struct {
        CK_RV rv;
        enum ukb_status st;
    } rows[] = {
        { CKR_MECHANISM_PARAM_INVALID, UKB_E_BAD_ENVELOPE },
        { CKR_ARGUMENTS_BAD, UKB_E_BAD_ENVELOPE },
        { CKR_DATA_INVALID, UKB_E_BAD_ENVELOPE },
        { CKR_GENERAL_ERROR, UKB_E_BAD_ENVELOPE },
        { CKR_FUNCTION_FAILED, UKB_E_BAD_ENVELOPE },
        { CKR_TEMPLATE_INCONSISTENT, UKB_E_UNSUPPORTED },
        { CKR_KEY_FUNCTION_NOT_PERMITTED, UKB_E_UNSUPPORTED },
        { CKR_DEVICE_ERROR, UKB_E_TOKEN_ERROR },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        module.answer = rows[i].rv;
        if (derive() != rows[i].st) {
            fail_msg("0x%lx: %d, %s", rows[i].rv, (int)err.status, err.message);
        }
    }
    assert_int_equal(module.destroyed, 0);
}

static void
a_secret_that_is_not_shown_or_of_another_length_is_none(void **state)
{
    (void)state;
    module.read_answer = CKR_ATTRIBUTE_SENSITIVE;
    assert_int_equal(derive(), UKB_E_UNSUPPORTED);
    module.read_answer = CKR_ATTRIBUTE_TYPE_INVALID;
    assert_int_equal(derive(), UKB_E_UNSUPPORTED);
    module.read_answer = CKR_DEVICE_ERROR;
    assert_int_equal(derive(), UKB_E_TOKEN_ERROR);
    module.read_answer = CKR_OK;
    module.tell_len = 31;
    assert_int_equal(derive(), UKB_E_TOKEN_ERROR);
    assert_int_equal(module.destroyed, 4); /* each of them, all the same */
}

static void
a_point_of_another_curve_does_not_reach_the_token(void **state)
{
    static const unsigned char point[97] = { 0x04 };

    (void)state;
    assert_int_equal(ukb_token_derive(session, &key, point, sizeof(point), &secret, &err), UKB_E_BAD_ENVELOPE);
    assert_int_equal(ukb_token_derive(session, &key, point, 2, &secret, &err), UKB_E_BAD_ENVELOPE);
    assert_int_equal(ukb_token_derive(session, &key, point, 0, &secret, &err), UKB_E_BAD_ENVELOPE);
    key.public_key.type = UKB_KEY_RSA;
    assert_int_equal(ukb_token_derive(session, &key, point, 65, &secret, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(module.derived, 0);
}

static void
a_point_that_is_on_no_curve_is_the_tokens_to_refuse(void **state)
{
    unsigned char point[65] = { 0x04, 1 };

    (void)state;
    assert_int_equal(ukb_token_derive(session, &key, point, sizeof(point), &secret, &err), UKB_E_BAD_ENVELOPE);
    assert_null(secret.data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_secret_is_what_both_sides_find_and_is_destroyed),
        TEST(a_module_that_takes_no_length_is_asked_without),
        TEST(a_key_that_wants_the_pin_each_time_gets_it_once),
        TEST(refusals_are_told_apart),
        TEST(a_secret_that_is_not_shown_or_of_another_length_is_none),
        TEST(a_point_of_another_curve_does_not_reach_the_token),
        TEST(a_point_that_is_on_no_curve_is_the_tokens_to_refuse),
    };

    return cmocka_run_group_tests_name("token/derive", tests, group_setup, group_teardown);
}
