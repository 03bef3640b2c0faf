/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/recover.c on SoftHSM: what is finished, undone or left alone, for whom, after which question.
 * The keys of calls that died before their request: test_orphans.c. */
#include "interrupted.h"

static struct ukb_error err;
static struct ukb_renewal_list done;
static struct interrupted li;
static struct interrupted wang;

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    assert_int_equal(person_setup(state), 0);
    li = interrupted_pair("Li");
    wang = interrupted_pair("Wang");
    return 0;
}

static int
teardown(void **state)
{
    ukb_renewal_list_done(&done);
    return person_teardown(state);
}

/* The window's call, whose user types the PIN. */
static enum ukb_status
recover(void)
{
    enum ukb_status st;

    ukb_renewal_list_done(&done);
    person_acts();
    st = ukb_renewal_recover(&person.env, ukey.soft.token_id, &done, &err);
    person_looks();
    return st;
}

/* What begin and install do first, on a hold that is logged in. */
static enum ukb_status
recover_own(void)
{
    struct ukb_hold hold = { .session = ukey.session };
    const enum ukb_status st = ukb_recover_own(&person.env, &hold, &err);

    ukey.session = hold.session;
    return st;
}

static void
expect_exchanged(const struct interrupted *pair)
{
    assert_int_equal(ukey_count(pair->candidate, pair->key.id, pair->key.id_len), 1);
    assert_int_equal(ukey_count(pair->old, NULL, 0), 0);
}

static void
expect_untouched(const struct interrupted *pair)
{
    assert_int_equal(ukey_count(pair->old, pair->key.id, pair->key.id_len), 1);
    assert_int_equal(ukey_count(pair->candidate, NULL, 0), 0);
}

/* A newer certificate of somebody else for the pair's key: that explains nothing that its renewal did. */
static void
overtake(const struct interrupted *pair)
{
    ukey_put(ukey_certificate((struct made){ .common_name = "later",
                                             .usage = "digitalSignature",
                                             .serial = 9,
                                             .not_after_s = MADE_START_S + 3 * MADE_YEAR_S },
                              &pair->key),
             (const unsigned char *)"later", 5);
}

static void
nothing_to_do_asks_for_nothing(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_REQUESTED, &li);
    interrupted_note("2", PORTAL, UKB_RENEWAL_ROLLED_BACK, &wang);
    assert_int_equal(recover(), UKB_OK);
    assert_int_equal(done.count, 0);
    assert_false(person_was_asked());
    expect_untouched(&li);
}

static void
everybodys_are_finished_after_one_pin(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    interrupted_note("2", NULL, UKB_RENEWAL_INSTALLING, &wang);
    assert_int_equal(recover(), UKB_OK);
    assert_true(person_was_asked());
    assert_int_equal(done.count, 2);
    assert_int_equal(done.items[0].state, UKB_RENEWAL_INSTALLED); /* as they are now */
    assert_int_equal(done.items[1].state, UKB_RENEWAL_INSTALLED);
    expect_exchanged(&li);
    expect_exchanged(&wang);
}

static void
without_the_pin_nothing_happens(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    person_closes_the_dialog();
    assert_int_equal(recover(), UKB_E_PIN_CANCELLED);
    person_types("000000");
    assert_int_equal(recover(), UKB_E_PIN_INCORRECT);
    assert_int_equal(done.count, 0);
    assert_int_equal(interrupted_state("1"), UKB_RENEWAL_INSTALLING);
    expect_untouched(&li);
}

static void
a_call_recovers_its_own_origins_only(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    interrupted_note("2", OTHER, UKB_RENEWAL_INSTALLING, &wang);
    assert_int_equal(recover_own(), UKB_OK);
    expect_exchanged(&li);
    expect_untouched(&wang);
    assert_int_equal(interrupted_state("2"), UKB_RENEWAL_INSTALLING);
}

static void
a_key_that_is_gone_takes_its_certificate_back(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    ukey_put(li.candidate, (const unsigned char *)"temp", 4);
    assert_int_equal(ukb_token_keypair_destroy(ukey.session, li.key.id, li.key.id_len, NULL, &err), UKB_OK);
    assert_int_equal(recover(), UKB_OK);
    assert_int_equal(done.count, 1);
    assert_int_equal(done.items[0].state, UKB_RENEWAL_REQUESTED);
    expect_untouched(&li);
}

static void
what_is_not_explained_is_marked_and_left_alone_and_the_others_go_on(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    interrupted_note("2", PORTAL, UKB_RENEWAL_INSTALLING, &wang);
    overtake(&li);
    assert_int_equal(recover(), UKB_OK);
    assert_int_equal(done.count, 2);
    assert_int_equal(interrupted_state("1"), UKB_RENEWAL_NEEDS_ATTENTION);
    assert_int_equal(interrupted_state("2"), UKB_RENEWAL_INSTALLED);
    expect_untouched(&li);
    expect_exchanged(&wang);
    assert_int_equal(unlink(scratch_path(person.scratch, "asked")), 0);
    assert_int_equal(recover(), UKB_OK); /* it is not asked about again */
    assert_int_equal(done.count, 0);
    assert_false(person_was_asked());
}

static void
what_explains_itself_later_is_finished(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_NEEDS_ATTENTION, &li);
    assert_int_equal(recover(), UKB_OK);
    assert_int_equal(done.count, 1);
    assert_int_equal(interrupted_state("1"), UKB_RENEWAL_INSTALLED);
    expect_exchanged(&li);
}

static void
what_another_computer_finished_is_noted(void **state)
{
    struct ukb_renewal_record record = { 0 };

    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_REQUESTED, &li);
    assert_int_equal(ukb_write_apply(ukey.session,
                                     &(struct ukb_write){ .old = li.old,
                                                          .candidate = li.candidate,
                                                          .label = "Li",
                                                          .key_id = li.key.id,
                                                          .key_id_len = li.key.id_len,
                                                          .temp_id = (const unsigned char *)"temp",
                                                          .temp_id_len = 4 },
                                     &err),
                     UKB_OK);
    assert_int_equal(recover(), UKB_OK);
    assert_int_equal(ukb_journal_get(person.env.journal, interrupted_id("1"), &record, &err), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_INSTALLED);
    assert_int_equal(record.object_count, 2);
    assert_string_equal(record.objects[1].sha256, ukb_certificate_facts(li.candidate)->id);
    ukb_renewal_record_done(&record);
    expect_exchanged(&li);
}

/* The promise of an installed one: the old pair goes. */
static void
a_retirement_that_was_cut_off_is_finished(void **state)
{
    struct interrupted pair = li;
    const struct ukb_renewal_change committed = { .id = interrupted_id("1"),
                                                  .from = UKB_RENEWAL_INSTALLED,
                                                  .to = UKB_RENEWAL_INSTALLED,
                                                  .step = UKB_JOURNAL_STEP_COMMIT,
                                                  .outcome = UKB_JOURNAL_STEP_RETIRE_OLD };
    struct ukb_renewal_object objects[] = { ukb_renewal_object_of(li.old, UKB_RENEWAL_OLD),
                                            ukb_renewal_object_of(wang.old, UKB_RENEWAL_NEW) };
    struct ukb_renewal_record record = {
        .state = UKB_RENEWAL_INSTALLED, .key = UKB_RENEWAL_KEY_NEW, .objects = objects, .object_count = 2
    };

    (void)state;
    memcpy(record.id, committed.id, strlen(committed.id) + 1U);
    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    assert_int_equal(ukb_journal_insert(person.env.journal, &record, &err), UKB_OK);
    assert_int_equal(ukb_journal_advance(person.env.journal, &committed, &err), UKB_OK);
    assert_int_equal(recover(), UKB_OK);
    assert_int_equal(done.count, 1);
    assert_int_equal(ukey_count(pair.old, NULL, 0), 0);
    assert_false(ukey_has_private(&pair.key));
    assert_true(ukey_has_private(&wang.key));
    assert_int_equal(recover(), UKB_OK);
    assert_int_equal(done.count, 0);
}

static void
another_ukeys_renewals_are_left(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    person_acts();
    assert_int_equal(ukb_renewal_recover(&person.env, "ffffffffffffffffffffffffffffffff", &done, &err), UKB_E_NO_TOKEN);
    person_looks();
    assert_int_equal(interrupted_state("1"), UKB_RENEWAL_INSTALLING);
}

/* Which step cannot be stopped is told, and that it can again. */
static char told[8];

static void
tell(void *ctx, bool on)
{
    (void)ctx;
    (void)snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s", on ? "+" : "-");
}

static void
each_record_is_uninterruptible_for_itself(void **state)
{
    (void)state;
    told[0] = '\0';
    person.env.uninterruptible = tell;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    interrupted_note("2", PORTAL, UKB_RENEWAL_INSTALLING, &wang);
    assert_int_equal(recover(), UKB_OK);
    assert_string_equal(told, "+-+-");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_to_do_asks_for_nothing),
        TEST(everybodys_are_finished_after_one_pin),
        TEST(without_the_pin_nothing_happens),
        TEST(a_call_recovers_its_own_origins_only),
        TEST(a_key_that_is_gone_takes_its_certificate_back),
        TEST(what_is_not_explained_is_marked_and_left_alone_and_the_others_go_on),
        TEST(what_explains_itself_later_is_finished),
        TEST(what_another_computer_finished_is_noted),
        TEST(a_retirement_that_was_cut_off_is_finished),
        TEST(another_ukeys_renewals_are_left),
        TEST(each_record_is_uninterruptible_for_itself),
    };

    return cmocka_run_group_tests_name("renewal/recover", tests, ukey_group_setup, ukey_group_teardown);
}
