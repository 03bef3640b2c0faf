/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/preview.c on SoftHSM: what would be changed is shown, nobody is asked, nothing is written. */
#include "portal.h"

#define PORTAL "https://portal.example"

static struct ukb_error err;
static struct ukb_renewal_preview preview;

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    return portal_setup(state);
}

static int
teardown(void **state)
{
    assert_false(person_was_asked());
    assert_int_equal(ukey_count(portal.old, portal.key.id, portal.key.id_len), 1);
    assert_int_equal(ukey_count(portal.candidate, NULL, 0), 0);
    ukb_renewal_preview_done(&preview);
    assert_int_equal(preview.change_count, 0);
    return person_teardown(state);
}

static enum ukb_status
show(struct ukb_install_params params)
{
    enum ukb_status st;

    ukb_renewal_preview_done(&preview);
    person_acts();
    st = ukb_renewal_preview(&person.env, &params, &preview, &err);
    person_looks();
    return st;
}

static void
expect_change(size_t i, const char *action, const struct ukb_certificate *certificate)
{
    assert_true(i < preview.change_count);
    assert_string_equal(preview.changes[i].action, action);
    assert_string_equal(ukb_certificate_facts(preview.changes[i].certificate)->id,
                        ukb_certificate_facts(certificate)->id);
}

static void
a_kept_keys_certificate_is_exchanged(void **state)
{
    (void)state;
    assert_int_equal(show(portal.params), UKB_OK);
    assert_string_equal(preview.token, ukey.soft.token_id);
    assert_int_equal(preview.change_count, 2);
    expect_change(0, "remove", portal.old);
    expect_change(1, "add", portal.candidate);
    assert_int_equal(person_records(), 0);
}

static void
an_old_pair_stays_unless_the_policy_says_now(void **state)
{
    const struct ukb_token_key key = ukey_key("fresh");
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(portal_issue(&key, "digitalSignature", 3, 1));
    assert_int_equal(show(params), UKB_OK);
    expect_change(0, "keep", portal.old);
    portal_policy("now");
    assert_int_equal(show(params), UKB_OK);
    expect_change(0, "remove", portal.old);
}

static void
what_replaces_nothing_is_added(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.certificate = NULL;
    assert_int_equal(show(params), UKB_OK);
    assert_int_equal(preview.change_count, 1);
    expect_change(0, "add", portal.candidate);
}

static void
what_a_dialog_will_ask_is_warned_of(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(portal_issue(&portal.key, "digitalSignature", 4, 30));
    assert_int_equal(show(params), UKB_OK);
    assert_int_equal(preview.warnings.count, 1);
    assert_string_equal(preview.warnings.reasons[0], UKB_WARNING_NOT_YET_VALID);
}

static void
a_refusal_shows_nothing(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(portal.old);
    assert_int_equal(show(params), UKB_E_NOT_NEWER);
    assert_int_equal(preview.change_count, 0);
    params = portal.params;
    params.token = "ffffffffffffffffffffffffffffffff";
    assert_int_equal(show(params), UKB_E_NO_TOKEN);
    params = (struct ukb_install_params){ .renewal = "none", .signing = portal.params.signing };
    assert_int_equal(show(params), UKB_E_NO_RENEWAL);
}

static void
the_token_of_a_renewal_is_the_journals(void **state)
{
    (void)state;
    assert_int_equal(show((struct ukb_install_params){ .renewal = portal_note(PORTAL, UKB_RENEWAL_REQUESTED),
                                                       .signing = portal.params.signing }),
                     UKB_OK);
    assert_string_equal(preview.token, ukey.soft.token_id);
    expect_change(1, "add", portal.candidate);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_kept_keys_certificate_is_exchanged),
        TEST(an_old_pair_stays_unless_the_policy_says_now),
        TEST(what_replaces_nothing_is_added),
        TEST(what_a_dialog_will_ask_is_warned_of),
        TEST(a_refusal_shows_nothing),
        TEST(the_token_of_a_renewal_is_the_journals),
    };

    return cmocka_run_group_tests_name("renewal/preview", tests, ukey_group_setup, ukey_group_teardown);
}
