/* SPDX-License-Identifier: MIT */
/*
 * manifest - the native-messaging manifest: the file by which a browser finds this host and knows who may start it.
 *
 * Room: platform.  Source: the browsers' documentation of native messaging; the texts are those of manifests/.
 */
#ifndef UKB_PLATFORM_MANIFEST_H
#define UKB_PLATFORM_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/json.h"
#include "core/status.h"
#include "platform/browsers.h"

#define UKB_MANIFEST_NAME       "org.ukeybridge.host"
#define UKB_MANIFEST_FILE       UKB_MANIFEST_NAME ".json"
#define UKB_MANIFEST_MAX_LEN    16384U
#define UKB_MANIFEST_IDS_MAX    8U  /**< extensions that may start the host beside the one of its own */
#define UKB_MANIFEST_ID_MAX_LEN 80U /**< of an extension: Firefox's own limit; Chromium's have 32 */

/** What a browser would trip over in a manifest, the first that holds in this order. */
enum ukb_manifest_fault {
    UKB_MANIFEST_GOOD,
    UKB_MANIFEST_NOT_JSON,       /**< no strict JSON object */
    UKB_MANIFEST_OTHER_NAME,     /**< its name, type or description is not what browsers ask for */
    UKB_MANIFEST_OTHER_PROGRAM,  /**< it points to another program than this host */
    UKB_MANIFEST_OTHER_EXTENSION /**< our extension may not start it */
};

/** True for an id of either form: 32 letters from a to p for Chromium; like a mail address, or a UUID in braces, for
 * Firefox. */
bool ukb_manifest_id_is_good(const char *id);

/**
 * Append the manifest that lets our extension, and those of @p ids that are of its form, start @p program.
 * @param program  absolute path of the host.
 * @param ids      @p id_count ids, at most UKB_MANIFEST_IDS_MAX; one that is ours, or there twice, counts once.
 * @retval UKB_E_TOO_LARGE, UKB_E_INTERNAL
 */
UKB_MUST_USE enum ukb_status ukb_manifest_make(enum ukb_manifest_form form, const char *program, const char *const *ids,
                                               size_t id_count, struct ukb_buf *ret_text, struct ukb_error *reterr);

/** Judge the text of a manifest for @p program; both paths as they are written, links are not followed. */
enum ukb_manifest_fault ukb_manifest_judge(enum ukb_manifest_form form, const char *text, size_t len,
                                           const char *program);

/**
 * The ids of the extensions that a manifest lets in, ours too; what is no id is left out.
 * @param ret_ids  UKB_MANIFEST_IDS_MAX places. Returns how many were filled; a text that makes no sense has none.
 */
size_t ukb_manifest_ids(enum ukb_manifest_form form, const char *text, size_t len,
                        char ret_ids[][UKB_MANIFEST_ID_MAX_LEN + 1U]);

#endif /* UKB_PLATFORM_MANIFEST_H */
