/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "fake/delivered.h"
#include "fake/fake_token.h"
#include "fake/material.h"
#include "fake/softhsm.h"

#include "token/import.h"
#include "token/internal.h"
#include "token/keys.h"
#include "token/objects.h"

static const unsigned char ID_A[] = { 'U', 'K', 'B', '1', 1, 2, 3 };
static const unsigned char ID_B[] = { 'U', 'K', 'B', '1', 9 };

static struct softhsm soft;
static struct fake_token token;
static struct ukb_token_session *session;
static struct ukb_token_certificates list;
static struct ukb_error err;
static struct material first;
static struct material second;

/* One SoftHSM for all cases of it; each case has a token of its own. */
static int
start(void **state)
{
    (void)state;
    softhsm_start(&soft, NULL);
    material_make(&first, "First", 1001);
    material_make(&second, "Second", 1002);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    softhsm_stop(&soft);
    return 0;
}

static int
setup_soft(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    session = softhsm_session_on_new(&soft);
    return 0;
}

static int
teardown_soft(void **state)
{
    (void)state;
    ukb_token_certificates_done(&list);
    ukb_token_session_free(session);
    session = NULL;
    return 0;
}

static int
setup_fake(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    fake_token_open(&token);
    session = token.session;
    return 0;
}

static int
teardown_fake(void **state)
{
    (void)state;
    ukb_token_certificates_done(&list);
    fake_token_close(&token);
    session = NULL;
    return 0;
}

static enum ukb_status
write_one(const struct material *material, const unsigned char *id, size_t id_len, CK_OBJECT_HANDLE *ret_handle)
{
    const struct ukb_certificate_template template =
        material_template(material, id, id_len, "\xE8\xAF\x81\xE4\xB9\xA6");

    return ukb_token_certificate_write(session, &template, ret_handle, &err);
}

static void
read_again(void)
{
    ukb_token_certificates_done(&list);
    assert_int_equal(ukb_token_certificates_read(session, &list, &err), UKB_OK);
}

static size_t
count_exact(const struct material *material, const unsigned char *id, size_t id_len)
{
    size_t count = 99;

    assert_int_equal(
        ukb_token_certificate_find_exact(session, material->der, material->der_len, id, id_len, NULL, 0, &count, &err),
        UKB_OK);
    return count;
}

static void
a_fresh_token_has_no_certificates(void **state)
{
    (void)state;
    read_again();
    assert_int_equal(list.count, 0);
    assert_int_equal(list.torn, 0);
}

static void
what_was_written_is_read_back_in_a_fresh_session(void **state)
{
    struct ukb_token_session *fresh = NULL;
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    (void)state;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    assert_int_equal(ukb_token_session_again(session, &fresh, &err), UKB_OK);
    assert_int_equal(ukb_token_certificates_read(fresh, &list, &err), UKB_OK);
    ukb_token_session_free(fresh);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].der_len, first.der_len);
    assert_memory_equal(list.items[0].der, first.der, first.der_len);
    assert_int_equal(list.items[0].id_len, sizeof(ID_A));
    assert_memory_equal(list.items[0].id, ID_A, sizeof(ID_A));
    assert_string_equal(list.items[0].label, "\xE8\xAF\x81\xE4\xB9\xA6");
}

/* Check one attribute that the template gave, or left out. */
static void
expect_attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
    unsigned char read[512];
    CK_ATTRIBUTE attribute = { type, read, sizeof(read) };

    assert_int_equal(session->module->functions->C_GetAttributeValue(session->handle, object, &attribute, 1), CKR_OK);
    assert_int_equal(attribute.ulValueLen, len);
    assert_memory_equal(read, value, len);
}

static void
a_written_certificate_has_all_attributes(void **state)
{
    const CK_CERTIFICATE_TYPE x509 = CKC_X_509;
    const CK_ULONG token_user = 1;
    const CK_BBOOL yes = CK_TRUE;
    const CK_BBOOL no = CK_FALSE;
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    (void)state;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    expect_attribute(handle, CKA_CERTIFICATE_TYPE, &x509, sizeof(x509));
    expect_attribute(handle, CKA_TOKEN, &yes, sizeof(yes));
    expect_attribute(handle, CKA_PRIVATE, &no, sizeof(no));
    expect_attribute(handle, CKA_SUBJECT, first.subject, first.subject_len);
    expect_attribute(handle, CKA_ISSUER, first.subject, first.subject_len);
    expect_attribute(handle, CKA_SERIAL_NUMBER, first.serial, first.serial_len);
    expect_attribute(handle, CKA_CERTIFICATE_CATEGORY, &token_user, sizeof(token_user));
}

static void
certificates_are_seen_before_login(void **state)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    (void)state;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    ukb_token_session_free(session);
    session = softhsm_session(&soft, false, false);
    read_again();
    assert_int_equal(list.count, 1);
}

static void
a_certificate_is_found_by_its_bytes_and_narrowed_by_its_id(void **state)
{
    CK_OBJECT_HANDLE handles[4] = { 0 };
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    size_t count = 0;

    (void)state;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    assert_int_equal(write_one(&first, ID_B, sizeof(ID_B), &handle), UKB_OK);
    assert_int_equal(count_exact(&first, NULL, 0), 2);
    assert_int_equal(count_exact(&second, NULL, 0), 0);
    assert_int_equal(count_exact(&first, ID_A, sizeof(ID_A)), 1);
    assert_int_equal(count_exact(&first, ID_A, sizeof(ID_A) - 1), 0);
    assert_int_equal(ukb_token_certificate_find_exact(session, first.der, first.der_len, ID_B, sizeof(ID_B), handles, 4,
                                                      &count, &err),
                     UKB_OK);
    assert_int_equal(count, 1);
    assert_int_equal(handles[0], handle);
    /* one byte less is another certificate */
    assert_int_equal(
        ukb_token_certificate_find_exact(session, first.der, first.der_len - 1, NULL, 0, NULL, 0, &count, &err),
        UKB_OK);
    assert_int_equal(count, 0);
}

static void
a_destroyed_certificate_is_gone_and_no_other(void **state)
{
    CK_OBJECT_HANDLE one = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE other = CK_INVALID_HANDLE;

    (void)state;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &one), UKB_OK);
    assert_int_equal(write_one(&second, ID_B, sizeof(ID_B), &other), UKB_OK);
    assert_int_equal(ukb_token_object_destroy(session, one, &err), UKB_OK);
    assert_int_equal(count_exact(&first, NULL, 0), 0);
    assert_int_equal(count_exact(&second, NULL, 0), 1);
    assert_int_equal(ukb_token_object_destroy(session, one, &err), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_OBJECT_HANDLE_INVALID");
}

static void
a_read_only_session_writes_nothing(void **state)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    (void)state;
    ukb_token_session_free(session);
    session = softhsm_session(&soft, false, true);
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_E_TOKEN_READ_ONLY);
    assert_int_equal(handle, CK_INVALID_HANDLE);
}

/* What a killed writer leaves: an object of the class, and nothing else that matters. */
static void
add_torn(void)
{
    const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    const CK_CERTIFICATE_TYPE type = CKC_X_509;
    const CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, NULL, sizeof(class) }, { CKA_CERTIFICATE_TYPE, NULL, sizeof(type) },
        { CKA_TOKEN, NULL, sizeof(yes) },   { CKA_SUBJECT, first.subject, first.subject_len },
        { CKA_VALUE, first.der, 0 },
    };
    CK_OBJECT_CLASS class_copy = class;
    CK_CERTIFICATE_TYPE type_copy = type;
    CK_BBOOL yes_copy = yes;
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    template[0].pValue = &class_copy;
    template[1].pValue = &type_copy;
    template[2].pValue = &yes_copy;
    assert_int_equal(session->module->functions->C_CreateObject(session->handle, template, 5, &handle), CKR_OK);
}

static void
torn_certificates_are_counted_then_tidied(void **state)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    size_t count = 0;

    (void)state;
    add_torn();
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    add_torn();
    read_again();
    assert_int_equal(list.count, 1);
    assert_int_equal(list.torn, 2);
    assert_int_equal(ukb_token_certificates_tidy(session, &count, &err), UKB_OK);
    assert_int_equal(count, 2);
    read_again();
    assert_int_equal(list.count, 1);
    assert_int_equal(list.torn, 0);
}

static void
a_pulled_token_is_removed(void **state)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    (void)state;
    softhsm_pull(&soft);
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_E_TOKEN_REMOVED);
    softhsm_insert(&soft);
    ukb_token_session_free(session);
    session = NULL;
    assert_int_equal(ukb_module_refresh(soft.module, &err), UKB_OK);
    session = softhsm_session(&soft, true, true);
    assert_int_equal(count_exact(&first, NULL, 0), 0);
}

static void
optional_attributes_are_left_out_for_tokens_that_refuse_them(void **state)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    (void)state;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    assert_int_equal(fake.create_calls, 1);
    assert_int_equal(fake.created_count, 11);

    fake.refuses[fake.refuses_count++] = CKA_CERTIFICATE_CATEGORY;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    assert_int_equal(fake.create_calls, 1 + 2);
    assert_int_equal(fake.created_count, 10);

    fake.refuses[fake.refuses_count++] = CKA_PRIVATE;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_OK);
    assert_int_equal(fake.create_calls, 1 + 2 + 3);
    assert_int_equal(fake.created_count, 7);

    fake.refuses[fake.refuses_count++] = CKA_ID;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_ATTRIBUTE_TYPE_INVALID");
    assert_int_equal(fake.create_calls, 1 + 2 + 3 + 3);
}

static void
a_full_token_is_asked_once_and_said_to_be_full(void **state)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    (void)state;
    fake.create_answer = CKR_DEVICE_MEMORY;
    assert_int_equal(write_one(&first, ID_A, sizeof(ID_A), &handle), UKB_E_TOKEN_FULL);
    assert_int_equal(fake.create_calls, 1);
}

static void
junk_is_read_as_it_is_and_longer_than_the_limit_not_at_all(void **state)
{
    static const unsigned char big[UKB_CERTIFICATE_DER_MAX_LEN + 1U] = { 0x30 };
    const CK_CERTIFICATE_TYPE attribute_certificate = CKC_X_509_ATTR_CERT;
    CK_OBJECT_HANDLE object;

    (void)state;
    object = fake_object_add(CKO_CERTIFICATE);
    fake_object_set(object, CKA_VALUE, "junk", 4);
    fake_object_set(object, CKA_LABEL, "a\x1B", 2);
    object = fake_object_add(CKO_CERTIFICATE);
    fake_object_set(object, CKA_VALUE, big, sizeof(big));
    object = fake_object_add(CKO_CERTIFICATE);
    fake_object_set(object, CKA_VALUE, big, sizeof(big) - 1);
    object = fake_object_add(CKO_CERTIFICATE);
    fake_object_set(object, CKA_VALUE, "other", 5);
    fake_object_set(object, CKA_CERTIFICATE_TYPE, &attribute_certificate, sizeof(attribute_certificate));
    (void)fake_object_add(CKO_CERTIFICATE);
    read_again();
    assert_int_equal(list.count, 2);
    assert_int_equal(list.oversize, 1);
    assert_int_equal(list.torn, 1);
    assert_int_equal(list.items[0].der_len, 4);
    assert_int_equal(list.items[0].id_len, 0);
    assert_string_equal(list.items[0].label, "a?");
    assert_int_equal(list.items[1].der_len, UKB_CERTIFICATE_DER_MAX_LEN);
}

static void
a_token_that_cannot_be_read_is_an_error_and_no_empty_list(void **state)
{
    (void)state;
    (void)fake_object_add(CKO_CERTIFICATE);
    fake.attribute_answer = CKR_DEVICE_ERROR;
    list.count = 0;
    assert_int_equal(ukb_token_certificates_read(session, &list, &err), UKB_E_TOKEN_ERROR);
    assert_null(list.items);
}

static void
tidying_spares_what_cannot_be_read(void **state)
{
    size_t count = 99;

    (void)state;
    (void)fake_object_add(CKO_CERTIFICATE);
    fake.attribute_answer = CKR_DEVICE_ERROR;
    assert_int_equal(ukb_token_certificates_tidy(session, &count, &err), UKB_OK);
    assert_int_equal(count, 0);
    assert_true(fake.objects[0].present);
}

#define SOFT(name) cmocka_unit_test_setup_teardown(name, setup_soft, teardown_soft)
#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup_fake, teardown_fake)

/* Somebody who is asked before each write. */
static unsigned int asked;
static bool refuses;

static enum ukb_status
before_write(void *ctx, const struct ukb_token_session *asking, struct ukb_error *reterr)
{
    assert_ptr_equal(ctx, &asked);
    assert_ptr_equal(asking, session);
    asked++;
    return refuses ? ukb_raise(reterr, UKB_E_DISK_FULL, 0, "not now") : UKB_OK;
}

static void
whoever_is_asked_before_a_write_can_refuse_it(void **state)
{
    const enum ukb_status expected[] = { UKB_OK, UKB_E_DISK_FULL };
    struct ukb_token_key key = { .private_handle = CK_INVALID_HANDLE };
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    struct delivered delivered;
    int i;

    (void)state;
    delivered_make(&delivered, "P-256");
    ukb_token_session_set_before_write(session, before_write, &asked);
    for (i = 0; i < 2; i++) {
        refuses = i == 1;
        asked = 0;
        assert_int_equal(write_one(i == 0 ? &first : &second, ID_A, sizeof(ID_A), &handle), expected[i]);
        assert_int_equal(asked, 1);
        assert_int_equal(ukb_token_keypair_generate(session, UKB_EC_P256, ID_A, sizeof(ID_A), "made", false, &key, &err),
                         expected[i]);
        assert_int_equal(asked, 2);
        assert_int_equal(
            ukb_token_key_import(session, &delivered.numbers, ID_B, sizeof(ID_B), "delivered", &key, &err),
            expected[i]);
        assert_int_equal(asked, refuses ? 3 : 4); /* both halves */
    }
    assert_int_equal(count_exact(&second, NULL, 0), 0);
    assert_int_equal(ukb_token_object_destroy(session, handle, &err), UKB_E_DISK_FULL);
    assert_int_equal(ukb_token_keypair_destroy(session, ID_B, sizeof(ID_B), NULL, &err), UKB_E_DISK_FULL);
    assert_int_equal(count_exact(&first, NULL, 0), 1);
    ukb_token_session_set_before_write(session, NULL, NULL);
    assert_int_equal(ukb_token_object_destroy(session, handle, &err), UKB_OK);
    assert_int_equal(count_exact(&first, NULL, 0), 0);
    delivered_done(&delivered);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SOFT(a_fresh_token_has_no_certificates),
        SOFT(what_was_written_is_read_back_in_a_fresh_session),
        SOFT(a_written_certificate_has_all_attributes),
        SOFT(certificates_are_seen_before_login),
        SOFT(a_certificate_is_found_by_its_bytes_and_narrowed_by_its_id),
        SOFT(a_destroyed_certificate_is_gone_and_no_other),
        SOFT(a_read_only_session_writes_nothing),
        SOFT(whoever_is_asked_before_a_write_can_refuse_it),
        SOFT(torn_certificates_are_counted_then_tidied),
        SOFT(a_pulled_token_is_removed),
        FAKE(optional_attributes_are_left_out_for_tokens_that_refuse_them),
        FAKE(a_full_token_is_asked_once_and_said_to_be_full),
        FAKE(junk_is_read_as_it_is_and_longer_than_the_limit_not_at_all),
        FAKE(a_token_that_cannot_be_read_is_an_error_and_no_empty_list),
        FAKE(tidying_spares_what_cannot_be_read),
    };

    return cmocka_run_group_tests_name("token/objects", tests, start, stop);
}
