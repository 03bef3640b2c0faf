/* SPDX-License-Identifier: MIT */
/* Unit tests for pki/form.c: what people send instead of an envelope, each told by its own word. */
#include "../test.h"

#include <string.h>

#include <openssl/crypto.h>

#include "pki/envelope_internal.h"
#include "sealed.h"

static struct ukb_error err;

#define ROW(bytes, status, word)                                                                                       \
    {                                                                                                                  \
        bytes, sizeof(bytes) - 1U, status, word                                                                        \
    }

static const struct {
    const char *der;
    size_t len;
    enum ukb_status st;
    const char *word; /* in the message */
} rows[] = {
    /* begins with a version */
    ROW("\x30\x03\x02\x01\x03", UKB_E_BAD_ENVELOPE, "PKCS #12"),
    ROW("\x30\x03\x02\x01\x00", UKB_E_BAD_ENVELOPE, "not encrypted"),
    ROW("\x30\x03\x02\x01\x01", UKB_E_BAD_ENVELOPE, "not encrypted"),
    ROW("\x30\x03\x02\x01\x02", UKB_E_BAD_ENVELOPE, "not CMS"),
    /* begins with a SEQUENCE */
    ROW("\x30\x07\x30\x03\x06\x01\x2A\x04\x00", UKB_E_BAD_ENVELOPE, "password"),
    ROW("\x30\x07\x30\x03\x06\x01\x2A\x30\x00", UKB_E_UNSUPPORTED, "SM2EnvelopedKey"),
    ROW("\x30\x06\x30\x02\x30\x00\xA0\x00", UKB_E_UNSUPPORTED, "CSRResponse"),
    ROW("\x30\x06\x30\x02\x30\x00\xA1\x00", UKB_E_UNSUPPORTED, "CSRResponse"),
    ROW("\x30\x06\x30\x02\x30\x00\xA2\x00", UKB_E_BAD_ENVELOPE, "not CMS"),
    ROW("\x30\x05\x30\x03\x06\x01\x2A", UKB_E_BAD_ENVELOPE, "not CMS"),
    ROW("\x30\x02\x30\x00", UKB_E_BAD_ENVELOPE, "not CMS"),
    /* begins with an OID */
    ROW("\x30\x03\x06\x01\x2A", UKB_OK, ""),
    ROW("\x30\x0C\x06\x0A\x2A\x81\x1C\xCF\x55\x06\x01\x04\x02\x03", UKB_E_UNSUPPORTED, "SM2"),
    ROW("\x30\x0C\x06\x0A\x2A\x81\x1C\xCF\x55\x06\x01\x04\x01\x03", UKB_OK, ""), /* a neighbour's */
    ROW("\x30\x0B\x06\x09\x2A\x81\x1C\xCF\x55\x06\x01\x04\x02", UKB_OK, ""),     /* the arc itself is no type */
    /* BER */
    ROW("\x30\x80\x06\x01\x2A", UKB_OK, ""),
    ROW("\x30\x0A\x02\x08\x40\x01\x02\x03\x04\x05\x06\x07", UKB_E_BAD_ENVELOPE,
        "not CMS"), /* a large number is no version */
    /* nothing that is anything */
    ROW("", UKB_E_BAD_ENVELOPE, "not CMS"),
    ROW("\x30", UKB_E_BAD_ENVELOPE, "not CMS"),
    ROW("\x30\x80", UKB_E_BAD_ENVELOPE, "not CMS"),
    ROW("\x30\x00", UKB_E_BAD_ENVELOPE, "not CMS"),
    ROW("\x30\x05\x02\x01\x03", UKB_E_BAD_ENVELOPE, "not CMS"), /* cut off */
    ROW("\x30\x03\x02\x05\x03", UKB_E_BAD_ENVELOPE, "not CMS"), /* longer than what it is in */
    ROW("\x31\x03\x02\x01\x03", UKB_E_BAD_ENVELOPE, "not CMS"), /* a SET */
    ROW("-----BEGIN", UKB_E_BAD_ENVELOPE, "not CMS"),
};

static void
each_form_has_its_word(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        /* on the heap, to its last byte: what reads further is seen by a sanitizer */
        unsigned char *der = OPENSSL_memdup(rows[i].len == 0 ? "x" : rows[i].der, rows[i].len == 0 ? 1 : rows[i].len);
        enum ukb_status st;

        err = (struct ukb_error){ 0 };
        st = ukb_envelope_form(der, rows[i].len, &err);
        OPENSSL_free(der);
        if (st != rows[i].st || strstr(err.message, rows[i].word) == NULL) {
            fail_msg("row %zu: %d, %s", i, (int)st, err.message);
        }
    }
}

static void
a_real_envelope_passes_and_a_real_key_does_not(void **state)
{
    static const struct made holder = { .key = "P-256", .usage = "keyAgreement" };
    size_t len = 0;
    unsigned char *der = sealed_der(&(struct sealed){ .to = &holder }, &len);

    (void)state;
    assert_int_equal(ukb_envelope_form(der, len, &err), UKB_OK);
    OPENSSL_free(der);
    der = sealed_pkcs8("P-256/content", &len);
    assert_int_equal(ukb_envelope_form(der, len, &err), UKB_E_BAD_ENVELOPE);
    assert_non_null(strstr(err.message, "not encrypted"));
    OPENSSL_clear_free(der, len);
}

/* Whatever is cut off: an answer, and never a read behind the end. */
static void
a_real_envelope_that_is_cut_anywhere_is_answered(void **state)
{
    static const struct made holder = { .key = "P-256", .usage = "keyAgreement" };
    size_t len = 0;
    unsigned char *der = sealed_der(&(struct sealed){ .to = &holder }, &len);
    size_t cut;

    (void)state;
    for (cut = 1; cut < len; cut++) {
        unsigned char *part = OPENSSL_memdup(der, cut);

        assert_int_equal(ukb_envelope_form(part, cut, &err), UKB_E_BAD_ENVELOPE);
        OPENSSL_free(part);
    }
    OPENSSL_free(der);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_has_its_word),
        cmocka_unit_test(a_real_envelope_passes_and_a_real_key_does_not),
        cmocka_unit_test(a_real_envelope_that_is_cut_anywhere_is_answered),
    };

    return cmocka_run_group_tests_name("pki/form", tests, NULL, made_done);
}
