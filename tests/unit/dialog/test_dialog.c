/* SPDX-License-Identifier: MIT */
/*
 * Dialogs as people meet them: the real pinentry-gtk-2 on an X server that this test starts for itself, and xdotool for
 * hands. Skipped, and said so, where one of the three programs is missing.
 */
#include "../test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dialog/dialog.h"
#include "secret/secret.h"

#define PINENTRY "/usr/bin/pinentry-gtk-2"
#define SKIPPED  77 /* what ctest counts as skipped */
/*
 * What users' scripts begin with. `next` waits for the next dialog and turns to it: a window that is not the one of
 * before, known by its id and its process, for the X server gives the ids of a program that ended to another one.
 */
#define HANDS                                                                                                          \
    "set -e; seen=; name() { echo \"$1 $(xdotool getwindowpid $1)\"; };"                                               \
    "look() { for w in $(xdotool search --onlyvisible --name 'UKey Bridge'); do"                                       \
    " [ \"$(name $w)\" = \"$seen\" ] || return 0; done; return 1; };"                                                  \
    "next() { until look; do sleep 0.05; done; seen=$(name $w); sleep 0.4; xdotool windowfocus $w; }; "

static pid_t x_server;
static char dir[64];
static char lock_dir[96];

static pid_t
run_shell(const char *script)
{
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", script, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* The user: does what @p script says once a dialog is on the screen. */
static pid_t
user(const char *script)
{
    char whole[1024];

    assert_in_range(snprintf(whole, sizeof(whole), HANDS "next; %s", script), 0, sizeof(whole) - 1U);
    return run_shell(whole);
}

static void
user_is_done(pid_t child)
{
    int status = -1;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Start Xvfb on a display that it chooses, and set DISPLAY. */
static void
start_x_server(void)
{
    char number[16] = "";
    char display[32];
    int fds[2] = { -1, -1 };
    size_t len = 0;

    assert_int_equal(pipe(fds), 0);
    x_server = fork();
    assert_true(x_server >= 0);
    if (x_server == 0) {
        (void)snprintf(number, sizeof(number), "%d", fds[1]);
        (void)close(fds[0]);
        (void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO); /* it complains about keyboards */
        (void)execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", "1024x768x24", "-nolisten", "tcp",
                     "-noreset" /* without a client it would turn the next one away for a moment */,
                     "-r" /* no key repeats itself, however slow the machine */, (char *)NULL);
        _exit(127);
    }
    (void)close(fds[1]);
    do { /* "99\n", in pieces or at once */
        const ssize_t got = read(fds[0], number + len, sizeof(number) - 1U - len);

        assert_true(got > 0);
        len += (size_t)got;
    } while (number[len - 1U] != '\n');
    (void)close(fds[0]);
    number[strcspn(number, "\n")] = '\0';
    (void)snprintf(display, sizeof(display), ":%s", number);
    assert_int_equal(setenv("DISPLAY", display, 1), 0);
    user_is_done(run_shell("xdotool key Shift_L")); /* the first key ever makes programs read the keyboard anew */
}

/* True when the shell finds @p program. */
static bool
is_there(const char *program)
{
    char script[128];
    int status = -1;

    (void)snprintf(script, sizeof(script), "command -v %s >/dev/null", program);
    return waitpid(run_shell(script), &status, 0) > 0 && status == 0;
}

static int
start_all(void **state)
{
    (void)state;
    (void)unsetenv("DBUS_SESSION_BUS_ADDRESS");
    (void)snprintf(dir, sizeof(dir), "/tmp/ukb-dialog-XXXXXX");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(lock_dir, sizeof(lock_dir), "%s/lock", dir);
    start_x_server();
    return 0;
}

static int
end_all(void **state)
{
    char path[128];

    (void)state;
    assert_int_equal(kill(x_server, SIGTERM), 0);
    assert_int_equal(waitpid(x_server, NULL, 0), x_server);
    (void)snprintf(path, sizeof(path), "%s/dialog", lock_dir);
    (void)unlink(path);
    (void)rmdir(lock_dir);
    return rmdir(dir);
}

/* Each test ends without a child but the X server. */
static int
teardown(void **state)
{
    (void)state;
    return waitpid(-1, NULL, WNOHANG) == 0 ? 0 : -1;
}

static struct ukb_dialog *
new_dialog(const char *lang, unsigned int timeout_ms)
{
    const struct ukb_dialog_config config = {
        .program = PINENTRY, .lang = lang, .lock_dir = lock_dir, .timeout_ms = timeout_ms
    };
    struct ukb_dialog *dialog = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_dialog_new(&config, &dialog, &err), UKB_OK);
    return dialog;
}

static const struct ukb_dialog_facts facts = {
    .action = UKB_DIALOG_RENEW_NEW_KEY,
    .origin = "https://ca.example.cn",
    .token_label = "某某公司_UKey",
    .token_serial = "1a2b3c4d",
    .min_len = 6,
    .max_len = 8,
};

static void
the_pin_that_a_user_types_arrives(void **state)
{
    struct ukb_dialog *dialog = new_dialog("zh-CN", 20000);
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    const pid_t hands = user("xdotool type --delay 30 'a%25 1_9'; xdotool key Return");

    (void)state;
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_OK);
    user_is_done(hands);
    assert_int_equal(pin.len, strlen("a%25 1_9"));
    assert_memory_equal(pin.data, "a%25 1_9", pin.len);
    ukb_secret_done(&pin);
    ukb_dialog_free(dialog);
}

static void
escape_and_an_empty_field_are_cancelled_and_the_next_question_works(void **state)
{
    struct ukb_dialog *dialog = new_dialog("en", 20000);
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    pid_t hands = user("xdotool type 123456; xdotool key Escape");

    (void)state;
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_E_PIN_CANCELLED);
    user_is_done(hands);
    hands = user("xdotool key Return");
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_E_PIN_CANCELLED);
    user_is_done(hands);
    assert_null(pin.data);
    hands = user("xdotool type 654321; xdotool key Return");
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_OK);
    user_is_done(hands);
    assert_memory_equal(pin.data, "654321", 6);
    ukb_secret_done(&pin);
    ukb_dialog_free(dialog);
}

static void
a_new_pin_and_its_repetition_are_one_dialog(void **state)
{
    struct ukb_dialog *dialog = new_dialog("zh-CN", 20000);
    const struct ukb_secret unlike = UKB_SECRET_INIT;
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    const pid_t hands = user("xdotool type 654321; xdotool key Return; xdotool type 654322; xdotool key Return;"
                             /* they differ: the dialog says so, and stays */
                             "sleep 0.3; xdotool type 777777; xdotool key Return; xdotool key ctrl+a;"
                             "xdotool type 777777; xdotool key Return");

    (void)state;
    assert_int_equal(ukb_dialog_ask_new_pin(dialog, &facts, &unlike, &pin, &err), UKB_OK);
    user_is_done(hands);
    assert_int_equal(pin.len, 6);
    assert_memory_equal(pin.data, "777777", 6);
    ukb_secret_done(&pin);
    ukb_dialog_free(dialog);
}

static void
a_new_pin_that_is_too_short_is_asked_for_in_a_new_dialog(void **state)
{
    struct ukb_dialog *dialog = new_dialog("en", 20000);
    const struct ukb_secret unlike = UKB_SECRET_INIT;
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    const pid_t hands = user("xdotool type 12; xdotool key Return; xdotool type 12; xdotool key Return;"
                             "next; xdotool type 123456;"
                             "xdotool key Return; xdotool type 123456; xdotool key Return");

    (void)state;
    assert_int_equal(ukb_dialog_ask_new_pin(dialog, &facts, &unlike, &pin, &err), UKB_OK);
    user_is_done(hands);
    assert_memory_equal(pin.data, "123456", 6);
    ukb_secret_done(&pin);
    ukb_dialog_free(dialog);
}

static void
a_question_is_answered_by_its_buttons(void **state)
{
    struct ukb_dialog *dialog = new_dialog("zh-CN", 20000);
    struct ukb_error err = { 0 };
    pid_t hands = user("xdotool key alt+o");

    (void)state;
    assert_int_equal(ukb_dialog_confirm(dialog, &facts, UKB_DIALOG_QUESTION_OLD_FILES, &err), UKB_OK);
    user_is_done(hands);
    hands = user("xdotool key alt+c");
    assert_int_equal(ukb_dialog_confirm(dialog, &facts, UKB_DIALOG_QUESTION_OLD_FILES, &err), UKB_E_DENIED_BY_USER);
    user_is_done(hands);
    hands = user("xdotool key Escape");
    assert_int_equal(ukb_dialog_confirm(dialog, &facts, UKB_DIALOG_QUESTION_FINAL_TRY, &err), UKB_E_PIN_FINAL_TRY);
    user_is_done(hands);
    ukb_dialog_free(dialog);
}

static void
a_careless_return_or_space_does_not_say_yes(void **state)
{
    struct ukb_dialog *dialog = new_dialog("en", 20000);
    struct ukb_error err = { 0 };
    pid_t hands = user("xdotool key Return");

    (void)state;
    assert_int_equal(ukb_dialog_confirm(dialog, &facts, UKB_DIALOG_QUESTION_FINAL_TRY, &err), UKB_E_PIN_FINAL_TRY);
    user_is_done(hands);
    hands = user("xdotool key space");
    assert_int_equal(ukb_dialog_confirm(dialog, &facts, UKB_DIALOG_QUESTION_FINAL_TRY, &err), UKB_E_PIN_FINAL_TRY);
    user_is_done(hands);
    ukb_dialog_free(dialog);
}

static void
nobody_there_is_a_timeout(void **state)
{
    struct ukb_dialog *dialog = new_dialog("en", 1000);
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_E_PIN_TIMEOUT);
    assert_int_equal(ukb_dialog_confirm(dialog, &facts, "NOT_YET_VALID", &err), UKB_E_PIN_TIMEOUT);
    ukb_dialog_free(dialog);
}

static void
a_user_who_types_and_walks_away_is_a_timeout_too(void **state)
{
    struct ukb_dialog *dialog = new_dialog("en", 5000); /* the user is faster on any machine */
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    const pid_t hands = user("xdotool type 1234");

    (void)state;
    /* pinentry's own clock stops at the first key: ours ends it. */
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_E_PIN_TIMEOUT);
    user_is_done(hands);
    assert_null(pin.data);
    ukb_dialog_free(dialog);
}

static void
without_a_display_there_is_no_dialog(void **state)
{
    char *display = strdup(getenv("DISPLAY"));
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_dialog *dialog = NULL;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(unsetenv("DISPLAY"), 0);
    dialog = new_dialog("en", 5000);
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(err.native & 0xFFFFU, 32870);
    ukb_dialog_free(dialog);
    assert_int_equal(setenv("DISPLAY", ":4095", 1), 0);
    dialog = new_dialog("en", 5000);
    assert_int_equal(ukb_dialog_confirm(dialog, &facts, "NOT_YET_VALID", &err), UKB_E_PIN_UI_UNAVAILABLE);
    ukb_dialog_free(dialog);
    assert_int_equal(setenv("DISPLAY", display, 1), 0);
    free(display);
}

/* A process of its own that asks with @p timeout_ms and ends with 0 when it got @p expected. */
static pid_t
start_other(unsigned int timeout_ms, enum ukb_status expected)
{
    const pid_t other = fork();

    assert_true(other >= 0);
    if (other == 0) {
        struct ukb_dialog *dialog = new_dialog("en", timeout_ms);
        struct ukb_secret pin = UKB_SECRET_INIT;
        struct ukb_error err = { 0 };
        const enum ukb_status st = ukb_dialog_ask_pin(dialog, &facts, &pin, &err);

        ukb_secret_done(&pin);
        ukb_dialog_free(dialog);
        _exit(st == expected ? 0 : 1);
    }
    return other;
}

static void
a_second_dialog_waits_for_the_first(void **state)
{
    const pid_t first = start_other(20000, UKB_OK);
    struct ukb_dialog *dialog = new_dialog("en", 20000);
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    pid_t hands;

    (void)state;
    user_is_done(user("true")); /* the first one is on the screen */
    hands = user("xdotool type 111111; xdotool key Return; next; xdotool type 222222; xdotool key Return");
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_OK);
    assert_memory_equal(pin.data, "222222", 6);
    ukb_secret_done(&pin);
    ukb_dialog_free(dialog);
    user_is_done(first);
    user_is_done(hands);
}

static void
a_screen_that_stays_taken_is_a_timeout(void **state)
{
    const pid_t first = start_other(20000, UKB_E_PIN_CANCELLED);
    struct ukb_dialog *dialog = new_dialog("en", 300);
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    (void)state;
    user_is_done(user("true"));
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_E_PIN_TIMEOUT);
    ukb_dialog_free(dialog);
    user_is_done(user("xdotool key Escape"));
    user_is_done(first);
}

/* The only child of @p parent, 0 when it has none. */
static pid_t
child_of(pid_t parent)
{
    char path[64];
    long child = 0;
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
    file = fopen(path, "r");
    if (file != NULL) {
        if (fscanf(file, "%ld", &child) != 1) {
            child = 0;
        }
        assert_int_equal(fclose(file), 0);
    }
    return (pid_t)child;
}

/* True when @p pid is no more, or waits for whoever takes care of orphans. */
static bool
has_ended(pid_t pid)
{
    char path[64];
    char state = 'Z';
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    file = fopen(path, "r");
    if (file != NULL) {
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) {
            state = 'Z';
        }
        assert_int_equal(fclose(file), 0);
    }
    return state == 'Z';
}

static void
a_dialog_dies_with_its_process_and_frees_the_screen(void **state)
{
    const struct timespec pause = { 0, 20000000L };
    const pid_t other = start_other(20000, UKB_OK);
    struct ukb_dialog *dialog = NULL;
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    pid_t program;
    pid_t hands;
    int i;

    (void)state;
    user_is_done(user("true"));
    program = child_of(other);
    assert_true(program > 0);
    assert_int_equal(kill(other, SIGKILL), 0);
    assert_int_equal(waitpid(other, NULL, 0), other);
    for (i = 0; i < 500 && !has_ended(program); i++) {
        (void)nanosleep(&pause, NULL);
    }
    assert_true(has_ended(program));

    dialog = new_dialog("en", 20000);
    hands = user("xdotool type 333333; xdotool key Return");
    assert_int_equal(ukb_dialog_ask_pin(dialog, &facts, &pin, &err), UKB_OK);
    user_is_done(hands);
    ukb_secret_done(&pin);
    ukb_dialog_free(dialog);
}

static void
a_dialog_that_was_never_asked_ends_quietly(void **state)
{
    (void)state;
    ukb_dialog_free(new_dialog("en", 1000));
    ukb_dialog_free(NULL);
}

static void
a_program_that_does_not_start_is_told_before_the_first_question(void **state)
{
    const struct ukb_dialog_config config = { .program = "/nowhere/pinentry", .lock_dir = lock_dir };
    struct ukb_dialog *dialog = new_dialog("en", 1000);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_dialog_started(dialog, &err), UKB_OK);
    ukb_dialog_free(dialog);
    assert_int_equal(ukb_dialog_new(&config, &dialog, &err), UKB_OK);
    assert_int_equal(ukb_dialog_started(dialog, &err), UKB_E_PIN_UI_UNAVAILABLE);
    ukb_dialog_free(dialog);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_pin_that_a_user_types_arrives, NULL, teardown),
        cmocka_unit_test_setup_teardown(escape_and_an_empty_field_are_cancelled_and_the_next_question_works, NULL,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_new_pin_and_its_repetition_are_one_dialog, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_new_pin_that_is_too_short_is_asked_for_in_a_new_dialog, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_question_is_answered_by_its_buttons, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_careless_return_or_space_does_not_say_yes, NULL, teardown),
        cmocka_unit_test_setup_teardown(nobody_there_is_a_timeout, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_user_who_types_and_walks_away_is_a_timeout_too, NULL, teardown),
        cmocka_unit_test_setup_teardown(without_a_display_there_is_no_dialog, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_second_dialog_waits_for_the_first, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_screen_that_stays_taken_is_a_timeout, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_dialog_dies_with_its_process_and_frees_the_screen, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_dialog_that_was_never_asked_ends_quietly, NULL, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_does_not_start_is_told_before_the_first_question, NULL,
                                        teardown),
    };

    if (!is_there("Xvfb") || !is_there("xdotool") || !is_there(PINENTRY)) {
        (void)printf("skipped: Xvfb, xdotool or " PINENTRY " is not installed\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests_name("dialog/dialog", tests, start_all, end_all);
}
