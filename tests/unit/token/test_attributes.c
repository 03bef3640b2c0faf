/* SPDX-License-Identifier: MIT */
/* Against the fake module: SoftHSM keeps to the standard. */
#include "../test.h"

#include <string.h>

#include "fake/fake_token.h"

#include "token/attributes.h"

static const unsigned char ID[] = { 1, 2, 3 };
static const char LABEL[] = "label";

static struct fake_token token;
static struct ukb_error err;
static struct ukb_buf handles;

static int
setup(void **state)
{
    const struct ukb_buf none = UKB_HANDLES_INIT;

    (void)state;
    memset(&err, 0, sizeof(err));
    handles = none;
    fake_token_open(&token);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_buf_done(&handles);
    fake_token_close(&token);
    return 0;
}

static enum ukb_status
find_certificates(void)
{
    const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE template = ukb_attribute(CKA_CLASS, &class, sizeof(class));

    return ukb_objects_find(token.session, &template, 1, &handles, &err);
}

static void
a_search_finds_what_matches_only(void **state)
{
    CK_OBJECT_HANDLE first;
    CK_OBJECT_HANDLE last;

    (void)state;
    first = fake_object_add(CKO_CERTIFICATE);
    (void)fake_object_add(CKO_PUBLIC_KEY);
    last = fake_object_add(CKO_CERTIFICATE);
    assert_int_equal(find_certificates(), UKB_OK);
    assert_int_equal(ukb_handles_count(&handles), 2);
    assert_int_equal(ukb_handles_at(&handles, 0), first);
    assert_int_equal(ukb_handles_at(&handles, 1), last);
}

static void
a_search_of_a_token_without_objects_finds_none(void **state)
{
    (void)state;
    assert_int_equal(find_certificates(), UKB_OK);
    assert_int_equal(ukb_handles_count(&handles), 0);
}

static void
a_search_that_fails_says_why(void **state)
{
    (void)state;
    fake.find_answer = CKR_DEVICE_ERROR;
    assert_int_equal(find_certificates(), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_DEVICE_ERROR");
}

static void
more_objects_than_the_limit_are_an_error(void **state)
{
    (void)state;
    (void)fake_object_add(CKO_CERTIFICATE);
    (void)fake_object_add(CKO_CERTIFICATE);
    handles.max_len = sizeof(CK_OBJECT_HANDLE);
    assert_int_equal(find_certificates(), UKB_E_TOO_LARGE);
}

/* Reads id and label with a third attribute in front that the object may not have. */
static void
read_three(CK_OBJECT_HANDLE object, unsigned char *id, unsigned char *label, CK_ATTRIBUTE *attributes)
{
    static unsigned char value[4];

    attributes[0] = (CK_ATTRIBUTE){ CKA_VALUE, value, sizeof(value) };
    attributes[1] = (CK_ATTRIBUTE){ CKA_ID, id, sizeof(ID) };
    attributes[2] = (CK_ATTRIBUTE){ CKA_LABEL, label, sizeof(LABEL) };
    assert_int_equal(ukb_attributes_read(token.session, object, attributes, 3), CKR_OK);
}

static void
a_whole_object_costs_one_call(void **state)
{
    const CK_OBJECT_HANDLE object = fake_object_add(CKO_DATA);
    unsigned char label[sizeof(LABEL)];
    unsigned char id[sizeof(ID)];
    CK_ATTRIBUTE attributes[3];

    (void)state;
    fake_object_set(object, CKA_VALUE, "v", 1);
    fake_object_set(object, CKA_ID, ID, sizeof(ID));
    fake_object_set(object, CKA_LABEL, LABEL, sizeof(LABEL));
    read_three(object, id, label, attributes);
    assert_int_equal(fake.attribute_calls, 1);
    assert_int_equal(attributes[0].ulValueLen, 1);
    assert_memory_equal(id, ID, sizeof(ID));
    assert_memory_equal(label, LABEL, sizeof(LABEL));
}

static void
a_missing_attribute_hides_no_other(void **state)
{
    const CK_OBJECT_HANDLE object = fake_object_add(CKO_DATA);
    unsigned char label[sizeof(LABEL)];
    unsigned char id[sizeof(ID)];
    CK_ATTRIBUTE attributes[3];
    int stops;

    (void)state;
    fake_object_set(object, CKA_ID, ID, sizeof(ID));
    fake_object_set(object, CKA_LABEL, LABEL, sizeof(LABEL));
    for (stops = 0; stops < 2; stops++) {
        fake.stops_at_first = stops == 1;
        memset(label, 0, sizeof(label));
        memset(id, 0, sizeof(id));
        read_three(object, id, label, attributes);
        assert_false(ukb_attribute_has_value(&attributes[0]));
        assert_memory_equal(id, ID, sizeof(ID));
        assert_memory_equal(label, LABEL, sizeof(LABEL));
    }
}

static void
a_value_that_does_not_fit_is_not_there(void **state)
{
    const CK_OBJECT_HANDLE object = fake_object_add(CKO_DATA);
    unsigned char label[sizeof(LABEL)];
    unsigned char id[sizeof(ID)];
    CK_ATTRIBUTE attributes[3];

    (void)state;
    fake.stops_at_first = true;
    fake_object_set(object, CKA_VALUE, "longer", 6);
    fake_object_set(object, CKA_ID, ID, sizeof(ID));
    fake_object_set(object, CKA_LABEL, LABEL, sizeof(LABEL));
    read_three(object, id, label, attributes);
    assert_false(ukb_attribute_has_value(&attributes[0]));
    assert_true(ukb_attribute_has_value(&attributes[1]));
    assert_memory_equal(label, LABEL, sizeof(LABEL));
}

static void
an_empty_value_is_no_value(void **state)
{
    const CK_OBJECT_HANDLE object = fake_object_add(CKO_DATA);
    unsigned char id[4];
    CK_ATTRIBUTE attribute = { CKA_ID, id, sizeof(id) };

    (void)state;
    fake_object_set(object, CKA_ID, "", 0);
    assert_int_equal(ukb_attributes_read(token.session, object, &attribute, 1), CKR_OK);
    assert_false(ukb_attribute_has_value(&attribute));
}

static void
an_unreadable_object_says_so(void **state)
{
    unsigned char id[4];
    CK_ATTRIBUTE attribute = { CKA_ID, id, sizeof(id) };

    (void)state;
    assert_int_equal(ukb_attributes_read(token.session, 7, &attribute, 1), CKR_OBJECT_HANDLE_INVALID);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_search_finds_what_matches_only),       CASE(a_search_of_a_token_without_objects_finds_none),
        CASE(a_search_that_fails_says_why),           CASE(more_objects_than_the_limit_are_an_error),
        CASE(a_whole_object_costs_one_call),          CASE(a_missing_attribute_hides_no_other),
        CASE(a_value_that_does_not_fit_is_not_there), CASE(an_empty_value_is_no_value),
        CASE(an_unreadable_object_says_so),
    };

    return cmocka_run_group_tests_name("token/attributes", tests, NULL, NULL);
}
