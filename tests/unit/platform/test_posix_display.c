/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_display.c: what the session names, and whether somebody listens there. */
#include "scratch.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "platform/display.h"

static char name[128];

static int
setup(void **state)
{
    assert_int_equal(scratch_setup(state), 0);
    (void)unsetenv("DISPLAY");
    (void)unsetenv("WAYLAND_DISPLAY");
    return setenv("XDG_RUNTIME_DIR", ((struct scratch *)*state)->dir, 1);
}

static enum ukb_display
look(void)
{
    return ukb_display_look(name, sizeof(name));
}

static int
listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_true(strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void
a_session_without_a_screen_names_none(void **state)
{
    (void)state;
    assert_int_equal(look(), UKB_DISPLAY_NONE);
    assert_string_equal(name, "");
    assert_int_equal(setenv("DISPLAY", "", 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_NONE);
}

static void
where_nobody_listens_is_no_screen(void **state)
{
    (void)state;
    assert_int_equal(setenv("DISPLAY", ":987", 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_UNREACHABLE);
    assert_string_equal(name, "DISPLAY=:987");
    assert_int_equal(setenv("DISPLAY", "unix:987.0", 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_UNREACHABLE);
    assert_int_equal(setenv("WAYLAND_DISPLAY", "wayland-9", 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_UNREACHABLE);
    assert_string_equal(name, "WAYLAND_DISPLAY=wayland-9 DISPLAY=unix:987.0");
}

static void
a_compositor_that_listens_is_reached(void **state)
{
    struct scratch *s = *state;
    int fd = listen_at(scratch_path(s, "wayland-9"));

    assert_int_equal(setenv("WAYLAND_DISPLAY", "wayland-9", 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_REACHABLE);
    assert_int_equal(setenv("WAYLAND_DISPLAY", scratch_path(s, "wayland-9"), 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_REACHABLE);
    (void)close(fd); /* its socket's file stays */
    assert_int_equal(look(), UKB_DISPLAY_UNREACHABLE);
}

static void
a_screen_elsewhere_is_not_asked(void **state)
{
    (void)state;
    assert_int_equal(setenv("DISPLAY", "localhost:10.0", 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_REACHABLE);
}

static void
a_name_beyond_all_measure_is_nobodys(void **state)
{
    char text[512];

    (void)state;
    memset(text, 'x', sizeof(text));
    text[0] = '/';
    text[sizeof(text) - 1U] = '\0';
    assert_int_equal(setenv("WAYLAND_DISPLAY", text, 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_UNREACHABLE);
    assert_int_equal(setenv("WAYLAND_DISPLAY", text + 1, 1), 0);
    assert_int_equal(look(), UKB_DISPLAY_UNREACHABLE);
}

static void
a_locale_is_there_or_not(void **state)
{
    (void)state;
    assert_true(ukb_display_has_locale("C.UTF-8"));
    assert_false(ukb_display_has_locale("tlh_QO.UTF-8"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_without_a_screen_names_none, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(where_nobody_listens_is_no_screen, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_compositor_that_listens_is_reached, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_screen_elsewhere_is_not_asked, setup, scratch_teardown),
        cmocka_unit_test(a_locale_is_there_or_not),
        cmocka_unit_test_setup_teardown(a_name_beyond_all_measure_is_nobodys, setup, scratch_teardown),
    };

    return cmocka_run_group_tests_name("platform/posix_display", tests, NULL, NULL);
}
