/* SPDX-License-Identifier: MIT */
#include "issued.h"

#include <openssl/obj_mac.h>
#include <openssl/x509v3.h>

#define YEAR_S (365L * 86400L)

struct entry {
    const char *type;
    const char *text;
};

static const struct entry owner[] = {
    { "C", "CN" },
    { "ST", "江苏省" },
    { "L", "南京市" },
    { "O", "江苏示例科技有限公司" },
    { "OU", "91320000MA1EXAMP0X" },
    { "CN", "江苏示例科技有限公司" },
    { NULL, NULL },
};
static const struct entry ca_name[] = {
    { "C", "CN" },
    { "O", "示例数字证书认证中心有限公司" },
    { "CN", "示例 CA 2026" },
    { NULL, NULL },
};

static X509_NAME *
make_name(const struct entry *entry)
{
    X509_NAME *name = X509_NAME_new();

    for (; entry->type != NULL; entry++) {
        (void)X509_NAME_add_entry_by_txt(name, entry->type, MBSTRING_UTF8, (const unsigned char *)entry->text, -1, -1,
                                         0);
    }
    return name;
}

static void
add_extension(X509 *x509, X509V3_CTX *ctx, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, ctx, nid, value);

    (void)X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *
make(const struct issued *what, const struct entry *subject)
{
    X509 *x509 = X509_new();
    X509_NAME *issuer = make_name(ca_name);
    X509_NAME *name = make_name(subject);
    X509V3_CTX ctx;

    (void)X509_set_version(x509, 2);
    (void)ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), 0x7a5b3c1d00000000ULL + what->serial);
    (void)X509_set_issuer_name(x509, issuer);
    (void)X509_set_subject_name(x509, name);
    X509_NAME_free(issuer);
    X509_NAME_free(name);
    (void)X509_gmtime_adj(X509_getm_notBefore(x509), what->not_before_s);
    (void)X509_gmtime_adj(X509_getm_notAfter(x509), what->not_after_s);
    (void)X509_set_pubkey(x509, what->key);
    X509V3_set_ctx(&ctx, x509, x509, NULL, NULL, 0);
    add_extension(x509, &ctx, NID_basic_constraints, what->constraints);
    add_extension(x509, &ctx, NID_key_usage, what->usage);
    add_extension(x509, &ctx, NID_subject_key_identifier, "hash");
    add_extension(x509, &ctx, NID_crl_distribution_points, "URI:http://ca.example/crl/demo-ca-2026.crl");
    add_extension(x509, &ctx, NID_info_access, "OCSP;URI:http://ocsp.ca.example/");
    (void)X509_sign(x509, what->ca, EVP_sha256());
    return x509;
}

X509 *
issued_make(const struct issued *what)
{
    return make(what, owner);
}

X509 *
issued_ca(EVP_PKEY *ca)
{
    const struct issued what = { .key = ca,
                                 .ca = ca,
                                 .serial = 0xCA00000000UL,
                                 .not_before_s = -20L * YEAR_S,
                                 .not_after_s = 20L * YEAR_S,
                                 .constraints = "critical,CA:TRUE",
                                 .usage = "critical,keyCertSign,cRLSign" };

    return make(&what, ca_name);
}
