/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/patience.c, with a clock that the tests set. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "broker/patience.h"

static struct ukb_broker broker;
static const struct ukb_context site = { .origin = "https://portal.example" };
static const struct ukb_context other = { .origin = "https://other.example" };
static const struct ukb_context ui = { .ui = true };

static int
setup(void **state)
{
    (void)state;
    memset(&broker, 0, sizeof(broker));
    assert_int_equal(uv_loop_init(&broker.loop), 0);
    broker.loop.time = 10000000U;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    return uv_loop_close(&broker.loop);
}

static void
wait_ms(uint64_t ms)
{
    broker.loop.time += ms;
}

static void
end(const struct ukb_context *context, enum ukb_status outcome, unsigned int times)
{
    unsigned int i;

    for (i = 0; i < times; i++) {
        ukb_patience_learn(&broker, context, outcome, true);
    }
}

/* Seconds until the context may ask again; 0: now. */
static long long
silence(const struct ukb_context *context)
{
    struct ukb_error err = { 0 };

    if (ukb_patience_check(&broker, context, &err) == UKB_OK) {
        return 0;
    }
    assert_int_equal(err.status, UKB_E_RATE_LIMITED);
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "retryAfter");
    assert_int_equal(err.attrs[0].type, UKB_ATTR_INTEGER);
    assert_true(err.attrs[0].integer > 0);
    return err.attrs[0].integer;
}

static void
the_third_refusal_silences_for_a_minute(void **state)
{
    (void)state;
    assert_int_equal(silence(&site), 0);
    end(&site, UKB_E_PIN_CANCELLED, 2);
    assert_int_equal(silence(&site), 0);
    end(&site, UKB_E_PIN_CANCELLED, 1);
    assert_int_equal(silence(&site), 60);
    wait_ms(1);
    assert_int_equal(silence(&site), 60);
    wait_ms(59000);
    assert_int_equal(silence(&site), 1);
    wait_ms(998);
    assert_int_equal(silence(&site), 1);
    wait_ms(1);
    assert_int_equal(silence(&site), 0);
}

static void
after_its_silence_a_site_begins_anew(void **state)
{
    (void)state;
    end(&site, UKB_E_PIN_CANCELLED, 3);
    wait_ms(60000);
    end(&site, UKB_E_PIN_CANCELLED, 2);
    assert_int_equal(silence(&site), 0);
    end(&site, UKB_E_PIN_CANCELLED, 1);
    assert_int_equal(silence(&site), 60);
}

static void
whatever_the_user_refuses_counts(void **state)
{
    static const enum ukb_status refusals[] = { UKB_E_PIN_CANCELLED, UKB_E_PIN_TIMEOUT, UKB_E_PIN_FINAL_TRY,
                                                UKB_E_DENIED_BY_USER, UKB_E_CANCELLED };
    size_t i;

    for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        end(&site, UKB_E_PIN_CANCELLED, 2);
        end(&site, refusals[i], 1);
        assert_int_equal(silence(&site), 60);
        assert_int_equal(teardown(state), 0);
        assert_int_equal(setup(state), 0);
    }
}

static void
what_is_not_the_users_word_counts_neither_way(void **state)
{
    static const enum ukb_status others[] = { UKB_E_PIN_INCORRECT,   UKB_E_PIN_LOCKED,  UKB_E_PIN_LENGTH,
                                              UKB_E_TOKEN_REMOVED,   UKB_E_MODULE_HUNG, UKB_E_NO_TOKEN,
                                              UKB_E_PIN_MUST_CHANGE, UKB_E_INTERNAL };
    size_t i;

    (void)state;
    end(&site, UKB_E_PIN_CANCELLED, 2);
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        end(&site, others[i], 3);
        assert_int_equal(silence(&site), 0);
    }
    end(&site, UKB_E_PIN_CANCELLED, 1);
    assert_int_equal(silence(&site), 60);
}

static void
a_dialog_that_was_answered_makes_up_for_those_before(void **state)
{
    (void)state;
    end(&site, UKB_E_PIN_CANCELLED, 2);
    end(&site, UKB_OK, 1);
    end(&site, UKB_E_PIN_CANCELLED, 2);
    assert_int_equal(silence(&site), 0);
}

static void
a_call_that_asked_nobody_makes_up_for_nothing(void **state)
{
    (void)state;
    end(&site, UKB_E_PIN_CANCELLED, 2);
    ukb_patience_learn(&broker, &site, UKB_OK, false);
    end(&site, UKB_E_PIN_CANCELLED, 1);
    assert_int_equal(silence(&site), 60);
}

static void
a_minute_of_peace_is_a_new_beginning(void **state)
{
    (void)state;
    end(&site, UKB_E_PIN_CANCELLED, 2);
    wait_ms(60001);
    end(&site, UKB_E_PIN_CANCELLED, 2);
    assert_int_equal(silence(&site), 0);
    wait_ms(60000);
    end(&site, UKB_E_PIN_CANCELLED, 1);
    assert_int_equal(silence(&site), 60);
}

static void
the_time_that_a_dialog_was_up_is_no_peace(void **state)
{
    (void)state;
    end(&site, UKB_E_PIN_TIMEOUT, 1);
    wait_ms(301000);
    end(&site, UKB_E_PIN_TIMEOUT, 1);
    wait_ms(301000);
    end(&site, UKB_E_PIN_TIMEOUT, 1);
    assert_int_equal(silence(&site), 60);
    wait_ms(60000);
    end(&site, UKB_E_PIN_TIMEOUT, 2);
    wait_ms(360001);
    end(&site, UKB_E_PIN_TIMEOUT, 1);
    assert_int_equal(silence(&site), 0);
}

static void
each_site_has_a_count_of_its_own(void **state)
{
    (void)state;
    end(&site, UKB_E_PIN_CANCELLED, 2);
    end(&other, UKB_E_PIN_CANCELLED, 2);
    assert_int_equal(silence(&site), 0);
    end(&site, UKB_E_PIN_CANCELLED, 1);
    assert_int_equal(silence(&site), 60);
    assert_int_equal(silence(&other), 0);
    end(&other, UKB_OK, 1);
    assert_int_equal(silence(&site), 60);
}

static void
the_extensions_own_pages_are_never_silenced(void **state)
{
    (void)state;
    end(&ui, UKB_E_PIN_CANCELLED, 10);
    assert_int_equal(silence(&ui), 0);
    end(&site, UKB_E_PIN_CANCELLED, 3);
    assert_int_equal(silence(&ui), 0);
    end(&ui, UKB_OK, 1);
    assert_int_equal(silence(&site), 60);
}

static void
with_more_sites_than_places_the_one_longest_ago_is_forgotten(void **state)
{
    struct ukb_context many = { .origin = "" };
    unsigned int i;

    (void)state;
    end(&site, UKB_E_PIN_CANCELLED, 2);
    for (i = 1; i < UKB_PATIENCE_MAX; i++) {
        wait_ms(1);
        (void)snprintf(many.origin, sizeof(many.origin), "https://p%u.example", i);
        end(&many, UKB_E_PIN_CANCELLED, 3);
        assert_int_equal(silence(&many), 60);
    }
    end(&other, UKB_E_PIN_CANCELLED, 2); /* takes the place of site */
    end(&site, UKB_E_PIN_CANCELLED, 1);  /* takes that of the first of the many */
    assert_int_equal(silence(&site), 0);
    assert_int_equal(silence(&many), 60);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_third_refusal_silences_for_a_minute),
        CASE(after_its_silence_a_site_begins_anew),
        CASE(whatever_the_user_refuses_counts),
        CASE(what_is_not_the_users_word_counts_neither_way),
        CASE(a_dialog_that_was_answered_makes_up_for_those_before),
        CASE(a_call_that_asked_nobody_makes_up_for_nothing),
        CASE(a_minute_of_peace_is_a_new_beginning),
        CASE(the_time_that_a_dialog_was_up_is_no_peace),
        CASE(each_site_has_a_count_of_its_own),
        CASE(the_extensions_own_pages_are_never_silenced),
        CASE(with_more_sites_than_places_the_one_longest_ago_is_forgotten),
    };

    return cmocka_run_group_tests_name("broker/patience", tests, NULL, NULL);
}
