/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/pending.c on SoftHSM: what was interrupted is told without a PIN, and nothing is done. */
#include "interrupted.h"

#include "platform/lock.h"

static struct ukb_error err;
static struct interrupted li;
static char told[512];

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    told[0] = '\0';
    assert_int_equal(person_setup(state), 0);
    li = interrupted_pair("Li");
    return 0;
}

static void
tell(void *ctx, const struct ukb_renewal_record *record, const char *next)
{
    const size_t len = strlen(told);

    assert_ptr_equal(ctx, told);
    (void)snprintf(told + len, sizeof(told) - len, "%s:%s ", record->id + UKB_TOKEN_ID_LEN + 1U, next);
}

static const char *
pending(void)
{
    enum ukb_status st;

    told[0] = '\0';
    person_acts();
    st = ukb_renewal_pending(&person.env, ukey.soft.token_id, tell, told, &err);
    if (st != UKB_OK) {
        fail_msg("%s", err.message);
    }
    person_looks();
    assert_false(person_was_asked());
    return told;
}

static void
each_state_that_is_an_interruption_is_told_and_no_other(void **state)
{
    static const char *const expected[UKB_RENEWAL_STATE_COUNT] = {
        [UKB_RENEWAL_PREPARING] = "1:undo ",
        [UKB_RENEWAL_INSTALLING] = "1:finish ",
    };
    int in;

    (void)state;
    for (in = 0; in < UKB_RENEWAL_STATE_COUNT; in++) {
        journal_stop(&person.journal);
        journal_start(&person.journal);
        person.env.journal = person.journal.journal;
        interrupted_note("1", PORTAL, (enum ukb_renewal_state)in, &li);
        assert_string_equal(pending(), expected[in] == NULL ? "" : expected[in]);
        assert_int_equal(interrupted_state("1"), in); /* told, and left as it was */
    }
    assert_int_equal(ukey_count(li.old, li.key.id, li.key.id_len), 1);
    assert_int_equal(ukey_count(li.candidate, NULL, 0), 0);
}

static void
whoever_asked_is_told_oldest_first(void **state)
{
    (void)state;
    interrupted_note("a", OTHER, UKB_RENEWAL_INSTALLING, &li);
    interrupted_note("b", NULL, UKB_RENEWAL_PREPARING, &li);
    interrupted_note("c", PORTAL, UKB_RENEWAL_REQUESTED, &li);
    assert_string_equal(pending(), "a:finish b:undo ");
}

static void
what_is_not_explained_has_no_next_step(void **state)
{
    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    ukey_put(ukey_certificate((struct made){ .common_name = "later",
                                             .usage = "digitalSignature",
                                             .not_after_s = MADE_START_S + 3 * MADE_YEAR_S },
                              &li.key),
             (const unsigned char *)"later", 5);
    assert_string_equal(pending(), "");
    assert_int_equal(interrupted_state("1"), UKB_RENEWAL_INSTALLING); /* marked only after a login */
}

/* Who holds the token's lock is at it: that is no interruption. Released, it is one. */
static void
one_that_is_under_way_is_not_told(void **state)
{
    char name[UKB_TOKEN_ID_LEN + sizeof("token-")];
    struct ukb_lock *lock = NULL;

    (void)state;
    interrupted_note("1", PORTAL, UKB_RENEWAL_INSTALLING, &li);
    (void)snprintf(name, sizeof(name), "token-%s", ukey.soft.token_id);
    assert_int_equal(ukb_lock_take(person.env.lock_dir, name, 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    assert_string_equal(pending(), "");
    ukb_lock_release(lock);
    assert_string_equal(pending(), "1:finish ");
    assert_int_equal(ukb_lock_take(person.env.lock_dir, name, 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock); /* nobody keeps it from telling */
    assert_int_equal(ukb_lock_share(person.env.lock_dir, name, 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    assert_string_equal(pending(), "1:finish "); /* nor does another who looks */
    ukb_lock_release(lock);
}

static void
another_ukeys_are_not_told_and_one_that_is_out_is_an_error(void **state)
{
    struct ukb_renewal_record record = { .state = UKB_RENEWAL_INSTALLING };

    (void)state;
    memset(record.token, 'f', UKB_TOKEN_ID_LEN);
    (void)snprintf(record.id, sizeof(record.id), "%s-1", record.token);
    assert_int_equal(ukb_journal_insert(person.env.journal, &record, &err), UKB_OK);
    assert_string_equal(pending(), "");
    assert_int_equal(ukb_renewal_pending(&person.env, record.token, tell, told, &err), UKB_E_NO_TOKEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, person_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_state_that_is_an_interruption_is_told_and_no_other),
        TEST(whoever_asked_is_told_oldest_first),
        TEST(what_is_not_explained_has_no_next_step),
        TEST(one_that_is_under_way_is_not_told),
        TEST(another_ukeys_are_not_told_and_one_that_is_out_is_an_error),
    };

    return cmocka_run_group_tests_name("renewal/pending", tests, ukey_group_setup, ukey_group_teardown);
}
