/* SPDX-License-Identifier: MIT */
/*
 * fixture - libukb-fault.so over SoftHSM with two tokens, "UKey one" and "UKey two", user PIN 123456.
 *
 * All functions fail the running test on any error.
 */
#ifndef UKB_TESTS_MODULE_FIXTURE_H
#define UKB_TESTS_MODULE_FIXTURE_H

#include <p11-kit/pkcs11.h>

#define FIXTURE_SLOTS_MAX 8U

/** The module that fixture_start() loaded. */
extern CK_FUNCTION_LIST *fixture_module;

/** Group setup and teardown: make the tokens, remove them. */
int fixture_tokens(void **state);
int fixture_no_tokens(void **state);

/** Load the library anew, so that it reads its variables; what C_GetFunctionList answers. */
CK_RV fixture_load(void);
int fixture_unload(void);

/** Load it with this script (NULL: none) and initialise it. */
void fixture_start(const char *script);

/** Teardown of each test: finalise, unload, forget the variables. */
int fixture_stop(void **state);

/** The slot of the token of that label; a session for writing on it. */
CK_SLOT_ID fixture_slot(const char *label);
CK_SESSION_HANDLE fixture_session(const char *label);

/** Make a public data object of that label, and count those that are there. */
CK_RV fixture_create(CK_SESSION_HANDLE session, const char *label);
CK_ULONG fixture_count(CK_SESSION_HANDLE session, const char *label);

/** The path of a file beside the tokens (valid until the next call), its content, and a new content for it. */
const char *fixture_file(const char *name);
const char *fixture_read(const char *name);
void fixture_write(const char *name, const char *text);

#endif /* UKB_TESTS_MODULE_FIXTURE_H */
