/* SPDX-License-Identifier: MIT */
/* Unit tests for renewal/trust.c: a chain and anchors are read whole, or not at all. */
#include "../platform/scratch.h"
#include "../pki/made.h"

#include <openssl/pem.h>
#include "renewal/trust.h"

static struct scratch *scratch;
static struct ukb_error err;
static struct ukb_trust trust;
static struct ukb_policy *policy;

static int
setup(void **state)
{
    memset(&err, 0, sizeof(err));
    memset(&trust, 0, sizeof(trust));
    assert_int_equal(scratch_setup(state), 0);
    scratch = *state;
    return 0;
}

static int
teardown(void **state)
{
    ukb_trust_done(&trust);
    assert_int_equal(trust.chain.count + trust.anchors.count, 0);
    ukb_policy_free(policy);
    policy = NULL;
    return scratch_teardown(state);
}

/* The PEM of a certificate; until the group ends. */
static const char *
pem_of(struct made made)
{
    static char texts[8][4096];
    static size_t count;
    BIO *bio = BIO_new(BIO_s_mem());
    size_t der_len = 0;
    unsigned char *der = made_der(&made, &der_len);
    const unsigned char *at = der;
    X509 *x509 = d2i_X509(NULL, &at, (long)der_len);
    char *text = texts[count++ % 8U];
    int len;

    assert_int_equal(PEM_write_bio_X509(bio, x509), 1);
    len = BIO_read(bio, text, (int)sizeof(texts[0]) - 1);
    assert_true(len > 0);
    text[len] = '\0';
    X509_free(x509);
    OPENSSL_free(der);
    BIO_free(bio);
    return text;
}

/* A policy whose only trust anchor is in that file. */
static void
trust_file(const char *path)
{
    char text[256];

    (void)snprintf(text, sizeof(text), "{\"trustAnchors\":[\"%s\"]}", path);
    ukb_policy_free(policy);
    policy = NULL;
    assert_int_equal(ukb_policy_parse(text, NULL, &policy, &err), UKB_OK);
    assert_null(ukb_policy_fault(policy));
}

static void
chain_and_anchors_are_told_apart(void **state)
{
    const char *chain[] = { pem_of((struct made){ .common_name = "Middle" }),
                            pem_of((struct made){ .common_name = "Top" }) };

    (void)state;
    trust_file(scratch_file(scratch, "anchor.pem", pem_of((struct made){ .common_name = "Anchor" })));
    assert_int_equal(ukb_trust_read(policy, chain, 2, &trust, &err), UKB_OK);
    assert_int_equal(trust.chain.count, 2);
    assert_int_equal(trust.anchors.count, 1);
    assert_string_equal(ukb_certificate_facts(trust.chain.items[1])->subject.common_name, "Top");
    assert_string_equal(ukb_certificate_facts(trust.anchors.items[0])->subject.common_name, "Anchor");
}

static void
nothing_given_is_nothing_trusted(void **state)
{
    (void)state;
    assert_int_equal(ukb_policy_parse("{}", NULL, &policy, &err), UKB_OK);
    assert_int_equal(ukb_trust_read(policy, NULL, 0, &trust, &err), UKB_OK);
    assert_int_equal(trust.chain.count + trust.anchors.count, 0);
}

static void
one_of_the_chain_that_is_none_spoils_it(void **state)
{
    const char *chain[] = { pem_of((struct made){ .common_name = "Middle" }), "no certificate" };

    (void)state;
    assert_int_equal(ukb_policy_parse("{}", NULL, &policy, &err), UKB_OK);
    assert_int_equal(ukb_trust_read(policy, chain, 2, &trust, &err), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(trust.chain.count, 0);
}

static void
an_anchor_that_cannot_be_read_is_the_administrators_mistake(void **state)
{
    const char *path = scratch_path(scratch, "missing.pem");

    (void)state;
    trust_file(path);
    assert_int_equal(ukb_trust_read(policy, NULL, 0, &trust, &err), UKB_E_POLICY_INVALID);
    assert_non_null(strstr(err.message, "missing.pem"));
    assert_non_null(strstr(err.message, "no such file"));
    path = scratch_file(scratch, "junk.pem", "junk");
    trust_file(path);
    assert_int_equal(ukb_trust_read(policy, NULL, 0, &trust, &err), UKB_E_POLICY_INVALID);
    assert_non_null(strstr(err.message, "junk.pem"));
    assert_int_equal(trust.anchors.count, 0);
}

static void
an_anchor_that_anybody_may_write_is_not_the_administrators(void **state)
{
    const char *path = scratch_file(scratch, "open.pem", pem_of((struct made){ .common_name = "Anchor" }));

    (void)state;
    assert_int_equal(chmod(path, 0666), 0);
    trust_file(path);
    assert_int_equal(ukb_trust_read(policy, NULL, 0, &trust, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(trust.anchors.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(chain_and_anchors_are_told_apart),
        TEST(nothing_given_is_nothing_trusted),
        TEST(one_of_the_chain_that_is_none_spoils_it),
        TEST(an_anchor_that_cannot_be_read_is_the_administrators_mistake),
        TEST(an_anchor_that_anybody_may_write_is_not_the_administrators),
    };

    return cmocka_run_group_tests_name("renewal/trust", tests, NULL, made_done);
}
