/* SPDX-License-Identifier: MIT */
#include "fake_module.h"

#include <stdio.h>
#include <string.h>

struct fake fake;

static const char PIN[] = "123456";
static const char SO_PIN[] = "87654321";

void
fake_reset(void)
{
    static const CK_MECHANISM_TYPE mechanisms[] = { CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_RSA_PKCS,
                                                    CKM_ECDSA };

    memset(&fake, 0, sizeof(fake));
    fake.pin = PIN;
    fake.tries_left = 3;
    fake.so_pin = SO_PIN;
    fake.so_tries_left = 3;
    fake.tells_tries = true;
    fake.flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_LOGIN_REQUIRED;
    fake.wrong_pin_answer = CKR_PIN_INCORRECT;
    fake.pin_min_len = 4;
    fake.pin_max_len = 16;
    fake.slot_count = 1;
    fake.serials[0] = "0001";
    memcpy(fake.mechanisms, mechanisms, sizeof(mechanisms));
    fake.mechanism_count = sizeof(mechanisms) / sizeof(mechanisms[0]);
    fake.signature_len = 256;
}

static void
pad(unsigned char *field, size_t size, const char *text)
{
    memset(field, ' ', size);
    memcpy(field, text, strlen(text));
}

/* Counts a call; whether it is the one that the script has fail. */
static bool
fails(void)
{
    return ++fake.calls == fake.fail_at;
}

static CK_RV
fake_initialize(void *args)
{
    (void)args;
    if (fails()) {
        return fake.fail_answer;
    }
    fake.initialize_calls++;
    if (fake.initialize_answer != CKR_OK) {
        return fake.initialize_answer;
    }
    fake.initialised = true;
    return CKR_OK;
}

static CK_RV
fake_finalize(void *reserved)
{
    (void)reserved;
    fake.finalize_calls++;
    fake.initialised = false;
    return CKR_OK;
}

static CK_RV
fake_get_info(CK_INFO *info)
{
    if (fails()) {
        return fake.fail_answer;
    }
    memset(info, 0, sizeof(*info));
    pad(info->manufacturerID, sizeof(info->manufacturerID), "Fake maker");
    pad(info->libraryDescription, sizeof(info->libraryDescription), "");
    info->libraryVersion.major = 1;
    info->libraryVersion.minor = 7;
    return CKR_OK;
}

static CK_RV
fake_get_slot_list(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count)
{
    const CK_ULONG room = *count;
    CK_ULONG i;

    (void)present;
    if (fails()) {
        return fake.fail_answer;
    }
    if (fake.slot_list_answer != CKR_OK) {
        return fake.slot_list_answer;
    }
    *count = fake.slot_count;
    if (slots == NULL) {
        return CKR_OK;
    }
    if (room < fake.slot_count) {
        return CKR_BUFFER_TOO_SMALL;
    }
    for (i = 0; i < fake.slot_count; i++) {
        slots[i] = i;
    }
    return CKR_OK;
}

static CK_RV
fake_get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    (void)slot;
    if (fails()) {
        return fake.fail_answer;
    }
    memset(info, 0, sizeof(*info));
    pad(info->slotDescription, sizeof(info->slotDescription), "Fake reader");
    return CKR_OK;
}

static CK_FLAGS
try_flags(void)
{
    static const CK_FLAGS user[] = { CKF_USER_PIN_LOCKED, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_COUNT_LOW, 0 };
    static const CK_FLAGS so[] = { CKF_SO_PIN_LOCKED, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_COUNT_LOW, 0 };

    return fake.tells_tries ? user[fake.tries_left] | so[fake.so_tries_left] : 0;
}

static CK_RV
fake_get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    if (fails()) {
        return fake.fail_answer;
    }
    if (fake.token_info_answer != CKR_OK) {
        return fake.token_info_answer;
    }
    if (slot >= fake.slot_count) {
        return CKR_SLOT_ID_INVALID;
    }
    memset(info, 0, sizeof(*info));
    pad(info->label, sizeof(info->label), "Fake token");
    pad(info->manufacturerID, sizeof(info->manufacturerID), "Fake maker");
    pad(info->model, sizeof(info->model), "F1");
    pad(info->serialNumber, sizeof(info->serialNumber),
        fake.serials[slot] == NULL ? fake.serials[0] : fake.serials[slot]);
    info->flags = fake.flags | try_flags();
    info->ulMinPinLen = fake.pin_min_len;
    info->ulMaxPinLen = fake.pin_max_len;
    return CKR_OK;
}

static CK_RV
fake_get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    size_t i;

    (void)slot;
    if (fails()) {
        return fake.fail_answer;
    }
    for (i = 0; i < fake.mechanism_count; i++) {
        if (fake.mechanisms[i] == type) {
            memset(info, 0, sizeof(*info));
            info->flags = CKF_GENERATE_KEY_PAIR | CKF_SIGN;
            info->ulMinKeySize = type == CKM_EC_KEY_PAIR_GEN ? 256 : 1024;
            info->ulMaxKeySize = type == CKM_EC_KEY_PAIR_GEN ? 256 : 2048;
            return CKR_OK;
        }
    }
    return CKR_MECHANISM_INVALID;
}

static CK_RV
fake_open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    (void)flags;
    (void)application;
    (void)notify;
    if (fails()) {
        return fake.fail_answer;
    }
    if (fake.open_answer != CKR_OK) {
        return fake.open_answer;
    }
    fake.open_sessions++;
    *session = slot + 100;
    return CKR_OK;
}

static CK_RV
fake_close_session(CK_SESSION_HANDLE session)
{
    (void)session;
    fake.open_sessions--;
    return CKR_OK;
}

static CK_RV
fake_get_session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    if (fails()) {
        return fake.fail_answer;
    }
    memset(info, 0, sizeof(*info));
    info->slotID = session - 100;
    info->state = fake.logged_in ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION;
    return CKR_OK;
}

static CK_RV
check(const unsigned char *pin, CK_ULONG len, const char *right, unsigned int *inout_tries_left)
{
    if (*inout_tries_left == 0) {
        return fake.wrong_pin_answer; /* some cards answer "incorrect" even when locked */
    }
    if (pin != NULL && (len != strlen(right) || memcmp(pin, right, len) != 0)) {
        fake.tries_spent++;
        *inout_tries_left -= 1;
        return fake.wrong_pin_answer;
    }
    *inout_tries_left = 3;
    return CKR_OK;
}

static CK_RV
check_pin(const unsigned char *pin, CK_ULONG len)
{
    return check(pin, len, fake.pin, &fake.tries_left);
}

static CK_RV
fake_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
    CK_RV rv;

    (void)session;
    fake.login_pin_was_null = pin == NULL;
    fake.context_login_calls += user == CKU_CONTEXT_SPECIFIC ? 1 : 0;
    fake.login_calls += user == CKU_USER ? 1 : 0;
    fake.so_login_calls += user == CKU_SO ? 1 : 0;
    if (fails()) {
        return fake.fail_answer;
    }
    if (user == CKU_CONTEXT_SPECIFIC) {
        if (!fake.operation) {
            return CKR_OPERATION_NOT_INITIALIZED;
        }
        rv = fake.context_answer != CKR_OK ? fake.context_answer : check_pin(pin, len);
        fake.operation_logged_in = rv == CKR_OK;
        return rv;
    }
    if (fake.login_answer != CKR_OK) {
        return fake.login_answer;
    }
    if (user == CKU_SO) {
        rv = check(pin, len, fake.so_pin, &fake.so_tries_left);
        fake.so_logged_in = rv == CKR_OK;
        return rv;
    }
    rv = check_pin(pin, len);
    fake.logged_in = rv == CKR_OK;
    return rv;
}

static CK_RV
fake_logout(CK_SESSION_HANDLE session)
{
    (void)session;
    fake.logout_calls++;
    fake.logged_in = false;
    fake.so_logged_in = false;
    return CKR_OK;
}

/* The token's user PIN is now @p pin; what was entered on a PIN pad is not known here. */
static void
take_pin(const unsigned char *pin, CK_ULONG len)
{
    fake.new_pin_was_null = pin == NULL;
    if (pin != NULL && len < sizeof(fake.pin_that_was_set)) {
        memset(fake.pin_that_was_set, 0, sizeof(fake.pin_that_was_set));
        memcpy(fake.pin_that_was_set, pin, len);
        fake.pin = fake.pin_that_was_set;
    }
    fake.tries_left = 3;
    fake.flags |= CKF_USER_PIN_INITIALIZED;
    fake.flags &= ~(CK_FLAGS)CKF_USER_PIN_TO_BE_CHANGED;
}

static CK_RV
fake_set_pin(CK_SESSION_HANDLE session, unsigned char *old, CK_ULONG old_len, unsigned char *pin, CK_ULONG len)
{
    CK_RV rv;

    (void)session;
    fake.set_pin_calls++;
    fake.login_pin_was_null = old == NULL;
    if (fails()) {
        return fake.fail_answer;
    }
    if (fake.set_pin_answer != CKR_OK) {
        return fake.set_pin_answer;
    }
    if (fake.wants_login_to_set && !fake.logged_in) {
        return CKR_USER_NOT_LOGGED_IN;
    }
    rv = check_pin(old, old_len);
    if (rv == CKR_OK) {
        take_pin(pin, len);
    }
    return rv;
}

static CK_RV
fake_init_pin(CK_SESSION_HANDLE session, unsigned char *pin, CK_ULONG len)
{
    (void)session;
    fake.init_pin_calls++;
    if (fails()) {
        return fake.fail_answer;
    }
    if (fake.init_pin_answer != CKR_OK) {
        return fake.init_pin_answer;
    }
    if (!fake.so_logged_in) {
        return CKR_USER_NOT_LOGGED_IN;
    }
    take_pin(pin, len);
    return CKR_OK;
}

static CK_RV
fake_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)session;
    (void)key;
    if (fails()) {
        return fake.fail_answer;
    }
    if (fake.operation) {
        return CKR_OPERATION_ACTIVE;
    }
    fake.operation = true;
    fake.operation_logged_in = false;
    fake.sign_mechanism = mechanism->mechanism;
    return CKR_OK;
}

static CK_RV
fake_sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len, unsigned char *signature, CK_ULONG *inout_len)
{
    (void)session;
    if (fails()) {
        return fake.fail_answer;
    }
    fake.sign_calls++;
    if (!fake.operation) {
        return CKR_OPERATION_NOT_INITIALIZED;
    }
    if (*inout_len < fake.signature_len) {
        return CKR_BUFFER_TOO_SMALL;
    }
    fake.operation = false;
    if (fake.wants_login_per_signature && !fake.operation_logged_in) {
        return CKR_USER_NOT_LOGGED_IN;
    }
    fake.signed_len = len < sizeof(fake.signed_data) ? len : sizeof(fake.signed_data);
    memcpy(fake.signed_data, data, fake.signed_len);
    memset(signature, 0x5A, fake.signature_len);
    *inout_len = fake.signature_len;
    return CKR_OK;
}

/* The objects: handles are indexes plus one. */

CK_OBJECT_HANDLE
fake_object_add(CK_OBJECT_CLASS class)
{
    size_t i = 0;

    while (fake.objects[i].present) {
        i++;
    }
    memset(&fake.objects[i], 0, sizeof(fake.objects[i]));
    fake.objects[i].present = true;
    fake_object_set(i + 1, CKA_CLASS, &class, sizeof(class));
    return i + 1;
}

void
fake_object_set(CK_OBJECT_HANDLE handle, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
    struct fake_object *object = &fake.objects[handle - 1];
    struct fake_attribute *attribute = &object->attributes[object->count++];

    attribute->type = type;
    attribute->len = len;
    memcpy(attribute->value, value, len);
}

static const struct fake_attribute *
find_attribute(CK_OBJECT_HANDLE handle, CK_ATTRIBUTE_TYPE type)
{
    const struct fake_object *object = &fake.objects[handle - 1];
    size_t i;

    for (i = 0; i < object->count; i++) {
        if (object->attributes[i].type == type) {
            return &object->attributes[i];
        }
    }
    return NULL;
}

static bool
matches(CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        const struct fake_attribute *attribute = find_attribute(handle, template[i].type);

        if (fake.searches_loosely && template[i].type == CKA_ID) {
            continue;
        }
        if (attribute == NULL || attribute->len != template[i].ulValueLen ||
            memcmp(attribute->value, template[i].pValue, attribute->len) != 0) {
            return false;
        }
    }
    return true;
}

static CK_RV
fake_find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
    size_t i;

    (void)session;
    if (fails()) {
        return fake.fail_answer;
    }
    for (i = 0; i < FAKE_OBJECTS_MAX; i++) {
        fake.search_matches[i] = fake.objects[i].present && matches(i + 1, template, count);
    }
    return CKR_OK;
}

static CK_RV
fake_find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *handles, CK_ULONG room, CK_ULONG *count)
{
    size_t i;

    (void)session;
    if (fails()) {
        return fake.fail_answer;
    }
    *count = 0;
    if (fake.find_answer != CKR_OK) {
        return fake.find_answer;
    }
    for (i = 0; i < FAKE_OBJECTS_MAX && *count < room; i++) {
        if (fake.search_matches[i]) {
            handles[(*count)++] = i + 1;
            fake.search_matches[i] = false;
        }
    }
    return CKR_OK;
}

static CK_RV
fake_find_objects_final(CK_SESSION_HANDLE session)
{
    (void)session;
    if (fails()) {
        return fake.fail_answer;
    }
    return CKR_OK;
}

static CK_RV
get_one(CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *wanted)
{
    const struct fake_attribute *attribute = find_attribute(handle, wanted->type);
    const CK_ULONG room = wanted->ulValueLen;

    if (attribute == NULL) {
        wanted->ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
    wanted->ulValueLen = attribute->len;
    if (wanted->pValue == NULL) {
        return CKR_OK;
    }
    if (room < attribute->len) {
        wanted->ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_BUFFER_TOO_SMALL;
    }
    memcpy(wanted->pValue, attribute->value, attribute->len);
    return CKR_OK;
}

static CK_RV
fake_get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    CK_RV rv = CKR_OK;
    CK_RV one;
    CK_ULONG i;

    (void)session;
    if (fails()) {
        return fake.fail_answer;
    }
    fake.attribute_calls++;
    if (fake.attribute_answer != CKR_OK) {
        return fake.attribute_answer;
    }
    if (object == 0 || object > FAKE_OBJECTS_MAX || !fake.objects[object - 1].present) {
        return CKR_OBJECT_HANDLE_INVALID;
    }
    for (i = 0; i < count; i++) {
        one = get_one(object, &attributes[i]);
        rv = one != CKR_OK ? one : rv;
        if (one != CKR_OK && fake.stops_at_first) {
            break;
        }
    }
    return rv;
}

static bool
is_refused(const CK_ATTRIBUTE *template, CK_ULONG count)
{
    CK_ULONG i;
    size_t j;

    for (i = 0; i < count; i++) {
        for (j = 0; j < fake.refuses_count; j++) {
            if (template[i].type == fake.refuses[j]) {
                return true;
            }
        }
    }
    return false;
}

static CK_RV
fake_create_object(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    (void)session;
    if (fails()) {
        return fake.fail_answer;
    }
    fake.create_calls++;
    if (fake.create_answer != CKR_OK) {
        return fake.create_answer;
    }
    if (is_refused(template, count)) {
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
    fake.created_count = count;
    *handle = fake_object_add(CKO_CERTIFICATE);
    return CKR_OK;
}

static CK_RV
fake_destroy_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    (void)session;
    if (fails()) {
        return fake.fail_answer;
    }
    if (object == 0 || object > FAKE_OBJECTS_MAX || !fake.objects[object - 1].present) {
        return CKR_OBJECT_HANDLE_INVALID;
    }
    fake.objects[object - 1].present = false;
    return CKR_OK;
}

/* Makes the objects, but no key: enough for templates and for a token that hides what it made. */
static CK_RV
fake_generate_key_pair(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_template,
                       CK_ULONG public_count, CK_ATTRIBUTE *private_template, CK_ULONG private_count,
                       CK_OBJECT_HANDLE *public_handle, CK_OBJECT_HANDLE *private_handle)
{
    (void)session;
    (void)mechanism;
    if (fails()) {
        return fake.fail_answer;
    }
    fake.create_calls++;
    if (fake.create_answer != CKR_OK) {
        return fake.create_answer;
    }
    if (is_refused(public_template, public_count) || is_refused(private_template, private_count)) {
        return CKR_TEMPLATE_INCONSISTENT;
    }
    *public_handle = fake_object_add(CKO_PUBLIC_KEY);
    *private_handle = fake_object_add(CKO_PRIVATE_KEY);
    return CKR_OK;
}

CK_FUNCTION_LIST *
fake_functions(void)
{
    static CK_FUNCTION_LIST functions = {
        .version = { 2, 40 },
        .C_Initialize = fake_initialize,
        .C_Finalize = fake_finalize,
        .C_GetInfo = fake_get_info,
        .C_GetSlotList = fake_get_slot_list,
        .C_GetSlotInfo = fake_get_slot_info,
        .C_GetTokenInfo = fake_get_token_info,
        .C_GetMechanismInfo = fake_get_mechanism_info,
        .C_OpenSession = fake_open_session,
        .C_CloseSession = fake_close_session,
        .C_GetSessionInfo = fake_get_session_info,
        .C_Login = fake_login,
        .C_Logout = fake_logout,
        .C_SetPIN = fake_set_pin,
        .C_InitPIN = fake_init_pin,
        .C_SignInit = fake_sign_init,
        .C_Sign = fake_sign,
        .C_DecryptInit = fake_sign_init, /* the same discipline; only lengths differ */
        .C_Decrypt = fake_sign,
        .C_FindObjectsInit = fake_find_objects_init,
        .C_FindObjects = fake_find_objects,
        .C_FindObjectsFinal = fake_find_objects_final,
        .C_GetAttributeValue = fake_get_attribute_value,
        .C_CreateObject = fake_create_object,
        .C_DestroyObject = fake_destroy_object,
        .C_GenerateKeyPair = fake_generate_key_pair,
    };

    return &functions;
}
