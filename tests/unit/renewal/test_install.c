/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/install.c on SoftHSM: what the user agrees to happens, once, and nothing else does. */
#include "portal.h"

#define PORTAL "https://portal.example"

static struct ukb_error err;
static struct ukb_renewal_record record;

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    return portal_setup(state);
}

static int
teardown(void **state)
{
    ukb_renewal_record_done(&record);
    return person_teardown(state);
}

static enum ukb_status
install(struct ukb_install_params params)
{
    enum ukb_status st;

    ukb_renewal_record_done(&record);
    err = (struct ukb_error){ 0 };
    person_acts();
    st = ukb_renewal_install(&person.env, &params, &record, &err);
    person_looks();
    return st;
}

static void
expect_written(void)
{
    assert_int_equal(ukey_count(portal.candidate, portal.key.id, portal.key.id_len), 1);
    assert_int_equal(ukey_count(portal.old, NULL, 0), 0);
}

static void
expect_untouched(void)
{
    assert_int_equal(ukey_count(portal.old, portal.key.id, portal.key.id_len), 1);
    assert_int_equal(ukey_count(portal.candidate, NULL, 0), 0);
}

static const struct ukb_renewal_step *
step(const char *name)
{
    size_t i;

    for (i = 0; i < record.step_count; i++) {
        if (strcmp(record.steps[i].name, name) == 0) {
            return &record.steps[i];
        }
    }
    return NULL;
}

static void
a_call_by_token_makes_its_record_and_installs(void **state)
{
    (void)state;
    assert_int_equal(install(portal.params), UKB_OK);
    expect_written();
    assert_int_equal(record.state, UKB_RENEWAL_INSTALLED);
    assert_int_equal(record.kind, UKB_RENEWAL_RENEW);
    assert_int_equal(record.key, UKB_RENEWAL_KEY_SAME);
    assert_string_equal(record.origin, PORTAL);
    assert_string_equal(record.certificate_id, portal.old_id);
    assert_int_equal(record.object_count, 2);
    assert_int_equal(person_records(), 1);
}

static void
the_consent_is_to_those_bytes(void **state)
{
    (void)state;
    assert_int_equal(install(portal.params), UKB_OK);
    assert_non_null(step("confirm"));
    assert_string_equal(step("confirm")->outcome, ukb_certificate_facts(portal.candidate)->id);
}

static void
twice_is_once_and_asks_once(void **state)
{
    (void)state;
    assert_int_equal(install(portal.params), UKB_OK);
    person_closes_the_dialog();
    assert_int_equal(install(portal.params), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_INSTALLED);
    assert_int_equal(person_records(), 1);
}

static void
without_the_pin_nothing_is_written_or_noted(void **state)
{
    (void)state;
    person_closes_the_dialog();
    assert_int_equal(install(portal.params), UKB_E_PIN_CANCELLED);
    person_types("000000");
    assert_int_equal(install(portal.params), UKB_E_PIN_INCORRECT);
    expect_untouched();
    assert_int_equal(person_records(), 0);
}

static void
a_refusal_asks_nobody(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(portal.old);
    assert_int_equal(install(params), UKB_E_NOT_NEWER);
    assert_false(person_was_asked());
    expect_untouched();
}

/* Only after the login is it seen that the key is nowhere. */
static void
a_certificate_without_its_key_is_refused_after_the_login(void **state)
{
    struct ukb_install_params params = portal.params;

    (void)state;
    params.signing = portal_pem(portal_issue(NULL, "digitalSignature", 3, 1));
    assert_int_equal(install(params), UKB_E_KEY_MISMATCH);
    assert_true(person_was_asked());
    assert_int_equal(person_records(), 0);
    expect_untouched();
}

static void
a_request_is_answered_by_its_certificate(void **state)
{
    const char *id = portal_note(PORTAL, UKB_RENEWAL_REQUESTED);

    (void)state;
    assert_int_equal(install((struct ukb_install_params){ .renewal = id, .signing = portal.params.signing }), UKB_OK);
    assert_string_equal(record.id, id);
    assert_int_equal(record.state, UKB_RENEWAL_INSTALLED);
    expect_written();
}

/* Cut off with the new one in its temporary place. */
static void
what_was_cut_off_goes_on_by_the_same_call(void **state)
{
    const char *id = portal_note(PORTAL, UKB_RENEWAL_INSTALLING);

    (void)state;
    ukey_put(portal.candidate, (const unsigned char *)"temp", 4);
    assert_int_equal(install((struct ukb_install_params){ .renewal = id, .signing = portal.params.signing }), UKB_OK);
    assert_int_equal(record.state, UKB_RENEWAL_INSTALLED);
    expect_written();
    assert_int_equal(ukey_count(portal.candidate, NULL, 0), 1);
}

/* While the user types, somebody renews the certificate: the checks are made again. */
static void (*meanwhile)(void);

static void
progress(void *ctx, const char *name, unsigned int done, unsigned int total, bool interruptible)
{
    (void)ctx;
    (void)done;
    (void)total;
    (void)interruptible;
    if (strcmp(name, "pin") == 0) {
        meanwhile();
    }
}

static void
end_the_renewal(void)
{
    (void)portal_note(PORTAL, UKB_RENEWAL_INSTALLED);
}

static void
what_happens_while_the_user_types_counts(void **state)
{
    (void)state;
    person.env.progress = progress;
    meanwhile = end_the_renewal; /* another process has installed this very certificate */
    assert_int_equal(install(portal.params), UKB_OK);
    assert_true(person_was_asked());
    assert_int_equal(record.state, UKB_RENEWAL_INSTALLED);
    assert_int_equal(person_records(), 1);
    expect_untouched(); /* not once more by this one */
}

static struct ukb_token_key others_key;

static void
bring_an_encryption_certificate(void)
{
    person_looks();
    ukey_put(portal_issue(&others_key, "keyAgreement", 3, 0), others_key.id, others_key.id_len);
    person_acts();
}

/* Files may need its old key: that is a question, and nobody was asked it. */
static void
what_the_user_was_not_shown_is_not_done(void **state)
{
    struct ukb_install_params params = portal.params;
    struct ukb_token_key key = ukey_key("encryption");

    (void)state;
    others_key = ukey_key("others");
    params.encryption = portal_pem(portal_issue(&key, "keyAgreement", 4, 1));
    person.env.progress = progress;
    meanwhile = bring_an_encryption_certificate;
    assert_int_equal(install(params), UKB_E_TOKEN_BUSY);
    assert_true(person_was_asked());
    expect_untouched();
    assert_int_equal(person_records(), 0); /* called again, it asks */
}

/* Whom nobody may stop: from the intent to the end, and never while the user is asked. */
static char told[8];

static void
tell(void *ctx, bool on)
{
    (void)ctx;
    assert_true(person_was_asked());
    (void)snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s", on ? "+" : "-");
}

static void
a_write_cannot_be_stopped_and_a_dialog_can(void **state)
{
    (void)state;
    told[0] = '\0';
    person.env.uninterruptible = tell;
    assert_int_equal(install(portal.params), UKB_OK);
    assert_string_equal(told, "+-");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_by_token_makes_its_record_and_installs),
        TEST(the_consent_is_to_those_bytes),
        TEST(twice_is_once_and_asks_once),
        TEST(without_the_pin_nothing_is_written_or_noted),
        TEST(a_refusal_asks_nobody),
        TEST(a_certificate_without_its_key_is_refused_after_the_login),
        TEST(a_request_is_answered_by_its_certificate),
        TEST(what_was_cut_off_goes_on_by_the_same_call),
        TEST(what_happens_while_the_user_types_counts),
        TEST(what_the_user_was_not_shown_is_not_done),
        TEST(a_write_cannot_be_stopped_and_a_dialog_can),
    };

    return cmocka_run_group_tests_name("renewal/install", tests, ukey_group_setup, ukey_group_teardown);
}
