/* SPDX-License-Identifier: MIT */
/*
 * dialog - ask the person at the computer: for the PIN of a UKey, or for a yes.
 *
 * Room: dialog.  May include core/, platform/ and secret/.  Knows no token and no method: the caller states the facts,
 * words.c says them in the user's language, a back end (pinentry on Linux) shows them. The web page has no part in it:
 * it neither sees the PIN nor can it answer a question.
 *
 * One dialog per user is on the screen at a time, over all processes (a lock, see platform/lock.h); a second one waits.
 */
#ifndef UKB_DIALOG_DIALOG_H
#define UKB_DIALOG_DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

struct ukb_dialog;
struct ukb_secret; /* see secret/secret.h */

/** How long a user has for one answer, unless the configuration says otherwise. */
#define UKB_DIALOG_TIMEOUT_MS 300000U

/** How dialogs are shown. Zero-initialise, then set; copied, all strings borrowed during ukb_dialog_new() only. */
struct ukb_dialog_config {
    const char *program;                      /**< absolute path of the pinentry program; NULL: the best one of PATH */
    const char *lang;                         /**< BCP 47 tag: zh… speaks Chinese, all else (and NULL) English */
    const char *lock_dir;                     /**< folder of the user-wide dialog lock; must not be NULL */
    void (*waiting)(void *ctx, bool waiting); /**< the call starts or ends to wait for the user; may be NULL */
    void *ctx;                                /**< handed to waiting */
    unsigned int timeout_ms; /**< for one answer, and once more for the lock; 0: UKB_DIALOG_TIMEOUT_MS */
};

/** What the user is asked to agree to. Each has a sentence that says what will happen. */
enum ukb_dialog_action {
    UKB_DIALOG_RENEW_NEW_KEY,      /**< make a new signing key beside the old one, and a request for it */
    UKB_DIALOG_RENEW_SAME_KEY,     /**< sign a request with the key that is there */
    UKB_DIALOG_ISSUE,              /**< first key and request of a blank UKey */
    UKB_DIALOG_CHANGE,             /**< request with changed data of the holder */
    UKB_DIALOG_REPLACE,            /**< request that replaces a lost or unusable key */
    UKB_DIALOG_INSTALL,            /**< write certificates: lines tell which */
    UKB_DIALOG_ABANDON,            /**< delete the key of a request that was given up */
    UKB_DIALOG_RECOVER,            /**< finish or undo what was interrupted */
    UKB_DIALOG_MEND,               /**< take back a write that was cut off in the middle, before anything else */
    UKB_DIALOG_PIN_CHANGE,         /**< another PIN, by the present one */
    UKB_DIALOG_PIN_CHANGE_INITIAL, /**< the same for a PIN that must be changed before the UKey can be used */
    UKB_DIALOG_PIN_UNBLOCK,        /**< another PIN, by the administrator's */
    UKB_DIALOG_PIN_RESET,          /**< the same, where the administrator's came from afar */
    UKB_DIALOG_SIGN_IN,            /**< sign in to the web site, with the certificate of the only line */
    UKB_DIALOG_ACTION_COUNT
};

/** Which PIN is asked for. */
enum ukb_dialog_pin {
    UKB_DIALOG_PIN_LOGIN, /**< the UKey's, to use it */
    UKB_DIALOG_PIN_OLD,   /**< the UKey's, to change it */
    UKB_DIALOG_PIN_ADMIN, /**< the administrator's (PUK): too many wrong ones lock the UKey for good */
    UKB_DIALOG_PIN_NEW,   /**< one to be set */
    UKB_DIALOG_PIN_COUNT
};

/** What is known of the tries that are left. PKCS#11 tells no more than this; nothing is invented. */
enum ukb_dialog_tries { UKB_DIALOG_TRIES_UNKNOWN, UKB_DIALOG_TRIES_LOW, UKB_DIALOG_TRIES_FINAL };

/* Questions of ukb_dialog_confirm(): the wire reason of the warning that needs a yes of its own. */
#define UKB_DIALOG_QUESTION_FINAL_TRY       "PIN_FINAL_TRY"
#define UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY "ADMIN_PIN_FINAL_TRY"
#define UKB_DIALOG_QUESTION_PIN_PAD         "PIN_PAD" /* PINs are entered on the device: ready? */
#define UKB_DIALOG_QUESTION_NOT_YET_VALID   "NOT_YET_VALID"
#define UKB_DIALOG_QUESTION_SUBJECT_DIFFERS "SUBJECT_DIFFERS"
#define UKB_DIALOG_QUESTION_OLD_FILES       "OLD_FILES_NEED_OLD_KEY"
#define UKB_DIALOG_QUESTION_WEAK_ALGORITHM  "WEAK_ALGORITHM"

/**
 * What the dialog says. Borrowed for one call. Every string may come from a page or a card: each is made harmless and
 * bounded by UKB_DIALOG_VALUE_MAX_LEN before it is shown (see words.h), so none can look like a line of ours.
 */
struct ukb_dialog_facts {
    enum ukb_dialog_action action;
    const char *origin;       /**< who asks; NULL: the extension's own window */
    const char *token_label;  /**< which UKey; NULL when unknown */
    const char *token_serial; /**< NULL when unknown */
    const char *const *lines; /**< changes in detail, made by ukb_words_change(); may be NULL */
    size_t line_count;
    enum ukb_dialog_pin pin;
    enum ukb_dialog_tries tries;
    size_t min_len; /**< of the PIN, as the token states it; 0: not stated */
    size_t max_len; /**< the same */
};

/**
 * Make a dialog and start its program at once, because no process may be started after a PKCS#11 module was loaded.
 * Nothing is shown yet, and nobody waits: the first question does, until the program greets, at most five seconds.
 *
 * A program that is missing or does not start is remembered and raised by the first question, so that a request which
 * the checks before it refuse is refused for its own reason.
 *
 * @param ret_dialog  to be freed by ukb_dialog_free().
 * @retval UKB_E_INTERNAL  no memory; the only error.
 *
 * The program dies with the calling thread: make the dialog in the thread that lives as long as the process does.
 */
UKB_MUST_USE enum ukb_status ukb_dialog_new(const struct ukb_dialog_config *config, struct ukb_dialog **ret_dialog,
                                            struct ukb_error *reterr);

/**
 * Did its program start? Waits for it as the first question would.
 *
 * @retval UKB_E_PIN_UI_UNAVAILABLE and others: what the first question would say.
 */
UKB_MUST_USE enum ukb_status ukb_dialog_started(struct ukb_dialog *dialog, struct ukb_error *reterr);

/**
 * Ask for the PIN, once. Never asks again by itself and keeps no copy.
 *
 * @param facts    what to say, borrowed.
 * @param ret_pin  an empty secret (zeroed); the PIN as UTF-8, 1 to UKB_PIN_MAX_LEN bytes, afterwards. The caller ends
 *                 it with ukb_secret_done().
 *
 * @retval UKB_E_PIN_CANCELLED       the user closed the dialog, or pressed OK without a PIN.
 * @retval UKB_E_PIN_TIMEOUT         no answer in time, or another dialog stayed on the screen for that long.
 * @retval UKB_E_PIN_LENGTH          more than UKB_PIN_MAX_LEN bytes.
 * @retval UKB_E_PIN_UI_UNAVAILABLE  no dialog program, or it has no display. reterr->native holds the gpg error code.
 * @retval UKB_E_JOURNAL_UNAVAILABLE, UKB_E_DISK_FULL  the lock's folder (see platform/lock.h).
 *
 * Blocks for the user, up to timeout_ms for the screen and timeout_ms for the answer; waiting(true) is called before,
 * waiting(false) after, on every path that shows or waits to show a dialog. The PIN is wiped from all other memory,
 * libassuan's buffers included, before this function returns.
 */
UKB_MUST_USE enum ukb_status ukb_dialog_ask_pin(struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts,
                                                struct ukb_secret *ret_pin, struct ukb_error *reterr);

/** How often a new PIN that cannot be taken is asked for again: then it is given up. */
#define UKB_DIALOG_NEW_PIN_ROUNDS 5U

/**
 * Ask for a new PIN, twice: in one dialog with two fields where the program has that, else in two. One that is too
 * short or too long, that is @p unlike, or whose two entries differ is refused in the dialog's own words and asked for
 * again, at most UKB_DIALOG_NEW_PIN_ROUNDS times in all.
 *
 * @param facts    what to say, borrowed; pin is taken to be UKB_DIALOG_PIN_NEW, min_len and max_len are held to.
 * @param unlike   what the new PIN must not be: the old one, or the administrator's (action UKB_DIALOG_PIN_UNBLOCK); an
 *                 empty one is like none that can be taken.
 * @param ret_pin  as in ukb_dialog_ask_pin().
 *
 * @retval UKB_E_PIN_CANCELLED  the user closed the dialog, or never gave one that can be taken.
 * @retval UKB_E_PIN_LENGTH     the last one of all those had a wrong length.
 * @retval others               as ukb_dialog_ask_pin().
 *
 * Blocks like ukb_dialog_ask_pin(), for each round.
 */
UKB_MUST_USE enum ukb_status ukb_dialog_ask_new_pin(struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts,
                                                    const struct ukb_secret *unlike, struct ukb_secret *ret_pin,
                                                    struct ukb_error *reterr);

/**
 * Ask a yes-or-no question, once. A careless Return or space says no (pinentry-gtk2, pinentry-qt).
 *
 * @param facts        what it is about, borrowed.
 * @param question_id  UKB_DIALOG_QUESTION_…; any other gets the general question of a warning, which shows it.
 *
 * @retval UKB_OK                    yes.
 * @retval UKB_E_PIN_FINAL_TRY       no, to UKB_DIALOG_QUESTION_FINAL_TRY or …_ADMIN_FINAL_TRY.
 * @retval UKB_E_PIN_CANCELLED       no, to UKB_DIALOG_QUESTION_PIN_PAD.
 * @retval UKB_E_DENIED_BY_USER      no, to anything else.
 * @retval UKB_E_PIN_TIMEOUT, UKB_E_PIN_UI_UNAVAILABLE, UKB_E_JOURNAL_UNAVAILABLE, UKB_E_DISK_FULL  as above.
 *
 * Blocks like ukb_dialog_ask_pin().
 */
UKB_MUST_USE enum ukb_status ukb_dialog_confirm(struct ukb_dialog *dialog, const struct ukb_dialog_facts *facts,
                                                const char *question_id, struct ukb_error *reterr);

/** End the program (politely, then by force within a second) and free. NULL is fine. Leaves no process behind. */
void ukb_dialog_free(struct ukb_dialog *dialog);

#endif /* UKB_DIALOG_DIALOG_H */
