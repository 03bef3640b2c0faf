/* SPDX-License-Identifier: MIT */
/*
 * identity - who a Chinese certificate is about: extensions 1.2.156.10260.4.1.* and the unified social credit code.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_IDENTITY_H
#define UKB_PKI_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

/** A unified social credit code has 18 characters (GB 32100-2015 §4.1). */
#define UKB_CREDIT_CODE_LEN 18U

/** The arc of the identity extensions (GM/T 0015): .1 person, .2 insurance, .3 registration, .4 organisation, .5 tax.
 */
#define UKB_IDENTITY_ARC "1.2.156.10260.4.1."

/** One extension below UKB_IDENTITY_ARC. It can name a person: not for logs. */
struct ukb_identity {
    char *oid;                  /**< dotted */
    const unsigned char *value; /**< content of extnValue, as issued: what is compared */
    size_t value_len;
    char *text; /**< UTF-8 of the string in it, or NULL when there is none */
};

/**
 * Find the first unified social credit code in @p text: a run of exactly 18 digits and capitals of its alphabet with
 * the right check character (GB 32100-2015 §5), whatever stands around it ("企业@91320000…@1").
 *
 * @param text      UTF-8, borrowed.
 * @param ret_code  the code and a NUL; written only when one is found.
 * @return whether one was found. Does not block.
 */
bool ukb_credit_code_find(const char *text, char ret_code[UKB_CREDIT_CODE_LEN + 1U]);

#endif /* UKB_PKI_IDENTITY_H */
