/* SPDX-License-Identifier: MIT */
#include "policy/address.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define GROUPS       8U
#define IPV6_MAX_LEN 39U /* eight groups of four digits, seven colons */

/* 0 to 255 without leading zeros. */
static bool
octet_is_good(const char *text, size_t len)
{
    unsigned int value = 0;
    size_t i;

    if (len == 0 || len > 3 || (len > 1 && text[0] == '0')) {
        return false;
    }
    for (i = 0; i < len; i++) {
        if (!isdigit((unsigned char)text[i])) {
            return false;
        }
        value = value * 10U + (unsigned int)(text[i] - '0');
    }
    return value <= 255U;
}

bool
ukb_ipv4_is_canonical(const char *text, size_t len)
{
    size_t start = 0;
    size_t octets = 0;
    size_t i;

    for (i = 0; i <= len; i++) {
        if (i == len || text[i] == '.') {
            if (!octet_is_good(text + start, i - start)) {
                return false;
            }
            octets++;
            start = i + 1U;
        }
    }
    return octets == 4;
}

/* The numbers between colons; more than GROUPS are counted as GROUPS + 1. What is no hexadecimal digit reads as 0. */
static size_t
read_groups(const char *text, size_t len, unsigned int groups[GROUPS])
{
    static const char digits[] = "0123456789abcdef";
    bool inside = false;
    size_t count = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        const char *digit = strchr(digits, text[i]);

        if (text[i] == ':') {
            inside = false;
            continue;
        }
        if (!inside && count == GROUPS) {
            return GROUPS + 1U;
        }
        if (!inside) {
            groups[count++] = 0;
            inside = true;
        }
        groups[count - 1U] = (groups[count - 1U] * 16U + (digit == NULL ? 0 : (unsigned int)(digit - digits))) % 65536U;
    }
    return count;
}

/* Eight groups, those that "::" stands for filled in; false when there are not eight. */
static bool
read_address(const char *text, size_t len, unsigned int groups[GROUPS])
{
    unsigned int behind[GROUPS];
    size_t gap = 0;
    size_t before;
    size_t after;

    while (gap + 1U < len && (text[gap] != ':' || text[gap + 1U] != ':')) {
        gap++;
    }
    if (gap + 1U >= len) {
        return read_groups(text, len, groups) == GROUPS;
    }
    before = read_groups(text, gap, groups);
    after = read_groups(text + gap + 2U, len - gap - 2U, behind);
    if (before + after >= GROUPS) {
        return false;
    }
    memset(groups + before, 0, (GROUPS - before - after) * sizeof(*groups));
    memcpy(groups + GROUPS - after, behind, after * sizeof(*groups));
    return true;
}

/* Where the first longest run of zero groups starts, and its length. */
static size_t
longest_run(const unsigned int groups[GROUPS], size_t *ret_start)
{
    size_t longest = 0;
    size_t start = 0;
    size_t i;

    *ret_start = 0;
    for (i = 0; i < GROUPS; i++) {
        if (groups[i] != 0) {
            start = i + 1U;
        } else if (i + 1U - start > longest) {
            longest = i + 1U - start;
            *ret_start = start;
        }
    }
    return longest;
}

static size_t
write_address(const unsigned int groups[GROUPS], char text[IPV6_MAX_LEN + 1U])
{
    size_t run_start = 0;
    size_t run = longest_run(groups, &run_start);
    size_t len = 0;
    size_t i;

    for (i = 0; i < GROUPS; i++) {
        if (run > 1U && i == run_start) {
            len += (size_t)snprintf(text + len, IPV6_MAX_LEN + 1U - len, "%s", i == 0 ? "::" : ":");
            i += run - 1U;
        } else {
            len += (size_t)snprintf(text + len, IPV6_MAX_LEN + 1U - len, i + 1U < GROUPS ? "%x:" : "%x", groups[i]);
        }
    }
    return len;
}

bool
ukb_ipv6_is_canonical(const char *text, size_t len)
{
    unsigned int groups[GROUPS] = { 0 };
    char written[IPV6_MAX_LEN + 1U];

    return len <= IPV6_MAX_LEN && read_address(text, len, groups) && write_address(groups, written) == len &&
           memcmp(written, text, len) == 0; /* whatever was misread is written differently */
}
