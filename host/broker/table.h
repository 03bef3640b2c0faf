/* SPDX-License-Identifier: MIT */
/*
 * table - rows of text in columns, for a terminal.
 *
 * Room: broker.  Chinese characters take two columns there.
 */
#ifndef UKB_BROKER_TABLE_H
#define UKB_BROKER_TABLE_H

#include <stddef.h>

#include "broker/say.h"

struct ukb_table;

/** A table with @p count columns; @p heads is borrowed for its life. NULL without memory; the others then do nothing.
 */
struct ukb_table *ukb_table_new(const struct ukb_text *heads, size_t count);

/** Add a row of as many cells, copied; NULL reads as "-". Characters that could command a terminal become "?". */
void ukb_table_add(struct ukb_table *table, const char *const *cells);

/** Print to stdout; @p empty instead when there is no row. */
void ukb_table_print(const struct ukb_table *table, const char *empty);
void ukb_table_free(struct ukb_table *table);

/** Columns that @p text takes on a terminal. */
size_t ukb_table_width(const char *text);

#endif /* UKB_BROKER_TABLE_H */
