/* SPDX-License-Identifier: MIT */
/* module - a PKCS#11 module with nothing around it. */
#ifndef UKB_TESTS_BENCH_MODULE_H
#define UKB_TESTS_BENCH_MODULE_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#define ID_LEN 8U /* CKA_ID of what fill.c writes */

#define MODULE_DER_MAX_LEN 12288U
#define MODULE_ID_MAX_LEN  255U /* and of a label */
#define MODULE_KINDS       5U
#define MODULE_STEP        64U /* handles that are asked for at once */

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

/* What is looked for, and read of what is found: into memory of its own, which is used again for the next. */
struct module_kind {
    CK_OBJECT_CLASS class;
    CK_KEY_TYPE key_type;
    const CK_ATTRIBUTE *attributes; /* CKA_VALUE, CKA_ID and CKA_LABEL first of certificates */
    CK_ULONG conditions;
    CK_ULONG count;
};

/* What the host reads: certificates, then keys. */
extern const struct module_kind module_kinds[MODULE_KINDS];

/* The objects of that kind, as many as there is room for in steps of MODULE_STEP. Returns how many. */
CK_ULONG module_search(const struct module *module, CK_SESSION_HANDLE session, const struct module_kind *kind,
                       CK_OBJECT_HANDLE *found, CK_ULONG room);

#endif /* UKB_TESTS_BENCH_MODULE_H */
