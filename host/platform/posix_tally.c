/* SPDX-License-Identifier: MIT */
#include "platform/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/limits.h"
#include "platform/private_file.h"

unsigned long long
ukb_tally_read(const char *dir, const char *name)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error ignored = { 0 };
    struct stat facts;
    unsigned long long count = 0;

    if (ukb_buf_printf(&path, &ignored, "%s/%s", dir, name) == UKB_OK && lstat(ukb_buf_text(&path), &facts) == 0) {
        count = (unsigned long long)facts.st_size;
    }
    ukb_buf_done(&path);
    return count;
}

enum ukb_status
ukb_tally_add(const char *dir, const char *name, struct ukb_error *reterr)
{
    int fd = -1;
    enum ukb_status st = ukb_private_file_open(dir, name, &fd, reterr);

    if (st != UKB_OK) {
        return st;
    }
    /* at the end, wherever that is by then: two processes never write the same byte */
    if (fcntl(fd, F_SETFL, O_APPEND) != 0 || write(fd, "+", 1) != 1) {
        st = ukb_raise(reterr, errno == ENOSPC || errno == EDQUOT ? UKB_E_DISK_FULL : UKB_E_JOURNAL_UNAVAILABLE,
                       (unsigned long)errno, "cannot write %s: %s", name, strerror(errno));
    }
    (void)close(fd);
    return st;
}
