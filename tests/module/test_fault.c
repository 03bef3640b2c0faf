/* SPDX-License-Identifier: MIT */
/* Tests of libukb-fault.so over SoftHSM: it forwards what it is not told to mistreat, and mistreats what it is. */
#include "../unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fake/softhsm.h"
#include "fixture.h"

#define HANG_S 1U /* how long a call must not answer to be taken for hanging */

/* What became of a process that made one call: exit code or signal. */
struct end {
    int code;
    int signal;
};

/* Create an object in a process of its own. */
static struct end
create_elsewhere(const char *script, const char *label)
{
    const pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(HANG_S);
        fixture_start(script);
        _exit(fixture_create(fixture_session("UKey one"), label) == CKR_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return (struct end){ WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0 };
}

/* Without a script */

static void
all_68_functions_are_there(void **state)
{
    CK_VOID_PTR functions[68];
    size_t i;

    (void)state;
    fixture_start(NULL);
    assert_int_equal(fixture_module->version.major, 2);
    assert_int_equal(fixture_module->version.minor, 40);
    memcpy(functions, &fixture_module->C_Initialize, sizeof(functions));
    for (i = 0; i < 68; i++) {
        assert_non_null(functions[i]);
    }
    assert_int_equal(sizeof(*fixture_module),
                     sizeof(functions) + sizeof(void *)); /* the version, padded, and no more */
}

static void
the_list_is_found_through_the_list(void **state)
{
    CK_FUNCTION_LIST *again = NULL;

    (void)state;
    fixture_start(NULL);
    assert_int_equal(fixture_module->C_GetFunctionList(&again), CKR_OK);
    assert_ptr_equal(again, fixture_module);
    assert_int_equal(fixture_module->C_GetFunctionList(NULL), CKR_ARGUMENTS_BAD);
}

static void
calls_reach_the_real_module(void **state)
{
    CK_INFO info;
    CK_SESSION_HANDLE session;
    unsigned char pin[] = "123456";

    (void)state;
    fixture_start(NULL);
    assert_int_equal(fixture_module->C_GetInfo(&info), CKR_OK);
    assert_memory_equal(info.manufacturerID, "SoftHSM", strlen("SoftHSM"));
    session = fixture_session("UKey one");
    assert_int_equal(fixture_module->C_Login(session, CKU_USER, pin, 6), CKR_OK);
    assert_int_equal(fixture_create(session, "forwarded"), CKR_OK);
    assert_int_equal(fixture_count(session, "forwarded"), 1);
    assert_int_equal(fixture_module->C_Login(session, CKU_USER, pin, 6), CKR_USER_ALREADY_LOGGED_IN);
    assert_int_equal(fixture_module->C_Logout(session), CKR_OK);
    assert_int_equal(fixture_module->C_CloseSession(session), CKR_OK);
}

static void
a_script_or_module_that_makes_no_sense_is_no_module(void **state)
{
    (void)state;
    assert_int_equal(setenv("UKB_FAULT", "C_Logon=hang", 1), 0);
    assert_int_equal(fixture_load(), CKR_GENERAL_ERROR);
    assert_int_equal(fixture_unload(), 0);
    assert_int_equal(unsetenv("UKB_FAULT"), 0);
    assert_int_equal(setenv("UKB_FAULT_MODULE", "/nowhere/libvendor.so", 1), 0);
    assert_int_equal(fixture_load(), CKR_GENERAL_ERROR);
    assert_int_equal(fixture_unload(), 0);
    assert_int_equal(unsetenv("UKB_FAULT_MODULE"), 0);
    assert_int_equal(fixture_load(), CKR_GENERAL_ERROR);
    assert_int_equal(fixture_unload(), 0);
    assert_int_equal(setenv("UKB_FAULT_MODULE", SOFTHSM_PATH, 1), 0);
}

/* With one */

static void
an_answer_stands_instead_of_the_call(void **state)
{
    CK_SESSION_HANDLE session;

    (void)state;
    fixture_start("C_CreateObject:2=CKR_DEVICE_REMOVED");
    session = fixture_session("UKey one");
    assert_int_equal(fixture_create(session, "answer"), CKR_OK);
    assert_int_equal(fixture_create(session, "answer"), CKR_DEVICE_REMOVED);
    assert_int_equal(fixture_create(session, "answer"), CKR_OK);
    assert_int_equal(fixture_count(session, "answer"), 2);
}

static void
an_answer_after_the_call_hides_that_it_was_done(void **state)
{
    CK_SESSION_HANDLE session;

    (void)state;
    fixture_start("C_CreateObject:1=CKR_GENERAL_ERROR-after");
    session = fixture_session("UKey one");
    assert_int_equal(fixture_create(session, "answer after"), CKR_GENERAL_ERROR);
    assert_int_equal(fixture_count(session, "answer after"), 1);
}

static void
a_process_ends_before_or_after_its_call(void **state)
{
    struct end end;

    (void)state;
    end = create_elsewhere("C_CreateObject:1=kill", "killed before");
    assert_int_equal(end.signal, SIGKILL);
    end = create_elsewhere("C_CreateObject:1=kill-after", "killed after");
    assert_int_equal(end.signal, SIGKILL);
    end = create_elsewhere("C_CreateObject:1=crash", "crashed");
    assert_int_equal(end.signal, SIGSEGV);
    fixture_start("");
    assert_int_equal(fixture_count(fixture_session("UKey one"), "killed before"), 0);
    assert_int_equal(fixture_count(fixture_session("UKey one"), "killed after"), 1);
    assert_int_equal(fixture_count(fixture_session("UKey one"), "crashed"), 0);
}

static void
a_hanging_call_does_not_return(void **state)
{
    (void)state;
    assert_int_equal(create_elsewhere("C_CreateObject=hang", "hung").signal, SIGALRM);
}

static long
ms_of_get_info(void)
{
    struct timespec start_at;
    struct timespec end_at;
    CK_INFO info;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &start_at), 0);
    assert_int_equal(fixture_module->C_GetInfo(&info), CKR_OK);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &end_at), 0);
    return (end_at.tv_sec - start_at.tv_sec) * 1000 + (end_at.tv_nsec - start_at.tv_nsec) / 1000000;
}

static void
a_delayed_call_takes_its_time(void **state)
{
    (void)state;
    fixture_start("C_GetInfo:2=delay(80)");
    assert_true(ms_of_get_info() < 80);
    assert_true(ms_of_get_info() >= 80);
}

static void
a_printing_call_prints_to_stdout_and_goes_on(void **state)
{
    const int kept = dup(STDOUT_FILENO);
    const int to = open(fixture_file("printed"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    CK_INFO info;
    CK_RV rv;

    (void)state;
    fixture_start("C_GetInfo=print(hello)");
    (void)fflush(stdout);
    assert_int_equal(dup2(to, STDOUT_FILENO), STDOUT_FILENO);
    rv = fixture_module->C_GetInfo(&info);
    assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    assert_int_equal(close(kept) | close(to), 0);
    assert_int_equal(rv, CKR_OK);
    assert_string_equal(fixture_read("printed"), "hello\nhello"); /* by stdio, and by write */
}

static void
token_info_is_changed(void **state)
{
    CK_TOKEN_INFO info;
    CK_SLOT_ID slot;

    (void)state;
    fixture_start("C_GetTokenInfo:20+=set(LOW|FINAL_TRY); C_GetTokenInfo:21=clear(INITIALIZED); "
                  "C_GetTokenInfo:22=label(Another); C_GetTokenInfo:22=serial(0001)");
    slot = fixture_slot("UKey one");
    while (fixture_module->C_GetTokenInfo(slot, &info) == CKR_OK && (info.flags & CKF_USER_PIN_COUNT_LOW) == 0) {
        assert_true((info.flags & CKF_USER_PIN_INITIALIZED) != 0);
    }
    assert_true((info.flags & CKF_USER_PIN_FINAL_TRY) != 0);
    assert_true((info.flags & CKF_USER_PIN_INITIALIZED) != 0);
    assert_int_equal(fixture_module->C_GetTokenInfo(slot, &info), CKR_OK);
    assert_true((info.flags & CKF_USER_PIN_INITIALIZED) == 0);
    assert_memory_equal(info.label, "UKey one ", 9);
    assert_int_equal(fixture_module->C_GetTokenInfo(slot, &info), CKR_OK);
    assert_memory_equal(info.label, "Another                         ", 32);
    assert_memory_equal(info.serialNumber, "0001            ", 16);
    assert_int_equal(fixture_module->C_GetTokenInfo(slot, &info), CKR_OK);
    assert_memory_equal(info.label, "UKey one ", 9);
}

static void
rules_of_one_call_add_up(void **state)
{
    CK_INFO info;

    (void)state;
    fixture_start("C_GetInfo:1=delay(30); C_GetInfo:1=CKR_FUNCTION_FAILED; C_GetInfo:1=crash");
    assert_int_equal(fixture_module->C_GetInfo(&info),
                     CKR_FUNCTION_FAILED); /* and what stands behind the answer is not done */
    assert_int_equal(fixture_module->C_GetInfo(&info), CKR_OK);
}

/* Counting */

static void
calls_are_counted_over_all_processes(void **state)
{
    (void)state;
    assert_int_equal(mkdir(fixture_file("state"), 0700), 0);
    assert_int_equal(setenv("UKB_FAULT_STATE", fixture_file("state"), 1), 0);
    assert_int_equal(create_elsewhere("C_CreateObject:2=CKR_DEVICE_MEMORY", "counted").code, 0);
    assert_int_equal(create_elsewhere("C_CreateObject:2=CKR_DEVICE_MEMORY", "counted").code, 1);
    assert_int_equal(create_elsewhere("C_CreateObject:2=CKR_DEVICE_MEMORY", "counted").code, 0);
    assert_string_equal(fixture_read("state/C_CreateObject"), "...");
    assert_int_equal(unsetenv("UKB_FAULT_STATE"), 0);
    assert_int_equal(create_elsewhere("C_CreateObject:2=CKR_DEVICE_MEMORY", "counted").code, 0);
    assert_int_equal(create_elsewhere("C_CreateObject:2=CKR_DEVICE_MEMORY", "counted").code, 0);
}

static bool
log_has(const char *call)
{
    char line[96];

    (void)snprintf(line, sizeof(line), "%ld %s\n", (long)getpid(), call);
    return strstr(fixture_read("log"), line) != NULL;
}

static void
the_log_has_every_call_and_no_pin(void **state)
{
    CK_SESSION_HANDLE session;
    unsigned char pin[] = "654321";

    (void)state;
    assert_int_equal(setenv("UKB_FAULT_LOG", fixture_file("log"), 1), 0);
    fixture_start("C_Login:1=CKR_PIN_INCORRECT");
    session = fixture_session("UKey one");
    assert_int_equal(fixture_module->C_Login(session, CKU_USER, pin, 6), CKR_PIN_INCORRECT);
    (void)fixture_module->C_Login(session, CKU_SO, NULL, 0);
    (void)fixture_module->C_Login(session, CKU_CONTEXT_SPECIFIC, pin, 6);
    assert_true(log_has("C_GetFunctionList 1"));
    assert_true(log_has("C_Initialize 1"));
    assert_true(log_has("C_OpenSession 1"));
    assert_true(log_has("C_Login 1 user=user pin=given"));
    assert_true(log_has("C_Login 2 user=so pin=null"));
    assert_true(log_has("C_Login 3 user=context pin=given"));
    assert_null(strstr(fixture_read("log"), "654321"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(all_68_functions_are_there, fixture_stop),
        cmocka_unit_test_teardown(the_list_is_found_through_the_list, fixture_stop),
        cmocka_unit_test_teardown(calls_reach_the_real_module, fixture_stop),
        cmocka_unit_test(a_script_or_module_that_makes_no_sense_is_no_module),
        cmocka_unit_test_teardown(an_answer_stands_instead_of_the_call, fixture_stop),
        cmocka_unit_test_teardown(an_answer_after_the_call_hides_that_it_was_done, fixture_stop),
        cmocka_unit_test_teardown(a_process_ends_before_or_after_its_call, fixture_stop),
        cmocka_unit_test_teardown(a_hanging_call_does_not_return, fixture_stop),
        cmocka_unit_test_teardown(a_delayed_call_takes_its_time, fixture_stop),
        cmocka_unit_test_teardown(a_printing_call_prints_to_stdout_and_goes_on, fixture_stop),
        cmocka_unit_test_teardown(token_info_is_changed, fixture_stop),
        cmocka_unit_test_teardown(rules_of_one_call_add_up, fixture_stop),
        cmocka_unit_test_teardown(calls_are_counted_over_all_processes, fixture_stop),
        cmocka_unit_test_teardown(the_log_has_every_call_and_no_pin, fixture_stop),
    };

    return cmocka_run_group_tests_name("module/fault", tests, fixture_tokens, fixture_no_tokens);
}
