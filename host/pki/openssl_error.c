/* SPDX-License-Identifier: MIT */
#include "pki/internal.h"

#include <openssl/err.h>

enum ukb_status
ukb_pki_raise(struct ukb_error *reterr, enum ukb_status status, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);

    ERR_clear_error();
    if (code != 0 && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE) {
        return ukb_raise(reterr, UKB_E_INTERNAL, code, "%s: no memory", what);
    }
    if (reason == NULL) {
        return ukb_raise(reterr, status, code, "%s", what);
    }
    return ukb_raise(reterr, status, code, "%s: %s", what, reason);
}
