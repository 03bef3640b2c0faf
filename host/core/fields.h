/* SPDX-License-Identifier: MIT */
/*
 * fields - shapes of JSON objects as tables: what is checked on the way in and printed by `describe`.
 *
 * Room: core.  A shape is data with static storage.
 */
#ifndef UKB_CORE_FIELDS_H
#define UKB_CORE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/json.h"
#include "core/status.h"

enum ukb_field_type {
    UKB_FIELD_STRING, /**< non-empty; max_len in bytes of UTF-8 */
    UKB_FIELD_HEX,    /**< exactly max_len lower-case hexadecimal digits */
    UKB_FIELD_TIME,   /**< RFC 3339, UTC, whole seconds: "2026-11-21T07:00:00Z" */
    UKB_FIELD_ENUM,   /**< one of values */
    UKB_FIELD_BOOL,
    UKB_FIELD_INTEGER, /**< within ±(2^53 − 1) */
    UKB_FIELD_ID,      /**< a JSON-RPC id: an integer, or a string of at most max_len bytes */
    UKB_FIELD_STRINGS, /**< array of at most max_items strings, each of max_len bytes or one of values */
    UKB_FIELD_OBJECT,  /**< of the given shape */
    UKB_FIELD_OBJECTS, /**< array of at most max_items objects of the given shape */
};

enum ukb_field_need { UKB_OPTIONAL, UKB_REQUIRED, UKB_NULLABLE /**< required, but may be null; results only */ };

struct ukb_shape;

struct ukb_field {
    const char *name;
    enum ukb_field_type type;
    enum ukb_field_need need;
    size_t max_len;
    size_t max_items;
    const char *const *values; /**< NULL-terminated */
    const struct ukb_shape *shape;
};

/** An object: its fields, and optionally a pair of names of which exactly one must be there. */
struct ukb_shape {
    const char *name; /**< of a named object of the protocol ("token"), or NULL */
    const struct ukb_field *fields;
    size_t count;
    const char *either[2];
};

#define UKB_SHAPE(shape_name, table)                                                                                   \
    {                                                                                                                  \
        .name = (shape_name), .fields = (table), .count = sizeof(table) / sizeof((table)[0])                           \
    }

/**
 * Check that @p object is of @p shape: members known, of their type and within their limits, required ones there.
 * @p object may be NULL, which reads as {}.
 * @retval UKB_E_PARAMS with attribute "field" naming the first offending member: members in the message's order first,
 *         then missing ones in the table's order.
 */
UKB_MUST_USE enum ukb_status ukb_fields_check(const struct ukb_shape *shape, const cJSON *object,
                                              struct ukb_error *reterr);

#endif /* UKB_CORE_FIELDS_H */
