/* SPDX-License-Identifier: MIT */
/*
 * browsers - where each browser looks for native-messaging manifests.
 *
 * Room: platform.  Source: the browsers' documentation of native messaging. Windows keeps these in the registry.
 */
#ifndef UKB_PLATFORM_BROWSERS_H
#define UKB_PLATFORM_BROWSERS_H

#include <stddef.h>

struct ukb_browser {
    const char *name;       /**< as typed after --browser */
    const char *user_dir;   /**< for one user: relative to the home folder */
    const char *system_dir; /**< for all users: absolute */
    const char *profile;    /**< relative to the home folder: it is there when the user has run the browser */
};

/** All known browsers that take the Chromium form of a manifest. */
extern const struct ukb_browser ukb_browsers[];
extern const size_t ukb_browser_count;

#endif /* UKB_PLATFORM_BROWSERS_H */
