/* SPDX-License-Identifier: MIT */
#include "platform/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* What a shell answers for a command that could not be run. */
#define EXIT_NOT_RUN 127

long
ukb_platform_pid(void)
{
    return (long)getpid();
}

void
ukb_platform_die_with_parent(long parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || (long)getppid() != parent) {
        _exit(EXIT_NOT_RUN);
    }
}

void
ukb_platform_protect_memory(void)
{
    const struct rlimit none = { 0, 0 };

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
