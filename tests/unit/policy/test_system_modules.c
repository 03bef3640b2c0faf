/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/system_modules.c: p11-kit's files as pkcs11.conf(5) describes them. */
#include "places.h"

/* The modules found: "name=path name=path", with paths in the library folder cut to their name. */
static const char *
found(const struct places *p)
{
    static char text[8192];
    struct ukb_found_modules *modules = calloc(1, sizeof(*modules));
    const size_t prefix = strlen(p->library) + 1U;
    size_t len = 0;
    size_t i;

    assert_non_null(modules);
    ukb_system_modules_read(&p->at, modules);
    text[0] = '\0';
    for (i = 0; i < modules->count; i++) {
        assert_memory_equal(modules->items[i].path, p->library, prefix - 1U);
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s=%s", i == 0 ? "" : " ", modules->items[i].name,
                                modules->items[i].path + prefix);
        free(modules->items[i].path);
    }
    free(modules);
    return text;
}

static void
nothing_is_found_where_nothing_is(void **state)
{
    const struct places nowhere = { .at = { NULL, NULL, NULL, NULL } };
    const struct places missing = { .at = { "/none", "/none", "/none", "/none" } };

    assert_string_equal(found(*state), "");
    assert_string_equal(found(&nowhere), "");
    assert_string_equal(found(&missing), "");
}

static void
modules_are_found_in_three_folders(void **state)
{
    struct places *p = *state;
    char absolute[128];

    (void)snprintf(absolute, sizeof(absolute), "module: %s/c.so\n", p->library);
    places_put(p, "packages/p.module", "# a comment: with a colon\n\n  module :  a.so \t\nunknown: word\n");
    places_put(p, "admin/modules/q.module", "module:b.so");
    places_put(p, "user/modules/r.module", absolute);
    assert_string_equal(found(p), "p=a.so q=b.so r=c.so");
}

static void
the_users_file_comes_before_the_administrators_and_that_before_a_packages_key_by_key(void **state)
{
    struct places *p = *state;

    places_put(p, "packages/m.module", "module: a.so\npriority: 5\n");
    places_put(p, "packages/n.module", "module: d.so\npriority: 4\n");
    places_put(p, "admin/modules/m.module", "module: b.so\n");
    assert_string_equal(found(p), "m=b.so n=d.so");
    places_put(p, "user/modules/m.module", "module: c.so\npriority: 1\n");
    assert_string_equal(found(p), "n=d.so m=c.so");
    places_put(p, "user/modules/m.module", "disable-in: ukeybridge\n");
    assert_string_equal(found(p), "n=d.so");
    places_put(p, "user/modules/m.module", "module:\n");
    assert_string_equal(found(p), "n=d.so");
}

static void
what_a_program_may_use_is_said_by_name(void **state)
{
    static const struct {
        const char *line;
        bool ours;
    } cases[] = {
        { "", true },
        { "enable-in: ukeybridge", true },
        { "enable-in: firefox, ukeybridge", true },
        { "enable-in: firefox ukeybridge,other", true },
        { "enable-in: firefox", false },
        { "enable-in:", false },
        { "enable-in: ukeybridge2 xukeybridge", false },
        { "disable-in: ukeybridge", false },
        { "disable-in: firefox,ukeybridge", false },
        { "disable-in: firefox", true },
        { "disable-in: firefox\nenable-in: ukeybridge", true },
        { "disable-in: ukeybridge\nenable-in: ukeybridge", true },
        { "trust-policy: yes", false },
        { "trust-policy: no", true },
        { "remote: |ssh user@host p11-kit remote", false },
        { "remote:", true },
        { "critical: yes\nmanaged: no\nlog-calls: yes", true },
    };
    struct places *p = *state;
    char text[256];
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)snprintf(text, sizeof(text), "module: a.so\n%s\n", cases[i].line);
        places_put(p, "packages/m.module", text);
        if ((found(p)[0] != '\0') != cases[i].ours) {
            fail_msg("\"%s\" is %sours", cases[i].line, cases[i].ours ? "" : "not ");
        }
    }
}

static void
the_larger_priority_comes_first_and_then_the_name(void **state)
{
    struct places *p = *state;

    places_put(p, "packages/a.module", "module: a.so\npriority: -1\n");
    places_put(p, "packages/b.module", "module: b.so\npriority: many\n"); /* as good as none */
    places_put(p, "packages/c.module", "module: c.so\n");
    places_put(p, "packages/d.module", "module: d.so\npriority: 10\n");
    assert_string_equal(found(p), "d=d.so b=b.so c=c.so a=a.so");
    places_put(p, "packages/a.module", "module: a.so\npriority: 99999999999999999999\n");
    assert_string_equal(found(p), "d=d.so a=a.so b=b.so c=c.so");
}

static void
a_file_of_the_users_that_others_may_write_is_left_out(void **state)
{
    struct places *p = *state;
    char folder[128];
    char file[160];
    char conf[128];

    (void)snprintf(folder, sizeof(folder), "%s/modules", p->user);
    (void)snprintf(file, sizeof(file), "%s/m.module", folder);
    (void)snprintf(conf, sizeof(conf), "%s/pkcs11.conf", p->user);
    places_put(p, "packages/m.module", "module: a.so\n");
    places_put(p, "user/modules/m.module", "module: b.so\n");
    assert_string_equal(found(p), "m=b.so");
    assert_int_equal(chmod(file, 0664), 0);
    assert_string_equal(found(p), "m=a.so");
    assert_int_equal(chmod(file, 0644), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    assert_string_equal(found(p), "m=a.so");
    assert_int_equal(chmod(folder, 0755), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(file, 65534, 65534), 0);
        assert_string_equal(found(p), "m=a.so");
        assert_int_equal(chown(file, 0, 0), 0);
    }
    assert_string_equal(found(p), "m=b.so");
    places_put(p, "user/pkcs11.conf", "user-config: none\n");
    assert_string_equal(found(p), "m=a.so");
    assert_int_equal(chmod(conf, 0666), 0);
    assert_string_equal(found(p), "m=b.so");
}

static void
user_config_says_whether_the_users_folder_counts(void **state)
{
    static const struct {
        const char *admin;
        const char *user;
        const char *wanted;
    } cases[] = {
        { "", "", "p=a.so u=b.so" },
        { "user-config: merge\n", "", "p=a.so u=b.so" },
        { "user-config: none\n", "", "p=a.so" },
        { "user-config: only\n", "", "u=b.so" },
        { "user-config: none\n", "user-config: only\n", "p=a.so" },
        { "user-config: merge\n", "user-config: only\n", "u=b.so" },
        { "user-config: merge\n", "user-config: none\n", "p=a.so" },
        { "user-config: only\n", "user-config: merge\n", "p=a.so u=b.so" },
        { "user-config: sometimes\n", "", "p=a.so u=b.so" },
    };
    struct places *p = *state;
    size_t i;

    places_put(p, "packages/p.module", "module: a.so\n");
    places_put(p, "user/modules/u.module", "module: b.so\n");
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        places_put(p, "admin/pkcs11.conf", cases[i].admin);
        places_put(p, "user/pkcs11.conf", cases[i].user);
        assert_string_equal(found(p), cases[i].wanted);
    }
    p->at.user = NULL;
    places_put(p, "admin/pkcs11.conf", "user-config: only\n");
    assert_string_equal(found(p), "p=a.so");
}

static void
odd_files_are_left_out_with_no_harm(void **state)
{
    static const char *const odd[] = {
        "",
        "module",
        "module a.so",
        "module: a.so\nnonsense\n",
        ": a.so",
        "[section]\nmodule: a.so\n",
        "{\"module\":1",
        "-----BEGIN CERTIFICATE-----\n",
        "module: none.so\n",
        "module: ../library\n/none.so",
        "\xff\xfe",
    };
    struct places *p = *state;
    char *large = malloc(UKB_MODULE_FILE_MAX_LEN + 2U);
    char path[256];
    size_t i;

    places_put(p, "packages/good.module", "module: b.so\n");
    for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        places_put(p, "packages/odd.module", odd[i]);
        assert_string_equal(found(p), "good=b.so");
    }
    assert_non_null(large);
    memset(large, '\n', UKB_MODULE_FILE_MAX_LEN + 1U);
    memcpy(large, "module: a.so", 12);
    large[UKB_MODULE_FILE_MAX_LEN] = '\0';
    places_put(p, "packages/odd.module", large);
    assert_string_equal(found(p), "good=b.so odd=a.so");
    large[UKB_MODULE_FILE_MAX_LEN] = '\n';
    large[UKB_MODULE_FILE_MAX_LEN + 1U] = '\0';
    places_put(p, "packages/odd.module", large);
    assert_string_equal(found(p), "good=b.so");
    free(large);
    (void)snprintf(path, sizeof(path), "%s/odd.module", p->packages);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_string_equal(found(p), "good=b.so");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes to it: it must not be waited for */
    assert_string_equal(found(p), "good=b.so");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/nowhere", path), 0);
    assert_string_equal(found(p), "good=b.so");
}

static void
a_files_name_is_a_modules(void **state)
{
    struct places *p = *state;
    char name[128];

    places_put(p, "packages/no-module.conf", "module: a.so\n");
    places_put(p, "packages/.module", "module: a.so\n");
    places_put(p, "packages/a b.module", "module: a.so\n");
    places_put(p, "packages/-a.module", "module: a.so\n");
    places_put(p, "packages/\xe9\x94\xae.module", "module: a.so\n");
    assert_string_equal(found(p), "");
    (void)snprintf(name, sizeof(name), "packages/%0*d.module", (int)UKB_MODULE_NAME_MAX_LEN + 1, 0);
    places_put(p, name, "module: a.so\n");
    assert_string_equal(found(p), "");
    (void)snprintf(name, sizeof(name), "packages/%0*d.module", (int)UKB_MODULE_NAME_MAX_LEN, 0);
    places_put(p, name, "module: a.so\n");
    assert_string_not_equal(found(p), "");
    places_put(p, "packages/_.1-x.module", "module: b.so\n");
    assert_non_null(strstr(found(p), "_.1-x=b.so"));
}

static void
there_are_so_many_files_and_no_more(void **state)
{
    struct places *p = *state;
    struct ukb_found_modules *modules = calloc(1, sizeof(*modules));
    char name[64];
    size_t i;

    assert_non_null(modules);
    for (i = 0; i < UKB_MODULE_FILES_MAX + 5U; i++) {
        (void)snprintf(name, sizeof(name), "packages/m%03zu.module", i);
        places_put(p, name, "module: a.so\n");
    }
    places_put(p, "user/modules/u.module", "module: b.so\n");
    ukb_system_modules_read(&p->at, modules);
    assert_int_equal(modules->count, UKB_MODULE_FILES_MAX);
    assert_string_equal(modules->items[UKB_MODULE_FILES_MAX - 1U].name, "u"); /* the user's, and the first 63 */
    assert_string_equal(modules->items[UKB_MODULE_FILES_MAX - 2U].name, "m062");
    for (i = 0; i < modules->count; i++) {
        free(modules->items[i].path);
    }
    free(modules);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_found_where_nothing_is, places_setup, places_teardown),
        cmocka_unit_test_setup_teardown(modules_are_found_in_three_folders, places_setup, places_teardown),
        cmocka_unit_test_setup_teardown(
            the_users_file_comes_before_the_administrators_and_that_before_a_packages_key_by_key, places_setup,
            places_teardown),
        cmocka_unit_test_setup_teardown(what_a_program_may_use_is_said_by_name, places_setup, places_teardown),
        cmocka_unit_test_setup_teardown(the_larger_priority_comes_first_and_then_the_name, places_setup,
                                        places_teardown),
        cmocka_unit_test_setup_teardown(a_file_of_the_users_that_others_may_write_is_left_out, places_setup,
                                        places_teardown),
        cmocka_unit_test_setup_teardown(user_config_says_whether_the_users_folder_counts, places_setup,
                                        places_teardown),
        cmocka_unit_test_setup_teardown(odd_files_are_left_out_with_no_harm, places_setup, places_teardown),
        cmocka_unit_test_setup_teardown(a_files_name_is_a_modules, places_setup, places_teardown),
        cmocka_unit_test_setup_teardown(there_are_so_many_files_and_no_more, places_setup, places_teardown),
    };

    return cmocka_run_group_tests_name("policy/system_modules", tests, NULL, NULL);
}
