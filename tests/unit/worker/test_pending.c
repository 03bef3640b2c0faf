/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/pending.c on SoftHSM: what the broker is told of interrupted renewals, once, and when nothing.
 * Which are told, and with what next: renewal/pending.c. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "../renewal/ukey.h"
#include "serving.h"

#include "renewal/internal.h"

static struct ukb_error err;

static int
setup(void **state)
{
    assert_int_equal(ukey_setup(state), 0);
    memset(&err, 0, sizeof(err));
    serving_start(UKB_WORKER_LISTING);
    serving.service.module = ukey.soft.module;
    return 0;
}

static int
teardown(void **state)
{
    serving_stop();
    return ukey_teardown(state);
}

/* A renewal that was cut off while it exchanged a certificate on the UKey. */
static void
interrupt(const char *name, const char *origin)
{
    const struct ukb_token_key key = ukey_key(name);
    const struct ukb_certificate *old = ukey_certificate((struct made){ .usage = "digitalSignature" }, &key);
    const struct ukb_certificate *candidate =
        ukey_certificate((struct made){ .usage = "digitalSignature", .serial = 2 }, &key);
    struct ukb_renewal_object objects[] = { ukb_renewal_object_of(old, UKB_RENEWAL_OLD),
                                            ukb_renewal_object_of(candidate, UKB_RENEWAL_NEW) };
    struct ukb_renewal_record record = { .state = UKB_RENEWAL_INSTALLING,
                                         .origin = (char *)(uintptr_t)origin,
                                         .public_key = key.public_key,
                                         .objects = objects,
                                         .object_count = 2 };

    ukey_put(old, key.id, key.id_len);
    memcpy(objects[1].temp_id, "temp", 4);
    objects[1].temp_id_len = 4;
    (void)snprintf(record.id, sizeof(record.id), "%s-%s", ukey.soft.token_id, name);
    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    assert_int_equal(ukb_service_need_journal(&serving.service, &err), UKB_OK);
    assert_int_equal(ukb_journal_insert(serving.service.journal, &record, &err), UKB_OK);
}

/* The UKey was told of just now. */
static void
list(void)
{
    struct ukb_token_list *present = &serving.service.present;

    ukb_token_session_free(ukey.session);
    ukey.session = NULL;
    assert_int_equal(ukb_tokens_list(ukey.soft.module, present, &err), UKB_OK);
    assert_true(present->count > 0);
}

static void
expect_told(const char *name, const char *next)
{
    cJSON *message = serving_heard();
    const cJSON *params = ukb_json_get(message, "params");
    const char *id = ukb_json_string(ukb_json_get(params, "renewal"), "id");

    assert_non_null(message);
    assert_string_equal(ukb_json_string(message, "method"), "token.pending");
    assert_string_equal(id + UKB_TOKEN_ID_LEN + 1U, name);
    assert_string_equal(ukb_json_string(params, "next"), next);
    cJSON_Delete(message);
}

static void
an_interruption_is_told_once_for_each_list(void **state)
{
    (void)state;
    interrupt("a", "https://portal.example");
    interrupt("b", NULL);
    list();
    ukb_pending_tell(&serving.service);
    expect_told("a", "finish");
    expect_told("b", "finish");
    assert_null(serving_heard());
    assert_int_equal(serving.service.present.count, 0);
    ukb_pending_tell(&serving.service); /* nothing was listed since */
    assert_null(serving_heard());
    list();
    ukb_pending_tell(&serving.service);
    expect_told("a", "finish");
}

static void
nothing_interrupted_is_no_word(void **state)
{
    (void)state;
    assert_int_equal(ukb_service_need_journal(&serving.service, &err), UKB_OK);
    list();
    ukb_pending_tell(&serving.service);
    assert_null(serving_heard());
}

/* Somebody who only lists leaves nothing behind. */
static void
without_a_journal_none_is_made(void **state)
{
    (void)state;
    list();
    ukb_pending_tell(&serving.service);
    assert_null(serving_heard());
    assert_null(serving.service.journal);
    assert_int_equal(serving.service.present.count, 0);
}

static void
a_ukey_that_was_pulled_meanwhile_has_nothing_to_tell(void **state)
{
    (void)state;
    interrupt("a", "https://portal.example");
    list();
    softhsm_pull(&ukey.soft);
    assert_int_equal(ukb_module_refresh(ukey.soft.module, &err), UKB_OK);
    ukb_pending_tell(&serving.service);
    assert_null(serving_heard());
    softhsm_insert(&ukey.soft);
    assert_int_equal(ukb_module_refresh(ukey.soft.module, &err), UKB_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_interruption_is_told_once_for_each_list),
        TEST(nothing_interrupted_is_no_word),
        TEST(without_a_journal_none_is_made),
        TEST(a_ukey_that_was_pulled_meanwhile_has_nothing_to_tell),
    };

    return cmocka_run_group_tests_name("worker/pending", tests, ukey_group_setup, ukey_group_teardown);
}
