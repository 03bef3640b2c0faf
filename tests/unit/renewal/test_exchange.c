/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/exchange.c on SoftHSM: where a certificate and its key come to be, and that the journal gives
 * back what it was given. */
#include "../test.h"

#include "ukey.h"

#include <string.h>

#include "renewal/exchange.h"
#include "renewal/internal.h"

static struct ukb_error err;
static struct ukb_inventory inventory;
static struct ukb_exchanges exchanges;
static struct ukb_token_key key;
static const struct ukb_certificate *old;
static const struct ukb_certificate *candidate; /* for the same key */

static int
setup(void **state)
{
    (void)ukey_setup(state);
    memset(&err, 0, sizeof(err));
    key = ukey_key("key");
    old = ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature" }, &key);
    candidate = ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature", .serial = 2 }, &key);
    return 0;
}

static int
teardown(void **state)
{
    ukb_exchanges_done(&exchanges);
    ukb_inventory_done(&inventory);
    return ukey_teardown(state);
}

static struct ukb_exchange *
add(enum ukb_half half, const struct ukb_certificate *brought, const struct ukb_certificate *replaced)
{
    struct ukb_exchange *exchange = &exchanges.items[exchanges.count++];

    exchange->half = half;
    assert_int_equal(ukb_certificate_copy(brought, &exchange->candidate, &err), UKB_OK);
    if (replaced != NULL) {
        assert_int_equal(ukb_certificate_copy(replaced, &exchange->old, &err), UKB_OK);
    }
    return exchange;
}

static enum ukb_status
place(struct ukb_exchange *exchange, const void *id, size_t id_len)
{
    ukb_inventory_done(&inventory);
    assert_int_equal(ukb_inventory_read(ukey.session, &inventory, &err), UKB_OK);
    return ukb_exchange_place(exchange, &inventory, id, id_len, &err);
}

static struct ukb_exchange *
add_same(void)
{
    struct ukb_exchange *exchange = add(UKB_HALF_SIGNING, candidate, old);

    exchange->same_key = true;
    return exchange;
}

static void
a_key_that_stays_keeps_its_id_and_label_and_gets_a_temporary_id(void **state)
{
    struct ukb_exchange *exchange = add_same();

    (void)state;
    ukey_put(old, key.id, key.id_len);
    assert_int_equal(place(exchange, NULL, 0), UKB_OK);
    assert_int_equal(exchange->key_id_len, key.id_len);
    assert_memory_equal(exchange->key_id, key.id, key.id_len);
    assert_int_equal(exchange->temp_id_len, UKB_FRESH_KEY_ID_LEN);
    assert_memory_not_equal(exchange->temp_id, exchange->key_id, UKB_FRESH_KEY_ID_LEN);
    assert_string_equal(exchange->label, "put by a test");
    assert_true(exchange->key.private_handle != CK_INVALID_HANDLE);
}

/* An interruption took the old one away: the new one tells the place, and the journal the temporary id. */
static void
after_an_interruption_the_new_one_tells_the_place(void **state)
{
    struct ukb_exchange *exchange = add_same();

    (void)state;
    memcpy(exchange->temp_id, "temp", 4);
    exchange->temp_id_len = 4;
    ukey_put(candidate, key.id, key.id_len);
    assert_int_equal(place(exchange, NULL, 0), UKB_OK);
    assert_memory_equal(exchange->key_id, key.id, key.id_len);
    assert_int_equal(exchange->temp_id_len, 4);
    assert_string_equal(exchange->label, "put by a test");
}

static void
a_fresh_key_is_found_under_the_requests_id(void **state)
{
    struct ukb_exchange *exchange = add(UKB_HALF_SIGNING, candidate, NULL);

    (void)state;
    assert_int_equal(place(exchange, key.id, key.id_len), UKB_OK);
    assert_memory_equal(exchange->key_id, key.id, key.id_len);
    assert_int_equal(exchange->temp_id_len, 0); /* nothing gives way */
    assert_string_equal(exchange->label, "Li");
}

static void
a_key_that_neither_is_there_nor_comes_is_refused(void **state)
{
    (void)state;
    candidate = made_certificate(&(struct made){ .key = "P-256/elsewhere" });
    assert_int_equal(place(add(UKB_HALF_SIGNING, candidate, NULL), key.id, key.id_len), UKB_E_KEY_MISMATCH);
}

static void
a_key_that_comes_gets_a_fresh_id_once(void **state)
{
    struct ukb_exchange *exchange =
        add(UKB_HALF_ENCRYPTION, made_certificate(&(struct made){ .key = "P-256/elsewhere" }), NULL);
    unsigned char first[UKB_FRESH_KEY_ID_LEN];

    (void)state;
    exchange->import = true;
    assert_int_equal(place(exchange, NULL, 0), UKB_OK);
    assert_int_equal(exchange->key_id_len, UKB_FRESH_KEY_ID_LEN);
    assert_memory_equal(exchange->key_id, "UKB1", 4);
    assert_int_equal(exchange->key.private_handle, CK_INVALID_HANDLE);
    assert_true(exchange->import);
    memcpy(first, exchange->key_id, sizeof(first));
    assert_int_equal(place(exchange, NULL, 0), UKB_OK);
    assert_memory_equal(exchange->key_id, first, sizeof(first)); /* the journal knows it by now */
}

/* Ours to take away is only what lies where the journal said that we put it. */
static void
a_key_that_was_there_is_not_ours_to_take_away(void **state)
{
    struct ukb_exchange *exchange = add(UKB_HALF_ENCRYPTION, candidate, NULL);

    (void)state;
    exchange->import = true;
    assert_int_equal(place(exchange, key.id, key.id_len), UKB_OK);
    assert_false(exchange->import);
    exchange->import = true; /* from a journal that knows this id */
    assert_int_equal(place(exchange, NULL, 0), UKB_OK);
    assert_true(exchange->import);
    memcpy(exchange->key_id, "UKB1another", 11);
    exchange->key_id_len = 11;
    ukey_put(candidate, key.id, key.id_len); /* SoftHSM's EC keys are known by their certificate's id */
    assert_int_equal(place(exchange, NULL, 0), UKB_OK);
    assert_false(exchange->import);
    assert_memory_equal(exchange->key_id, key.id, key.id_len);
}

/* As the journal would give it back */
static struct ukb_renewal_object objects[UKB_RENEWAL_OBJECTS_MAX];

static void
expect_same(const struct ukb_exchange *a, const struct ukb_exchange *b)
{
    assert_int_equal(a->half, b->half);
    assert_int_equal(a->same_key, b->same_key);
    assert_int_equal(a->import, b->import);
    assert_int_equal(a->was_there, b->was_there);
    assert_string_equal(ukb_certificate_facts(a->candidate)->id, ukb_certificate_facts(b->candidate)->id);
    assert_int_equal(a->old == NULL, b->old == NULL);
    assert_int_equal(a->key_id_len, b->key_id_len);
    assert_memory_equal(a->key_id, b->key_id, a->key_id_len);
    assert_int_equal(a->temp_id_len, b->temp_id_len);
    assert_memory_equal(a->temp_id, b->temp_id, a->temp_id_len);
}

static void
what_the_journal_is_given_it_gives_back(void **state)
{
    struct ukb_renewal_record record = { .objects = objects };
    struct ukb_exchanges back = { .count = 0 };
    struct ukb_exchange *encryption = NULL;

    (void)state;
    ukey_put(old, key.id, key.id_len);
    assert_int_equal(place(add_same(), NULL, 0), UKB_OK);
    encryption = add(UKB_HALF_ENCRYPTION, made_certificate(&(struct made){ .key = "P-256/elsewhere" }), NULL);
    encryption->import = true;
    encryption->was_there = true;
    assert_int_equal(place(encryption, NULL, 0), UKB_OK);
    record.object_count = ukb_exchanges_objects(&exchanges, objects);
    assert_int_equal(record.object_count, 3);
    assert_string_equal(objects[2].role, "encryption"); /* whatever its keyUsage says */
    assert_int_equal(ukb_exchanges_from_record(&record, &back, &err), UKB_OK);
    assert_int_equal(back.count, 2);
    expect_same(&exchanges.items[0], &back.items[0]);
    expect_same(&exchanges.items[1], &back.items[1]);
    assert_ptr_equal(ukb_exchanges_half(&back, UKB_HALF_ENCRYPTION), &back.items[1]);
    ukb_exchanges_done(&back);
    assert_null(ukb_exchanges_half(&back, UKB_HALF_SIGNING));
}

static void
an_id_that_the_journal_has_no_room_for_is_left_out(void **state)
{
    struct ukb_exchange *exchange = add_same();

    (void)state;
    assert_true(UKB_OBJECT_ID_MAX_LEN > UKB_KEY_ID_MAX_LEN);
    exchange->key_id_len = UKB_KEY_ID_MAX_LEN + 1U;
    (void)ukb_exchanges_objects(&exchanges, objects);
    assert_int_equal(objects[1].key_id_len, 0);
}

static void
a_record_with_junk_gives_no_exchange(void **state)
{
    static unsigned char junk[] = "junk";
    struct ukb_renewal_record record = { .objects = objects, .object_count = 2 };
    struct ukb_exchanges back = { .count = 7 };

    (void)state;
    (void)add_same();
    assert_int_equal(ukb_exchanges_objects(&exchanges, objects), 2);
    objects[0].der = junk;
    objects[0].der_len = sizeof(junk);
    assert_int_equal(ukb_exchanges_from_record(&record, &back, &err), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(back.count, 7);
    record.object_count = 0;
    assert_int_equal(ukb_exchanges_from_record(&record, &back, &err), UKB_OK);
    assert_int_equal(back.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_that_stays_keeps_its_id_and_label_and_gets_a_temporary_id),
        TEST(after_an_interruption_the_new_one_tells_the_place),
        TEST(a_fresh_key_is_found_under_the_requests_id),
        TEST(a_key_that_neither_is_there_nor_comes_is_refused),
        TEST(a_key_that_comes_gets_a_fresh_id_once),
        TEST(a_key_that_was_there_is_not_ours_to_take_away),
        TEST(what_the_journal_is_given_it_gives_back),
        TEST(an_id_that_the_journal_has_no_room_for_is_left_out),
        TEST(a_record_with_junk_gives_no_exchange),
    };

    return cmocka_run_group_tests_name("renewal/exchange", tests, ukey_group_setup, ukey_group_teardown);
}
