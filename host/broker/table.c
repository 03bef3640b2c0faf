/* SPDX-License-Identifier: MIT */
#include "broker/table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2U

struct ukb_table {
    const struct ukb_text *heads;
    size_t columns;
    char **cells; /* rows * columns */
    size_t rows;
};

/* One UTF-8 character (text here has passed strict JSON); moves @p at behind it. */
static uint32_t
next_character(const unsigned char **at)
{
    uint32_t c = *(*at)++;
    unsigned int more = c >= 0xF0U ? 3U : c >= 0xE0U ? 2U : c >= 0xC0U ? 1U : 0U;

    c = more == 0 ? c : c & (0x3FU >> more);
    while (more-- > 0 && (**at & 0xC0U) == 0x80U) {
        c = (c << 6) | (*(*at)++ & 0x3FU);
    }
    return c;
}

/* The wide ranges of Unicode's East Asian Width that names are written in. */
static size_t
width_of(uint32_t c)
{
    static const uint32_t wide[][2] = { { 0x1100, 0x115F }, { 0x2E80, 0xA4CF },   { 0xAC00, 0xD7A3 },
                                        { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F },   { 0xFF00, 0xFF60 },
                                        { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x20000, 0x3FFFD } };
    size_t i;

    for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        if (c >= wide[i][0] && c <= wide[i][1]) {
            return 2;
        }
    }
    return 1;
}

size_t
ukb_table_width(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t width = 0;

    while (*at != '\0') {
        width += width_of(next_character(&at));
    }
    return width;
}

struct ukb_table *
ukb_table_new(const struct ukb_text *heads, size_t count)
{
    struct ukb_table *table = calloc(1, sizeof(*table));

    if (table != NULL) {
        table->heads = heads;
        table->columns = count;
    }
    return table;
}

static char *
copy_cell(const char *text)
{
    char *copy = strdup(text == NULL || text[0] == '\0' ? "-" : text);
    char *at = NULL;

    for (at = copy; at != NULL && *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;

        if (c < 0x20U || c == 0x7FU || (c == 0xC2U && (unsigned char)at[1] < 0xA0U)) {
            *at = '?'; /* C0 and C1 controls: a certificate's name must not drive the terminal */
            if (c == 0xC2U) {
                at[1] = '?';
            }
        }
    }
    return copy;
}

void
ukb_table_add(struct ukb_table *table, const char *const *cells)
{
    char **grown = NULL;
    size_t i;

    if (table == NULL) {
        return;
    }
    grown = realloc(table->cells, (table->rows + 1U) * table->columns * sizeof(*grown));
    if (grown == NULL) {
        return;
    }
    table->cells = grown;
    for (i = 0; i < table->columns; i++) {
        table->cells[table->rows * table->columns + i] = copy_cell(cells[i]);
    }
    table->rows++;
}

static const char *
cell(const struct ukb_table *table, size_t row, size_t column)
{
    const char *text = table->cells[row * table->columns + column];

    return text == NULL ? "" : text;
}

static size_t
column_width(const struct ukb_table *table, size_t column)
{
    size_t width = ukb_table_width(ukb_say_text(&table->heads[column]));
    size_t row;

    for (row = 0; row < table->rows; row++) {
        size_t own = ukb_table_width(cell(table, row, column));

        width = own > width ? own : width;
    }
    return width;
}

static void
print_cell(const struct ukb_table *table, const char *text, size_t column)
{
    size_t pad = column_width(table, column) + GAP - ukb_table_width(text);

    if (column + 1U == table->columns) {
        puts(text);
    } else {
        printf("%s%*s", text, (int)pad, "");
    }
}

void
ukb_table_print(const struct ukb_table *table, const char *empty)
{
    size_t row;
    size_t column;

    if (table == NULL || table->rows == 0) {
        puts(empty);
        return;
    }
    for (column = 0; column < table->columns; column++) {
        print_cell(table, ukb_say_text(&table->heads[column]), column);
    }
    for (row = 0; row < table->rows; row++) {
        for (column = 0; column < table->columns; column++) {
            print_cell(table, cell(table, row, column), column);
        }
    }
}

void
ukb_table_free(struct ukb_table *table)
{
    size_t i;

    if (table == NULL) {
        return;
    }
    for (i = 0; i < table->rows * table->columns; i++) {
        free(table->cells[i]);
    }
    free(table->cells);
    free(table);
}
