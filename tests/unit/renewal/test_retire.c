/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/retire.c on SoftHSM: which superseded pair goes, and which never does. */
#include "journal.h"

#include "ukey.h"

#include "renewal/internal.h"
#include "token/objects.h"

#define KEEP    "{\"retireOldSigning\":\"keep\"}"
#define NOW     "{\"retireOldSigning\":\"now\"}"
#define EXPIRED "{\"retireOldSigning\":\"expired\"}"

#define BEFORE_END (MADE_START_S + MADE_DAY_S)
#define AFTER_END  (MADE_START_S + MADE_YEAR_S + MADE_DAY_S)

static struct journal journal;
static struct ukb_error err;
static char renewal[UKB_RENEWAL_ID_MAX_LEN + 1U];

/* A superseded pair and its successor. */
static struct ukb_token_key old_key;
static struct ukb_token_key new_key;
static const struct ukb_certificate *old;
static const struct ukb_certificate *new;

static int
setup(void **state)
{
    (void)ukey_setup(state);
    journal_start(&journal);
    memset(&err, 0, sizeof(err));
    (void)snprintf(renewal, sizeof(renewal), "%s-1", ukey.soft.token_id);
    old_key = ukey_key("old");
    new_key = ukey_key("new");
    old = ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature" }, &old_key);
    new = ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature", .serial = 2 }, &new_key);
    ukey_put(old, old_key.id, old_key.id_len);
    ukey_put(new, new_key.id, new_key.id_len);
    return 0;
}

static int
teardown(void **state)
{
    journal_stop(&journal);
    return ukey_teardown(state);
}

static void
note_as(const char *id, enum ukb_renewal_state to, enum ukb_renewal_key key, const struct ukb_certificate *before,
        const struct ukb_certificate *after)
{
    struct ukb_renewal_object objects[] = { ukb_renewal_object_of(before, UKB_RENEWAL_OLD),
                                            ukb_renewal_object_of(after, UKB_RENEWAL_NEW) };
    struct ukb_renewal_record record = { .state = to, .key = key, .objects = objects, .object_count = 2 };

    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    (void)snprintf(record.id, sizeof(record.id), "%s", id);
    if (ukb_journal_insert(journal.journal, &record, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

static void
note(void)
{
    note_as(renewal, UKB_RENEWAL_INSTALLED, UKB_RENEWAL_KEY_NEW, old, new);
}

static enum ukb_status
retire(const char *policy_text, long long now_s, const char *id)
{
    struct ukb_policy *policy = NULL;
    struct ukb_renewal_env env = { .journal = journal.journal, .now_s = now_s };
    enum ukb_status st;

    assert_int_equal(ukb_policy_parse(policy_text, NULL, &policy, &err), UKB_OK);
    env.policy = policy;
    st = ukb_retire_old(&env, ukey.session, ukey.soft.token_id, id, &err);
    ukb_policy_free(policy);
    return st;
}

static void
expect_kept(void)
{
    assert_true(ukey_has_private(&old_key));
    assert_int_equal(ukey_count(old, NULL, 0), 1);
    assert_true(ukey_has_private(&new_key));
    assert_int_equal(ukey_count(new, NULL, 0), 1);
}

static void
expect_gone(void)
{
    struct ukb_token_keys keys = { 0 };

    assert_int_equal(ukb_token_keys_by_id(ukey.session, old_key.id, old_key.id_len, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 0); /* neither half */
    ukb_token_keys_done(&keys);
    assert_int_equal(ukey_count(old, NULL, 0), 0);
    assert_true(ukey_has_private(&new_key));
    assert_int_equal(ukey_count(new, NULL, 0), 1);
}

static void
keep_keeps_for_ever(void **state)
{
    (void)state;
    note();
    assert_int_equal(retire(KEEP, AFTER_END, renewal), UKB_OK);
    expect_kept();
}

static void
expired_waits_for_the_end_and_then_takes_it_in_any_call(void **state)
{
    (void)state;
    note();
    assert_int_equal(retire(EXPIRED, BEFORE_END, renewal), UKB_OK);
    expect_kept();
    assert_int_equal(retire(EXPIRED, ukb_certificate_facts(old)->not_after_s, renewal), UKB_OK);
    expect_kept(); /* its last second is still its own */
    assert_int_equal(retire("{}", ukb_certificate_facts(old)->not_after_s + 1, "another"), UKB_OK);
    expect_gone();
    assert_int_equal(retire("{}", AFTER_END, "another"), UKB_OK); /* nothing left to do */
}

static void
now_takes_what_this_call_superseded_and_nothing_older(void **state)
{
    (void)state;
    note();
    assert_int_equal(retire(NOW, BEFORE_END, "another"), UKB_OK);
    expect_kept();
    assert_int_equal(retire(NOW, BEFORE_END, renewal), UKB_OK);
    expect_gone();
}

static void
what_was_done_is_noted(void **state)
{
    struct ukb_renewal_record record = { 0 };

    (void)state;
    note();
    assert_int_equal(retire(NOW, BEFORE_END, renewal), UKB_OK);
    assert_int_equal(ukb_journal_get(journal.journal, renewal, &record, &err), UKB_OK);
    assert_true(record.step_count > 0);
    assert_string_equal(record.steps[record.step_count - 1U].name, "retire-old");
    assert_string_equal(record.steps[record.step_count - 1U].outcome, ukb_certificate_facts(old)->id);
    ukb_renewal_record_done(&record);
}

static void
what_no_renewal_of_this_journal_superseded_stays(void **state)
{
    (void)state;
    assert_int_equal(retire(NOW, AFTER_END, renewal), UKB_OK);
    assert_int_equal(retire(EXPIRED, AFTER_END, renewal), UKB_OK);
    expect_kept();
}

static void
a_renewal_that_is_not_installed_retires_nothing(void **state)
{
    static const enum ukb_renewal_state states[] = { UKB_RENEWAL_PREPARING,  UKB_RENEWAL_REQUESTED,
                                                     UKB_RENEWAL_INSTALLING, UKB_RENEWAL_NEEDS_ATTENTION,
                                                     UKB_RENEWAL_ABANDONED,  UKB_RENEWAL_ROLLED_BACK };
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        (void)snprintf(id, sizeof(id), "%s-state%zu", ukey.soft.token_id, i);
        note_as(id, states[i], UKB_RENEWAL_KEY_NEW, old, new);
        assert_int_equal(retire(NOW, AFTER_END, id), UKB_OK);
        assert_int_equal(retire(EXPIRED, AFTER_END, id), UKB_OK);
        expect_kept();
    }
}

static void
a_renewal_of_the_same_key_retires_nothing(void **state)
{
    (void)state;
    note_as(renewal, UKB_RENEWAL_INSTALLED, UKB_RENEWAL_KEY_SAME, old, new);
    assert_int_equal(retire(NOW, AFTER_END, renewal), UKB_OK);
    expect_kept();
}

static void
without_its_successor_on_the_ukey_it_stays(void **state)
{
    struct ukb_token_certificates list = { 0 };
    size_t i;

    (void)state;
    note();
    assert_int_equal(ukb_token_certificates_read(ukey.session, &list, &err), UKB_OK);
    for (i = 0; i < list.count; i++) {
        if (list.items[i].der_len == ukb_certificate_facts(new)->der_len &&
            memcmp(list.items[i].der, ukb_certificate_facts(new)->der, list.items[i].der_len) == 0) {
            assert_int_equal(ukb_token_object_destroy(ukey.session, list.items[i].handle, &err), UKB_OK);
        }
    }
    ukb_token_certificates_done(&list);
    assert_int_equal(retire(NOW, AFTER_END, renewal), UKB_OK);
    assert_int_equal(retire(EXPIRED, AFTER_END, renewal), UKB_OK);
    assert_true(ukey_has_private(&old_key));
    assert_int_equal(ukey_count(old, NULL, 0), 1);
}

/* Old bids are read with it for as long as anybody wants to read them. */
static void
a_key_that_may_decrypt_never_goes(void **state)
{
    static const char *const usages[] = { "keyEncipherment", "keyAgreement", "digitalSignature,keyEncipherment", NULL };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
        char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
        char name[12];
        struct ukb_token_key key;
        const struct ukb_certificate *certificate = NULL;

        (void)snprintf(name, sizeof(name), "usage%zu", i);
        (void)snprintf(id, sizeof(id), "%s-%s", ukey.soft.token_id, name);
        key = ukey_key(name);
        certificate = ukey_certificate((struct made){ .common_name = "Li", .usage = usages[i], .serial = 7 }, &key);
        ukey_put(certificate, key.id, key.id_len);
        note_as(id, UKB_RENEWAL_INSTALLED, UKB_RENEWAL_KEY_NEW, certificate, new);
        assert_int_equal(retire(NOW, AFTER_END, id), UKB_OK);
        assert_int_equal(retire(EXPIRED, AFTER_END, id), UKB_OK);
        assert_true(ukey_has_private(&key));
        assert_int_equal(ukey_count(certificate, NULL, 0), 1);
    }
}

static void
a_key_with_another_certificate_never_goes(void **state)
{
    const struct ukb_certificate *other =
        ukey_certificate((struct made){ .common_name = "Li elsewhere", .usage = "keyAgreement" }, &old_key);

    (void)state;
    note();
    ukey_put(other, (const unsigned char *)"elsewhere", 9);
    assert_int_equal(retire(NOW, AFTER_END, renewal), UKB_OK);
    expect_kept();
    assert_int_equal(ukey_count(other, NULL, 0), 1);
}

static void
a_retirement_that_was_cut_is_finished_by_the_next_call(void **state)
{
    (void)state;
    note();
    assert_int_equal(ukb_token_keypair_destroy(ukey.session, old_key.id, old_key.id_len, &old_key.public_key, &err),
                     UKB_OK);
    assert_int_equal(ukey_count(old, NULL, 0), 1); /* the key is gone, the certificate not yet */
    assert_int_equal(retire(EXPIRED, AFTER_END, "another"), UKB_OK);
    expect_gone();
}

static void
also_when_the_public_half_was_left(void **state)
{
    (void)state;
    note();
    assert_int_equal(ukb_token_object_destroy(ukey.session, old_key.private_handle, &err), UKB_OK);
    assert_false(ukey_has_private(&old_key));
    assert_int_equal(retire(EXPIRED, AFTER_END, "another"), UKB_OK);
    expect_gone();
}

/* What the commit of a call that retires at once says. */
static void
promise(void)
{
    assert_int_equal(
        ukb_journal_add_step(journal.journal, renewal, UKB_JOURNAL_STEP_COMMIT, UKB_JOURNAL_STEP_RETIRE_OLD, &err),
        UKB_OK);
}

static bool
is_open(void)
{
    struct ukb_renewal_record record = { 0 };
    struct ukb_inventory inventory = { 0 };
    bool open = false;

    assert_int_equal(ukb_journal_get(journal.journal, renewal, &record, &err), UKB_OK);
    assert_int_equal(ukb_inventory_read(ukey.session, &inventory, &err), UKB_OK);
    open = ukb_retire_is_open(&record, &inventory);
    ukb_inventory_done(&inventory);
    ukb_renewal_record_done(&record);
    return open;
}

static void
a_promise_is_kept_by_any_later_call_whatever_the_policy_says_then(void **state)
{
    static const char *const policies[] = { KEEP, NOW, EXPIRED };
    size_t i;

    (void)state;
    note();
    assert_false(is_open());
    promise();
    for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        assert_int_equal(is_open(), i == 0);
        assert_int_equal(retire(policies[i], BEFORE_END, "another"), UKB_OK);
        expect_gone();
    }
}

static void
a_promise_that_may_not_be_kept_is_not_open(void **state)
{
    const struct ukb_certificate *other =
        ukey_certificate((struct made){ .common_name = "Li elsewhere", .usage = "keyAgreement" }, &old_key);

    (void)state;
    note();
    promise();
    ukey_put(other, (const unsigned char *)"elsewhere", 9);
    assert_false(is_open());
    assert_int_equal(retire(NOW, BEFORE_END, "another"), UKB_OK);
    expect_kept();
}

static void
a_renewal_that_was_noted_twice_is_retired_once(void **state)
{
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];

    (void)state;
    (void)snprintf(id, sizeof(id), "%s-2", ukey.soft.token_id);
    note();
    note_as(id, UKB_RENEWAL_INSTALLED, UKB_RENEWAL_KEY_NEW, old, new);
    assert_int_equal(retire(EXPIRED, AFTER_END, renewal), UKB_OK);
    expect_gone();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keep_keeps_for_ever, setup, teardown),
        cmocka_unit_test_setup_teardown(expired_waits_for_the_end_and_then_takes_it_in_any_call, setup, teardown),
        cmocka_unit_test_setup_teardown(now_takes_what_this_call_superseded_and_nothing_older, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_done_is_noted, setup, teardown),
        cmocka_unit_test_setup_teardown(what_no_renewal_of_this_journal_superseded_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(a_renewal_that_is_not_installed_retires_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_renewal_of_the_same_key_retires_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(without_its_successor_on_the_ukey_it_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_that_may_decrypt_never_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_with_another_certificate_never_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_retirement_that_was_cut_is_finished_by_the_next_call, setup, teardown),
        cmocka_unit_test_setup_teardown(also_when_the_public_half_was_left, setup, teardown),
        cmocka_unit_test_setup_teardown(a_promise_is_kept_by_any_later_call_whatever_the_policy_says_then, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_promise_that_may_not_be_kept_is_not_open, setup, teardown),
        cmocka_unit_test_setup_teardown(a_renewal_that_was_noted_twice_is_retired_once, setup, teardown),
    };

    return cmocka_run_group_tests_name("renewal/retire", tests, ukey_group_setup, ukey_group_teardown);
}
