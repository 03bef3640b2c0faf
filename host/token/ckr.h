/* SPDX-License-Identifier: MIT */
/*
 * ckr - what PKCS#11's return values are called, and what each means to a user.
 *
 * Room: token, inside only.
 */
#ifndef UKB_TOKEN_CKR_H
#define UKB_TOKEN_CKR_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#include "core/status.h"

/** Room for any name of ukb_ckr_name(), with its NUL. */
#define UKB_CKR_NAME_SIZE 48U

/** Write "CKR_GENERAL_ERROR", or "CKR_0x80000001" for a value that has no name, to @p ret_name[UKB_CKR_NAME_SIZE]. */
void ukb_ckr_name(CK_RV rv, char *ret_name);

/** The status that @p rv stands for; UKB_E_TOKEN_ERROR for most. @p rv is not CKR_OK. */
enum ukb_status ukb_ckr_status(CK_RV rv);

/** True for the values by which modules say that a token is gone; they use the same for other troubles. */
bool ukb_ckr_may_be_gone(CK_RV rv);

/** True for the values by which modules say that they do not take a template, rather than the object. */
bool ukb_ckr_is_about_template(CK_RV rv);

/** Raise ukb_ckr_status(@p rv), saying that @p what failed, with attribute "ckr" where it is UKB_E_TOKEN_ERROR. */
UKB_MUST_USE enum ukb_status ukb_ckr_raise(CK_RV rv, const char *what, struct ukb_error *reterr);

#endif /* UKB_TOKEN_CKR_H */
