/* SPDX-License-Identifier: MIT */
/*
 * cards - which readers and cards the system's PC/SC sees, at one moment, without a module.
 *
 * Room: platform.  Loads the PC/SC library and waits for its daemon, which may hang: call it in a process that somebody
 * else can end.
 */
#ifndef UKB_PLATFORM_CARDS_H
#define UKB_PLATFORM_CARDS_H

#include <stdbool.h>
#include <stddef.h>

#define UKB_READERS_MAX         16U /**< pcsc-lite's own limit */
#define UKB_READER_NAME_MAX_LEN 128U
#define UKB_ATR_MAX_LEN         33U

enum ukb_cards_service {
    UKB_CARDS_NO_LIBRARY, /**< this system has no PC/SC */
    UKB_CARDS_NO_SERVICE, /**< its daemon does not run */
    UKB_CARDS_REFUSED,    /**< it answers, but not us */
    UKB_CARDS_ANSWERS,
};

struct ukb_card_reader {
    char name[UKB_READER_NAME_MAX_LEN + 1U]; /**< ASCII */
    bool has_card;
    bool is_taken;                       /**< another program has the card for itself (sharing violation) */
    unsigned long result;                /**< of the attempt to reach the card; 0: it can be reached */
    char atr[2U * UKB_ATR_MAX_LEN + 1U]; /**< hex digits; "" without a card */
};

/** Zero-initialise; owns nothing. */
struct ukb_cards {
    enum ukb_cards_service service;
    unsigned long result; /**< PC/SC's own word where the service does not answer us */
    size_t count;
    struct ukb_card_reader readers[UKB_READERS_MAX];
};

/** Look. Blocks for as long as the daemon takes. A card is reached shared, and left as it is. */
void ukb_cards_look(struct ukb_cards *ret_cards);

#endif /* UKB_PLATFORM_CARDS_H */
