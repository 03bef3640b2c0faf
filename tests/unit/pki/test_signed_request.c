/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include <openssl/cms.h>

#include "owner.h"
#include "pki/internal.h"
#include "pki/pem.h"
#include "pki/request.h"
#include "pki/signed_request.h"

static const char ORIGIN[] = "https://portal.example";

/* A request for another key, as PEM. */
static void
make_request(struct ukb_buf *pem)
{
    const struct ukb_certificate_facts *holder = made_facts(&(struct made){ .common_name = "张三" });
    const struct ukb_public_key key = made_public_key("P-256/new");
    struct made_signer made = { .key = "P-256/new" };
    const struct ukb_signer signer = { made_sign, &made };
    const struct ukb_request_template request = { .subject_der = holder->subject_der,
                                                  .subject_der_len = holder->subject_der_len,
                                                  .key = &key };
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_request_build(&request, &signer, pem, &err), UKB_OK);
}

static enum ukb_status
build(const struct made *holder, struct owner *owner, const char *request_pem, struct ukb_buf *pem)
{
    const struct ukb_signed_request wanted = { request_pem, made_certificate(holder), ORIGIN };
    const struct ukb_key_ops ops = owner_ops(owner);
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_signed_request_build(&wanted, &ops, pem, &err);

    assert_int_equal(err.status, st);
    assert_int_equal(pem->len > 0, st == UKB_OK);
    return st;
}

static CMS_ContentInfo *
read_cms(const struct ukb_buf *pem)
{
    struct ukb_buf der = UKB_BUF_INIT(UKB_SIGNED_PEM_MAX_LEN);
    struct ukb_error err = { 0 };
    CMS_ContentInfo *cms = NULL;
    const unsigned char *at = NULL;

    assert_int_equal(ukb_pem_decode(UKB_PEM_CMS, ukb_buf_text(pem), &der, &err), UKB_OK);
    at = der.data;
    cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);
    assert_non_null(cms);
    ukb_buf_done(&der);
    return cms;
}

static void
assert_content_is(CMS_ContentInfo *cms, const char *request_pem)
{
    struct ukb_buf der = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_error err = { 0 };
    ASN1_OCTET_STRING *content = *CMS_get0_content(cms);

    assert_int_equal(ukb_pem_decode(UKB_PEM_REQUEST, request_pem, &der, &err), UKB_OK);
    assert_int_equal(ASN1_STRING_length(content), der.len);
    assert_memory_equal(ASN1_STRING_get0_data(content), der.data, der.len);
    ukb_buf_done(&der);
}

/* The attribute's only value. */
static void
assert_origin(CMS_SignerInfo *signer)
{
    ASN1_OBJECT *oid = OBJ_txt2obj(UKB_ORIGIN_ATTRIBUTE, 1);
    const ASN1_UTF8STRING *value = CMS_signed_get0_data_by_OBJ(signer, oid, -3, V_ASN1_UTF8STRING); /* exactly one */

    assert_non_null(value);
    assert_int_equal(ASN1_STRING_length(value), strlen(ORIGIN));
    assert_memory_equal(ASN1_STRING_get0_data(value), ORIGIN, strlen(ORIGIN));
    ASN1_OBJECT_free(oid);
}

static void
the_holder_signs_the_request_and_the_origin(void **state)
{
    static const struct {
        const char *key;
        int digest;
    } cases[] = { { "RSA-2048", NID_sha256 }, { "P-256", NID_sha256 }, { "P-384", NID_sha384 } };
    struct ukb_buf request = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    size_t i;

    (void)state;
    make_request(&request);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct made holder = { .key = cases[i].key, .common_name = "张三" };
        struct ukb_buf pem = UKB_BUF_INIT(UKB_SIGNED_PEM_MAX_LEN);
        struct owner owner = { .key = cases[i].key };
        CMS_ContentInfo *cms = NULL;
        CMS_SignerInfo *signer = NULL;
        X509_ALGOR *digest = NULL;

        assert_int_equal(build(&holder, &owner, ukb_buf_text(&request), &pem), UKB_OK);
        assert_int_equal(owner.calls, 1);
        cms = read_cms(&pem);
        assert_int_equal(sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)), 1);
        signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
        assert_int_equal(CMS_SignerInfo_cert_cmp(signer, made_certificate(&holder)->x509), 0);
        assert_int_equal(CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY), 1);
        CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
        assert_int_equal(OBJ_obj2nid(digest->algorithm), cases[i].digest);
        assert_int_equal(OBJ_obj2nid(CMS_get0_eContentType(cms)), NID_pkcs7_data);
        assert_content_is(cms, ukb_buf_text(&request));
        assert_origin(signer);
        assert_true(CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, -1) >= 0);
        CMS_ContentInfo_free(cms);
        ukb_buf_done(&pem);
    }
    ukb_buf_done(&request);
}

static void
another_keys_signature_never_leaves(void **state)
{
    static const struct made holder = { .key = "P-256" };
    struct ukb_buf request = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_buf pem = UKB_BUF_INIT(UKB_SIGNED_PEM_MAX_LEN);
    struct owner other = { .key = "P-256/other" };
    struct owner spoiler = { .key = "P-256", .spoil = true };

    (void)state;
    make_request(&request);
    assert_int_equal(build(&holder, &other, ukb_buf_text(&request), &pem), UKB_E_PROOF_FAILED);
    assert_int_equal(build(&holder, &spoiler, ukb_buf_text(&request), &pem), UKB_E_PROOF_FAILED);
    ukb_buf_done(&request);
}

static void
errors_are_told(void **state)
{
    static const struct made holder = { .key = "P-256" };
    static const struct made sm2 = { .key = "SM2" };
    struct ukb_buf request = UKB_BUF_INIT(UKB_PKCS10_DER_MAX_LEN);
    struct ukb_buf pem = UKB_BUF_INIT(UKB_SIGNED_PEM_MAX_LEN);
    struct ukb_buf small = UKB_BUF_INIT(100);
    struct owner gone = { .key = "P-256", .fail_by = UKB_E_TOKEN_REMOVED };
    struct owner owner = { .key = "P-256" };

    (void)state;
    make_request(&request);
    assert_int_equal(build(&holder, &gone, ukb_buf_text(&request), &pem), UKB_E_TOKEN_REMOVED);
    assert_int_equal(build(&holder, &owner, "no request", &pem), UKB_E_BAD_CERTIFICATE);
    assert_int_equal(build(&sm2, &owner, ukb_buf_text(&request), &pem), UKB_E_UNSUPPORTED);
    assert_int_equal(owner.calls, 0);
    assert_int_equal(build(&holder, &owner, ukb_buf_text(&request), &small), UKB_E_TOO_LARGE);
    ukb_buf_done(&request);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_holder_signs_the_request_and_the_origin),
        cmocka_unit_test(another_keys_signature_never_leaves),
        cmocka_unit_test(errors_are_told),
    };

    return cmocka_run_group_tests_name("pki/signed_request", tests, NULL, made_done);
}
