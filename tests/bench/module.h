/* SPDX-License-Identifier: MIT */
/* module - a PKCS#11 module with nothing around it. */
#ifndef UKB_TESTS_BENCH_MODULE_H
#define UKB_TESTS_BENCH_MODULE_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#define ID_LEN 8U /* CKA_ID of what fill.c writes */

struct module {
    CK_FUNCTION_LIST *functions;
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
};

/* Load and initialise; false on failure. */
bool module_load(const char *path, struct module *module);

/* Find the slot whose token has that label. */
bool module_find(struct module *module, const char *label);

/* Open a session for writing on it, and log in. */
bool module_login(struct module *module, const char *pin);

#endif /* UKB_TESTS_BENCH_MODULE_H */
