/* SPDX-License-Identifier: MIT */
#include "platform/browsers.h"

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
