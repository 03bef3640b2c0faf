/* SPDX-License-Identifier: MIT */
/*
 * journal - what is known of renewals, kept in SQLite so that a crash or a pulled plug loses none of it.
 *
 * Room: store.  May include core/ only.  The token is the truth; the journal explains it: which key a renewal made,
 * what the user agreed to, how far a write came. It holds no secret.
 *
 * Every function is one transaction, on the disk when it returns (synchronous=EXTRA). Several processes may use the
 * same journal; each waits at most five seconds for another. One thread per struct ukb_journal.
 *
 * Errors of every function: UKB_E_DISK_FULL; UKB_E_JOURNAL_UNAVAILABLE for a file that cannot be opened, read or
 * written, is damaged, is of a newer version or stays locked; UKB_E_INTERNAL for no memory. reterr->native holds
 * SQLite's extended result code (or errno while the file is made).
 */
#ifndef UKB_STORE_JOURNAL_H
#define UKB_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/limits.h"
#include "core/public_key.h"
#include "core/status.h"

#define UKB_RENEWAL_ROLE_MAX_LEN      16U
#define UKB_RENEWAL_ALGORITHM_MAX_LEN 16U
#define UKB_RENEWAL_STEP_MAX_LEN      32U
#define UKB_RENEWAL_OUTCOME_MAX_LEN   255U
#define UKB_RENEWAL_OBJECTS_MAX       8U  /**< certificates of one renewal: two roles, old and new, and room */
#define UKB_RENEWAL_STEPS_MAX         64U /**< steps read back: the last ones */

struct ukb_journal;
struct ukb_audit_draft; /* store/audit.h */

enum ukb_renewal_kind { UKB_RENEWAL_RENEW, UKB_RENEWAL_ISSUE, UKB_RENEWAL_CHANGE, UKB_RENEWAL_REPLACE };
enum ukb_renewal_key { UKB_RENEWAL_KEY_SAME, UKB_RENEWAL_KEY_NEW };

/** A renewal's states. The first four are open: they bar a second renewal; the others are final. */
enum ukb_renewal_state {
    UKB_RENEWAL_PREPARING,       /**< key or request being made; "requested" on the wire */
    UKB_RENEWAL_REQUESTED,       /**< request handed out */
    UKB_RENEWAL_INSTALLING,      /**< the token is being written */
    UKB_RENEWAL_NEEDS_ATTENTION, /**< the token is in no state that this renewal can have left */
    UKB_RENEWAL_INSTALLED,
    UKB_RENEWAL_ABANDONED,
    UKB_RENEWAL_ROLLED_BACK,
    UKB_RENEWAL_STATE_COUNT
};

enum ukb_renewal_action { UKB_RENEWAL_OLD, UKB_RENEWAL_NEW };

/** A certificate that a renewal found or brings. */
struct ukb_renewal_object {
    char role[UKB_RENEWAL_ROLE_MAX_LEN + 1U]; /**< signing, encryption, both, unknown */
    enum ukb_renewal_action action;           /**< was there before, or is to be there after */
    char sha256[UKB_CERTIFICATE_ID_LEN + 1U]; /**< hex, of the DER */
    unsigned char *der;
    size_t der_len; /**< at most UKB_CERTIFICATE_DER_MAX_LEN */
    /* Of a certificate that it brings: */
    unsigned char key_id[UKB_KEY_ID_MAX_LEN];  /**< CKA_ID that it and its key bear at the end */
    size_t key_id_len;                         /**< 0: not chosen yet */
    unsigned char temp_id[UKB_KEY_ID_MAX_LEN]; /**< CKA_ID that certificates for a kept key bear while exchanged */
    size_t temp_id_len;                        /**< 0: none, its key is new */
    bool imported; /**< its private key was delivered: the renewal puts it under key_id, and may take it away */
    bool was_there; /**< it was on the UKey before this renewal, which may not take it away */
};

/** Something that was done, for people who look what happened. */
struct ukb_renewal_step {
    char name[UKB_RENEWAL_STEP_MAX_LEN + 1U];
    long long at_s; /**< Unix seconds */
    char outcome[UKB_RENEWAL_OUTCOME_MAX_LEN + 1U];
};

/** A renewal. Zero-initialise; strings and arrays are owned: free with ukb_renewal_record_done(). */
struct ukb_renewal_record {
    char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    enum ukb_renewal_kind kind;
    enum ukb_renewal_key key;
    char algorithm[UKB_RENEWAL_ALGORITHM_MAX_LEN + 1U];
    char *origin; /**< NULL: the extension's own window */
    char *order;  /**< the portal's order number; NULL: none */
    char token[UKB_TOKEN_ID_LEN + 1U];
    char certificate_id[UKB_CERTIFICATE_ID_LEN + 1U]; /**< the certificate to be renewed; "" when there is none */
    enum ukb_renewal_state state;
    long long created_s;                      /**< Unix seconds; set by the journal */
    long long updated_s;                      /**< the same */
    unsigned char key_id[UKB_KEY_ID_MAX_LEN]; /**< CKA_ID of the key pair of this renewal */
    size_t key_id_len;                        /**< 0: not chosen yet */
    struct ukb_public_key public_key;         /**< of that pair; UKB_KEY_UNKNOWN until it is there */
    char *request_pem;                        /**< PKCS#10; NULL: none yet */
    char *request_signed_pem;                 /**< the same in CMS SignedData; NULL: none */
    enum ukb_status error;                    /**< UKB_OK: none */
    char error_message[UKB_ERROR_MESSAGE_MAX_LEN + 1U];
    struct ukb_renewal_object *objects; /**< old ones first */
    size_t object_count;
    struct ukb_renewal_step *steps; /**< oldest first */
    size_t step_count;
};

/** Several renewals. Zero-initialise; free with ukb_renewal_list_done(). */
struct ukb_renewal_list {
    struct ukb_renewal_record *items;
    size_t count;
    char next[UKB_CURSOR_MAX_LEN + 1U]; /**< cursor of the next page; "" at the end */
};

/**
 * What one transaction does to one renewal. Zero-initialise, then set what changes; NULL and 0 leave things as they
 * are. All pointers are borrowed.
 */
struct ukb_renewal_change {
    const char *id;                /**< which; must not be NULL */
    enum ukb_renewal_state from;   /**< the state that it must be in now */
    enum ukb_renewal_state to;     /**< the state afterwards; the same as from changes no state */
    const char *step;              /**< name of a step to note, with outcome; cut to UKB_RENEWAL_STEP_MAX_LEN */
    const char *outcome;           /**< NULL: "ok" */
    const struct ukb_error *error; /**< why it failed. A change of state without one forgets an earlier error */
    const unsigned char *key_id;
    size_t key_id_len;
    const struct ukb_public_key *public_key;
    const char *request_pem;
    const char *request_signed_pem;
    const struct ukb_renewal_object *objects; /**< take the place of all objects that the renewal had */
    size_t object_count;                      /**< at most UKB_RENEWAL_OBJECTS_MAX */
    bool forgets_card;                        /**< what was kept of its card (store/cards.h) is of no use any more */
    struct ukb_audit_draft *audit;            /**< an entry that is kept with it, and told so; the rest goes without it */
};

/**
 * Open the journal. An older version is brought up to date; a newer one is refused, untouched.
 *
 * @param path         absolute path of the file, made before (an empty one is a new journal): whose it is and who may
 *                     read it is the caller's, see platform/private_file.h. Conventionally state.sqlite3.
 * @param ret_journal  to be closed by ukb_journal_close().
 */
UKB_MUST_USE enum ukb_status ukb_journal_open(const char *path, struct ukb_journal **ret_journal,
                                              struct ukb_error *reterr);

/** Read the whole file and see whether it holds together. @retval UKB_E_JOURNAL_UNAVAILABLE it does not; the message
 * has the first fault, reterr->native SQLITE_CORRUPT. */
UKB_MUST_USE enum ukb_status ukb_journal_check(struct ukb_journal *journal, struct ukb_error *reterr);

/** Close. NULL is fine. */
void ukb_journal_close(struct ukb_journal *journal);

/** Take the time from @p now_s (Unix seconds) instead of the system's clock. For tests. */
void ukb_journal_set_clock(struct ukb_journal *journal, long long (*now_s)(void *ctx), void *ctx);

/**
 * Add @p record, with its objects and steps. created_s, updated_s and a step's at_s are the journal's clock, whatever
 * they hold.
 *
 * @retval UKB_E_WRONG_STATE  the id is there already.
 */
UKB_MUST_USE enum ukb_status ukb_journal_insert(struct ukb_journal *journal, const struct ukb_renewal_record *record,
                                                struct ukb_error *reterr);

/**
 * Do everything that @p change says, or nothing.
 *
 * @retval UKB_E_NO_RENEWAL   no such id.
 * @retval UKB_E_WRONG_STATE  it is not in change->from now, or no renewal goes from there to change->to; attribute
 *                            "state" tells the state that it is in.
 */
UKB_MUST_USE enum ukb_status ukb_journal_advance(struct ukb_journal *journal, const struct ukb_renewal_change *change,
                                                 struct ukb_error *reterr);

/**
 * Two steps that recovery reads: the commit whose outcome promises that the old pair goes, and the keeping of that
 * promise. One without the other is unfinished.
 */
#define UKB_JOURNAL_STEP_COMMIT     "commit"
#define UKB_JOURNAL_STEP_RETIRE_OLD "retire-old"

/** Note a step, in whatever state the renewal is. @retval UKB_E_NO_RENEWAL no such id. */
UKB_MUST_USE enum ukb_status ukb_journal_add_step(struct ukb_journal *journal, const char *id, const char *step,
                                                  const char *outcome, struct ukb_error *reterr);

/** Read one renewal, with objects and steps. @retval UKB_E_NO_RENEWAL no such id. */
UKB_MUST_USE enum ukb_status ukb_journal_get(struct ukb_journal *journal, const char *id,
                                             struct ukb_renewal_record *ret_record, struct ukb_error *reterr);

/**
 * The newest open renewal of one origin for one token and certificate.
 *
 * @param origin          NULL: the extension's own window (not: any).
 * @param certificate_id  "" finds those without a certificate; NULL finds any.
 * @retval UKB_E_NO_RENEWAL  there is none.
 */
UKB_MUST_USE enum ukb_status ukb_journal_find_open(struct ukb_journal *journal, const char *origin, const char *token,
                                                   const char *certificate_id, struct ukb_renewal_record *ret_record,
                                                   struct ukb_error *reterr);

/**
 * A page of renewals, newest first. A renewal that is added between two pages neither repeats nor hides another.
 *
 * @param origin  NULL: of all origins.
 * @param token   NULL: of all tokens.
 * @param cursor  ret_list->next of the page before; NULL or "": the first page.
 * @param limit   1 to UKB_PAGE_MAX_ITEMS.
 * @retval UKB_E_PARAMS  a cursor that is none of ours; attribute "field".
 */
UKB_MUST_USE enum ukb_status ukb_journal_list(struct ukb_journal *journal, const char *origin, const char *token,
                                              const char *cursor, size_t limit, struct ukb_renewal_list *ret_list,
                                              struct ukb_error *reterr);

/**
 * What recovery looks at: all open renewals of @p token, and those installed ones that have promised to retire the old
 * pair and have not; at most UKB_PAGE_MAX_ITEMS, oldest first, those that wait for somebody else behind all others:
 * however many requests a site has open, an interruption is seen.
 */
UKB_MUST_USE enum ukb_status ukb_journal_list_unfinished(struct ukb_journal *journal, const char *token,
                                                         struct ukb_renewal_list *ret_list, struct ukb_error *reterr);

/**
 * Installed renewals of @p token with a new key, which left an old pair on it: newest first, at most
 * UKB_PAGE_MAX_ITEMS.
 */
UKB_MUST_USE enum ukb_status ukb_journal_list_superseding(struct ukb_journal *journal, const char *token,
                                                          struct ukb_renewal_list *ret_list, struct ukb_error *reterr);

/** Free what @p record owns and zero it. NULL and a zeroed record are fine. */
void ukb_renewal_record_done(struct ukb_renewal_record *record);

/** Free what @p list owns and zero it. NULL and a zeroed list are fine. */
void ukb_renewal_list_done(struct ukb_renewal_list *list);

/** Names as on the wire. Static storage. */
const char *ukb_renewal_state_name(enum ukb_renewal_state state); /**< PREPARING reads "requested" */
const char *ukb_renewal_kind_name(enum ukb_renewal_kind kind);

#endif /* UKB_STORE_JOURNAL_H */
