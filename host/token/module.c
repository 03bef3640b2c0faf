/* SPDX-License-Identifier: MIT */
#include "token/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/library.h"
#include "token/ckr.h"
#include "token/internal.h"
#include "token/text.h"

/* Raise MODULE_MISSING for @p module_id, for the reason @p why. */
static enum ukb_status
missing(const char *module_id, unsigned long native, const char *why, struct ukb_error *reterr)
{
    enum ukb_status st;

    st = ukb_raise(reterr, UKB_E_MODULE_MISSING, native, "module %.64s: %s", module_id, why);
    ukb_error_add_string(reterr, "module", module_id);
    return st;
}

static enum ukb_status
missing_after(const char *module_id, const char *what, CK_RV rv, struct ukb_error *reterr)
{
    char name[UKB_CKR_NAME_SIZE] = "";
    char why[UKB_CKR_NAME_SIZE + 64U] = "";

    ukb_ckr_name(rv, name);
    (void)snprintf(why, sizeof(why), "%s answered %s", what, name);
    return missing(module_id, rv, why, reterr);
}

static enum ukb_status
initialise(struct ukb_module *module, struct ukb_error *reterr)
{
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
    CK_RV rv;

    rv = module->functions->C_Initialize(&args);
    if (rv == CKR_CANT_LOCK) {
        rv = module->functions->C_Initialize(NULL); /* one thread makes all calls: we can do without locks */
    }
    /* Some modules initialise themselves when they are loaded. */
    if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        return missing_after(module->id, "C_Initialize", rv, reterr);
    }
    module->initialised = true;
    return UKB_OK;
}

/* A module that does not describe itself goes by its id. */
static void
describe(struct ukb_module *module)
{
    CK_INFO info;

    memset(&info, 0, sizeof(info));
    if (module->functions->C_GetInfo(&info) == CKR_OK) {
        ukb_text_printable(info.libraryDescription, sizeof(info.libraryDescription), module->name);
        if (module->name[0] == '\0') {
            ukb_text_printable(info.manufacturerID, sizeof(info.manufacturerID), module->name);
        }
    }
    if (module->name[0] == '\0') {
        (void)snprintf(module->name, sizeof(module->name), "%.32s", module->id);
    }
    (void)snprintf(module->version, sizeof(module->version), "%u.%u", info.libraryVersion.major,
                   info.libraryVersion.minor);
}

enum ukb_status
ukb_module_wrap(const char *id, CK_FUNCTION_LIST *functions, struct ukb_module **ret_module, struct ukb_error *reterr)
{
    struct ukb_module *module = NULL;
    enum ukb_status st;

    module = calloc(1, sizeof(*module));
    if (module == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a module");
    }
    (void)snprintf(module->id, sizeof(module->id), "%s", id);
    module->functions = functions;
    st = initialise(module, reterr);
    if (st != UKB_OK) {
        ukb_module_free(module);
        return st;
    }
    describe(module);
    *ret_module = module;
    return UKB_OK;
}

static enum ukb_status
open_library(const char *id, const char *path, CK_FUNCTION_LIST **ret_functions, struct ukb_error *reterr)
{
    struct ukb_error why = { 0 };
    CK_FUNCTION_LIST *functions = NULL;
    void (*get)(void) = NULL;
    CK_RV rv;

    if (ukb_library_function(path, "C_GetFunctionList", &get, &why) != UKB_OK) {
        return missing(id, 0, why.message, reterr);
    }
    rv = ((CK_C_GetFunctionList)get)(&functions);
    if (rv != CKR_OK || functions == NULL) {
        return missing_after(id, "C_GetFunctionList", rv, reterr);
    }
    *ret_functions = functions;
    return UKB_OK;
}

enum ukb_status
ukb_module_load(const char *id, const char *path, struct ukb_module **ret_module, struct ukb_error *reterr)
{
    CK_FUNCTION_LIST *functions = NULL;
    enum ukb_status st;

    st = open_library(id, path, &functions, reterr);
    if (st != UKB_OK) {
        return st;
    }
    return ukb_module_wrap(id, functions, ret_module, reterr);
}

void
ukb_module_free(struct ukb_module *module)
{
    if (module == NULL) {
        return;
    }
    if (module->initialised) {
        (void)module->functions->C_Finalize(NULL); /* nothing is left to do about a failure */
    }
    free(module);
}

enum ukb_status
ukb_module_refresh(struct ukb_module *module, struct ukb_error *reterr)
{
    if (module->initialised) {
        module->initialised = false;
        (void)module->functions->C_Finalize(NULL); /* what matters is whether it starts again */
    }
    return initialise(module, reterr);
}

bool
ukb_module_is_started(const struct ukb_module *module)
{
    return module->initialised;
}

void
ukb_module_set_view(struct ukb_module *module, unsigned long long view)
{
    module->view = view;
}

unsigned long long
ukb_module_view(const struct ukb_module *module)
{
    return module->view;
}

const char *
ukb_module_id(const struct ukb_module *module)
{
    return module->id;
}

const char *
ukb_module_name(const struct ukb_module *module)
{
    return module->name;
}

const char *
ukb_module_version(const struct ukb_module *module)
{
    return module->version;
}
