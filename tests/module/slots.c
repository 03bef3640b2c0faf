/* SPDX-License-Identifier: MIT */
#include "slots.h"

#include <string.h>

#define SLOTS_MAX    16U
#define SESSIONS_MAX 64U
#define REAL_MAX     64U /* slots of the real module */
#define LABEL_SIZE   sizeof(((CK_TOKEN_INFO *)0)->label)
#define LINE_SIZE    256

/* What a reader holds: a label padded as tokens pad it. */
struct holding {
    bool token;
    unsigned char label[LABEL_SIZE];
};

struct readers {
    struct holding items[SLOTS_MAX];
    CK_ULONG count;
};

/* A session, and where it was opened; handle 0: none. */
struct opened {
    CK_SESSION_HANDLE handle;
    CK_SLOT_ID slot;
    struct holding holding;
};

static const char *file;
static enum ukb_fault_seen seen;
static const CK_FUNCTION_LIST *real;
static struct readers listed; /* what C_GetSlotList knows of */
static struct opened sessions[SESSIONS_MAX];

static void
read_line(const char *line, struct holding *ret_holding)
{
    const size_t len = strcspn(line, "\n");

    ret_holding->token = len > 0;
    memset(ret_holding->label, ' ', LABEL_SIZE);
    memcpy(ret_holding->label, line, len < LABEL_SIZE ? len : LABEL_SIZE);
}

/* The readers as they are now; a file that is not there has none. */
static struct readers
look(void)
{
    struct readers readers = { .count = 0 };
    char line[LINE_SIZE];
    FILE *stream = fopen(file, "re");

    while (stream != NULL && readers.count < SLOTS_MAX && fgets(line, sizeof(line), stream) != NULL) {
        read_line(line, &readers.items[readers.count++]);
    }
    if (stream != NULL) {
        (void)fclose(stream);
    }
    return readers;
}

/* The real module's slot whose token has that label. */
static CK_RV
find_real(const struct holding *holding, CK_SLOT_ID *ret_slot)
{
    CK_SLOT_ID slots[REAL_MAX];
    CK_ULONG count = REAL_MAX;
    CK_TOKEN_INFO info;
    CK_ULONG i;
    CK_RV rv;

    if (!holding->token) {
        return CKR_TOKEN_NOT_PRESENT;
    }
    rv = real->C_GetSlotList(CK_TRUE, slots, &count);
    for (i = 0; rv == CKR_OK && i < count; i++) {
        if (real->C_GetTokenInfo(slots[i], &info) == CKR_OK && memcmp(info.label, holding->label, LABEL_SIZE) == 0) {
            *ret_slot = slots[i];
            return CKR_OK;
        }
    }
    return rv == CKR_OK ? CKR_TOKEN_NOT_PRESENT : rv;
}

/* The real slot behind @p slot, and what it holds now. */
static CK_RV
translate(CK_SLOT_ID slot, struct holding *ret_holding, CK_SLOT_ID *ret_slot)
{
    const struct readers now = look();

    if (slot >= listed.count) {
        return CKR_SLOT_ID_INVALID;
    }
    if (slot >= now.count) {
        return CKR_TOKEN_NOT_PRESENT;
    }
    *ret_holding = now.items[slot];
    return find_real(ret_holding, ret_slot);
}

static struct opened *
find_session(CK_SESSION_HANDLE handle)
{
    size_t i;

    for (i = 0; i < SESSIONS_MAX; i++) {
        if (sessions[i].handle == handle) {
            return &sessions[i];
        }
    }
    return NULL;
}

bool
ukb_fault_slots_holds(CK_SESSION_HANDLE session)
{
    struct opened *opened = file == NULL || session == CK_INVALID_HANDLE ? NULL : find_session(session);
    struct readers now;

    if (opened == NULL) {
        return true; /* the real module knows what to say */
    }
    now = look();
    if (opened->slot < now.count && now.items[opened->slot].token &&
        memcmp(now.items[opened->slot].label, opened->holding.label, LABEL_SIZE) == 0) {
        return true;
    }
    (void)real->C_CloseSession(session); /* with its last session a login ends, too */
    opened->handle = CK_INVALID_HANDLE;
    return false;
}

void
ukb_fault_slots_pull(void)
{
    const struct readers now = file == NULL ? (struct readers){ .count = 0 } : look();
    FILE *stream = file == NULL ? NULL : fopen(file, "we");
    CK_ULONG i;

    for (i = 0; stream != NULL && i < now.count; i++) {
        (void)fputc('\n', stream);
    }
    if (stream != NULL) {
        (void)fclose(stream);
    }
}

/* The layer's functions */

static CK_RV
layer_initialize(void *args)
{
    const CK_RV rv = real->C_Initialize(args);

    if (rv == CKR_OK) {
        listed = look();
        memset(sessions, 0, sizeof(sessions));
    }
    return rv;
}

static CK_RV
layer_get_slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
    CK_ULONG found = 0;
    CK_ULONG room;
    CK_ULONG i;

    if (count == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    room = *count;
    if (list == NULL && seen == UKB_FAULT_SEEN_AT_LIST) {
        listed = look();
    }
    for (i = 0; i < listed.count; i++) {
        if (present && !listed.items[i].token) {
            continue;
        }
        if (list != NULL && found < room) {
            list[found] = i;
        }
        found++;
    }
    *count = found;
    return list != NULL && found > room ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

static CK_RV
layer_get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    struct holding holding;
    CK_SLOT_ID real_slot = 0;
    CK_RV rv = translate(slot, &holding, &real_slot);
    char name[LINE_SIZE];
    int len;

    if ((rv != CKR_OK && rv != CKR_TOKEN_NOT_PRESENT) || info == NULL) {
        return info == NULL ? CKR_ARGUMENTS_BAD : rv;
    }
    memset(info, 0, sizeof(*info));
    memset(info->slotDescription, ' ', sizeof(info->slotDescription));
    memset(info->manufacturerID, ' ', sizeof(info->manufacturerID));
    len = snprintf(name, sizeof(name), "Reader %lu", slot);
    memcpy(info->slotDescription, name, (size_t)len);
    info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (rv == CKR_OK ? CKF_TOKEN_PRESENT : 0U);
    return CKR_OK;
}

static CK_RV
layer_get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    struct holding holding;
    CK_SLOT_ID real_slot = 0;
    const CK_RV rv = translate(slot, &holding, &real_slot);

    return rv == CKR_OK ? real->C_GetTokenInfo(real_slot, info) : rv;
}

static CK_RV
layer_get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    struct holding holding;
    CK_SLOT_ID real_slot = 0;
    const CK_RV rv = translate(slot, &holding, &real_slot);

    return rv == CKR_OK ? real->C_GetMechanismList(real_slot, list, count) : rv;
}

static CK_RV
layer_get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    struct holding holding;
    CK_SLOT_ID real_slot = 0;
    const CK_RV rv = translate(slot, &holding, &real_slot);

    return rv == CKR_OK ? real->C_GetMechanismInfo(real_slot, type, info) : rv;
}

static CK_RV
layer_init_token(CK_SLOT_ID slot, CK_BYTE *pin, CK_ULONG len, CK_BYTE *label)
{
    struct holding holding;
    CK_SLOT_ID real_slot = 0;
    const CK_RV rv = translate(slot, &holding, &real_slot);

    return rv == CKR_OK ? real->C_InitToken(real_slot, pin, len, label) : rv;
}

static CK_RV
layer_open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    struct opened *place = find_session(CK_INVALID_HANDLE);
    struct holding holding;
    CK_SLOT_ID real_slot = 0;
    CK_RV rv = translate(slot, &holding, &real_slot);

    if (rv == CKR_OK && place == NULL) {
        rv = CKR_SESSION_COUNT;
    }
    if (rv == CKR_OK) {
        rv = real->C_OpenSession(real_slot, flags, application, notify, session);
    }
    if (rv == CKR_OK) {
        *place = (struct opened){ *session, slot, holding };
    }
    return rv;
}

static CK_RV
layer_close_session(CK_SESSION_HANDLE session)
{
    struct opened *opened = session == CK_INVALID_HANDLE ? NULL : find_session(session);

    if (opened != NULL) {
        opened->handle = CK_INVALID_HANDLE;
    }
    return real->C_CloseSession(session);
}

static CK_RV
layer_close_all_sessions(CK_SLOT_ID slot)
{
    size_t i;

    for (i = 0; i < SESSIONS_MAX; i++) {
        if (sessions[i].handle != CK_INVALID_HANDLE && sessions[i].slot == slot) {
            (void)layer_close_session(sessions[i].handle);
        }
    }
    return slot < listed.count ? CKR_OK : CKR_SLOT_ID_INVALID;
}

static CK_RV
layer_get_session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    const struct opened *opened = session == CK_INVALID_HANDLE ? NULL : find_session(session);
    const CK_RV rv = real->C_GetSessionInfo(session, info);

    if (rv == CKR_OK && opened != NULL) {
        info->slotID = opened->slot;
    }
    return rv;
}

static CK_RV
layer_wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
    (void)slot;
    (void)reserved;
    return (flags & CKF_DONT_BLOCK) != 0 ? CKR_NO_EVENT : CKR_FUNCTION_NOT_SUPPORTED;
}

void
ukb_fault_slots_start(const char *slots_file, enum ukb_fault_seen slots_seen, const CK_FUNCTION_LIST *real_list,
                      CK_FUNCTION_LIST *list)
{
    file = slots_file;
    seen = slots_seen;
    real = real_list;
    list->C_Initialize = layer_initialize;
    list->C_GetSlotList = layer_get_slot_list;
    list->C_GetSlotInfo = layer_get_slot_info;
    list->C_GetTokenInfo = layer_get_token_info;
    list->C_GetMechanismList = layer_get_mechanism_list;
    list->C_GetMechanismInfo = layer_get_mechanism_info;
    list->C_InitToken = layer_init_token;
    list->C_OpenSession = layer_open_session;
    list->C_CloseSession = layer_close_session;
    list->C_CloseAllSessions = layer_close_all_sessions;
    list->C_GetSessionInfo = layer_get_session_info;
    list->C_WaitForSlotEvent = layer_wait_for_slot_event;
}
