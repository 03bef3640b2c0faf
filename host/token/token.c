/* SPDX-License-Identifier: MIT */
#include "token/token.h"

#include <string.h>

#include <openssl/evp.h>

#include "core/hex.h"
#include "token/ckr.h"
#include "token/internal.h"
#include "token/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Flags that decide the PIN's state; the first that is set, or not set, wins. */
static const struct {
    CK_FLAGS flag;
    bool when_set;
    enum ukb_pin_state state;
} pin_rows[] = {
    { CKF_USER_PIN_INITIALIZED, false, UKB_PIN_UNINITIALISED },
    { CKF_USER_PIN_LOCKED, true, UKB_PIN_LOCKED },
    { CKF_USER_PIN_TO_BE_CHANGED, true, UKB_PIN_MUST_CHANGE },
    { CKF_USER_PIN_FINAL_TRY, true, UKB_PIN_FINAL },
    { CKF_USER_PIN_COUNT_LOW, true, UKB_PIN_LOW },
    { CKF_PROTECTED_AUTHENTICATION_PATH, true, UKB_PIN_PAD },
};

/* Each flag of the administrator's PIN, and the user PIN's flag that says the same. */
static const struct {
    CK_FLAGS so;
    CK_FLAGS user;
} so_rows[] = {
    { CKF_SO_PIN_LOCKED, CKF_USER_PIN_LOCKED },
    { CKF_SO_PIN_FINAL_TRY, CKF_USER_PIN_FINAL_TRY },
    { CKF_SO_PIN_COUNT_LOW, CKF_USER_PIN_COUNT_LOW },
    { CKF_PROTECTED_AUTHENTICATION_PATH, CKF_PROTECTED_AUTHENTICATION_PATH },
};

static const struct {
    enum ukb_algorithm algorithm;
    CK_MECHANISM_TYPE generates;
    unsigned long bits;
} algorithm_rows[] = {
    { UKB_RSA_2048, CKM_RSA_PKCS_KEY_PAIR_GEN, 2048 },
    { UKB_RSA_3072, CKM_RSA_PKCS_KEY_PAIR_GEN, 3072 },
    { UKB_EC_P256, CKM_EC_KEY_PAIR_GEN, 256 },
    { UKB_EC_P384, CKM_EC_KEY_PAIR_GEN, 384 },
};

static enum ukb_pin_state
pin_state(CK_FLAGS flags)
{
    size_t i;

    for (i = 0; i < COUNT(pin_rows); i++) {
        if (((flags & pin_rows[i].flag) != 0) == pin_rows[i].when_set) {
            return pin_rows[i].state;
        }
    }
    return UKB_PIN_OK;
}

/* CKF_SO_PIN_TO_BE_CHANGED does not count: tokens set it for a PIN that is still the maker's, and take that PIN. */
static enum ukb_pin_state
so_pin_state(CK_FLAGS flags)
{
    CK_FLAGS as_user = CKF_USER_PIN_INITIALIZED;
    size_t i;

    for (i = 0; i < COUNT(so_rows); i++) {
        as_user |= (flags & so_rows[i].so) != 0 ? so_rows[i].user : 0;
    }
    return pin_state(as_user);
}

/* Tokens report nonsense lengths (0, or CK_UNAVAILABLE_INFORMATION): those limit nothing but our own limits. */
static void
set_pin_lengths(const CK_TOKEN_INFO *token, struct ukb_token_info *info)
{
    info->pin_min_len = token->ulMinPinLen;
    if (token->ulMinPinLen < 1 || token->ulMinPinLen > UKB_PIN_MAX_LEN) {
        info->pin_min_len = 1;
    }
    info->pin_max_len = token->ulMaxPinLen;
    if (token->ulMaxPinLen < info->pin_min_len || token->ulMaxPinLen > UKB_PIN_MAX_LEN) {
        info->pin_max_len = UKB_PIN_MAX_LEN;
    }
}

/* The id is made of what the token says, byte for byte; only the padding does not count. */
static bool
set_id(const CK_TOKEN_INFO *token, struct ukb_token_info *info)
{
    const struct {
        const unsigned char *text;
        size_t size;
    } fields[] = {
        { token->manufacturerID, sizeof(token->manufacturerID) },
        { token->model, sizeof(token->model) },
        { token->serialNumber, sizeof(token->serialNumber) },
        { token->label, sizeof(token->label) },
    };
    unsigned char message[COUNT(fields) * (1U + UKB_TOKEN_TEXT_MAX_LEN)];
    unsigned char hash[EVP_MAX_MD_SIZE];
    size_t message_len = 0;
    size_t len;
    size_t i;

    for (i = 0; i < COUNT(fields); i++) {
        len = ukb_text_trimmed_len(fields[i].text, fields[i].size);
        message[message_len++] = (unsigned char)len; /* so that "ab","c" differs from "a","bc" */
        memcpy(message + message_len, fields[i].text, len);
        message_len += len;
    }
    if (EVP_Digest(message, message_len, hash, NULL, EVP_sha256(), NULL) != 1) {
        return false;
    }
    ukb_hex_encode(hash, UKB_TOKEN_ID_LEN / 2, info->id);
    return true;
}

/* Whether the token makes key pairs by @p mechanism, and of which sizes. */
static bool
generates(const struct ukb_module *module, CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_MECHANISM_INFO *ret_info)
{
    memset(ret_info, 0, sizeof(*ret_info));
    return module->functions->C_GetMechanismInfo(slot, mechanism, ret_info) == CKR_OK &&
           (ret_info->flags & CKF_GENERATE_KEY_PAIR) != 0;
}

/* What opens with a private key: a token that has none of them has no use for a delivered one. */
static const CK_MECHANISM_TYPE opening[] = { CKM_RSA_PKCS, CKM_ECDH1_DERIVE };

static void
set_capabilities(const struct ukb_module *module, struct ukb_token_info *info)
{
    CK_MECHANISM_INFO rsa;
    CK_MECHANISM_INFO ec;
    size_t i;

    info->can_generate_rsa = generates(module, info->slot, CKM_RSA_PKCS_KEY_PAIR_GEN, &rsa);
    info->can_generate_ec = generates(module, info->slot, CKM_EC_KEY_PAIR_GEN, &ec);
    if (info->can_generate_rsa) {
        info->rsa_min_bits = rsa.ulMinKeySize;
        info->rsa_max_bits = rsa.ulMaxKeySize;
    }
    for (i = 0; i < COUNT(algorithm_rows); i++) {
        const bool is_rsa = algorithm_rows[i].generates == CKM_RSA_PKCS_KEY_PAIR_GEN;
        const CK_MECHANISM_INFO *sizes = is_rsa ? &rsa : &ec;

        /* A token that names no largest size is taken to have none. */
        if ((is_rsa ? info->can_generate_rsa : info->can_generate_ec) &&
            algorithm_rows[i].bits >= sizes->ulMinKeySize &&
            (sizes->ulMaxKeySize == 0 || algorithm_rows[i].bits <= sizes->ulMaxKeySize)) {
            info->algorithms |= (unsigned int)algorithm_rows[i].algorithm;
        }
    }
    info->can_import = UKB_NO;
    for (i = 0; i < COUNT(opening) && info->writable; i++) {
        if (module->functions->C_GetMechanismInfo(info->slot, opening[i], &rsa) == CKR_OK) {
            info->can_import = UKB_UNKNOWN;
        }
    }
}

CK_RV
ukb_token_info_read(const struct ukb_module *module, CK_SLOT_ID slot, struct ukb_token_info *ret_info)
{
    struct ukb_token_info info;
    CK_TOKEN_INFO token;
    CK_SLOT_INFO reader;
    CK_RV rv;

    memset(&info, 0, sizeof(info));
    memset(&token, 0, sizeof(token));
    rv = module->functions->C_GetTokenInfo(slot, &token);
    if (rv != CKR_OK) {
        return rv;
    }
    if ((token.flags & CKF_TOKEN_INITIALIZED) == 0) {
        return CKR_TOKEN_NOT_RECOGNIZED;
    }
    if (!set_id(&token, &info)) {
        return CKR_HOST_MEMORY;
    }
    ukb_text_printable(token.label, sizeof(token.label), info.label);
    ukb_text_printable(token.manufacturerID, sizeof(token.manufacturerID), info.manufacturer);
    ukb_text_printable(token.model, sizeof(token.model), info.model);
    ukb_text_printable(token.serialNumber, sizeof(token.serialNumber), info.serial);
    info.slot = slot;
    info.pin_state = pin_state(token.flags);
    info.pin_change_state = pin_state(token.flags & ~(CK_FLAGS)CKF_USER_PIN_TO_BE_CHANGED);
    info.so_pin_state = so_pin_state(token.flags);
    info.pin_pad = (token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    info.writable = (token.flags & CKF_WRITE_PROTECTED) == 0;
    set_pin_lengths(&token, &info);
    set_capabilities(module, &info);
    memset(&reader, 0, sizeof(reader));
    if (module->functions->C_GetSlotInfo(slot, &reader) == CKR_OK) {
        ukb_text_printable(reader.slotDescription, sizeof(reader.slotDescription), info.reader);
    }
    *ret_info = info;
    return CKR_OK;
}

enum ukb_status
ukb_tokens_list(const struct ukb_module *module, struct ukb_token_list *ret_list, struct ukb_error *reterr)
{
    CK_SLOT_ID slots[UKB_SLOTS_MAX];
    CK_ULONG slot_count = 0;
    size_t count = 0;
    CK_ULONG i;
    CK_RV rv;

    rv = module->functions->C_GetSlotList(CK_TRUE, NULL, &slot_count);
    if (rv == CKR_OK) {
        slot_count = UKB_SLOTS_MAX;
        rv = module->functions->C_GetSlotList(CK_TRUE, slots, &slot_count);
    }
    if (rv == CKR_BUFFER_TOO_SMALL) {
        return ukb_raise(reterr, UKB_E_TOO_LARGE, rv, "%lu slots hold tokens, limit is %u", slot_count, UKB_SLOTS_MAX);
    }
    if (rv != CKR_OK) {
        return ukb_ckr_raise(rv, "C_GetSlotList", reterr);
    }
    for (i = 0; i < slot_count && i < UKB_SLOTS_MAX; i++) {
        if (ukb_token_info_read(module, slots[i], &ret_list->items[count]) == CKR_OK) {
            count++;
        }
    }
    ret_list->count = count;
    return UKB_OK;
}

bool
ukb_module_is_software(const struct ukb_module *module)
{
    CK_SLOT_ID slots[UKB_SLOTS_MAX];
    CK_ULONG count = UKB_SLOTS_MAX;
    CK_SLOT_INFO slot;
    bool software = false;
    CK_ULONG i;

    if (module->functions->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK) {
        return false;
    }
    for (i = 0; i < count; i++) {
        if (module->functions->C_GetSlotInfo(slots[i], &slot) != CKR_OK) {
            continue; /* a token that is gone says nothing of its slot */
        }
        if ((slot.flags & CKF_HW_SLOT) != 0) {
            return false;
        }
        software = true;
    }
    return software;
}

bool
ukb_module_slots_all(const struct ukb_module *module, bool (*holds)(void *ctx, const char *name), void *ctx)
{
    CK_SLOT_ID slots[UKB_SLOTS_MAX];
    CK_ULONG count = UKB_SLOTS_MAX;
    CK_ULONG i;

    if (module->functions->C_GetSlotList(CK_FALSE, slots, &count) != CKR_OK) {
        return false;
    }
    for (i = 0; i < count; i++) {
        char name[UKB_TOKEN_TEXT_MAX_LEN + 1U] = "";
        CK_SLOT_INFO slot;

        memset(&slot, 0, sizeof(slot));
        if (module->functions->C_GetSlotInfo(slots[i], &slot) != CKR_OK) {
            return false;
        }
        ukb_text_printable(slot.slotDescription, sizeof(slot.slotDescription), name);
        if (!holds(ctx, name)) {
            return false;
        }
    }
    return count > 0;
}

int
ukb_pin_retries_left(enum ukb_pin_state state)
{
    switch (state) {
    case UKB_PIN_LOCKED:
        return 0;
    case UKB_PIN_FINAL:
        return 1;
    case UKB_PIN_OK:
    case UKB_PIN_LOW:
    case UKB_PIN_UNINITIALISED:
    case UKB_PIN_MUST_CHANGE:
    case UKB_PIN_PAD:
        break;
    }
    return -1;
}
