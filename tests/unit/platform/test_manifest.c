/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/manifest.c: the manifest that is written is one that is found good, and what spoils it. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "platform/manifest.h"

#define PROGRAM "/opt/ukeybridge/ukeybridge"
#define ID      "abcdefghijklmnopabcdefghijklmnop"

static struct ukb_error err;

/* A manifest for PROGRAM and one further extension; static. */
static const char *
made(void)
{
    static char text[UKB_MANIFEST_MAX_LEN];
    const char *const ids[] = { ID, ID };
    struct ukb_buf buf = UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);

    assert_int_equal(ukb_manifest_make(UKB_MANIFEST_CHROMIUM, PROGRAM, ids, 2, &buf, &err), UKB_OK);
    (void)snprintf(text, sizeof(text), "%s", ukb_buf_text(&buf));
    ukb_buf_done(&buf);
    return text;
}

/* Judge made() with @p member set to @p value, NULL to take it away. */
static enum ukb_manifest_fault
judged_with(const char *member, cJSON *value)
{
    cJSON *manifest = cJSON_Parse(made());
    char *text = NULL;
    enum ukb_manifest_fault fault;

    cJSON_DeleteItemFromObjectCaseSensitive(manifest, member);
    if (value != NULL) {
        (void)cJSON_AddItemToObject(manifest, member, value);
    }
    text = cJSON_Print(manifest);
    fault = ukb_manifest_judge(UKB_MANIFEST_CHROMIUM, text, strlen(text), PROGRAM);
    cJSON_free(text);
    cJSON_Delete(manifest);
    return fault;
}

static void
what_is_written_is_good(void **state)
{
    char ids[UKB_MANIFEST_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];
    const char *text = made();

    (void)state;
    assert_int_equal(ukb_manifest_judge(UKB_MANIFEST_CHROMIUM, text, strlen(text), PROGRAM), UKB_MANIFEST_GOOD);
    assert_int_equal(ukb_manifest_ids(UKB_MANIFEST_CHROMIUM, text, strlen(text), ids),
                     2); /* ours, and the other one once */
    assert_string_equal(ids[1], ID);
}

static void
each_member_that_a_browser_asks_for_counts(void **state)
{
    (void)state;
    assert_int_equal(judged_with("name", cJSON_CreateString("org.other.host")), UKB_MANIFEST_OTHER_NAME);
    assert_int_equal(judged_with("name", NULL), UKB_MANIFEST_OTHER_NAME);
    assert_int_equal(judged_with("type", cJSON_CreateString("socket")), UKB_MANIFEST_OTHER_NAME);
    assert_int_equal(judged_with("description", cJSON_CreateString("")), UKB_MANIFEST_OTHER_NAME);
    assert_int_equal(judged_with("path", cJSON_CreateString("/opt/other")), UKB_MANIFEST_OTHER_PROGRAM);
    assert_int_equal(judged_with("path", cJSON_CreateNumber(7)), UKB_MANIFEST_OTHER_PROGRAM);
    assert_int_equal(judged_with("allowed_origins", cJSON_CreateArray()), UKB_MANIFEST_OTHER_EXTENSION);
    assert_int_equal(judged_with("allowed_origins", NULL), UKB_MANIFEST_OTHER_EXTENSION);
}

static void
what_is_no_object_is_no_manifest(void **state)
{
    static const char *const texts[] = { "", "{", "[]", "7", "{\"name\":1,}" };
    char ids[UKB_MANIFEST_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(ukb_manifest_judge(UKB_MANIFEST_CHROMIUM, texts[i], strlen(texts[i]), PROGRAM),
                         UKB_MANIFEST_NOT_JSON);
        assert_int_equal(ukb_manifest_ids(UKB_MANIFEST_CHROMIUM, texts[i], strlen(texts[i]), ids), 0);
    }
}

static void
origins_that_are_no_ids_are_left_out(void **state)
{
    static const char text[] =
        "{\"allowed_origins\":[7,\"chrome-extension://short/\",\"https://portal.example/\","
        "\"chrome-extension://ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP/\",\"chrome-extension://" ID "/\"]}";
    char ids[UKB_MANIFEST_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];

    (void)state;
    assert_int_equal(ukb_manifest_ids(UKB_MANIFEST_CHROMIUM, text, strlen(text), ids), 1);
    assert_string_equal(ids[0], ID);
    assert_true(ukb_manifest_id_is_good(ID));
    assert_false(ukb_manifest_id_is_good("q" ID));
    assert_false(ukb_manifest_id_is_good(""));
}

static void
no_more_ids_than_there_are_places(void **state)
{
    char ids[UKB_MANIFEST_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];
    cJSON *manifest = cJSON_CreateObject();
    cJSON *origins = cJSON_AddArrayToObject(manifest, "allowed_origins");
    char *text = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < 2U * UKB_MANIFEST_IDS_MAX; i++) {
        (void)cJSON_AddItemToArray(origins, cJSON_CreateString("chrome-extension://" ID "/"));
    }
    text = cJSON_Print(manifest);
    assert_int_equal(ukb_manifest_ids(UKB_MANIFEST_CHROMIUM, text, strlen(text), ids), UKB_MANIFEST_IDS_MAX);
    cJSON_free(text);
    cJSON_Delete(manifest);
}

static void
firefox_has_a_list_of_its_own(void **state)
{
    const char *const ids[] = { ID, "mine@portal.example", "{01234567-0123-0123-0123-0123456789ab}" };
    char found[UKB_MANIFEST_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];
    struct ukb_buf buf = UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);
    const char *text = NULL;

    (void)state;
    assert_int_equal(ukb_manifest_make(UKB_MANIFEST_FIREFOX, PROGRAM, ids, 3, &buf, &err), UKB_OK);
    text = ukb_buf_text(&buf);
    assert_int_equal(ukb_manifest_judge(UKB_MANIFEST_FIREFOX, text, buf.len, PROGRAM), UKB_MANIFEST_GOOD);
    assert_int_equal(ukb_manifest_judge(UKB_MANIFEST_CHROMIUM, text, buf.len, PROGRAM), UKB_MANIFEST_OTHER_EXTENSION);
    assert_int_equal(ukb_manifest_ids(UKB_MANIFEST_FIREFOX, text, buf.len, found),
                     3); /* ours and two: no Chromium id */
    assert_string_equal(found[1], "mine@portal.example");
    assert_true(ukb_manifest_id_is_good(found[2]));
    assert_false(ukb_manifest_id_is_good("mine@"));
    assert_false(ukb_manifest_id_is_good("{0}"));
    ukb_buf_done(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_good),
        cmocka_unit_test(each_member_that_a_browser_asks_for_counts),
        cmocka_unit_test(what_is_no_object_is_no_manifest),
        cmocka_unit_test(origins_that_are_no_ids_are_left_out),
        cmocka_unit_test(firefox_has_a_list_of_its_own),
        cmocka_unit_test(no_more_ids_than_there_are_places),
    };

    return cmocka_run_group_tests_name("platform/manifest", tests, NULL, NULL);
}
