/* SPDX-License-Identifier: MIT */
/*
 * bare_install MODULE LABEL PIN TURNS
 *
 * The least that putting a new certificate in an old one's place can cost: what host/renewal/write.c has a token do,
 * with each object read where it must be, and nothing understood. From a module that is started to the signature that
 * proves the key, and every turn is taken back before the next, untimed. Prints the turns' quantiles as JSON.
 *
 * The token is one of fill.c's; its first certificate is replaced.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "module.h"
#include "series.h"

#define DER_MAX_LEN 12288U

struct certificate {
    unsigned char der[DER_MAX_LEN];
    CK_ULONG der_len;
};

static const char key_id[] = "0000000";
static const char temp_id[] = "tempor.";

static CK_OBJECT_HANDLE
find(const struct module *module, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, const char *id)
{
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    unsigned char bytes[ID_LEN];
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) }, { CKA_ID, bytes, sizeof(bytes) } };
    CK_ULONG count = 0;

    memcpy(bytes, id, sizeof(bytes));
    if (module->functions->C_FindObjectsInit(session, template, 2) == CKR_OK) {
        (void)module->functions->C_FindObjects(session, &found, 1, &count);
        (void)module->functions->C_FindObjectsFinal(session);
    }
    return count == 1 ? found : CK_INVALID_HANDLE;
}

static bool
read_value(const struct module *module, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
           struct certificate *certificate)
{
    CK_ATTRIBUTE value = { CKA_VALUE, certificate->der, sizeof(certificate->der) };
    const bool read =
        object != CK_INVALID_HANDLE && module->functions->C_GetAttributeValue(session, object, &value, 1) == CKR_OK;

    certificate->der_len = read ? value.ulValueLen : 0;
    return read;
}

/* In a session of its own, as the host does. */
static bool
is_there(const struct module *module, const struct certificate *wanted, const char *id)
{
    struct certificate *read = malloc(sizeof(*read));
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    bool same = false;

    if (read != NULL &&
        module->functions->C_OpenSession(module->slot, CKF_SERIAL_SESSION, NULL, NULL, &session) == CKR_OK) {
        same = read_value(module, session, find(module, session, CKO_CERTIFICATE, id), read) &&
               read->der_len == wanted->der_len && memcmp(read->der, wanted->der, read->der_len) == 0;
        (void)module->functions->C_CloseSession(session);
    }
    free(read);
    return same;
}

static bool
create(const struct module *module, struct certificate *certificate, const char *id)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    unsigned char bytes[ID_LEN];
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &class, sizeof(class) },
        { CKA_CERTIFICATE_TYPE, &type, sizeof(type) },
        { CKA_TOKEN, &yes, sizeof(yes) },
        { CKA_PRIVATE, &no, sizeof(no) },
        { CKA_ID, bytes, sizeof(bytes) },
        { CKA_SUBJECT, certificate->der, 64 },
        { CKA_VALUE, certificate->der, certificate->der_len },
    };

    memcpy(bytes, id, sizeof(bytes));
    return module->functions->C_CreateObject(module->session, template, sizeof(template) / sizeof(template[0]),
                                             &object) == CKR_OK;
}

static bool
destroy(const struct module *module, const char *id)
{
    const CK_OBJECT_HANDLE object = find(module, module->session, CKO_CERTIFICATE, id);

    return object != CK_INVALID_HANDLE && module->functions->C_DestroyObject(module->session, object) == CKR_OK;
}

static bool
sign(const struct module *module)
{
    CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
    unsigned char hash[32] = { 1 };
    unsigned char signature[128];
    CK_ULONG len = sizeof(signature);

    return module->functions->C_SignInit(module->session, &mechanism,
                                         find(module, module->session, CKO_PRIVATE_KEY, key_id)) == CKR_OK &&
           module->functions->C_Sign(module->session, hash, sizeof(hash), signature, &len) == CKR_OK;
}

/* The new one under the temporary id, the old one away, the new one under the key's id, the temporary one away. */
static bool
put_in_place(const struct module *module, struct certificate *new)
{
    return create(module, new, temp_id) && is_there(module, new, temp_id) && destroy(module, key_id) &&
           create(module, new, key_id) && is_there(module, new, key_id) && destroy(module, temp_id);
}

static bool
turn(const char *path, const char *label, const char *pin, struct series *us)
{
    static struct certificate old;
    static struct certificate new;
    struct module module = { 0 };
    double start_us = now_us();
    bool good = module_load(path, &module) && module_find(&module, label) && module_login(&module, pin) &&
                read_value(&module, module.session, find(&module, module.session, CKO_CERTIFICATE, key_id), &old);

    new = old;
    new.der[new.der_len > 0 ? new.der_len - 1U : 0] ^= 1;
    good = good && put_in_place(&module, &new) && sign(&module);
    series_add(us, now_us() - start_us);
    good = good && destroy(&module, key_id) && create(&module, &old, key_id);
    if (module.functions != NULL) {
        (void)module.functions->C_Finalize(NULL);
    }
    return good;
}

int
main(int argc, char **argv)
{
    static struct series us;
    unsigned int turns = argc == 5 ? read_number(argv[4], SERIES_MAX) : 0;
    unsigned int i;

    if (turns == 0) {
        fputs("usage: bare_install MODULE LABEL PIN TURNS\n", stderr);
        return 2;
    }
    for (i = 0; i < turns; i++) {
        if (!turn(argv[1], argv[2], argv[3], &us)) {
            fputs("bare_install: the token did not do as it was told\n", stderr);
            return 1;
        }
    }
    printf("{\"turns\":%u,\"bareMs\":{\"median\":%.3f,\"p95\":%.3f}}\n", turns, series_quantile(&us, 0.5) / 1e3,
           series_quantile(&us, 0.95) / 1e3);
    return 0;
}
