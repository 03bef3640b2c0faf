/* SPDX-License-Identifier: MIT */
/*
 * empty_host - the least that a native-messaging host can be: read a frame, write a frame, until the end.
 *
 * Links libc only and understands nothing: each frame is answered with the same empty result. What the real host takes
 * longer than this is what it does more.
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static const char body[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";

/* All @p len bytes; 0 at the end of the stream. */
static int
read_full(void *data, size_t len)
{
    char *at = data;

    while (len > 0) {
        ssize_t got = read(STDIN_FILENO, at, len);

        if (got <= 0) {
            return 0;
        }
        at += got;
        len -= (size_t)got;
    }
    return 1;
}

int
main(void)
{
    static char request[65536];
    unsigned char reply[sizeof(uint32_t) + sizeof(body) - 1U];
    const uint32_t reply_len = sizeof(body) - 1U;
    uint32_t len = 0;

    memcpy(reply, &reply_len, sizeof(reply_len));
    memcpy(reply + sizeof(reply_len), body, reply_len);
    while (read_full(&len, sizeof(len)) && len <= sizeof(request) && read_full(request, len)) {
        if (write(STDOUT_FILENO, reply, sizeof(reply)) != (ssize_t)sizeof(reply)) {
            return 1;
        }
    }
    return 0;
}
