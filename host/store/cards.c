/* SPDX-License-Identifier: MIT */
#include "store/cards.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/limits.h"
#include "store/internal.h"
#include "store/query.h"

static enum ukb_status delete (struct ukb_journal *journal, const char *token, struct ukb_error *reterr) {
    struct ukb_query query;

    ukb_query_init(&query, journal->db, "DELETE FROM card_file WHERE token = :token");
    ukb_query_set_text(&query, ":token", token);
    return ukb_query_end(&query, reterr);
}

static enum ukb_status
insert(struct ukb_journal *journal, const char *token, const struct ukb_card_file *file, struct ukb_error *reterr)
{
    struct ukb_query query;

    ukb_query_init(&query, journal->db, "INSERT INTO card_file (token, id, content) VALUES (:token, :id, :content)");
    ukb_query_set_text(&query, ":token", token);
    ukb_query_set_integer(&query, ":id", file->id);
    ukb_query_set_bytes(&query, ":content", file->content, file->len);
    return ukb_query_end(&query, reterr);
}

enum ukb_status
ukb_cards_keep(struct ukb_journal *journal, const char *token, const struct ukb_card_image *image,
               struct ukb_error *reterr)
{
    enum ukb_status st = ukb_journal_begin_write(journal, reterr);
    size_t i;

    if (st != UKB_OK) {
        return st;
    }
    st = delete (journal, token, reterr);
    for (i = 0; st == UKB_OK && i < image->count; i++) {
        st = insert(journal, token, &image->files[i], reterr);
    }
    return ukb_journal_end(journal, st, reterr);
}

enum ukb_status
ukb_cards_get(struct ukb_journal *journal, const char *token, struct ukb_card_image *ret_image,
              struct ukb_error *reterr)
{
    struct ukb_card_image image = { .count = 0 };
    enum ukb_status st = UKB_OK;
    struct ukb_query query;

    ukb_query_init(&query, journal->db,
                   "SELECT id, content IS NULL, content FROM card_file WHERE token = :token ORDER BY id");
    ukb_query_set_text(&query, ":token", token);
    while (st == UKB_OK && ukb_query_row(&query)) {
        const unsigned int id = (unsigned int)ukb_query_integer(&query, 0);
        const bool is_empty = ukb_query_integer(&query, 1) != 0;
        size_t len = 0;
        unsigned char *content = is_empty ? NULL : ukb_query_take_bytes(&query, 2, UKB_CARD_DIRECTORY_MAX_LEN, &len);

        st = ukb_card_image_add(&image, id, content, len, reterr);
        free(content);
    }
    if (st == UKB_OK) {
        st = ukb_query_end(&query, reterr);
    } else {
        ukb_query_drop(&query);
    }
    if (st == UKB_OK) {
        *ret_image = image;
    } else {
        ukb_card_image_done(&image);
    }
    return st;
}

enum ukb_status
ukb_cards_has(struct ukb_journal *journal, const char *token, bool *ret_has, struct ukb_error *reterr)
{
    struct ukb_query query;
    bool any;
    enum ukb_status st;

    ukb_query_init(&query, journal->db, "SELECT 1 FROM card_file WHERE token = :token LIMIT 1");
    ukb_query_set_text(&query, ":token", token);
    any = ukb_query_row(&query);
    st = ukb_query_end(&query, reterr);
    if (st == UKB_OK) {
        *ret_has = any;
    }
    return st;
}

enum ukb_status
ukb_cards_forget(struct ukb_journal *journal, const char *token, struct ukb_error *reterr)
{
    bool any = false;
    enum ukb_status st = ukb_cards_has(journal, token, &any, reterr);

    if (st == UKB_OK && any) {
        st = ukb_journal_begin_write(journal, reterr);
        if (st == UKB_OK) {
            st = ukb_journal_end(journal, delete (journal, token, reterr), reterr);
        }
    }
    return st;
}
