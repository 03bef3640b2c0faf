/* SPDX-License-Identifier: MIT */
/*
 * display - is there a screen that a dialog can be shown on, and a language for it?
 *
 * Room: platform.  Linux: what DISPLAY and WAYLAND_DISPLAY of this session name, and whether somebody listens there.
 */
#ifndef UKB_PLATFORM_DISPLAY_H
#define UKB_PLATFORM_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>

enum ukb_display {
    UKB_DISPLAY_NONE,        /**< this session names no screen */
    UKB_DISPLAY_UNREACHABLE, /**< it names one where nobody listens */
    UKB_DISPLAY_REACHABLE,   /**< one listens, or is on another computer, which is not asked */
};

/** Has this system that locale, such as "zh_CN.UTF-8"? Only programs that draw on a terminal look at it. */
bool ukb_display_has_locale(const char *name);

/** Look. @p ret_name is what the session names, "" for nothing, cut at @p size. */
enum ukb_display ukb_display_look(char *ret_name, size_t size);

#endif /* UKB_PLATFORM_DISPLAY_H */
