/* SPDX-License-Identifier: MIT */
/*
 * http - fetch one document of a web server, within limits.
 *
 * Room: net.  May include core/ only.  Behind a struct: only a program that links this room has it, because
 * libcurl brings so many libraries along that every start of such a program takes several milliseconds longer.
 */
#ifndef UKB_NET_HTTP_H
#define UKB_NET_HTTP_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/status.h"

/** Zero-initialise, then set. All pointers are borrowed. */
struct ukb_http_request {
    const char *url;         /**< https://… */
    const char *accept;      /**< the only media type that is taken, "application/json"; NULL: any */
    bool allow_loopback;     /**< http://localhost, 127.0.0.1 and [::1], too */
    const char *ca_file;     /**< CAs to trust instead of the system's; NULL: the system's */
    unsigned int timeout_ms; /**< all in all; 0: UKB_HTTP_TIMEOUT_MS, which is also the most */
};

struct ukb_http {
    /**
     * GET a document: TLS 1.2 or later, verified; redirects are refused; no cookies, no credentials.
     *
     * @param ret_body  with a limit of at least UKB_HTTP_BODY_MAX_LEN; filled on success.
     * @retval UKB_E_NETWORK      an address that is not https, no connection, no answer in time.
     * @retval UKB_E_TLS          the server is not who it should be, or speaks no TLS that we do.
     * @retval UKB_E_HTTP_STATUS  any status but 200, redirects too; attribute "status".
     * @retval UKB_E_BAD_REPLY    no HTTP, longer than UKB_HTTP_BODY_MAX_LEN, or of another media type.
     * Blocks for up to the time-out. One thread.
     */
    enum ukb_status (*get)(const struct ukb_http_request *request, struct ukb_buf *ret_body, struct ukb_error *reterr);
};

/** By libcurl. The library is set up with the first request. The environment's proxies count, but not for loopback. */
extern const struct ukb_http ukb_http_curl;

#endif /* UKB_NET_HTTP_H */
