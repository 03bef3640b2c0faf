/* SPDX-License-Identifier: MIT */
/* Runs a harness once for each file named on the command line: the corpus as a test, without a fuzzer. */
#include "fuzz.h"

#include "core/buf.h"

#define SEED_MAX_LEN (8U * 1024U * 1024U)

static int
replay(const char *path)
{
    struct ukb_buf seed = UKB_BUF_INIT(SEED_MAX_LEN);
    struct ukb_error err = { 0 };
    FILE *file = fopen(path, "rb");
    unsigned char piece[4096];
    size_t len = 0;
    uint8_t *exact = NULL;

    if (file == NULL) {
        perror(path);
        return EXIT_FAILURE;
    }
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0) {
        require(ukb_buf_append(&seed, piece, len, &err) == UKB_OK, "a seed fits in memory");
    }
    (void)fclose(file);
    exact = malloc(seed.len == 0 ? 1 : seed.len); /* without ukb_buf's NUL, so that ASan sees one byte too many */
    require(exact != NULL, "there is memory");
    for (len = 0; len < seed.len; len++) {
        exact[len] = seed.data[len];
    }
    (void)LLVMFuzzerTestOneInput(exact, seed.len);
    free(exact);
    ukb_buf_done(&seed);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++) {
        if (replay(argv[i]) != EXIT_SUCCESS) {
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
