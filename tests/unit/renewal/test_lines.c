/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/lines.c: what the dialog's lines say of a certificate, and that there is room for no more. */
#include "../test.h"

#include "../pki/made.h"

#include <string.h>

#include "renewal/lines.h"

static struct ukb_error err;
static struct ukb_lines lines;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&lines, 0, sizeof(lines));
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_lines_done(&lines);
    assert_int_equal(lines.count, 0);
    ukb_lines_done(&lines); /* twice is fine */
    return 0;
}

static const char *
line(const char *lang, enum ukb_words_change change, struct made made)
{
    if (ukb_lines_add(&lines, lang, change, made_certificate(&made), &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return lines.texts[lines.count - 1U];
}

static void
expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", text, part);
    }
}

static void
a_line_names_holder_and_end(void **state)
{
    (void)state;
    expect_in(line("en", UKB_WORDS_ADD, (struct made){ .common_name = "Li Ming", .usage = "digitalSignature" }),
              "Li Ming");
    expect_in(lines.texts[0], "2027-01-01");
    assert_null(strchr(lines.texts[0], 'T')); /* a day, no hour */
}

static void
each_change_and_each_use_has_a_line_of_its_own(void **state)
{
    static const char *const usages[] = { NULL, "digitalSignature", "keyAgreement" };
    int change;
    size_t use;
    size_t i;
    size_t j;

    (void)state;
    for (change = 0; change < UKB_WORDS_CHANGE_COUNT; change++) {
        for (use = 0; use < sizeof(usages) / sizeof(usages[0]); use++) {
            (void)line("en", (enum ukb_words_change)change, (struct made){ .usage = usages[use] });
        }
    }
    for (i = 0; i < lines.count; i++) {
        for (j = i + 1U; j < lines.count; j++) {
            assert_string_not_equal(lines.texts[i], lines.texts[j]);
        }
    }
}

static void
the_language_is_the_pages(void **state)
{
    (void)state;
    (void)line("zh-CN", UKB_WORDS_ADD, (struct made){ .common_name = "Li" });
    (void)line("en", UKB_WORDS_ADD, (struct made){ .common_name = "Li" });
    (void)line("", UKB_WORDS_ADD, (struct made){ .common_name = "Li" });
    assert_string_not_equal(lines.texts[0], lines.texts[1]);
    assert_string_equal(lines.texts[1], lines.texts[2]);
}

static void
remove_common_name(X509 *x509)
{
    X509_NAME *name = X509_get_subject_name(x509);

    X509_NAME_ENTRY_free(X509_NAME_delete_entry(name, X509_NAME_get_index_by_NID(name, NID_commonName, -1)));
}

static void
without_a_common_name_the_whole_name_is_shown(void **state)
{
    (void)state;
    expect_in(line("en", UKB_WORDS_ADD, (struct made){ .organization = "Acme", .adjust = remove_common_name }), "Acme");
}

static void
a_name_is_made_harmless_and_short(void **state)
{
    char name[200];

    (void)state;
    assert_null(strchr(line("en", UKB_WORDS_ADD, (struct made){ .common_name = "two\nlines" }), '\n'));
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1U] = '\0';
    assert_true(strlen(line("en", UKB_WORDS_ADD, (struct made){ .common_name = name })) < 600);
}

static void
a_line_too_many_is_left_out(void **state)
{
    unsigned int i;

    (void)state;
    for (i = 0; i < UKB_LINES_MAX; i++) {
        (void)line("en", UKB_WORDS_KEEP, (struct made){ .serial = (long)i + 1 });
    }
    assert_int_equal(
        ukb_lines_add(&lines, "en", UKB_WORDS_ADD, made_certificate(&(struct made){ .common_name = "late" }), &err),
        UKB_OK);
    assert_int_equal(lines.count, UKB_LINES_MAX);
    assert_null(strstr(lines.texts[UKB_LINES_MAX - 1U], "late"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_names_holder_and_end),       TEST(each_change_and_each_use_has_a_line_of_its_own),
        TEST(the_language_is_the_pages),         TEST(without_a_common_name_the_whole_name_is_shown),
        TEST(a_name_is_made_harmless_and_short), TEST(a_line_too_many_is_left_out),
    };

    return cmocka_run_group_tests_name("renewal/lines", tests, NULL, made_done);
}
