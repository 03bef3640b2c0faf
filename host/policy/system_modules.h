/* SPDX-License-Identifier: MIT */
/*
 * system_modules - the PKCS#11 modules that p11-kit is configured with, and vendors' at the places we know.
 *
 * Room: policy.  May include core/ and platform/.  A small reader of pkcs11.conf(5), since p11-kit itself tells its
 * modules only after it has loaded them. What is odd is left out: a file of some other program is no fault of ours.
 */
#ifndef UKB_POLICY_SYSTEM_MODULES_H
#define UKB_POLICY_SYSTEM_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/limits.h"

/** Where modules are configured and kept. NULL: nowhere. */
struct ukb_module_places {
    const char *user;     /**< the user's pkcs11.conf and modules/ */
    const char *admin;    /**< the administrator's */
    const char *packages; /**< the module files of packages */
    const char *library;  /**< where a relative path of a module starts, and OpenSC's module is */
};

/** A module that was found. */
struct ukb_found_module {
    char name[UKB_MODULE_NAME_MAX_LEN + 1U]; /**< of its file, without ".module" */
    char *path;                              /**< absolute, owned */
};

struct ukb_found_modules {
    size_t count;
    struct ukb_found_module items[UKB_MODULE_FILES_MAX];
};

/** A vendor's library: the first of these paths that is there, and root's alone to write, is used. */
struct ukb_vendor_module {
    const char *name;
    const char *patterns[4]; /**< as a shell's, up to a NULL */
};

/** Known vendors; the last row has no name. */
extern const struct ukb_vendor_module ukb_vendor_modules[];

/** p11-kit's modules for us, in its order: priority, then name. Free each path. */
void ukb_system_modules_read(const struct ukb_module_places *places, struct ukb_found_modules *ret_found);

/** The path of a vendor's library, owned by the caller; NULL when there is none to be trusted. */
char *ukb_vendor_module_find(const struct ukb_vendor_module *vendor);

#endif /* UKB_POLICY_SYSTEM_MODULES_H */
