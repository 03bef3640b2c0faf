/* SPDX-License-Identifier: MIT */
#include "card/reach.h"

#include "platform/card_link.h"

static enum ukb_status
transmit(void *ctx, const unsigned char *command, size_t command_len, unsigned char *ret_response, size_t *inout_len,
         struct ukb_error *reterr)
{
    return ukb_card_link_transmit(ctx, command, command_len, ret_response, inout_len, reterr);
}

enum ukb_status
ukb_card_reach(const char *reader, struct ukb_card_channel *ret_channel, struct ukb_error *reterr)
{
    struct ukb_card_link *link = NULL;
    const struct ukb_card_family *family = NULL;
    const unsigned char *atr = NULL;
    size_t atr_len = 0;
    enum ukb_status st = ukb_card_link_open(reader, &link, reterr);

    if (st != UKB_OK) {
        return st;
    }
    atr = ukb_card_link_atr(link, &atr_len);
    family = ukb_card_family_of(atr, atr_len);
    if (family == NULL) {
        ukb_card_link_close(link);
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "a card of no family that we know");
    }
    *ret_channel = (struct ukb_card_channel){
        .family = family, .by_characters = ukb_card_link_is_by_characters(link), .transmit = transmit, .ctx = link
    };
    return UKB_OK;
}

void
ukb_card_release(struct ukb_card_channel *channel)
{
    ukb_card_link_close(channel->ctx);
    *channel = (struct ukb_card_channel){ .ctx = NULL };
}
