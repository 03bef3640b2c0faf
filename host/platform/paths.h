/* SPDX-License-Identifier: MIT */
/*
 * paths - where the host's files are (host/docs/protocol.md, Files).
 *
 * Room: platform.  Linux: XDG Base Directory Specification 0.8.
 */
#ifndef UKB_PLATFORM_PATHS_H
#define UKB_PLATFORM_PATHS_H

#include "core/buf.h"
#include "core/status.h"

enum ukb_path {
    UKB_PATH_POLICY,     /**< the administrator's policy.json */
    UKB_PATH_CONFIG,     /**< the user's config.json */
    UKB_PATH_STATE_DIR,  /**< the folder of state.sqlite3 */
    UKB_PATH_LOCK_DIR,   /**< the folder of the file locks */
    UKB_PATH_EXECUTABLE, /**< this program, links resolved */
    UKB_PATH_BROKER,     /**< ukeybridge, beside this program */
    UKB_PATH_WORKER,     /**< ukeybridge-worker, there, too */
    UKB_PATH_NET_WORKER, /**< ukeybridge-worker-net, there, too */
    UKB_PATH_HOME,       /**< the user's home folder */
    UKB_PATH_P11_KIT,    /**< the folder of the user's configuration of p11-kit */
};

/**
 * Write the absolute path of @p which to @p ret_path (cleared first). Nothing is made and nothing need exist.
 * @retval UKB_E_INTERNAL   no home folder.
 * @retval UKB_E_TOO_LARGE  a path longer than UKB_PATH_MAX_LEN.
 */
UKB_MUST_USE enum ukb_status ukb_path_get(enum ukb_path which, struct ukb_buf *ret_path, struct ukb_error *reterr);

#endif /* UKB_PLATFORM_PATHS_H */
