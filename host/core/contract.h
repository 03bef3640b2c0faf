/* SPDX-License-Identifier: MIT */
/*
 * contract - the whole surface that a page, a popup or a person can reach: methods, objects, errors, limits.
 *
 * Room: core.  The host dispatches by these tables and `ukeybridge describe` prints them, so they cannot disagree.
 * The prose is host/docs/protocol.md.
 */
#ifndef UKB_CORE_CONTRACT_H
#define UKB_CORE_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/fields.h"

/** The protocol's version: raised by a change that breaks clients. */
#define UKB_PROTOCOL 1

/** Index of each method in ukb_contract. */
enum ukb_method_id {
    UKB_HOST_HELLO,
    UKB_HOST_PING,
    UKB_HOST_CANCEL,
    UKB_PORTALS_LIST,
    UKB_PORTALS_ALLOW,
    UKB_PORTALS_REVOKE,
    UKB_TOKENS_LIST,
    UKB_TOKENS_WATCH,
    UKB_CERTIFICATES_LIST,
    UKB_PIN_CHANGE,
    UKB_PIN_UNBLOCK,
    UKB_PIN_RESET_BEGIN,
    UKB_PIN_RESET_FINISH,
    UKB_RENEWAL_BEGIN,
    UKB_RENEWAL_PREVIEW,
    UKB_RENEWAL_INSTALL,
    UKB_RENEWAL_GET,
    UKB_RENEWAL_LIST,
    UKB_RENEWAL_ABANDON,
    UKB_RENEWAL_RECOVER,
    UKB_AUTH_SIGN,
    UKB_FILES_CHECK,
    UKB_AUDIT_LIST,
    UKB_ORDERS_CHECK,
    UKB_DOCTOR_RUN,
    UKB_DOCTOR_REPAIR,
    UKB_UPDATE_CHECK,
    UKB_METHOD_COUNT
};

/** Who may call. */
enum ukb_grant {
    UKB_GRANT_ANY,    /**< no context needed */
    UKB_GRANT_PORTAL, /**< the extension's own pages, or an allowed origin */
    UKB_GRANT_UI,     /**< the extension's own pages only */
};

/** Which process serves it. */
enum ukb_runs_in {
    UKB_RUNS_IN_BROKER,
    UKB_RUNS_IN_PLAIN_WORKER,   /**< no module */
    UKB_RUNS_IN_NET_WORKER,     /**< no module, but the network: a program of its own, which starts more slowly */
    UKB_RUNS_IN_LISTING_WORKER, /**< one for each module, lives on; never logs in */
    UKB_RUNS_IN_LOGIN_WORKER,   /**< one for this call only; a reset's stays for its second call */
};

/** How the broker finds the module. */
enum ukb_module_choice {
    UKB_MODULE_NONE,
    UKB_MODULE_EVERY,      /**< ask all, merge the replies */
    UKB_MODULE_OF_TOKEN,   /**< params.token */
    UKB_MODULE_OF_RENEWAL, /**< params.renewal starts with the token's id; else params.token */
    UKB_MODULE_OF_RESET,   /**< that of the worker which has params.reset open */
};

struct ukb_method {
    const char *name;
    const struct ukb_shape *params;
    const struct ukb_shape *result;
    enum ukb_grant grant;
    enum ukb_runs_in runs_in;
    enum ukb_module_choice module;
    bool dialog;            /**< asks the user in a native dialog */
    uint32_t time_limit_ms; /**< from when a worker takes it; stands still while the user is asked; 0 = at once */
};

extern const struct ukb_method ukb_contract[UKB_METHOD_COUNT];

/** The broker's word to the plain worker about what it refused, or did itself. No part of the surface: not found by
 * ukb_contract_find(). */
extern const struct ukb_method ukb_contract_note;

/** The doctor's question to a plain worker of its own, about what may hang: readers, or the PIN dialog. The same. */
extern const struct ukb_method ukb_contract_probe;

/** Objects of the protocol by name, and the notifications of the host; NULL-terminated. */
extern const struct ukb_shape *const ukb_contract_objects[];
struct ukb_notification {
    const char *name;
    const struct ukb_shape *params;
};
extern const struct ukb_notification ukb_contract_notifications[];
extern const size_t ukb_contract_notification_count;

/** A portal's order resource: what a server says of an order (host/docs/orders.md). */
extern const struct ukb_shape ukb_order_resource;

/** What is at the policy's `update` address (host/docs/policy.md, Update). */
extern const struct ukb_shape ukb_update_document;

/** Numbers of limits.h that clients should know, by their wire names. */
struct ukb_limit {
    const char *name;
    size_t value;
};
extern const struct ukb_limit ukb_contract_limits[];
extern const size_t ukb_contract_limit_count;

/** The row called @p name, or NULL. */
const struct ukb_method *ukb_contract_find(const char *name);

/** Index of a row of ukb_contract. */
enum ukb_method_id ukb_contract_index(const struct ukb_method *method);

/** The contract as JSON, as `ukeybridge describe` prints it; owned by the caller; NULL without memory. */
cJSON *ukb_contract_describe(void);

#endif /* UKB_CORE_CONTRACT_H */
