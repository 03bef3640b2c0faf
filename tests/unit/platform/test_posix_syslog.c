/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_syslog.c: what the C library is given. It stands here in place of the C library's. */
#include "../test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "platform/syslog.h"

static struct {
    char ident[32];
    int facility;
    int severity;
    char line[256];
    int open;
} seen;

void
openlog(const char *ident, int option, int facility)
{
    assert_int_equal(option, LOG_PID);
    (void)snprintf(seen.ident, sizeof(seen.ident), "%s", ident);
    seen.facility = facility;
    seen.open++;
}

static void
note(int priority, const char *format, va_list args)
{
    seen.severity = priority;
    (void)vsnprintf(seen.line, sizeof(seen.line), format, args);
}

#undef syslog
void
syslog(int priority, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(priority, format, args);
    va_end(args);
}

/* What glibc makes of it where _FORTIFY_SOURCE is set. */
void __syslog_chk(int priority, int flag, const char *format, ...);
void
__syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list args;

    (void)flag;
    va_start(args, format);
    note(priority, format, args);
    va_end(args);
}

void
closelog(void)
{
    seen.open--;
}

static void
a_line_goes_out_as_it_is(void **state)
{
    (void)state;
    ukb_syslog_write(false, "100 % of %s and %n");
    assert_string_equal(seen.line, "100 % of %s and %n");
    assert_string_equal(seen.ident, "ukeybridge");
    assert_int_equal(seen.facility, LOG_AUTHPRIV);
    assert_int_equal(seen.severity, LOG_INFO);
    assert_int_equal(seen.open, 0);
}

static void
what_is_notable_is_a_notice(void **state)
{
    (void)state;
    ukb_syslog_write(true, "no");
    assert_int_equal(seen.severity, LOG_NOTICE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_goes_out_as_it_is),
        cmocka_unit_test(what_is_notable_is_a_notice),
    };

    return cmocka_run_group_tests_name("platform/posix_syslog", tests, NULL, NULL);
}
