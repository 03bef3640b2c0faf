/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/started.c: a browser's arguments, a person's, and an add-on that no manifest names. */
#include "../platform/scratch.h"

#include "broker/started.h"

#define ADD_ON "bridge@ukeybridge.org"
#define OTHER  "{0badc0de-0000-4000-8000-000000000000}"

/* What is made of these arguments; `by_browser` is a browser's answer. */
static enum ukb_status
started(const char *first, const char *second, bool *by_browser)
{
    char *argv[] = { strdup("ukeybridge"), strdup(first), second == NULL ? NULL : strdup(second), NULL };
    struct ukb_error error = { 0 };
    const bool before = *by_browser;
    enum ukb_status st = ukb_started_by_browser(second == NULL ? 2 : 3, argv, by_browser, &error);

    assert_true(st == UKB_OK || *by_browser == before);
    assert_true((st == UKB_OK) == (error.message[0] == '\0'));
    free(argv[0]);
    free(argv[1]);
    free(argv[2]);
    return st;
}

static void
assert_started(bool by_browser, const char *first, const char *second)
{
    bool said = !by_browser;

    assert_int_equal(started(first, second, &said), UKB_OK);
    assert_true(said == by_browser);
}

static void
assert_refused(const char *first, const char *second)
{
    bool said = false;

    assert_int_equal(started(first, second, &said), UKB_E_ORIGIN_NOT_ALLOWED);
}

static void
chromium_gives_an_origin(void **state)
{
    (void)state;
    assert_started(true, "chrome-extension://abcdefghijklmnopabcdefghijklmnop/", NULL);
    assert_started(true, "chrome-extension://abcdefghijklmnopabcdefghijklmnop/", "--parent-window=0");
}

static void
a_person_types_commands(void **state)
{
    struct ukb_error error = { 0 };
    char *alone[] = { NULL, NULL };
    bool said = true;

    (void)state;
    assert_int_equal(ukb_started_by_browser(0, alone, &said, &error), UKB_OK);
    assert_false(said);
    assert_started(false, "tokens", NULL);
    assert_started(false, "tokens", "--json");
    assert_started(false, "call", "{}");
    assert_started(false, "manifest.json", NULL);
    assert_started(false, "manifest.json", "word");
    assert_started(false, "chrome-extension:/", NULL);
}

static void
firefox_gives_a_manifest_that_names_the_add_on(void **state)
{
    struct scratch *s = *state;

    (void)scratch_file(s, "host.json", "{\"allowed_extensions\":[\"a@b.example\",\"" ADD_ON "\",\"" OTHER "\"]}");
    assert_started(true, s->path, ADD_ON);
    assert_started(true, s->path, OTHER);
}

static void
an_add_on_that_is_not_named_is_refused(void **state)
{
    static const char *const manifests[] = {
        "{\"allowed_extensions\":[\"" ADD_ON ".example\",\"x" ADD_ON "\"]}",
        "{\"allowed_extensions\":[]}",
        "{\"allowed_extensions\":\"" ADD_ON "\"}",
        "{\"allowed_extensions\":[[\"" ADD_ON "\"],null,7]}",
        "{\"Allowed_Extensions\":[\"" ADD_ON "\"]}",
        "{\"allowed_origins\":[\"" ADD_ON "\"]}",
        "[\"" ADD_ON "\"]",
        "{\"allowed_extensions\":[\"" ADD_ON "\"]",
        "",
    };
    struct scratch *s = *state;
    size_t i;

    for (i = 0; i < sizeof(manifests) / sizeof(manifests[0]); i++) {
        (void)scratch_file(s, "host.json", manifests[i]);
        assert_refused(s->path, ADD_ON);
    }
}

static void
without_a_manifest_nobody_is_served(void **state)
{
    struct scratch *s = *state;
    char *large = calloc(1, 20000);

    assert_refused(scratch_path(s, "none.json"), ADD_ON);
    assert_int_equal(mkdir(scratch_path(s, "dir.json"), 0755), 0);
    assert_refused(s->path, ADD_ON);
    assert_non_null(large);
    memset(large, ' ', 19999);
    (void)snprintf(large, 64, "{\"allowed_extensions\":[\"" ADD_ON "\"]}");
    large[strlen(large)] = ' ';
    (void)scratch_file(s, "large.json", large);
    assert_refused(s->path, ADD_ON);
    free(large);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(chromium_gives_an_origin),
        TEST(a_person_types_commands),
        TEST(firefox_gives_a_manifest_that_names_the_add_on),
        TEST(an_add_on_that_is_not_named_is_refused),
        TEST(without_a_manifest_nobody_is_served),
    };

    return cmocka_run_group_tests_name("broker/started", tests, NULL, NULL);
}
