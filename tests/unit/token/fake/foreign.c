/* SPDX-License-Identifier: MIT */
/* foreign - a library that is not a PKCS#11 module. */

int ukb_foreign_answer(void);

int
ukb_foreign_answer(void)
{
    return 42;
}
