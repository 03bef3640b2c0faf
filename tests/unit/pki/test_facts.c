/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "core/hex.h"
#include "made.h"

static void
the_role_follows_key_usage(void **state)
{
    static const struct {
        const char *usage;
        enum ukb_role role;
    } cases[] = {
        { NULL, UKB_ROLE_UNKNOWN },
        { "digitalSignature", UKB_ROLE_SIGNING },
        { "nonRepudiation", UKB_ROLE_SIGNING },
        { "digitalSignature,nonRepudiation", UKB_ROLE_SIGNING },
        { "keyEncipherment", UKB_ROLE_ENCRYPTION },
        { "dataEncipherment", UKB_ROLE_ENCRYPTION },
        { "keyAgreement", UKB_ROLE_ENCRYPTION },
        { "keyAgreement,encipherOnly", UKB_ROLE_ENCRYPTION },
        { "digitalSignature,keyEncipherment", UKB_ROLE_BOTH },
        { "keyCertSign,cRLSign", UKB_ROLE_UNKNOWN },
        { "keyCertSign,digitalSignature", UKB_ROLE_SIGNING },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ukb_certificate_facts *facts = made_facts(&(struct made){ .usage = cases[i].usage });

        assert_int_equal(facts->role, cases[i].role);
        assert_int_equal(facts->has_key_usage, cases[i].usage != NULL);
    }
}

static void
be_version_1(X509 *x509)
{
    assert_int_equal(X509_set_version(x509, X509_VERSION_1), 1);
}

static void
a_ca_is_told_by_basic_constraints(void **state)
{
    (void)state;
    assert_true(made_facts(&(struct made){ .ca = true })->is_ca);
    assert_true(made_facts(&(struct made){ .ca = true, .usage = "keyCertSign" })->is_ca);
    assert_false(made_facts(&(struct made){ .ca = true, .usage = "digitalSignature" })->is_ca);
    assert_false(made_facts(&(struct made){ .usage = "keyCertSign" })->is_ca);
    assert_false(made_facts(&(struct made){ .no_key_ids = true, .adjust = be_version_1 })->is_ca);
}

static void
a_malformed_key_usage_can_be_shown_and_says_nothing(void **state)
{
    static const struct made_extension broken = { .oid = "2.5.29.15", .value = "\x04\x01\x80", .value_len = 3 };
    const struct ukb_certificate_facts *facts =
        made_facts(&(struct made){ .extensions = &broken, .extension_count = 1 });

    (void)state;
    assert_int_equal(facts->role, UKB_ROLE_UNKNOWN);
    assert_false(facts->has_key_usage);
}

static void
every_kind_of_key_is_named(void **state)
{
    static const struct {
        const char *key;
        enum ukb_key_type type;
        unsigned int bits;
        const char *curve;
    } cases[] = {
        { "RSA-2048", UKB_KEY_RSA, 2048, NULL }, { "RSA-3072", UKB_KEY_RSA, 3072, NULL },
        { "P-256", UKB_KEY_EC, 256, "P-256" },   { "P-384", UKB_KEY_EC, 384, "P-384" },
        { "P-521", UKB_KEY_EC, 521, "P-521" },   { "SM2", UKB_KEY_SM2, 256, "SM2" },
        { "ED25519", UKB_KEY_UNKNOWN, 0, NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ukb_certificate_facts *facts = made_facts(&(struct made){ .key = cases[i].key });

        assert_int_equal(facts->key.type, cases[i].type);
        assert_int_equal(facts->key_bits, cases[i].bits);
        if (cases[i].curve == NULL) {
            assert_null(facts->curve);
        } else {
            assert_string_equal(facts->curve, cases[i].curve);
        }
        if (cases[i].type != UKB_KEY_UNKNOWN) {
            const struct ukb_public_key key = made_public_key(cases[i].key);

            assert_true(ukb_public_key_equal(&facts->key, &key));
        }
    }
}

static void
set_serial(X509 *x509, const char *hex)
{
    BIGNUM *number = NULL;

    assert_true(BN_hex2bn(&number, hex) > 0);
    assert_non_null(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)));
    BN_free(number);
}

static void
be_zero(X509 *x509)
{
    set_serial(x509, "0");
}

static void
be_high(X509 *x509)
{
    set_serial(x509, "FF00AB");
}

static void
be_long(X509 *x509)
{
    set_serial(x509, "0123456789ABCDEF0123456789ABCDEF01234567");
}

static void
serials_are_hex_of_whole_bytes_without_padding(void **state)
{
    static const struct {
        void (*adjust)(X509 *x509);
        const char *hex;
        const char *der;
    } cases[] = {
        { NULL, "01", "020101" },
        { be_zero, "00", "020100" },
        { be_high, "ff00ab", "020400ff00ab" },
        { be_long, "0123456789abcdef0123456789abcdef01234567", "02140123456789abcdef0123456789abcdef01234567" },
    };
    char hex[64];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ukb_certificate_facts *facts = made_facts(&(struct made){ .adjust = cases[i].adjust });

        assert_string_equal(facts->serial, cases[i].hex);
        assert_true(2 * facts->serial_der_len < sizeof(hex));
        ukb_hex_encode(facts->serial_der, facts->serial_der_len, hex);
        assert_string_equal(hex, cases[i].der);
    }
}

static void
validity_is_exact_before_1970_and_after_2050(void **state)
{
    static const struct {
        long long start_s;
        long long end_s;
    } cases[] = {
        { MADE_START_S, MADE_START_S + 1 },
        { -14182940, 2524607999 },       /* 1969-07-20 to the last UTCTime */
        { -631152000, 2524608000 },      /* the first UTCTime to the first GeneralizedTime */
        { -2208988800, 253402300799LL }, /* 1900 to RFC 5280's "no end" */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ukb_certificate_facts *facts =
            made_facts(&(struct made){ .not_before_s = cases[i].start_s, .not_after_s = cases[i].end_s });

        assert_true(facts->not_before_s == cases[i].start_s);
        assert_true(facts->not_after_s == cases[i].end_s);
    }
}

static void
der_facts_are_the_bytes_of_the_certificate(void **state)
{
    static const struct made ca = { .common_name = "CA", .key = "P-256/ca", .ca = true };
    const struct made made = { .common_name = "张三", .issuer = &ca };
    const struct ukb_certificate_facts *facts = made_facts(&made);
    const struct ukb_certificate_facts *issuer = made_facts(&ca);
    const unsigned char *at = facts->der;
    unsigned char hash[32];
    char id[65];
    X509 *x509 = d2i_X509(NULL, &at, (long)facts->der_len);
    unsigned char *name = NULL;
    int name_len = i2d_X509_NAME(X509_get_subject_name(x509), &name);

    (void)state;
    assert_int_equal(facts->subject_der_len, name_len);
    assert_memory_equal(facts->subject_der, name, facts->subject_der_len);
    assert_int_equal(facts->issuer_der_len, issuer->subject_der_len);
    assert_memory_equal(facts->issuer_der, issuer->subject_der, issuer->subject_der_len);
    assert_int_equal(EVP_Digest(facts->der, facts->der_len, hash, NULL, EVP_sha256(), NULL), 1);
    ukb_hex_encode(hash, sizeof(hash), id);
    assert_string_equal(facts->id, id);
    assert_string_equal(facts->subject.dn, "CN=张三");
    assert_string_equal(facts->issuer.common_name, "CA");
    OPENSSL_free(name);
    X509_free(x509);
}

static void
key_identifiers_are_raw_or_absent(void **state)
{
    static const struct made ca = { .common_name = "CA", .key = "P-256/ca", .ca = true };
    const struct ukb_certificate_facts *with = made_facts(&(struct made){ .issuer = &ca });
    const struct ukb_certificate_facts *without = made_facts(&(struct made){ .no_key_ids = true });

    (void)state;
    assert_int_equal(with->ski_len, 20);
    assert_int_equal(with->aki_len, 20);
    assert_memory_equal(with->aki, made_facts(&ca)->ski, 20);
    assert_null(without->ski);
    assert_null(without->aki);
    assert_int_equal(without->ski_len + without->aki_len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_role_follows_key_usage),
        cmocka_unit_test(a_ca_is_told_by_basic_constraints),
        cmocka_unit_test(a_malformed_key_usage_can_be_shown_and_says_nothing),
        cmocka_unit_test(every_kind_of_key_is_named),
        cmocka_unit_test(serials_are_hex_of_whole_bytes_without_padding),
        cmocka_unit_test(validity_is_exact_before_1970_and_after_2050),
        cmocka_unit_test(der_facts_are_the_bytes_of_the_certificate),
        cmocka_unit_test(key_identifiers_are_raw_or_absent),
    };

    return cmocka_run_group_tests_name("pki/facts", tests, NULL, made_done);
}
