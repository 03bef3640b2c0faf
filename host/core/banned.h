/* SPDX-License-Identifier: MIT */
/*
 * banned - calls that make a compile error, each with the reason it is not ours to make.
 * Force-included into every C file of the project, after the headers that declare them.
 */
#ifndef UKB_CORE_BANNED_H
#define UKB_CORE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Unbounded writes: use snprintf, memcpy with a checked length, or struct ukb_buf. */
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets stpcpy
/* Hidden state or no error report: use strtok_r-free parsing, strtoul-free table readers, gmtime_r. */
#pragma GCC poison strtok atoi atol atoll gmtime localtime ctime asctime
/* A shell between us and a program: use the process API of libuv or libassuan. */
#pragma GCC poison system popen

#endif /* UKB_CORE_BANNED_H */
