/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/modules.c: which modules are used, and in which order. */
#include "given.h"
#include "places.h"

/* The names of the modules that are used, joined by spaces. Known vendors' are not there in a test's home. */
static const char *
used(const struct places *p, const char *policy_text, const char *config_text)
{
    static char text[1024];
    struct ukb_policy *policy = given(policy_text, config_text);
    const struct ukb_policy_module *modules = NULL;
    size_t count = 0;
    size_t len = 0;
    size_t i;

    ukb_policy_look_in(policy, &p->at);
    modules = ukb_policy_modules(policy, &count);
    text[0] = '\0';
    for (i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : " ", modules[i].name);
    }
    assert_ptr_equal(ukb_policy_modules(policy, &i), modules); /* from now on they stay */
    assert_int_equal(i, count);
    ukb_policy_free(policy);
    return text;
}

/* {"modules":[{name,path}], …} of a library in the places. */
static const char *
with_module(const struct places *p, const char *name, const char *library, const char *more)
{
    static char texts[2][512];
    static unsigned int turn;
    char *text = texts[turn++ % 2U];

    (void)snprintf(text, sizeof(texts[0]), "{\"modules\":[{\"name\":\"%s\",\"path\":\"%s/%s\"}]%s}", name, p->library,
                   library, more);
    return text;
}

static void
the_policys_come_first_then_the_users_the_systems_and_opensc(void **state)
{
    struct places *p = *state;

    assert_string_equal(used(p, NULL, NULL), "");
    places_put(p, "library/opensc-pkcs11.so", "");
    assert_string_equal(used(p, NULL, NULL), "opensc");
    places_put(p, "packages/s.module", "module: c.so\n");
    assert_string_equal(used(p, with_module(p, "p", "a.so", ""), with_module(p, "u", "b.so", "")), "p u s opensc");
    assert_string_equal(used(p, NULL, NULL), "s opensc");
    assert_string_equal(used(p, "{\"modules\":1}", NULL), ""); /* broken: nothing */
}

static void
one_real_path_is_one_module_and_the_first_counts(void **state)
{
    struct places *p = *state;
    char link[96];

    places_put(p, "library/opensc-pkcs11.so", "");
    places_put(p, "packages/sc.module", "module: opensc-pkcs11.so\n");
    assert_string_equal(used(p, NULL, NULL), "sc");
    assert_string_equal(used(p, NULL, with_module(p, "mine", "opensc-pkcs11.so", "")), "mine");
    assert_string_equal(used(p, NULL, with_module(p, "mine", "../library/./opensc-pkcs11.so", "")), "mine");
    (void)snprintf(link, sizeof(link), "%s/link.so", p->library);
    assert_int_equal(symlink("opensc-pkcs11.so", link), 0);
    assert_string_equal(used(p, NULL, with_module(p, "mine", "link.so", "")), "mine");
    assert_string_equal(
        used(p, with_module(p, "theirs", "opensc-pkcs11.so", ""), with_module(p, "mine", "link.so", "")), "theirs");
    assert_string_equal(used(p, NULL, with_module(p, "sc", "a.so", "")), "sc opensc"); /* one name is one module, too */
    assert_string_equal(used(p, NULL, with_module(p, "gone", "none.so", "")), "gone sc"); /* a problem to be told */
}

static void
a_policy_may_do_without_what_it_does_not_name(void **state)
{
    struct places *p = *state;

    places_put(p, "library/opensc-pkcs11.so", "");
    places_put(p, "packages/s.module", "module: c.so\n");
    places_put(p, "user/modules/u.module", "module: d.so\n");
    assert_string_equal(used(p, "{\"systemModules\":true}", NULL), "s u opensc");
    assert_string_equal(used(p, with_module(p, "p", "a.so", ",\"systemModules\":false"), NULL), "p");
    assert_string_equal(used(p, "{\"systemModules\":false}", with_module(p, "u", "b.so", "")), "u");
    assert_string_equal(used(p, "{\"systemModules\":false}", NULL), "opensc"); /* better than none */
    assert_string_equal(used(p, "{\"userModules\":false}", with_module(p, "mine", "b.so", "")), "s opensc");
}

static void
what_does_not_fit_is_left_out_and_counted(void **state)
{
    struct places *p = *state;
    struct ukb_policy *policy = NULL;
    const struct ukb_policy_module *modules = NULL;
    char name[64];
    char text[64];
    size_t count = 0;
    size_t i;

    for (i = 0; i < UKB_MODULES_MAX + 3U; i++) {
        (void)snprintf(name, sizeof(name), "library/%02zu.so", i);
        places_put(p, name, "");
        (void)snprintf(name, sizeof(name), "packages/%02zu.module", i);
        (void)snprintf(text, sizeof(text), "module: %02zu.so\n", i);
        places_put(p, name, text);
    }
    policy = given(NULL, with_module(p, "mine", "a.so", ""));
    ukb_policy_look_in(policy, &p->at);
    modules = ukb_policy_modules(policy, &count);
    assert_int_equal(count, UKB_MODULES_MAX);
    assert_string_equal(modules[0].name, "mine");
    assert_string_equal(modules[UKB_MODULES_MAX - 1U].name, "14");
    assert_int_equal(ukb_policy_modules_left_out(policy), 4);
    ukb_policy_free(policy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_policys_come_first_then_the_users_the_systems_and_opensc, places_setup,
                                        places_teardown),
        cmocka_unit_test_setup_teardown(one_real_path_is_one_module_and_the_first_counts, places_setup,
                                        places_teardown),
        cmocka_unit_test_setup_teardown(a_policy_may_do_without_what_it_does_not_name, places_setup, places_teardown),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_left_out_and_counted, places_setup, places_teardown),
    };

    return cmocka_run_group_tests_name("policy/modules", tests, NULL, NULL);
}
