/* SPDX-License-Identifier: MIT */
/*
 * process - what the system does with processes that we start or are.
 *
 * Room: platform.  May include core/ only.
 */
#ifndef UKB_PLATFORM_PROCESS_H
#define UKB_PLATFORM_PROCESS_H

/**
 * Keep this process's memory from other programs of the user: no core dump, no debugger. Call first thing in a process
 * that will hold secrets. Where the system cannot, nothing happens.
 */
void ukb_platform_protect_memory(void);

/** The process id of this process, to be given to ukb_platform_die_with_parent() by a child. */
long ukb_platform_pid(void);

/**
 * Called in a child between fork and exec: have the system kill it (SIGKILL) as soon as the thread that forked it ends,
 * and end at once when that has happened already.
 *
 * @param parent  ukb_platform_pid() of the parent, read before the fork.
 *
 * Async-signal-safe. Lasts over exec, except of a set-user-id program (prctl(2), PR_SET_PDEATHSIG).
 */
void ukb_platform_die_with_parent(long parent);

#endif /* UKB_PLATFORM_PROCESS_H */
