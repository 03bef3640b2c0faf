/* SPDX-License-Identifier: MIT */
/* seven - a library of one function. */
__attribute__((visibility("default"))) int seven(void);

int
seven(void)
{
    return 7;
}
