/* SPDX-License-Identifier: MIT */
#include "pki/warm.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

void
ukb_pki_warm(void)
{
    static const unsigned char nothing[1];
    unsigned char out[EVP_MAX_MD_SIZE];

    (void)EVP_Digest(nothing, sizeof(nothing), out, NULL, EVP_sha256(), NULL);
    (void)RAND_bytes(out, 1);
    ERR_clear_error();
}
