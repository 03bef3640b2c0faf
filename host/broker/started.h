/* SPDX-License-Identifier: MIT */
/*
 * started - by whom: a browser, for its extension, or a person with a command.
 *
 * Room: broker.
 */
#ifndef UKB_BROKER_STARTED_H
#define UKB_BROKER_STARTED_H

#include <stdbool.h>

#include "core/status.h"

/**
 * Tell by the arguments. Chromium gives the extension's origin, and has looked into the manifest itself; Firefox gives
 * the manifest's path and the add-on's id, so that we can look, too.
 * @retval UKB_E_ORIGIN_NOT_ALLOWED  an add-on that this manifest does not name, or a manifest that cannot be read.
 */
UKB_MUST_USE enum ukb_status ukb_started_by_browser(int argc, char *const *argv, bool *ret_by_browser,
                                                    struct ukb_error *reterr);

#endif /* UKB_BROKER_STARTED_H */
