/* SPDX-License-Identifier: MIT */
/* places - a throw-away set of p11-kit's folders. */
#ifndef UKB_TESTS_POLICY_PLACES_H
#define UKB_TESTS_POLICY_PLACES_H

#include "../test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/system_modules.h"

struct places {
    char dir[32];
    char user[48];
    char admin[48];
    char packages[48];
    char library[48];
    struct ukb_module_places at;
};

static inline void
places_put(const struct places *p, const char *name, const char *content)
{
    char path[256];
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "%s/%s", p->dir, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0644), 0); /* whatever the umask */
}

static inline int
places_setup(void **state)
{
    static const char *const folders[] = { "user", "user/modules", "admin", "admin/modules", "packages", "library" };
    static const char *const libraries[] = { "a", "b", "c", "d" };
    struct places *p = calloc(1, sizeof(*p));
    char path[64];
    size_t i;

    assert_non_null(p);
    (void)snprintf(p->dir, sizeof(p->dir), "/tmp/ukb-places-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", p->dir, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        (void)snprintf(path, sizeof(path), "library/%s.so", libraries[i]);
        places_put(p, path, "");
    }
    (void)snprintf(p->user, sizeof(p->user), "%s/user", p->dir);
    (void)snprintf(p->admin, sizeof(p->admin), "%s/admin", p->dir);
    (void)snprintf(p->packages, sizeof(p->packages), "%s/packages", p->dir);
    (void)snprintf(p->library, sizeof(p->library), "%s/library", p->dir);
    p->at = (struct ukb_module_places){ p->user, p->admin, p->packages, p->library };
    *state = p;
    return 0;
}

static inline int
places_remove(const char *path, const struct stat *facts, int type, struct FTW *place)
{
    (void)facts;
    (void)type;
    (void)place;
    return remove(path);
}

static inline int
places_teardown(void **state)
{
    struct places *p = *state;

    assert_int_equal(nftw(p->dir, places_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
    free(p);
    return 0;
}

#endif /* UKB_TESTS_POLICY_PLACES_H */
