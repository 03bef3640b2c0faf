/* SPDX-License-Identifier: MIT */
/*
 * stdio - standard input and output for frames alone.
 *
 * Room: platform.  Source: the browsers' native messaging starts a host with stdin and stdout as its pipes; a library
 * that prints to stdout or reads stdin would corrupt a frame.
 */
#ifndef UKB_PLATFORM_STDIO_H
#define UKB_PLATFORM_STDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/** Private descriptors of the frames. */
struct ukb_stdio {
    int in;
    int out;
};

/**
 * Move stdout to the private, close-on-exec descriptor *ret_out and let descriptor 1 write to stderr; ignore SIGPIPE
 * where there are signals: a peer that is gone is a failed write. Sets binary mode where the system has one. For a
 * program that loads nothing which could read stdin. Call first thing in main().
 * @retval UKB_E_INTERNAL  no descriptors left; reterr->native holds errno.
 */
UKB_MUST_USE enum ukb_status ukb_platform_take_stdout(int *ret_out, struct ukb_error *reterr);

/** The same, and stdin to a private descriptor too; descriptor 0 reads nothing then. For a program that loads modules.
 */
UKB_MUST_USE enum ukb_status ukb_platform_take_stdio(struct ukb_stdio *ret_stdio, struct ukb_error *reterr);

/**
 * From now on a write to a peer that is gone fails, as ukb_platform_take_stdout() has it; or with false it ends this
 * process again, as programs that print into pipes are used to.
 */
void ukb_platform_survive_broken_pipes(bool on);

/**
 * Read what is there, at most @p size bytes.
 * @param timeout_ms  how long to wait for the first byte.
 * @param ret_len     bytes read, at least one.
 * @retval UKB_END           the other end is closed.
 * @retval UKB_E_TIMEOUT     nothing came in time.
 * @retval UKB_E_INTERNAL    the descriptor failed; reterr->native holds errno.
 */
UKB_MUST_USE enum ukb_status ukb_platform_read(int fd, void *data, size_t size, uint32_t timeout_ms, size_t *ret_len,
                                               struct ukb_error *reterr);

/** Write all of it. Blocks. @retval UKB_END the other end is closed. @retval UKB_E_INTERNAL as above. */
UKB_MUST_USE enum ukb_status ukb_platform_write(int fd, const void *data, size_t len, struct ukb_error *reterr);

/**
 * Start a thread that waits for the other end of @p fd to close, then calls @p closed once, on that thread, whatever
 * the main thread is doing (it may hang inside a vendor's module). It never reads.
 * @retval UKB_E_INTERNAL  the thread could not be started.
 */
UKB_MUST_USE enum ukb_status ukb_platform_watch_end(int fd, void (*closed)(void), struct ukb_error *reterr);

#endif /* UKB_PLATFORM_STDIO_H */
