/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include <string.h>

#include <curl/curl.h>

#include "core/limits.h"

/* What a failure of libcurl means to a user; whatever is not listed is the network's. */
static const struct {
    CURLcode code;
    enum ukb_status status;
} meanings[] = {
    { CURLE_PEER_FAILED_VERIFICATION, UKB_E_TLS }, { CURLE_SSL_CONNECT_ERROR, UKB_E_TLS },
    { CURLE_SSL_CERTPROBLEM, UKB_E_TLS },          { CURLE_SSL_CIPHER, UKB_E_TLS },
    { CURLE_SSL_CACERT_BADFILE, UKB_E_TLS },       { CURLE_SSL_ISSUER_ERROR, UKB_E_TLS },
    { CURLE_SSL_INVALIDCERTSTATUS, UKB_E_TLS },    { CURLE_SSL_ENGINE_INITFAILED, UKB_E_TLS },
    { CURLE_WRITE_ERROR, UKB_E_BAD_REPLY }, /* our own: the body is too long */
    { CURLE_FILESIZE_EXCEEDED, UKB_E_BAD_REPLY },  { CURLE_PARTIAL_FILE, UKB_E_BAD_REPLY },
    { CURLE_WEIRD_SERVER_REPLY, UKB_E_BAD_REPLY }, { CURLE_UNSUPPORTED_PROTOCOL, UKB_E_BAD_REPLY }, /* HTTP/0.9 */
    { CURLE_OUT_OF_MEMORY, UKB_E_INTERNAL },
};

struct fetch {
    CURL *curl;
    struct ukb_buf *body;
    bool is_too_long;
    char words[CURL_ERROR_SIZE]; /* libcurl's own */
};

/* The scheme that @p url may be fetched by; NULL: none. */
static const char *
scheme_of(const struct ukb_http_request *request)
{
    static const char *const loopback[] = { "http://localhost", "http://127.0.0.1", "http://[::1]" };
    const char *authority = strstr(request->url, "://");
    size_t i;

    if (authority == NULL || memchr(authority, '@', strcspn(authority + 3, "/?#") + 3U) != NULL) {
        return NULL; /* http://localhost:x@elsewhere is elsewhere */
    }
    if (strncmp(request->url, "https://", 8) == 0) {
        return "https";
    }
    for (i = 0; request->allow_loopback && i < sizeof(loopback) / sizeof(loopback[0]); i++) {
        const size_t len = strlen(loopback[i]);

        if (strncmp(request->url, loopback[i], len) == 0 && strchr(":/", request->url[len]) != NULL) {
            return "http";
        }
    }
    return NULL;
}

static size_t
take_body(char *data, size_t size, size_t count, void *ctx)
{
    struct fetch *fetch = ctx;
    struct ukb_error ignored = { 0 };
    const size_t len = size * count; /* size is 1, by libcurl's promise */

    if (len > UKB_HTTP_BODY_MAX_LEN - fetch->body->len || ukb_buf_append(fetch->body, data, len, &ignored) != UKB_OK) {
        fetch->is_too_long = true;
        return 0;
    }
    return len;
}

static bool
set_up(struct fetch *fetch, const struct ukb_http_request *request, const char *scheme)
{
    const unsigned int timeout_ms = request->timeout_ms == 0 || request->timeout_ms > UKB_HTTP_TIMEOUT_MS
                                        ? UKB_HTTP_TIMEOUT_MS
                                        : request->timeout_ms;
    CURL *curl = fetch->curl;
    bool done = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->words) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)UKB_HTTP_CONNECT_MS) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)UKB_HTTP_BODY_MAX_LEN) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch) == CURLE_OK;

    if (done && strcmp(scheme, "http") == 0) {
        done = curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK;
    }
    if (done && request->ca_file != NULL) {
        done = curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file) == CURLE_OK;
    }
    return done;
}

/* "application/json; charset=utf-8" is application/json. */
static bool
is_media_type(const char *found, const char *wanted)
{
    const size_t len = strlen(wanted);

    return found != NULL && curl_strnequal(found, wanted, len) != 0 && strchr("; \t", found[len]) != NULL;
}

static enum ukb_status
failed(const struct fetch *fetch, CURLcode code, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_E_NETWORK;
    size_t i;

    if (fetch->is_too_long || code == CURLE_FILESIZE_EXCEEDED) {
        return ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "the server's answer is longer than %u bytes",
                         UKB_HTTP_BODY_MAX_LEN);
    }
    for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        st = meanings[i].code == code ? meanings[i].status : st;
    }
    return ukb_raise(reterr, st, (unsigned long)code, "%s",
                     fetch->words[0] == '\0' ? curl_easy_strerror(code) : fetch->words);
}

/* What came, once something did. */
static enum ukb_status
judge(const struct fetch *fetch, const struct ukb_http_request *request, struct ukb_error *reterr)
{
    const char *type = NULL;
    long status = 0;
    enum ukb_status st;

    if (curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 200) {
        st = ukb_raise(reterr, UKB_E_HTTP_STATUS, (unsigned long)status, "the server answered with status %ld", status);
        ukb_error_add_integer(reterr, "status", status);
        return st;
    }
    (void)curl_easy_getinfo(fetch->curl, CURLINFO_CONTENT_TYPE, &type);
    if (request->accept != NULL && !is_media_type(type, request->accept)) {
        return ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "the server's answer is \"%.64s\", not %s",
                         type == NULL ? "" : type, request->accept);
    }
    return UKB_OK;
}

static enum ukb_status
get(const struct ukb_http_request *request, struct ukb_buf *ret_body, struct ukb_error *reterr)
{
    const char *scheme = scheme_of(request);
    struct fetch fetch = { .body = ret_body };
    CURLcode code = CURLE_OK;
    enum ukb_status st = UKB_OK;

    ukb_buf_clear(ret_body);
    if (scheme == NULL) {
        return ukb_raise(reterr, UKB_E_NETWORK, 0, "only https addresses are fetched");
    }
    fetch.curl = curl_easy_init(); /* sets the library up, the first time */
    if (fetch.curl == NULL || !set_up(&fetch, request, scheme)) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "libcurl cannot be set up");
        goto out;
    }
    code = curl_easy_perform(fetch.curl);
    if (code != CURLE_OK) {
        st = failed(&fetch, code, reterr);
        goto out;
    }
    st = judge(&fetch, request, reterr);
out:
    curl_easy_cleanup(fetch.curl);
    if (st != UKB_OK) {
        ukb_buf_clear(ret_body);
    }
    return st;
}

const struct ukb_http ukb_http_curl = { .get = get };
