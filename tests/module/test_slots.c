/* SPDX-License-Identifier: MIT */
/* Tests of slots.c, in libukb-fault.so over SoftHSM: tokens that come and go. */
#include "../unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static void
with_slots(const char *text)
{
    fixture_write("slots", text);
    assert_int_equal(setenv("UKB_FAULT_SLOTS", fixture_file("slots"), 1), 0);
}

/* The slots that hold a token, as digits: "02". */
static const char *
slots_listed(CK_BBOOL present)
{
    static char text[FIXTURE_SLOTS_MAX + 1U];
    CK_SLOT_ID slots[FIXTURE_SLOTS_MAX];
    CK_ULONG count = 0;
    CK_ULONG i;

    assert_int_equal(fixture_module->C_GetSlotList(present, NULL, &count), CKR_OK);
    count = FIXTURE_SLOTS_MAX;
    assert_int_equal(fixture_module->C_GetSlotList(present, slots, &count), CKR_OK);
    for (i = 0; i < count; i++) {
        text[i] = (char)('0' + slots[i]);
    }
    text[count] = '\0';
    return text;
}

static void
tokens_are_where_the_file_says(void **state)
{
    CK_TOKEN_INFO info;
    CK_SLOT_INFO slot;

    (void)state;
    with_slots("UKey two\n\nUKey one\n");
    fixture_start(NULL);
    assert_string_equal(slots_listed(CK_TRUE), "02");
    assert_string_equal(slots_listed(CK_FALSE), "012");
    assert_int_equal(fixture_module->C_GetTokenInfo(0, &info), CKR_OK);
    assert_memory_equal(info.label, "UKey two ", 9);
    assert_int_equal(fixture_module->C_GetTokenInfo(1, &info), CKR_TOKEN_NOT_PRESENT);
    assert_int_equal(fixture_module->C_GetTokenInfo(3, &info), CKR_SLOT_ID_INVALID);
    assert_int_equal(fixture_module->C_GetSlotInfo(2, &slot), CKR_OK);
    assert_memory_equal(slot.slotDescription, "Reader 2 ", 9);
    assert_true((slot.flags & CKF_TOKEN_PRESENT) != 0);
    assert_int_equal(fixture_module->C_GetSlotInfo(1, &slot), CKR_OK);
    assert_true((slot.flags & CKF_TOKEN_PRESENT) == 0);
}

static void
only_the_null_call_notices_an_insertion(void **state)
{
    CK_SLOT_ID slots[FIXTURE_SLOTS_MAX];
    CK_ULONG count = FIXTURE_SLOTS_MAX;

    (void)state;
    with_slots("UKey one\n\n");
    fixture_start(NULL);
    fixture_write("slots", "UKey one\nUKey two\n");
    assert_int_equal(fixture_module->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(slots_listed(CK_TRUE), "01");
    count = 1;
    assert_int_equal(fixture_module->C_GetSlotList(CK_TRUE, slots, &count), CKR_BUFFER_TOO_SMALL);
    assert_int_equal(count, 2);
    assert_int_equal(fixture_module->C_GetSlotList(CK_TRUE, slots, NULL), CKR_ARGUMENTS_BAD);
}

static void
an_insertion_may_need_a_new_start(void **state)
{
    (void)state;
    with_slots("UKey one\n");
    assert_int_equal(setenv("UKB_FAULT_SLOTS_SEEN", "initialize", 1), 0);
    fixture_start(NULL);
    fixture_write("slots", "UKey one\nUKey two\n");
    assert_string_equal(slots_listed(CK_TRUE), "0");
    assert_int_equal(fixture_module->C_Finalize(NULL), CKR_OK);
    assert_int_equal(fixture_module->C_Initialize(NULL), CKR_OK);
    assert_string_equal(slots_listed(CK_TRUE), "01");
}

static void
a_removed_token_ends_its_sessions(void **state)
{
    CK_SESSION_HANDLE session;
    CK_SESSION_INFO info;
    unsigned char pin[] = "123456";

    (void)state;
    with_slots("\nUKey one\n");
    fixture_start(NULL);
    session = fixture_session("UKey one");
    assert_int_equal(fixture_module->C_Login(session, CKU_USER, pin, 6), CKR_OK);
    assert_int_equal(fixture_module->C_GetSessionInfo(session, &info), CKR_OK);
    assert_int_equal(info.slotID, 1);
    assert_int_equal(info.state, CKS_RW_USER_FUNCTIONS);
    fixture_write("slots", "\n\n");
    assert_int_equal(fixture_create(session, "removed"), CKR_DEVICE_REMOVED);
    fixture_write("slots", "\nUKey one\n");
    assert_int_equal(fixture_create(session, "removed"), CKR_SESSION_HANDLE_INVALID);
    session = fixture_session("UKey one");
    assert_int_equal(fixture_count(session, "removed"), 0);
    assert_int_equal(fixture_module->C_GetSessionInfo(session, &info), CKR_OK);
    assert_int_equal(info.state, CKS_RW_PUBLIC_SESSION); /* the login went with the token */
}

static void
a_token_is_pulled_before_or_after_a_call(void **state)
{
    CK_SESSION_HANDLE session;

    (void)state;
    with_slots("UKey one\nUKey two\n");
    fixture_start("C_CreateObject:1=pull; C_CreateObject:2=pull-after");
    session = fixture_session("UKey one");
    assert_int_equal(fixture_create(session, "pulled"), CKR_DEVICE_REMOVED);
    assert_string_equal(fixture_read("slots"), "\n\n");
    assert_string_equal(slots_listed(CK_TRUE), "");
    assert_string_equal(slots_listed(CK_FALSE), "01");
    fixture_write("slots", "UKey one\n");
    session = fixture_session("UKey one");
    assert_int_equal(fixture_create(session, "pulled"), CKR_OK);
    assert_string_equal(slots_listed(CK_TRUE), "");
    fixture_write("slots", "UKey one\n");
    assert_int_equal(fixture_count(fixture_session("UKey one"), "pulled"), 1);
}

static void
a_swapped_token_is_not_logged_in_to(void **state)
{
    CK_SESSION_HANDLE session;
    unsigned char pin[] = "123456";

    (void)state;
    with_slots("UKey one\n");
    fixture_start(NULL);
    session = fixture_session("UKey one");
    fixture_write("slots", "UKey two\n");
    assert_int_equal(fixture_module->C_Login(session, CKU_USER, pin, 6), CKR_DEVICE_REMOVED);
    assert_int_equal(fixture_module->C_CloseAllSessions(0), CKR_OK);
    assert_int_equal(fixture_module->C_CloseAllSessions(1), CKR_SLOT_ID_INVALID);
}

static void
without_its_file_no_reader_is_there(void **state)
{
    (void)state;
    assert_int_equal(setenv("UKB_FAULT_SLOTS", "/nowhere/slots", 1), 0);
    fixture_start(NULL);
    assert_string_equal(slots_listed(CK_FALSE), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(tokens_are_where_the_file_says, fixture_stop),
        cmocka_unit_test_teardown(only_the_null_call_notices_an_insertion, fixture_stop),
        cmocka_unit_test_teardown(an_insertion_may_need_a_new_start, fixture_stop),
        cmocka_unit_test_teardown(a_removed_token_ends_its_sessions, fixture_stop),
        cmocka_unit_test_teardown(a_token_is_pulled_before_or_after_a_call, fixture_stop),
        cmocka_unit_test_teardown(a_swapped_token_is_not_logged_in_to, fixture_stop),
        cmocka_unit_test_teardown(without_its_file_no_reader_is_there, fixture_stop),
    };

    return cmocka_run_group_tests_name("module/slots", tests, fixture_tokens, fixture_no_tokens);
}
