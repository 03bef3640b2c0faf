/* SPDX-License-Identifier: MIT */
/*
 * json - strict JSON (RFC 8259) on top of cJSON, which alone is too lenient for input from outside.
 *
 * Room: core.  No secret ever enters a cJSON tree: it is never wiped.  Only this file's functions read
 * outside text into a tree, and only case-sensitive look-ups exist.
 */
#ifndef UKB_CORE_JSON_H
#define UKB_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "core/buf.h"
#include "core/status.h"

/* Case-insensitive: "ID" would stand for "id". */
#pragma GCC poison cJSON_GetObjectItem cJSON_HasObjectItem

/**
 * Check that @p text is one strict JSON value: UTF-8 without BOM, RFC 8259 grammar, at most UKB_JSON_MAX_DEPTH nested
 * arrays and objects, no U+0000 and no lone surrogate in a string (neither survives a C string), nothing behind it.
 * @retval UKB_E_PARSE with the offset in the message. Recursion is bounded by the depth limit.
 */
UKB_MUST_USE enum ukb_status ukb_json_check(const char *text, size_t len, struct ukb_error *reterr);

/** The offset at which ukb_json_check() gives a text up; @p len when it ends too early, or is strict JSON. */
size_t ukb_json_fault_at(const char *text, size_t len);

/**
 * Read a strict JSON text of @p len bytes. Also refuses duplicate member names.
 * @param ret_value  owned by the caller: cJSON_Delete().
 * @retval UKB_E_PARSE     not strict JSON.
 * @retval UKB_E_INTERNAL  no memory.
 */
UKB_MUST_USE enum ukb_status ukb_json_parse(const char *text, size_t len, cJSON **ret_value, struct ukb_error *reterr);

/** As ukb_json_parse(), and members of one name may be there twice, as other programs' files have them. */
UKB_MUST_USE enum ukb_status ukb_json_parse_twins(const char *text, size_t len, cJSON **ret_value,
                                                  struct ukb_error *reterr);

/** Append @p value without white space. @retval UKB_E_TOO_LARGE beyond @p text's limit. */
UKB_MUST_USE enum ukb_status ukb_json_print(const cJSON *value, struct ukb_buf *text, struct ukb_error *reterr);

/* Members of an object by exact name; a missing object, a missing member and a wrong type read as the "nothing" value.
 */
const cJSON *ukb_json_get(const cJSON *object, const char *name);
const char *ukb_json_string(const cJSON *object, const char *name);      /**< NULL; borrowed from the tree */
bool ukb_json_bool(const cJSON *object, const char *name, bool nothing); /**< @p nothing */

/** True when @p value is a number that is an integer within ±(2^53 − 1), which is what JSON peers agree on. */
bool ukb_json_is_integer(const cJSON *value);

#endif /* UKB_CORE_JSON_H */
