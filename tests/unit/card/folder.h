/* SPDX-License-Identifier: MIT */
/*
 * folder - the PKCS #15 folder of a card in memory, behind a channel: for states that a real card is hard to bring
 * into, a byte at a time. The real module on a virtual card: tests/integration/faults.test.mjs.
 */
#ifndef UKB_TESTS_CARD_FOLDER_H
#define UKB_TESTS_CARD_FOLDER_H

#include "../test.h"

#include <stdbool.h>

#include "card/commands.h"
#include "core/der.h"
#include "platform/card_link.h"

#define FOLDER_FILES 40U
#define FOLDER_SIZE  1530U

/* Directory files and EF(ODF), as OpenSC numbers them on these cards */
#define PRKDF 0x4402U
#define CDF   0x4403U
#define PUKDF 0x4404U
#define ODF   0x5031U

struct folder_file {
    unsigned int id;
    size_t size;
    unsigned char content[FOLDER_SIZE];
};

extern struct folder {
    struct folder_file files[FOLDER_FILES];
    size_t count;
    unsigned int selected; /* 0: the folder itself */
    size_t commands;       /* so far */
    size_t pulled_at;      /* this command does not get through, nor any behind it; 0: none */
    bool pulled_after;     /* only its answer does not */
    size_t pulled_within;  /* of what it writes, so many bytes do */
    bool in_pieces;        /* says how many bytes it likes to answer at once */
    bool by_characters;    /* T=0 */
    unsigned int refuses;  /* an instruction that is answered … */
    unsigned int refusal;  /* … so; 6982 */
    bool is_logged_out;    /* what writes is answered 6982 */
    unsigned char last[8]; /* beginning of the last command */
} folder;

/** An empty card with its directories; the channel to it. */
struct ukb_card_channel folder_make(void);

/** A file of that id; content may be NULL. */
struct folder_file *folder_add(unsigned int id, const void *content, size_t len);
struct folder_file *folder_find(unsigned int id);
void folder_remove(unsigned int id);

/** Bytes of a directory's entry for the object in file @p id, as OpenSC writes them; a key's iD is the id's last byte.
 * Static storage, until the next call. */
struct ukb_der folder_certificate(unsigned int id, const char *label);
struct ukb_der folder_rsa_key(unsigned int id, const char *label);

/** Put an entry at a directory's end. */
void folder_name(unsigned int directory, struct ukb_der entry);

#endif /* UKB_TESTS_CARD_FOLDER_H */
