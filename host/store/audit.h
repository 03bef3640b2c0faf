/* SPDX-License-Identifier: MIT */
/*
 * audit - who asked for what and what came of it, in the journal's file.
 *
 * Room: store.  May include core/ only.  Two kinds of entries, each with a bound of its own, so that a site that is
 * refused on and on pushes out no word of what was done. The oldest go. An entry holds no payload and no secret.
 *
 * Errors are those of journal.h.
 */
#ifndef UKB_STORE_AUDIT_H
#define UKB_STORE_AUDIT_H

#include "store/journal.h"

#define UKB_AUDIT_METHOD_MAX_LEN  64U
#define UKB_AUDIT_OUTCOME_MAX_LEN 64U

/** Zero-initialise; owns nothing. */
struct ukb_audit_entry {
    long long at_s;                       /**< Unix seconds; set by the journal */
    char origin[UKB_ORIGIN_MAX_LEN + 1U]; /**< "": the extension's own pages, or the command line */
    char method[UKB_AUDIT_METHOD_MAX_LEN + 1U];
    char token[UKB_TOKEN_ID_LEN + 1U];            /**< "": none was named */
    char module[UKB_MODULE_NAME_MAX_LEN + 1U];    /**< the module that failed; "": none did */
    char outcome[UKB_AUDIT_OUTCOME_MAX_LEN + 1U]; /**< "OK", or the reason */
    bool user_activation;
    bool refused; /**< by the broker: nothing was done */
};

/** An entry that is kept together with what it tells of: see ukb_renewal_change. */
struct ukb_audit_draft {
    struct ukb_audit_entry entry;
    bool is_kept; /**< set when it was */
};

/** A page of entries, newest first. Zero-initialise; free with ukb_audit_list_done(). */
struct ukb_audit_list {
    struct ukb_audit_entry *items;
    size_t count;
    char next[UKB_CURSOR_MAX_LEN + 1U]; /**< cursor of the next page; "" at the end */
};

/** Add @p entry; its at_s is the journal's clock, whatever it holds. Beyond its kind's bound the oldest goes. */
UKB_MUST_USE enum ukb_status ukb_audit_add(struct ukb_journal *journal, const struct ukb_audit_entry *entry,
                                           struct ukb_error *reterr);

/**
 * A page of entries, newest first.
 *
 * @param cursor  ret_list->next of the page before; NULL or "": the first page.
 * @param limit   1 to UKB_PAGE_MAX_ITEMS.
 * @retval UKB_E_PARAMS  a cursor that is none of ours; attribute "field".
 */
UKB_MUST_USE enum ukb_status ukb_audit_list(struct ukb_journal *journal, const char *cursor, size_t limit,
                                            struct ukb_audit_list *ret_list, struct ukb_error *reterr);

/** Free what @p list owns and zero it. NULL and a zeroed list are fine. */
void ukb_audit_list_done(struct ukb_audit_list *list);

#endif /* UKB_STORE_AUDIT_H */
