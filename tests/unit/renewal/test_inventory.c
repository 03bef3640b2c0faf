/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/inventory.c on SoftHSM. */
#include "../test.h"

#include "ukey.h"

#include <string.h>

#include "renewal/inventory.h"

static const unsigned char ID[] = { 'i', 'd' };

static struct ukb_inventory inventory;
static struct ukb_error err;

static int
teardown(void **state)
{
    ukb_inventory_done(&inventory);
    assert_int_equal(inventory.count, 0);
    return ukey_teardown(state);
}

static void
read_inventory(const struct ukb_token_session *session)
{
    ukb_inventory_done(&inventory);
    if (ukb_inventory_read(session, &inventory, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

static const struct ukb_inventory_item *
item_of(const struct ukb_certificate *certificate)
{
    const struct ukb_inventory_item *item = ukb_inventory_find(&inventory, ukb_certificate_facts(certificate)->id);

    assert_non_null(item);
    return item;
}

static void
an_empty_token_has_an_empty_inventory(void **state)
{
    (void)state;
    read_inventory(ukey.session);
    assert_int_equal(inventory.count, 0);
    assert_null(ukb_inventory_find(&inventory, "00"));
}

static void
certificates_are_sorted_by_their_id_whatever_order_the_token_has(void **state)
{
    long serial;
    size_t i;

    (void)state;
    for (serial = 1; serial <= 12; serial++) {
        ukey_put(made_certificate(&(struct made){ .serial = serial }), ID, sizeof(ID));
    }
    read_inventory(ukey.session);
    assert_int_equal(inventory.count, 12);
    for (i = 1; i < inventory.count; i++) {
        assert_true(strcmp(ukb_certificate_facts(inventory.items[i - 1U].certificate)->id,
                           ukb_certificate_facts(inventory.items[i].certificate)->id) < 0);
    }
}

static void
a_copy_under_another_id_counts_once(void **state)
{
    const struct ukb_certificate *certificate = made_certificate(&(struct made){ .common_name = "Twice" });

    (void)state;
    ukey_put(certificate, ID, sizeof(ID));
    ukey_put(certificate, (const unsigned char *)"other", 5);
    ukey_put(certificate, ID, sizeof(ID));
    ukey_put(made_certificate(&(struct made){ .common_name = "Once" }), ID, sizeof(ID));
    read_inventory(ukey.session);
    assert_int_equal(inventory.count, 2);
    assert_int_equal(inventory.objects.count, 4);
    assert_non_null(item_of(certificate)->object);
}

static void
junk_is_left_out(void **state)
{
    const struct ukb_certificate *good = made_certificate(&(struct made){ .common_name = "Good" });
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(good);
    unsigned char longer[2048];

    (void)state;
    memcpy(longer, facts->der, facts->der_len);
    longer[facts->der_len] = 0;
    ukey_put_bytes("junk", 4, ID, sizeof(ID));
    ukey_put_bytes("\x30\x00", 2, ID, sizeof(ID));
    ukey_put_bytes(facts->der, facts->der_len - 1U, ID, sizeof(ID));
    ukey_put_bytes(longer, facts->der_len + 1U, ID, sizeof(ID));
    ukey_put(good, ID, sizeof(ID));
    read_inventory(ukey.session);
    assert_int_equal(inventory.count, 1);
    assert_int_equal(inventory.objects.count, 5);
    assert_string_equal(ukb_certificate_facts(inventory.items[0].certificate)->id, facts->id);
}

static void
whether_the_key_is_there_is_known_only_behind_a_login(void **state)
{
    const struct ukb_token_key key = ukey_key("key");
    const struct ukb_certificate *with = ukey_certificate((struct made){ .common_name = "With" }, &key);
    const struct ukb_certificate *without = made_certificate(&(struct made){ .common_name = "Without" });

    (void)state;
    ukey_put(with, key.id, key.id_len);
    ukey_put(without, ID, sizeof(ID));
    read_inventory(ukey.session);
    assert_int_equal(item_of(with)->has_private_key, UKB_YES);
    assert_int_equal(item_of(without)->has_private_key, UKB_NO);
    ukb_token_session_free(ukey.session);
    ukey.session = softhsm_session(&ukey.soft, false, false);
    read_inventory(ukey.session);
    assert_int_equal(item_of(without)->has_private_key, UKB_UNKNOWN);
    assert_int_not_equal(item_of(with)->has_private_key, UKB_NO);
}

static void
a_superseded_certificate_is_history_and_a_pair_knows_its_half(void **state)
{
    const struct made ca = { .key = "P-256/ca", .common_name = "CA", .ca = true };
    const struct ukb_certificate *old = made_certificate(&(struct made){
        .key = "P-256/s", .common_name = "Li", .issuer = &ca, .usage = "digitalSignature", .serial = 10 });
    const struct ukb_certificate *new =
        made_certificate(&(struct made){ .key = "P-256/s",
                                         .common_name = "Li",
                                         .issuer = &ca,
                                         .usage = "digitalSignature",
                                         .serial = 11,
                                         .not_before_s = MADE_START_S + MADE_DAY_S,
                                         .not_after_s = MADE_START_S + 2 * MADE_YEAR_S });
    const struct ukb_certificate *encryption =
        made_certificate(&(struct made){ .key = "P-256/e",
                                         .common_name = "Li",
                                         .issuer = &ca,
                                         .usage = "keyAgreement",
                                         .serial = 12,
                                         .not_before_s = MADE_START_S + MADE_DAY_S,
                                         .not_after_s = MADE_START_S + 2 * MADE_YEAR_S });

    (void)state;
    ukey_put(old, ID, sizeof(ID));
    ukey_put(new, ID, sizeof(ID));
    ukey_put(encryption, ID, sizeof(ID));
    read_inventory(ukey.session);
    assert_true(item_of(old)->history);
    assert_false(item_of(new)->history);
    assert_false(item_of(encryption)->history);
    assert_ptr_equal(item_of(new)->paired_with, item_of(encryption)->certificate);
    assert_ptr_equal(item_of(encryption)->paired_with, item_of(new)->certificate);
}

static void
a_pulled_ukey_gives_an_error_and_no_half_inventory(void **state)
{
    struct ukb_inventory before = { 0 };

    (void)state;
    ukey_put(made_certificate(&(struct made){ .common_name = "Gone" }), ID, sizeof(ID));
    softhsm_pull(&ukey.soft);
    (void)!ukb_module_refresh(ukey.soft.module, &err);
    assert_int_not_equal(ukb_inventory_read(ukey.session, &inventory, &err), UKB_OK);
    assert_memory_equal(&inventory, &before, sizeof(before));
    softhsm_insert(&ukey.soft);
    assert_int_equal(ukb_module_refresh(ukey.soft.module, &err), UKB_OK);
}

static void
what_is_still_there_is_not_parsed_again(void **state)
{
    const struct ukb_certificate *stays = made_certificate(&(struct made){ .common_name = "Stays" });
    const struct ukb_certificate *goes = made_certificate(&(struct made){ .common_name = "Goes", .serial = 2 });
    const struct ukb_certificate *comes = made_certificate(&(struct made){ .common_name = "Comes", .serial = 3 });
    const struct ukb_certificate *parsed = NULL;
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    size_t count = 0;

    (void)state;
    ukey_put(stays, ID, sizeof(ID));
    ukey_put(goes, ID, sizeof(ID));
    read_inventory(ukey.session);
    parsed = item_of(stays)->certificate;
    assert_int_equal(ukb_token_certificate_find_exact(ukey.session, ukb_certificate_facts(goes)->der,
                                                      ukb_certificate_facts(goes)->der_len, NULL, 0, &handle, 1, &count,
                                                      &err),
                     UKB_OK);
    assert_int_equal(ukb_token_object_destroy(ukey.session, handle, &err), UKB_OK);
    ukey_put(comes, ID, sizeof(ID));
    ukey_put(stays, (const unsigned char *)"copy", 4);
    assert_int_equal(ukb_inventory_read_again(ukey.session, &inventory, &err), UKB_OK);
    assert_int_equal(inventory.count, 2);
    assert_ptr_equal(item_of(stays)->certificate, parsed);
    assert_non_null(item_of(comes)->object);
    assert_null(ukb_inventory_find(&inventory, ukb_certificate_facts(goes)->id));
    assert_string_equal(ukb_certificate_facts(item_of(comes)->certificate)->subject.common_name, "Comes");
}

static void
reading_again_fails_to_nothing(void **state)
{
    struct ukb_inventory empty = { 0 };

    (void)state;
    ukey_put(made_certificate(&(struct made){ .common_name = "Gone" }), ID, sizeof(ID));
    read_inventory(ukey.session);
    assert_int_equal(inventory.count, 1);
    softhsm_pull(&ukey.soft);
    (void)!ukb_module_refresh(ukey.soft.module, &err);
    assert_int_not_equal(ukb_inventory_read_again(ukey.session, &inventory, &err), UKB_OK);
    assert_memory_equal(&inventory, &empty, sizeof(empty));
    softhsm_insert(&ukey.soft);
    assert_int_equal(ukb_module_refresh(ukey.soft.module, &err), UKB_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_token_has_an_empty_inventory, ukey_setup, teardown),
        cmocka_unit_test_setup_teardown(certificates_are_sorted_by_their_id_whatever_order_the_token_has, ukey_setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_copy_under_another_id_counts_once, ukey_setup, teardown),
        cmocka_unit_test_setup_teardown(junk_is_left_out, ukey_setup, teardown),
        cmocka_unit_test_setup_teardown(whether_the_key_is_there_is_known_only_behind_a_login, ukey_setup, teardown),
        cmocka_unit_test_setup_teardown(a_superseded_certificate_is_history_and_a_pair_knows_its_half, ukey_setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_pulled_ukey_gives_an_error_and_no_half_inventory, ukey_setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_still_there_is_not_parsed_again, ukey_setup, teardown),
        cmocka_unit_test_setup_teardown(reading_again_fails_to_nothing, ukey_setup, teardown),
    };

    return cmocka_run_group_tests_name("renewal/inventory", tests, ukey_group_setup, ukey_group_teardown);
}
