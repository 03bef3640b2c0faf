/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/plan.c on SoftHSM: each refusal of an installation, before anybody is asked. */
#include "portal.h"

#define PORTAL "https://portal.example"
#define OTHER  "https://other.example"

static struct ukb_error err;
static struct ukb_plan plan;

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
    ukb_plan_done(&plan);
    return person_teardown(state);
}

static enum ukb_status
make(struct ukb_install_params params)
{
    ukb_plan_done(&plan);
    err = (struct ukb_error){ 0 };
    return ukb_plan_make(&person.env, &params, ukey.session, &plan, &err);
}

/* By a renewal in that state, with the pair's certificate. */
static enum ukb_status
make_by(const char *renewal, const struct ukb_certificate *signing)
{
    return make((struct ukb_install_params){ .renewal = renewal, .signing = portal_pem(signing) });
}

static void
a_good_call_is_planned(void **state)
{
    (void)state;
    assert_int_equal(make(portal.params), UKB_OK);
    assert_false(plan.has_record);
    assert_int_equal(plan.exchanges.count, 1);
    assert_true(plan.exchanges.items[0].same_key);
    assert_int_equal(plan.warnings.count, 0);
    assert_true(ukb_plan_removes_old(&person.env, &plan.exchanges.items[0]));
}

static void
parameters_that_do_not_go_together_are_refused(void **state)
{
    const struct {
        struct ukb_install_params params;
        const char *field;
    } rows[] = {
        { { .token = ukey.soft.token_id }, "signing" },
        { { .renewal = "x", .encryption = "x" }, "signing" },
        { { .token = ukey.soft.token_id, .signing = "x", .encryption_key = "x" }, "encryptionKey" },
        { { .renewal = "x", .signing = "x", .certificate = "x" }, "certificate" },
        { { .token = ukey.soft.token_id, .encryption = "x", .certificate = "x" }, "certificate" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(make(rows[i].params), UKB_E_PARAMS);
        assert_string_equal(err.attrs[0].string, rows[i].field);
    }
}

static void
what_is_no_certificate_is_refused(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = "no certificate";
    assert_int_equal(make(params), UKB_E_BAD_CERTIFICATE);
    params = portal.params;
    params.encryption = "no certificate";
    assert_int_equal(make(params), UKB_E_BAD_CERTIFICATE);
    params = portal.params;
    params.chain[0] = "no certificate";
    params.chain_count = 1;
    assert_int_equal(make(params), UKB_E_BAD_CERTIFICATE);
}

static void
a_strangers_certificate_is_refused(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(ukey_certificate((struct made){ .common_name = "Li",
                                                                .usage = "digitalSignature",
                                                                .serial = 9,
                                                                .not_after_s = MADE_START_S + 2 * MADE_YEAR_S },
                                                 &portal.key));
    assert_int_equal(make(params), UKB_E_UNTRUSTED_ISSUER);
}

static void
what_is_there_or_older_is_refused(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(portal.old);
    assert_int_equal(make(params), UKB_E_NOT_NEWER);
    params.signing = portal_pem(portal_issue(&portal.key, "digitalSignature", 3, -1));
    assert_int_equal(make(params), UKB_E_NOT_NEWER);
}

static void
a_role_is_replaced_by_the_same_role(void **state)
{
    const struct ukb_certificate *encryption = portal_issue(NULL, "keyAgreement", 4, 0);
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(portal_issue(&portal.key, "keyAgreement", 5, 1));
    assert_int_equal(make(params), UKB_E_WRONG_ROLE);
    ukey_put(encryption, (const unsigned char *)"e", 1);
    params = portal.params;
    params.certificate = ukb_certificate_facts(encryption)->id;
    assert_int_equal(make(params), UKB_E_WRONG_ROLE);
    params.certificate = "none";
    assert_int_equal(make(params), UKB_E_NO_CERTIFICATE);
}

/* An encryption certificate: its key stays, comes along, or is there. */
static void
an_encryption_certificate_without_its_key_is_refused(void **state)
{
    struct ukb_install_params params = { .token = ukey.soft.token_id,
                                         .encryption = portal_pem(portal_issue(NULL, "keyAgreement", 6, 1)) };
    const struct ukb_token_key opener = ukey_key("opener");

    (void)state;
    assert_int_equal(make(params), UKB_E_KEY_MISMATCH);
    params.encryption_key = "AAAA";
    assert_int_equal(make(params), UKB_E_BAD_ENVELOPE);
    params.encryption_key = "not base64!";
    assert_int_equal(make(params), UKB_E_BAD_ENVELOPE);
    params.encryption_key = NULL;
    params.encryption = portal_pem(portal_issue(&opener, "keyAgreement", 7, 1));
    assert_int_equal(make(params), UKB_OK);
    params.encryption = portal_pem(portal_issue(&portal.key, "keyAgreement", 7, 1));
    assert_int_equal(make(params), UKB_E_WRONG_ROLE); /* that key signs */
}

static void
each_state_is_answered(void **state)
{
    static const enum ukb_status expected[UKB_RENEWAL_STATE_COUNT] = {
        [UKB_RENEWAL_PREPARING] = UKB_E_WRONG_STATE,
        [UKB_RENEWAL_REQUESTED] = UKB_OK,
        [UKB_RENEWAL_INSTALLING] = UKB_OK,
        [UKB_RENEWAL_NEEDS_ATTENTION] = UKB_E_NEEDS_ATTENTION,
        [UKB_RENEWAL_INSTALLED] = UKB_OK,
        [UKB_RENEWAL_ABANDONED] = UKB_E_WRONG_STATE,
        [UKB_RENEWAL_ROLLED_BACK] = UKB_E_WRONG_STATE,
    };
    int in;

    (void)state;
    for (in = 0; in < UKB_RENEWAL_STATE_COUNT; in++) {
        assert_int_equal(make_by(portal_note(PORTAL, (enum ukb_renewal_state)in), portal.candidate), expected[in]);
        assert_int_equal(plan.is_installed, in == UKB_RENEWAL_INSTALLED);
    }
}

static void
another_certificate_in_the_middle_or_afterwards_is_refused(void **state)
{
    const struct ukb_certificate *other = portal_issue(&portal.key, "digitalSignature", 8, 2);

    (void)state;
    assert_int_equal(make_by(portal_note(PORTAL, UKB_RENEWAL_INSTALLING), other), UKB_E_WRONG_STATE);
    assert_string_equal(err.attrs[0].string, "installing");
    assert_int_equal(make_by(portal_note(PORTAL, UKB_RENEWAL_INSTALLED), other), UKB_E_WRONG_STATE);
    assert_string_equal(err.attrs[0].string, "installed");
    assert_int_equal(make_by(portal_note(PORTAL, UKB_RENEWAL_REQUESTED), other), UKB_OK); /* the CA may try again */
}

static void
a_request_takes_a_certificate_for_its_own_key_only(void **state)
{
    const struct ukb_token_key key = ukey_key("another");

    (void)state;
    assert_int_equal(make_by(portal_note(PORTAL, UKB_RENEWAL_REQUESTED), portal_issue(&key, "digitalSignature", 9, 1)),
                     UKB_E_KEY_MISMATCH);
}

static void
a_ukey_that_was_changed_in_the_middle_is_not_written_on(void **state)
{
    (void)state;
    ukey_put(portal_issue(&portal.key, "digitalSignature", 10, 3), (const unsigned char *)"later", 5);
    assert_int_equal(make_by(portal_note(PORTAL, UKB_RENEWAL_INSTALLING), portal.candidate), UKB_E_NEEDS_ATTENTION);
}

static void
anothers_renewal_is_not_touched(void **state)
{
    char token[UKB_TOKEN_ID_LEN + 1U];
    const struct ukb_install_params params = { .renewal = portal_note(OTHER, UKB_RENEWAL_REQUESTED) };

    (void)state;
    assert_int_equal(make_by(params.renewal, portal.candidate), UKB_E_NOT_YOURS);
    assert_int_equal(ukb_plan_token(&person.env, &params, token, &err), UKB_E_NOT_YOURS);
    assert_int_equal(make_by("none", portal.candidate), UKB_E_NO_RENEWAL);
    person.context.ui = true; /* the extension's window sees all */
    assert_int_equal(ukb_plan_token(&person.env, &params, token, &err), UKB_OK);
    assert_string_equal(token, ukey.soft.token_id);
}

static void
a_call_by_token_goes_on_with_what_this_site_has_begun(void **state)
{
    const char *id = NULL;

    (void)state;
    (void)portal_note(OTHER, UKB_RENEWAL_INSTALLED);
    (void)portal_note(PORTAL, UKB_RENEWAL_ROLLED_BACK);
    assert_int_equal(make(portal.params), UKB_OK);
    assert_false(plan.has_record);
    id = portal_note(PORTAL, UKB_RENEWAL_INSTALLING);
    assert_int_equal(make(portal.params), UKB_OK);
    assert_true(plan.has_record);
    assert_string_equal(plan.record.id, id);
    assert_memory_equal(plan.exchanges.items[0].temp_id, "temp", 4); /* the journal's */
}

static void
what_becomes_of_the_old_one_is_the_policys(void **state)
{
    static const struct {
        const char *retire;
        enum ukb_half half;
        bool same_key, removed;
    } rows[] = {
        { "keep", UKB_HALF_SIGNING, true, true },      { "keep", UKB_HALF_SIGNING, false, false },
        { "expired", UKB_HALF_SIGNING, false, false }, { "now", UKB_HALF_SIGNING, false, true },
        { "now", UKB_HALF_ENCRYPTION, false, false },  { "now", UKB_HALF_ENCRYPTION, true, false },
    };
    struct ukb_exchange exchange = { .old = NULL };
    size_t i;

    (void)state;
    assert_false(ukb_plan_removes_old(&person.env, &exchange));
    assert_int_equal(ukb_certificate_copy(portal.old, &exchange.old, &err), UKB_OK);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        portal_policy(rows[i].retire);
        exchange.half = rows[i].half;
        exchange.same_key = rows[i].same_key;
        assert_int_equal(ukb_plan_removes_old(&person.env, &exchange), rows[i].removed);
    }
    ukb_certificate_free(exchange.old);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_call_is_planned),
        TEST(parameters_that_do_not_go_together_are_refused),
        TEST(what_is_no_certificate_is_refused),
        TEST(a_strangers_certificate_is_refused),
        TEST(what_is_there_or_older_is_refused),
        TEST(a_role_is_replaced_by_the_same_role),
        TEST(an_encryption_certificate_without_its_key_is_refused),
        TEST(each_state_is_answered),
        TEST(another_certificate_in_the_middle_or_afterwards_is_refused),
        TEST(a_request_takes_a_certificate_for_its_own_key_only),
        TEST(a_ukey_that_was_changed_in_the_middle_is_not_written_on),
        TEST(anothers_renewal_is_not_touched),
        TEST(a_call_by_token_goes_on_with_what_this_site_has_begun),
        TEST(what_becomes_of_the_old_one_is_the_policys),
    };

    return cmocka_run_group_tests_name("renewal/plan", tests, ukey_group_setup, ukey_group_teardown);
}
