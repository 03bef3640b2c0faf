/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/signed_request.c on SoftHSM: who signs a request once more, and when nobody does. What is in
 * it: pki/signed_request.c. */
#include "../test.h"

#include <string.h>

#include "ukey.h"

#include "pki/pem.h"
#include "pki/request.h"
#include "renewal/internal.h"
#include "renewal/signed_request.h"

static struct ukb_error err;
static struct ukb_context context;
static struct ukb_renewal_env env;
static struct ukb_inventory inventory;
static struct ukb_buf request;
static struct ukb_buf signed_pem;
static struct ukb_token_key key;

static int
setup(void **state)
{
    static const unsigned char empty_name[] = { 0x30, 0x00 };
    struct ukb_token_signer token_signer = { NULL, &key };
    const struct ukb_signer signer = { ukb_token_signer_sign, &token_signer };
    const struct ukb_request_template template = { .subject_der = empty_name,
                                                   .subject_der_len = sizeof(empty_name),
                                                   .key = &key.public_key };

    (void)ukey_setup(state);
    memset(&err, 0, sizeof(err));
    memset(&context, 0, sizeof(context));
    memcpy(context.origin, "https://portal.example", sizeof("https://portal.example"));
    env = (struct ukb_renewal_env){ .context = &context };
    request = (struct ukb_buf)UKB_BUF_INIT(UKB_CERTIFICATE_PEM_MAX_LEN);
    signed_pem = (struct ukb_buf)UKB_BUF_INIT(UKB_SIGNED_PEM_MAX_LEN);
    key = ukey_key("key");
    token_signer.session = ukey.session;
    assert_int_equal(ukb_request_build(&template, &signer, &request, &err), UKB_OK);
    return 0;
}

static int
teardown(void **state)
{
    ukb_inventory_done(&inventory);
    ukb_buf_done(&request);
    ukb_buf_done(&signed_pem);
    return ukey_teardown(state);
}

/* Put a certificate on the UKey; as the inventory has it. */
static const struct ukb_inventory_item *
held(const struct ukb_certificate *certificate)
{
    ukey_put(certificate, key.id, key.id_len);
    ukb_inventory_done(&inventory);
    assert_int_equal(ukb_inventory_read(ukey.session, &inventory, &err), UKB_OK);
    return ukb_inventory_find(&inventory, ukb_certificate_facts(certificate)->id);
}

static const struct ukb_inventory_item *
held_for_key(void)
{
    return held(ukey_certificate((struct made){ .common_name = "Li", .usage = "digitalSignature" }, &key));
}

static enum ukb_status
sign(enum ukb_kind kind, const struct ukb_inventory_item *old)
{
    ukb_buf_clear(&signed_pem);
    return ukb_renewal_sign_request(&env, ukey.session, kind, old, ukb_buf_text(&request), &signed_pem, &err);
}

static void
renew_and_change_are_signed_by_what_they_renew(void **state)
{
    static const enum ukb_kind kinds[] = { UKB_KIND_RENEW, UKB_KIND_CHANGE };
    const struct ukb_inventory_item *old = held_for_key();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_int_equal(sign(kinds[i], old), UKB_OK);
        assert_non_null(strstr(ukb_buf_text(&signed_pem), "BEGIN CMS"));
    }
}

static void
other_kinds_and_no_certificate_are_signed_by_nobody(void **state)
{
    const struct ukb_inventory_item *old = held_for_key();

    (void)state;
    assert_int_equal(sign(UKB_KIND_ISSUE, old), UKB_OK);
    assert_int_equal(signed_pem.len, 0);
    assert_int_equal(sign(UKB_KIND_REPLACE, old), UKB_OK);
    assert_int_equal(signed_pem.len, 0);
    assert_int_equal(sign(UKB_KIND_RENEW, NULL), UKB_OK);
    assert_int_equal(signed_pem.len, 0);
}

static void
the_extensions_window_is_no_site_to_be_named(void **state)
{
    (void)state;
    context.ui = true;
    assert_int_equal(sign(UKB_KIND_RENEW, held_for_key()), UKB_OK);
    assert_int_equal(signed_pem.len, 0);
}

static void
a_key_that_is_elsewhere_or_of_another_kind_signs_nothing_and_that_is_no_error(void **state)
{
    static const char *const keys[] = { "P-384/elsewhere", "ED25519" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        assert_int_equal(sign(UKB_KIND_RENEW, held(made_certificate(&(struct made){ .key = keys[i] }))), UKB_OK);
        assert_int_equal(signed_pem.len, 0);
    }
}

/* What the UKey says otherwise is an error: the request of a UKey that fails is not handed out. */
static void
what_goes_wrong_is_told(void **state)
{
    const struct ukb_inventory_item *old = held_for_key();

    (void)state;
    ukb_buf_clear(&request);
    assert_int_equal(ukb_buf_append_text(&request, "no request", &err), UKB_OK);
    assert_int_equal(sign(UKB_KIND_RENEW, old), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(signed_pem.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(renew_and_change_are_signed_by_what_they_renew),
        TEST(other_kinds_and_no_certificate_are_signed_by_nobody),
        TEST(the_extensions_window_is_no_site_to_be_named),
        TEST(a_key_that_is_elsewhere_or_of_another_kind_signs_nothing_and_that_is_no_error),
        TEST(what_goes_wrong_is_told),
    };

    return cmocka_run_group_tests_name("renewal/signed_request", tests, ukey_group_setup, ukey_group_teardown);
}
