/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/orphans.c, as recover.c calls it, on SoftHSM: the keys of calls that died are deleted, and no
 * others. */
#include "journal.h"
#include "../token/fake/material.h"
#include "ukey.h"

#include "renewal/internal.h"
#include "token/sign.h"

#define PORTAL "https://portal.example"

static struct ukb_error err;
static struct journal journal;
static struct ukb_context context;
static struct ukb_renewal_env env;

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    memset(&context, 0, sizeof(context));
    assert_int_equal(ukey_setup(state), 0);
    journal_start(&journal);
    (void)snprintf(context.origin, sizeof(context.origin), "%s", PORTAL);
    env = (struct ukb_renewal_env){ .journal = journal.journal, .context = &context };
    return 0;
}

static int
teardown(void **state)
{
    journal_stop(&journal);
    return ukey_teardown(state);
}

/* As a process that starts now: the module shows objects in another order than they were made in. */
static void
begin_anew(void)
{
    ukb_token_session_free(ukey.session);
    assert_int_equal(ukb_module_refresh(ukey.soft.module, &err), UKB_OK);
    ukey.session = softhsm_session(&ukey.soft, true, true);
}

static const char *
id_of(const char *name)
{
    static char id[UKB_RENEWAL_ID_MAX_LEN + 1U];

    (void)snprintf(id, sizeof(id), "%s-%s", ukey.soft.token_id, name);
    return id;
}

/* What a call of the portal leaves behind that dies once its key is made; NULL: before that. */
static struct ukb_renewal_record
half_prepared(const char *name, const struct ukb_token_key *key)
{
    struct ukb_renewal_record record = { .key = UKB_RENEWAL_KEY_NEW,
                                         .state = UKB_RENEWAL_PREPARING,
                                         .origin = context.origin };

    memcpy(record.id, id_of(name), strlen(id_of(name)) + 1U);
    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    if (key != NULL) {
        memcpy(record.key_id, key->id, key->id_len);
        record.key_id_len = key->id_len;
    }
    return record;
}

static void
note(struct ukb_renewal_record record)
{
    assert_int_equal(ukb_journal_insert(journal.journal, &record, &err), UKB_OK);
}

static enum ukb_status
clean(void)
{
    struct ukb_hold hold = { .session = ukey.session };
    const enum ukb_status st = ukb_recover_own(&env, &hold, &err);

    ukey.session = hold.session;
    return st;
}

static enum ukb_renewal_state
state_of(const char *name)
{
    struct ukb_renewal_record record = { 0 };
    enum ukb_renewal_state found;

    assert_int_equal(ukb_journal_get(journal.journal, id_of(name), &record, &err), UKB_OK);
    found = record.state;
    ukb_renewal_record_done(&record);
    return found;
}

/* Whether the private key is there: it signs, and the signature is that key's. */
static bool
signs(const struct ukb_token_key *key)
{
    static const unsigned char message[] = "message";
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    size_t len = sizeof(signature);
    struct ukb_token_key found = { 0 };

    return ukb_token_key_find(ukey.session, &key->public_key, key->id, key->id_len, &found, &err) == UKB_OK &&
           ukb_token_sign(ukey.session, &found, UKB_SHA256, message, sizeof(message), signature, &len, &err) ==
               UKB_OK &&
           material_verify(&key->public_key, UKB_SHA256, message, sizeof(message), signature, len);
}

static void
the_key_of_a_call_that_died_is_deleted_and_the_call_rolled_back(void **state)
{
    const struct ukb_token_key key = ukey_key("orphan");
    const struct ukb_token_key other = ukey_key("other");

    (void)state;
    note(half_prepared("1", &key));
    assert_int_equal(clean(), UKB_OK);
    assert_false(ukey_has_private(&key));
    assert_true(signs(&other));
    assert_int_equal(state_of("1"), UKB_RENEWAL_ROLLED_BACK);
    assert_int_equal(clean(), UKB_OK); /* nothing is left to do */
}

static void
what_was_done_is_noted(void **state)
{
    const struct ukb_token_key key = ukey_key("orphan");
    struct ukb_renewal_record record = { 0 };

    (void)state;
    note(half_prepared("1", &key));
    assert_int_equal(clean(), UKB_OK);
    assert_int_equal(ukb_journal_get(journal.journal, id_of("1"), &record, &err), UKB_OK);
    assert_true(record.step_count > 0);
    assert_string_equal(record.steps[record.step_count - 1U].name, "delete-key");
    assert_string_equal(record.steps[record.step_count - 1U].outcome, "ok");
    ukb_renewal_record_done(&record);
}

static struct ukb_token_key
rsa_key(const char *name)
{
    struct ukb_token_key key = { 0 };

    if (ukb_token_keypair_generate(ukey.session, UKB_RSA_2048, (const unsigned char *)name, strlen(name), name, false,
                                   &key, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return key;
}

static void
a_key_that_is_known_is_deleted_and_its_namesake_stays(void **state)
{
    const struct ukb_token_key older = rsa_key("name");
    const struct ukb_token_key key = rsa_key("name");
    struct ukb_renewal_record record = half_prepared("1", &key);

    (void)state;
    record.public_key = key.public_key;
    note(record);
    begin_anew();
    assert_int_equal(clean(), UKB_OK);
    assert_false(ukey_has_private(&key));
    assert_true(signs(&older));
    assert_int_equal(state_of("1"), UKB_RENEWAL_ROLLED_BACK);
}

/* SoftHSM's EC keys do not tell their public key: only a public half with their id does. */
static void
namesakes_that_do_not_tell_apart_are_both_kept(void **state)
{
    const struct ukb_token_key key = ukey_key("name");
    const struct ukb_token_key other = ukey_key("name");
    struct ukb_renewal_record record = half_prepared("1", &key);
    struct ukb_token_keys keys = { 0 };

    (void)state;
    record.public_key = key.public_key;
    note(record);
    begin_anew();
    assert_int_equal(clean(), UKB_E_KEY_MISMATCH);
    assert_int_equal(state_of("1"), UKB_RENEWAL_PREPARING);
    assert_int_equal(ukb_token_keys_by_id(ukey.session, other.id, other.id_len, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 4);
    ukb_token_keys_done(&keys);
}

static void
a_half_that_does_not_tell_whose_it_is_bars_the_way(void **state)
{
    const struct ukb_token_key key = ukey_key("half");
    struct ukb_renewal_record record = half_prepared("1", &key);
    struct ukb_token_keys keys = { 0 };

    (void)state;
    record.public_key = key.public_key;
    note(record);
    assert_int_equal(ukb_token_object_destroy(ukey.session, key.public_handle, &err), UKB_OK);
    assert_int_equal(clean(), UKB_E_KEY_MISMATCH);
    assert_int_equal(state_of("1"), UKB_RENEWAL_PREPARING);
    assert_int_equal(ukb_token_keys_by_id(ukey.session, key.id, key.id_len, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 1);
    ukb_token_keys_done(&keys);
}

static void
a_key_that_never_came_is_no_trouble(void **state)
{
    static const struct ukb_token_key none = { .id = "UKB1never made", .id_len = 14 };

    (void)state;
    note(half_prepared("no-key", &none));
    note(half_prepared("no-id", NULL));
    assert_int_equal(clean(), UKB_OK);
    assert_int_equal(state_of("no-key"), UKB_RENEWAL_ROLLED_BACK);
    assert_int_equal(state_of("no-id"), UKB_RENEWAL_ROLLED_BACK);
}

static void
a_key_that_was_there_before_is_never_deleted(void **state)
{
    const struct ukb_token_key key = ukey_key("live");
    struct ukb_renewal_record record = half_prepared("1", &key);

    (void)state;
    record.key = UKB_RENEWAL_KEY_SAME;
    record.public_key = key.public_key;
    note(record);
    assert_int_equal(clean(), UKB_OK);
    assert_true(signs(&key));
    assert_int_equal(state_of("1"), UKB_RENEWAL_ROLLED_BACK);
}

static void
whose_call_it_was_decides(void **state)
{
    static char other[] = "https://portal.example:8443";
    const struct ukb_token_key key = ukey_key("theirs");
    struct ukb_renewal_record record = half_prepared("other", &key);

    (void)state;
    record.origin = other;
    note(record);
    record = half_prepared("window", &key);
    record.origin = NULL;
    note(record);
    assert_int_equal(clean(), UKB_OK);
    assert_true(signs(&key));
    assert_int_equal(state_of("other"), UKB_RENEWAL_PREPARING);
    assert_int_equal(state_of("window"), UKB_RENEWAL_PREPARING);
    context.ui = true; /* the extension's own window cleans its own, and no site's */
    assert_int_equal(clean(), UKB_OK);
    assert_false(ukey_has_private(&key));
    assert_int_equal(state_of("other"), UKB_RENEWAL_PREPARING);
    assert_int_equal(state_of("window"), UKB_RENEWAL_ROLLED_BACK);
}

static void
a_request_that_was_handed_out_keeps_its_key(void **state)
{
    static const enum ukb_renewal_state states[] = { UKB_RENEWAL_REQUESTED,       UKB_RENEWAL_INSTALLING,
                                                     UKB_RENEWAL_NEEDS_ATTENTION, UKB_RENEWAL_INSTALLED,
                                                     UKB_RENEWAL_ABANDONED,       UKB_RENEWAL_ROLLED_BACK };
    const struct ukb_token_key key = ukey_key("request");
    char name[8];
    size_t i;

    (void)state;
    assert_int_equal(sizeof(states) / sizeof(states[0]) + 1U, UKB_RENEWAL_STATE_COUNT);
    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        struct ukb_renewal_record record;

        (void)snprintf(name, sizeof(name), "%zu", i);
        record = half_prepared(name, &key);
        record.state = states[i];
        note(record);
    }
    assert_int_equal(clean(), UKB_OK);
    assert_true(signs(&key));
    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        (void)snprintf(name, sizeof(name), "%zu", i);
        /* one that is being installed knows what it brings: a journal that does not is none of ours */
        assert_int_equal(state_of(name),
                         states[i] == UKB_RENEWAL_INSTALLING ? UKB_RENEWAL_NEEDS_ATTENTION : states[i]);
    }
}

static void
another_ukeys_calls_are_left_for_when_it_is_in(void **state)
{
    const struct ukb_token_key key = ukey_key("elsewhere");
    struct ukb_renewal_record record = half_prepared("1", &key);

    (void)state;
    memset(record.token, 'f', UKB_TOKEN_ID_LEN);
    note(record);
    assert_int_equal(clean(), UKB_OK);
    assert_true(signs(&key));
    assert_int_equal(state_of("1"), UKB_RENEWAL_PREPARING);
}

static void
what_cannot_be_deleted_is_kept_in_mind(void **state)
{
    const struct ukb_token_key key = ukey_key("stays");

    (void)state;
    note(half_prepared("1", &key));
    note(half_prepared("2", NULL));
    ukb_token_session_free(ukey.session);
    ukey.session = softhsm_session(&ukey.soft, false, true);
    assert_int_equal(clean(), UKB_E_TOKEN_READ_ONLY);
    assert_true(signs(&key));
    assert_int_equal(state_of("1"), UKB_RENEWAL_PREPARING);
    ukb_token_session_free(ukey.session);
    ukey.session = softhsm_session(&ukey.soft, true, true);
    assert_int_equal(clean(), UKB_OK);
    assert_false(ukey_has_private(&key));
    assert_int_equal(state_of("1"), UKB_RENEWAL_ROLLED_BACK);
    assert_int_equal(state_of("2"), UKB_RENEWAL_ROLLED_BACK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_key_of_a_call_that_died_is_deleted_and_the_call_rolled_back),
        TEST(what_was_done_is_noted),
        TEST(a_key_that_is_known_is_deleted_and_its_namesake_stays),
        TEST(namesakes_that_do_not_tell_apart_are_both_kept),
        TEST(a_half_that_does_not_tell_whose_it_is_bars_the_way),
        TEST(a_key_that_never_came_is_no_trouble),
        TEST(a_key_that_was_there_before_is_never_deleted),
        TEST(whose_call_it_was_decides),
        TEST(a_request_that_was_handed_out_keeps_its_key),
        TEST(another_ukeys_calls_are_left_for_when_it_is_in),
        TEST(what_cannot_be_deleted_is_kept_in_mind),
    };

    return cmocka_run_group_tests_name("renewal/orphans", tests, ukey_group_setup, ukey_group_teardown);
}
