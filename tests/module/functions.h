/* SPDX-License-Identifier: MIT */
/*
 * functions - the 68 functions of PKCS#11 v2.40 as one table.
 *
 * PLAIN    a function that is counted, may fail, and goes on to the real module
 * SESSION  the same of one whose first parameter is a session: it fails when the session's token was taken out
 * SPECIAL  one with a wrapper of its own (fault.c)
 */
#ifndef UKB_TESTS_MODULE_FUNCTIONS_H
#define UKB_TESTS_MODULE_FUNCTIONS_H

#include <p11-kit/pkcs11.h>

/* clang-format off */
#define UKB_FAULT_FUNCTIONS(PLAIN, SESSION, SPECIAL)                                                                   \
    PLAIN(C_Initialize, (void *args), (args))                                                                          \
    PLAIN(C_Finalize, (void *reserved), (reserved))                                                                    \
    PLAIN(C_GetInfo, (CK_INFO *info), (info))                                                                          \
    SPECIAL(C_GetFunctionList)                                                                                         \
    PLAIN(C_GetSlotList, (CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count), (present, list, count))                \
    PLAIN(C_GetSlotInfo, (CK_SLOT_ID slot, CK_SLOT_INFO *info), (slot, info))                                          \
    SPECIAL(C_GetTokenInfo)                                                                                            \
    PLAIN(C_GetMechanismList, (CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count), (slot, list, count))        \
    PLAIN(C_GetMechanismInfo, (CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info), (slot, type, info))  \
    PLAIN(C_InitToken, (CK_SLOT_ID slot, CK_BYTE *pin, CK_ULONG len, CK_BYTE *label), (slot, pin, len, label))         \
    SESSION(C_InitPIN, (CK_SESSION_HANDLE session, CK_BYTE *pin, CK_ULONG len), (session, pin, len))                   \
    SESSION(C_SetPIN, (CK_SESSION_HANDLE session, CK_BYTE *old, CK_ULONG old_len, CK_BYTE *pin, CK_ULONG len),         \
            (session, old, old_len, pin, len))                                                                         \
    PLAIN(C_OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,                        \
                          CK_SESSION_HANDLE *session), (slot, flags, application, notify, session))                    \
    PLAIN(C_CloseSession, (CK_SESSION_HANDLE session), (session))                                                      \
    PLAIN(C_CloseAllSessions, (CK_SLOT_ID slot), (slot))                                                               \
    SESSION(C_GetSessionInfo, (CK_SESSION_HANDLE session, CK_SESSION_INFO *info), (session, info))                     \
    SESSION(C_GetOperationState, (CK_SESSION_HANDLE session, CK_BYTE *state, CK_ULONG *len), (session, state, len))    \
    SESSION(C_SetOperationState, (CK_SESSION_HANDLE session, CK_BYTE *state, CK_ULONG len, CK_OBJECT_HANDLE cipher,    \
                                  CK_OBJECT_HANDLE auth), (session, state, len, cipher, auth))                         \
    SPECIAL(C_Login)                                                                                                   \
    SESSION(C_Logout, (CK_SESSION_HANDLE session), (session))                                                          \
    SESSION(C_CreateObject, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes, CK_ULONG count,                      \
                             CK_OBJECT_HANDLE *object), (session, attributes, count, object))                          \
    SESSION(C_CopyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,               \
                           CK_ULONG count, CK_OBJECT_HANDLE *copy), (session, object, attributes, count, copy))        \
    SESSION(C_DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), (session, object))                  \
    SESSION(C_GetObjectSize, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG *size),                     \
            (session, object, size))                                                                                   \
    SESSION(C_GetAttributeValue, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,        \
                                  CK_ULONG count), (session, object, attributes, count))                               \
    SESSION(C_SetAttributeValue, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,        \
                                  CK_ULONG count), (session, object, attributes, count))                               \
    SESSION(C_FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes, CK_ULONG count),                  \
            (session, attributes, count))                                                                              \
    SESSION(C_FindObjects, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG max, CK_ULONG *count),      \
            (session, objects, max, count))                                                                            \
    SESSION(C_FindObjectsFinal, (CK_SESSION_HANDLE session), (session))                                                \
    SESSION(C_EncryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),                 \
            (session, mechanism, key))                                                                                 \
    SESSION(C_Encrypt, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len),     \
            (session, in, in_len, out, out_len))                                                                       \
    SESSION(C_EncryptUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,                   \
                              CK_ULONG *out_len), (session, in, in_len, out, out_len))                                 \
    SESSION(C_EncryptFinal, (CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG *out_len), (session, out, out_len))     \
    SESSION(C_DecryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),                 \
            (session, mechanism, key))                                                                                 \
    SESSION(C_Decrypt, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len),     \
            (session, in, in_len, out, out_len))                                                                       \
    SESSION(C_DecryptUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,                   \
                              CK_ULONG *out_len), (session, in, in_len, out, out_len))                                 \
    SESSION(C_DecryptFinal, (CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG *out_len), (session, out, out_len))     \
    SESSION(C_DigestInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism), (session, mechanism))                  \
    SESSION(C_Digest, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len),      \
            (session, in, in_len, out, out_len))                                                                       \
    SESSION(C_DigestUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len), (session, in, in_len))          \
    SESSION(C_DigestKey, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key), (session, key))                            \
    SESSION(C_DigestFinal, (CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG *out_len), (session, out, out_len))      \
    SESSION(C_SignInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),                    \
            (session, mechanism, key))                                                                                 \
    SESSION(C_Sign, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len),        \
            (session, in, in_len, out, out_len))                                                                       \
    SESSION(C_SignUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len), (session, in, in_len))            \
    SESSION(C_SignFinal, (CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG *out_len), (session, out, out_len))        \
    SESSION(C_SignRecoverInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),             \
            (session, mechanism, key))                                                                                 \
    SESSION(C_SignRecover, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,                     \
                            CK_ULONG *out_len), (session, in, in_len, out, out_len))                                   \
    SESSION(C_VerifyInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),                  \
            (session, mechanism, key))                                                                                 \
    SESSION(C_Verify, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *signature, CK_ULONG len),     \
            (session, in, in_len, signature, len))                                                                     \
    SESSION(C_VerifyUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len), (session, in, in_len))          \
    SESSION(C_VerifyFinal, (CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG len), (session, signature, len))   \
    SESSION(C_VerifyRecoverInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),           \
            (session, mechanism, key))                                                                                 \
    SESSION(C_VerifyRecover, (CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG len, CK_BYTE *out,               \
                              CK_ULONG *out_len), (session, signature, len, out, out_len))                             \
    SESSION(C_DigestEncryptUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,             \
                                    CK_ULONG *out_len), (session, in, in_len, out, out_len))                           \
    SESSION(C_DecryptDigestUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,             \
                                    CK_ULONG *out_len), (session, in, in_len, out, out_len))                           \
    SESSION(C_SignEncryptUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,               \
                                  CK_ULONG *out_len), (session, in, in_len, out, out_len))                             \
    SESSION(C_DecryptVerifyUpdate, (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,             \
                                    CK_ULONG *out_len), (session, in, in_len, out, out_len))                           \
    SESSION(C_GenerateKey, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *attributes,              \
                            CK_ULONG count, CK_OBJECT_HANDLE *key), (session, mechanism, attributes, count, key))      \
    SESSION(C_GenerateKeyPair, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_half,         \
                                CK_ULONG public_count, CK_ATTRIBUTE *private_half, CK_ULONG private_count,             \
                                CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key),                          \
            (session, mechanism, public_half, public_count, private_half, private_count, public_key, private_key))     \
    SESSION(C_WrapKey, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping,                 \
                        CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_len),                                        \
            (session, mechanism, wrapping, key, out, out_len))                                                         \
    SESSION(C_UnwrapKey, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping,             \
                          CK_BYTE *in, CK_ULONG in_len, CK_ATTRIBUTE *attributes, CK_ULONG count,                      \
                          CK_OBJECT_HANDLE *key), (session, mechanism, unwrapping, in, in_len, attributes, count, key)) \
    SESSION(C_DeriveKey, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base,                   \
                          CK_ATTRIBUTE *attributes, CK_ULONG count, CK_OBJECT_HANDLE *key),                            \
            (session, mechanism, base, attributes, count, key))                                                        \
    SESSION(C_SeedRandom, (CK_SESSION_HANDLE session, CK_BYTE *seed, CK_ULONG len), (session, seed, len))              \
    SESSION(C_GenerateRandom, (CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG len), (session, out, len))            \
    SESSION(C_GetFunctionStatus, (CK_SESSION_HANDLE session), (session))                                               \
    SESSION(C_CancelFunction, (CK_SESSION_HANDLE session), (session))                                                  \
    PLAIN(C_WaitForSlotEvent, (CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved), (flags, slot, reserved))
/* clang-format on */

#define UKB_FAULT_INDEX(name, ...) UKB_FAULT_##name,

/** A number for each function: UKB_FAULT_C_Login, … */
enum ukb_fault_function {
    UKB_FAULT_FUNCTIONS(UKB_FAULT_INDEX, UKB_FAULT_INDEX, UKB_FAULT_INDEX) UKB_FAULT_FUNCTION_COUNT
};

#undef UKB_FAULT_INDEX

#endif /* UKB_TESTS_MODULE_FUNCTIONS_H */
