/* SPDX-License-Identifier: MIT */
/*
 * module - one PKCS#11 module (v2.40) in this process: load, initialise, look again, finalise.
 *
 * The seam for tests is PKCS#11's own struct of function pointers: ukb_module_wrap() takes any CK_FUNCTION_LIST.
 * Room: token.  May include core/, platform/ and secret/.  Nothing in this room knows about JSON, methods or the
 * browser.
 *
 * Everything in this room blocks for as long as the module and the card take (seconds for a key), possibly forever, and
 * may crash with the module: only a worker process calls it. One thread makes all calls.
 */
#ifndef UKB_TOKEN_MODULE_H
#define UKB_TOKEN_MODULE_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#include "core/status.h"

/** A loaded and initialised module. */
struct ukb_module;

/**
 * Load the library at @p path and call its C_GetFunctionList and C_Initialize (PKCS#11 v2.40 §5.4).
 *
 * @param id          the module's name in policy or configuration; copied, cut at UKB_MODULE_NAME_MAX_LEN bytes.
 * @param path        absolute path of the shared library.
 * @param ret_module  owned by the caller: ukb_module_free().
 *
 * @retval UKB_E_MODULE_MISSING  not an absolute path, no file, not a library, no C_GetFunctionList, or C_Initialize
 *                               failed. Attribute "module" is @p id; the message has the loader's own words.
 * @retval UKB_E_INTERNAL        no memory.
 */
UKB_MUST_USE enum ukb_status ukb_module_load(const char *id, const char *path, struct ukb_module **ret_module,
                                             struct ukb_error *reterr);

/** The same with @p functions, borrowed for the module's life, instead of a file. */
UKB_MUST_USE enum ukb_status ukb_module_wrap(const char *id, CK_FUNCTION_LIST *functions,
                                             struct ukb_module **ret_module, struct ukb_error *reterr);

/**
 * C_Finalize and free; all sessions of the module must be freed before. NULL is fine.
 *
 * The library stays mapped: modules leave threads, exit handlers and thread-local destructors behind, whose code would
 * be unmapped under them by dlclose. The worker that loaded it ends soon.
 */
void ukb_module_free(struct ukb_module *module);

/**
 * C_Finalize and C_Initialize: SoftHSM notices inserted and removed tokens, and OpenSC what another process wrote, only
 * so. All sessions must be freed before: their handles, and a login, end here.
 *
 * @retval UKB_E_MODULE_MISSING  the module does not start again; @p module can only be freed.
 */
UKB_MUST_USE enum ukb_status ukb_module_refresh(struct ukb_module *module, struct ukb_error *reterr);

/** False after a refresh that failed: the module can only be freed. */
bool ukb_module_is_started(const struct ukb_module *module);

/** A number that is kept with the module for its user: which state of the tokens it has read. 0 at first. */
void ukb_module_set_view(struct ukb_module *module, unsigned long long view);
unsigned long long ukb_module_view(const struct ukb_module *module);

/** The id given at load. Borrowed, as the next two: valid until ukb_module_free(). */
const char *ukb_module_id(const struct ukb_module *module);

/** What the module calls itself: its libraryDescription, or its manufacturer when that is blank. Printable UTF-8. */
const char *ukb_module_name(const struct ukb_module *module);

/** The module's libraryVersion, "major.minor". */
const char *ukb_module_version(const struct ukb_module *module);

#endif /* UKB_TOKEN_MODULE_H */
