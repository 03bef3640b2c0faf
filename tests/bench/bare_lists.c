/* SPDX-License-Identifier: MIT */
/*
 * bare_lists MODULE - the least that a list of certificates can cost.
 *
 * Reads frames and answers each with how many certificates and keys it read: the slots, what their tokens say, and of
 * every certificate and key the attributes that the host reads, with one call for each object, into memory that is used
 * again for the next. It understands none of it.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "module.h"

#define SLOTS_MAX   64U
#define OBJECTS_MAX 8192U

/* How many objects of that kind could be read whole. */
static CK_ULONG
read_kind(const struct module *module, const struct module_kind *kind)
{
    static CK_OBJECT_HANDLE found[OBJECTS_MAX];
    const CK_ULONG count = module_search(module, module->session, kind, found, OBJECTS_MAX);
    CK_ULONG good = 0;
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        CK_ATTRIBUTE attributes[4];

        memcpy(attributes, kind->attributes, sizeof(attributes));
        good += module->functions->C_GetAttributeValue(module->session, found[i], attributes, kind->count) == CKR_OK;
    }
    return good;
}

static void
read_token(const struct module *module, CK_SLOT_ID slot)
{
    CK_TOKEN_INFO token;
    CK_SLOT_INFO reader;
    CK_MECHANISM_INFO mechanism;

    if (module->functions->C_GetTokenInfo(slot, &token) == CKR_OK && (token.flags & CKF_TOKEN_INITIALIZED) != 0) {
        (void)module->functions->C_GetMechanismInfo(slot, CKM_RSA_PKCS_KEY_PAIR_GEN, &mechanism);
        (void)module->functions->C_GetMechanismInfo(slot, CKM_EC_KEY_PAIR_GEN, &mechanism);
        (void)module->functions->C_GetSlotInfo(slot, &reader);
    }
}

/* All tokens, then all certificates and keys of the first one; as text. */
static int
read_all(struct module *module, char *text, size_t size)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = 0;
    CK_ULONG read[MODULE_KINDS];
    CK_SESSION_INFO info;
    size_t i;

    (void)module->functions->C_GetSlotList(CK_TRUE, NULL, &count);
    count = SLOTS_MAX;
    if (module->functions->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK || count == 0) {
        return -1;
    }
    for (i = 0; i < count; i++) {
        read_token(module, slots[i]);
    }
    if (module->functions->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL, NULL, &module->session) != CKR_OK) {
        return -1;
    }
    for (i = 0; i < MODULE_KINDS; i++) {
        read[i] = read_kind(module, &module_kinds[i]);
    }
    (void)module->functions->C_GetSessionInfo(module->session, &info);
    (void)module->functions->C_CloseSession(module->session);
    return snprintf(text, size, "{\"result\":{\"certificates\":%lu,\"keys\":%lu}}", read[0],
                    read[1] + read[2] + read[3] + read[4]);
}

/* All @p len bytes; false at the end of the stream. */
static bool
read_full(void *data, size_t len)
{
    char *at = data;

    while (len > 0) {
        ssize_t got = read(STDIN_FILENO, at, len);

        if (got <= 0) {
            return false;
        }
        at += got;
        len -= (size_t)got;
    }
    return true;
}

int
main(int argc, char **argv)
{
    static char request[65536];
    struct {
        uint32_t len;
        char text[256];
    } reply;
    struct module module = { 0 };
    uint32_t len = 0;

    if (argc != 2 || !module_load(argv[1], &module)) {
        return 2;
    }
    while (read_full(&len, sizeof(len)) && len <= sizeof(request) && read_full(request, len)) {
        const int text_len = read_all(&module, reply.text, sizeof(reply.text));

        reply.len = (uint32_t)text_len;
        if (text_len < 0 ||
            write(STDOUT_FILENO, &reply, sizeof(reply.len) + reply.len) != (ssize_t)(sizeof(reply.len) + reply.len)) {
            return 1;
        }
    }
    (void)module.functions->C_Finalize(NULL);
    return 0;
}
