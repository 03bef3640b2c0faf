/* SPDX-License-Identifier: MIT */
/*
 * limits - every number that bounds what a page, browser, file, card or server may hand us.
 *
 * Lengths are bytes without a terminating NUL unless a name says otherwise.
 */
#ifndef UKB_CORE_LIMITS_H
#define UKB_CORE_LIMITS_H

/* Frames (host/docs/protocol.md, Framing) */
#define UKB_REQUEST_MAX_LEN 1048576U /**< body of a request; beyond it: drained, TOO_LARGE */
#define UKB_REPLY_MAX_LEN   1000000U /**< body of a reply; below the browsers' 1 MiB */
#define UKB_JSON_MAX_DEPTH  16U      /**< nested arrays and objects, the outermost counts as 1 */
#define UKB_ID_MAX_LEN      64U      /**< a JSON-RPC id that is a string */

/* Requests handed to workers and not yet answered */
#define UKB_IN_FLIGHT_MAX            32U
#define UKB_IN_FLIGHT_PER_ORIGIN_MAX 8U
#define UKB_DIALOGS_PER_ORIGIN_MAX   2U /**< one shown, one queued */

/* Context */
#define UKB_ORIGIN_MAX_LEN      255U
#define UKB_DOCUMENT_ID_MAX_LEN 64U
#define UKB_LANG_MAX_LEN        35U /**< RFC 5646 §4.4.1 */

/* Fields */
#define UKB_TOKEN_ID_LEN            32U /**< hex digits */
#define UKB_RENEWAL_ID_MAX_LEN      65U /**< <token id>-<32 hex digits> */
#define UKB_CERTIFICATE_ID_LEN      64U /**< hex SHA-256 of the DER */
#define UKB_CURSOR_MAX_LEN          64U
#define UKB_CERTIFICATE_PEM_MAX_LEN 16384U
#define UKB_CHAIN_MAX_ITEMS         8U
#define UKB_SIGNED_PEM_MAX_LEN      40960U /**< a request in CMS with the certificate that signed it */
#define UKB_CHALLENGE_MAX_LEN       255U   /**< PKCS #9 challengePassword, ub-255 */
#define UKB_ORDER_MAX_LEN           128U
#define UKB_TEXT_MAX_LEN            1024U /**< a reply's text for people; a longer one is cut */
#define UKB_SUBJECT_MAX_LEN         1024U /**< all values of a subject together */
#define UKB_SUBJECT_MAX_ITEMS       32U
#define UKB_SUBJECT_TYPE_MAX_LEN    64U
#define UKB_CLIENT_NAME_MAX_LEN     64U
#define UKB_RESET_ID_LEN            65U    /**< <token id>-<32 hex digits> */
#define UKB_RESET_NONCE_LEN         64U    /**< hex digits */
#define UKB_AUTHORIZATION_MAX_LEN   32768U /**< base64 characters of a reset's CMS */
#define UKB_ENVELOPE_MAX_LEN        65536U /**< base64 characters of a delivered key's CMS, white space included */

/* Tokens */
#define UKB_MODULES_MAX             16U
#define UKB_MODULE_NAME_MAX_LEN     64U
#define UKB_MODULE_FILES_MAX        64U    /**< p11-kit's module files read, per folder and together */
#define UKB_MODULE_FILE_MAX_LEN     16384U /**< one of them, or p11-kit's own configuration */
#define UKB_SLOTS_MAX               64U    /**< slots looked at per module */
#define UKB_OBJECTS_MAX             4096U  /**< certificates, or keys, looked at per token */
#define UKB_CERTIFICATE_DER_MAX_LEN 12288U
#define UKB_PKCS10_DER_MAX_LEN      24576U /**< of what a certificate of that length lets us ask for */
#define UKB_OBJECT_ID_MAX_LEN       255U   /**< CKA_ID */
#define UKB_OBJECT_LABEL_MAX_LEN    255U   /**< CKA_LABEL */
#define UKB_PIN_MAX_LEN             255U
#define UKB_CARD_FILES_MAX          127U   /**< in a card's PKCS #15 folder: as many as one response lists */
#define UKB_CARD_DIRECTORY_MAX_LEN  8192U  /**< of one of its directory files */
#define UKB_KEY_ID_MAX_LEN          64U    /**< a CKA_ID that is kept in the journal */
#define UKB_ENVELOPE_DER_MAX_LEN    49152U /**< what they decode to */
#define UKB_PKCS8_MAX_LEN           8192U  /**< a private key inside it: RSA of 8192 bits takes 4.7 KB */
#define UKB_SHARED_INFO_MAX_LEN     1024U  /**< ECC-CMS-SharedInfo (RFC 5753 §7.2) of a message */
#define UKB_SIGNED_MESSAGE_MAX_LEN  65536U /**< one message that OpenSSL has a key on a token sign */
#define UKB_RECIPIENTS_MAX_LEN      65536U /**< RecipientInfos of a file … */
#define UKB_RECIPIENTS_TEXT_MAX_LEN 87384U /**< … and their base64 */
#define UKB_NONCE_MIN_LEN           32U    /**< bytes of a sign-in's nonce … */
#define UKB_NONCE_MAX_LEN           128U
#define UKB_NONCE_TEXT_MAX_LEN      172U  /**< … and their base64, at most */
#define UKB_STATEMENT_MAX_LEN       2048U /**< JSON inside a reset's authorization */
#define UKB_PAGE_MAX_ITEMS          64U   /**< certificates or renewals on one page of a reply */

/* Network */
#define UKB_ORDERS_MAX        16U /**< looked after in one orders.check */
#define UKB_URL_MAX_LEN       2048U
#define UKB_HTTP_BODY_MAX_LEN 1048576U
#define UKB_HTTP_CONNECT_MS   10000U
#define UKB_HTTP_TIMEOUT_MS   60000U /**< of one document, connecting included */
#define UKB_UPDATE_TIMEOUT_MS 30000U
#define UKB_NET_WORKERS_MAX   4U /**< side by side: a server that does not answer delays no other */

/* Doctor */
#define UKB_CHECKS_MAX       64U /**< checks that one doctor.repair may name */
#define UKB_CHECK_ID_MAX_LEN 64U
#define UKB_FINDINGS_MAX     128U /**< rows of one look: a check may have several */
#define UKB_EVIDENCE_MAX_LEN 512U /**< the fact behind a row; a longer one is cut */

/* Audit */
#define UKB_AUDIT_DONE_MAX    10000U /**< entries kept of what was done … */
#define UKB_AUDIT_REFUSED_MAX 2000U  /**< … and of what was refused */

/* Files */
#define UKB_POLICY_FILE_MAX_LEN 262144U
#define UKB_PORTALS_MAX         1024U
#define UKB_AUTHORITIES_MAX     16U /**< certificates that may authorise resets */
#define UKB_KEY_PEM_MAX_LEN     16384U
#define UKB_PATH_MAX_LEN        4096U

/* Dialog texts, in bytes of UTF-8 after escaping is undone */
#define UKB_DIALOG_TEXT_MAX_LEN  1500U
#define UKB_DIALOG_VALUE_MAX_LEN 120U /**< one value inside a dialog's text (a name, an origin) */

#endif /* UKB_CORE_LIMITS_H */
