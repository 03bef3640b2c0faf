/* SPDX-License-Identifier: MIT */
/* Each of OpenSSL's allocations fails once: nothing crashes, leaks or is half done. */
#include "../test.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "core/limits.h"
#include "made.h"
#include "pki/check.h"
#include "pki/request.h"

static unsigned long countdown; /* the allocation that fails; 0: none does */

static bool
fails_now(void)
{
    return countdown > 0 && --countdown == 0;
}

static void *
try_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails_now() ? NULL : malloc(size);
}

static void *
try_realloc(void *data, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails_now() ? NULL : realloc(data, size);
}

static void
plain_free(void *data, const char *file, int line)
{
    (void)file;
    (void)line;
    free(data);
}

static const struct made_extension IDENTITY = { .oid = "1.2.156.10260.4.1.3", .value = "\x0C\x02ok", .value_len = 4 };
static const struct made CA = { .common_name = "CA", .key = "P-256/ca", .ca = true };
static const struct made HOLDER = { .common_name = "张三",
                                    .organization = "示例",
                                    .usage = "digitalSignature",
                                    .issuer = &CA,
                                    .alt_name = "email:a@example.cn",
                                    .extensions = &IDENTITY,
                                    .extension_count = 1 };

/* Run @p attempt with the first, second, third … allocation failing until none is left to fail. */
static void fail_each(enum ukb_status (*attempt)(struct ukb_error *reterr))
{
    unsigned long nth = 0;
    bool reached = true;

    {
        struct ukb_error err = { 0 };

        assert_int_equal(attempt(&err), UKB_OK); /* what OpenSSL keeps from now on is made here */
    }
    while (reached) {
        struct ukb_error err = { 0 };
        enum ukb_status st;

        countdown = ++nth;
        st = attempt(&err);
        reached = countdown == 0;
        countdown = 0;
        assert_int_equal(err.status, st);
        assert_true(reached || st == UKB_OK);
        assert_true(nth < 100000);
    }
    assert_true(nth > 10);
}

static unsigned char *der;
static size_t der_len;

static enum ukb_status
read_certificate(struct ukb_error *reterr)
{
    struct ukb_certificate *certificate = NULL;
    enum ukb_status st;

    der[der_len - 1]++; /* another signature: no certificate that is known already */
    st = ukb_certificate_from_der(der, der_len, &certificate, reterr);
    assert_int_equal(certificate != NULL, st == UKB_OK);
    ukb_certificate_free(certificate);
    return st;
}

static void
reading_a_certificate(void **state)
{
    (void)state;
    der = made_der(&HOLDER, &der_len);
    fail_each(read_certificate);
    OPENSSL_free(der);
}

static const struct ukb_certificate *holder;
static struct ukb_public_key key;

/* A signer must not fail by memory: its own is not what is tried here. */
static enum ukb_status
sign_calmly(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
            unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr)
{
    unsigned long kept = countdown;
    enum ukb_status st;

    countdown = 0;
    st = made_sign(ctx, digest, message, message_len, ret_signature, inout_len, reterr);
    countdown = kept;
    return st;
}

static enum ukb_status
build_request(struct ukb_error *reterr)
{
    struct made_signer made = { .key = "P-256" };
    const struct ukb_signer signer = { sign_calmly, &made };
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(holder);
    const struct ukb_request_template request = { .subject_der = facts->subject_der,
                                                  .subject_der_len = facts->subject_der_len,
                                                  .key = &key,
                                                  .challenge = "nonce",
                                                  .carry = holder };
    struct ukb_buf pem = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    enum ukb_status st = ukb_request_build(&request, &signer, &pem, reterr);

    assert_int_equal(pem.len > 0, st == UKB_OK);
    ukb_buf_done(&pem);
    return st;
}

static void
building_a_request(void **state)
{
    (void)state;
    holder = made_certificate(&HOLDER);
    key = made_public_key("P-256");
    fail_each(build_request);
}

static const struct ukb_certificate *anchor;

static enum ukb_status
check_certificate(struct ukb_error *reterr)
{
    const struct ukb_check check = {
        .kind = UKB_KIND_ISSUE,
        .candidate = holder,
        .expected_key = &key,
        .expected_role = UKB_ROLE_SIGNING,
        .anchors = &anchor,
        .anchor_count = 1,
        .now_s = MADE_START_S + MADE_DAY_S,
    };
    struct ukb_warnings warnings = { 0 };

    return ukb_check_certificate(&check, &warnings, reterr);
}

static void
checking_a_certificate(void **state)
{
    (void)state;
    holder = made_certificate(&HOLDER);
    anchor = made_certificate(&CA);
    key = made_public_key("P-256");
    fail_each(check_certificate);
}

/* LeakSanitizer's own hook. OpenSSL 3.0 loses memory when it runs short of it while a library context is made, and its
 * frames are not told apart; that nothing is lost when nothing fails, all other tests see. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libcrypto\n";
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_a_certificate),
        cmocka_unit_test(building_a_request),
        cmocka_unit_test(checking_a_certificate),
    };

    if (CRYPTO_set_mem_functions(try_malloc, try_realloc, plain_free) != 1) {
        return EXIT_FAILURE; /* OpenSSL has allocated before main() */
    }
    return cmocka_run_group_tests_name("pki/no_memory", tests, NULL, made_done);
}
