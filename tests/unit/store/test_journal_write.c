/* SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "store/audit.h"
#include "store/internal.h"

static void
an_inserted_renewal_comes_back_as_it_was(void **state)
{
    struct fixture *f = *state;
    unsigned char der[] = { 0x30, 0x03, 0x02, 0x01, 0x07 };
    struct ukb_renewal_object objects[] = {
        { .role = "signing",
          .action = UKB_RENEWAL_NEW,
          .sha256 = CERT_B,
          .der = der,
          .der_len = sizeof(der),
          .key_id = { 7, 8 },
          .key_id_len = 2,
          .temp_id_len = UKB_KEY_ID_MAX_LEN,
          .imported = true,
          .was_there = true },
        { .role = "encryption", .action = UKB_RENEWAL_OLD, .sha256 = CERT_A, .der = der, .der_len = 2 },
    };
    struct ukb_renewal_step steps[] = { { .name = "generate", .outcome = "ok" } };
    struct ukb_renewal_record record = fixture_record("r1", "https://ca.example.cn", TOKEN_A, CERT_A);
    struct ukb_renewal_record back = { 0 };
    struct ukb_error err = { 0 };

    record.kind = UKB_RENEWAL_REPLACE;
    record.key = UKB_RENEWAL_KEY_SAME;
    record.order = strdup("订单-1");
    record.request_pem = strdup("-----BEGIN CERTIFICATE REQUEST-----");
    record.request_signed_pem = strdup("-----BEGIN CMS-----");
    record.key_id_len = 16;
    memset(record.key_id, 7, 16);
    memset(objects[0].temp_id, 9, UKB_KEY_ID_MAX_LEN);
    record.public_key.type = UKB_KEY_RSA;
    record.public_key.modulus_len = 256;
    memset(record.public_key.modulus, 0xC1, 256);
    record.public_key.exponent_len = 3;
    memcpy(record.public_key.exponent, "\x01\x00\x01", 3);
    record.error = UKB_E_TOKEN_FULL;
    (void)snprintf(record.error_message, sizeof(record.error_message), "no room");
    record.objects = objects;
    record.object_count = 2;
    record.steps = steps;
    record.step_count = 1;
    f->now_s = 5000;
    assert_int_equal(ukb_journal_insert(f->journal, &record, &err), UKB_OK);
    record.objects = NULL;
    record.object_count = 0;
    record.steps = NULL;

    assert_int_equal(ukb_journal_get(f->journal, "r1", &back, &err), UKB_OK);
    assert_int_equal(back.kind, UKB_RENEWAL_REPLACE);
    assert_int_equal(back.key, UKB_RENEWAL_KEY_SAME);
    assert_string_equal(back.algorithm, "EC-P256");
    assert_string_equal(back.origin, "https://ca.example.cn");
    assert_string_equal(back.order, "订单-1");
    assert_string_equal(back.token, TOKEN_A);
    assert_string_equal(back.certificate_id, CERT_A);
    assert_int_equal(back.state, UKB_RENEWAL_PREPARING);
    assert_int_equal(back.created_s, 5000);
    assert_int_equal(back.updated_s, 5000);
    assert_int_equal(back.key_id_len, 16);
    assert_memory_equal(back.key_id, record.key_id, 16);
    assert_true(ukb_public_key_equal(&back.public_key, &record.public_key));
    assert_string_equal(back.request_pem, record.request_pem);
    assert_string_equal(back.request_signed_pem, record.request_signed_pem);
    assert_int_equal(back.error, UKB_E_TOKEN_FULL);
    assert_string_equal(back.error_message, "no room");
    assert_int_equal(back.object_count, 2);
    assert_int_equal(back.objects[0].action, UKB_RENEWAL_OLD); /* old ones first */
    assert_string_equal(back.objects[0].role, "encryption");
    assert_int_equal(back.objects[1].der_len, sizeof(der));
    assert_memory_equal(back.objects[1].der, der, sizeof(der));
    assert_string_equal(back.objects[1].sha256, CERT_B);
    assert_int_equal(back.objects[1].key_id_len, 2);
    assert_memory_equal(back.objects[1].key_id, objects[0].key_id, 2);
    assert_int_equal(back.objects[1].temp_id_len, UKB_KEY_ID_MAX_LEN);
    assert_memory_equal(back.objects[1].temp_id, objects[0].temp_id, UKB_KEY_ID_MAX_LEN);
    assert_true(back.objects[1].imported);
    assert_true(back.objects[1].was_there);
    assert_int_equal(back.objects[0].key_id_len, 0);
    assert_false(back.objects[0].imported);
    assert_false(back.objects[0].was_there);
    assert_int_equal(back.step_count, 1);
    assert_string_equal(back.steps[0].name, "generate");
    assert_int_equal(back.steps[0].at_s, 5000);
    ukb_renewal_record_done(&back);
    ukb_renewal_record_done(&record);
}

static void
an_id_is_there_only_once(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_record record = fixture_record("r1", NULL, TOKEN_B, CERT_B);
    struct ukb_renewal_record back = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(ukb_journal_insert(f->journal, &record, &err), UKB_E_WRONG_STATE);
    ukb_renewal_record_done(&record);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &back, &err), UKB_OK);
    assert_string_equal(back.token, TOKEN_A);
    ukb_renewal_record_done(&back);
}

static void
a_change_writes_everything_that_belongs_together(void **state)
{
    struct fixture *f = *state;
    const unsigned char key_id[] = { 'U', 'K', 'B', '1' };
    const struct ukb_public_key key = {
        .type = UKB_KEY_EC, .params_len = 2, .params = { 6, 0 }, .point_len = 1, .point = { 4 }
    };
    struct ukb_renewal_change change = { .id = "r1",
                                         .from = UKB_RENEWAL_PREPARING,
                                         .to = UKB_RENEWAL_PREPARING,
                                         .key_id = key_id,
                                         .key_id_len = sizeof(key_id),
                                         .step = "choose-id" };
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    f->now_s = 2000;
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    f->now_s = 3000;
    change = (struct ukb_renewal_change){ .id = "r1",
                                          .from = UKB_RENEWAL_PREPARING,
                                          .to = UKB_RENEWAL_REQUESTED,
                                          .public_key = &key,
                                          .request_pem = "PEM",
                                          .step = "request",
                                          .outcome = "signed" };
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_REQUESTED);
    assert_int_equal(record.key_id_len, sizeof(key_id)); /* kept from the change before */
    assert_memory_equal(record.key_id, key_id, sizeof(key_id));
    assert_true(ukb_public_key_equal(&record.public_key, &key));
    assert_string_equal(record.request_pem, "PEM");
    assert_int_equal(record.created_s, 1000);
    assert_int_equal(record.updated_s, 3000);
    assert_int_equal(record.step_count, 2);
    assert_string_equal(record.steps[0].outcome, "ok");
    assert_string_equal(record.steps[1].outcome, "signed");
    assert_int_equal(record.steps[1].at_s, 3000);
    ukb_renewal_record_done(&record);

    /* What a change does not mention stays. */
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_REQUESTED, UKB_RENEWAL_INSTALLING), UKB_OK);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_true(ukb_public_key_equal(&record.public_key, &key));
    assert_string_equal(record.request_pem, "PEM");
    ukb_renewal_record_done(&record);
}

/* How many entries the audit has, and what the newest says came of it. */
static size_t
audited(const struct fixture *f, char ret_outcome[UKB_AUDIT_OUTCOME_MAX_LEN + 1U])
{
    struct ukb_audit_list list = { .items = NULL };
    struct ukb_error err = { 0 };
    size_t count;

    assert_int_equal(ukb_audit_list(f->journal, NULL, 10, &list, &err), UKB_OK);
    count = list.count;
    (void)snprintf(ret_outcome, UKB_AUDIT_OUTCOME_MAX_LEN + 1U, "%s", count == 0 ? "" : list.items[0].outcome);
    ukb_audit_list_done(&list);
    return count;
}

static void
an_entry_of_the_audit_is_kept_with_its_change_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    struct ukb_audit_draft draft = { .entry = { .method = "renewal.install", .outcome = "OK" } };
    struct ukb_renewal_change change = {
        .id = "r1", .from = UKB_RENEWAL_REQUESTED, .to = UKB_RENEWAL_INSTALLING, .audit = &draft
    };
    char outcome[UKB_AUDIT_OUTCOME_MAX_LEN + 1U];
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_E_WRONG_STATE);
    assert_false(draft.is_kept);
    assert_int_equal(audited(f, outcome), 0);
    change.from = UKB_RENEWAL_PREPARING;
    change.to = UKB_RENEWAL_REQUESTED;
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_true(draft.is_kept);
    assert_int_equal(audited(f, outcome), 1);
    assert_string_equal(outcome, "OK");
}

static void
an_entry_that_cannot_be_kept_undoes_no_change(void **state)
{
    struct fixture *f = *state;
    struct ukb_audit_draft draft = { .entry = { .method = "renewal.install", .outcome = "OK" } };
    const struct ukb_renewal_change change = {
        .id = "r1", .from = UKB_RENEWAL_PREPARING, .to = UKB_RENEWAL_REQUESTED, .audit = &draft
    };
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(sqlite3_exec(f->journal->db, "DROP TABLE audit", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_false(draft.is_kept);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_REQUESTED);
    ukb_renewal_record_done(&record);
}

static void
another_state_than_expected_changes_nothing(void **state)
{
    struct fixture *f = *state;
    const struct ukb_renewal_change change = {
        .id = "r1", .from = UKB_RENEWAL_REQUESTED, .to = UKB_RENEWAL_INSTALLING, .request_pem = "PEM", .step = "install"
    };
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_E_WRONG_STATE);
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "state");
    assert_string_equal(err.attrs[0].string, "requested"); /* PREPARING, as the wire calls it */
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_PREPARING);
    assert_null(record.request_pem);
    assert_int_equal(record.step_count, 0);
    ukb_renewal_record_done(&record);
}

static void
no_way_leads_out_of_a_final_state(void **state)
{
    static const enum ukb_renewal_state finals[] = { UKB_RENEWAL_INSTALLED, UKB_RENEWAL_ABANDONED };
    struct fixture *f = *state;
    size_t i;
    int to;

    for (i = 0; i < 2; i++) {
        char id[8];

        (void)snprintf(id, sizeof(id), "r%zu", i);
        fixture_insert(f, id, NULL, TOKEN_A, CERT_A);
        assert_int_equal(fixture_move(f, id, UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_OK);
        assert_int_equal(fixture_move(f, id, UKB_RENEWAL_REQUESTED, finals[i]), UKB_OK);
        for (to = 0; to < UKB_RENEWAL_STATE_COUNT; to++) {
            if (to != (int)finals[i]) {
                assert_int_equal(fixture_move(f, id, finals[i], (enum ukb_renewal_state)to), UKB_E_WRONG_STATE);
            }
        }
        assert_int_equal(fixture_state(f, id), finals[i]);
    }
}

static void
an_error_stays_until_the_next_change_of_state(void **state)
{
    struct fixture *f = *state;
    struct ukb_error cause = { 0 };
    struct ukb_renewal_change change = { .id = "r1", .from = UKB_RENEWAL_INSTALLING, .to = UKB_RENEWAL_REQUESTED };
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_INSTALLING), UKB_OK);
    assert_int_equal(ukb_raise(&cause, UKB_E_TOKEN_REMOVED, 0, "the UKey was pulled out"), UKB_E_TOKEN_REMOVED);
    change.error = &cause;
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    change = (struct ukb_renewal_change){
        .id = "r1", .from = UKB_RENEWAL_REQUESTED, .to = UKB_RENEWAL_REQUESTED, .request_pem = "PEM"
    };
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.error, UKB_E_TOKEN_REMOVED);
    assert_string_equal(record.error_message, "the UKey was pulled out");
    ukb_renewal_record_done(&record);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_REQUESTED, UKB_RENEWAL_INSTALLING), UKB_OK);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.error, UKB_OK);
    assert_string_equal(record.error_message, "");
    ukb_renewal_record_done(&record);
}

static void
an_error_without_a_reason_is_kept_as_internal(void **state)
{
    struct fixture *f = *state;
    struct ukb_error cause = { 0 };
    const struct ukb_renewal_change change = {
        .id = "r1", .from = UKB_RENEWAL_PREPARING, .to = UKB_RENEWAL_ROLLED_BACK, .error = &cause
    };
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(ukb_raise(&cause, UKB_E_INTERNAL, 0, "a bug"), UKB_E_INTERNAL);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.error, UKB_E_INTERNAL);
    ukb_renewal_record_done(&record);
}

static void
new_objects_take_the_place_of_the_old(void **state)
{
    struct fixture *f = *state;
    unsigned char der[] = { 0x30, 0x00 };
    struct ukb_renewal_object objects[] = {
        { .role = "signing", .action = UKB_RENEWAL_NEW, .sha256 = CERT_A, .der = der, .der_len = sizeof(der) },
        { .role = "encryption", .action = UKB_RENEWAL_NEW, .sha256 = CERT_B, .der = der, .der_len = sizeof(der) },
    };
    struct ukb_renewal_change change = {
        .id = "r1", .from = UKB_RENEWAL_PREPARING, .to = UKB_RENEWAL_PREPARING, .objects = objects, .object_count = 2
    };
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK); /* the same again: no duplicates */
    change.objects = &objects[1];
    change.object_count = 1;
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_OK);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.object_count, 1);
    assert_string_equal(record.objects[0].role, "encryption");
    ukb_renewal_record_done(&record);

    /* The same certificate twice is refused whole. */
    objects[0] = objects[1];
    change.objects = objects;
    change.object_count = 2;
    assert_int_equal(ukb_journal_advance(f->journal, &change, &err), UKB_E_INTERNAL);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.object_count, 1);
    ukb_renewal_record_done(&record);
}

static void
steps_are_noted_in_any_state_and_cut_between_characters(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };
    char longest[400] = "";
    size_t i;

    for (i = 0; i + 3 < sizeof(longest); i += 3) {
        memcpy(longest + i, "锁", 4);
    }
    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_ABANDONED), UKB_OK);
    assert_int_equal(ukb_journal_add_step(f->journal, "r1", "delete-key", longest, &err), UKB_OK);
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.step_count, 2);
    assert_int_equal(strlen(record.steps[1].outcome), 255); /* 85 characters */
    assert_memory_equal(record.steps[1].outcome, longest, 255);
    ukb_renewal_record_done(&record);
}

static void
only_the_last_steps_are_read_back_in_order(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };
    unsigned int i;

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    for (i = 0; i < UKB_RENEWAL_STEPS_MAX + 5U; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "s%u", i);
        assert_int_equal(ukb_journal_add_step(f->journal, "r1", name, NULL, &err), UKB_OK);
    }
    assert_int_equal(ukb_journal_get(f->journal, "r1", &record, &err), UKB_OK);
    assert_int_equal(record.step_count, UKB_RENEWAL_STEPS_MAX);
    assert_string_equal(record.steps[0].name, "s5");
    assert_string_equal(record.steps[UKB_RENEWAL_STEPS_MAX - 1U].name, "s68");
    ukb_renewal_record_done(&record);
}

static void
an_unknown_id_is_no_renewal(void **state)
{
    struct fixture *f = *state;
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };

    assert_int_equal(fixture_move(f, "r9", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_E_NO_RENEWAL);
    assert_int_equal(ukb_journal_add_step(f->journal, "r9", "s", NULL, &err), UKB_E_NO_RENEWAL);
    assert_int_equal(ukb_journal_get(f->journal, "r9", &record, &err), UKB_E_NO_RENEWAL);
    assert_int_equal(ukb_journal_get(f->journal, "r' OR 1=1 --", &record, &err), UKB_E_NO_RENEWAL);
}

static void
of_two_processes_that_advance_one_renewal_one_wins(void **state)
{
    struct fixture *f = *state;
    struct ukb_journal *mine = f->journal;
    struct ukb_journal *other = NULL;
    struct ukb_error err = { 0 };

    fixture_insert(f, "r1", NULL, TOKEN_A, CERT_A);
    assert_int_equal(open_journal(f, &other, &err), UKB_OK);
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_OK);
    f->journal = other;
    assert_int_equal(fixture_move(f, "r1", UKB_RENEWAL_PREPARING, UKB_RENEWAL_REQUESTED), UKB_E_WRONG_STATE);
    f->journal = mine;
    ukb_journal_close(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_inserted_renewal_comes_back_as_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(an_id_is_there_only_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_change_writes_everything_that_belongs_together, setup, teardown),
        cmocka_unit_test_setup_teardown(an_entry_of_the_audit_is_kept_with_its_change_or_not_at_all, setup, teardown),
        cmocka_unit_test_setup_teardown(an_entry_that_cannot_be_kept_undoes_no_change, setup, teardown),
        cmocka_unit_test_setup_teardown(another_state_than_expected_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(no_way_leads_out_of_a_final_state, setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_stays_until_the_next_change_of_state, setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_without_a_reason_is_kept_as_internal, setup, teardown),
        cmocka_unit_test_setup_teardown(new_objects_take_the_place_of_the_old, setup, teardown),
        cmocka_unit_test_setup_teardown(steps_are_noted_in_any_state_and_cut_between_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(only_the_last_steps_are_read_back_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_id_is_no_renewal, setup, teardown),
        cmocka_unit_test_setup_teardown(of_two_processes_that_advance_one_renewal_one_wins, setup, teardown),
    };

    return cmocka_run_group_tests_name("store/journal_write", tests, NULL, NULL);
}
