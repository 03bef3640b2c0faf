/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/decide.c: who may call what. */
#include "given.h"

static const char POLICY[] = "{\"portals\":[\"https://portal.example\",\"https://*.bid.example\"]}";
static const struct ukb_context nobody = { .present = false };

static void
any_needs_no_context(void **state)
{
    struct ukb_policy *policy = given(POLICY, NULL);

    (void)state;
    assert_int_equal(decide(policy, UKB_GRANT_ANY, nobody), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_ANY, own_page()), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_ANY, page("https://stranger.example")), UKB_OK);
    ukb_policy_free(policy);
}

static void
a_bad_origin_is_told_so_whatever_it_calls(void **state)
{
    static const enum ukb_grant grants[] = { UKB_GRANT_ANY, UKB_GRANT_PORTAL, UKB_GRANT_UI };
    struct ukb_policy *policy = given(POLICY, NULL);
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        assert_int_equal(decide(policy, grants[i], page("http://portal.example")), UKB_E_BAD_ORIGIN);
        assert_int_equal(decide(policy, grants[i], page("https://portal.example/")), UKB_E_BAD_ORIGIN);
        assert_int_equal(decide(policy, grants[i], page("http://localhost")), UKB_E_BAD_ORIGIN);
        assert_int_equal(decide(policy, grants[i], page("null")), UKB_E_BAD_ORIGIN);
        assert_int_equal(decide(policy, grants[i], page("")), UKB_E_BAD_ORIGIN);
    }
    ukb_policy_free(policy);
}

static void
a_frame_in_another_sites_page_is_refused(void **state)
{
    struct ukb_policy *policy = given(POLICY, NULL);
    struct ukb_context framed = page("https://portal.example");

    (void)state;
    (void)snprintf(framed.top_origin, sizeof(framed.top_origin), "https://evil.example");
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, framed), UKB_E_BAD_ORIGIN);
    assert_int_equal(decide(policy, UKB_GRANT_ANY, framed), UKB_E_BAD_ORIGIN);
    (void)snprintf(framed.top_origin, sizeof(framed.top_origin), "https://portal.example:8443");
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, framed), UKB_E_BAD_ORIGIN);
    framed.top_origin[0] = '\0'; /* not told */
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, framed), UKB_OK);
    ukb_policy_free(policy);
}

static void
portal_is_for_allowed_origins_and_the_extensions_own_pages(void **state)
{
    struct ukb_policy *policy = given(POLICY, NULL);

    (void)state;
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://portal.example")), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://a.b.bid.example")), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, own_page()), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, nobody), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://bid.example")), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://portal.example:8443")), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://stranger.example")), UKB_E_ORIGIN_NOT_ALLOWED);
    ukb_policy_free(policy);
}

static void
ui_is_for_the_extensions_own_pages_only(void **state)
{
    struct ukb_policy *policy = given(POLICY, NULL);

    (void)state;
    assert_int_equal(decide(policy, UKB_GRANT_UI, own_page()), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_UI, page("https://portal.example")), UKB_E_UI_ONLY);
    assert_int_equal(decide(policy, UKB_GRANT_UI, page("https://stranger.example")), UKB_E_UI_ONLY);
    assert_int_equal(decide(policy, UKB_GRANT_UI, nobody), UKB_E_UI_ONLY);
    ukb_policy_free(policy);
}

static void
loopback_is_allowed_only_where_the_policy_says_and_names_it(void **state)
{
    struct ukb_policy *off = given("{\"portals\":[\"https://portal.example\"],\"allowLoopback\":false}", NULL);
    struct ukb_policy *on = given("{\"portals\":[\"http://localhost:3000\"],\"allowLoopback\":true}", NULL);

    (void)state;
    assert_int_equal(decide(off, UKB_GRANT_PORTAL, page("http://localhost:3000")), UKB_E_BAD_ORIGIN);
    assert_int_equal(decide(on, UKB_GRANT_PORTAL, page("http://localhost:3000")), UKB_OK);
    assert_int_equal(decide(on, UKB_GRANT_PORTAL, page("http://localhost:3001")), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(decide(on, UKB_GRANT_PORTAL, page("http://127.0.0.1:3000")), UKB_E_ORIGIN_NOT_ALLOWED);
    ukb_policy_free(off);
    ukb_policy_free(on);
}

static void
a_broken_policy_lets_only_harmless_calls_pass(void **state)
{
    struct ukb_policy *policy = given("{\"portals\":[\"https://portal.example\"],\"typo\":1}", NULL);

    (void)state;
    assert_true(ukb_policy_is_managed(policy));
    assert_int_equal(decide(policy, UKB_GRANT_ANY, nobody), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_ANY, page("https://portal.example")), UKB_OK);
    assert_int_equal(decide(policy, UKB_GRANT_UI, own_page()), UKB_OK); /* doctor says what is wrong */
    assert_int_equal(decide(policy, UKB_GRANT_UI, page("https://portal.example")), UKB_E_UI_ONLY);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://portal.example")), UKB_E_POLICY_INVALID);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://stranger.example")), UKB_E_POLICY_INVALID);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, own_page()), UKB_E_POLICY_INVALID);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, nobody), UKB_E_POLICY_INVALID);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("http://localhost:3000")), UKB_E_POLICY_INVALID);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("http://portal.example")), UKB_E_BAD_ORIGIN);
    ukb_policy_free(policy);
}

static void
without_any_file_nobody_but_the_extension_may_ask(void **state)
{
    struct ukb_policy *policy = given(NULL, NULL);

    (void)state;
    assert_false(ukb_policy_is_managed(policy));
    assert_null(ukb_policy_trust_anchors(policy)[0]);
    assert_null(ukb_policy_reset_authorities(policy)[0]);
    assert_null(ukb_policy_pinentry(policy));
    assert_int_equal(ukb_policy_retire(policy), UKB_RETIRE_EXPIRED);
    assert_int_equal(ukb_policy_reminder_days(policy), 30);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, page("https://portal.example")), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(decide(policy, UKB_GRANT_PORTAL, own_page()), UKB_OK);
    ukb_policy_free(policy);
    ukb_policy_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_needs_no_context),
        cmocka_unit_test(a_bad_origin_is_told_so_whatever_it_calls),
        cmocka_unit_test(a_frame_in_another_sites_page_is_refused),
        cmocka_unit_test(portal_is_for_allowed_origins_and_the_extensions_own_pages),
        cmocka_unit_test(ui_is_for_the_extensions_own_pages_only),
        cmocka_unit_test(loopback_is_allowed_only_where_the_policy_says_and_names_it),
        cmocka_unit_test(a_broken_policy_lets_only_harmless_calls_pass),
        cmocka_unit_test(without_any_file_nobody_but_the_extension_may_ask),
    };

    return cmocka_run_group_tests_name("policy/decide", tests, NULL, NULL);
}
