/* SPDX-License-Identifier: MIT */
/*
 * Unit tests for renewal/diagnose.c: every state of a record, of every shape, in every situation of its token, against
 * one list of rules. The token of these tests is a value, as diagnose.c reads it; the certificates are real.
 */
#include "../test.h"

#include "../pki/made.h"

#include <string.h>

#include "renewal/diagnose.h"
#include "renewal/internal.h"

#define KEY_ID "UKB1key"
#define OLD_ID "older"
#define TWO    2 * MADE_YEAR_S
#define THREE  3 * MADE_YEAR_S

/* What a record may be about, and what may be on its token. Sets of them are sums. */
enum shape {
    STAYS = 1,  /* the key stays: both certificates are for it */
    FRESH = 2,  /* a key was made, and the old pair stays beside it */
    UNTOLD = 4, /* the same, but the record does not know the public key */
    COMES = 8,  /* an encryption key was delivered */
    SHAPES = 15,
};
enum candidate { NOWHERE = 1, AT_TEMP = 2, AT_KEY = 4 };
enum newer { NONE = 1, SAME_KEY = 2, SAME_ROLE = 4 }; /* somebody has put one there since, that ends later */
enum flag { NO = 1, YES = 2 };

struct situation {
    enum ukb_renewal_state state;
    unsigned int shape, old, candidate, newer, key, login;
};

/* 0 is anything. The first rule that fits holds. */
static const struct {
    unsigned int state, shape, old, candidate, newer, key, login;
    enum ukb_verdict verdict;
} rules[] = {
#define PREPARING  (1U << UKB_RENEWAL_PREPARING)
#define REQUESTED  (1U << UKB_RENEWAL_REQUESTED)
#define INSTALLING (1U << UKB_RENEWAL_INSTALLING)
#define ATTENTION  (1U << UKB_RENEWAL_NEEDS_ATTENTION)
    /* the key of a call that died goes, unless it has a certificate */
    { PREPARING, FRESH, 0, AT_TEMP + AT_KEY, 0, 0, 0, UKB_VERDICT_ATTENTION },
    { PREPARING, FRESH, 0, 0, SAME_KEY, 0, 0, UKB_VERDICT_ATTENTION },
    { PREPARING, UNTOLD, 0, AT_KEY, 0, 0, 0, UKB_VERDICT_ATTENTION },
    { PREPARING, UNTOLD, 0, 0, SAME_KEY, 0, 0, UKB_VERDICT_ATTENTION },
    { PREPARING, 0, 0, 0, 0, 0, 0, UKB_VERDICT_UNDO },
    /* a request waits, until a certificate for its key has come; of one that stays the old one must have gone */
    { REQUESTED, STAYS, NO, AT_TEMP + AT_KEY, 0, 0, 0, UKB_VERDICT_INSTALLED },
    { REQUESTED, STAYS, NO, 0, SAME_KEY, 0, 0, UKB_VERDICT_INSTALLED },
    { REQUESTED, FRESH, 0, AT_TEMP + AT_KEY, 0, 0, 0, UKB_VERDICT_INSTALLED },
    { REQUESTED, FRESH, 0, 0, SAME_KEY, 0, 0, UKB_VERDICT_INSTALLED },
    { REQUESTED, 0, 0, 0, 0, 0, 0, UKB_VERDICT_NOTHING },
    /* none of our steps leaves this; where it was said before, it is not said again */
    { INSTALLING, 0, 0, 0, SAME_KEY, 0, 0, UKB_VERDICT_ATTENTION },
    { INSTALLING, STAYS, NO, NOWHERE, 0, 0, 0, UKB_VERDICT_ATTENTION },
    { INSTALLING, STAYS, NO, 0, SAME_ROLE, NO, YES, UKB_VERDICT_ATTENTION },
    { ATTENTION, 0, 0, 0, SAME_KEY, 0, 0, UKB_VERDICT_NOTHING },
    { ATTENTION, STAYS, NO, NOWHERE, 0, 0, 0, UKB_VERDICT_NOTHING },
    { ATTENTION, STAYS, NO, 0, SAME_ROLE, NO, YES, UKB_VERDICT_NOTHING },
    /* without its key a certificate is of no use; not logged in, the key is guessed from its certificate */
    { INSTALLING + ATTENTION, 0, 0, 0, 0, NO, YES, UKB_VERDICT_UNDO },
    { INSTALLING + ATTENTION, COMES, 0, NOWHERE, 0, 0, NO, UKB_VERDICT_UNDO },
    { INSTALLING + ATTENTION, 0, 0, 0, 0, 0, 0, UKB_VERDICT_FINISH },
    /* the others are over */
    { 0, 0, 0, 0, 0, 0, 0, UKB_VERDICT_NOTHING },
};

static enum ukb_verdict
expected(const struct situation *s)
{
    size_t i = 0;

#define FITS(set, value) ((set) == 0 || ((set) & (value)) != 0)
    while (!(FITS(rules[i].state, 1U << s->state) && FITS(rules[i].shape, s->shape) && FITS(rules[i].old, s->old) &&
             FITS(rules[i].candidate, s->candidate) && FITS(rules[i].newer, s->newer) && FITS(rules[i].key, s->key) &&
             FITS(rules[i].login, s->login))) {
        i++;
    }
    return rules[i].verdict;
}

/* The certificates of each shape: what was there, what is brought, and what another may have put there since. */
struct family {
    const struct ukb_certificate *old, *candidate, *same_key, *same_role;
};
static struct family stays, fresh, comes;

static const struct ukb_certificate *
make(const char *key, const char *usage, long long years_s)
{
    return made_certificate(
        &(struct made){ .common_name = "Li", .key = key, .usage = usage, .not_after_s = MADE_START_S + years_s });
}

static struct family
make_family(const char *old_key, const char *key, const char *usage)
{
    return (struct family){ .old = make(old_key, usage, MADE_YEAR_S),
                            .candidate = make(key, usage, TWO),
                            .same_key = make(key, usage, THREE),
                            .same_role = make("P-256/stranger", usage, THREE) };
}

static int
group_setup(void **state)
{
    (void)state;
    stays = make_family("P-256/stays", "P-256/stays", "digitalSignature");
    fresh = make_family("P-256/stays", "P-256/fresh", "digitalSignature");
    comes = make_family("P-256/encrypts", "P-256/comes", "keyAgreement");
    return 0;
}

static const struct family *
family_of(unsigned int shape)
{
    return shape == STAYS ? &stays : shape == COMES ? &comes : &fresh;
}

/* A record */

struct told {
    struct ukb_renewal_record record;
    struct ukb_renewal_object objects[4];
};

static void
tell_exchange(struct told *told, unsigned int shape)
{
    const struct family *family = family_of(shape);
    struct ukb_renewal_object *brought = &told->objects[told->record.object_count + 1U];

    told->objects[told->record.object_count] = ukb_renewal_object_of(family->old, UKB_RENEWAL_OLD);
    *brought = ukb_renewal_object_of(family->candidate, UKB_RENEWAL_NEW);
    memcpy(brought->key_id, KEY_ID, strlen(KEY_ID));
    brought->key_id_len = strlen(KEY_ID);
    memcpy(brought->temp_id, "temp", 4);
    brought->temp_id_len = shape == STAYS ? 4 : 0;
    brought->imported = shape == COMES;
    told->record.object_count += 2U;
}

static void
tell(struct told *told, enum ukb_renewal_state state, unsigned int shape)
{
    struct ukb_renewal_record *record = &told->record;

    memset(told, 0, sizeof(*told));
    record->state = state;
    record->key = shape == STAYS ? UKB_RENEWAL_KEY_SAME : UKB_RENEWAL_KEY_NEW;
    record->objects = told->objects;
    if (shape != COMES) {
        memcpy(record->key_id, KEY_ID, strlen(KEY_ID));
        record->key_id_len = strlen(KEY_ID);
    }
    if (shape == STAYS || shape == FRESH) {
        record->public_key = ukb_certificate_facts(family_of(shape)->candidate)->key;
    }
    tell_exchange(told, shape);
}

/* A token */

#define ITEMS 8
static struct ukb_inventory_item items[ITEMS];
static struct ukb_token_certificate objects[ITEMS];
static struct ukb_token_key keys[ITEMS];
static struct ukb_inventory token;

static void
empty_token(bool login)
{
    memset(objects, 0, sizeof(objects));
    memset(keys, 0, sizeof(keys));
    token = (struct ukb_inventory){ .items = items, .keys = { .items = keys, .complete = login } };
}

/* Items are sorted by the certificate's id. */
static void
put(const struct ukb_certificate *certificate, const char *id)
{
    struct ukb_token_certificate *object = &objects[token.count];
    size_t at = token.count++;

    memcpy(object->id, id, strlen(id));
    object->id_len = strlen(id);
    while (at > 0 &&
           strcmp(ukb_certificate_facts(items[at - 1U].certificate)->id, ukb_certificate_facts(certificate)->id) > 0) {
        items[at] = items[at - 1U];
        at--;
    }
    items[at] = (struct ukb_inventory_item){ .certificate = (struct ukb_certificate *)(uintptr_t)certificate,
                                             .object = object };
}

static struct ukb_token_key *
put_key(const struct ukb_certificate *certificate, const char *id)
{
    struct ukb_token_key *key = &keys[token.keys.count++];

    key->private_handle = token.keys.count;
    memcpy(key->id, id, strlen(id));
    key->id_len = strlen(id);
    key->public_key = ukb_certificate_facts(certificate)->key;
    key->type = key->public_key.type;
    return key;
}

static void
fill_token(const struct situation *s)
{
    const struct family *family = family_of(s->shape);

    empty_token(s->login == YES);
    if (s->old == YES) {
        put(family->old, s->shape == STAYS ? KEY_ID : OLD_ID);
    }
    if (s->candidate != NOWHERE) {
        put(family->candidate, s->candidate == AT_KEY ? KEY_ID : "temp");
    }
    if (s->newer != NONE) {
        put(s->newer == SAME_KEY ? family->same_key : family->same_role, s->newer == SAME_KEY ? KEY_ID : "stranger");
    }
    if (s->login == YES && s->key == YES) {
        (void)put_key(family->candidate, KEY_ID);
    }
}

static enum ukb_verdict
judge(const struct ukb_renewal_record *record, const struct ukb_certificate **found)
{
    enum ukb_verdict verdict = UKB_VERDICT_COUNT;
    struct ukb_error err = { 0 };

    if (ukb_diagnose(record, &token, &verdict, found, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return verdict;
}

/* The rules themselves: what is taken away or replaced is explained by the record, and something is left of it. */
static void
expect_careful(const struct situation *s, enum ukb_verdict verdict)
{
    if (verdict == UKB_VERDICT_FINISH || (verdict == UKB_VERDICT_UNDO && s->state != UKB_RENEWAL_PREPARING)) {
        assert_int_not_equal(s->newer, SAME_KEY);
        assert_true(s->shape != STAYS || s->old == YES || s->candidate != NOWHERE);
    }
    if (verdict == UKB_VERDICT_FINISH && s->login == YES) {
        assert_int_equal(s->key, YES);
    }
}

static void
expect_rule(const struct situation *s)
{
    const struct ukb_certificate *found = NULL;
    struct told told;
    enum ukb_verdict verdict;

    fill_token(s);
    tell(&told, s->state, s->shape);
    verdict = judge(&told.record, &found);
    if (verdict != expected(s)) {
        fail_msg("state %d shape %u old %u candidate %u newer %u key %u login %u: %d, not %d", (int)s->state, s->shape,
                 s->old, s->candidate, s->newer, s->key, s->login, (int)verdict, (int)expected(s));
    }
    expect_careful(s, verdict);
    if (verdict == UKB_VERDICT_INSTALLED) {
        assert_ptr_equal(found, s->newer == SAME_KEY ? family_of(s->shape)->same_key : family_of(s->shape)->candidate);
    } else {
        assert_null(found);
    }
}

/* Mixed radix: one number is one situation. */
static struct situation
situation_of(unsigned int number)
{
    struct situation s;

    s.login = number % 2U == 0 ? NO : YES;
    s.key = number / 2U % 2U == 0 ? NO : YES;
    s.newer = 1U << number / 4U % 3U;
    s.candidate = 1U << number / 12U % 3U;
    s.old = number / 36U % 2U == 0 ? NO : YES;
    s.shape = 1U << number / 72U % 4U;
    s.state = (enum ukb_renewal_state)(number / 288U);
    return s;
}

static void
each_situation_has_its_verdict(void **state)
{
    unsigned int number;

    (void)state;
    for (number = 0; number < 288U * UKB_RENEWAL_STATE_COUNT; number++) {
        const struct situation s = situation_of(number);

        expect_rule(&s);
    }
}

/* What the table does not tell */

static void
a_record_that_brings_nothing_is_none_of_ours(void **state)
{
    struct told told;

    (void)state;
    empty_token(true);
    tell(&told, UKB_RENEWAL_INSTALLING, STAYS);
    told.record.object_count = 1; /* the old one */
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_ATTENTION);
    told.record.state = UKB_RENEWAL_NEEDS_ATTENTION;
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_NOTHING);
}

/* Both halves: the signing key stays, the encryption key comes. */
static void
tell_both(struct told *told)
{
    tell(told, UKB_RENEWAL_INSTALLING, STAYS);
    tell_exchange(told, COMES);
    empty_token(true);
}

static void
both_halves_go_forward_or_neither(void **state)
{
    struct told told;

    (void)state;
    tell_both(&told);
    put(stays.candidate, KEY_ID);
    (void)put_key(stays.candidate, "UKB1sign");
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_UNDO);
    (void)put_key(comes.candidate, "UKB1comes");
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_FINISH);
}

static void
one_half_that_is_not_explained_holds_the_other(void **state)
{
    struct told told;

    (void)state;
    tell_both(&told);
    (void)put_key(stays.candidate, "UKB1sign");
    (void)put_key(comes.candidate, "UKB1comes");
    put(comes.candidate, "UKB1comes");
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_ATTENTION); /* no certificate for the key that stays */
    put(stays.old, "UKB1sign");
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_FINISH);
    put(comes.same_key, "another");
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_ATTENTION);
}

static void
one_half_that_cannot_come_back_holds_the_other(void **state)
{
    struct told told;

    (void)state;
    tell_both(&told);
    put(stays.candidate, "UKB1sign");
    (void)put_key(stays.candidate, "UKB1sign");
    put(stays.same_role, "stranger");
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_ATTENTION);
}

/* What a roll-back leaves in the journal, and another computer's success on the UKey: there the old encryption
 * certificate stays, as history. */
static void
a_request_that_was_rolled_back_here_and_finished_elsewhere_is_installed(void **state)
{
    const struct ukb_certificate *found = NULL;
    struct told told;

    (void)state;
    tell_both(&told);
    told.record.state = UKB_RENEWAL_REQUESTED;
    put(stays.old, "UKB1sign");
    put(comes.old, "encrypts");
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_NOTHING);
    empty_token(true);
    put(stays.candidate, "UKB1sign");
    put(comes.old, "encrypts");
    put(comes.candidate, "UKB1comes");
    assert_int_equal(judge(&told.record, &found), UKB_VERDICT_INSTALLED);
    assert_ptr_equal(found, stays.candidate);
}

static void
an_older_certificate_for_the_key_overtakes_nothing(void **state)
{
    const struct ukb_certificate *older = make("P-256/stays", "digitalSignature", MADE_YEAR_S / 2);
    struct told told;

    (void)state;
    empty_token(true);
    tell(&told, UKB_RENEWAL_INSTALLING, STAYS);
    put(stays.old, KEY_ID);
    put(older, "older");
    (void)put_key(stays.old, KEY_ID);
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_FINISH);
}

/* Some modules tell no public key of a private one: its id must do, and only under that id. */
static void
a_key_that_does_not_tell_itself_is_known_by_its_id(void **state)
{
    struct ukb_token_key *key = NULL;
    struct told told;

    (void)state;
    empty_token(true);
    tell(&told, UKB_RENEWAL_INSTALLING, FRESH);
    key = put_key(fresh.candidate, KEY_ID);
    key->public_key.type = UKB_KEY_UNKNOWN;
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_FINISH);
    key->id[0] = 'u';
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_UNDO);
}

static void
a_public_half_is_no_key(void **state)
{
    struct told told;

    (void)state;
    empty_token(true);
    tell(&told, UKB_RENEWAL_INSTALLING, FRESH);
    put_key(fresh.candidate, KEY_ID)->private_handle = CK_INVALID_HANDLE;
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_UNDO);
}

/* An installed one that has promised to take the old pair away, and has not. */
static void
a_promise_is_kept_while_both_are_there(void **state)
{
    static struct ukb_renewal_step steps[] = {
        { .name = UKB_JOURNAL_STEP_COMMIT, .outcome = UKB_JOURNAL_STEP_RETIRE_OLD },
        { .name = UKB_JOURNAL_STEP_RETIRE_OLD, .outcome = "done" },
    };
    struct told told;

    (void)state;
    empty_token(true);
    tell(&told, UKB_RENEWAL_INSTALLED, FRESH);
    put(fresh.old, OLD_ID);
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_NOTHING); /* no promise */
    told.record.steps = steps;
    told.record.step_count = 1;
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_NOTHING); /* the new one is gone: the old one is all */
    put(fresh.candidate, KEY_ID);
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_FINISH);
    told.record.step_count = 2;
    assert_int_equal(judge(&told.record, NULL), UKB_VERDICT_NOTHING); /* kept */
}

static void
a_certificate_that_cannot_be_read_is_an_error_and_no_verdict(void **state)
{
    static unsigned char junk[] = "junk";
    enum ukb_verdict verdict = UKB_VERDICT_COUNT;
    struct ukb_error err = { 0 };
    struct told told;

    (void)state;
    empty_token(true);
    tell(&told, UKB_RENEWAL_INSTALLING, STAYS);
    told.objects[0].der = junk;
    told.objects[0].der_len = sizeof(junk);
    assert_int_equal(ukb_diagnose(&told.record, &token, &verdict, NULL, &err), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(verdict, UKB_VERDICT_COUNT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_situation_has_its_verdict),
        cmocka_unit_test(a_record_that_brings_nothing_is_none_of_ours),
        cmocka_unit_test(both_halves_go_forward_or_neither),
        cmocka_unit_test(one_half_that_is_not_explained_holds_the_other),
        cmocka_unit_test(one_half_that_cannot_come_back_holds_the_other),
        cmocka_unit_test(a_request_that_was_rolled_back_here_and_finished_elsewhere_is_installed),
        cmocka_unit_test(an_older_certificate_for_the_key_overtakes_nothing),
        cmocka_unit_test(a_key_that_does_not_tell_itself_is_known_by_its_id),
        cmocka_unit_test(a_public_half_is_no_key),
        cmocka_unit_test(a_promise_is_kept_while_both_are_there),
        cmocka_unit_test(a_certificate_that_cannot_be_read_is_an_error_and_no_verdict),
    };

    return cmocka_run_group_tests_name("renewal/diagnose", tests, group_setup, made_done);
}
