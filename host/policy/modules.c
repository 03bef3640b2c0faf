/* SPDX-License-Identifier: MIT */
/* Which modules are used, in which order: the policy's, the user's, p11-kit's, OpenSC's, vendors'. */
#include "policy/internal.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/paths.h"

#define OPENSC "opensc"

const struct ukb_module_places ukb_module_places = {
    .admin = "/etc/pkcs11",
    .packages = "/usr/share/p11-kit/modules",
    .library = UKEYBRIDGE_MODULE_DIR,
};

/* While the list is made: where each module's path leads. */
struct list {
    struct ukb_policy *policy;
    char *real[UKB_MODULES_MAX];
};

static bool
is_known(const struct list *list, const char *name, const char *real)
{
    size_t i;

    for (i = 0; i < list->policy->module_count; i++) {
        if (strcmp(list->policy->modules[i].name, name) == 0 || strcmp(list->real[i], real) == 0) {
            return true;
        }
    }
    return false;
}

/* Add a module unless it is there already; its strings live as long as the policy. */
static void
add(struct list *list, const char *name, const char *path)
{
    struct ukb_policy *policy = list->policy;
    char *real = ukb_folder_real_path(path);

    if (real == NULL) {
        real = strdup(path); /* one that is configured and missing is a problem to be told */
    }
    if (real == NULL || is_known(list, name, real)) {
        free(real);
        return;
    }
    if (policy->module_count == UKB_MODULES_MAX) {
        policy->left_out++;
        free(real);
        return;
    }
    list->real[policy->module_count] = real;
    policy->modules[policy->module_count++] = (struct ukb_policy_module){ name, path };
}

static void
add_configured(struct list *list)
{
    struct ukb_policy_module configured[UKB_MODULES_MAX];
    const size_t count = list->policy->module_count;
    size_t i;

    memcpy(configured, list->policy->modules, sizeof(configured));
    list->policy->module_count = 0;
    for (i = 0; i < count; i++) {
        add(list, configured[i].name, configured[i].path);
    }
}

static void
add_system(struct list *list, const struct ukb_module_places *places)
{
    struct ukb_policy *policy = list->policy;
    size_t i;

    policy->found = calloc(1, sizeof(*policy->found));
    if (policy->found == NULL) {
        return;
    }
    ukb_system_modules_read(places, policy->found);
    for (i = 0; i < policy->found->count; i++) {
        add(list, policy->found->items[i].name, policy->found->items[i].path);
    }
}

static void
add_opensc(struct list *list, const struct ukb_module_places *places)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error why = { 0 };

    if (places->library != NULL && ukb_buf_append_text(&path, places->library, &why) == UKB_OK &&
        ukb_buf_append_text(&path, "/opensc-pkcs11.so", &why) == UKB_OK && ukb_file_exists(ukb_buf_text(&path))) {
        list->policy->opensc = ukb_buf_take(&path);
        add(list, OPENSC, list->policy->opensc);
    }
    ukb_buf_done(&path);
}

static void
add_vendors(struct list *list)
{
    size_t i;

    for (i = 0; ukb_vendor_modules[i].name != NULL && i < UKB_VENDORS_MAX; i++) {
        list->policy->vendors[i] = ukb_vendor_module_find(&ukb_vendor_modules[i]);
        if (list->policy->vendors[i] != NULL) {
            add(list, ukb_vendor_modules[i].name, list->policy->vendors[i]);
        }
    }
}

static void
complete(struct ukb_policy *policy)
{
    struct ukb_module_places places = *policy->places;
    struct ukb_buf user = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error why = { 0 };
    struct list list = { .policy = policy };
    const bool found = ukb_json_bool(policy->policy, "systemModules", true);
    size_t i;

    if (places.user == NULL && ukb_path_get(UKB_PATH_P11_KIT, &user, &why) == UKB_OK) {
        places.user = ukb_buf_text(&user);
    }
    if (!ukb_json_bool(policy->policy, "userModules", true)) {
        places.user = NULL; /* p11-kit would take them from the user's folder, too */
    }
    add_configured(&list);
    if (found) {
        add_system(&list, &places);
    }
    if (found || policy->module_count == 0) {
        add_opensc(&list, &places);
    }
    if (found) {
        add_vendors(&list);
    }
    for (i = 0; i < policy->module_count; i++) {
        free(list.real[i]);
    }
    ukb_buf_done(&user);
}

const struct ukb_policy_module *
ukb_policy_modules(struct ukb_policy *policy, size_t *ret_count)
{
    if (policy->places != NULL && policy->broken.status == UKB_OK) {
        complete(policy);
        policy->places = NULL;
    }
    *ret_count = policy->module_count;
    return policy->modules;
}

size_t
ukb_policy_modules_left_out(const struct ukb_policy *policy)
{
    return policy->left_out;
}

void
ukb_policy_look_in(struct ukb_policy *policy, const struct ukb_module_places *places)
{
    policy->places = places;
}

void
ukb_policy_modules_done(struct ukb_policy *policy)
{
    size_t i;

    for (i = 0; policy->found != NULL && i < policy->found->count; i++) {
        free(policy->found->items[i].path);
    }
    free(policy->found);
    free(policy->opensc);
    for (i = 0; i < UKB_VENDORS_MAX; i++) {
        free(policy->vendors[i]);
    }
}
