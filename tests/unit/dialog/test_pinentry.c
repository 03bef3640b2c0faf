/* SPDX-License-Identifier: MIT */
/* Programs that misbehave, written as shell scripts, and what remains of a PIN in our memory. */
#include "program.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "core/limits.h"
#include "secret/secret.h"

static enum ukb_status
ask(struct fixture *f, struct ukb_secret *pin)
{
    const struct ukb_dialog_facts facts = { .origin = "https://ca.example.cn" };
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_dialog_ask_pin(f->dialog, &facts, pin, &err);

    assert_int_equal(st == UKB_OK, err.status == UKB_OK);
    return st;
}

static void
expect_refusal(struct fixture *f, enum ukb_status expected)
{
    struct ukb_secret pin = UKB_SECRET_INIT;

    assert_int_equal(ask(f, &pin), expected);
    assert_null(pin.data);
}

static void
escapes_in_the_answer_are_decoded(void **state)
{
    struct ukb_secret pin = UKB_SECRET_INIT;

    start(*state, GREETS "GETPIN) echo 'D 12%2534%0A'; echo 'D 锁'; echo OK;;\n" AGREES, 5000);
    assert_int_equal(ask(*state, &pin), UKB_OK);
    assert_int_equal(pin.len, strlen("12%34\n锁"));
    assert_memory_equal(pin.data, "12%34\n锁", pin.len);
    ukb_secret_done(&pin);
}

static void
no_pin_is_a_cancelled_dialog(void **state)
{
    start(*state, GREETS "GETPIN) echo OK;;\n" AGREES, 5000);
    expect_refusal(*state, UKB_E_PIN_CANCELLED);
}

static void
the_errors_of_a_program_are_told_apart(void **state)
{
    struct fixture *f = *state;

    /* gpg-error: 99 cancelled, 198 fully cancelled, 62 timeout, 32870 (0x8066) no terminal; with a source or without */
    start(f,
          GREETS
          "GETPIN) n=$((n+1)); case $n in 1) echo 'ERR 83886179 cancelled';; 2) echo 'ERR 99';;"
          "3) echo 'ERR 83886278';; 4) echo 'ERR 83886142 timeout';; *) echo 'ERR 83918950 no tty';; esac;;\n" AGREES,
          5000);
    expect_refusal(f, UKB_E_PIN_CANCELLED);
    expect_refusal(f, UKB_E_PIN_CANCELLED);
    expect_refusal(f, UKB_E_PIN_CANCELLED);
    expect_refusal(f, UKB_E_PIN_TIMEOUT);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
}

static void
a_question_has_only_yes_and_no(void **state)
{
    const struct ukb_dialog_facts facts = { .action = UKB_DIALOG_INSTALL };
    struct fixture *f = *state;
    struct ukb_error err = { 0 };

    /* gpg-error 114: not confirmed */
    start(f,
          GREETS "CONFIRM) n=$((n+1)); case $n in 1) echo OK;; 2) echo 'ERR 83886194';; 3) echo 'ERR 83886179';;"
                 "4) echo 'ERR 83886142';; *) echo 'ERR 83886194';; esac;;\n" AGREES,
          5000);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, "NOT_YET_VALID", &err), UKB_OK);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, "NOT_YET_VALID", &err), UKB_E_DENIED_BY_USER);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, "anything", &err), UKB_E_DENIED_BY_USER);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, "NOT_YET_VALID", &err), UKB_E_PIN_TIMEOUT);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, UKB_DIALOG_QUESTION_FINAL_TRY, &err), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY, &err),
                     UKB_E_PIN_FINAL_TRY);
    assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, UKB_DIALOG_QUESTION_PIN_PAD, &err), UKB_E_PIN_CANCELLED);
    assert_int_equal(f->waiting_seen, 7);
}

/* Whatever is amiss before the question, an answer of before is never the user's: this one would say no. */
static void
no_answer_of_before_is_taken_for_the_users(void **state)
{
    static const char *const amiss[] = {
        "SETTITLE*) echo 'INQUIRE FOO';;\n",
        "SETOK*) echo 'S X'; echo 'INQUIRE FOO';;\n",
        "SETCANCEL*) echo Hello;;\n",
        "SETTIMEOUT*) sleep 6; echo OK;;\n",
    };
    struct fixture *f = *state;
    const struct ukb_dialog_facts facts = { .origin = "https://ca.example.cn" };
    size_t i;

    for (i = 0; i < sizeof(amiss) / sizeof(amiss[0]); i++) {
        char script[512];
        struct ukb_error err = { 0 };

        (void)snprintf(script, sizeof(script), GREETS "%sCONFIRM) echo 'ERR 83886194';;\n" AGREES, amiss[i]);
        start(f, script, 5000);
        assert_int_equal(ukb_dialog_confirm(f->dialog, &facts, "NOT_YET_VALID", &err), UKB_E_PIN_UI_UNAVAILABLE);
        ukb_dialog_free(f->dialog);
        f->dialog = NULL;
    }
}

static void
comments_and_states_before_an_answer_are_passed_over(void **state)
{
    struct ukb_secret pin = UKB_SECRET_INIT;

    start(*state,
          GREETS "GETPIN) echo 'D 1234'; echo OK;;\nSETTITLE*|OPTION*|SETDESC*) echo '# hello'; echo 'S STATE'; echo "
                 "OK;;\n" AGREES,
          5000);
    assert_int_equal(ask(*state, &pin), UKB_OK);
    assert_int_equal(pin.len, 4);
    ukb_secret_done(&pin);
}

/* Each line is heard in time, and there is no end of them. */
static void
a_program_that_never_stops_talking_is_a_timeout(void **state)
{
    struct fixture *f = *state;
    struct ukb_error err = { 0 };

    start(f, GREETS "GETPIN) exec yes '# still here';;\n" AGREES, 300);
    expect_refusal(f, UKB_E_PIN_TIMEOUT);
    ukb_dialog_free(f->dialog);
    start(f, "exec yes '# still here'\n", 300);
    assert_int_equal(ukb_dialog_started(f->dialog, &err), UKB_E_PIN_UI_UNAVAILABLE);
}

static void
a_pin_that_is_too_long_is_refused_whole(void **state)
{
    struct fixture *f = *state;

    start(f,
          GREETS "GETPIN) printf 'D '; head -c 200 /dev/zero | tr '\\0' 7; echo; printf 'D ';"
                 "head -c 56 /dev/zero | tr '\\0' 7; echo; echo OK;;\n" AGREES,
          5000);
    expect_refusal(f, UKB_E_PIN_LENGTH);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE); /* the rest of that answer was never read */
}

static void
the_longest_pin_fits(void **state)
{
    struct ukb_secret pin = UKB_SECRET_INIT;

    start(*state, GREETS "GETPIN) printf 'D '; head -c 255 /dev/zero | tr '\\0' 7; echo; echo OK;;\n" AGREES, 5000);
    assert_int_equal(ask(*state, &pin), UKB_OK);
    assert_int_equal(pin.len, UKB_PIN_MAX_LEN);
    ukb_secret_done(&pin);
}

static void
a_program_that_never_answers_is_a_timeout_and_is_killed(void **state)
{
    struct fixture *f = *state;

    start(f, GREETS "GETPIN) exec sleep 600;;\n" AGREES, 200);
    expect_refusal(f, UKB_E_PIN_TIMEOUT);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
}

static void
half_a_line_does_not_hold_us_beyond_the_time(void **state)
{
    start(*state, GREETS "GETPIN) printf 'D 1234'; exec sleep 600;;\n" AGREES, 200);
    expect_refusal(*state, UKB_E_PIN_TIMEOUT);
}

static void
a_program_that_dies_or_talks_nonsense_is_unavailable(void **state)
{
    struct fixture *f = *state;

    start(f, GREETS "GETPIN) exit 1;;\n" AGREES, 5000);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
    ukb_dialog_free(f->dialog);
    start(f, GREETS "GETPIN) echo 'D 1234'; exit 1;;\n" AGREES, 5000);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE); /* an answer without an end is no answer */
    ukb_dialog_free(f->dialog);
    start(f, GREETS "GETPIN) echo Hello;;\n" AGREES, 5000);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
    ukb_dialog_free(f->dialog);
    start(f, GREETS "SETDESC*) echo 'ERR 1';;\nGETPIN) echo 'D 1234'; echo OK;;\n" AGREES, 5000);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE); /* it would ask without saying for what */
}

static void
a_program_that_does_not_start_is_told_of_only_when_asked(void **state)
{
    struct fixture *f = *state;

    start(f, "exit 3\n", 5000);
    assert_int_equal(f->waiting_seen, 0);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
    ukb_dialog_free(f->dialog);
    start(f, "echo 'ERR 1 no'\nexec sleep 600\n", 5000);
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
    ukb_dialog_free(f->dialog);
    f->dialog = NULL;
    (void)snprintf(f->program, sizeof(f->program), "%s/other", f->dir);
    {
        const struct ukb_dialog_config config = { .program = f->program, .lock_dir = f->dir };
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_dialog_new(&config, &f->dialog, &err), UKB_OK);
    }
    expect_refusal(f, UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(f->waiting_seen, 0); /* nothing was ever shown */
}

static void
the_program_is_told_words_and_limits_but_no_cache(void **state)
{
    struct fixture *f = *state;
    char script[512];
    char path[96];
    char seen[8192] = "";
    FILE *file = NULL;
    size_t len;

    (void)snprintf(script, sizeof(script),
                   "echo OK\nwhile read -r line; do\necho \"$line\" >> %s/seen\ncase \"$line\" in\n"
                   "GETPIN) echo 'ERR 99';;\nBYE*) exit 0;;\n*) echo OK;;\nesac\ndone\n",
                   f->dir);
    start(f, script, 299001);
    expect_refusal(f, UKB_E_PIN_CANCELLED);
    (void)snprintf(path, sizeof(path), "%s/seen", f->dir);
    file = fopen(path, "r");
    assert_non_null(file);
    len = fread(seen, 1, sizeof(seen) - 1U, file);
    assert_int_equal(fclose(file), 0);
    assert_true(len > 0);
    assert_non_null(strstr(seen, "\nSETTIMEOUT 300\n"));
    assert_non_null(strstr(seen, "\nSETTITLE UKey Bridge\n"));
    assert_non_null(strstr(seen, "\nSETPROMPT UKey PIN:\n"));
    assert_non_null(strstr(seen, "\nSETOK _OK\n"));
    assert_non_null(strstr(seen, "\nSETCANCEL _Cancel\n"));
    assert_non_null(strstr(seen, "SETDESC Website: https://ca.example.cn%0A"));
    assert_null(strstr(seen, "SETKEYINFO"));
    assert_null(strstr(seen, "cache"));
    assert_null(strstr(seen, "ttyname"));
    assert_null(strstr(seen, "SETERROR"));
}

/* A new PIN: the present one is 123456, lengths are 6 to 8. */
static enum ukb_status
ask_new(struct fixture *f, enum ukb_dialog_action action, struct ukb_secret *pin)
{
    const struct ukb_dialog_facts facts = { .action = action, .min_len = 6, .max_len = 8 };
    struct ukb_secret unlike = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };
    enum ukb_status st;

    assert_int_equal(ukb_secret_alloc(&unlike, 6, &err), UKB_OK);
    memcpy(unlike.data, "123456", 6);
    unlike.len = 6;
    st = ukb_dialog_ask_new_pin(f->dialog, &facts, &unlike, pin, &err);
    assert_int_equal(st == UKB_OK, pin->data != NULL);
    ukb_secret_done(&unlike);
    return st;
}

/* Start with a program that writes what it is told to the file "seen" and answers to each GETPIN in turn @p answers. */
static void
start_seeing(struct fixture *f, const char *answers)
{
    char script[1024];

    (void)snprintf(script, sizeof(script),
                   "echo OK\nwhile read -r line; do\necho \"$line\" >> %s/seen\ncase \"$line\" in\n"
                   "GETPIN) n=$((n+1)); case $n in %s esac;;\nBYE*) exit 0;;\n*) echo OK;;\nesac\ndone\n",
                   f->dir, answers);
    start(f, script, 5000);
}

/* How often the program was told a line that begins with @p line. */
static unsigned int
was_told(const struct fixture *f, const char *line)
{
    char path[96];
    char seen[512];
    unsigned int found = 0;
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "%s/seen", f->dir);
    file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(seen, sizeof(seen), file) != NULL) {
        found += strncmp(seen, line, strlen(line)) == 0;
    }
    assert_int_equal(fclose(file), 0);
    return found;
}

#define REPEATED "echo 'S PIN_REPEATED'; "

static void
a_program_that_repeats_is_asked_once(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start_seeing(f, "*) " REPEATED "echo 'D 654321'; echo OK;;");
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_OK);
    assert_int_equal(pin.len, 6);
    assert_memory_equal(pin.data, "654321", 6);
    ukb_secret_done(&pin);
    assert_int_equal(was_told(f, "GETPIN"), 1);
    assert_int_equal(was_told(f, "SETPROMPT New PIN (6 to 8 characters):"), 1);
    assert_int_equal(was_told(f, "SETREPEAT Repeat the new PIN:"), 1);
    assert_int_equal(was_told(f, "SETREPEATERROR The two entries"), 1);
    assert_int_equal(was_told(f, "SETERROR"), 0);
    assert_int_equal(f->waiting_seen, 1);
}

static void
a_program_that_does_not_repeat_is_asked_twice(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start_seeing(f, "*) echo 'D 654321'; echo OK;;");
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_OK);
    assert_memory_equal(pin.data, "654321", 6);
    ukb_secret_done(&pin);
    assert_int_equal(was_told(f, "GETPIN"), 2);
    assert_int_equal(was_told(f, "SETPROMPT Repeat the new PIN:"), 1);
}

static void
two_entries_that_differ_are_asked_for_again(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start_seeing(f, "1) echo 'D 654321'; echo OK;; 2) echo 'D 654322'; echo OK;; *) echo 'D 777777'; echo OK;;");
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_OK);
    assert_memory_equal(pin.data, "777777", 6);
    ukb_secret_done(&pin);
    assert_int_equal(was_told(f, "GETPIN"), 4);
    assert_int_equal(was_told(f, "SETERROR The two entries of the new PIN differ."), 1);
}

static void
a_new_pin_that_cannot_be_taken_is_asked_for_again(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start_seeing(f, "1) " REPEATED "echo 'D 12345'; echo OK;; 2) " REPEATED "echo 'D 123456789'; echo OK;;"
                    "3) " REPEATED "echo 'D 123456'; echo OK;; 4) echo OK;;"
                    "*) " REPEATED "echo 'D 12345678'; echo OK;;");
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_OK);
    assert_memory_equal(pin.data, "12345678", 8);
    ukb_secret_done(&pin);
    assert_int_equal(was_told(f, "SETERROR The new PIN is too short: it needs at least 6 characters."), 2);
    assert_int_equal(was_told(f, "SETERROR The new PIN is too long: it may have at most 8 characters."), 1);
    assert_int_equal(was_told(f, "SETERROR The new PIN is the present one."), 1);
    assert_int_equal(was_told(f, "GETPIN"), 5);
    assert_int_equal(f->waiting_seen, 1); /* one dialog: no other may come in between */
}

static void
the_administrators_pin_is_no_new_pin_either(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start_seeing(f, "1) " REPEATED "echo 'D 123456'; echo OK;; *) " REPEATED "echo 'D 654321'; echo OK;;");
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_UNBLOCK, &pin), UKB_OK);
    ukb_secret_done(&pin);
    assert_int_equal(was_told(f, "SETERROR The new PIN must not be the administrator PIN."), 1);
}

static void
new_pins_that_cannot_be_taken_come_to_an_end(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start_seeing(f, "5) " REPEATED "echo 'D 123'; echo OK;; *) " REPEATED "echo 'D 123456'; echo OK;;");
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_E_PIN_LENGTH); /* as the last one */
    assert_int_equal(was_told(f, "GETPIN"), UKB_DIALOG_NEW_PIN_ROUNDS);
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_E_PIN_CANCELLED);
    assert_int_equal(was_told(f, "GETPIN"), 2U * UKB_DIALOG_NEW_PIN_ROUNDS);
}

static void
closing_either_dialog_of_a_new_pin_is_cancelling(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start_seeing(f, "1) echo 'ERR 83886179';; 2) echo 'D 654321'; echo OK;; *) echo 'ERR 83886179';;");
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_E_PIN_CANCELLED);
    assert_int_equal(ask_new(f, UKB_DIALOG_PIN_CHANGE, &pin), UKB_E_PIN_CANCELLED);
    assert_int_equal(was_told(f, "GETPIN"), 3);
    assert_int_equal(f->waiting_seen, 2);
}

/* The PIN that the program gives, each byte xor 0x5A, so that this program's own memory never holds it. */
static const unsigned char hidden_pin[] = { 'n' ^ 0x5A, 'o' ^ 0x5A, 't' ^ 0x5A, 'i' ^ 0x5A, 'n' ^ 0x5A, 'r' ^ 0x5A,
                                            'a' ^ 0x5A, 'm' ^ 0x5A, '7' ^ 0x5A, '3' ^ 0x5A, '9' ^ 0x5A, '1' ^ 0x5A };

static unsigned int
count_in(const unsigned char *data, size_t len)
{
    unsigned int found = 0;
    size_t i;
    size_t j;

    for (i = 0; i + sizeof(hidden_pin) <= len; i++) {
        for (j = 0; j < sizeof(hidden_pin) && (data[i + j] ^ 0x5A) == hidden_pin[j]; j++) {
        }
        found += j == sizeof(hidden_pin);
    }
    return found;
}

/* How often the PIN stands in the writable memory of this process. */
static unsigned int
copies_in_memory(void)
{
    const size_t chunk_len = 64U * 1024U * 1024U;
    int zero = open("/dev/zero", O_RDWR);
    unsigned char *chunk = mmap(NULL, chunk_len, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY);
    unsigned long start_at = 0;
    unsigned long end_at = 0;
    char access[8] = "";
    unsigned int found = 0;

    assert_true(chunk != MAP_FAILED && maps != NULL && memory >= 0);
    while (fscanf(maps, "%lx-%lx %7s%*[^\n]", &start_at, &end_at, access) == 3) {
        const bool ours = start_at <= (unsigned long)chunk && (unsigned long)chunk < end_at;

        /* A sanitizer's shadow is larger than any memory of ours. */
        if (strncmp(access, "rw", 2) == 0 && !ours && end_at - start_at <= chunk_len) {
            const ssize_t got = pread(memory, chunk, end_at - start_at, (off_t)start_at);

            found += got > 0 ? count_in(chunk, (size_t)got) : 0;
        }
    }
    assert_int_equal(fclose(maps), 0);
    assert_int_equal(close(memory), 0);
    assert_int_equal(munmap(chunk, chunk_len), 0);
    assert_int_equal(close(zero), 0);
    return found;
}

static void
the_pin_is_in_memory_once_and_then_never(void **state)
{
    struct fixture *f = *state;
    struct ukb_secret pin = UKB_SECRET_INIT;

    start(f, GREETS "GETPIN) echo \"D $(echo opujosbn84:2 | tr 'b-z2-:' 'a-y1-9')\"; echo OK;;\n" AGREES, 5000);
    assert_int_equal(ask(f, &pin), UKB_OK);
    assert_int_equal(pin.len, sizeof(hidden_pin));
    assert_int_equal(copies_in_memory(), 1);
    ukb_secret_done(&pin);
    assert_int_equal(copies_in_memory(), 0);
}

static void
new_pins_are_in_memory_once_and_then_never(void **state)
{
    const struct ukb_dialog_facts facts = { .action = UKB_DIALOG_PIN_CHANGE, .min_len = 6, .max_len = 16 };
    struct fixture *f = *state;
    const struct ukb_secret unlike = UKB_SECRET_INIT;
    struct ukb_secret pin = UKB_SECRET_INIT;
    struct ukb_error err = { 0 };

    start(f,
          GREETS "GETPIN) n=$((n+1)); p=$(echo opujosbn84:2 | tr 'b-z2-:' 'a-y1-9');"
                 "if [ $n = 2 ]; then p=other1; fi; echo \"D $p\"; echo OK;;\n" AGREES,
          5000);
    assert_int_equal(ukb_dialog_ask_new_pin(f->dialog, &facts, &unlike, &pin, &err), UKB_OK);
    assert_int_equal(pin.len, sizeof(hidden_pin));
    assert_int_equal(copies_in_memory(), 1);
    ukb_secret_done(&pin);
    assert_int_equal(copies_in_memory(), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(escapes_in_the_answer_are_decoded, setup, teardown),
        cmocka_unit_test_setup_teardown(no_pin_is_a_cancelled_dialog, setup, teardown),
        cmocka_unit_test_setup_teardown(the_errors_of_a_program_are_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_question_has_only_yes_and_no, setup, teardown),
        cmocka_unit_test_setup_teardown(no_answer_of_before_is_taken_for_the_users, setup, teardown),
        cmocka_unit_test_setup_teardown(comments_and_states_before_an_answer_are_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_never_stops_talking_is_a_timeout, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pin_that_is_too_long_is_refused_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(the_longest_pin_fits, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_never_answers_is_a_timeout_and_is_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(half_a_line_does_not_hold_us_beyond_the_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_dies_or_talks_nonsense_is_unavailable, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_does_not_start_is_told_of_only_when_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(the_program_is_told_words_and_limits_but_no_cache, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_repeats_is_asked_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_does_not_repeat_is_asked_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(two_entries_that_differ_are_asked_for_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_pin_that_cannot_be_taken_is_asked_for_again, setup, teardown),
        cmocka_unit_test_setup_teardown(the_administrators_pin_is_no_new_pin_either, setup, teardown),
        cmocka_unit_test_setup_teardown(new_pins_that_cannot_be_taken_come_to_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_either_dialog_of_a_new_pin_is_cancelling, setup, teardown),
        cmocka_unit_test_setup_teardown(new_pins_are_in_memory_once_and_then_never, setup, teardown),
        cmocka_unit_test_setup_teardown(the_pin_is_in_memory_once_and_then_never, setup, teardown),
    };

    return cmocka_run_group_tests_name("dialog/pinentry", tests, NULL, NULL);
}
