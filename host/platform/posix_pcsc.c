/* SPDX-License-Identifier: MIT */
#include "platform/pcsc.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const char library_name[] = "libpcsclite.so.1";

/* A result is 32 bits that some versions extend with their sign. */
_Static_assert(sizeof(ukb_pcsc_word) == sizeof(ukb_pcsc_result), "pcsc-lite: DWORD and LONG are both long");

static bool
open_library(int flags, struct ukb_pcsc *ret_pcsc)
{
    struct ukb_pcsc pcsc = { .library = dlopen(library_name, flags) };
    const struct {
        const char *name;
        void *place;
    } symbols[] = {
        { "SCardEstablishContext", &pcsc.establish },
        { "SCardReleaseContext", &pcsc.release },
        { "SCardListReaders", &pcsc.list },
        { "SCardGetStatusChange", &pcsc.wait },
        { "SCardCancel", &pcsc.cancel },
        { "SCardConnect", &pcsc.connect },
        { "SCardDisconnect", &pcsc.disconnect },
        { "SCardBeginTransaction", &pcsc.begin },
        { "SCardEndTransaction", &pcsc.end },
        { "SCardTransmit", &pcsc.transmit },
        { "SCardStatus", &pcsc.status },
    };
    size_t i;

    if (pcsc.library == NULL) {
        return false;
    }
    for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *symbol = dlsym(pcsc.library, symbols[i].name);

        if (symbol == NULL) {
            (void)dlclose(pcsc.library);
            return false;
        }
        memcpy(symbols[i].place, &symbol, sizeof(symbol)); /* ISO C has no cast to a function pointer */
    }
    *ret_pcsc = pcsc;
    return true;
}

bool
ukb_pcsc_open(struct ukb_pcsc *ret_pcsc)
{
    return open_library(RTLD_NOW | RTLD_NOLOAD, ret_pcsc);
}

bool
ukb_pcsc_load(struct ukb_pcsc *ret_pcsc)
{
    return open_library(RTLD_NOW | RTLD_LOCAL, ret_pcsc);
}

void
ukb_pcsc_close(struct ukb_pcsc *pcsc)
{
    if (pcsc->library != NULL) {
        (void)dlclose(pcsc->library);
        pcsc->library = NULL;
    }
}
