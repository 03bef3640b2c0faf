/* SPDX-License-Identifier: MIT */
#include "module.h"

#include <dlfcn.h>
#include <string.h>

#define SLOTS_MAX 64U

/* What is read of an object. */
static struct {
    unsigned char value[MODULE_DER_MAX_LEN];
    unsigned char id[MODULE_ID_MAX_LEN];
    unsigned char label[MODULE_ID_MAX_LEN];
    unsigned char first[520];
    unsigned char second[520];
    CK_ULONG type;
    CK_BBOOL flag;
} seen;

static const CK_ATTRIBUTE of_certificate[] = { { CKA_VALUE, seen.value, sizeof(seen.value) },
                                               { CKA_ID, seen.id, sizeof(seen.id) },
                                               { CKA_LABEL, seen.label, sizeof(seen.label) },
                                               { CKA_CERTIFICATE_TYPE, &seen.type, sizeof(seen.type) } };
static const CK_ATTRIBUTE of_rsa[] = { { CKA_ID, seen.id, sizeof(seen.id) },
                                       { CKA_MODULUS, seen.first, sizeof(seen.first) },
                                       { CKA_PUBLIC_EXPONENT, seen.second, sizeof(seen.second) },
                                       { CKA_ALWAYS_AUTHENTICATE, &seen.flag, sizeof(seen.flag) } };
static const CK_ATTRIBUTE of_ec[] = { { CKA_ID, seen.id, sizeof(seen.id) },
                                      { CKA_EC_PARAMS, seen.first, sizeof(seen.first) },
                                      { CKA_EC_POINT, seen.second, sizeof(seen.second) },
                                      { CKA_ALWAYS_AUTHENTICATE, &seen.flag, sizeof(seen.flag) } };

/* Public keys have no CKA_ALWAYS_AUTHENTICATE. */
const struct module_kind module_kinds[MODULE_KINDS] = {
    { CKO_CERTIFICATE, 0, of_certificate, 1, 4 }, { CKO_PRIVATE_KEY, CKK_RSA, of_rsa, 2, 4 },
    { CKO_PRIVATE_KEY, CKK_EC, of_ec, 2, 4 },     { CKO_PUBLIC_KEY, CKK_RSA, of_rsa, 2, 3 },
    { CKO_PUBLIC_KEY, CKK_EC, of_ec, 2, 3 },
};

bool
module_load(const char *path, struct module *module)
{
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
    CK_C_GetFunctionList get = NULL;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library == NULL ? NULL : dlsym(library, "C_GetFunctionList");

    memcpy(&get, &symbol, sizeof(get)); /* ISO C has no cast from an object pointer to a function pointer */
    return get != NULL && get(&module->functions) == CKR_OK && module->functions->C_Initialize(&args) == CKR_OK;
}

bool
module_find(struct module *module, const char *label)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    CK_ULONG i;

    if (module->functions->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK) {
        return false;
    }
    for (i = 0; i < count; i++) {
        CK_TOKEN_INFO info;

        if (module->functions->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
            strncmp((const char *)info.label, label, strlen(label)) == 0) {
            module->slot = slots[i];
            return true;
        }
    }
    return false;
}

bool
module_login(struct module *module, const char *pin)
{
    unsigned char bytes[64];
    const size_t len = strlen(pin);

    if (len > sizeof(bytes)) {
        return false;
    }
    memcpy(bytes, pin, len);
    return module->functions->C_OpenSession(module->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                            &module->session) == CKR_OK &&
           module->functions->C_Login(module->session, CKU_USER, bytes, len) == CKR_OK;
}

CK_ULONG
module_search(const struct module *module, CK_SESSION_HANDLE session, const struct module_kind *kind,
              CK_OBJECT_HANDLE *found, CK_ULONG room)
{
    struct module_kind wanted = *kind;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &wanted.class, sizeof(wanted.class) },
                                { CKA_KEY_TYPE, &wanted.key_type, sizeof(wanted.key_type) } };
    CK_ULONG count = 0;
    CK_ULONG more = 0;

    if (module->functions->C_FindObjectsInit(session, template, kind->conditions) != CKR_OK) {
        return 0;
    }
    do {
        if (module->functions->C_FindObjects(session, found + count, MODULE_STEP, &more) != CKR_OK) {
            break;
        }
        count += more;
    } while (more > 0 && count + MODULE_STEP <= room);
    (void)module->functions->C_FindObjectsFinal(session);
    return count;
}
