/* SPDX-License-Identifier: MIT */
/*
 * library - one function of a shared library that is loaded while the program runs.
 *
 * Room: platform.  Loading runs the library's own code, which may hang or crash: only a worker does it.
 */
#ifndef UKB_PLATFORM_LIBRARY_H
#define UKB_PLATFORM_LIBRARY_H

#include "core/status.h"

/**
 * Load the library at @p path, which is absolute, and find the function @p name in it. The library stays loaded.
 * @param ret_function  to be cast to its own type before it is called.
 * @retval UKB_E_MODULE_MISSING  not absolute, no file, not a library, or without that function; the message has the
 *                               loader's own words, which name the file.
 */
UKB_MUST_USE enum ukb_status ukb_library_function(const char *path, const char *name, void (**ret_function)(void),
                                                  struct ukb_error *reterr);

#endif /* UKB_PLATFORM_LIBRARY_H */
