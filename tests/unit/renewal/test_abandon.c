/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/abandon.c on SoftHSM: a request is given up, and its key with it. */
#include "person.h"

#include "renewal/internal.h"

static struct ukb_error err;
static struct ukb_renewal_record record;
static const struct ukb_subject_item subject[] = { { "CN", "Li" } };

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    assert_int_equal(person_setup(state), 0);
    person_acts();
    return 0;
}

static int
teardown(void **state)
{
    ukb_renewal_record_done(&record);
    return person_teardown(state);
}

static enum ukb_status
begin(void)
{
    const struct ukb_begin_params params = { .token = ukey.soft.token_id,
                                             .kind = UKB_KIND_ISSUE,
                                             .subject = subject,
                                             .subject_count = 1,
                                             .algorithm = "EC-P256" };

    ukb_renewal_record_done(&record);
    return ukb_renewal_begin(&person.env, &params, &record, &err);
}

static bool
key_is_there(void)
{
    const struct ukb_token_key key = { .public_key = record.public_key };
    bool there;

    person_looks();
    there = ukey_has_private(&key);
    person_acts();
    return there;
}

static enum ukb_renewal_state
state_of(const char *id)
{
    struct ukb_renewal_record now = { 0 };
    enum ukb_renewal_state found;

    assert_int_equal(ukb_journal_get(person.env.journal, id, &now, &err), UKB_OK);
    found = now.state;
    ukb_renewal_record_done(&now);
    return found;
}

static void
giving_up_deletes_the_key_that_was_made(void **state)
{
    (void)state;
    assert_int_equal(begin(), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_REQUESTED);
    assert_non_null(record.request_pem);
    assert_true(key_is_there());
    assert_int_equal(ukb_renewal_abandon(&person.env, record.id, &err), UKB_OK);
    assert_false(key_is_there());
    assert_int_equal(state_of(record.id), UKB_RENEWAL_ABANDONED);
    assert_int_equal(ukb_renewal_abandon(&person.env, record.id, &err), UKB_OK); /* twice is fine */
}

static void
a_closed_dialog_or_a_wrong_pin_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(begin(), UKB_OK);
    person_closes_the_dialog();
    assert_int_equal(ukb_renewal_abandon(&person.env, record.id, &err), UKB_E_PIN_CANCELLED);
    person_types("000000");
    assert_int_equal(ukb_renewal_abandon(&person.env, record.id, &err), UKB_E_PIN_INCORRECT);
    assert_true(key_is_there());
    assert_int_equal(state_of(record.id), UKB_RENEWAL_REQUESTED);
}

static void
another_sites_renewal_is_not_given_up(void **state)
{
    (void)state;
    assert_int_equal(begin(), UKB_OK);
    (void)snprintf(person.context.origin, sizeof(person.context.origin), "https://other.example");
    assert_int_equal(ukb_renewal_abandon(&person.env, record.id, &err), UKB_E_NOT_YOURS);
    assert_int_equal(ukb_renewal_abandon(&person.env, "none", &err), UKB_E_NO_RENEWAL);
    assert_true(key_is_there());
}

static void
only_an_open_request_can_be_given_up(void **state)
{
    static const struct {
        enum ukb_renewal_state in;
        enum ukb_status st;
    } rows[] = {
        { UKB_RENEWAL_PREPARING, UKB_OK },
        { UKB_RENEWAL_REQUESTED, UKB_OK },
        { UKB_RENEWAL_INSTALLING, UKB_E_WRONG_STATE },
        { UKB_RENEWAL_NEEDS_ATTENTION, UKB_OK },
        { UKB_RENEWAL_INSTALLED, UKB_E_WRONG_STATE },
        { UKB_RENEWAL_ABANDONED, UKB_OK },
        { UKB_RENEWAL_ROLLED_BACK, UKB_E_WRONG_STATE },
    };
    size_t i;

    (void)state;
    assert_int_equal(sizeof(rows) / sizeof(rows[0]), UKB_RENEWAL_STATE_COUNT);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ukb_renewal_record made = { .state = rows[i].in, .origin = person.context.origin };

        memcpy(made.token, ukey.soft.token_id, sizeof(made.token));
        (void)snprintf(made.id, sizeof(made.id), "%s-%zu", made.token, i);
        assert_int_equal(ukb_journal_insert(person.env.journal, &made, &err), UKB_OK);
        assert_int_equal(ukb_renewal_abandon(&person.env, made.id, &err), rows[i].st);
        assert_int_equal(state_of(made.id), rows[i].st == UKB_OK ? UKB_RENEWAL_ABANDONED : rows[i].in);
    }
    assert_false(person_was_asked()); /* none of them has a key */
}

static void
a_second_begin_is_answered_by_the_first_without_a_pin(void **state)
{
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];

    (void)state;
    assert_int_equal(begin(), UKB_OK);
    memcpy(id, record.id, sizeof(id));
    person_closes_the_dialog();
    assert_int_equal(begin(), UKB_OK);
    assert_string_equal(record.id, id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(giving_up_deletes_the_key_that_was_made),
        TEST(a_closed_dialog_or_a_wrong_pin_changes_nothing),
        TEST(another_sites_renewal_is_not_given_up),
        TEST(only_an_open_request_can_be_given_up),
        TEST(a_second_begin_is_answered_by_the_first_without_a_pin),
    };

    return cmocka_run_group_tests(tests, ukey_group_setup, ukey_group_teardown);
}
