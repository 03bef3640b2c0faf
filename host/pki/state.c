/* SPDX-License-Identifier: MIT */
/* state - a certificate's validity at an instant, and the words of the protocol for it. */
#include "pki/certificate.h"

#define DAY_S 86400LL

enum ukb_certificate_state
ukb_certificate_state(const struct ukb_certificate_facts *facts, long long now_s, int reminder_days)
{
    long long reminder_s = reminder_days > 0 ? reminder_days * DAY_S : 0;

    if (now_s > facts->not_after_s) { /* notAfter itself still counts (RFC 5280 §4.1.2.5) */
        return UKB_CERTIFICATE_EXPIRED;
    }
    if (now_s < facts->not_before_s) {
        return UKB_CERTIFICATE_NOT_YET_VALID;
    }
    return facts->not_after_s - now_s <= reminder_s ? UKB_CERTIFICATE_EXPIRING : UKB_CERTIFICATE_VALID;
}

long long
ukb_certificate_days_left(const struct ukb_certificate_facts *facts, long long now_s)
{
    long long left_s = facts->not_after_s - now_s;

    return left_s >= 0 ? left_s / DAY_S : -((-left_s + DAY_S - 1) / DAY_S);
}

const char *
ukb_role_name(enum ukb_role role)
{
    switch (role) {
    case UKB_ROLE_SIGNING:
        return "signing";
    case UKB_ROLE_ENCRYPTION:
        return "encryption";
    case UKB_ROLE_BOTH:
        return "both";
    case UKB_ROLE_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *
ukb_certificate_state_name(enum ukb_certificate_state state)
{
    switch (state) {
    case UKB_CERTIFICATE_EXPIRING:
        return "expiring";
    case UKB_CERTIFICATE_EXPIRED:
        return "expired";
    case UKB_CERTIFICATE_NOT_YET_VALID:
        return "not-yet-valid";
    case UKB_CERTIFICATE_VALID:
        break;
    }
    return "valid";
}
