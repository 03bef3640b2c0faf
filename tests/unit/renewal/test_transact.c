/* SPDX-License-Identifier: MIT */
/*
 * Unit tests for renewal/transact.c on SoftHSM: each call of the module fails, once or from then on; afterwards UKey
 * and journal say the same: all of it is there, or nothing, or it is unfinished and both ways lead out.
 */
#include "../platform/scratch.h"
#include "../token/fake/delivered.h"
#include "journal.h"
#include "ukey.h"

#include "renewal/internal.h"
#include "token/internal.h"

static struct ukb_error err;
static struct journal journal;
static struct ukb_policy *policy;
static struct ukb_context context;
static struct ukb_renewal_env env;
static struct ukb_hold hold;
static char renewal[UKB_RENEWAL_ID_MAX_LEN + 1U];

/* The UKey: a key with a certificate that will get another, a fresh key that will get one, and a key that will come. */
static struct ukb_token_key old_key;
static struct ukb_token_key fresh_key;
static struct delivered delivered;
static const struct ukb_certificate *old;
static const struct ukb_certificate *for_old;
static const struct ukb_certificate *for_fresh;
static const struct ukb_certificate *for_delivered;
static struct ukb_exchanges exchanges;

enum way { FRESH, BOTH, STAYS, COMES, WAYS }; /* BOTH: the signing key stays, the encryption key comes */
#define WAYS_TO_FAIL 2                        /* what holds for BOTH holds for each of them */

/* The module between transact.c and SoftHSM */

enum failing { ONCE, ONCE_BEHIND, FOR_GOOD, FAILINGS }; /* ONCE_BEHIND: a change is made, and said to have failed */

static CK_FUNCTION_LIST spoilt;
static CK_FUNCTION_LIST *real;
static struct {
    unsigned int calls;
    unsigned int fail_at; /* 0: never */
    enum failing failing;
    bool own_ids;      /* keys get an id that the module chose */
    bool never_delete; /* what is deleted stays, and no word of it */
    bool pull;         /* the call that fails was the last one of a UKey that is pulled */
} now;

static bool
fails(void)
{
    now.calls++;
    if (now.calls == now.fail_at && now.pull) {
        softhsm_pull(&ukey.soft);
    }
    return now.fail_at != 0 && (now.failing == FOR_GOOD ? now.calls >= now.fail_at : now.calls == now.fail_at);
}

static CK_RV
create(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    static char own_id[] = "own";
    const bool is_failing = fails();
    CK_ATTRIBUTE copy[32];
    CK_ULONG i;
    CK_RV rv;

    if (is_failing && now.failing != ONCE_BEHIND) {
        return CKR_GENERAL_ERROR;
    }
    assert_true(count <= sizeof(copy) / sizeof(copy[0]));
    memcpy(copy, template, count * sizeof(*template));
    for (i = 0; now.own_ids && *(CK_OBJECT_CLASS *)template[0].pValue != CKO_CERTIFICATE && i < count; i++) {
        if (copy[i].type == CKA_ID) {
            copy[i].pValue = own_id;
            copy[i].ulValueLen = 3;
        }
    }
    rv = real->C_CreateObject(session, copy, count, handle);
    return is_failing ? CKR_GENERAL_ERROR : rv;
}

static CK_RV
destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle)
{
    const bool is_failing = fails();
    CK_RV rv = CKR_OK;

    if ((is_failing && now.failing != ONCE_BEHIND) || now.never_delete) {
        return is_failing ? CKR_GENERAL_ERROR : CKR_OK;
    }
    rv = real->C_DestroyObject(session, handle);
    return is_failing ? CKR_GENERAL_ERROR : rv;
}

static CK_RV
find(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
    return fails() ? CKR_GENERAL_ERROR : real->C_FindObjectsInit(session, template, count);
}

static CK_RV
sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return fails() ? CKR_GENERAL_ERROR : real->C_SignInit(session, mechanism, key);
}

static CK_RV
derive(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base, CK_ATTRIBUTE *template,
       CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    return fails() ? CKR_GENERAL_ERROR : real->C_DeriveKey(session, mechanism, base, template, count, key);
}

/* As a call has it once its user has typed the PIN. */
static void
log_in(void)
{
    memset(&now, 0, sizeof(now));
    ukb_token_session_free(ukey.session);
    assert_int_equal(ukb_module_refresh(ukey.soft.module, &err), UKB_OK);
    ukey.session = softhsm_session(&ukey.soft, true, true);
}

static void
spoil(void)
{
    real = ukey.soft.module->functions;
    spoilt = *real;
    spoilt.C_CreateObject = create;
    spoilt.C_DestroyObject = destroy;
    spoilt.C_FindObjectsInit = find;
    spoilt.C_SignInit = sign_init;
    spoilt.C_DeriveKey = derive;
    ukey.soft.module->functions = &spoilt;
}

static int
setup(void **state)
{
    struct ukb_token_key brought = { 0 };

    memset(&err, 0, sizeof(err));
    memset(&now, 0, sizeof(now));
    (void)ukey_setup(state);
    journal_start(&journal);
    assert_int_equal(ukb_policy_parse("{}", NULL, &policy, &err), UKB_OK);
    env = (struct ukb_renewal_env){ .journal = journal.journal,
                                    .policy = policy,
                                    .module = ukey.soft.module,
                                    .context = &context,
                                    .now_s = MADE_START_S + MADE_DAY_S };
    old_key = ukey_key("old");
    fresh_key = ukey_key("fresh");
    delivered_make(&delivered, "P-256");
    brought.public_key = delivered.numbers.public_key;
    old = ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature" }, &old_key);
    for_old =
        ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature", .serial = 2 }, &old_key);
    for_fresh =
        ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature", .serial = 3 }, &fresh_key);
    for_delivered =
        ukey_certificate((struct made){ .common_name = "Li", .usage = "keyAgreement", .serial = 4 }, &brought);
    ukey_put(old, old_key.id, old_key.id_len);
    spoil();
    return 0;
}

static int
teardown(void **state)
{
    ukey.soft.module->functions = real;
    ukb_exchanges_done(&exchanges);
    delivered_done(&delivered);
    ukb_policy_free(policy);
    journal_stop(&journal);
    return ukey_teardown(state);
}

/* A renewal that is being installed */

static void
add(enum ukb_half half, const struct ukb_certificate *candidate, const struct ukb_certificate *before)
{
    struct ukb_exchange *exchange = &exchanges.items[exchanges.count++];

    exchange->half = half;
    exchange->import = half == UKB_HALF_ENCRYPTION;
    exchange->same_key = candidate == for_old;
    assert_int_equal(ukb_certificate_copy(candidate, &exchange->candidate, &err), UKB_OK);
    if (before != NULL) {
        assert_int_equal(ukb_certificate_copy(before, &exchange->old, &err), UKB_OK);
    }
}

static void
place(void)
{
    struct ukb_inventory inventory = { 0 };
    size_t i;

    assert_int_equal(ukb_inventory_read(ukey.session, &inventory, &err), UKB_OK);
    for (i = 0; i < exchanges.count; i++) {
        assert_int_equal(ukb_exchange_place(&exchanges.items[i], &inventory, NULL, 0, &err), UKB_OK);
    }
    ukb_inventory_done(&inventory);
}

/* The journal's intent of one more renewal that brings the exchanges, with or without a request to come back to. */
static void
note(bool requested)
{
    static unsigned int count;
    static char request[] = "a request";
    struct ukb_renewal_object objects[UKB_RENEWAL_OBJECTS_MAX];
    const bool is_fresh = exchanges.items[0].half == UKB_HALF_SIGNING && !exchanges.items[0].same_key;
    struct ukb_renewal_record record = { .state = UKB_RENEWAL_INSTALLING,
                                         .key = is_fresh ? UKB_RENEWAL_KEY_NEW : UKB_RENEWAL_KEY_SAME,
                                         .request_pem = requested ? request : NULL,
                                         .objects = objects };

    record.object_count = ukb_exchanges_objects(&exchanges, objects);
    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    (void)snprintf(renewal, sizeof(renewal), "%s-%u", ukey.soft.token_id, count++);
    memcpy(record.id, renewal, sizeof(renewal));
    assert_int_equal(ukb_journal_insert(journal.journal, &record, &err), UKB_OK);
}

static void
intend(enum way way, bool requested)
{
    ukb_exchanges_done(&exchanges);
    if (way != COMES) {
        add(UKB_HALF_SIGNING, way == FRESH ? for_fresh : for_old, old);
    }
    if (way == COMES || way == BOTH) {
        add(UKB_HALF_ENCRYPTION, for_delivered, NULL);
    }
    place();
    note(requested);
}

static struct ukb_renewal_record
recorded(void)
{
    struct ukb_renewal_record record = { 0 };

    assert_int_equal(ukb_journal_get(journal.journal, renewal, &record, &err), UKB_OK);
    return record;
}

static enum ukb_renewal_state
recorded_state(void)
{
    struct ukb_renewal_record record = recorded();
    const enum ukb_renewal_state state = record.state;

    ukb_renewal_record_done(&record);
    return state;
}

static enum ukb_status
transact(bool finish, const struct ukb_private_key *key)
{
    struct ukb_renewal_record record = recorded();
    const struct ukb_transaction tx = {
        .env = &env, .hold = &hold, .record = &record, .exchanges = &exchanges, .delivered = key
    };
    enum ukb_status st;

    now.calls = 0;
    hold.session = ukey.session;
    err = (struct ukb_error){ 0 };
    st = finish ? ukb_transact_finish(&tx, &err) : ukb_transact_undo(&tx, NULL, &err);
    ukey.session = hold.session;
    ukb_renewal_record_done(&record);
    return st;
}

static enum ukb_status
finish(void)
{
    return transact(true, &delivered.numbers);
}

/* As another process that knows what the journal says. */
static void
start_again(void)
{
    struct ukb_renewal_record record = recorded();

    log_in();
    ukb_exchanges_done(&exchanges);
    assert_int_equal(ukb_exchanges_from_record(&record, &exchanges, &err), UKB_OK);
    place();
    ukb_renewal_record_done(&record);
}

/* Looking, as somebody who has just logged in */

static size_t
delivered_keys(void)
{
    const struct ukb_token_key key = { .public_key = delivered.numbers.public_key };

    return ukey_has_private(&key) ? 1 : 0;
}

static size_t
key_objects(void)
{
    struct ukb_token_keys keys = { 0 };
    size_t count = 0;
    size_t i;

    assert_int_equal(ukb_token_keys_read(ukey.session, &keys, &err), UKB_OK);
    for (i = 0; i < keys.count; i++) {
        count += (keys.items[i].private_handle != CK_INVALID_HANDLE ? 1U : 0U);
    }
    ukb_token_keys_done(&keys);
    return count;
}

static void
expect_all(enum way way)
{
    const bool is_coming = way == COMES || way == BOTH;
    const bool is_staying = way == STAYS || way == BOTH;

    log_in();
    assert_int_equal(recorded_state(), UKB_RENEWAL_INSTALLED);
    assert_int_equal(ukey_count(for_old, old_key.id, old_key.id_len), is_staying ? 1 : 0);
    assert_int_equal(ukey_count(old, NULL, 0), is_staying ? 0 : 1);
    assert_int_equal(ukey_count(for_fresh, fresh_key.id, fresh_key.id_len), way == FRESH ? 1 : 0);
    assert_int_equal(ukey_count(for_delivered, NULL, 0), is_coming ? 1 : 0);
    assert_int_equal(delivered_keys(), is_coming ? 1 : 0);
    assert_int_equal(key_objects(), is_coming ? 3 : 2);
}

static void
expect_nothing(enum ukb_renewal_state state)
{
    log_in();
    assert_int_equal(recorded_state(), state);
    assert_int_equal(ukey_count(old, old_key.id, old_key.id_len), 1);
    assert_int_equal(ukey_count(for_old, NULL, 0), 0);
    assert_int_equal(ukey_count(for_fresh, NULL, 0), 0);
    assert_int_equal(ukey_count(for_delivered, NULL, 0), 0);
    assert_int_equal(delivered_keys(), 0);
    assert_int_equal(key_objects(), 2);
}

/* Take away what a renewal has just brought. */
static void
take_away(void)
{
    note(true);
    if (transact(false, NULL) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    expect_nothing(UKB_RENEWAL_REQUESTED);
}

static void
what_is_brought_can_be_taken_away(void **state)
{
    int way;

    (void)state;
    for (way = 0; way < WAYS; way++) {
        intend((enum way)way, true);
        if (finish() != UKB_OK) {
            fail_msg("way %d: %s", way, err.message);
        }
        expect_all((enum way)way);
        take_away();
    }
}

/* The call @p at fails. False when there was no such call. */
static bool
finish_failing(enum way way, enum failing failing, unsigned int at, enum ukb_status *ret_st)
{
    intend(way, true);
    now.failing = failing;
    now.fail_at = at;
    *ret_st = finish();
    return now.calls >= at;
}

static void
a_failure_that_passes_leaves_all_or_nothing(void **state)
{
    unsigned int undone = 0;
    int way;
    int failing;

    (void)state;
    for (way = 0; way < WAYS_TO_FAIL; way++) {
        for (failing = ONCE; failing <= ONCE_BEHIND; failing++) {
            enum ukb_status st = UKB_OK;
            unsigned int at = 1;

            while (finish_failing((enum way)way, (enum failing)failing, at++, &st)) {
                if (st == UKB_OK) { /* it came behind the commit, or was overcome */
                    expect_all((enum way)way);
                    take_away();
                    continue;
                }
                assert_int_equal(st, UKB_E_ROLLED_BACK);
                assert_string_equal(err.attrs[0].name, "cause");
                expect_nothing(UKB_RENEWAL_REQUESTED);
                undone++;
            }
            expect_all((enum way)way);
            take_away();
        }
    }
    assert_true(undone > WAYS_TO_FAIL * 10);
}

/* From some call on the UKey does nothing any more; then it is put right, and the renewal goes on from the journal. */
static void
fail_for_good(enum way way, bool forward)
{
    enum ukb_status st = UKB_OK;
    unsigned int unfinished = 0;
    unsigned int at = 1;

    while (finish_failing(way, FOR_GOOD, at, &st) && st != UKB_OK) {
        assert_int_not_equal(st, UKB_E_ROLLED_BACK);
        assert_int_equal(recorded_state(), UKB_RENEWAL_INSTALLING);
        unfinished++;
        start_again();
        st = transact(forward, &delivered.numbers);
        if (st != UKB_OK) {
            fail_msg("way %d, forward %d, call %u: %s", (int)way, (int)forward, at, err.message);
        }
        if (forward) {
            expect_all(way);
            take_away();
        } else {
            expect_nothing(UKB_RENEWAL_REQUESTED);
        }
        at++;
    }
    assert_true(unfinished > 3);
    expect_all(way);
    take_away();
}

static void
a_failure_that_stays_is_finished_later(void **state)
{
    int way;

    (void)state;
    for (way = 0; way < WAYS_TO_FAIL; way++) {
        fail_for_good((enum way)way, true);
    }
}

static void
a_failure_that_stays_is_undone_later(void **state)
{
    int way;

    (void)state;
    for (way = 0; way < WAYS_TO_FAIL; way++) {
        fail_for_good((enum way)way, false);
    }
}

static void
a_pulled_ukey_is_told_as_that_and_finished_when_it_is_back(void **state)
{
    enum ukb_status st = UKB_OK;
    unsigned int at = 0;

    (void)state;
    do {
        intend(STAYS, true);
        now.failing = FOR_GOOD;
        now.fail_at = ++at;
        now.pull = true;
        st = finish();
        if (now.calls >= at && st != UKB_OK) {
            assert_int_equal(st, UKB_E_TOKEN_REMOVED);
            assert_int_equal(recorded_state(), UKB_RENEWAL_INSTALLING);
            softhsm_insert(&ukey.soft);
            start_again();
            assert_int_equal(finish(), UKB_OK);
        } else if (now.calls >= at) {
            softhsm_insert(&ukey.soft); /* pulled behind the commit */
        }
        expect_all(STAYS);
        take_away();
    } while (st != UKB_OK);
    assert_true(at > 3);
}

static void
without_a_request_there_is_nothing_to_come_back_to(void **state)
{
    (void)state;
    intend(COMES, false);
    now.fail_at = 5;
    assert_int_equal(finish(), UKB_E_ROLLED_BACK);
    expect_nothing(UKB_RENEWAL_ROLLED_BACK);
}

static void
the_cause_is_in_the_journal_and_in_the_reply(void **state)
{
    struct ukb_renewal_record record;

    (void)state;
    intend(FRESH, true);
    now.fail_at = 1;
    assert_int_equal(finish(), UKB_E_ROLLED_BACK);
    assert_string_equal(err.attrs[0].string, "TOKEN_ERROR");
    record = recorded();
    assert_int_equal(record.error, UKB_E_TOKEN_ERROR);
    assert_string_equal(record.steps[record.step_count - 1U].name, "roll-back");
    ukb_renewal_record_done(&record);
}

static void
a_key_that_was_not_delivered_is_not_invented(void **state)
{
    (void)state;
    intend(BOTH, true);
    assert_int_equal(transact(true, NULL), UKB_E_ROLLED_BACK);
    assert_string_equal(err.attrs[0].string, "KEY_MISMATCH");
    expect_nothing(UKB_RENEWAL_REQUESTED);
}

static void
the_id_that_a_ukey_chose_is_in_the_journal(void **state)
{
    struct ukb_renewal_record record;

    (void)state;
    intend(COMES, true);
    now.own_ids = true;
    assert_int_equal(finish(), UKB_OK);
    record = recorded();
    assert_int_equal(record.objects[0].key_id_len, 3);
    assert_memory_equal(record.objects[0].key_id, "own", 3);
    ukb_renewal_record_done(&record);
    expect_all(COMES);
    assert_int_equal(ukey_count(for_delivered, (const unsigned char *)"own", 3), 1);
    take_away();
}

/* Cut behind the import: only the journal tells the next process where the key is. */
static void
a_key_under_the_ukeys_own_id_is_found_again(void **state)
{
    unsigned int at;

    (void)state;
    for (at = 1; at < 60; at += 2) {
        enum ukb_status st;

        intend(COMES, true);
        now.own_ids = true;
        now.failing = FOR_GOOD;
        now.fail_at = at;
        st = finish();
        if (st == UKB_OK) {
            take_away();
            return;
        }
        start_again();
        assert_int_equal(transact(false, NULL), UKB_OK);
        expect_nothing(UKB_RENEWAL_REQUESTED);
    }
}

static void
a_ukey_that_only_says_it_deletes_is_not_believed(void **state)
{
    (void)state;
    intend(STAYS, true);
    assert_int_equal(finish(), UKB_OK);
    note(true);
    now.never_delete = true;
    assert_int_not_equal(transact(false, NULL), UKB_OK);
    assert_int_equal(recorded_state(), UKB_RENEWAL_INSTALLING);
    start_again();
    assert_int_equal(transact(false, NULL), UKB_OK);
    expect_nothing(UKB_RENEWAL_REQUESTED);
}

/* The journal has it that somebody else ended this renewal: what was brought is taken away, and nothing is committed.
 */
static void
what_the_journal_does_not_take_is_undone(void **state)
{
    const struct ukb_renewal_change ended = { .id = renewal,
                                              .from = UKB_RENEWAL_INSTALLING,
                                              .to = UKB_RENEWAL_ROLLED_BACK };

    (void)state;
    intend(FRESH, true);
    assert_int_equal(ukb_journal_advance(journal.journal, &ended, &err), UKB_OK);
    assert_int_equal(finish(), UKB_E_WRONG_STATE);
    expect_nothing(UKB_RENEWAL_ROLLED_BACK);
}

/* What progress tells */
static char told[256];

static void
tell(void *ctx, const char *step, unsigned int done, unsigned int total, bool interruptible)
{
    const size_t len = strlen(told);

    (void)ctx;
    (void)snprintf(told + len, sizeof(told) - len, "%s %u/%u%s ", step, done, total, interruptible ? "?" : "");
}

static void
steps_are_told_in_order_and_cannot_be_interrupted(void **state)
{
    (void)state;
    env.progress = tell;
    told[0] = '\0';
    intend(FRESH, true);
    assert_int_equal(finish(), UKB_OK);
    assert_string_equal(told, "write 2/6 prove 3/6 commit 4/6 tidy 5/6 ");
    take_away();
    told[0] = '\0';
    intend(COMES, true);
    assert_int_equal(finish(), UKB_OK);
    assert_string_equal(told, "import-key 2/7 write 3/7 prove 4/7 commit 5/7 tidy 6/7 ");
    told[0] = '\0';
    ukb_install_progress(&env, UKB_STEP_PIN, false);
    assert_string_equal(told, "pin 1/6? ");
}

/* Policy `retireOldSigning: now`: promised with the commit, kept behind it; a failure there fails no renewal. */
static void
an_old_pair_is_promised_to_go_and_goes(void **state)
{
    struct ukb_renewal_record record;

    (void)state;
    ukb_policy_free(policy);
    assert_int_equal(ukb_policy_parse("{\"retireOldSigning\":\"now\"}", NULL, &policy, &err), UKB_OK);
    env.policy = policy;
    intend(FRESH, true);
    assert_int_equal(finish(), UKB_OK);
    record = recorded();
    assert_string_equal(record.steps[0].name, UKB_JOURNAL_STEP_COMMIT);
    assert_string_equal(record.steps[0].outcome, UKB_JOURNAL_STEP_RETIRE_OLD);
    ukb_renewal_record_done(&record);
    assert_int_equal(ukey_count(old, NULL, 0), 0);
    assert_false(ukey_has_private(&old_key));
    assert_int_equal(ukey_count(for_fresh, fresh_key.id, fresh_key.id_len), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_brought_can_be_taken_away),
        TEST(a_failure_that_passes_leaves_all_or_nothing),
        TEST(a_failure_that_stays_is_finished_later),
        TEST(a_failure_that_stays_is_undone_later),
        TEST(a_pulled_ukey_is_told_as_that_and_finished_when_it_is_back),
        TEST(without_a_request_there_is_nothing_to_come_back_to),
        TEST(the_cause_is_in_the_journal_and_in_the_reply),
        TEST(a_key_that_was_not_delivered_is_not_invented),
        TEST(the_id_that_a_ukey_chose_is_in_the_journal),
        TEST(a_key_under_the_ukeys_own_id_is_found_again),
        TEST(a_ukey_that_only_says_it_deletes_is_not_believed),
        TEST(what_the_journal_does_not_take_is_undone),
        TEST(steps_are_told_in_order_and_cannot_be_interrupted),
        TEST(an_old_pair_is_promised_to_go_and_goes),
    };

    return cmocka_run_group_tests_name("renewal/transact", tests, ukey_group_setup, ukey_group_teardown);
}
