/* SPDX-License-Identifier: MIT */
/*
 * token - which tokens a module sees, and what each says about itself.
 *
 * A token is known by its manufacturer, model, serial number and label, never by its slot: slots are renumbered.
 * Room: token.
 */
#ifndef UKB_TOKEN_TOKEN_H
#define UKB_TOKEN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/pkcs11.h>

#include "core/limits.h"
#include "core/status.h"

struct ukb_module; /* token/module.h */

/* Lengths of CK_TOKEN_INFO's and CK_SLOT_INFO's fields (PKCS#11 v2.40 §3.2) */
#define UKB_TOKEN_TEXT_MAX_LEN 32U
#define UKB_SLOT_TEXT_MAX_LEN  64U

/** A question that PKCS#11 does not always answer. */
enum ukb_maybe { UKB_UNKNOWN, UKB_NO, UKB_YES };

/**
 * The user PIN as the token's flags tell; the first that holds, in this order: uninitialised, locked, must-change,
 * final, low, pad, ok. Some tokens never set the counting flags: "ok" promises nothing.
 */
enum ukb_pin_state {
    UKB_PIN_OK,
    UKB_PIN_LOW,           /**< CKF_USER_PIN_COUNT_LOW: a wrong PIN was entered since the last good one */
    UKB_PIN_FINAL,         /**< CKF_USER_PIN_FINAL_TRY: a wrong PIN locks the token */
    UKB_PIN_LOCKED,        /**< CKF_USER_PIN_LOCKED */
    UKB_PIN_UNINITIALISED, /**< no CKF_USER_PIN_INITIALIZED */
    UKB_PIN_MUST_CHANGE,   /**< CKF_USER_PIN_TO_BE_CHANGED: only a change of PIN is allowed */
    UKB_PIN_PAD            /**< ok, and entered on the reader (CKF_PROTECTED_AUTHENTICATION_PATH) */
};

/** Kinds of key that a request may ask for, and the bits of a set of them. */
enum ukb_algorithm { UKB_RSA_2048 = 1, UKB_RSA_3072 = 2, UKB_EC_P256 = 4, UKB_EC_P384 = 8 };

/** A value: copy it freely; it stays true only while the token stays in. Text is printable UTF-8, "" when blank. */
struct ukb_token_info {
    char id[UKB_TOKEN_ID_LEN + 1U]; /**< hex of SHA-256 over manufacturer, model, serial, label, cut */
    char label[UKB_TOKEN_TEXT_MAX_LEN + 1U];
    char manufacturer[UKB_TOKEN_TEXT_MAX_LEN + 1U];
    char model[UKB_TOKEN_TEXT_MAX_LEN + 1U];
    char serial[UKB_TOKEN_TEXT_MAX_LEN + 1U];
    char reader[UKB_SLOT_TEXT_MAX_LEN + 1U]; /**< the slot's description */
    CK_SLOT_ID slot;
    enum ukb_pin_state pin_state;        /**< of the user PIN, for a login */
    enum ukb_pin_state pin_change_state; /**< the same for a change, which a PIN that must be changed does not bar */
    enum ukb_pin_state so_pin_state;     /**< of the administrator's PIN; never uninitialised nor must-change */
    bool pin_pad;                        /**< PINs are entered on the reader, whatever pin_state says */
    size_t pin_min_len;                  /**< bytes, at least 1 */
    size_t pin_max_len;                  /**< bytes, at most UKB_PIN_MAX_LEN */
    bool writable;                       /**< no CKF_WRITE_PROTECTED */
    bool can_generate_rsa;
    bool can_generate_ec;
    unsigned long rsa_min_bits; /**< 0 when can_generate_rsa is false */
    unsigned long rsa_max_bits; /**< 0 when unknown */
    unsigned int algorithms;    /**< enum ukb_algorithm: what key generation ought to accept */
    enum ukb_maybe can_import; /**< a private key: NO without a mechanism to use it, never YES: PKCS#11 does not tell */
};

/** The present tokens of one module. A value. */
struct ukb_token_list {
    struct ukb_token_info items[UKB_SLOTS_MAX];
    size_t count;
};

/**
 * List the initialised tokens that are in a slot now, asking for the slots with NULL first: only that call refreshes.
 * A slot whose C_GetTokenInfo fails is left out: a token being pulled answers so.
 *
 * @retval UKB_E_TOO_LARGE    more than UKB_SLOTS_MAX slots have a token.
 * @retval UKB_E_TOKEN_ERROR  C_GetSlotList failed; attribute "ckr".
 */
UKB_MUST_USE enum ukb_status ukb_tokens_list(const struct ukb_module *module, struct ukb_token_list *ret_list,
                                             struct ukb_error *reterr);

/**
 * True when @p module has slots and none of them is hardware (CKF_HW_SLOT): such a module need not notice what others
 * insert, remove or make before it is started again (ukb_module_refresh()), and starting it costs next to nothing.
 */
bool ukb_module_is_software(const struct ukb_module *module);

/**
 * Whether the module has slots, with a token or without, and @p holds of the name of each of them.
 */
bool ukb_module_slots_all(const struct ukb_module *module, bool (*holds)(void *ctx, const char *name), void *ctx);

/** What is known of the tries left: 0 locked, 1 final, -1 not known. Never invented. */
int ukb_pin_retries_left(enum ukb_pin_state state);

#endif /* UKB_TOKEN_TOKEN_H */
