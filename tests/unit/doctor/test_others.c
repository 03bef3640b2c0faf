/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/others.c: programs with a driver loaded, and services that listen, in a small /proc. */
#include "patient.h"

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
#define LINE(port, state)                                                                                              \
    "   0: 0100007F:" port " 00000000:0000 " state                                                                     \
    " 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000 100 0 0 10 0\n"

static void
program(const char *pid, const char *name, const char *maps)
{
    char path[64];
    char text[128];

    (void)snprintf(path, sizeof(path), "root/proc/%s/comm", pid);
    (void)snprintf(text, sizeof(text), "%s\n", name);
    (void)patient_file(path, text);
    (void)snprintf(path, sizeof(path), "root/proc/%s/maps", pid);
    (void)patient_file(path, maps);
}

static void
a_program_with_a_driver_loaded_is_told_and_ours_is_not(void **state)
{
    (void)state;
    patient_policy(NULL, "{\"modules\":[{\"name\":\"a\",\"path\":\"/lib/a.so\"}]}");
    program("12", "ukeybridge-work", "7f00-7f01 r-xp 0 08:01 1 /lib/a.so\n");
    program("34", "portal-client", "7f00-7f01 r-xp 0 08:01 1 /lib/libc.so\n7f02-7f03 r-xp 0 08:01 2 /lib/a.so\n");
    program("56", "editor", "7f00-7f01 r-xp 0 08:01 1 /lib/libc.so\n");
    program("78", "maker-tool", "7f00-7f01 r-xp 0 08:01 1 /opt/apps/x/libgm3000_pkcs11.so\n");
    patient_look("middleware-programs");
    assert_int_equal(patient.findings.count, 2);
    assert_string_equal(patient_row(0, UKB_CAUSE_OTHER_PROGRAM)->subject, "portal-client");
    assert_string_equal(patient_row(0, UKB_CAUSE_OTHER_PROGRAM)->command, "kill 34");
    assert_string_equal(patient_row(1, UKB_CAUSE_OTHER_PROGRAM)->subject, "maker-tool");
}

static void
a_driver_is_told_by_where_its_path_leads(void **state)
{
    char config[256];
    char maps[256];

    (void)state;
    (void)patient_file("real.so", "");
    assert_int_equal(symlink("real.so", scratch_path(patient.scratch, "link.so")), 0);
    (void)snprintf(config, sizeof(config), "{\"modules\":[{\"name\":\"a\",\"path\":\"%s\"}]}",
                   scratch_path(patient.scratch, "link.so"));
    patient_policy(NULL, config);
    (void)snprintf(maps, sizeof(maps), "7f00-7f01 r-xp 0 08:01 1 %s\n", scratch_path(patient.scratch, "real.so"));
    program("12", "portal-client", maps);
    (void)patient_has("middleware-programs", UKB_CAUSE_OTHER_PROGRAM);
}

static void
a_known_service_that_listens_is_told_with_its_program(void **state)
{
    (void)state;
    program("34", "ca-service", "");
    patient_folder("root/proc/34/fd");
    assert_int_equal(symlink("socket:[4242]", scratch_path(patient.scratch, "root/proc/34/fd/7")), 0);
    (void)patient_file("root/proc/net/tcp", HEAD LINE("523B", "0A"));  /* 21051 */
    (void)patient_file("root/proc/net/tcp6", HEAD LINE("523B", "0A")); /* on both kinds of address: once */
    assert_string_equal(patient_has("middleware-services", UKB_CAUSE_OTHER_SERVICE)->command, "kill 34");
    assert_string_equal(patient.findings.items[0].evidence, "TCP 21051: ca-service, 34");
}

static void
one_whose_program_is_not_shown_is_told_all_the_same(void **state)
{
    (void)state;
    (void)patient_file("root/proc/net/tcp", HEAD LINE("523B", "0A"));
    assert_null(patient_has("middleware-services", UKB_CAUSE_OTHER_SERVICE)->command);
}

static void
other_ports_states_and_nonsense_are_not_told(void **state)
{
    (void)state;
    patient_is_well("middleware-services"); /* no such file */
    (void)patient_file("root/proc/net/tcp", HEAD LINE("523B", "01") LINE("0050", "0A") "nonsense\n\n   0: :\n");
    patient_is_well("middleware-services");
    assert_int_equal(patient.findings.count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(a_program_with_a_driver_loaded_is_told_and_ours_is_not),
        PATIENT_TEST(a_driver_is_told_by_where_its_path_leads),
        PATIENT_TEST(a_known_service_that_listens_is_told_with_its_program),
        PATIENT_TEST(one_whose_program_is_not_shown_is_told_all_the_same),
        PATIENT_TEST(other_ports_states_and_nonsense_are_not_told),
    };

    return cmocka_run_group_tests_name("doctor/others", tests, NULL, NULL);
}
