/* SPDX-License-Identifier: MIT */
/*
 * folder - what is in a folder, which file a path leads to, and whose it is.
 *
 * Room: platform.  Nothing here fails: what cannot be looked at is not there.
 */
#ifndef UKB_PLATFORM_FOLDER_H
#define UKB_PLATFORM_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Names of files, sorted by their bytes; owned. Zero-initialise. */
struct ukb_folder {
    char **names;
    size_t count;
};

/**
 * The names in the folder @p path that end in @p suffix; beyond @p max, the first ones in order. Hidden ones are not
 * among them. Free with ukb_folder_done().
 */
void ukb_folder_list(const char *path, const char *suffix, size_t max, struct ukb_folder *ret_folder);

/** The same of all names, hidden ones too. */
void ukb_folder_list_all(const char *path, size_t max, struct ukb_folder *ret_folder);

/** The paths that match a shell's pattern, at most @p max in order. Free with ukb_folder_done(). */
void ukb_folder_match(const char *pattern, size_t max, struct ukb_folder *ret_folder);

void ukb_folder_done(struct ukb_folder *folder);

/** Remove the folder and then those above it, @p count in all, up to the first that holds anything. */
void ukb_folder_prune(const char *path, size_t count);

/** The path without links and dots, owned by the caller; NULL when it leads nowhere. */
char *ukb_folder_real_path(const char *path);

/** Where the link @p path points to, as it is written, owned by the caller; NULL when it is no link. */
char *ukb_folder_link(const char *path);

/** Bytes that this user may still write where @p path is, or its nearest folder above that is there. */
uint64_t ukb_folder_free_bytes(const char *path);

/** May this user run the file? */
bool ukb_folder_can_run(const char *path);

/** Is it a regular file of root's that nobody else may write? Links are followed. */
bool ukb_folder_is_roots(const char *path);

/** Is it such a file, and can nobody but root put another one in its place: the same holds for every folder above? */
bool ukb_folder_keeps_roots(const char *path);

#endif /* UKB_PLATFORM_FOLDER_H */
