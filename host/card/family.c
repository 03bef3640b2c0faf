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
        .kinds = { 0x43, 0x4B, 0x55 }, /* certificates, private keys, public keys */
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

bool
ukb_card_family_has_kind(const struct ukb_card_family *family, unsigned int id)
{
    size_t i;

    for (i = 0; i < sizeof(family->kinds) / sizeof(family->kinds[0]); i++) {
        if (id >> 8U == family->kinds[i]) {
            return true;
        }
    }
    return false;
}
