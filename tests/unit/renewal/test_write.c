/* SPDX-License-Identifier: MIT */
/*
 * Unit tests for renewal/write.c on SoftHSM: the write, and the way back, cut at every change of the token, gone on
 * with from every state that leaves.
 *
 * The module is made stricter than SoftHSM is: as a card through OpenSC it takes one certificate under one id.
 */
#include "../test.h"

#include "ukey.h"

#include <string.h>

#include "renewal/internal.h"
#include "token/internal.h"
#include "token/objects.h"

static const unsigned char TEMP_ID[] = { 'U', 'K', 'B', '1', 't', 'e', 'm', 'p' };

static struct ukb_token_key key;
static struct ukb_write same;   /* a new certificate for the key that is there */
static struct ukb_write beside; /* a certificate for a new key, beside the old pair */
static struct ukb_write aside;  /* a new certificate for the key that is there; the old one stays as history */
static struct ukb_error err;

/* The module between write.c and SoftHSM */

enum cut { CUT_BEFORE, CUT_BEHIND, CUTS }; /* the change that fails was not made, or was made all the same */

static CK_FUNCTION_LIST strict;
static CK_FUNCTION_LIST *real;
static struct {
    unsigned int changes; /* made or tried */
    unsigned int cut_at;  /* from this one on everything fails; 0: never */
    enum cut cut;
    bool always_one; /* a certificate for the key must be on the token behind each change */
    bool watching;
} now;

static bool
has_one(void)
{
    return ukey_count(same.old, NULL, 0) + ukey_count(same.candidate, NULL, 0) > 0;
}

static CK_RV
change(CK_RV (*make)(CK_SESSION_HANDLE, CK_ATTRIBUTE *, CK_ULONG, CK_OBJECT_HANDLE *), CK_SESSION_HANDLE session,
       CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    CK_RV rv = CKR_OK;
    bool fails = false;

    now.changes++;
    fails = now.cut_at != 0 && now.changes >= now.cut_at;
    if (fails && (now.changes > now.cut_at || now.cut == CUT_BEFORE)) {
        return CKR_GENERAL_ERROR;
    }
    rv = make(session, template, count, handle);
    if (now.always_one) {
        assert_true(has_one());
    }
    return fails ? CKR_GENERAL_ERROR : rv;
}

static bool
id_is_taken(CK_SESSION_HANDLE session, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    static CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE wanted[2] = { { CKA_CLASS, &class, sizeof(class) } };
    CK_OBJECT_HANDLE handle;
    CK_ULONG found = 0;
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        if (template[i].type == CKA_ID) {
            wanted[1] = template[i];
        }
    }
    assert_int_equal(real->C_FindObjectsInit(session, wanted, 2), CKR_OK);
    assert_int_equal(real->C_FindObjects(session, &handle, 1, &found), CKR_OK);
    assert_int_equal(real->C_FindObjectsFinal(session), CKR_OK);
    return found > 0;
}

static CK_RV
create(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    if (id_is_taken(session, template, count)) {
        return CKR_GENERAL_ERROR;
    }
    return change(real->C_CreateObject, session, template, count, handle);
}

static CK_RV
destroy_made(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    (void)template;
    (void)count;
    return real->C_DestroyObject(session, *handle);
}

static CK_RV
destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle)
{
    return change(destroy_made, session, NULL, 0, &handle);
}

static int
setup(void **state)
{
    struct ukb_token_key fresh;

    memset(&now, 0, sizeof(now));
    memset(&err, 0, sizeof(err));
    (void)ukey_setup(state);
    key = ukey_key("old");
    fresh = ukey_key("fresh");
    same.old = ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature", .serial = 1 }, &key);
    same.candidate =
        ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature", .serial = 2 }, &key);
    same.label = "signing";
    same.key_id = key.id;
    same.key_id_len = key.id_len;
    same.temp_id = TEMP_ID;
    same.temp_id_len = sizeof(TEMP_ID);
    beside = same;
    beside.old = NULL;
    beside.candidate =
        ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature", .serial = 3 }, &fresh);
    beside.key_id = (const unsigned char *)"UKB1fresh\0\0\0\0\0\0\0";
    beside.key_id_len = fresh.id_len;
    assert_memory_equal(beside.key_id, fresh.id, fresh.id_len);
    beside.temp_id_len = 0;
    aside = same;
    aside.keep_old = true;
    ukey_put(same.old, key.id, key.id_len);

    real = ukey.soft.module->functions;
    strict = *real;
    strict.C_CreateObject = create;
    strict.C_DestroyObject = destroy;
    ukey.soft.module->functions = &strict;
    return 0;
}

static int
teardown(void **state)
{
    ukey.soft.module->functions = real;
    return ukey_teardown(state);
}

/* The whole token: so many certificates, all of them where they belong. */
static void
expect_certificates(size_t count)
{
    struct ukb_token_certificates list = { 0 };

    assert_int_equal(ukb_token_certificates_read(ukey.session, &list, &err), UKB_OK);
    assert_int_equal(list.count, count);
    assert_int_equal(list.torn, 0);
    ukb_token_certificates_done(&list);
}

static void
expect_written_same(void)
{
    assert_int_equal(ukey_count(same.candidate, key.id, key.id_len), 1);
    expect_certificates(1);
}

static void
expect_undone_same(void)
{
    assert_int_equal(ukey_count(same.old, key.id, key.id_len), 1);
    expect_certificates(1);
}

static void
expect_written_aside(void)
{
    assert_int_equal(ukey_count(same.candidate, key.id, key.id_len), 1);
    assert_int_equal(ukey_count(same.old, TEMP_ID, sizeof(TEMP_ID)), 1);
    expect_certificates(2);
}

static void
expect_written_beside(void)
{
    assert_int_equal(ukey_count(beside.candidate, beside.key_id, beside.key_id_len), 1);
    assert_int_equal(ukey_count(same.old, key.id, key.id_len), 1);
    expect_certificates(2);
}

static const struct {
    const struct ukb_write *write;
    void (*written)(void);
    void (*undone)(void);
} ways[] = {
    { &same, expect_written_same, expect_undone_same },
    { &beside, expect_written_beside, expect_undone_same },
    { &aside, expect_written_aside, expect_undone_same },
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

typedef enum ukb_status (*operation)(struct ukb_token_session *session, const struct ukb_write *write,
                                     struct ukb_error *reterr);
static const operation operations[] = { ukb_write_apply, ukb_write_undo };

/* Do it without a cut, and twice: the second time nothing is left to do. */
static void
do_whole(size_t way, size_t which)
{
    now.cut_at = 0;
    if (operations[which](ukey.session, ways[way].write, &err) != UKB_OK) {
        fail_msg("way %zu, operation %zu: %s", way, which, err.message);
    }
    (which == 0 ? ways[way].written : ways[way].undone)();
    now.changes = 0;
    assert_int_equal(operations[which](ukey.session, ways[way].write, &err), UKB_OK);
    assert_int_equal(now.changes, 0);
}

static void
a_write_and_the_way_back_leave_what_they_should(void **state)
{
    size_t way;

    (void)state;
    now.always_one = true;
    for (way = 0; way < WAYS; way++) {
        do_whole(way, 0);
        do_whole(way, 1);
        do_whole(way, 0);
        do_whole(way, 1);
    }
}

/* Start @p first from the state before it, cut it at change @p at; false when it came through uncut. */
static bool
is_cut(size_t way, size_t first, unsigned int at, enum cut cut)
{
    enum ukb_status st;

    do_whole(way, 1 - first); /* the state before it */
    now.changes = 0;
    now.cut_at = at;
    now.cut = cut;
    st = operations[first](ukey.session, ways[way].write, &err);
    now.cut_at = 0;
    assert_true(ways[way].write == &beside || has_one());
    return st != UKB_OK;
}

/* Every cut of @p first, gone on with by @p next. */
static void
cut_everywhere(size_t way, size_t first, size_t next)
{
    int cut;

    for (cut = 0; cut < CUTS; cut++) {
        unsigned int at = 1;

        while (is_cut(way, first, at, (enum cut)cut)) {
            do_whole(way, next);
            at++;
        }
        assert_true(at > 1); /* at least one cut was one */
    }
    do_whole(way, 1); /* as it was */
}

static void
a_write_that_was_cut_is_finished_from_wherever_it_came_to(void **state)
{
    size_t way;

    (void)state;
    now.always_one = true;
    for (way = 0; way < WAYS; way++) {
        cut_everywhere(way, 0, 0);
    }
}

static void
a_write_that_was_cut_is_undone_from_wherever_it_came_to(void **state)
{
    size_t way;

    (void)state;
    now.always_one = true;
    for (way = 0; way < WAYS; way++) {
        cut_everywhere(way, 0, 1);
    }
}

static void
a_way_back_that_was_cut_goes_on_in_either_direction(void **state)
{
    size_t way;

    (void)state;
    now.always_one = true;
    for (way = 0; way < WAYS; way++) {
        cut_everywhere(way, 1, 0);
        cut_everywhere(way, 1, 1);
    }
}

/* Cut the write, cut the way back, and then finish: what a bad contact does to a patient user. */
static void
cuts_upon_cuts_are_survived(void **state)
{
    unsigned int first;
    unsigned int second;

    (void)state;
    now.always_one = true;
    for (first = 1; first <= 5; first++) {
        for (second = 1; second <= 5; second++) {
            (void)is_cut(0, 0, first, (second % 2U) != 0 ? CUT_BEHIND : CUT_BEFORE);
            now.changes = 0;
            now.cut_at = second;
            now.cut = (first % 2U) != 0 ? CUT_BEHIND : CUT_BEFORE;
            (void)!ukb_write_undo(ukey.session, &same, &err);
            do_whole(0, first % 2U);
        }
    }
}

static void
copies_of_the_old_certificate_go_too(void **state)
{
    (void)state;
    ukey_put(same.old, (const unsigned char *)"second", 6);
    ukey_put(same.old, (const unsigned char *)"third", 5);
    do_whole(0, 0);
}

static void
other_certificates_are_left_alone(void **state)
{
    const struct ukb_certificate *other = made_certificate(&(struct made){ .common_name = "Other", .key = "P-256/o" });

    (void)state;
    ukey_put(other, (const unsigned char *)"other", 5);
    ukey_put_bytes("junk", 4, (const unsigned char *)"junk", 4);
    assert_int_equal(ukb_write_apply(ukey.session, &same, &err), UKB_OK);
    assert_int_equal(ukey_count(other, (const unsigned char *)"other", 5), 1);
    expect_certificates(3);
    assert_int_equal(ukb_write_undo(ukey.session, &same, &err), UKB_OK);
    assert_int_equal(ukey_count(other, (const unsigned char *)"other", 5), 1);
    expect_certificates(3);
}

static void
what_was_written_is_proved_by_its_key(void **state)
{
    (void)state;
    assert_int_equal(ukb_write_apply(ukey.session, &same, &err), UKB_OK);
    assert_int_equal(ukb_write_prove(ukey.session, &same, UKB_HALF_SIGNING, &key, &err), UKB_OK);
}

static void
a_certificate_that_is_not_there_is_no_proof(void **state)
{
    (void)state;
    assert_int_equal(ukb_write_prove(ukey.session, &same, UKB_HALF_SIGNING, &key, &err), UKB_E_PROOF_FAILED);
    ukey_put(same.candidate, TEMP_ID, sizeof(TEMP_ID)); /* not under the key's id */
    assert_int_equal(ukb_write_prove(ukey.session, &same, UKB_HALF_SIGNING, &key, &err), UKB_E_PROOF_FAILED);
}

static void
another_keys_signature_is_no_proof(void **state)
{
    const struct ukb_token_key other = ukey_key("other");

    (void)state;
    assert_int_equal(ukb_write_apply(ukey.session, &same, &err), UKB_OK);
    assert_int_equal(ukb_write_prove(ukey.session, &same, UKB_HALF_SIGNING, &other, &err), UKB_E_PROOF_FAILED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_write_and_the_way_back_leave_what_they_should, setup, teardown),
        cmocka_unit_test_setup_teardown(a_write_that_was_cut_is_finished_from_wherever_it_came_to, setup, teardown),
        cmocka_unit_test_setup_teardown(a_write_that_was_cut_is_undone_from_wherever_it_came_to, setup, teardown),
        cmocka_unit_test_setup_teardown(a_way_back_that_was_cut_goes_on_in_either_direction, setup, teardown),
        cmocka_unit_test_setup_teardown(cuts_upon_cuts_are_survived, setup, teardown),
        cmocka_unit_test_setup_teardown(copies_of_the_old_certificate_go_too, setup, teardown),
        cmocka_unit_test_setup_teardown(other_certificates_are_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_written_is_proved_by_its_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_certificate_that_is_not_there_is_no_proof, setup, teardown),
        cmocka_unit_test_setup_teardown(another_keys_signature_is_no_proof, setup, teardown),
    };

    return cmocka_run_group_tests_name("renewal/write", tests, ukey_group_setup, ukey_group_teardown);
}
