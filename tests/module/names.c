/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define NAME(name, ...) #name,
static const char *const functions[] = { UKB_FAULT_FUNCTIONS(NAME, NAME, NAME) };
#undef NAME
_Static_assert(COUNT(functions) == 68, "PKCS#11 v2.40 has 68 functions");

#define ROW(name)                                                                                                      \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
static const struct {
    const char *name;
    CK_RV rv;
} answers[] = {
    ROW(CKR_CANCEL),
    ROW(CKR_HOST_MEMORY),
    ROW(CKR_SLOT_ID_INVALID),
    ROW(CKR_GENERAL_ERROR),
    ROW(CKR_FUNCTION_FAILED),
    ROW(CKR_ARGUMENTS_BAD),
    ROW(CKR_NO_EVENT),
    ROW(CKR_NEED_TO_CREATE_THREADS),
    ROW(CKR_CANT_LOCK),
    ROW(CKR_ATTRIBUTE_READ_ONLY),
    ROW(CKR_ATTRIBUTE_SENSITIVE),
    ROW(CKR_ATTRIBUTE_TYPE_INVALID),
    ROW(CKR_ATTRIBUTE_VALUE_INVALID),
    ROW(CKR_ACTION_PROHIBITED),
    ROW(CKR_DATA_INVALID),
    ROW(CKR_DATA_LEN_RANGE),
    ROW(CKR_DEVICE_ERROR),
    ROW(CKR_DEVICE_MEMORY),
    ROW(CKR_DEVICE_REMOVED),
    ROW(CKR_ENCRYPTED_DATA_INVALID),
    ROW(CKR_ENCRYPTED_DATA_LEN_RANGE),
    ROW(CKR_FUNCTION_CANCELED),
    ROW(CKR_FUNCTION_NOT_PARALLEL),
    ROW(CKR_FUNCTION_NOT_SUPPORTED),
    ROW(CKR_KEY_HANDLE_INVALID),
    ROW(CKR_KEY_SIZE_RANGE),
    ROW(CKR_KEY_TYPE_INCONSISTENT),
    ROW(CKR_KEY_NOT_NEEDED),
    ROW(CKR_KEY_CHANGED),
    ROW(CKR_KEY_NEEDED),
    ROW(CKR_KEY_INDIGESTIBLE),
    ROW(CKR_KEY_FUNCTION_NOT_PERMITTED),
    ROW(CKR_KEY_NOT_WRAPPABLE),
    ROW(CKR_KEY_UNEXTRACTABLE),
    ROW(CKR_MECHANISM_INVALID),
    ROW(CKR_MECHANISM_PARAM_INVALID),
    ROW(CKR_OBJECT_HANDLE_INVALID),
    ROW(CKR_OPERATION_ACTIVE),
    ROW(CKR_OPERATION_NOT_INITIALIZED),
    ROW(CKR_PIN_INCORRECT),
    ROW(CKR_PIN_INVALID),
    ROW(CKR_PIN_LEN_RANGE),
    ROW(CKR_PIN_EXPIRED),
    ROW(CKR_PIN_LOCKED),
    ROW(CKR_SESSION_CLOSED),
    ROW(CKR_SESSION_COUNT),
    ROW(CKR_SESSION_HANDLE_INVALID),
    ROW(CKR_SESSION_PARALLEL_NOT_SUPPORTED),
    ROW(CKR_SESSION_READ_ONLY),
    ROW(CKR_SESSION_EXISTS),
    ROW(CKR_SESSION_READ_ONLY_EXISTS),
    ROW(CKR_SESSION_READ_WRITE_SO_EXISTS),
    ROW(CKR_SIGNATURE_INVALID),
    ROW(CKR_SIGNATURE_LEN_RANGE),
    ROW(CKR_TEMPLATE_INCOMPLETE),
    ROW(CKR_TEMPLATE_INCONSISTENT),
    ROW(CKR_TOKEN_NOT_PRESENT),
    ROW(CKR_TOKEN_NOT_RECOGNIZED),
    ROW(CKR_TOKEN_WRITE_PROTECTED),
    ROW(CKR_UNWRAPPING_KEY_SIZE_RANGE),
    ROW(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT),
    ROW(CKR_USER_ALREADY_LOGGED_IN),
    ROW(CKR_USER_NOT_LOGGED_IN),
    ROW(CKR_USER_PIN_NOT_INITIALIZED),
    ROW(CKR_USER_TYPE_INVALID),
    ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN),
    ROW(CKR_USER_TOO_MANY_TYPES),
    ROW(CKR_WRAPPED_KEY_INVALID),
    ROW(CKR_WRAPPED_KEY_LEN_RANGE),
    ROW(CKR_WRAPPING_KEY_HANDLE_INVALID),
    ROW(CKR_WRAPPING_KEY_SIZE_RANGE),
    ROW(CKR_WRAPPING_KEY_TYPE_INCONSISTENT),
    ROW(CKR_RANDOM_SEED_NOT_SUPPORTED),
    ROW(CKR_RANDOM_NO_RNG),
    ROW(CKR_DOMAIN_PARAMS_INVALID),
    ROW(CKR_CURVE_NOT_SUPPORTED),
    ROW(CKR_BUFFER_TOO_SMALL),
    ROW(CKR_SAVED_STATE_INVALID),
    ROW(CKR_INFORMATION_SENSITIVE),
    ROW(CKR_STATE_UNSAVEABLE),
    ROW(CKR_CRYPTOKI_NOT_INITIALIZED),
    ROW(CKR_CRYPTOKI_ALREADY_INITIALIZED),
    ROW(CKR_MUTEX_BAD),
    ROW(CKR_MUTEX_NOT_LOCKED),
    ROW(CKR_NEW_PIN_MODE),
    ROW(CKR_NEXT_OTP),
    ROW(CKR_EXCEEDED_MAX_ITERATIONS),
    ROW(CKR_FIPS_SELF_TEST_FAILED),
    ROW(CKR_LIBRARY_LOAD_FAILED),
    ROW(CKR_PIN_TOO_WEAK),
    ROW(CKR_PUBLIC_KEY_INVALID),
    ROW(CKR_FUNCTION_REJECTED),
};
#undef ROW

/* The names are short: a script is typed. */
static const struct {
    const char *name;
    CK_FLAGS flag;
} flags[] = {
    { "LOW", CKF_USER_PIN_COUNT_LOW },
    { "FINAL_TRY", CKF_USER_PIN_FINAL_TRY },
    { "LOCKED", CKF_USER_PIN_LOCKED },
    { "TO_BE_CHANGED", CKF_USER_PIN_TO_BE_CHANGED },
    { "INITIALIZED", CKF_USER_PIN_INITIALIZED },
    { "SO_LOW", CKF_SO_PIN_COUNT_LOW },
    { "SO_FINAL_TRY", CKF_SO_PIN_FINAL_TRY },
    { "SO_LOCKED", CKF_SO_PIN_LOCKED },
    { "SO_TO_BE_CHANGED", CKF_SO_PIN_TO_BE_CHANGED },
    { "PROTECTED_AUTHENTICATION_PATH", CKF_PROTECTED_AUTHENTICATION_PATH },
    { "WRITE_PROTECTED", CKF_WRITE_PROTECTED },
    { "LOGIN_REQUIRED", CKF_LOGIN_REQUIRED },
    { "TOKEN_INITIALIZED", CKF_TOKEN_INITIALIZED },
};

bool
ukb_fault_text_is(struct ukb_fault_text text, const char *word)
{
    return strlen(word) == text.len && memcmp(text.at, word, text.len) == 0;
}

const char *
ukb_fault_function_name(enum ukb_fault_function function)
{
    return functions[function];
}

bool
ukb_fault_function_find(struct ukb_fault_text name, enum ukb_fault_function *ret_function)
{
    size_t i;

    for (i = 0; i < COUNT(functions); i++) {
        if (ukb_fault_text_is(name, functions[i])) {
            *ret_function = (enum ukb_fault_function)i;
            return true;
        }
    }
    return false;
}

/* "0x" and up to eight hexadecimal digits. */
static bool
read_hex(struct ukb_fault_text name, CK_RV *ret_rv)
{
    static const char digits[] = "0123456789abcdef";
    CK_RV rv = 0;
    size_t i;

    if (name.len < 3 || name.len > 10 || memcmp(name.at, "0x", 2) != 0) {
        return false;
    }
    for (i = 2; i < name.len; i++) {
        const char *digit = memchr(digits, name.at[i] >= 'A' && name.at[i] <= 'F' ? name.at[i] - 'A' + 'a' : name.at[i],
                                   sizeof(digits) - 1);

        if (digit == NULL) {
            return false;
        }
        rv = rv << 4U | (CK_RV)(digit - digits);
    }
    *ret_rv = rv;
    return rv != CKR_OK;
}

bool
ukb_fault_ckr_find(struct ukb_fault_text name, CK_RV *ret_rv)
{
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        if (ukb_fault_text_is(name, answers[i].name)) {
            *ret_rv = answers[i].rv;
            return true;
        }
    }
    return read_hex(name, ret_rv);
}

bool
ukb_fault_flag_find(struct ukb_fault_text name, CK_FLAGS *ret_flag)
{
    size_t i;

    for (i = 0; i < COUNT(flags); i++) {
        if (ukb_fault_text_is(name, flags[i].name)) {
            *ret_flag = flags[i].flag;
            return true;
        }
    }
    return false;
}
