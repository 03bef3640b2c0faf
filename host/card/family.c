/* SPDX-License-Identifier: MIT */
#include "card/family.h"

#include <string.h>

/* Source: Aventra, MyEID PKI applet reference manual; what OpenSC's profile for these cards puts where. */
static const struct ukb_card_family families[] = {
    {
        .name = "MyEID",
        .history = "MyEID",
        .folder = 0x5015,
        .contents = 0x5031,
        .kinds = { [UKB_CARD_CERTIFICATE] = 0x43, [UKB_CARD_PRIVATE_KEY] = 0x4B, [UKB_CARD_PUBLIC_KEY] = 0x55 },
        .list_class = 0x00,
        .list_instruction = 0xCA,
        .list_parameters = 0x01A1,
        .delete_class = 0xA0,
    },
};

const struct ukb_card_family *
ukb_card_family_of(const unsigned char *atr, size_t len)
{
    size_t i;
    size_t at;

    for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        const size_t history_len = strlen(families[i].history);

        for (at = 0; at + history_len <= len; at++) {
            if (memcmp(atr + at, families[i].history, history_len) == 0) {
                return &families[i];
            }
        }
    }
    return NULL;
}

enum ukb_card_kind
ukb_card_family_kind(const struct ukb_card_family *family, unsigned int id)
{
    size_t kind;

    for (kind = 0; kind < UKB_CARD_KIND_COUNT; kind++) {
        if (id >> 8U == family->kinds[kind]) {
            return (enum ukb_card_kind)kind;
        }
    }
    return UKB_CARD_KIND_COUNT;
}
