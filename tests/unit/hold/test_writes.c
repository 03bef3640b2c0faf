/* SPDX-License-Identifier: MIT */
/* Unit tests for hold/writes.c: whether a module has seen what others wrote. */
#include "scene.h"

#include "hold/writes.h"

static bool
are_seen(void)
{
    return ukb_writes_are_seen(scene.dir, scene.token.module);
}

/* The module is started, as far as its view goes. */
static void
begin_view(void)
{
    ukb_module_set_view(scene.token.module, ukb_writes_view(scene.dir));
}

/* Another process writes, with a module of its own. */
static struct ukb_lock *
other_begins(void)
{
    const unsigned long long own = ukb_module_view(scene.token.module);
    struct ukb_lock *lock = NULL;

    assert_int_equal(ukb_writes_begin(scene.dir, scene.token.module, &lock, &err), UKB_OK);
    ukb_module_set_view(scene.token.module, own);
    return lock;
}

static void
what_was_written_before_a_module_started_it_has_seen(void **state)
{
    (void)state;
    assert_false(are_seen()); /* nobody has said when it started */
    begin_view();
    assert_true(are_seen());
    ukb_lock_release(other_begins());
    assert_false(are_seen());
    begin_view();
    assert_true(are_seen());
}

static void
a_module_that_starts_while_somebody_writes_has_seen_nothing(void **state)
{
    struct ukb_lock *lock = NULL;

    (void)state;
    lock = other_begins();
    begin_view();
    assert_false(are_seen());
    ukb_lock_release(lock);
    assert_false(are_seen());
    begin_view();
    assert_true(are_seen());
}

static void
what_a_process_writes_itself_it_sees(void **state)
{
    struct ukb_lock *lock = NULL;
    struct ukb_lock *others = NULL;

    (void)state;
    begin_view();
    assert_int_equal(ukb_writes_begin(scene.dir, scene.token.module, &lock, &err), UKB_OK);
    assert_true(are_seen());
    others = other_begins(); /* to another token, at the same time */
    assert_false(are_seen());
    ukb_lock_release(others);
    ukb_lock_release(lock);
    assert_int_equal(ukb_writes_begin(scene.dir, scene.token.module, &lock, &err), UKB_OK);
    assert_false(are_seen()); /* its own does not hide the other's */
    ukb_lock_release(lock);
}

static void
where_nothing_can_be_counted_nobody_writes(void **state)
{
    struct ukb_lock *lock = NULL;
    char file[sizeof(((struct scratch *)NULL)->path)];

    (void)state;
    (void)snprintf(file, sizeof(file), "%s", scratch_file(scene.scratch, "file", ""));
    assert_int_equal(ukb_writes_begin(file, scene.token.module, &lock, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(lock);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_written_before_a_module_started_it_has_seen),
        TEST(a_module_that_starts_while_somebody_writes_has_seen_nothing),
        TEST(what_a_process_writes_itself_it_sees),
        TEST(where_nothing_can_be_counted_nobody_writes),
    };

    return cmocka_run_group_tests_name("hold/writes", tests, NULL, NULL);
}
