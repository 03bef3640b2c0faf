/* SPDX-License-Identifier: MIT */
/*
 * syslog - the system's own log, which companies collect already.
 *
 * Room: platform.  POSIX: syslog(3), which journald and rsyslog read alike. Windows: the event log.
 */
#ifndef UKB_PLATFORM_SYSLOG_H
#define UKB_PLATFORM_SYSLOG_H

#include <stdbool.h>

/** What an administrator looks for in the log. */
#define UKB_SYSLOG_IDENT "ukeybridge"

/**
 * Write one line to the system's log, as a word of security that is not for every user's eyes (facility authpriv).
 * @p notable: something was refused or went wrong (severity notice; info otherwise). @p line holds no secret and no
 * control character. May block while the log's reader is busy; without a log nothing happens.
 */
void ukb_syslog_write(bool notable, const char *line);

#endif /* UKB_PLATFORM_SYSLOG_H */
