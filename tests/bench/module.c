/* SPDX-License-Identifier: MIT */
#include "module.h"

#include <dlfcn.h>
#include <string.h>

#define SLOTS_MAX 64U

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
