/* SPDX-License-Identifier: MIT */
#include "platform/browsers.h"

#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "platform/folder.h"

const struct ukb_browser ukb_browsers[] = {
    { "chrome",
      ".config/google-chrome/NativeMessagingHosts",
      "/etc/opt/chrome/native-messaging-hosts",
      { ".config/google-chrome" },
      UKB_MANIFEST_CHROMIUM },
    { "chromium",
      ".config/chromium/NativeMessagingHosts",
      "/etc/chromium/native-messaging-hosts",
      { ".config/chromium" },
      UKB_MANIFEST_CHROMIUM },
    { "edge",
      ".config/microsoft-edge/NativeMessagingHosts",
      "/etc/opt/edge/native-messaging-hosts",
      { ".config/microsoft-edge" },
      UKB_MANIFEST_CHROMIUM },
    /* Since Firefox 147 a new user's profile is elsewhere; the manifests are not. */
    { "firefox",
      ".mozilla/native-messaging-hosts",
      "/usr/lib/mozilla/native-messaging-hosts",
      { ".mozilla", ".config/mozilla" },
      UKB_MANIFEST_FIREFOX },
};
const size_t ukb_browser_count = sizeof(ukb_browsers) / sizeof(ukb_browsers[0]);

/* Is anything in the folder but the one of manifests, into which others than the browser write? */
static bool
is_filled(const char *folder, const char *user_dir)
{
    const char *manifests = strrchr(user_dir, '/') + 1;
    struct ukb_folder found = { 0 };
    bool filled = false;
    size_t i;

    ukb_folder_list_all(folder, 2, &found);
    for (i = 0; i < found.count; i++) {
        filled = filled || strcmp(found.names[i], manifests) != 0;
    }
    ukb_folder_done(&found);
    return filled;
}

bool
ukb_browser_is_used(const struct ukb_browser *browser, const char *home)
{
    char profile[UKB_PATH_MAX_LEN + 1U];
    bool used = false;
    size_t i;

    for (i = 0; i < sizeof(browser->profiles) / sizeof(browser->profiles[0]) && browser->profiles[i] != NULL; i++) {
        const int len = snprintf(profile, sizeof(profile), "%s/%s", home, browser->profiles[i]);

        used = used || (len > 0 && (size_t)len < sizeof(profile) && is_filled(profile, browser->user_dir));
    }
    return used;
}
