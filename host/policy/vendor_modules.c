/* SPDX-License-Identifier: MIT */
/* Where the makers of Chinese UKeys put their PKCS#11 libraries. Data only: a new maker is a new row. */
#include "policy/system_modules.h"

#include <stdlib.h>

#include "platform/folder.h"

#define MATCHES_MAX 8U

const struct ukb_vendor_module ukb_vendor_modules[] = {
    /* Longmai mToken GM3000, from the software stores of UOS and Kylin */
    { "longmai",
      { "/opt/apps/com.longmai.gm3000*/files/lib/libgm3000_pkcs11.so",
        "/opt/apps/com.longmai.gm3000*/files/lib/*/libgm3000_pkcs11.so", NULL } },
    /* Feitian ePass */
    { "feitian",
      { "/opt/apps/com.ftsafe*/files/lib/libcastle.so", "/usr/lib/libcastle.so", "/usr/local/lib/libcastle.so",
        NULL } },
    { NULL, { NULL } },
};

char *
ukb_vendor_module_find(const struct ukb_vendor_module *vendor)
{
    struct ukb_folder found = { 0 };
    char *path = NULL;
    size_t i;
    size_t j;

    for (i = 0; path == NULL && vendor->patterns[i] != NULL; i++) {
        ukb_folder_match(vendor->patterns[i], MATCHES_MAX, &found);
        for (j = 0; path == NULL && j < found.count; j++) {
            if (ukb_folder_is_roots(found.names[j])) {
                path = ukb_folder_real_path(found.names[j]);
            }
        }
        ukb_folder_done(&found);
    }
    return path;
}
