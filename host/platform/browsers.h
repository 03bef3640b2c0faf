/* SPDX-License-Identifier: MIT */
/*
 * browsers - where each browser looks for native-messaging manifests, and in which form.
 *
 * Room: platform.  Source: the browsers' documentation of native messaging. Windows keeps these in the registry.
 */
#ifndef UKB_PLATFORM_BROWSERS_H
#define UKB_PLATFORM_BROWSERS_H

#include <stdbool.h>
#include <stddef.h>

/** How a manifest names the extensions that may start the host. */
enum ukb_manifest_form {
    UKB_MANIFEST_CHROMIUM, /**< `allowed_origins` */
    UKB_MANIFEST_FIREFOX,  /**< `allowed_extensions` */
};

struct ukb_browser {
    const char *name;        /**< as typed after --browser */
    const char *user_dir;    /**< for one user: relative to the home folder */
    const char *system_dir;  /**< for all users: absolute */
    const char *profiles[2]; /**< relative to the home folder: one is filled when the user has run the browser */
    enum ukb_manifest_form form;
};

/** All known browsers. */
extern const struct ukb_browser ukb_browsers[];
extern const size_t ukb_browser_count;

/** Has the user with that home folder run it? A folder that is empty, or holds manifests alone, is no browser's own. */
bool ukb_browser_is_used(const struct ukb_browser *browser, const char *home);

#endif /* UKB_PLATFORM_BROWSERS_H */
