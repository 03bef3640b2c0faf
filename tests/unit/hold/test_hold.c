/* SPDX-License-Identifier: MIT */
/* Unit tests for hold/hold.c: from a token's id to an unlocked session, under the token's lock. */
#include "scene.h"

#include "hold/writes.h"
#include "platform/tally.h"

static enum ukb_status
login(void)
{
    return ukb_hold_login(&scene.hold, UKB_DIALOG_INSTALL, NULL, 0, &err);
}

static void
opening_asks_nobody_and_locks_nothing(void **state)
{
    (void)state;
    scene_start("123456", NULL);
    assert_string_equal(ukb_token_session_info(scene.hold.session)->id, scene.info.id);
    assert_int_equal(fake.login_calls, 0);
    assert_false(scene_is_locked());
    assert_int_equal(ukb_dialog_started(scene.dialog, &err), UKB_OK); /* and has been told something */
    assert_false(scene_told("GETPIN"));
}

static void
a_token_that_is_not_in_is_not_opened(void **state)
{
    const struct ukb_hold_env without_module = { .lock_dir = scene.dir };
    struct ukb_hold_env env = { .module = scene.token.module, .lock_dir = scene.dir };
    struct ukb_hold hold = { .session = NULL };

    (void)state;
    assert_int_equal(ukb_hold_open(&env, "ffffffffffffffffffffffffffffffff", true, &hold, &err), UKB_E_NO_TOKEN);
    assert_int_equal(ukb_hold_open(&env, "", true, &hold, &err), UKB_E_NO_TOKEN);
    assert_int_equal(ukb_hold_open(&without_module, "ffffffffffffffffffffffffffffffff", true, &hold, &err),
                     UKB_E_NO_TOKEN);
    assert_null(hold.session);
    ukb_hold_done(&hold);
    ukb_hold_done(&hold); /* twice is fine */
}

static void
a_login_takes_the_lock_and_the_end_gives_it_back(void **state)
{
    (void)state;
    scene_start("123456", NULL);
    assert_int_equal(login(), UKB_OK);
    assert_true(fake.logged_in);
    assert_true(scene_is_locked());
    ukb_hold_done(&scene.hold);
    assert_false(fake.logged_in);
    assert_false(scene_is_locked());
    assert_null(scene.hold.session);
}

static void
a_login_that_fails_locks_nothing(void **state)
{
    (void)state;
    scene_start("000000 no", NULL);
    assert_int_equal(login(), UKB_E_PIN_INCORRECT);
    assert_false(scene_is_locked());
    assert_int_equal(login(), UKB_E_PIN_CANCELLED);
    assert_false(scene_is_locked());
    assert_int_equal(fake.tries_spent, 1);
    assert_false(fake.logged_in);
}

/* What a call came to with a UKey that is in, or is not any more. */
static enum ukb_status
end_of(bool is_in, enum ukb_status came_to)
{
    const char *serial = fake.serials[0];
    enum ukb_status st;

    scene_start("123456", NULL);
    assert_int_equal(login(), UKB_OK);
    fake.serials[0] = is_in ? serial : "another";
    if (came_to != UKB_OK) {
        (void)ukb_raise(&err, came_to, 5, "as it seemed");
    }
    st = ukb_hold_end(&scene.hold, came_to, &err);
    fake.serials[0] = serial;
    assert_null(scene.hold.session);
    assert_false(scene_is_locked());
    ukb_dialog_free(scene.dialog);
    scene.dialog = NULL;
    return st;
}

static void
a_failure_that_a_pulled_token_looks_like_is_told_as_that(void **state)
{
    (void)state;
    assert_int_equal(end_of(false, UKB_E_NO_CERTIFICATE), UKB_E_TOKEN_REMOVED);
    assert_int_equal(err.status, UKB_E_TOKEN_REMOVED);
    assert_int_equal(err.native, 5);
    assert_non_null(strstr(err.message, "as it seemed"));
    assert_int_equal(end_of(false, UKB_E_BAD_ENVELOPE), UKB_E_TOKEN_REMOVED);
    assert_int_equal(end_of(false, UKB_E_TOKEN_ERROR), UKB_E_TOKEN_REMOVED);
}

static void
any_other_end_stays_what_it_is(void **state)
{
    (void)state;
    assert_int_equal(end_of(true, UKB_E_NO_CERTIFICATE), UKB_E_NO_CERTIFICATE);
    assert_string_equal(err.message, "as it seemed");
    assert_int_equal(end_of(false, UKB_E_PIN_INCORRECT), UKB_E_PIN_INCORRECT);
    assert_int_equal(end_of(false, UKB_E_ROLLED_BACK), UKB_E_ROLLED_BACK);
    assert_int_equal(end_of(false, UKB_OK), UKB_OK);
    assert_int_equal(ukb_hold_end(&scene.hold, UKB_E_NO_CERTIFICATE, &err), UKB_E_NO_CERTIFICATE); /* never opened */
}

static void
the_lines_are_shown_with_the_action(void **state)
{
    static const char *const lines[] = { "Add “Li”, ends 2027-11-21", "Keep “Zhang”, ends 2026-12-01" };

    (void)state;
    scene_start("123456", "https://portal.example");
    assert_int_equal(ukb_hold_login(&scene.hold, UKB_DIALOG_INSTALL, lines, 2, &err), UKB_OK);
    assert_true(scene_told("https://portal.example"));
    assert_true(scene_told("2027-11-21"));
    assert_true(scene_told("Zhang"));
}

/* Another process that writes for a while; it does by now. */
static pid_t
start_writer(void)
{
    char name[64];
    pid_t child;

    (void)snprintf(name, sizeof(name), "token-%s", scene.info.id);
    child = fork();
    if (child == 0) {
        struct ukb_lock *lock = NULL;

        if (ukb_lock_take(scene.dir, name, 0, UKB_E_TOKEN_BUSY, &lock, &err) != UKB_OK) {
            _exit(1);
        }
        pause_ms(300);
        _exit(0);
    }
    while (!scene_is_locked()) {
        pause_ms(1);
    }
    return child;
}

static void
a_lock_that_is_held_is_waited_for(void **state)
{
    pid_t child;

    (void)state;
    scene_start("123456", NULL);
    child = start_writer();
    assert_int_equal(login(), UKB_OK);
    assert_int_equal(exit_code_of(child), 0); /* it has ended: we did not get in beside it */
}

static void
a_look_waits_for_a_write_and_holds_the_next_up(void **state)
{
    pid_t child;

    (void)state;
    scene_start("123456", NULL);
    child = start_writer();
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_OK);
    assert_int_equal(exit_code_of(child), 0);
    assert_true(scene_is_locked());
    ukb_hold_unshare(&scene.hold);
    ukb_hold_unshare(&scene.hold); /* twice is fine */
    assert_false(scene_is_locked());
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_OK);
    ukb_hold_done(&scene.hold);
    assert_false(scene_is_locked());
}

/* Another process has written to a token, and is done with it. */
static void
others_write(void)
{
    assert_int_equal(ukb_tally_add(scene.dir, "writes", &err), UKB_OK);
}

static size_t
times_told(const char *word)
{
    FILE *file = fopen(scratch_path(scene.scratch, "told"), "r");
    char line[256];
    size_t count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        count += strncmp(line, word, strlen(word)) == 0 ? 1U : 0U;
    }
    assert_int_equal(fclose(file), 0);
    return count;
}

/* With the module started once, and again for what others wrote. */
static void
what_others_wrote_is_seen_by_a_look(void **state)
{
    (void)state;
    scene_start("123456", NULL);
    ukb_module_set_view(scene.token.module, ukb_writes_view(scene.dir));
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_OK);
    ukb_hold_unshare(&scene.hold);
    assert_int_equal(fake.initialize_calls, 1);
    others_write();
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_OK);
    ukb_hold_unshare(&scene.hold);
    assert_int_equal(fake.initialize_calls, 2);
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_OK);
    assert_int_equal(fake.initialize_calls, 2);
    assert_int_equal(fake.open_sessions, 2); /* with the scene's own */
}

static void
what_others_write_while_the_user_types_is_seen_before_the_pin_is_tried(void **state)
{
    (void)state;
    scene_start("123456", NULL);
    ukb_module_set_view(scene.token.module, ukb_writes_view(scene.dir));
    others_write();
    assert_int_equal(login(), UKB_OK);
    assert_true(scene.hold.is_renewed);
    assert_int_equal(fake.initialize_calls, 2);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(times_told("GETPIN"), 1);
    assert_true(scene_is_locked());
}

static void
a_wrong_pin_is_tried_once_then_too(void **state)
{
    (void)state;
    scene_start("000000 123456", NULL);
    others_write();
    assert_int_equal(login(), UKB_E_PIN_INCORRECT);
    assert_int_equal(fake.tries_spent, 1);
    assert_int_equal(times_told("GETPIN"), 1);
    assert_false(scene_is_locked());
    assert_int_equal(login(), UKB_OK); /* nobody has written since */
    assert_false(scene.hold.is_renewed);
    assert_int_equal(fake.initialize_calls, 2);
}

/* It is asked about the UKey as it is then, and once. */
static void
the_last_try_is_agreed_to_once_though_the_module_starts_again(void **state)
{
    (void)state;
    scene_start("123456", NULL);
    ukb_module_set_view(scene.token.module, ukb_writes_view(scene.dir));
    fake.flags |= CKF_USER_PIN_FINAL_TRY;
    others_write();
    assert_int_equal(login(), UKB_OK);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(times_told("CONFIRM"), 1);
    assert_int_equal(times_told("GETPIN"), 1);
}

static void
a_token_that_is_gone_when_the_module_starts_again_is_a_removal(void **state)
{
    (void)state;
    scene_start("123456 123456", NULL);
    ukb_module_set_view(scene.token.module, ukb_writes_view(scene.dir));
    others_write();
    fake.serials[0] = "another";
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_E_TOKEN_REMOVED);
    assert_null(scene.hold.session);
    assert_false(scene_is_locked());
    assert_int_equal(ukb_hold_end(&scene.hold, UKB_E_TOKEN_REMOVED, &err), UKB_E_TOKEN_REMOVED);
}

/* Who waits to write is not kept from it by one look after another: the next look waits behind it. */
static void
a_writer_is_let_in_between_looks(void **state)
{
    char name[64];
    struct ukb_lock *next = NULL;

    (void)state;
    scene_start("123456", NULL);
    (void)snprintf(name, sizeof(name), "next-%s", scene.info.id);
    assert_int_equal(ukb_lock_take(scene.dir, name, 0, UKB_E_TOKEN_BUSY, &next, &err), UKB_OK); /* as it waits */
    assert_null(ukb_hold_share_now(scene.dir, scene.info.id));
    ukb_lock_release(next);
    next = ukb_hold_share_now(scene.dir, scene.info.id);
    assert_non_null(next);
    ukb_lock_release(next);
}

static void
a_call_waits_so_long_in_all_and_no_longer(void **state)
{
    char name[64];
    struct ukb_lock *lock = NULL;

    (void)state;
    scene_start("123456", NULL);
    (void)snprintf(name, sizeof(name), "token-%s", scene.info.id);
    assert_int_equal(ukb_lock_take(scene.dir, name, 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    scene.hold.waited_ms = 44900; /* of 45000 */
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_E_TOKEN_BUSY);
    assert_int_equal(scene.hold.waited_ms, 45000);
    assert_int_equal(login(), UKB_E_TOKEN_BUSY);
    assert_int_equal(fake.login_calls, 0);
    ukb_lock_release(lock);
    assert_int_equal(ukb_hold_share(&scene.hold, UKB_HOLD_BEFORE_DIALOG_MS, &err), UKB_OK); /* that needs no wait */
}

static void
a_lock_that_cannot_be_made_is_an_error(void **state)
{
    (void)state;
    scene_start("123456", NULL);
    scene.hold.env.lock_dir = scratch_file(scene.scratch, "file", "");
    assert_int_equal(ukb_hold_lock(&scene.hold, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(scene.hold.lock);
}

static void
without_the_lock_no_pin_is_tried(void **state)
{
    char dir[sizeof(((struct scratch *)NULL)->path)];

    (void)state;
    (void)snprintf(dir, sizeof(dir), "%s", scratch_file(scene.scratch, "file", ""));
    scene_start("000000 000000", NULL);
    scene.hold.env.lock_dir = dir;
    assert_int_equal(login(), UKB_E_JOURNAL_UNAVAILABLE);
    assert_true(scene_told("GETPIN"));
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    assert_int_equal(login(), UKB_E_JOURNAL_UNAVAILABLE);
    assert_true(scene_told("CONFIRM"));
    assert_int_equal(fake.login_calls, 0);
}

static void
a_question_is_answered_by_yes_or_no(void **state)
{
    (void)state;
    scene_start("", NULL);
    assert_int_equal(ukb_hold_confirm(&scene.hold, UKB_DIALOG_INSTALL, UKB_DIALOG_QUESTION_NOT_YET_VALID, &err),
                     UKB_OK);
    assert_true(scene_told("is not valid yet"));
    ukb_hold_done(&scene.hold);
    ukb_dialog_free(scene.dialog);
    scene.dialog = NULL;
    scene_start("deny", NULL);
    assert_int_equal(ukb_hold_confirm(&scene.hold, UKB_DIALOG_INSTALL, UKB_DIALOG_QUESTION_NOT_YET_VALID, &err),
                     UKB_E_DENIED_BY_USER);
    assert_int_equal(fake.login_calls, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opening_asks_nobody_and_locks_nothing),
        TEST(a_token_that_is_not_in_is_not_opened),
        TEST(a_login_takes_the_lock_and_the_end_gives_it_back),
        TEST(a_login_that_fails_locks_nothing),
        TEST(a_failure_that_a_pulled_token_looks_like_is_told_as_that),
        TEST(any_other_end_stays_what_it_is),
        TEST(the_lines_are_shown_with_the_action),
        TEST(a_lock_that_is_held_is_waited_for),
        TEST(a_look_waits_for_a_write_and_holds_the_next_up),
        TEST(what_others_wrote_is_seen_by_a_look),
        TEST(what_others_write_while_the_user_types_is_seen_before_the_pin_is_tried),
        TEST(a_wrong_pin_is_tried_once_then_too),
        TEST(the_last_try_is_agreed_to_once_though_the_module_starts_again),
        TEST(a_token_that_is_gone_when_the_module_starts_again_is_a_removal),
        TEST(a_writer_is_let_in_between_looks),
        TEST(a_call_waits_so_long_in_all_and_no_longer),
        TEST(a_lock_that_cannot_be_made_is_an_error),
        TEST(without_the_lock_no_pin_is_tried),
        TEST(a_question_is_answered_by_yes_or_no),
    };

    return cmocka_run_group_tests_name("hold/hold", tests, NULL, NULL);
}
