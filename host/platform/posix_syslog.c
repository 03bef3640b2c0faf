/* SPDX-License-Identifier: MIT */
#include "platform/syslog.h"

#include <syslog.h>

void
ukb_syslog_write(bool notable, const char *line)
{
    openlog(UKB_SYSLOG_IDENT, LOG_PID, LOG_AUTHPRIV);
    syslog(notable ? LOG_NOTICE : LOG_INFO, "%s", line);
    closelog();
}
