/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/portals.c: the user's list of sites, in memory and in config.json. */
#include "../platform/scratch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/json.h"
#include "policy/portals.h"

#define SITE  "https://site.example"
#define OTHER "https://other.example"

static struct scratch *scratch;
static struct ukb_policy *policy;
static struct ukb_error err;

/* The policy's text and what the user's file holds; NULL for none. */
static void
given(const char *policy_text, const char *config_text)
{
    ukb_policy_free(policy);
    policy = NULL;
    if (config_text != NULL) {
        assert_int_equal(mkdir(scratch_path(scratch, "ukeybridge"), 0700), 0);
        (void)scratch_file(scratch, "ukeybridge/config.json", config_text);
    }
    assert_int_equal(ukb_policy_parse(policy_text, config_text, &policy, &err), UKB_OK);
}

static int
setup(void **state)
{
    assert_int_equal(scratch_setup(state), 0);
    scratch = *state;
    memset(&err, 0, sizeof(err));
    return setenv("XDG_CONFIG_HOME", scratch->dir, 1);
}

static int
teardown(void **state)
{
    ukb_policy_free(policy);
    policy = NULL;
    return scratch_teardown(state);
}

static bool
collect(void *ctx, const char *portal, enum ukb_portal_from from)
{
    static const char marks[] = { [UKB_PORTAL_OF_POLICY] = 'P', [UKB_PORTAL_OF_USER] = 'U', [UKB_PORTAL_ONCE] = '1' };
    char *text = ctx;
    const size_t len = strlen(text);

    (void)snprintf(text + len, 512U - len, "%s%c:%s", len == 0 ? "" : " ", marks[from], portal);
    return true;
}

static void
expect_list(const char *wanted)
{
    char text[512] = "";

    ukb_policy_portals_each(policy, collect, text);
    assert_string_equal(text, wanted);
}

static enum ukb_status
ask(const char *origin)
{
    struct ukb_context context = { .present = true };
    struct ukb_error why = { 0 };

    (void)snprintf(context.origin, sizeof(context.origin), "%s", origin);
    return ukb_policy_decide(policy, UKB_GRANT_PORTAL, &context, &why);
}

/* config.json as somebody who starts now reads it. */
static cJSON *
file_now(void)
{
    char text[4096] = "";
    cJSON *json = NULL;
    FILE *file = fopen(scratch_path(scratch, "ukeybridge/config.json"), "r");

    if (file == NULL) {
        return NULL;
    }
    assert_true(fread(text, 1, sizeof(text) - 1U, file) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(ukb_json_parse(text, strlen(text), &json, &err), UKB_OK);
    return json;
}

static void
expect_file(const char *member, int count)
{
    cJSON *json = file_now();

    assert_int_equal(json == NULL ? -1 : cJSON_GetArraySize(ukb_json_get(json, member)), count);
    cJSON_Delete(json);
}

static void
a_site_that_is_allowed_may_ask_at_once_and_for_good(void **state)
{
    (void)state;
    given(NULL, NULL);
    assert_int_equal(ask(SITE), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_OK);
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_OK);
    expect_list("U:" SITE);
    assert_int_equal(ask(SITE), UKB_OK);
    assert_int_equal(ask(OTHER), UKB_E_ORIGIN_NOT_ALLOWED);
    expect_file("portals", 1);
}

static void
a_site_that_is_allowed_once_leaves_no_trace(void **state)
{
    (void)state;
    given(NULL, NULL);
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, true, &err), UKB_OK);
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, true, &err), UKB_OK);
    expect_list("1:" SITE);
    assert_int_equal(ask(SITE), UKB_OK);
    expect_file("portals", -1);
    assert_int_equal(ukb_policy_portal_revoke(policy, SITE, &err), UKB_OK);
    assert_int_equal(ask(SITE), UKB_E_ORIGIN_NOT_ALLOWED);
}

static void
what_else_the_file_holds_stays(void **state)
{
    (void)state;
    given(NULL, "{\"pinentry\":\"/usr/bin/pinentry\",\"modules\":[{\"name\":\"a\",\"path\":\"/a.so\"}],"
                "\"portals\":[\"" OTHER "\"]}");
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_OK);
    expect_list("U:" OTHER " U:" SITE);
    expect_file("portals", 2);
    expect_file("modules", 1);
    assert_string_equal(ukb_policy_pinentry(policy), "/usr/bin/pinentry");
    assert_int_equal(ukb_policy_portal_revoke(policy, OTHER, &err), UKB_OK);
    assert_int_equal(ukb_policy_portal_revoke(policy, OTHER, &err), UKB_OK);
    expect_list("U:" SITE);
    expect_file("portals", 1);
    expect_file("modules", 1);
}

static void
what_another_browsers_host_wrote_meanwhile_stays(void **state)
{
    (void)state;
    given(NULL, "{}");
    (void)scratch_file(scratch, "ukeybridge/config.json", "{\"portals\":[\"" OTHER "\"]}");
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_OK);
    expect_file("portals", 2);
}

static void
the_administrators_sites_are_fixed(void **state)
{
    (void)state;
    given("{\"portals\":[\"https://*.site.example.cn\"],\"userPortals\":true}", NULL);
    assert_true(ukb_policy_has_user_portals(policy));
    assert_int_equal(ukb_policy_portal_allow(policy, "https://a.site.example.cn", false, &err), UKB_OK);
    expect_file("portals", -1); /* nothing had to be written */
    assert_int_equal(ukb_policy_portal_revoke(policy, "https://a.site.example.cn", &err), UKB_E_NOT_YOURS);
    assert_int_equal(ask("https://a.site.example.cn"), UKB_OK);
}

static void
a_policy_that_leaves_nothing_to_users_is_obeyed(void **state)
{
    (void)state;
    given("{\"portals\":[\"" OTHER "\"]}", "{\"portals\":[\"" SITE "\"]}");
    assert_false(ukb_policy_has_user_portals(policy));
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, true, &err), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(ukb_policy_portal_revoke(policy, SITE, &err), UKB_E_ORIGIN_NOT_ALLOWED);
    expect_list("P:" OTHER);
    assert_int_equal(ask(SITE), UKB_E_ORIGIN_NOT_ALLOWED);
}

static void
a_broken_file_is_not_written_over(void **state)
{
    (void)state;
    given(NULL, "{\"portals\":");
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(ukb_policy_portal_revoke(policy, SITE, &err), UKB_E_POLICY_INVALID);
    expect_list("");
    given(NULL, NULL); /* it broke since this process read it */
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(ask(SITE), UKB_E_ORIGIN_NOT_ALLOWED);
}

static void
only_what_may_ever_ask_can_be_allowed(void **state)
{
    static const char *const bad[] = { "http://site.example", "https://site.example/", "https://*.example.cn",
                                       "http://localhost",    "site.example",          "" };
    size_t i;

    (void)state;
    given(NULL, NULL);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(ukb_policy_portal_allow(policy, bad[i], true, &err), UKB_E_BAD_ORIGIN);
        assert_int_equal(ukb_policy_portal_allow(policy, bad[i], false, &err), UKB_E_BAD_ORIGIN);
    }
    expect_list("");
    expect_file("portals", -1);
}

static void
there_is_room_for_so_many_and_no_more(void **state)
{
    char origin[64];
    unsigned int i;

    (void)state;
    given(NULL, NULL);
    for (i = 0; i < 1024U; i++) {
        (void)snprintf(origin, sizeof(origin), "https://s%u.example", i);
        assert_int_equal(ukb_policy_portal_allow(policy, origin, true, &err), UKB_OK);
    }
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, true, &err), UKB_E_TOO_LARGE);
    assert_int_equal(ukb_policy_portal_allow(policy, SITE, false, &err), UKB_E_TOO_LARGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_site_that_is_allowed_may_ask_at_once_and_for_good, setup, teardown),
        cmocka_unit_test_setup_teardown(a_site_that_is_allowed_once_leaves_no_trace, setup, teardown),
        cmocka_unit_test_setup_teardown(what_else_the_file_holds_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(what_another_browsers_host_wrote_meanwhile_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(the_administrators_sites_are_fixed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_policy_that_leaves_nothing_to_users_is_obeyed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broken_file_is_not_written_over, setup, teardown),
        cmocka_unit_test_setup_teardown(only_what_may_ever_ask_can_be_allowed, setup, teardown),
        cmocka_unit_test_setup_teardown(there_is_room_for_so_many_and_no_more, setup, teardown),
    };

    return cmocka_run_group_tests_name("policy/portals", tests, NULL, NULL);
}
