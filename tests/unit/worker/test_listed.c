/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/listed.c on SoftHSM: when a list is continued, when the token is read again, what is kept. */
#include "../test.h"

#include <string.h>

#include "../renewal/ukey.h"

#include "worker/listed.h"

#define AT 1000000LL /* ms */

static struct ukb_error err;
static struct ukb_listed listed;

static void
put(long serial)
{
    ukey_put(made_certificate(&(struct made){ .serial = serial }), (const unsigned char *)"id", 2);
}

static int
setup(void **state)
{
    (void)ukey_setup(state);
    memset(&err, 0, sizeof(err));
    put(1);
    return 0;
}

static int
teardown(void **state)
{
    ukb_listed_done(&listed);
    assert_int_equal(listed.inventory.count, 0);
    ukb_listed_done(&listed); /* twice is fine */
    return ukey_teardown(state);
}

/* How many certificates that page is shown of. */
static size_t
read_at(const char *token, const char *cursor, long long now_ms)
{
    if (ukb_listed_read(&listed, ukey.session, token, cursor, now_ms, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return listed.inventory.count;
}

/* A first page, with more behind that cursor; then a second certificate comes. */
static void
begin(void)
{
    assert_int_equal(read_at("token", NULL, AT), 1);
    memcpy(listed.next, "cursor", sizeof("cursor"));
    put(2);
}

static void
the_next_page_is_of_the_same_moment(void **state)
{
    (void)state;
    begin();
    assert_int_equal(read_at("token", "cursor", AT + 9999), 1);
    assert_int_equal(listed.read_ms, AT); /* continuing does not prolong it */
}

static void
anything_else_reads_the_token(void **state)
{
    static const struct {
        const char *token, *cursor;
        long long ms;
    } rows[] = {
        { "token", NULL, AT + 1 },         /* a first page */
        { "token", "", AT + 1 },           /* the same */
        { "token", "another", AT + 1 },    /* the cursor of another list */
        { "another", "cursor", AT + 1 },   /* another token */
        { "token", "cursor", AT + 10000 }, /* too late */
    };
    size_t i;

    (void)state;
    begin();
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(read_at(rows[i].token, rows[i].cursor, rows[i].ms), 2 + i);
        assert_string_equal(listed.next, ""); /* until the page says otherwise */
        assert_string_equal(listed.token, rows[i].token);
        assert_int_equal(listed.read_ms, rows[i].ms);
        memcpy(listed.token, "token", sizeof("token"));
        memcpy(listed.next, "cursor", sizeof("cursor"));
        listed.read_ms = AT;
        put(3 + (long)i);
    }
}

static void
what_was_parsed_is_kept(void **state)
{
    const struct ukb_certificate *first = NULL;

    (void)state;
    (void)read_at("token", NULL, AT);
    first = listed.inventory.items[0].certificate;
    (void)read_at("token", NULL, AT + 1);
    assert_ptr_equal(listed.inventory.items[0].certificate, first);
}

static void
a_failure_leaves_nothing_to_continue(void **state)
{
    (void)state;
    begin();
    ukb_token_session_free(ukey.session);
    ukey.session = softhsm_session(&ukey.soft, false, false);
    softhsm_pull(&ukey.soft);
    assert_int_equal(ukb_module_refresh(ukey.soft.module, &err), UKB_OK);
    assert_int_not_equal(ukb_listed_read(&listed, ukey.session, "token", NULL, AT + 1, &err), UKB_OK);
    assert_int_equal(listed.inventory.count, 0);
    assert_string_equal(listed.token, "");
    softhsm_insert(&ukey.soft);
}

static void
what_nobody_lists_any_more_is_forgotten(void **state)
{
    (void)state;
    ukb_listed_expire(&listed, AT); /* nothing read: nothing to forget */
    begin();
    ukb_listed_expire(&listed, AT + 59999);
    assert_int_equal(listed.inventory.count, 1);
    ukb_listed_expire(&listed, AT + 60000);
    assert_int_equal(listed.inventory.count, 0);
    assert_string_equal(listed.token, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_next_page_is_of_the_same_moment),
        TEST(anything_else_reads_the_token),
        TEST(what_was_parsed_is_kept),
        TEST(a_failure_leaves_nothing_to_continue),
        TEST(what_nobody_lists_any_more_is_forgotten),
    };

    return cmocka_run_group_tests_name("worker/listed", tests, ukey_group_setup, ukey_group_teardown);
}
