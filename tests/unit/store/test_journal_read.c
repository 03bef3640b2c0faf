/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "store/internal.h"

#define PORTAL "https://ca.example.cn"
#define OTHER  "https://other.example.cn"

static void
expect_found(struct fixture *f, const char *origin, const char *token, const char *certificate_id, const char *id)
{
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_journal_find_open(f->journal, origin, token, certificate_id, &record, &err);

    assert_int_equal(st, id == NULL ? UKB_E_NO_RENEWAL : UKB_OK);
    assert_string_equal(record.id, id == NULL ? "" : id);
    ukb_renewal_record_done(&record);
}

static void
an_open_renewal_is_found_by_origin_token_and_certificate(void **state)
{
    struct fixture *f = *state;

    fixture_insert(f, "r1", PORTAL, TOKEN_A, CERT_A);
    fixture_insert(f, "r2", PORTAL, TOKEN_A, CERT_B);
    fixture_insert(f, "r3", NULL, TOKEN_A, CERT_A);
    fixture_insert(f, "r4", PORTAL, TOKEN_B, "");
    expect_found(f, PORTAL, TOKEN_A, CERT_A, "r1");
    expect_found(f, PORTAL, TOKEN_A, NULL, "r2"); /* the newest of any certificate */
    expect_found(f, NULL, TOKEN_A, CERT_A, "r3"); /* the extension's own, not any */
    expect_found(f, PORTAL, TOKEN_B, "", "r4");
    expect_found(f, OTHER, TOKEN_A, CERT_A, NULL);
    expect_found(f, NULL, TOKEN_B, "", NULL);
    expect_found(f, PORTAL, TOKEN_B, CERT_A, NULL);
}

static void
finished_renewals_are_not_open(void **state)
{
    struct fixture *f = *state;

    fixture_insert(f, "r1", PORTAL, TOKEN_A, CERT_A);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_OK);
    expect_found(f, PORTAL, TOKEN_A, CERT_A, "r1");
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_REQUESTED, UKB_RENEWAL_INSTALLING), UKB_OK);
    expect_found(f, PORTAL, TOKEN_A, CERT_A, "r1");
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_INSTALLING, UKB_RENEWAL_NEEDS_ATTENTION), UKB_OK);
    expect_found(f, PORTAL, TOKEN_A, CERT_A, "r1");
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_NEEDS_ATTENTION, UKB_RENEWAL_ROLLED_BACK), UKB_OK);
    expect_found(f, PORTAL, TOKEN_A, CERT_A, NULL);
}

static void
unfinished_renewals_of_a_token_come_oldest_first_whoever_asked(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", PORTAL, TOKEN_A, CERT_A);
    fixture_insert(f, "r2", NULL, TOKEN_A, CERT_A);
    fixture_insert(f, "r3", OTHER, TOKEN_A, CERT_B);
    fixture_insert(f, "r4", PORTAL, TOKEN_B, CERT_B);
    assert_int_equal(fixture_move(f, "r2", UKB_RENEWAL_PREPARING, UKB_RENEWAL_ABANDONED), UKB_OK);
    assert_int_equal(ukb_journal_list_unfinished(f->journal, TOKEN_A, &list, &err), UKB_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].id, "r1");
    assert_string_equal(list.items[1].id, "r3");
    ukb_renewal_list_done(&list);
    assert_int_equal(ukb_journal_list_unfinished(f->journal, "cccccccccccccccccccccccccccccccc", &list, &err), UKB_OK);
    assert_int_equal(list.count, 0);
    ukb_renewal_list_done(&list);
}

static void
however_many_requests_a_site_has_open_an_interrupted_renewal_is_among_the_unfinished(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };
    char id[16];
    unsigned int i;

    for (i = 0; i < UKB_PAGE_MAX_ITEMS; i++) {
        (void)snprintf(id, sizeof(id), "open%u", i);
        fixture_insert(f, id, OTHER, TOKEN_A, CERT_B);
        assert_int_equal(fixture_move(f, id, UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_OK);
    }
    fixture_insert(f, "cut", PORTAL, TOKEN_A, CERT_A);
    assert_int_equal(ukb_journal_list_unfinished(f->journal, TOKEN_A, &list, &err), UKB_OK);
    assert_int_equal(list.count, UKB_PAGE_MAX_ITEMS);
    assert_string_equal(list.items[0].id, "cut");
    assert_string_equal(list.items[1].id, "open0");
    ukb_renewal_list_done(&list);
}

/* How many unfinished renewals TOKEN_A has, once r1 has noted that step. */
static size_t
unfinished_after(struct fixture *f, const char *step, const char *outcome)
{
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };
    size_t count;

    assert_int_equal(ukb_journal_add_step(f->journal, "r1", step, outcome, &err), UKB_OK);
    assert_int_equal(ukb_journal_list_unfinished(f->journal, TOKEN_A, &list, &err), UKB_OK);
    count = list.count;
    ukb_renewal_list_done(&list);
    return count;
}

static void
an_installed_renewal_is_unfinished_while_it_has_promised_to_retire_the_old_pair(void **state)
{
    struct fixture *f = *state;

    fixture_insert(f, "r1", PORTAL, TOKEN_A, CERT_A);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_OK);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_REQUESTED, UKB_RENEWAL_INSTALLING), UKB_OK);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_INSTALLING, UKB_RENEWAL_INSTALLED), UKB_OK);
    assert_int_equal(unfinished_after(f, UKB_JOURNAL_STEP_COMMIT, NULL), 0);
    assert_int_equal(unfinished_after(f, "another", UKB_JOURNAL_STEP_RETIRE_OLD), 0);
    assert_int_equal(unfinished_after(f, UKB_JOURNAL_STEP_COMMIT, UKB_JOURNAL_STEP_RETIRE_OLD), 1);
    assert_int_equal(unfinished_after(f, UKB_JOURNAL_STEP_RETIRE_OLD, CERT_A), 0);
}

/* A renewal of TOKEN_A in @p state, reached on the way that every one takes. */
static void
insert_moved(struct fixture *f, const char *id, enum ukb_renewal_key key, enum ukb_renewal_state to)
{
    static const enum ukb_renewal_state way[] = { UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED, UKB_RENEWAL_INSTALLING,
                                                  UKB_RENEWAL_INSTALLED };
    struct ukb_renewal_record record = { .kind = UKB_RENEWAL_RENEW, .key = key, .state = UKB_RENEWAL_PREPARING };
    struct ukb_error err = { 0 };
    size_t i;

    (void)snprintf(record.id, sizeof(record.id), "%s", id);
    (void)snprintf(record.token, sizeof(record.token), "%s", TOKEN_A);
    assert_int_equal(ukb_journal_insert(f->journal, &record, &err), UKB_OK);
    for (i = 0; way[i] != to; i++) {
        assert_int_equal(fixture_move(f, id, way[i], way[i + 1U]), UKB_OK);
    }
}

/* SQLite's steps of one look for what is unfinished on TOKEN_A. */
static int
steps_of_a_look(struct fixture *f)
{
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };
    sqlite3_stmt *stmt = NULL;
    int steps = 0;

    while ((stmt = sqlite3_next_stmt(f->journal->db, stmt)) != NULL) {
        (void)sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
    }
    assert_int_equal(ukb_journal_list_unfinished(f->journal, TOKEN_A, &list, &err), UKB_OK);
    assert_int_equal(list.count, 0);
    while ((stmt = sqlite3_next_stmt(f->journal->db, stmt)) != NULL) {
        steps += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 0);
    }
    ukb_renewal_list_done(&list);
    return steps;
}

static void
a_long_history_does_not_slow_the_look_for_what_is_unfinished(void **state)
{
    struct fixture *f = *state;
    char id[32];
    int before;
    int i;

    insert_moved(f, "first", UKB_RENEWAL_KEY_SAME, UKB_RENEWAL_INSTALLED);
    before = steps_of_a_look(f);
    assert_true(before > 0);
    for (i = 0; i < 40; i++) {
        (void)snprintf(id, sizeof(id), "later%d", i);
        insert_moved(f, id, UKB_RENEWAL_KEY_SAME, UKB_RENEWAL_INSTALLED);
    }
    assert_int_equal(steps_of_a_look(f), before);
}

static void
only_installed_renewals_with_a_new_key_supersede_a_pair(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };

    insert_moved(f, "r1", UKB_RENEWAL_KEY_NEW, UKB_RENEWAL_INSTALLED);
    insert_moved(f, "r2", UKB_RENEWAL_KEY_SAME, UKB_RENEWAL_INSTALLED);
    insert_moved(f, "r3", UKB_RENEWAL_KEY_NEW, UKB_RENEWAL_INSTALLING);
    insert_moved(f, "r4", UKB_RENEWAL_KEY_NEW, UKB_RENEWAL_INSTALLED);
    assert_int_equal(ukb_journal_list_superseding(f->journal, TOKEN_A, &list, &err), UKB_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].id, "r4"); /* newest first */
    assert_string_equal(list.items[1].id, "r1");
    ukb_renewal_list_done(&list);
    assert_int_equal(ukb_journal_list_superseding(f->journal, TOKEN_B, &list, &err), UKB_OK);
    assert_int_equal(list.count, 0);
    ukb_renewal_list_done(&list);
}

static void
a_list_shows_an_origin_its_own_and_everybody_all(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", PORTAL, TOKEN_A, CERT_A);
    fixture_insert(f, "r2", NULL, TOKEN_A, CERT_A);
    fixture_insert(f, "r3", OTHER, TOKEN_B, CERT_A);
    assert_int_equal(ukb_journal_list(f->journal, PORTAL, NULL, NULL, 64, &list, &err), UKB_OK);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].id, "r1");
    ukb_renewal_list_done(&list);
    assert_int_equal(ukb_journal_list(f->journal, NULL, NULL, "", 64, &list, &err), UKB_OK);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].id, "r3"); /* newest first */
    assert_string_equal(list.next, "");
    ukb_renewal_list_done(&list);
    assert_int_equal(ukb_journal_list(f->journal, NULL, TOKEN_A, NULL, 64, &list, &err), UKB_OK);
    assert_int_equal(list.count, 2);
    ukb_renewal_list_done(&list);
}

static void
pages_neither_repeat_nor_miss_while_others_are_added(void **state)
{
    struct fixture *f = *state;
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    unsigned int seen[20] = { 0 };
    unsigned int pages = 0;
    unsigned int i;

    for (i = 0; i < 20; i++) {
        char id[8];

        (void)snprintf(id, sizeof(id), "r%u", i);
        fixture_insert(f, id, PORTAL, TOKEN_A, CERT_A);
    }
    do {
        struct ukb_renewal_list list = { 0 };
        struct ukb_error err = { 0 };
        char id[16];

        assert_int_equal(ukb_journal_list(f->journal, PORTAL, TOKEN_A, cursor, 6, &list, &err), UKB_OK);
        assert_int_equal(list.count, pages == 3 ? 2 : 6);
        for (i = 0; i < list.count; i++) {
            unsigned int n = 99;

            assert_int_equal(sscanf(list.items[i].id, "r%u", &n), 1);
            assert_true(n < 20);
            seen[n]++;
        }
        memcpy(cursor, list.next, sizeof(cursor));
        ukb_renewal_list_done(&list);
        (void)snprintf(id, sizeof(id), "new%u", pages++);
        fixture_insert(f, id, PORTAL, TOKEN_A, CERT_A);
    } while (cursor[0] != '\0');
    assert_int_equal(pages, 4);
    for (i = 0; i < 20; i++) {
        assert_int_equal(seen[i], 1);
    }
}

static void
a_page_that_ends_the_list_has_no_cursor(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", PORTAL, TOKEN_A, CERT_A);
    fixture_insert(f, "r2", PORTAL, TOKEN_A, CERT_A);
    assert_int_equal(ukb_journal_list(f->journal, PORTAL, NULL, NULL, 2, &list, &err), UKB_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.next, "");
    ukb_renewal_list_done(&list);
}

static void
cursors_that_are_none_of_ours_are_refused(void **state)
{
    static const char *const cursors[] = { "x", "-1", "1 ", " 1", "0", "01", "1;", "1e3", "9999999999999999999" };
    struct fixture *f = *state;
    size_t i;

    for (i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
        struct ukb_renewal_list list = { 0 };
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_journal_list(f->journal, NULL, NULL, cursors[i], 2, &list, &err), UKB_E_PARAMS);
        assert_int_equal(err.attr_count, 1);
        assert_string_equal(err.attrs[0].string, "cursor");
        assert_null(list.items);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_open_renewal_is_found_by_origin_token_and_certificate, setup, teardown),
        cmocka_unit_test_setup_teardown(finished_renewals_are_not_open, setup, teardown),
        cmocka_unit_test_setup_teardown(an_installed_renewal_is_unfinished_while_it_has_promised_to_retire_the_old_pair,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(unfinished_renewals_of_a_token_come_oldest_first_whoever_asked, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            however_many_requests_a_site_has_open_an_interrupted_renewal_is_among_the_unfinished, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_history_does_not_slow_the_look_for_what_is_unfinished, setup, teardown),
        cmocka_unit_test_setup_teardown(only_installed_renewals_with_a_new_key_supersede_a_pair, setup, teardown),
        cmocka_unit_test_setup_teardown(a_list_shows_an_origin_its_own_and_everybody_all, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_neither_repeat_nor_miss_while_others_are_added, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_that_ends_the_list_has_no_cursor, setup, teardown),
        cmocka_unit_test_setup_teardown(cursors_that_are_none_of_ours_are_refused, setup, teardown),
    };

    return cmocka_run_group_tests_name("store/journal_read", tests, NULL, NULL);
}
