/* SPDX-License-Identifier: MIT */
#include "../unit/test.h"

#include "fixture.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/softhsm.h"

static const char *const variables[] = { "UKB_FAULT",       "UKB_FAULT_STATE",      "UKB_FAULT_LOG",
                                         "UKB_FAULT_SLOTS", "UKB_FAULT_SLOTS_SEEN", NULL };

static struct softhsm soft;
static void *library;

CK_FUNCTION_LIST *fixture_module;

const char *
fixture_file(const char *name)
{
    static char path[512];

    (void)snprintf(path, sizeof(path), "%s/%s", soft.directory, name);
    return path;
}

void
fixture_write(const char *name, const char *text)
{
    FILE *file = fopen(fixture_file(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

const char *
fixture_read(const char *name)
{
    static char text[8192];
    FILE *file = fopen(fixture_file(name), "r");
    size_t len;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    text[len] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

int
fixture_tokens(void **state)
{
    (void)state;
    softhsm_start(&soft, NULL);
    softhsm_token_new(&soft, "UKey one");
    softhsm_token_new(&soft, "UKey two");
    ukb_module_free(soft.module); /* it is one library in one process: ours initialises it */
    soft.module = NULL;
    return setenv("UKB_FAULT_MODULE", SOFTHSM_PATH, 1);
}

int
fixture_no_tokens(void **state)
{
    (void)state;
    softhsm_stop(&soft);
    return 0;
}

CK_RV
fixture_load(void)
{
    CK_C_GetFunctionList get = NULL;
    void *symbol = NULL;

    library = dlopen(FAULT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    symbol = dlsym(library, "C_GetFunctionList");
    assert_non_null(symbol);
    memcpy(&get, &symbol, sizeof(get));
    return get(&fixture_module);
}

void
fixture_start(const char *script)
{
    if (script != NULL) {
        assert_int_equal(setenv("UKB_FAULT", script, 1), 0);
    }
    assert_int_equal(fixture_load(), CKR_OK);
    assert_int_equal(fixture_module->C_Initialize(NULL), CKR_OK);
}

int
fixture_unload(void)
{
    const int failed = library == NULL ? 0 : dlclose(library);

    library = NULL;
    return failed;
}

int
fixture_stop(void **state)
{
    size_t i;

    (void)state;
    if (fixture_module != NULL) {
        (void)fixture_module->C_Finalize(NULL);
    }
    for (i = 0; variables[i] != NULL; i++) {
        (void)unsetenv(variables[i]);
    }
    fixture_module = NULL;
    return fixture_unload();
}

CK_SLOT_ID
fixture_slot(const char *label)
{
    CK_SLOT_ID slots[FIXTURE_SLOTS_MAX];
    CK_ULONG count = 0;
    CK_TOKEN_INFO info;
    CK_ULONG i;

    assert_int_equal(fixture_module->C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
    count = FIXTURE_SLOTS_MAX;
    assert_int_equal(fixture_module->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    for (i = 0; i < count; i++) {
        if (fixture_module->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
            memcmp(info.label, label, strlen(label)) == 0) {
            return slots[i];
        }
    }
    fail_msg("no token is called %s", label);
    return 0;
}

CK_SESSION_HANDLE
fixture_session(const char *label)
{
    CK_SESSION_HANDLE session = 0;

    assert_int_equal(
        fixture_module->C_OpenSession(fixture_slot(label), CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session),
        CKR_OK);
    return session;
}

CK_RV
fixture_create(CK_SESSION_HANDLE session, const char *label)
{
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    char text[32];
    CK_ATTRIBUTE attributes[] = {
        { CKA_CLASS, &class, sizeof(class) },
        { CKA_TOKEN, &yes, sizeof(yes) },
        { CKA_PRIVATE, &no, sizeof(no) },
        { CKA_LABEL, text, strlen(label) },
    };
    CK_OBJECT_HANDLE object = 0;

    memcpy(text, label, strlen(label));
    return fixture_module->C_CreateObject(session, attributes, 4, &object);
}

CK_ULONG
fixture_count(CK_SESSION_HANDLE session, const char *label)
{
    CK_OBJECT_HANDLE objects[8];
    CK_ULONG count = 0;
    char text[32];
    CK_ATTRIBUTE template = { CKA_LABEL, text, strlen(label) };

    memcpy(text, label, strlen(label));
    assert_int_equal(fixture_module->C_FindObjectsInit(session, &template, 1), CKR_OK);
    assert_int_equal(fixture_module->C_FindObjects(session, objects, 8, &count), CKR_OK);
    assert_int_equal(fixture_module->C_FindObjectsFinal(session), CKR_OK);
    return count;
}
