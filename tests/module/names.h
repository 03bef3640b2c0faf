/* SPDX-License-Identifier: MIT */
/* names - PKCS#11's names as a script writes them. */
#ifndef UKB_TESTS_MODULE_NAMES_H
#define UKB_TESTS_MODULE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/pkcs11.h>

#include "functions.h"

/** A part of a script's text; not terminated. */
struct ukb_fault_text {
    const char *at;
    size_t len;
};

bool ukb_fault_text_is(struct ukb_fault_text text, const char *word);

/** "C_Login". Static. */
const char *ukb_fault_function_name(enum ukb_fault_function function);

/** Each finds a name in its table; false when it is not there. */
bool ukb_fault_function_find(struct ukb_fault_text name, enum ukb_fault_function *ret_function);

/** "CKR_DEVICE_REMOVED", or a number: "0x80000001". Not CKR_OK. */
bool ukb_fault_ckr_find(struct ukb_fault_text name, CK_RV *ret_rv);

/** A flag of CK_TOKEN_INFO by its short name: "LOW". */
bool ukb_fault_flag_find(struct ukb_fault_text name, CK_FLAGS *ret_flag);

#endif /* UKB_TESTS_MODULE_NAMES_H */
