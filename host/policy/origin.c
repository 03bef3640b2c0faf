/* SPDX-License-Identifier: MIT */
#include "policy/origin.h"

#include <ctype.h>
#include <string.h>

#include "core/limits.h"
#include "policy/address.h"

#define LABEL_MAX_LEN 63U /* RFC 1034 §3.1 */
#define PORT_MAX      65535U

static const char HTTPS[] = "https://";
static const char HTTP[] = "http://";
static const char WILDCARD[] = "https://*.";

static bool
starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool
is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A DNS label in canonical form. Underscores are not host names, but browsers load such hosts. */
static bool
label_is_good(const char *label, size_t len)
{
    size_t i;

    if (len == 0 || len > LABEL_MAX_LEN || label[0] == '-' || label[len - 1U] == '-') {
        return false;
    }
    for (i = 0; i < len; i++) {
        if (!is_lower_alnum(label[i]) && label[i] != '-' && label[i] != '_') {
            return false;
        }
    }
    return true;
}

static bool
host_is_good(const char *host, size_t len)
{
    size_t start = 0;
    size_t i;

    if (len > 2 && host[0] == '[' && host[len - 1U] == ']') {
        return ukb_ipv6_is_canonical(host + 1, len - 2U);
    }
    for (i = 0; i <= len; i++) {
        if (i < len && host[i] != '.') {
            continue;
        }
        if (!label_is_good(host + start, i - start)) {
            return false;
        }
        if (i == len && isdigit((unsigned char)host[start])) {
            /* URL standard, "ends in a number": such a host is an IPv4 address */
            return strspn(host + start, "0123456789") != i - start ? !starts_with(host + start, "0x")
                                                                   : ukb_ipv4_is_canonical(host, len);
        }
        start = i + 1U;
    }
    return true;
}

static bool
port_is_good(const char *port, unsigned int default_port)
{
    unsigned int value = 0;
    size_t i;

    for (i = 0; port[i] != '\0'; i++) {
        if (i == 5 || !isdigit((unsigned char)port[i])) {
            return false;
        }
        value = value * 10U + (unsigned int)(port[i] - '0');
    }
    return i > 0 && port[0] != '0' && value <= PORT_MAX && value != default_port;
}

/* Length of the host part, up to a port's colon. */
static size_t
host_len(const char *host)
{
    const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;

    return bracket != NULL ? (size_t)(bracket - host) + 1U : strcspn(host, ":");
}

static bool
is_loopback(const char *host, size_t len)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) == len && memcmp(names[i], host, len) == 0) {
            return true;
        }
    }
    return false;
}

static const char *
authority_fault(const char *authority, unsigned int default_port)
{
    size_t len = host_len(authority);

    if (strpbrk(authority, "/?#@\\") != NULL) {
        return "an origin has no path, user info, query or fragment";
    }
    if (!host_is_good(authority, len)) {
        return "its host is not in canonical form";
    }
    if (authority[len] != '\0' && (authority[len] != ':' || !port_is_good(authority + len + 1U, default_port))) {
        return "its port is not in canonical form";
    }
    return NULL;
}

static const char *
origin_fault(const char *origin, bool allow_loopback)
{
    const char *authority = NULL;

    if (strlen(origin) > UKB_ORIGIN_MAX_LEN) {
        return "longer than an origin may be";
    }
    if (starts_with(origin, HTTPS)) {
        return authority_fault(origin + strlen(HTTPS), 443);
    }
    if (!starts_with(origin, HTTP)) {
        return "not an https origin";
    }
    authority = origin + strlen(HTTP);
    if (!allow_loopback || !is_loopback(authority, host_len(authority))) {
        return "not an https origin (loopback http only where policy allows it)";
    }
    return authority_fault(authority, 80);
}

enum ukb_status
ukb_origin_check(const char *origin, bool allow_loopback, struct ukb_error *reterr)
{
    const char *fault = origin_fault(origin, allow_loopback);

    if (fault != NULL) {
        return ukb_raise(reterr, UKB_E_BAD_ORIGIN, 0, "origin refused: %s", fault);
    }
    return UKB_OK;
}

enum ukb_status
ukb_origin_pattern_check(const char *pattern, bool allow_loopback, struct ukb_error *reterr)
{
    const char *rest = pattern + strlen(WILDCARD);
    const char *fault = NULL;

    if (!starts_with(pattern, WILDCARD)) {
        return ukb_origin_check(pattern, allow_loopback, reterr);
    }
    fault = strlen(pattern) > UKB_ORIGIN_MAX_LEN ? "longer than an origin may be" : authority_fault(rest, 443);
    if (fault == NULL && (memchr(rest, '.', host_len(rest)) == NULL || ukb_ipv4_is_canonical(rest, host_len(rest)))) {
        fault = "a wildcard needs a host name of two labels or more behind it";
    }
    if (fault != NULL) {
        return ukb_raise(reterr, UKB_E_BAD_ORIGIN, 0, "pattern refused: %s", fault);
    }
    return UKB_OK;
}

bool
ukb_origin_matches(const char *pattern, const char *origin)
{
    const char *suffix = NULL;
    size_t suffix_len;
    size_t len;

    if (!starts_with(pattern, WILDCARD)) {
        return strcmp(pattern, origin) == 0;
    }
    suffix = pattern + strlen(WILDCARD) - 1U; /* with its leading dot */
    suffix_len = strlen(suffix);
    len = strlen(origin);
    /* at least one character of a label before the dot; the port, if any, is part of the suffix */
    return starts_with(origin, HTTPS) && len > strlen(HTTPS) + suffix_len &&
           strcmp(origin + len - suffix_len, suffix) == 0;
}
