/* SPDX-License-Identifier: MIT */
/* Unit tests for core/contract.c: what must hold for every row, also for those that are still to be written. */
#include "../test.h"

#include <string.h>

#include "core/contract.h"
#include "core/limits.h"

static void
rows_stand_at_their_index_and_are_found_by_name(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        assert_non_null(ukb_contract[i].name);
        assert_ptr_equal(ukb_contract_find(ukb_contract[i].name), &ukb_contract[i]); /* unique, too: the first wins */
        assert_int_equal(ukb_contract_index(&ukb_contract[i]), i);
    }
    assert_string_equal(ukb_contract[UKB_HOST_HELLO].name, "host.hello");
    assert_string_equal(ukb_contract[UKB_TOKENS_LIST].name, "tokens.list");
    assert_string_equal(ukb_contract[UKB_RENEWAL_INSTALL].name, "renewal.install");
    assert_string_equal(ukb_contract[UKB_RENEWAL_ABANDON].name, "renewal.abandon");
}

static void
names_are_a_family_and_verbs_in_lower_case(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        const char *name = ukb_contract[i].name;

        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz."), strlen(name));
        assert_non_null(strchr(name, '.'));
    }
}

static void
unknown_methods_are_not_found(void **state)
{
    static const char *const unknown[] = { "", "host", "host.", "HOST.PING", "host.ping ", "host.pin", "host.pings" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_null(ukb_contract_find(unknown[i]));
    }
}

static void
every_method_has_the_shape_of_its_parameters_and_result(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        assert_non_null(ukb_contract[i].params);
        assert_non_null(ukb_contract[i].result);
        assert_null(ukb_contract[i].result->either[0]);
    }
}

static void
a_dialog_means_a_login_worker_and_the_other_way_round(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        assert_int_equal(ukb_contract[i].dialog, ukb_contract[i].runs_in == UKB_RUNS_IN_LOGIN_WORKER);
    }
}

static void
only_workers_with_a_module_choose_one(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        const struct ukb_method *method = &ukb_contract[i];
        bool has_module = method->runs_in == UKB_RUNS_IN_LISTING_WORKER || method->runs_in == UKB_RUNS_IN_LOGIN_WORKER;

        assert_int_equal(has_module, method->module != UKB_MODULE_NONE);
        assert_false(method->module == UKB_MODULE_EVERY && method->dialog); /* one PIN, one token */
    }
}

static void
every_worker_has_a_time_limit(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        assert_int_equal(ukb_contract[i].time_limit_ms == 0, ukb_contract[i].runs_in == UKB_RUNS_IN_BROKER);
    }
}

static void
only_the_brokers_own_methods_need_no_grant(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        if (ukb_contract[i].grant == UKB_GRANT_ANY) {
            assert_int_equal(strncmp(ukb_contract[i].name, "host.", 5), 0);
            assert_int_equal(ukb_contract[i].runs_in, UKB_RUNS_IN_BROKER);
        }
    }
}

static const struct ukb_field *
find(const struct ukb_shape *shape, const char *name)
{
    size_t i;

    for (i = 0; i < shape->count; i++) {
        if (strcmp(shape->fields[i].name, name) == 0) {
            return &shape->fields[i];
        }
    }
    return NULL;
}

/* A field without its limit would let anything by; one with another type's would be read wrongly. */
static void
check_limits(const struct ukb_field *field)
{
    const bool list = field->type == UKB_FIELD_STRINGS || field->type == UKB_FIELD_OBJECTS;
    const bool object = field->type == UKB_FIELD_OBJECT || field->type == UKB_FIELD_OBJECTS;
    const bool text = field->type == UKB_FIELD_STRING || field->type == UKB_FIELD_HEX ||
                      field->type == UKB_FIELD_TIME || field->type == UKB_FIELD_ID;

    assert_int_equal(list, field->max_items > 0);
    assert_int_equal(object, field->shape != NULL);
    if (text) {
        assert_true(field->max_len > 0);
        assert_null(field->values);
    }
    if (field->type == UKB_FIELD_ENUM) {
        assert_non_null(field->values);
    }
    if (field->type == UKB_FIELD_STRINGS) {
        assert_true((field->max_len > 0) != (field->values != NULL));
    }
    if (field->type == UKB_FIELD_ID) {
        assert_int_equal(field->max_len, UKB_ID_MAX_LEN);
    }
    if (field->values != NULL) {
        assert_non_null(field->values[0]);
    }
}

static bool
is_listed(const struct ukb_shape *shape)
{
    size_t i;

    for (i = 0; ukb_contract_objects[i] != NULL; i++) {
        if (ukb_contract_objects[i] == shape) {
            return true;
        }
    }
    return false;
}

static void
check_shape(const struct ukb_shape *shape, bool is_params)
{
    size_t i;

    for (i = 0; i < shape->count; i++) {
        const struct ukb_field *field = &shape->fields[i];

        assert_ptr_equal(find(shape, field->name), field); /* no name twice */
        check_limits(field);
        assert_false(is_params && field->need == UKB_NULLABLE);
        if (field->shape != NULL) {
            assert_true(field->shape->name == NULL || is_listed(field->shape));
            check_shape(field->shape, is_params);
        }
    }
    for (i = 0; i < 2 && shape->either[0] != NULL; i++) {
        const struct ukb_field *field = find(shape, shape->either[i]);

        assert_non_null(field);
        assert_int_equal(field->need, UKB_OPTIONAL);
    }
}

static void
every_field_of_every_shape_has_the_limits_of_its_type(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        check_shape(ukb_contract[i].params, true);
        check_shape(ukb_contract[i].result, false);
    }
    for (i = 0; ukb_contract_objects[i] != NULL; i++) {
        check_shape(ukb_contract_objects[i], false);
    }
    for (i = 0; i < ukb_contract_notification_count; i++) {
        assert_non_null(ukb_contract_notifications[i].name);
        check_shape(ukb_contract_notifications[i].params, false);
    }
}

static void
listed_objects_have_names_of_their_own(void **state)
{
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; ukb_contract_objects[i] != NULL; i++) {
        assert_non_null(ukb_contract_objects[i]->name);
        for (j = 0; j < i; j++) {
            assert_string_not_equal(ukb_contract_objects[i]->name, ukb_contract_objects[j]->name);
        }
    }
}

static void
the_limits_are_the_fields_of_the_limits_object(void **state)
{
    const struct ukb_field *field = find(ukb_contract[UKB_HOST_HELLO].result, "limits");
    size_t i;

    (void)state;
    assert_non_null(field);
    assert_int_equal(field->shape->count, ukb_contract_limit_count);
    for (i = 0; i < ukb_contract_limit_count; i++) {
        assert_non_null(find(field->shape, ukb_contract_limits[i].name));
        assert_true(ukb_contract_limits[i].value > 0);
    }
}

static void
methods_that_are_routed_by_a_member_have_that_member(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        const struct ukb_method *method = &ukb_contract[i];

        if (method->module == UKB_MODULE_OF_TOKEN) {
            assert_int_equal(find(method->params, "token")->need, UKB_REQUIRED);
        }
        if (method->module == UKB_MODULE_OF_RENEWAL) {
            assert_non_null(find(method->params, "renewal"));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_stand_at_their_index_and_are_found_by_name),
        cmocka_unit_test(names_are_a_family_and_verbs_in_lower_case),
        cmocka_unit_test(unknown_methods_are_not_found),
        cmocka_unit_test(every_method_has_the_shape_of_its_parameters_and_result),
        cmocka_unit_test(a_dialog_means_a_login_worker_and_the_other_way_round),
        cmocka_unit_test(only_workers_with_a_module_choose_one),
        cmocka_unit_test(every_worker_has_a_time_limit),
        cmocka_unit_test(only_the_brokers_own_methods_need_no_grant),
        cmocka_unit_test(every_field_of_every_shape_has_the_limits_of_its_type),
        cmocka_unit_test(listed_objects_have_names_of_their_own),
        cmocka_unit_test(the_limits_are_the_fields_of_the_limits_object),
        cmocka_unit_test(methods_that_are_routed_by_a_member_have_that_member),
    };

    return cmocka_run_group_tests_name("core/contract", tests, NULL, NULL);
}
