/* SPDX-License-Identifier: MIT */
#include "../../test.h"

#include "softhsm.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_token.h"

#include "token/internal.h"
#include "token/token.h"

static const char SO_PIN[] = "87654321";
static const char USER_PIN[] = "123456";

struct path {
    char text[512];
};

static struct path
path_join(const char *directory, const char *name)
{
    struct path path;
    int len;

    len = snprintf(path.text, sizeof(path.text), "%s/%s", directory, name);
    assert_in_range(len, 1, sizeof(path.text) - 1);
    return path;
}

/* Call @p act with each entry of @p directory. */
static void
for_each_entry(const char *directory, void (*act)(const char *directory, const char *name, void *ctx), void *ctx)
{
    DIR *stream = opendir(directory);
    struct dirent *entry = NULL;

    if (stream == NULL) {
        return;
    }
    while ((entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            act(directory, entry->d_name, ctx);
        }
    }
    (void)closedir(stream);
}

static void
remove_entry(const char *directory, const char *name, void *ctx)
{
    const struct path path = path_join(directory, name);

    if (unlink(path.text) != 0) {
        for_each_entry(path.text, remove_entry, ctx);
        (void)rmdir(path.text);
    }
}

static void
write_configuration(const struct softhsm *soft, const char *disabled)
{
    const struct path path = path_join(soft->directory, "softhsm2.conf");
    const struct path tokens = path_join(soft->directory, "tokens");
    const struct path away = path_join(soft->directory, "away");
    FILE *file = NULL;

    assert_int_equal(mkdir(tokens.text, 0700), 0);
    assert_int_equal(mkdir(away.text, 0700), 0);
    file = fopen(path.text, "w");
    assert_non_null(file);
    assert_true(
        fprintf(file, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.text) > 0);
    if (disabled != NULL) {
        assert_true(fprintf(file, "slots.mechanisms = -%s\n", disabled) > 0);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(setenv("SOFTHSM2_CONF", path.text, 1), 0);
}

void
softhsm_start(struct softhsm *soft, const char *disabled)
{
    static const char template[] = "/tmp/ukb-softhsm-XXXXXX";
    struct ukb_error err = { 0 };

    memset(soft, 0, sizeof(*soft));
    memcpy(soft->directory, template, sizeof(template));
    assert_non_null(mkdtemp(soft->directory));
    write_configuration(soft, disabled);
    assert_int_equal(ukb_secret_start(&err), UKB_OK);
    if (ukb_module_load("softhsm", SOFTHSM_PATH, &soft->module, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

void
softhsm_stop(struct softhsm *soft)
{
    ukb_module_free(soft->module);
    for_each_entry(soft->directory, remove_entry, NULL);
    (void)rmdir(soft->directory);
    memset(soft, 0, sizeof(*soft));
}

/* The slot that SoftHSM always keeps for a token that is not initialised. */
static CK_SLOT_ID
free_slot(CK_FUNCTION_LIST *functions)
{
    CK_SLOT_ID slots[UKB_SLOTS_MAX];
    CK_ULONG count = UKB_SLOTS_MAX;
    CK_TOKEN_INFO info;
    CK_ULONG i;

    assert_int_equal(functions->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    for (i = 0; i < count; i++) {
        if (functions->C_GetTokenInfo(slots[i], &info) == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED) == 0) {
            return slots[i];
        }
    }
    fail_msg("SoftHSM has no free slot");
    return 0;
}

/* PKCS#11 takes PINs by pointers that are not const. */
static void
as_bytes(const char *text, unsigned char *bytes)
{
    memcpy(bytes, text, strlen(text));
}

static void
set_user_pin(CK_FUNCTION_LIST *functions, CK_SLOT_ID slot, unsigned char *so_pin)
{
    unsigned char pin[16];
    CK_SESSION_HANDLE session;

    as_bytes(USER_PIN, pin);
    assert_int_equal(functions->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session), CKR_OK);
    assert_int_equal(functions->C_Login(session, CKU_SO, so_pin, strlen(SO_PIN)), CKR_OK);
    assert_int_equal(functions->C_InitPIN(session, pin, strlen(USER_PIN)), CKR_OK);
    assert_int_equal(functions->C_Logout(session), CKR_OK);
    assert_int_equal(functions->C_CloseSession(session), CKR_OK);
}

void
softhsm_token_new(struct softhsm *soft, const char *label)
{
    CK_FUNCTION_LIST *functions = soft->module->functions;
    const CK_SLOT_ID slot = free_slot(functions);
    unsigned char padded[UKB_TOKEN_TEXT_MAX_LEN];
    unsigned char so_pin[16];
    struct ukb_error err = { 0 };
    struct ukb_token_list list;
    size_t i;

    memset(padded, ' ', sizeof(padded));
    memcpy(padded, label, strlen(label));
    as_bytes(SO_PIN, so_pin);
    assert_int_equal(functions->C_InitToken(slot, so_pin, strlen(SO_PIN), padded), CKR_OK);
    set_user_pin(functions, slot, so_pin);
    /* SoftHSM gives the token another slot when it starts the next time: begin as a new process would. */
    assert_int_equal(ukb_module_refresh(soft->module, &err), UKB_OK);
    assert_int_equal(ukb_tokens_list(soft->module, &list, &err), UKB_OK);
    soft->token_id[0] = '\0';
    for (i = 0; i < list.count; i++) {
        if (strcmp(list.items[i].label, label) == 0) {
            memcpy(soft->token_id, list.items[i].id, sizeof(soft->token_id));
        }
    }
    assert_int_equal(strlen(soft->token_id), UKB_TOKEN_ID_LEN);
}

struct ukb_token_session *
softhsm_session(struct softhsm *soft, bool writable, bool logged_in)
{
    struct ukb_token_session *session = NULL;
    struct ukb_error err = { 0 };
    struct fake_pins pins;

    if (ukb_token_session_open(soft->module, soft->token_id, writable, &session, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    if (logged_in && ukb_token_login(session, fake_pins_init(&pins, USER_PIN), &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return session;
}

/* Move one entry of @p directory to the directory @p ctx. */
static void
move_entry(const char *directory, const char *name, void *ctx)
{
    const struct path from = path_join(directory, name);
    const struct path to = path_join(ctx, name);

    assert_int_equal(rename(from.text, to.text), 0);
}

struct ukb_token_session *
softhsm_session_on_new(struct softhsm *soft)
{
    static unsigned int count;
    char label[16];

    (void)snprintf(label, sizeof(label), "Token %u", count++);
    softhsm_token_new(soft, label);
    return softhsm_session(soft, true, true);
}

void
softhsm_pull(struct softhsm *soft)
{
    const struct path tokens = path_join(soft->directory, "tokens");
    struct path away = path_join(soft->directory, "away");

    for_each_entry(tokens.text, move_entry, away.text);
}

void
softhsm_insert(struct softhsm *soft)
{
    const struct path away = path_join(soft->directory, "away");
    struct path tokens = path_join(soft->directory, "tokens");

    for_each_entry(away.text, move_entry, tokens.text);
}
