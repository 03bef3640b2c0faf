/* SPDX-License-Identifier: MIT */
/* scene - a hold on the fake token, with a user who types what a test says. All functions fail the test on any error.
 */
#ifndef UKB_TESTS_HOLD_SCENE_H
#define UKB_TESTS_HOLD_SCENE_H

#include "../platform/scratch.h"

#include "fake/fake_token.h"

#include "hold/internal.h"
#include "platform/lock.h"
#include "secret/secret.h"
#include "token/token.h"

/* Answers each GETPIN with the next of its words, and each question with yes, or with no once the words are "deny".
 * What it is told is in the file "told". */
#define SCENE_PROGRAM                                                                                                  \
    "#!/bin/sh\nexec 3>>\"$(dirname \"$0\")/told\"\necho OK\nset -- %s\nwhile read -r line; do\necho \"$line\" >&3\n"  \
    "case \"$line\" in\nGETPIN) p=$1; shift; "                                                                         \
    "if [ \"$p\" = no ]; then echo 'ERR 83886179'; else echo 'S PIN_REPEATED'; echo \"D $p\"; echo OK; fi;;\n"         \
    "CONFIRM*) if [ \"$1\" = deny ]; then echo 'ERR 83886179'; else echo OK; fi;;\n"                                   \
    "BYE*) echo OK; exit 0;;\n*) echo OK;;\nesac\ndone\n"

struct scene {
    void *scratch;
    char dir[32];
    struct fake_token token;
    struct ukb_token_info info;
    struct ukb_dialog *dialog;
    struct ukb_hold hold;
};

static struct scene scene;
static struct ukb_error err;

static inline int
scene_setup(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof(scene));
    memset(&err, 0, sizeof(err));
    fake_token_open(&scene.token);
    assert_int_equal(scratch_setup(&scene.scratch), 0);
    memcpy(scene.dir, ((struct scratch *)scene.scratch)->dir, sizeof(scene.dir));
    return 0;
}

static inline int
scene_teardown(void **state)
{
    (void)state;
    ukb_hold_done(&scene.hold);
    ukb_dialog_free(scene.dialog);
    fake_token_close(&scene.token);
    return scratch_teardown(&scene.scratch);
}

/* Open the hold for @p origin, with a user who types @p words. */
static inline void
scene_start(const char *words, const char *origin)
{
    struct ukb_dialog_config config = { .lock_dir = scene.dir, .timeout_ms = 5000 };
    struct ukb_hold_env env = { .module = scene.token.module, .origin = origin, .lock_dir = scene.dir };
    struct ukb_token_list list;
    char program[1024];

    (void)snprintf(program, sizeof(program), SCENE_PROGRAM, words);
    config.program = scratch_file(scene.scratch, "pinentry", program);
    assert_int_equal(chmod(config.program, 0700), 0);
    assert_int_equal(ukb_dialog_new(&config, &scene.dialog, &err), UKB_OK);
    env.dialog = scene.dialog;
    assert_int_equal(ukb_tokens_list(scene.token.module, &list, &err), UKB_OK);
    scene.info = list.items[0];
    assert_int_equal(ukb_hold_open(&env, scene.info.id, true, &scene.hold, &err), UKB_OK);
}

static inline bool
scene_told(const char *words)
{
    static char text[16384];
    FILE *file = fopen(scratch_path(scene.scratch, "told"), "r");
    size_t len = 0;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1U, file);
    assert_int_equal(fclose(file), 0);
    text[len] = '\0';
    return strstr(text, words) != NULL;
}

/* Whether somebody holds the lock of the scene's token. */
static inline bool
scene_is_locked(void)
{
    struct ukb_lock *lock = NULL;
    struct ukb_error ignored = { 0 };
    char name[64];
    enum ukb_status st;

    (void)snprintf(name, sizeof(name), "token-%s", scene.info.id);
    st = ukb_lock_take(scene.dir, name, 0, UKB_E_TOKEN_BUSY, &lock, &ignored);
    ukb_lock_release(lock);
    return st == UKB_E_TOKEN_BUSY;
}

#endif /* UKB_TESTS_HOLD_SCENE_H */
