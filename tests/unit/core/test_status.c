/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "core/status.h"

static void
every_reason_is_found_again_and_has_a_code(void **state)
{
    size_t i;

    (void)state;
    for (i = UKB_END + 1U; i < UKB_STATUS_COUNT; i++) {
        const char *reason = ukb_status_reason((enum ukb_status)i);

        assert_true(ukb_status_code((enum ukb_status)i) <= -32000);
        if (reason != NULL) {
            assert_int_equal(ukb_status_from_reason(reason), i);
        }
    }
    assert_int_equal(ukb_status_from_reason("NO_SUCH_REASON"), UKB_E_INTERNAL);
    assert_int_equal(ukb_status_code(UKB_E_PIN_LOCKED), -32010);
}

static void
a_new_error_forgets_the_one_before(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_raise(&err, UKB_E_PARAMS, 5, "first %d", 1), UKB_E_PARAMS);
    ukb_error_add_string(&err, "field", "token");
    assert_int_equal(ukb_raise(&err, UKB_E_BUSY, 0, "second"), UKB_E_BUSY);
    assert_string_equal(err.message, "second");
    assert_int_equal(err.native, 0);
    assert_int_equal(err.attr_count, 0);
}

static void
long_text_is_cut_between_characters(void **state)
{
    struct ukb_error err = { 0 };
    char text[400];
    size_t i;

    (void)state;
    for (i = 0; i + 3 < sizeof(text); i += 3) {
        memcpy(text + i, "\xe9\x92\xa5", 3); /* one CJK character, three bytes */
    }
    text[i] = '\0';
    assert_int_equal(ukb_raise(&err, UKB_E_BUSY, 0, "x%s", text), UKB_E_BUSY);
    ukb_error_add_string(&err, "module", text);
    assert_int_equal(strlen(err.message), 1 + 84 * 3);
    assert_int_equal(strlen(err.attrs[0].string) % 3, 0);
}

static void
bytes_that_are_not_utf8_become_question_marks(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_raise(&err, UKB_E_BUSY, 0, "%.4s|", "\xe9\x92\xa5\xe9\x92\xa5"), UKB_E_BUSY);
    assert_string_equal(err.message, "\xe9\x92\xa5?|");
    ukb_error_add_string(&err, "module", "\xd6\xa4\xca\xe9"); /* GBK */
    assert_string_equal(err.attrs[0].string, "\xd6\xa4??");
    ukb_error_add_string(&err, "module", "a\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80\xe9\x92");
    assert_string_equal(err.attrs[1].string, "a???????????");
    ukb_error_add_string(&err, "module", "\xf0\x9f\x98\x80\xc2\x80\xef\xbf\xbf\x7f");
    assert_string_equal(err.attrs[2].string, "\xf0\x9f\x98\x80\xc2\x80\xef\xbf\xbf\x7f");
}

static void
every_outcome_has_a_word(void **state)
{
    int status;

    (void)state;
    assert_string_equal(ukb_status_word(UKB_OK), "OK");
    assert_string_equal(ukb_status_word(UKB_E_INTERNAL), "INTERNAL");
    assert_string_equal(ukb_status_word(UKB_E_PARAMS), "INVALID_PARAMS");
    assert_string_equal(ukb_status_word(UKB_E_BAD_ORIGIN), "BAD_ORIGIN");
    for (status = UKB_OK; status < UKB_STATUS_COUNT; status++) {
        assert_true(strlen(ukb_status_word((enum ukb_status)status)) > 1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_is_found_again_and_has_a_code),
        cmocka_unit_test(a_new_error_forgets_the_one_before),
        cmocka_unit_test(long_text_is_cut_between_characters),
        cmocka_unit_test(every_outcome_has_a_word),
        cmocka_unit_test(bytes_that_are_not_utf8_become_question_marks),
    };

    return cmocka_run_group_tests_name("core/status", tests, NULL, NULL);
}
