/* SPDX-License-Identifier: MIT */
#include "platform/card_link.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cards.h"
#include "platform/pcsc.h"

#define RESULT_MASK 0xFFFFFFFFUL

struct ukb_card_link {
    struct ukb_pcsc pcsc;
    bool has_context;
    ukb_pcsc_context context;
    bool has_card;
    ukb_pcsc_card card;
    bool has_transaction;
    ukb_pcsc_word protocol;
    unsigned char atr[UKB_ATR_MAX_LEN];
    size_t atr_len;
};

/* UKB_OK, or what the result of the call @p what means: that the card is gone, or @p otherwise. */
static enum ukb_status
judge(ukb_pcsc_result result, const char *what, enum ukb_status otherwise, struct ukb_error *reterr)
{
    const unsigned long code = (unsigned long)result & RESULT_MASK;

    const bool is_gone = code == UKB_PCSC_NO_CARD || (code >= UKB_PCSC_MUTE && code <= UKB_PCSC_REMOVED);

    if (code == UKB_PCSC_OK) {
        return UKB_OK;
    }
    return ukb_raise(reterr, is_gone ? UKB_E_TOKEN_REMOVED : otherwise, code, "%s answered 0x%08lX", what, code);
}

/* The whole name of the one reader whose name begins with what PKCS #11 has room for. */
static enum ukb_status
find_reader(const struct ukb_card_link *link, const char *reader, char *names, const char **ret_name,
            struct ukb_error *reterr)
{
    const size_t len = strlen(reader);
    ukb_pcsc_word names_len = UKB_PCSC_NAMES_MAX_LEN;
    enum ukb_status st =
        judge(link->pcsc.list(link->context, NULL, names, &names_len), "SCardListReaders", UKB_E_UNSUPPORTED, reterr);
    const char *end = names + (names_len < UKB_PCSC_NAMES_MAX_LEN ? names_len : UKB_PCSC_NAMES_MAX_LEN);
    const char *beginning = NULL;
    size_t found = 0;
    const char *name;

    if (st != UKB_OK) {
        return st;
    }
    for (name = names; name < end && name[0] != '\0'; name += strlen(name) + 1U) {
        if (strcmp(name, reader) == 0) {
            *ret_name = name;
            return UKB_OK;
        }
        if (len > 0 && strncmp(name, reader, len) == 0) {
            beginning = name;
            found++;
        }
    }
    if (found != 1) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "%zu readers are called \"%s\"", found, reader);
    }
    *ret_name = beginning;
    return UKB_OK;
}

static enum ukb_status
reach(struct ukb_card_link *link, const char *reader, struct ukb_error *reterr)
{
    char names[UKB_PCSC_NAMES_MAX_LEN + 1U] = "";
    char taken[UKB_PCSC_NAMES_MAX_LEN + 1U] = "";
    ukb_pcsc_word taken_len = UKB_PCSC_NAMES_MAX_LEN;
    ukb_pcsc_word atr_len = sizeof(link->atr);
    ukb_pcsc_word state = 0;
    const char *name = NULL;
    enum ukb_status st = judge(link->pcsc.establish(UKB_PCSC_SCOPE_SYSTEM, NULL, NULL, &link->context),
                               "SCardEstablishContext", UKB_E_UNSUPPORTED, reterr);

    link->has_context = st == UKB_OK;
    if (st == UKB_OK) {
        st = find_reader(link, reader, names, &name, reterr);
    }
    if (st == UKB_OK) {
        st = judge(link->pcsc.connect(link->context, name, UKB_PCSC_SHARE_SHARED, UKB_PCSC_ANY_PROTOCOL, &link->card,
                                      &link->protocol),
                   "SCardConnect", UKB_E_UNSUPPORTED, reterr);
        link->has_card = st == UKB_OK;
    }
    if (st == UKB_OK) {
        st = judge(link->pcsc.begin(link->card), "SCardBeginTransaction", UKB_E_UNSUPPORTED, reterr);
        link->has_transaction = st == UKB_OK;
    }
    if (st == UKB_OK) {
        st = judge(link->pcsc.status(link->card, taken, &taken_len, &state, &link->protocol, link->atr, &atr_len),
                   "SCardStatus", UKB_E_UNSUPPORTED, reterr);
        link->atr_len = st == UKB_OK && atr_len <= sizeof(link->atr) ? atr_len : 0;
    }
    return st;
}

enum ukb_status
ukb_card_link_open(const char *reader, struct ukb_card_link **ret_link, struct ukb_error *reterr)
{
    struct ukb_card_link *link = calloc(1, sizeof(*link));
    enum ukb_status st;

    if (link == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a card");
    }
    st = ukb_pcsc_open(&link->pcsc) ? reach(link, reader, reterr)
                                    : ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "nothing here uses PC/SC");
    if (st != UKB_OK) {
        ukb_card_link_close(link);
        return st;
    }
    *ret_link = link;
    return UKB_OK;
}

const unsigned char *
ukb_card_link_atr(const struct ukb_card_link *link, size_t *ret_len)
{
    *ret_len = link->atr_len;
    return link->atr;
}

enum ukb_status
ukb_card_link_transmit(struct ukb_card_link *link, const unsigned char *command, size_t command_len,
                       unsigned char *ret_response, size_t *inout_len, struct ukb_error *reterr)
{
    const struct ukb_pcsc_header header = { .protocol = link->protocol, .len = sizeof(header) };
    ukb_pcsc_word len = *inout_len;
    enum ukb_status st = judge(link->pcsc.transmit(link->card, &header, command, command_len, NULL, ret_response, &len),
                               "SCardTransmit", UKB_E_TOKEN_ERROR, reterr);

    if (st == UKB_OK && (len < 2 || len > *inout_len)) {
        st = ukb_raise(reterr, UKB_E_TOKEN_ERROR, 0, "the card answered with %lu bytes", len);
    }
    if (st == UKB_OK) {
        *inout_len = len;
    }
    return st;
}

void
ukb_card_link_close(struct ukb_card_link *link)
{
    if (link == NULL) {
        return;
    }
    if (link->has_transaction) {
        (void)link->pcsc.end(link->card, UKB_PCSC_LEAVE_CARD);
    }
    if (link->has_card) {
        (void)link->pcsc.disconnect(link->card, UKB_PCSC_LEAVE_CARD);
    }
    if (link->has_context) {
        (void)link->pcsc.release(link->context);
    }
    ukb_pcsc_close(&link->pcsc);
    free(link);
}
