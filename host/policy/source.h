/* SPDX-License-Identifier: MIT */
/*
 * source - one of the two files as it was read, and where in it a fault is.
 *
 * Room: policy, inside only.  Messages name the file, and the line or the member: they are for whoever wrote it. A page
 * never sees them (broker/veil.c).
 */
#ifndef UKB_POLICY_SOURCE_H
#define UKB_POLICY_SOURCE_H

#include "core/fields.h"
#include "core/json.h"
#include "platform/file.h"
#include "platform/paths.h"

/** Zero-initialise; its strings are borrowed, or of the buffers below. */
struct ukb_source {
    const char *name; /**< its path, or in tests a name */
    const char *text; /**< NULL: there is no such file */
    struct ukb_buf path;
    struct ukb_buf content;
};

/**
 * Read the file at @p which. Free with ukb_source_done(), on failure too.
 * @retval UKB_E_POLICY_INVALID, UKB_E_TOO_LARGE  it cannot be read, or is not @p owner's alone.
 * @retval UKB_E_INTERNAL                         no memory or no home folder.
 */
UKB_MUST_USE enum ukb_status ukb_source_read(enum ukb_path which, enum ukb_file_owner owner,
                                             struct ukb_source *ret_source, struct ukb_error *reterr);
void ukb_source_done(struct ukb_source *source);

/**
 * The object that the text holds, checked by @p shape; NULL without a text.
 * @param ret_json  owned by the caller, on failure too.
 * @retval UKB_E_POLICY_INVALID  with file, and line and column or member.
 */
UKB_MUST_USE enum ukb_status ukb_source_parse(const struct ukb_source *source, const struct ukb_shape *shape,
                                              cJSON **ret_json, struct ukb_error *reterr);

/** Raise UKB_E_POLICY_INVALID: "<file>: <member>[<index>]<rest>: <what>". */
enum ukb_status ukb_source_fault(const struct ukb_source *source, const char *member, size_t index, const char *rest,
                                 const char *what, struct ukb_error *reterr);

#endif /* UKB_POLICY_SOURCE_H */
