/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/certificates.c: pages of a token's certificates, on SoftHSM. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "../renewal/ukey.h"

#include "core/hex.h"
#include "worker/service.h"

static const unsigned char ID[] = { 'i', 'd' };

static struct ukb_service service;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)ukey_setup(state);
    memset(&err, 0, sizeof(err));
    service.kind = UKB_WORKER_LISTING;
    service.module = ukey.soft.module;
    assert_int_equal(ukb_policy_parse(NULL, NULL, &service.policy, &err), UKB_OK);
    return 0;
}

static int
teardown(void **state)
{
    ukb_listed_done(&service.listed);
    ukb_policy_free(service.policy);
    return ukey_teardown(state);
}

static enum ukb_status
list(const char *cursor, bool pem, cJSON **ret_result)
{
    cJSON *params = cJSON_CreateObject();
    enum ukb_status st;

    (void)cJSON_AddStringToObject(params, "token", ukey.soft.token_id);
    (void)cJSON_AddBoolToObject(params, "pem", pem);
    if (cursor != NULL) {
        (void)cJSON_AddStringToObject(params, "cursor", cursor);
    }
    st = ukb_certificates_list_handle(&service, params, ret_result, &err);
    cJSON_Delete(params);
    return st;
}

/* Read all pages; returns their number, and how many certificates were on them. */
static size_t
read_pages(bool pem, size_t *ret_items)
{
    char last[UKB_CERTIFICATE_ID_LEN + 1U] = "";
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    size_t pages = 0;
    bool more = true;

    *ret_items = 0;
    for (; more; pages++) {
        cJSON *result = NULL;
        const cJSON *item = NULL;
        struct ukb_buf text = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);

        if (list(pages == 0 ? NULL : cursor, pem, &result) != UKB_OK) {
            fail_msg("%s", err.message);
        }
        assert_int_equal(ukb_fields_check(ukb_contract[UKB_CERTIFICATES_LIST].result, result, &err), UKB_OK);
        assert_int_equal(ukb_json_print(result, &text, &err), UKB_OK); /* it fits a reply */
        ukb_buf_done(&text);
        cJSON_ArrayForEach(item, ukb_json_get(result, "certificates"))
        {
            assert_true(strcmp(ukb_json_string(item, "id"), last) > 0); /* none twice, none out of order */
            (void)snprintf(last, sizeof(last), "%s", ukb_json_string(item, "id"));
            *ret_items += 1;
        }
        more = ukb_json_get(result, "next") != NULL;
        assert_true(!more || cJSON_GetArraySize(ukb_json_get(result, "certificates")) > 0);
        (void)snprintf(cursor, sizeof(cursor), "%s", more ? ukb_json_string(result, "next") : "");
        cJSON_Delete(result);
    }
    return pages;
}

static void
put(long from, long to)
{
    for (; from < to; from++) {
        size_t len = 0;
        unsigned char *der = made_der(&(struct made){ .serial = from + 1 }, &len);

        ukey_put_bytes(der, len, ID, sizeof(ID));
        OPENSSL_free(der);
    }
}

static void
an_empty_token_gives_one_empty_page(void **state)
{
    size_t items = 0;

    (void)state;
    assert_int_equal(read_pages(false, &items), 1);
    assert_int_equal(items, 0);
}

static void
a_page_holds_sixty_four_and_the_next_the_rest(void **state)
{
    size_t items = 0;

    (void)state;
    put(0, UKB_PAGE_MAX_ITEMS);
    assert_int_equal(read_pages(false, &items), 1);
    assert_int_equal(items, UKB_PAGE_MAX_ITEMS);
    put(UKB_PAGE_MAX_ITEMS, UKB_PAGE_MAX_ITEMS + 1);
    assert_int_equal(read_pages(false, &items), 2);
    assert_int_equal(items, UKB_PAGE_MAX_ITEMS + 1U);
    put(UKB_PAGE_MAX_ITEMS + 1, 2 * UKB_PAGE_MAX_ITEMS + 1);
    assert_int_equal(read_pages(true, &items), 3);
    assert_int_equal(items, 2U * UKB_PAGE_MAX_ITEMS + 1U);
}

static void
large_certificates_make_smaller_pages(void **state)
{
    static unsigned char filling[11000];
    const struct made_extension large = { "1.2.3.4", filling, sizeof(filling), false };
    size_t items = 0;
    long serial;

    (void)state;
    for (serial = 1; serial <= 62; serial++) {
        size_t len = 0;
        unsigned char *der =
            made_der(&(struct made){ .serial = serial, .extensions = &large, .extension_count = 1 }, &len);

        assert_in_range(len, 11000, UKB_CERTIFICATE_DER_MAX_LEN);
        ukey_put_bytes(der, len, ID, sizeof(ID));
        OPENSSL_free(der);
    }
    assert_true(read_pages(true, &items) > 1);
    assert_int_equal(items, 62);
}

static void
names_that_grow_when_they_are_shown_make_smaller_pages(void **state)
{
    static const char characters[] = { '"', '\\', '\x01', '\x7f', ',' };
    static char name[5800];
    size_t items = 0;
    long serial = 1;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(characters); i++) {
        const long end = serial + 12;

        memset(name, characters[i], sizeof(name) - 1U);
        for (; serial < end; serial++) {
            size_t len = 0;
            unsigned char *der = made_der(&(struct made){ .serial = serial, .common_name = name }, &len);

            assert_in_range(len, 11000, UKB_CERTIFICATE_DER_MAX_LEN);
            ukey_put_bytes(der, len, ID, sizeof(ID));
            OPENSSL_free(der);
        }
    }
    assert_true(read_pages(true, &items) > 1);
    assert_int_equal(items, 12 * sizeof(characters));
}

static void
a_page_begins_behind_its_cursor_though_that_certificate_went(void **state)
{
    cJSON *result = NULL;

    (void)state;
    put(0, 3);
    assert_int_equal(list("0000000000000000000000000000000000000000000000000000000000000000", false, &result), UKB_OK);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "certificates")), 3);
    cJSON_Delete(result);
    assert_int_equal(list("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false, &result), UKB_OK);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "certificates")), 0);
    assert_null(ukb_json_get(result, "next"));
    cJSON_Delete(result);
}

static void
a_cursor_that_is_none_of_ours_is_a_bad_parameter(void **state)
{
    static const char *const bad[] = { "1", "next",
                                       "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" };
    cJSON *result = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(list(bad[i], false, &result), UKB_E_PARAMS);
        assert_string_equal(err.attrs[0].name, "field");
        assert_string_equal(err.attrs[0].string, "cursor");
        assert_null(result);
    }
}

static void
a_token_that_is_not_there_is_told_so(void **state)
{
    cJSON *result = NULL;

    (void)state;
    memset(ukey.soft.token_id, 'f', UKB_TOKEN_ID_LEN);
    assert_int_equal(list(NULL, false, &result), UKB_E_NO_TOKEN);
    assert_null(result);
}

/* The first page of sixty-five certificates, and its cursor. */
static void
list_first_page(char ret_cursor[UKB_CURSOR_MAX_LEN + 1U])
{
    cJSON *result = NULL;

    assert_int_equal(list(NULL, false, &result), UKB_OK);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "certificates")), UKB_PAGE_MAX_ITEMS);
    (void)snprintf(ret_cursor, UKB_CURSOR_MAX_LEN + 1U, "%s", ukb_json_string(result, "next"));
    cJSON_Delete(result);
}

static int
count_behind(const char *cursor)
{
    cJSON *result = NULL;
    int count;

    assert_int_equal(list(cursor, false, &result), UKB_OK);
    count = cJSON_GetArraySize(ukb_json_get(result, "certificates"));
    cJSON_Delete(result);
    return count;
}

/* Take every certificate off the token, behind the worker's back. */
static void
destroy_all(void)
{
    struct ukb_token_certificates all = { 0 };
    size_t i;

    assert_int_equal(ukb_token_certificates_read(ukey.session, &all, &err), UKB_OK);
    for (i = 0; i < all.count; i++) {
        assert_int_equal(ukb_token_object_destroy(ukey.session, all.items[i].handle, &err), UKB_OK);
    }
    ukb_token_certificates_done(&all);
}

static void
the_next_page_is_of_the_same_reading_and_another_is_not(void **state)
{
    char cursor[UKB_CURSOR_MAX_LEN + 1U];

    (void)state;
    put(0, UKB_PAGE_MAX_ITEMS + 1);
    list_first_page(cursor);
    destroy_all();
    assert_int_equal(count_behind(cursor), 1);
    assert_int_equal(count_behind("0000000000000000000000000000000000000000000000000000000000000000"), 0);
}

static void
a_list_is_continued_only_soon_and_while_the_token_is_there(void **state)
{
    char cursor[UKB_CURSOR_MAX_LEN + 1U];
    cJSON *result = NULL;
    char first;

    (void)state;
    put(0, UKB_PAGE_MAX_ITEMS + 1);
    list_first_page(cursor);
    first = ukey.soft.token_id[0];
    ukey.soft.token_id[0] = first == 'f' ? 'e' : 'f';
    assert_int_equal(list(cursor, false, &result), UKB_E_NO_TOKEN);
    assert_null(result);
    ukey.soft.token_id[0] = first;
    ukb_listed_expire(&service.listed, service.listed.read_ms + 59999);
    assert_int_equal(service.listed.inventory.count, UKB_PAGE_MAX_ITEMS + 1);
    ukb_listed_expire(&service.listed, service.listed.read_ms + 60000);
    assert_int_equal(service.listed.inventory.count, 0);
    list_first_page(cursor);
    destroy_all();
    service.listed.read_ms -= 10000;
    assert_int_equal(count_behind(cursor), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_token_gives_one_empty_page, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_holds_sixty_four_and_the_next_the_rest, setup, teardown),
        cmocka_unit_test_setup_teardown(large_certificates_make_smaller_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(names_that_grow_when_they_are_shown_make_smaller_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_begins_behind_its_cursor_though_that_certificate_went, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cursor_that_is_none_of_ours_is_a_bad_parameter, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_that_is_not_there_is_told_so, setup, teardown),
        cmocka_unit_test_setup_teardown(the_next_page_is_of_the_same_reading_and_another_is_not, setup, teardown),
        cmocka_unit_test_setup_teardown(a_list_is_continued_only_soon_and_while_the_token_is_there, setup, teardown),
    };

    return cmocka_run_group_tests_name("worker/certificates", tests, ukey_group_setup, ukey_group_teardown);
}
