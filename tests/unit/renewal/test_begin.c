/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/begin.c on SoftHSM: what is refused, and what is left of a call that failed. */
#include "person.h"

#include "platform/tally.h"
#include "token/objects.h"

static struct ukb_error err;
static const struct ukb_subject_item subject[] = { { "CN", "Li" } };

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    assert_int_equal(person_setup(state), 0);
    person_acts();
    return 0;
}

/* Begin; a record that comes of it is let go. */
static enum ukb_status
begin(struct ukb_begin_params params)
{
    struct ukb_renewal_record record = { 0 };
    enum ukb_status st;

    params.token = params.token == NULL ? ukey.soft.token_id : params.token;
    st = ukb_renewal_begin(&person.env, &params, &record, &err);
    ukb_renewal_record_done(&record);
    return st;
}

static void
expect_bad_field(const char *field, struct ukb_begin_params params)
{
    assert_int_equal(begin(params), UKB_E_PARAMS);
    assert_string_equal(err.attrs[0].string, field);
}

static void
each_kind_takes_its_own_fields_only(void **state)
{
    struct ukb_begin_params params = { .kind = UKB_KIND_RENEW };

    (void)state;
    expect_bad_field("certificate", params);
    params.certificate = "x";
    params.subject = subject;
    params.subject_count = 1;
    expect_bad_field("subject", params);
    params.kind = UKB_KIND_ISSUE;
    expect_bad_field("certificate", params);
    params.certificate = NULL;
    expect_bad_field("algorithm", params);
    params.key = "same";
    expect_bad_field("key", params);
    params.key = NULL;
    params.subject_count = 0;
    expect_bad_field("subject", params);
    assert_false(person_was_asked());
    assert_int_equal(person_records(), 0);
}

static void
what_cannot_be_done_is_refused_before_the_pin(void **state)
{
    struct ukb_begin_params params = {
        .kind = UKB_KIND_ISSUE, .subject = subject, .subject_count = 1, .algorithm = "RSA-512"
    };

    (void)state;
    assert_int_equal(begin(params), UKB_E_UNSUPPORTED);
    params.token = "ffffffffffffffffffffffffffffffff";
    assert_int_equal(begin(params), UKB_E_NO_TOKEN);
    assert_false(person_was_asked());
    assert_int_equal(person_records(), 0);
}

static void
without_the_right_pin_nothing_is_noted(void **state)
{
    const struct ukb_begin_params params = {
        .kind = UKB_KIND_ISSUE, .subject = subject, .subject_count = 1, .algorithm = "EC-P256"
    };

    (void)state;
    person_types("000000");
    assert_int_equal(begin(params), UKB_E_PIN_INCORRECT);
    person_closes_the_dialog();
    assert_int_equal(begin(params), UKB_E_PIN_CANCELLED);
    assert_int_equal(person_records(), 0);
}

static void
another_kind_meanwhile_is_pending(void **state)
{
    struct ukb_begin_params params = {
        .kind = UKB_KIND_ISSUE, .subject = subject, .subject_count = 1, .algorithm = "EC-P256"
    };

    (void)state;
    assert_int_equal(begin(params), UKB_OK);
    params.kind = UKB_KIND_REPLACE;
    assert_int_equal(begin(params), UKB_E_RENEWAL_PENDING);
    assert_string_equal(err.attrs[0].name, "renewal");
    assert_int_equal(person_records(), 1);
}

static const struct ukb_certificate *old;

/* As another process does: the certificate goes while this one's user types, and that a write began is counted. */
static void
remove_the_certificate(void *ctx, const char *name, unsigned int done, unsigned int total, bool interruptible)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    size_t count = 0;

    (void)ctx;
    (void)done;
    (void)total;
    (void)interruptible;
    if (strcmp(name, "pin") == 0) {
        person_looks();
        assert_int_equal(ukb_token_certificate_find_exact(ukey.session, ukb_certificate_facts(old)->der,
                                                          ukb_certificate_facts(old)->der_len, NULL, 0, &handle, 1,
                                                          &count, &err),
                         UKB_OK);
        assert_int_equal(count, 1);
        assert_int_equal(ukb_token_object_destroy(ukey.session, handle, &err), UKB_OK);
        person_acts();
        assert_int_equal(ukb_tally_add(person.env.lock_dir, "writes", &err), UKB_OK);
    }
}

static void
a_certificate_that_goes_while_the_user_types_is_not_renewed(void **state)
{
    struct ukb_token_key key;
    struct ukb_begin_params params = { .kind = UKB_KIND_RENEW, .key = "new" };

    (void)state;
    person_looks();
    key = ukey_key("key");
    old = ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature" }, &key);
    ukey_put(old, key.id, key.id_len);
    person_acts();
    params.certificate = ukb_certificate_facts(old)->id;
    person.env.progress = remove_the_certificate;
    assert_int_equal(begin(params), UKB_E_NO_CERTIFICATE);
    assert_true(person_was_asked());
    assert_int_equal(person_records(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, person_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_takes_its_own_fields_only),
        TEST(what_cannot_be_done_is_refused_before_the_pin),
        TEST(without_the_right_pin_nothing_is_noted),
        TEST(another_kind_meanwhile_is_pending),
        TEST(a_certificate_that_goes_while_the_user_types_is_not_renewed),
    };

    return cmocka_run_group_tests(tests, ukey_group_setup, ukey_group_teardown);
}
