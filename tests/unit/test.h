/* SPDX-License-Identifier: MIT */
/* test - what every cmocka file includes, in the order that cmocka asks for. */
#ifndef UKB_TESTS_UNIT_TEST_H
#define UKB_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif /* UKB_TESTS_UNIT_TEST_H */
