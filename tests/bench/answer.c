/* SPDX-License-Identifier: MIT */
/*
 * answer - a pinentry for the benchmarks: whoever asks gets the PIN of place.sh's tokens at once. What it takes to
 * start and to be spoken to is the host's time, then, and there is none of a user's to subtract.
 */
#include <stdio.h>
#include <string.h>

int
main(void)
{
    char line[2048];

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    puts("OK bench");
    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (strncmp(line, "GETPIN", 6) == 0) {
            puts("D 111111");
        }
        puts("OK");
        if (strncmp(line, "BYE", 3) == 0) {
            break;
        }
    }
    return 0;
}
