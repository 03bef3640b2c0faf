/* SPDX-License-Identifier: MIT */
/*
 * fake_module - a scripted PKCS#11 module: what SoftHSM cannot do (lock a PIN, mistreat the standard) on demand.
 *
 * One fake per process, since PKCS#11's functions have no context. fake_reset() before each test.
 */
#ifndef UKB_TESTS_FAKE_MODULE_H
#define UKB_TESTS_FAKE_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/pkcs11.h>

#define FAKE_SLOTS_MAX      80U
#define FAKE_OBJECTS_MAX    8U
#define FAKE_ATTRIBUTES_MAX 8U
#define FAKE_VALUE_MAX_LEN  16384U

struct fake_attribute {
    CK_ATTRIBUTE_TYPE type;
    size_t len;
    unsigned char value[FAKE_VALUE_MAX_LEN];
};

struct fake_object {
    bool present;
    size_t count;
    struct fake_attribute attributes[FAKE_ATTRIBUTES_MAX];
};

struct fake {
    /* The script: set what a test needs. */
    const char *pin;
    unsigned int tries_left; /* counts down with each wrong PIN; 0 is locked */
    bool tells_tries;        /* flags follow tries_left; otherwise they never say anything about tries */
    CK_FLAGS flags;          /* more token flags, kept as they are */
    CK_RV wrong_pin_answer;
    const char *so_pin;
    unsigned int so_tries_left; /* as tries_left; locked for good */
    CK_RV set_pin_answer;       /* not CKR_OK: C_SetPIN answers this without looking at a PIN */
    CK_RV init_pin_answer;      /* the same for C_InitPIN */
    bool wants_login_to_set;    /* C_SetPIN answers USER_NOT_LOGGED_IN without a login */
    CK_RV login_answer;         /* not CKR_OK: C_Login answers this whatever the PIN */
    CK_RV context_answer;       /* the same for CKU_CONTEXT_SPECIFIC */
    CK_ULONG pin_min_len;
    CK_ULONG pin_max_len;
    size_t slot_count;
    const char *serials[FAKE_SLOTS_MAX]; /* NULL: as the first slot's */
    CK_RV initialize_answer;
    CK_RV slot_list_answer;
    CK_RV token_info_answer;
    CK_RV open_answer;
    bool wants_login_per_signature; /* C_Sign answers USER_NOT_LOGGED_IN without one */
    size_t signature_len;
    CK_MECHANISM_TYPE mechanisms[8];
    size_t mechanism_count;
    bool stops_at_first;          /* C_GetAttributeValue leaves all after the first trouble untouched */
    bool searches_loosely;        /* C_FindObjects takes no notice of CKA_ID */
    CK_ATTRIBUTE_TYPE refuses[4]; /* C_CreateObject and C_GenerateKeyPair take none of these */
    size_t refuses_count;
    CK_RV create_answer;
    CK_RV find_answer;
    CK_RV attribute_answer; /* C_GetAttributeValue of anything */

    unsigned int fail_at; /* the call of this number, from 1, answers fail_answer; 0: none does */
    CK_RV fail_answer;

    /* What happened. */
    unsigned int calls; /* of any function but C_Finalize, C_Logout and C_CloseSession */
    bool initialised;
    bool logged_in;
    unsigned int initialize_calls;
    unsigned int finalize_calls;
    unsigned int login_calls;
    unsigned int so_login_calls;
    unsigned int context_login_calls;
    unsigned int set_pin_calls;
    unsigned int init_pin_calls;
    unsigned int tries_spent; /* PINs of any kind that were looked at and wrong */
    unsigned int logout_calls;
    unsigned int open_sessions;
    unsigned int attribute_calls;
    unsigned int create_calls;
    unsigned int sign_calls;
    bool login_pin_was_null;
    bool new_pin_was_null;  /* C_SetPIN's or C_InitPIN's */
    CK_ULONG created_count; /* attributes of the last template of C_CreateObject */
    CK_MECHANISM_TYPE sign_mechanism;
    unsigned char signed_data[256];
    CK_ULONG signed_len;

    /* The inside. */
    bool so_logged_in;
    char pin_that_was_set[64];
    bool operation;
    bool operation_logged_in;
    struct fake_object objects[FAKE_OBJECTS_MAX];
    bool search_matches[FAKE_OBJECTS_MAX];
};

extern struct fake fake;

/** A token in slot 0 with PIN 123456, administrator's PIN 87654321, three tries of each, mechanisms for RSA and EC, no
 * objects. */
void fake_reset(void);

/** The function list of the fake. */
CK_FUNCTION_LIST *fake_functions(void);

/** Put an object on the token; returns its handle. */
CK_OBJECT_HANDLE fake_object_add(CK_OBJECT_CLASS class);
void fake_object_set(CK_OBJECT_HANDLE handle, CK_ATTRIBUTE_TYPE type, const void *value, size_t len);

#endif /* UKB_TESTS_FAKE_MODULE_H */
