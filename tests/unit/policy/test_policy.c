/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/policy.c: what the two files may hold, and which of them counts. */
#include "given.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "policy/portals.h"

#define PORTAL "https://portal.example"

/* A policy is broken when a portal is told so. */
static bool
is_broken(const struct ukb_policy *policy)
{
    return decide(policy, UKB_GRANT_PORTAL, own_page()) == UKB_E_POLICY_INVALID;
}

static bool
count_one(void *ctx, const char *portal, enum ukb_portal_from from)
{
    (void)portal;
    (void)from;
    *(size_t *)ctx += 1U;
    return true;
}

static size_t
count_portals(const struct ukb_policy *policy)
{
    size_t count = 0;

    ukb_policy_portals_each(policy, count_one, &count);
    return count;
}

static void
expect_policy(const char *text, bool good)
{
    struct ukb_policy *policy = given(text, NULL);
    size_t count = 0;

    if (is_broken(policy) == good) {
        fail_msg("policy.json is %s: %s", good ? "refused" : "taken", text);
    }
    (void)ukb_policy_modules(policy, &count);
    assert_true(good || count == 0);
    assert_true(good || count_portals(policy) == 0);
    ukb_policy_free(policy);
}

static void
expect_config(const char *text, bool good)
{
    struct ukb_policy *policy = given(NULL, text);

    if (is_broken(policy) == good) {
        fail_msg("config.json is %s: %s", good ? "refused" : "taken", text);
    }
    ukb_policy_free(policy);
}

static void
every_member_of_a_policy_is_taken_in_its_form(void **state)
{
    static const char *const good[] = {
        "{}",
        " { \"portals\" : [ ] } ",
        "{\"portals\":[\"" PORTAL "\",\"https://*.example.cn\"]}",
        "{\"userPortals\":true,\"userModules\":false,\"systemModules\":true,\"auditSyslog\":false}",
        "{\"modules\":[{\"name\":\"vendor-1.0_x\",\"path\":\"/opt/vendor.so\"}]}",
        "{\"trustAnchors\":[\"/etc/ukeybridge/root.pem\"],\"resetAuthorities\":[\"/etc/a.pem\"]}",
        "{\"hostIdentity\":{\"certificate\":\"/etc/h.pem\",\"key\":\"/etc/h.key\"}}",
        "{\"est\":[\"https://est.example\"],\"update\":\"https://update.example/x.json\"}",
        "{\"issuerPortals\":[{\"issuer\":\"CN=CA\",\"portal\":\"" PORTAL "\"}]}",
        "{\"issuerPortals\":[{\"issuer\":\"CN=CA\",\"portal\":\"" PORTAL "/renew?a=b#c\"}]}",
        "{\"allowLoopback\":true,\"portals\":[\"http://localhost:3000\",\"http://[::1]:8080\"]}",
        "{\"allowLoopback\":true,\"update\":\"http://localhost:3000/x.json\"}",
        "{\"retireOldSigning\":\"expired\"}",
        "{\"retireOldSigning\":\"now\"}",
        "{\"retireOldSigning\":\"keep\"}",
        "{\"reminderDays\":0}",
        "{\"reminderDays\":366}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        expect_policy(good[i], true);
    }
}

static void
anything_else_in_a_policy_breaks_it(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "null",
        "[]",
        "\"portals\"",
        "{",
        "{}}",
        "{} {}",
        "{\"portals\":[],}",
        "{\"portals\":[]/**/}",
        "{'portals':[]}",
        "\xef\xbb\xbf{}",
        "{\"Portals\":[]}",
        "{\"portal\":[\"" PORTAL "\"]}",
        "{\"portals\":[],\"portals\":[]}",
        "{\"portals\":null}",
        "{\"portals\":{}}",
        "{\"portals\":\"" PORTAL "\"}",
        "{\"portals\":[1]}",
        "{\"portals\":[null]}",
        "{\"portals\":[\"\"]}",
        "{\"portals\":[\"*\"]}",
        "{\"portals\":[\"" PORTAL "/\"]}",
        "{\"portals\":[\"" PORTAL "\",\"http://portal.example\"]}",
        "{\"portals\":[\"https://*.cn\"]}",
        "{\"portals\":[\"http://localhost:3000\"]}", /* without allowLoopback */
        "{\"portals\":[\"http://localhost:3000\"],\"allowLoopback\":false}",
        "{\"userPortals\":\"true\"}",
        "{\"userPortals\":1}",
        "{\"userPortals\":null}",
        "{\"userModules\":0}",
        "{\"systemModules\":[]}",
        "{\"allowLoopback\":\"yes\"}",
        "{\"auditSyslog\":\"\"}",
        "{\"modules\":{}}",
        "{\"modules\":[\"/opt/vendor.so\"]}",
        "{\"modules\":[{\"name\":\"v\"}]}",
        "{\"modules\":[{\"path\":\"/opt/v.so\"}]}",
        "{\"modules\":[{\"name\":\"v\",\"path\":\"/opt/v.so\",\"x\":1}]}",
        "{\"modules\":[{\"name\":\"\",\"path\":\"/opt/v.so\"}]}",
        "{\"modules\":[{\"name\":\"v v\",\"path\":\"/opt/v.so\"}]}",
        "{\"modules\":[{\"name\":\"v/v\",\"path\":\"/opt/v.so\"}]}",
        "{\"modules\":[{\"name\":\"\xe9\x94\xae\",\"path\":\"/opt/v.so\"}]}",
        "{\"modules\":[{\"name\":\"12345678901234567890123456789012345678901234567890123456789012345\",\"path\":\"/"
        "v\"}]}",
        "{\"modules\":[{\"name\":\"v\",\"path\":\"opt/v.so\"}]}",
        "{\"modules\":[{\"name\":\"v\",\"path\":\"v.so\"}]}",
        "{\"modules\":[{\"name\":\"v\",\"path\":\"./v.so\"}]}",
        "{\"modules\":[{\"name\":\"v\",\"path\":\"\"}]}",
        "{\"trustAnchors\":\"/etc/root.pem\"}",
        "{\"trustAnchors\":[true]}",
        "{\"resetAuthorities\":[{}]}",
        "{\"hostIdentity\":{\"certificate\":\"/etc/h.pem\"}}",
        "{\"hostIdentity\":[]}",
        "{\"hostIdentity\":{\"certificate\":\"/c\",\"key\":\"/k\",\"pin\":\"1\"}}",
        "{\"est\":{}}",
        "{\"issuerPortals\":[{\"issuer\":\"CN=CA\"}]}",
        "{\"issuerPortals\":[{\"issuer\":\"CN=CA\",\"portal\":\"javascript:alert(1)\"}]}",
        "{\"issuerPortals\":[{\"issuer\":\"CN=CA\",\"portal\":\"http://portal.example/\"}]}",
        "{\"issuerPortals\":[{\"issuer\":\"CN=CA\",\"portal\":\"" PORTAL "?x\"}]}",
        "{\"issuerPortals\":[{\"issuer\":\"CN=CA\",\"portal\":\"" PORTAL "/a b\"}]}",
        "{\"issuerPortals\":{\"CN=CA\":\"" PORTAL "\"}}",
        "{\"retireOldSigning\":\"never\"}",
        "{\"retireOldSigning\":\"Now\"}",
        "{\"retireOldSigning\":\"\"}",
        "{\"retireOldSigning\":true}",
        "{\"reminderDays\":-1}",
        "{\"reminderDays\":367}",
        "{\"reminderDays\":1.5}",
        "{\"reminderDays\":\"30\"}",
        "{\"reminderDays\":1e300}",
        "{\"update\":\"\"}",
        "{\"update\":[]}",
        "{\"update\":\"http://update.example/x.json\"}",
        "{\"update\":\"http://localhost/x.json\"}",
        "{\"allowLoopback\":true,\"update\":\"http://localhost:x@evil.example/x.json\"}",
        "{\"pinentry\":\"/usr/bin/pinentry\"}", /* the user's, not the administrator's */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_policy(bad[i], false);
    }
}

static void
a_configuration_has_three_members(void **state)
{
    static const char *const good[] = {
        "{}",
        "{\"modules\":[{\"name\":\"v\",\"path\":\"/opt/v.so\"}]}",
        "{\"pinentry\":\"/usr/bin/pinentry-gtk-2\"}",
        "{\"portals\":[\"" PORTAL "\"]}",
    };
    static const char *const bad[] = {
        "",
        "[]",
        "{\"portals\":[\"https://*.example.cn\"]}", /* a user allows sites one by one */
        "{\"portals\":[\"http://localhost:3000\"]}",
        "{\"allowLoopback\":true}",
        "{\"userPortals\":true}",
        "{\"trustAnchors\":[]}",
        "{\"retireOldSigning\":\"keep\"}",
        "{\"modules\":[{\"name\":\"v\",\"path\":\"v.so\"}]}",
        "{\"pinentry\":1}",
        "{\"pinentry\":\"\"}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        expect_config(good[i], true);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_config(bad[i], false);
    }
}

static void
the_fault_is_named_with_its_file_and_member(void **state)
{
    static const char long_list[] = "{\"modules\":[{\"name\":\"a\",\"path\":\"/a\"},{\"name\":\"b\",\"path\":\"b\"}]}";
    static const struct {
        const char *policy;
        const char *config;
        const char *message;
    } cases[] = {
        { "{\"portals\":[\"" PORTAL "\",\"" PORTAL "/x\"]}", NULL, "policy.json: portals[1]: \"" PORTAL "/x\": " },
        { "{}", "{\"modles\":[]}", "config.json: modles: unknown member" },
        { "{\"modules\":[{\"name\":\"a\"}]}", NULL, "policy.json: modules[0].path: missing" },
        { long_list, NULL, "policy.json: modules[1].path: must be absolute" },
        { NULL, "{\"modules\":[{\"name\":\"a/\",\"path\":\"/a\"}]}", "config.json: modules[0].name: holds letters" },
        { "{\"reminderDays\":367}", NULL, "policy.json: reminderDays: must be from 0 to 366" },
        { "{\"hostIdentity\":{\"key\":\"/k\"}}", NULL, "policy.json: hostIdentity.certificate: missing" },
        { "{\n  \"portals\": [],\n}", NULL, "policy.json:3:1: " },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ukb_policy *policy = given(cases[i].policy, cases[i].config);
        struct ukb_context context = own_page();
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_policy_decide(policy, UKB_GRANT_PORTAL, &context, &err), UKB_E_POLICY_INVALID);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s, not %s", err.message, cases[i].message);
        }
        assert_string_equal(ukb_policy_fault(policy), err.message);
        ukb_policy_free(policy);
    }
}

static void
good_files_have_no_fault(void **state)
{
    struct ukb_policy *policy = given("{}", "{}");

    (void)state;
    assert_null(ukb_policy_fault(policy));
    ukb_policy_free(policy);
}

static void
numbers_and_words_are_read(void **state)
{
    struct ukb_policy *policy =
        given("{\"reminderDays\":7,\"retireOldSigning\":\"keep\",\"trustAnchors\":[\"/a\",\"/b\"],"
              "\"resetAuthorities\":[\"/c\"],\"hostIdentity\":{\"certificate\":\"/d\",\"key\":\"/e\"}}",
              "{\"pinentry\":\"/usr/bin/pinentry-qt\"}");
    const char *certificate = NULL;
    const char *key = NULL;

    (void)state;
    assert_int_equal(ukb_policy_reminder_days(policy), 7);
    assert_int_equal(ukb_policy_retire(policy), UKB_RETIRE_KEEP);
    assert_string_equal(ukb_policy_trust_anchors(policy)[0], "/a");
    assert_string_equal(ukb_policy_trust_anchors(policy)[1], "/b");
    assert_null(ukb_policy_trust_anchors(policy)[2]);
    assert_string_equal(ukb_policy_reset_authorities(policy)[0], "/c");
    assert_null(ukb_policy_reset_authorities(policy)[1]);
    assert_true(ukb_policy_host_identity(policy, &certificate, &key));
    assert_string_equal(certificate, "/d");
    assert_string_equal(key, "/e");
    assert_string_equal(ukb_policy_pinentry(policy), "/usr/bin/pinentry-qt");
    assert_null(ukb_policy_issuer_portal(policy, "CN=A"));
    ukb_policy_free(policy);
    policy = given("{\"retireOldSigning\":\"now\"}", NULL);
    assert_int_equal(ukb_policy_retire(policy), UKB_RETIRE_NOW);
    ukb_policy_free(policy);
}

static void
an_issuer_has_the_portal_that_the_policy_names(void **state)
{
    struct ukb_policy *policy = given("{\"issuerPortals\":[{\"issuer\":\"CN=A\",\"portal\":\"" PORTAL "\"},"
                                      "{\"issuer\":\"CN=B,O=C\",\"portal\":\"" PORTAL "/renew\"}]}",
                                      NULL);

    (void)state;
    assert_string_equal(ukb_policy_issuer_portal(policy, "CN=B,O=C"), PORTAL "/renew");
    assert_string_equal(ukb_policy_issuer_portal(policy, "CN=A"), PORTAL);
    assert_null(ukb_policy_issuer_portal(policy, "CN=B"));
    assert_null(ukb_policy_issuer_portal(policy, ""));
    ukb_policy_free(policy);
}

static enum ukb_status
ask(const char *policy_text, const char *config_text, const char *origin)
{
    struct ukb_policy *policy = given(policy_text, config_text);
    enum ukb_status st = decide(policy, UKB_GRANT_PORTAL, page(origin));

    ukb_policy_free(policy);
    return st;
}

static void
a_users_portals_count_unless_a_policy_says_otherwise(void **state)
{
    static const char config[] = "{\"portals\":[\"https://mine.example\"]}";
    static const char mine[] = "https://mine.example";

    (void)state;
    assert_int_equal(ask(NULL, config, mine), UKB_OK);
    assert_int_equal(ask("{}", config, mine), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(ask("{\"userPortals\":false}", config, mine), UKB_E_ORIGIN_NOT_ALLOWED);
    assert_int_equal(ask("{\"userPortals\":true}", config, mine), UKB_OK);
    assert_int_equal(ask("{\"portals\":[\"" PORTAL "\"],\"userPortals\":true}", config, mine), UKB_OK);
    assert_int_equal(ask("{\"portals\":[\"" PORTAL "\"],\"userPortals\":true}", config, PORTAL), UKB_OK);
    assert_int_equal(ask("{\"portals\":[\"" PORTAL "\"]}", config, PORTAL), UKB_OK);
}

static bool
add_name(void *ctx, const char *portal, enum ukb_portal_from from)
{
    char *names = ctx;

    (void)from;
    (void)snprintf(names + strlen(names), 128U - strlen(names), "%s ", portal);
    return true;
}

static void
the_policys_portals_come_first(void **state)
{
    struct ukb_policy *policy = given("{\"portals\":[\"" PORTAL "\"],\"userPortals\":true}",
                                      "{\"portals\":[\"https://a.example\",\"https://b.example\"]}");
    char names[128] = "";

    (void)state;
    ukb_policy_portals_each(policy, add_name, names);
    assert_string_equal(names, PORTAL " https://a.example https://b.example ");
    ukb_policy_free(policy);
}

/* The names of the modules in use, joined by spaces. */
static void
expect_modules(const char *policy_text, const char *config_text, const char *wanted)
{
    struct ukb_policy *policy = given(policy_text, config_text);
    const struct ukb_policy_module *modules = NULL;
    char names[256] = "";
    size_t count = 0;
    size_t i;

    modules = ukb_policy_modules(policy, &count);
    for (i = 0; i < count; i++) {
        const size_t len = strlen(names);

        (void)snprintf(names + len, sizeof(names) - len, "%s%s=%s", i == 0 ? "" : " ", modules[i].name,
                       modules[i].path);
    }
    assert_string_equal(names, wanted);
    ukb_policy_free(policy);
}

static void
a_policys_modules_come_before_the_users_and_the_first_of_a_kind_counts(void **state)
{
    static const char policy[] = "{\"modules\":[{\"name\":\"p\",\"path\":\"/p.so\"}]}";
    static const char closed[] = "{\"modules\":[{\"name\":\"p\",\"path\":\"/p.so\"}],\"userModules\":false}";

    (void)state;
    expect_modules(policy, NULL, "p=/p.so");
    expect_modules(policy, "{\"modules\":[{\"name\":\"u\",\"path\":\"/u.so\"}]}", "p=/p.so u=/u.so");
    expect_modules(closed, "{\"modules\":[{\"name\":\"u\",\"path\":\"/u.so\"}]}", "p=/p.so");
    expect_modules(policy, "{\"modules\":[{\"name\":\"p\",\"path\":\"/evil.so\"}]}", "p=/p.so");
    expect_modules(policy, "{\"modules\":[{\"name\":\"q\",\"path\":\"/p.so\"}]}", "p=/p.so");
    expect_modules(NULL, "{\"modules\":[{\"name\":\"u\",\"path\":\"/u.so\"}]}", "u=/u.so");
}

/* {"modules":[…]} with @p count modules whose names start with @p prefix. */
static void
many_modules(char *text, size_t size, const char *prefix, size_t count)
{
    size_t len = (size_t)snprintf(text, size, "{\"modules\":[");
    size_t i;

    for (i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, size - len, "%s{\"name\":\"%s%zu\",\"path\":\"/%s%zu.so\"}",
                                i == 0 ? "" : ",", prefix, i, prefix, i);
    }
    (void)snprintf(text + len, size - len, "]}");
}

static void
there_are_at_most_sixteen_modules(void **state)
{
    char policy[2048];
    char config[2048];
    struct ukb_policy *both = NULL;
    size_t count = 0;

    (void)state;
    many_modules(policy, sizeof(policy), "p", UKB_MODULES_MAX + 1U);
    expect_policy(policy, false);
    many_modules(policy, sizeof(policy), "p", UKB_MODULES_MAX);
    expect_policy(policy, true);
    many_modules(config, sizeof(config), "u", 1);
    both = given(policy, config);
    assert_true(is_broken(both));
    ukb_policy_free(both);
    both = given(policy, policy); /* the same ones twice are no more */
    assert_false(is_broken(both));
    assert_non_null(ukb_policy_modules(both, &count));
    assert_int_equal(count, UKB_MODULES_MAX);
    ukb_policy_free(both);
}

static void
there_are_at_most_1024_portals_in_a_file(void **state)
{
    const size_t size = (UKB_PORTALS_MAX + 2U) * 40U;
    char *text = malloc(size);
    size_t count = UKB_PORTALS_MAX;
    size_t len;
    size_t i;

    (void)state;
    assert_non_null(text);
    for (; count <= UKB_PORTALS_MAX + 1U; count++) {
        len = (size_t)snprintf(text, size, "{\"portals\":[");
        for (i = 0; i < count; i++) {
            len += (size_t)snprintf(text + len, size - len, "%s\"https://p%zu.example\"", i == 0 ? "" : ",", i);
        }
        (void)snprintf(text + len, size - len, "]}");
        expect_policy(text, count == UKB_PORTALS_MAX);
        expect_config(text, count == UKB_PORTALS_MAX);
    }
    free(text);
}

/* Files */

struct home {
    char base[32];
    char file[96];
};

static int
setup(void **state)
{
    struct home *home = calloc(1, sizeof(*home));
    char folder[64];

    assert_non_null(home);
    (void)snprintf(home->base, sizeof(home->base), "/tmp/ukb-policy-XXXXXX");
    assert_non_null(mkdtemp(home->base));
    (void)snprintf(folder, sizeof(folder), "%s/ukeybridge", home->base);
    assert_int_equal(mkdir(folder, 0700), 0);
    (void)snprintf(home->file, sizeof(home->file), "%s/config.json", folder);
    assert_int_equal(setenv("XDG_CONFIG_HOME", home->base, 1), 0);
    *state = home;
    return 0;
}

static int
teardown(void **state)
{
    struct home *home = *state;
    char folder[64];

    (void)unlink(home->file);
    (void)rmdir(home->file);
    (void)snprintf(folder, sizeof(folder), "%s/ukeybridge", home->base);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(rmdir(home->base), 0);
    free(home);
    return 0;
}

static void
write_file(const struct home *home, const void *data, size_t len)
{
    FILE *file = fopen(home->file, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static struct ukb_policy *
load(void)
{
    struct ukb_policy *policy = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_policy_load(&policy, &err), UKB_OK);
    return policy;
}

static void
the_users_file_is_found_in_the_configuration_folder(void **state)
{
    static const char text[] = "{\"pinentry\":\"/usr/bin/pinentry-curses\"}";
    struct ukb_policy *policy = NULL;

    write_file(*state, text, strlen(text));
    policy = load();
    assert_string_equal(ukb_policy_pinentry(policy), "/usr/bin/pinentry-curses");
    ukb_policy_free(policy);
}

static void
a_file_that_is_not_there_is_no_fault(void **state)
{
    struct ukb_policy *policy = load();

    (void)state;
    assert_false(is_broken(policy));
    ukb_policy_free(policy);
}

static void
a_file_that_cannot_be_read_breaks_the_policy(void **state)
{
    const struct home *home = *state;
    struct ukb_policy *policy = NULL;

    assert_int_equal(mkdir(home->file, 0700), 0);
    policy = load();
    assert_true(is_broken(policy));
    assert_null(ukb_policy_pinentry(policy));
    ukb_policy_free(policy);
    assert_int_equal(rmdir(home->file), 0);

    assert_int_equal(mkfifo(home->file, 0600), 0); /* nobody writes to it: it must not be waited for */
    policy = load();
    assert_true(is_broken(policy));
    ukb_policy_free(policy);
}

static void
a_file_with_a_nul_byte_breaks_the_policy(void **state)
{
    struct ukb_policy *policy = NULL;

    write_file(*state, "{}\0{\"portals\":[]}", 17);
    policy = load();
    assert_true(is_broken(policy));
    ukb_policy_free(policy);
}

static void
a_file_beyond_its_limit_breaks_the_policy(void **state)
{
    char *text = malloc(UKB_POLICY_FILE_MAX_LEN + 1U);
    struct ukb_policy *policy = NULL;

    assert_non_null(text);
    memset(text, ' ', UKB_POLICY_FILE_MAX_LEN + 1U);
    memcpy(text, "{}", 2);
    write_file(*state, text, UKB_POLICY_FILE_MAX_LEN);
    policy = load();
    assert_false(is_broken(policy));
    ukb_policy_free(policy);
    write_file(*state, text, UKB_POLICY_FILE_MAX_LEN + 1U);
    policy = load();
    assert_true(is_broken(policy));
    ukb_policy_free(policy);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_of_a_policy_is_taken_in_its_form),
        cmocka_unit_test(anything_else_in_a_policy_breaks_it),
        cmocka_unit_test(a_configuration_has_three_members),
        cmocka_unit_test(the_fault_is_named_with_its_file_and_member),
        cmocka_unit_test(good_files_have_no_fault),
        cmocka_unit_test(numbers_and_words_are_read),
        cmocka_unit_test(an_issuer_has_the_portal_that_the_policy_names),
        cmocka_unit_test(a_users_portals_count_unless_a_policy_says_otherwise),
        cmocka_unit_test(the_policys_portals_come_first),
        cmocka_unit_test(a_policys_modules_come_before_the_users_and_the_first_of_a_kind_counts),
        cmocka_unit_test(there_are_at_most_sixteen_modules),
        cmocka_unit_test(there_are_at_most_1024_portals_in_a_file),
        cmocka_unit_test_setup_teardown(the_users_file_is_found_in_the_configuration_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_no_fault, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read_breaks_the_policy, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_with_a_nul_byte_breaks_the_policy, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_beyond_its_limit_breaks_the_policy, setup, teardown),
    };

    return cmocka_run_group_tests_name("policy/policy", tests, NULL, NULL);
}
