/* SPDX-License-Identifier: MIT */
/*
 * bare_install MODULE LABEL DIR OLD NEW
 *
 * The least that renewal.install with the same key can cost: the PKCS#11 calls that the host makes for it, in its order
 * and with its attributes, and nothing understood. DIR/OLD.der is on the token with that label and gives way to
 * DIR/NEW.der. Answers with a frame behind the logout; ends with its standard input, as a worker does.
 *
 * `install --calls` compares these calls with the host's.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "module.h"

#define SLOTS_MAX   64U
#define OBJECTS_MAX 256U
#define PIN         "111111" /* place.sh's */

struct certificate {
    unsigned char der[MODULE_DER_MAX_LEN];
    CK_ULONG der_len;
};

struct span {
    unsigned char *bytes;
    CK_ULONG len;
};

static struct module module;
static struct certificate old;
static struct certificate new;
static CK_OBJECT_HANDLE private_key;
static struct span key_id; /* the old certificate's, in its own memory */
static struct span key_label;
static const unsigned char temp_id[16] = "UKB1 and 12 more"; /* as long as the host's */

/* What the host learns of a token. */
static bool
look(CK_SLOT_ID slot, const char *wanted)
{
    static const CK_MECHANISM_TYPE asked[] = { CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN, CKM_RSA_PKCS,
                                               CKM_ECDH1_DERIVE };
    CK_TOKEN_INFO token;
    CK_SLOT_INFO reader;
    CK_MECHANISM_INFO mechanism;
    size_t i;

    if (module.functions->C_GetTokenInfo(slot, &token) != CKR_OK || (token.flags & CKF_TOKEN_INITIALIZED) == 0) {
        return false;
    }
    for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        (void)module.functions->C_GetMechanismInfo(slot, asked[i], &mechanism);
    }
    (void)module.functions->C_GetSlotInfo(slot, &reader);
    return strncmp((const char *)token.label, wanted, strlen(wanted)) == 0;
}

static bool
find_token(const char *wanted)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = 0;
    CK_INFO info;
    bool found = false;
    CK_ULONG i;

    (void)module.functions->C_GetInfo(&info);
    (void)module.functions->C_GetSlotList(CK_TRUE, NULL, &count);
    count = SLOTS_MAX;
    if (module.functions->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK) {
        return false;
    }
    for (i = 0; i < count; i++) {
        if (look(slots[i], wanted)) {
            module.slot = slots[i];
            found = true;
        }
    }
    return found;
}

/* One call; what cannot be read at once, as SoftHSM's private keys, which have no point, is read attribute by
 * attribute. */
static void
read_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, const struct module_kind *kind,
            CK_ATTRIBUTE *attributes)
{
    CK_ULONG i;

    memcpy(attributes, kind->attributes, kind->count * sizeof(*attributes));
    if (module.functions->C_GetAttributeValue(session, object, attributes, kind->count) == CKR_OK) {
        return;
    }
    memcpy(attributes, kind->attributes, kind->count * sizeof(*attributes));
    for (i = 0; i < kind->count; i++) {
        (void)module.functions->C_GetAttributeValue(session, object, &attributes[i], 1);
    }
}

static bool
is(const CK_ATTRIBUTE *attribute, const unsigned char *bytes, CK_ULONG len)
{
    return attribute->ulValueLen == len && memcmp(attribute->pValue, bytes, len) == 0;
}

/* The value of an attribute in memory that is not read into again. */
static struct span
keep(const CK_ATTRIBUTE *attribute, unsigned char memory[MODULE_ID_MAX_LEN])
{
    return (struct span){ memcpy(memory, attribute->pValue, MODULE_ID_MAX_LEN), attribute->ulValueLen };
}

/* Read all certificates; the last one that is @p wanted, under any id or under that one. */
static CK_OBJECT_HANDLE
find_certificate(CK_SESSION_HANDLE session, const struct certificate *wanted, const struct span *under)
{
    CK_OBJECT_HANDLE found[OBJECTS_MAX];
    CK_OBJECT_HANDLE same = CK_INVALID_HANDLE;
    const CK_ULONG count = module_search(&module, session, &module_kinds[0], found, OBJECTS_MAX);
    CK_ATTRIBUTE attributes[4];
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        read_object(session, found[i], &module_kinds[0], attributes);
        if (is(&attributes[0], wanted->der, wanted->der_len) &&
            (under == NULL || is(&attributes[1], under->bytes, under->len))) {
            same = found[i];
        }
    }
    return same;
}

/* All certificates and keys. Remembers the old certificate's id and label, and the private key. */
static bool
read_all(void)
{
    static unsigned char id_of_old[MODULE_ID_MAX_LEN];
    static unsigned char label_of_old[MODULE_ID_MAX_LEN];
    CK_OBJECT_HANDLE found[OBJECTS_MAX];
    CK_ATTRIBUTE attributes[4];
    CK_SESSION_INFO info;
    bool is_there = false;
    size_t kind;

    for (kind = 0; kind < MODULE_KINDS; kind++) {
        const CK_ULONG count = module_search(&module, module.session, &module_kinds[kind], found, OBJECTS_MAX);
        CK_ULONG i;

        for (i = 0; i < count; i++) {
            read_object(module.session, found[i], &module_kinds[kind], attributes);
            if (module_kinds[kind].class == CKO_PRIVATE_KEY) {
                private_key = found[i];
            } else if (kind == 0 && is(&attributes[0], old.der, old.der_len)) {
                is_there = true;
                key_id = keep(&attributes[1], id_of_old);
                key_label = keep(&attributes[2], label_of_old);
            }
        }
    }
    (void)module.functions->C_GetSessionInfo(module.session, &info);
    return is_there;
}

/* In a session of its own. */
static bool
read_back(const char *wanted, const struct span *under)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    bool same;

    if (module.functions->C_OpenSession(module.slot, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK) {
        return false;
    }
    same = look(module.slot, wanted) && find_certificate(session, &new, under) != CK_INVALID_HANDLE;
    (void)module.functions->C_CloseSession(session);
    return same;
}

/* The element at @p at, header and all; steps over it, or into it. */
static struct span
element(unsigned char **at, bool into)
{
    unsigned char *start = *at;
    CK_ULONG len = start[1];
    CK_ULONG header = 2;

    if (len >= 0x80U) {
        const CK_ULONG bytes = len & 0x7FU;

        for (len = 0; header < 2U + bytes; header++) {
            len = len << 8U | start[header];
        }
    }
    *at = start + header + (into ? 0 : len);
    return (struct span){ start, header + len };
}

static bool
create(const struct span *under)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE x509 = CKC_X_509;
    CK_ULONG category = 1;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    unsigned char *at = new.der;
    struct span parts[6]; /* version, serial, algorithm, issuer, validity, subject */
    size_t i;

    (void)element(&at, true);
    (void)element(&at, true);
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        parts[i] = element(&at, false);
    }
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &class, sizeof(class) },
        { CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
        { CKA_TOKEN, &yes, sizeof(yes) },
        { CKA_LABEL, key_label.bytes, key_label.len },
        { CKA_ID, under->bytes, under->len },
        { CKA_SUBJECT, parts[5].bytes, parts[5].len },
        { CKA_VALUE, new.der, new.der_len },
        { CKA_ISSUER, parts[3].bytes, parts[3].len },
        { CKA_SERIAL_NUMBER, parts[1].bytes, parts[1].len },
        { CKA_PRIVATE, &no, sizeof(no) },
        { CKA_CERTIFICATE_CATEGORY, &category, sizeof(category) },
    };
    static const CK_ULONG lens[] = { 11, 10, 7 }; /* a token that does not take one is asked with the next */

    for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        if (module.functions->C_CreateObject(module.session, template, lens[i], &object) == CKR_OK) {
            return true;
        }
    }
    return false;
}

/* Where it is not there, there is nothing to destroy: the host looks, too. */
static bool
destroy(const struct certificate *certificate, const struct span *under)
{
    const CK_OBJECT_HANDLE object = find_certificate(module.session, certificate, under);

    return object == CK_INVALID_HANDLE || module.functions->C_DestroyObject(module.session, object) == CKR_OK;
}

/* Each write looks first whether it is done. */
static bool
ensure(const char *wanted, const struct span *under)
{
    return find_certificate(module.session, &new, under) != CK_INVALID_HANDLE ||
           (create(under) && read_back(wanted, under));
}

static bool
put_in_place(const char *wanted)
{
    const struct span temp = { (unsigned char *)(uintptr_t)temp_id, sizeof(temp_id) };

    return find_certificate(module.session, &old, &key_id) != CK_INVALID_HANDLE && destroy(&old, &temp) &&
           ensure(wanted, &temp) && destroy(&old, NULL) && ensure(wanted, &key_id) && destroy(&old, NULL) &&
           destroy(&new, &temp);
}

static bool
prove(const char *wanted)
{
    CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
    CK_MECHANISM_INFO info;
    unsigned char hash[32] = { 1 };
    unsigned char signature[128];
    CK_ULONG len = sizeof(signature);

    if (!read_back(wanted, &key_id)) {
        return false;
    }
    (void)module.functions->C_GetMechanismInfo(module.slot, CKM_ECDSA, &info);
    return module.functions->C_SignInit(module.session, &mechanism, private_key) == CKR_OK &&
           module.functions->C_Sign(module.session, hash, sizeof(hash), signature, &len) == CKR_OK;
}

/* Before the PIN is asked for and behind that the host looks what state it is in. */
static bool
login(const char *wanted)
{
    unsigned char pin[] = PIN;

    return look(module.slot, wanted) && look(module.slot, wanted) &&
           module.functions->C_Login(module.session, CKU_USER, pin, sizeof(pin) - 1U) == CKR_OK;
}

static bool
install(const char *path, const char *wanted)
{
    const bool good = module_load(path, &module) && find_token(wanted) &&
                      module.functions->C_OpenSession(module.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                                      &module.session) == CKR_OK &&
                      look(module.slot, wanted) && read_all() && login(wanted) && read_all() && put_in_place(wanted) &&
                      prove(wanted);

    if (good) {
        (void)module.functions->C_Logout(module.session);
        (void)module.functions->C_CloseSession(module.session);
    }
    return good;
}

static bool
read_file(const char *dir, const char *name, struct certificate *certificate)
{
    char path[4096];
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "%s/%s.der", dir, name);
    file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    certificate->der_len = fread(certificate->der, 1, sizeof(certificate->der), file);
    return fclose(file) == 0 && certificate->der_len > 0;
}

int
main(int argc, char **argv)
{
    static const char text[] = "{\"result\":{}}";
    const uint32_t len = sizeof(text) - 1U;
    char rest;

    if (argc != 6 || !read_file(argv[3], argv[4], &old) || !read_file(argv[3], argv[5], &new)) {
        return 2;
    }
    if (!install(argv[1], argv[2]) || write(STDOUT_FILENO, &len, sizeof(len)) != (ssize_t)sizeof(len) ||
        write(STDOUT_FILENO, text, len) != (ssize_t)len) {
        return 1;
    }
    while (read(STDIN_FILENO, &rest, 1) > 0) {
    }
    (void)module.functions->C_Finalize(NULL);
    return 0;
}
