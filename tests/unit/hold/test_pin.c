/* SPDX-License-Identifier: MIT */
/* The order of things in a change of PIN: dialogs, then the lock and no more stopping, then the token. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake/fake_token.h"

#include "hold/hold.h"
#include "platform/lock.h"
#include "secret/secret.h"
#include "token/token.h"

/* Answers each GETPIN with the next of its words, and each question with yes. */
#define PROGRAM                                                                                                        \
    "#!/bin/sh\necho OK\nwhile read -r line; do\ncase \"$line\" in\n"                                                  \
    "GETPIN) n=$((n+1)); set -- %s; eval \"p=\\$$n\"; "                                                                \
    "if [ \"$p\" = no ]; then echo 'ERR 83886179'; else echo 'S PIN_REPEATED'; echo \"D $p\"; echo OK; fi;;\n"         \
    "BYE*) echo OK; exit 0;;\n*) echo OK;;\nesac\ndone\n"

struct scene {
    struct fake_token token;
    char dir[64];
    char program[96];
    char lock_name[64];
    struct ukb_dialog *dialog;
    struct ukb_hold hold;
    unsigned int on;  /* times that stopping was forbidden */
    unsigned int off; /* and allowed again */
    unsigned int calls_at_on;
    bool locked_at_on;
};

static struct scene scene;
static struct ukb_error err;

static unsigned int
pin_calls(void)
{
    return fake.set_pin_calls + fake.so_login_calls + fake.login_calls + fake.init_pin_calls;
}

static bool
is_locked(void)
{
    struct ukb_lock *lock = NULL;
    struct ukb_error ignored = { 0 };
    const enum ukb_status st = ukb_lock_take(scene.dir, scene.lock_name, 0, UKB_E_TOKEN_BUSY, &lock, &ignored);

    ukb_lock_release(lock);
    return st == UKB_E_TOKEN_BUSY;
}

static void
uninterruptible(void *ctx, bool on)
{
    assert_ptr_equal(ctx, &scene);
    scene.on += on ? 1 : 0;
    scene.off += on ? 0 : 1;
    if (on) {
        scene.calls_at_on = pin_calls();
        scene.locked_at_on = is_locked();
    }
}

/* A hold on the fake token, and a user who types @p pins, "no" to close a dialog. */
static void
start(const char *pins)
{
    const struct ukb_dialog_config config = { .program = scene.program, .lock_dir = scene.dir, .timeout_ms = 5000 };
    struct ukb_hold_env env = { .lock_dir = scene.dir, .uninterruptible = uninterruptible, .ctx = &scene };
    struct ukb_token_list list;
    FILE *file = fopen(scene.program, "w");

    assert_non_null(file);
    assert_true(fprintf(file, PROGRAM, pins) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(scene.program, 0700), 0);
    assert_int_equal(ukb_dialog_new(&config, &scene.dialog, &err), UKB_OK);
    env.module = scene.token.module;
    env.dialog = scene.dialog;
    assert_int_equal(ukb_tokens_list(scene.token.module, &list, &err), UKB_OK);
    (void)snprintf(scene.lock_name, sizeof(scene.lock_name), "token-%s", list.items[0].id);
    assert_int_equal(ukb_hold_open(&env, list.items[0].id, true, &scene.hold, &err), UKB_OK);
}

static int
setup(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof(scene));
    memset(&err, 0, sizeof(err));
    fake_token_open(&scene.token);
    (void)snprintf(scene.dir, sizeof(scene.dir), "/tmp/ukb-hold-XXXXXX");
    assert_non_null(mkdtemp(scene.dir));
    (void)snprintf(scene.program, sizeof(scene.program), "%s/pinentry", scene.dir);
    return 0;
}

static void
remove_file(const char *name)
{
    char path[160];

    (void)snprintf(path, sizeof(path), "%s/%s", scene.dir, name);
    (void)unlink(path);
}

static int
teardown(void **state)
{
    char taken[sizeof(scene.lock_name)];

    (void)state;
    (void)snprintf(taken, sizeof(taken), "%s", scene.lock_name);
    ukb_hold_done(&scene.hold);
    assert_false(is_locked());
    ukb_dialog_free(scene.dialog);
    fake_token_close(&scene.token);
    remove_file("pinentry");
    remove_file("dialog");
    remove_file(scene.lock_name);
    (void)snprintf(scene.lock_name, sizeof(scene.lock_name), "next%s", strchr(taken, '-'));
    remove_file(scene.lock_name);
    remove_file("writes");
    return rmdir(scene.dir);
}

static void
expect_one_write(void)
{
    assert_int_equal(scene.on, 1);
    assert_int_equal(scene.off, 1);
    assert_int_equal(scene.calls_at_on, 0);
    assert_true(scene.locked_at_on);
}

static void
expect_no_write(void)
{
    assert_int_equal(scene.on + scene.off, 0);
    assert_int_equal(pin_calls(), 0);
    assert_null(scene.hold.lock);
}

static void
a_change_is_locked_and_cannot_be_stopped_once_it_writes(void **state)
{
    (void)state;
    start("123456 654321");
    assert_int_equal(ukb_hold_change_pin(&scene.hold, &err), UKB_OK);
    expect_one_write();
    assert_string_equal(fake.pin, "654321");
}

static void
an_unblocking_too(void **state)
{
    (void)state;
    fake.tries_left = 0;
    start("87654321 654321");
    assert_int_equal(ukb_hold_unblock_pin(&scene.hold, &err), UKB_OK);
    expect_one_write();
    assert_string_equal(fake.pin, "654321");
}

/* A reset with that administrator's PIN. */
static enum ukb_status
reset_pin(const char *so_pin)
{
    struct ukb_secret secret = UKB_SECRET_INIT;
    enum ukb_status st;

    assert_int_equal(ukb_secret_alloc(&secret, UKB_PIN_MAX_LEN, &err), UKB_OK);
    memcpy(secret.data, so_pin, strlen(so_pin));
    secret.len = strlen(so_pin);
    st = ukb_hold_reset_pin(&scene.hold, &secret, &err);
    assert_null(secret.data);
    return st;
}

static void
a_reset_asks_for_the_new_pin_only(void **state)
{
    (void)state;
    fake.tries_left = 0;
    start("654321");
    assert_int_equal(reset_pin("87654321"), UKB_OK);
    expect_one_write();
    assert_string_equal(fake.pin, "654321");
}

static void
a_reset_does_not_tell_that_the_new_pin_is_the_administrators(void **state)
{
    (void)state;
    start("87654321 no");
    assert_int_equal(reset_pin("87654321"), UKB_OK);
    assert_string_equal(fake.pin, "87654321");
}

static void
a_reset_that_the_user_declines_spends_no_try(void **state)
{
    (void)state;
    start("no");
    assert_int_equal(reset_pin("87654321"), UKB_E_PIN_CANCELLED);
    expect_no_write();
}

static void
a_wrong_pin_from_afar_is_tried_once(void **state)
{
    (void)state;
    start("654321");
    assert_int_equal(reset_pin("00000000"), UKB_E_PIN_INCORRECT);
    assert_int_equal(fake.so_login_calls, 1);
    assert_int_equal(fake.init_pin_calls, 0);
}

static void
a_pin_pad_takes_no_pin_from_afar(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    start("");
    assert_int_equal(reset_pin("87654321"), UKB_E_UNSUPPORTED);
    expect_no_write();
}

static void
a_write_that_fails_is_over_too(void **state)
{
    (void)state;
    start("000000 654321");
    assert_int_equal(ukb_hold_change_pin(&scene.hold, &err), UKB_E_PIN_INCORRECT);
    expect_one_write();
}

static void
a_dialog_that_is_closed_writes_and_locks_nothing(void **state)
{
    (void)state;
    start("no 123456 no");
    assert_int_equal(ukb_hold_change_pin(&scene.hold, &err), UKB_E_PIN_CANCELLED);
    expect_no_write();
    assert_int_equal(ukb_hold_change_pin(&scene.hold, &err), UKB_E_PIN_CANCELLED);
    expect_no_write();
}

static void
a_pin_pad_asks_for_no_pin_here(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    start("");
    assert_int_equal(ukb_hold_change_pin(&scene.hold, &err), UKB_OK);
    expect_one_write();
    assert_true(fake.login_pin_was_null && fake.new_pin_was_null);
}

static void
a_login_on_a_pin_pad_tells_the_user_first(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    start("");
    assert_int_equal(ukb_hold_login(&scene.hold, UKB_DIALOG_INSTALL, NULL, 0, &err), UKB_OK);
    assert_true(fake.login_pin_was_null);
    assert_true(is_locked());
}

static void
a_login_locks_when_it_has_succeeded(void **state)
{
    (void)state;
    start("000000 123456");
    assert_int_equal(ukb_hold_login(&scene.hold, UKB_DIALOG_INSTALL, NULL, 0, &err), UKB_E_PIN_INCORRECT);
    assert_false(is_locked());
    assert_int_equal(ukb_hold_login(&scene.hold, UKB_DIALOG_INSTALL, NULL, 0, &err), UKB_OK);
    assert_true(is_locked());
}

static void
without_a_module_there_is_no_token(void **state)
{
    const struct ukb_hold_env env = { .lock_dir = scene.dir };
    struct ukb_hold hold = { .session = NULL };

    (void)state;
    assert_int_equal(ukb_hold_open(&env, "00", true, &hold, &err), UKB_E_NO_TOKEN);
    ukb_hold_done(&hold);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_change_is_locked_and_cannot_be_stopped_once_it_writes),
        CASE(an_unblocking_too),
        CASE(a_reset_asks_for_the_new_pin_only),
        CASE(a_reset_does_not_tell_that_the_new_pin_is_the_administrators),
        CASE(a_reset_that_the_user_declines_spends_no_try),
        CASE(a_wrong_pin_from_afar_is_tried_once),
        CASE(a_pin_pad_takes_no_pin_from_afar),
        CASE(a_write_that_fails_is_over_too),
        CASE(a_dialog_that_is_closed_writes_and_locks_nothing),
        CASE(a_pin_pad_asks_for_no_pin_here),
        CASE(a_login_on_a_pin_pad_tells_the_user_first),
        CASE(a_login_locks_when_it_has_succeeded),
        CASE(without_a_module_there_is_no_token),
    };

    return cmocka_run_group_tests_name("hold/pin", tests, NULL, NULL);
}
