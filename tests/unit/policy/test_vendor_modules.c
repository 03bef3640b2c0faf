/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/vendor_modules.c: which file of a maker's is taken, and that nobody else can put it there. */
#include "places.h"

/* A maker whose libraries are these files of the places, as patterns; NULL-terminated. Until the next call. */
static const struct ukb_vendor_module *
vendor_of(const struct places *p, const char *first, const char *second)
{
    static struct ukb_vendor_module vendor;
    static char patterns[2][96];

    (void)snprintf(patterns[0], sizeof(patterns[0]), "%s/%s", p->dir, first);
    (void)snprintf(patterns[1], sizeof(patterns[1]), "%s/%s", p->dir, second == NULL ? "" : second);
    vendor = (struct ukb_vendor_module){ "vendor", { patterns[0], second == NULL ? NULL : patterns[1], NULL } };
    return &vendor;
}

/* What is found is that library; NULL: nothing is. Without root nothing is root's. */
static void
expect_found(const struct places *p, const struct ukb_vendor_module *vendor, const char *name)
{
    char *path = ukb_vendor_module_find(vendor);
    char wanted[96];

    if (name == NULL || getuid() != 0) {
        assert_null(path);
        return;
    }
    (void)snprintf(wanted, sizeof(wanted), "%s/%s", p->library, name);
    assert_non_null(path);
    assert_string_equal(path, wanted);
    free(path);
}

static void
give_away(const struct places *p, const char *name, unsigned int mode, uid_t owner)
{
    char path[96];

    (void)snprintf(path, sizeof(path), "%s/%s", p->library, name);
    assert_int_equal(chmod(path, mode), 0);
    if (getuid() == 0) {
        assert_int_equal(chown(path, owner, owner), 0);
    }
}

static void
every_row_names_files_that_only_their_place_decides(void **state)
{
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; ukb_vendor_modules[i].name != NULL; i++) {
        assert_in_range(strlen(ukb_vendor_modules[i].name), 1, UKB_MODULE_NAME_MAX_LEN);
        assert_non_null(ukb_vendor_modules[i].patterns[0]);
        for (j = 0; ukb_vendor_modules[i].patterns[j] != NULL; j++) {
            const char *pattern = ukb_vendor_modules[i].patterns[j];

            assert_int_equal(pattern[0], '/');
            assert_null(strstr(pattern, ".."));
            assert_null(strstr(pattern, "/home"));
            assert_null(strstr(pattern, "/tmp"));
            assert_string_equal(pattern + strlen(pattern) - 3U, ".so");
        }
        for (j = 0; j < i; j++) {
            assert_string_not_equal(ukb_vendor_modules[i].name, ukb_vendor_modules[j].name);
        }
    }
    assert_true(i > 0);
}

static void
a_library_must_be_roots(void **state)
{
    struct places *p = *state;

    give_away(p, "a.so", 0644, 0);
    expect_found(p, vendor_of(p, "lib*/a.so", NULL), "a.so");
    give_away(p, "a.so", 0666, 0);
    expect_found(p, vendor_of(p, "lib*/a.so", NULL), NULL);
    give_away(p, "a.so", 0664, 0);
    expect_found(p, vendor_of(p, "lib*/a.so", NULL), NULL);
    give_away(p, "a.so", 0644, 65534);
    expect_found(p, vendor_of(p, "lib*/a.so", NULL), NULL);
}

static void
the_first_that_can_be_trusted_is_taken(void **state)
{
    struct places *p = *state;

    give_away(p, "a.so", 0666, 0);
    give_away(p, "b.so", 0644, 0);
    give_away(p, "c.so", 0644, 0);
    expect_found(p, vendor_of(p, "library/[a-c].so", NULL), "b.so");
    expect_found(p, vendor_of(p, "nowhere/*.so", "library/c.so"), "c.so");
    expect_found(p, vendor_of(p, "library/a.so", "library/c.so"), "c.so");
}

static void
a_link_is_followed_to_the_file_that_counts(void **state)
{
    struct places *p = *state;
    char link[96];
    char target[96];

    (void)snprintf(link, sizeof(link), "%s/link.so", p->library);
    (void)snprintf(target, sizeof(target), "%s/a.so", p->library);
    assert_int_equal(symlink(target, link), 0);
    give_away(p, "a.so", 0644, 0);
    expect_found(p, vendor_of(p, "library/link.so", NULL), "a.so");
    give_away(p, "a.so", 0644, 65534);
    expect_found(p, vendor_of(p, "library/link.so", NULL), NULL);
}

static void
what_is_no_file_is_no_library(void **state)
{
    struct places *p = *state;
    char folder[96];

    (void)snprintf(folder, sizeof(folder), "%s/folder.so", p->library);
    assert_int_equal(mkdir(folder, 0755), 0);
    expect_found(p, vendor_of(p, "library/folder.so", NULL), NULL);
    expect_found(p, vendor_of(p, "library/none.so", NULL), NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, places_setup, places_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_names_files_that_only_their_place_decides),
        TEST(a_library_must_be_roots),
        TEST(the_first_that_can_be_trusted_is_taken),
        TEST(a_link_is_followed_to_the_file_that_counts),
        TEST(what_is_no_file_is_no_library),
    };

    return cmocka_run_group_tests_name("policy/vendor_modules", tests, NULL, NULL);
}
