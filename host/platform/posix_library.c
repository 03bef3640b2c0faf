/* SPDX-License-Identifier: MIT */
#include "platform/library.h"

#include <dlfcn.h>
#include <string.h>

/* What dlerror() says, which names the file and the cause; it may be called once per failure. */
static enum ukb_status
missing(struct ukb_error *reterr)
{
    const char *why = dlerror();

    return ukb_raise(reterr, UKB_E_MODULE_MISSING, 0, "%s", why == NULL ? "the loader does not say why" : why);
}

enum ukb_status
ukb_library_function(const char *path, const char *name, void (**ret_function)(void), struct ukb_error *reterr)
{
    void *library = NULL;
    void *symbol = NULL;

    if (path[0] != '/') {
        /* dlopen would search the library path, which the environment may change. */
        return ukb_raise(reterr, UKB_E_MODULE_MISSING, 0, "its path is not absolute");
    }
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return missing(reterr);
    }
    symbol = dlsym(library, name);
    if (symbol == NULL) {
        return missing(reterr);
    }
    memcpy(ret_function, &symbol, sizeof(symbol)); /* ISO C has no cast from an object pointer to a function pointer */
    return UKB_OK;
}
