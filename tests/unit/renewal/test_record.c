/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/record.c. */
#include "journal.h"

#include "../pki/made.h"

#include "core/hex.h"
#include "renewal/internal.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

static struct ukb_error err;

static void
a_renewals_id_is_the_tokens_and_chance(void **state)
{
    char first[UKB_RENEWAL_ID_MAX_LEN + 1U];
    char second[UKB_RENEWAL_ID_MAX_LEN + 1U];

    (void)state;
    assert_int_equal(ukb_renewal_id_make(TOKEN, first, &err), UKB_OK);
    assert_int_equal(ukb_renewal_id_make(TOKEN, second, &err), UKB_OK);
    assert_int_equal(strlen(first), UKB_RENEWAL_ID_MAX_LEN);
    assert_memory_equal(first, TOKEN "-", UKB_TOKEN_ID_LEN + 1U);
    assert_true(ukb_hex_is(first + UKB_TOKEN_ID_LEN + 1U, 32));
    assert_string_not_equal(first, second);
}

static void
a_keys_id_tells_that_it_is_ours(void **state)
{
    unsigned char first[UKB_FRESH_KEY_ID_LEN];
    unsigned char second[UKB_FRESH_KEY_ID_LEN];

    (void)state;
    assert_int_equal(ukb_key_id_make(first, &err), UKB_OK);
    assert_int_equal(ukb_key_id_make(second, &err), UKB_OK);
    assert_memory_equal(first, "UKB1", 4);
    assert_memory_not_equal(first, second, sizeof(first));
    assert_true(ukb_key_id_is_fresh(first, sizeof(first)));
    assert_false(ukb_key_id_is_fresh(first, sizeof(first) - 1U));
    first[0] ^= 1U; /* a token chose it */
    assert_false(ukb_key_id_is_fresh(first, sizeof(first)));
}

static void
a_certificate_comes_back_from_the_record_it_was_put_in(void **state)
{
    const struct ukb_certificate *old = made_certificate(&(struct made){ .usage = "digitalSignature" });
    const struct ukb_certificate *new = made_certificate(&(struct made){ .usage = "keyAgreement", .serial = 2 });
    struct ukb_renewal_object objects[] = { ukb_renewal_object_of(old, UKB_RENEWAL_OLD),
                                            ukb_renewal_object_of(new, UKB_RENEWAL_NEW) };
    const struct ukb_renewal_record record = { .objects = objects, .object_count = 2 };
    struct ukb_certificate *back = NULL;

    (void)state;
    assert_string_equal(objects[0].role, "signing");
    assert_string_equal(objects[1].role, "encryption");
    assert_string_equal(objects[0].sha256, ukb_certificate_facts(old)->id);
    assert_int_equal(ukb_record_certificate(&record, UKB_HALF_ENCRYPTION, UKB_RENEWAL_NEW, &back, &err), UKB_OK);
    assert_string_equal(ukb_certificate_facts(back)->id, ukb_certificate_facts(new)->id);
    ukb_certificate_free(back);
    assert_int_equal(ukb_record_certificate(&record, UKB_HALF_SIGNING, UKB_RENEWAL_OLD, &back, &err), UKB_OK);
    assert_string_equal(ukb_certificate_facts(back)->id, ukb_certificate_facts(old)->id);
    ukb_certificate_free(back);
    assert_int_equal(ukb_record_certificate(&record, UKB_HALF_SIGNING, UKB_RENEWAL_NEW, &back, &err), UKB_OK);
    assert_null(back); /* of that half none is brought */
}

static void
a_record_without_a_certificate_gives_none_and_junk_an_error(void **state)
{
    unsigned char junk[] = { 'j', 'u', 'n', 'k' };
    struct ukb_renewal_object object = { .action = UKB_RENEWAL_OLD, .der = junk, .der_len = sizeof(junk) };
    const struct ukb_renewal_record record = { .objects = &object, .object_count = 1 };
    struct ukb_certificate *back = (struct ukb_certificate *)junk;

    (void)state;
    assert_int_equal(ukb_record_certificate(&record, UKB_HALF_SIGNING, UKB_RENEWAL_NEW, &back, &err), UKB_OK);
    assert_null(back);
    assert_int_equal(ukb_record_certificate(&record, UKB_HALF_SIGNING, UKB_RENEWAL_OLD, &back, &err),
                     UKB_E_BAD_CERTIFICATE);
    assert_null(back);
}

static void
kinds_are_the_same_on_both_sides(void **state)
{
    static const enum ukb_kind kinds[] = { UKB_KIND_RENEW, UKB_KIND_ISSUE, UKB_KIND_CHANGE, UKB_KIND_REPLACE };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_int_equal(ukb_kind_of(ukb_renewal_kind_of(kinds[i])), kinds[i]);
    }
    assert_int_equal(ukb_renewal_kind_of(UKB_KIND_CHANGE), UKB_RENEWAL_CHANGE);
}

static enum ukb_status
get(struct journal *journal, const struct ukb_context *context, const char *id)
{
    const struct ukb_renewal_env env = { .journal = journal->journal, .context = context };
    struct ukb_renewal_record record = { 0 };
    enum ukb_status st = ukb_renewal_get(&env, id, &record, &err);

    assert_int_equal(st == UKB_OK, record.id[0] != '\0');
    ukb_renewal_record_done(&record);
    return st;
}

static void
a_renewal_is_shown_to_its_own_origin_and_to_the_extension(void **state)
{
    const struct ukb_context own = { .present = true, .origin = "https://portal.example" };
    const struct ukb_context other = { .present = true, .origin = "https://portal.example.evil" };
    const struct ukb_context ui = { .present = true, .ui = true };
    char origin[] = "https://portal.example";
    struct ukb_renewal_record record = { .id = TOKEN "-1", .token = TOKEN, .origin = origin };
    struct journal journal;

    (void)state;
    journal_start(&journal);
    assert_int_equal(ukb_journal_insert(journal.journal, &record, &err), UKB_OK);
    assert_int_equal(get(&journal, &own, TOKEN "-1"), UKB_OK);
    assert_int_equal(get(&journal, &ui, TOKEN "-1"), UKB_OK);
    assert_int_equal(get(&journal, &other, TOKEN "-1"), UKB_E_NOT_YOURS);
    assert_int_equal(get(&journal, &own, TOKEN "-2"), UKB_E_NO_RENEWAL);
    record.origin = NULL; /* the extension's own */
    memcpy(record.id, TOKEN "-3", sizeof(TOKEN "-3"));
    assert_int_equal(ukb_journal_insert(journal.journal, &record, &err), UKB_OK);
    assert_int_equal(get(&journal, &own, TOKEN "-3"), UKB_E_NOT_YOURS);
    assert_int_equal(get(&journal, &ui, TOKEN "-3"), UKB_OK);
    journal_stop(&journal);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_renewals_id_is_the_tokens_and_chance),
        cmocka_unit_test(a_keys_id_tells_that_it_is_ours),
        cmocka_unit_test(a_certificate_comes_back_from_the_record_it_was_put_in),
        cmocka_unit_test(a_record_without_a_certificate_gives_none_and_junk_an_error),
        cmocka_unit_test(kinds_are_the_same_on_both_sides),
        cmocka_unit_test(a_renewal_is_shown_to_its_own_origin_and_to_the_extension),
    };

    return cmocka_run_group_tests_name("renewal/record", tests, NULL, made_done);
}
