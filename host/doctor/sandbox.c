/* SPDX-License-Identifier: MIT */
/* Browsers that are locked in by the way they were installed: they see neither this host nor its manifest. */
#include <stdio.h>

#include "doctor/looks.h"
#include "platform/file.h"

/* Where each way of installing puts what starts the browser. Source: snap's and Flatpak's documentation. */
static const struct {
    const char *browser;
    const char *way;
    const char *launcher;
    bool in_home;
    const char *command;
} rows[] = {
    { "Chromium", "Snap", "/snap/bin/chromium", false, "sudo snap remove chromium" },
    { "Chromium", "Flatpak", "/var/lib/flatpak/exports/bin/org.chromium.Chromium", false,
      "sudo flatpak uninstall --system -y org.chromium.Chromium" },
    { "Chromium", "Flatpak", "/.local/share/flatpak/exports/bin/org.chromium.Chromium", true,
      "flatpak uninstall --user -y org.chromium.Chromium" },
    { "Chrome", "Flatpak", "/var/lib/flatpak/exports/bin/com.google.Chrome", false,
      "sudo flatpak uninstall --system -y com.google.Chrome" },
    { "Chrome", "Flatpak", "/.local/share/flatpak/exports/bin/com.google.Chrome", true,
      "flatpak uninstall --user -y com.google.Chrome" },
    { "Edge", "Flatpak", "/var/lib/flatpak/exports/bin/com.microsoft.Edge", false,
      "sudo flatpak uninstall --system -y com.microsoft.Edge" },
    { "Firefox", "Flatpak", "/var/lib/flatpak/exports/bin/org.mozilla.firefox", false,
      "sudo flatpak uninstall --system -y org.mozilla.firefox" },
    { "Firefox", "Flatpak", "/.local/share/flatpak/exports/bin/org.mozilla.firefox", true,
      "flatpak uninstall --user -y org.mozilla.firefox" },
    { "Edge", "Flatpak", "/.local/share/flatpak/exports/bin/com.microsoft.Edge", true,
      "flatpak uninstall --user -y com.microsoft.Edge" },
};

void
ukb_look_sandbox(struct ukb_doctor *doctor)
{
    char path[UKB_PATH_MAX_LEN + 1U];
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ukb_finding *row = NULL;

        (void)snprintf(path, sizeof(path), "%s%s", rows[i].in_home ? doctor->setting->home : doctor->setting->root,
                       rows[i].launcher);
        if (!ukb_file_exists(path)) {
            continue;
        }
        row = ukb_found(doctor, UKB_CAUSE_SANDBOXED, rows[i].browser);
        ukb_found_evidence(row, "%s", path);
        ukb_found_values(row, rows[i].browser, rows[i].way);
        ukb_found_command(row, rows[i].command, NULL, NULL);
    }
}
