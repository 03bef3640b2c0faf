/* SPDX-License-Identifier: MIT */
#include "platform/browsers.h"

const struct ukb_browser ukb_browsers[] = {
    { "chrome", ".config/google-chrome/NativeMessagingHosts", "/etc/opt/chrome/native-messaging-hosts",
      ".config/google-chrome" },
    { "chromium", ".config/chromium/NativeMessagingHosts", "/etc/chromium/native-messaging-hosts", ".config/chromium" },
    { "edge", ".config/microsoft-edge/NativeMessagingHosts", "/etc/opt/edge/native-messaging-hosts",
      ".config/microsoft-edge" },
};
const size_t ukb_browser_count = sizeof(ukb_browsers) / sizeof(ukb_browsers[0]);
