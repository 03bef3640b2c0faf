/* SPDX-License-Identifier: MIT */
#include "platform/cards.h"

#include <stdio.h>
#include <string.h>

#include "core/hex.h"
#include "platform/pcsc.h"

#define RESULT_MASK 0xFFFFFFFFUL

static unsigned long
code(ukb_pcsc_result result)
{
    return (unsigned long)result & RESULT_MASK;
}

/* A reader's name is what its maker's device says; one in other than ASCII is shown as far as it is ASCII. */
static void
copy_printable(struct ukb_card_reader *reader, const char *name)
{
    char *at = NULL;

    (void)snprintf(reader->name, sizeof(reader->name), "%.*s", (int)UKB_READER_NAME_MAX_LEN, name);
    for (at = reader->name; *at != '\0'; at++) {
        *at = *at < ' ' || *at > '~' ? '?' : *at;
    }
}

/* Is the card there, and can it be reached? */
static void
look_at(const struct ukb_pcsc *pcsc, ukb_pcsc_context context, const char *name, struct ukb_card_reader *reader)
{
    struct ukb_pcsc_state state = { .reader = name };
    ukb_pcsc_card card = 0;
    ukb_pcsc_word protocol = 0;

    if (code(pcsc->wait(context, 0, &state, 1)) != UKB_PCSC_OK) {
        return;
    }
    reader->has_card = (state.event & UKB_PCSC_PRESENT) != 0;
    if (!reader->has_card) {
        return;
    }
    if (state.atr_len <= UKB_ATR_MAX_LEN) {
        ukb_hex_encode(state.atr, state.atr_len, reader->atr);
    }
    reader->result = code(pcsc->connect(context, name, UKB_PCSC_SHARE_SHARED, UKB_PCSC_ANY_PROTOCOL, &card, &protocol));
    reader->is_taken = reader->result == UKB_PCSC_SHARING;
    if (reader->result == UKB_PCSC_OK) {
        (void)pcsc->disconnect(card, UKB_PCSC_LEAVE_CARD);
    }
}

static void
look_at_all(const struct ukb_pcsc *pcsc, ukb_pcsc_context context, struct ukb_cards *cards)
{
    char names[UKB_PCSC_NAMES_MAX_LEN] = "";
    ukb_pcsc_word len = sizeof(names);
    const unsigned long result = code(pcsc->list(context, NULL, names, &len));
    const char *name = names;

    if (result == UKB_PCSC_NO_READERS || len > sizeof(names)) {
        return;
    }
    if (result != UKB_PCSC_OK) {
        cards->service = UKB_CARDS_REFUSED;
        cards->result = result;
        return;
    }
    while (name < names + len && name[0] != '\0' && cards->count < UKB_READERS_MAX) {
        struct ukb_card_reader *reader = &cards->readers[cards->count++];

        copy_printable(reader, name);
        look_at(pcsc, context, name, reader);
        name += strlen(name) + 1U;
    }
}

void
ukb_cards_look(struct ukb_cards *ret_cards)
{
    struct ukb_pcsc pcsc = { .library = NULL };
    ukb_pcsc_context context = 0;

    memset(ret_cards, 0, sizeof(*ret_cards));
    if (!ukb_pcsc_load(&pcsc)) {
        return; /* NO_LIBRARY */
    }
    ret_cards->result = code(pcsc.establish(UKB_PCSC_SCOPE_SYSTEM, NULL, NULL, &context));
    if (ret_cards->result == UKB_PCSC_OK) {
        ret_cards->service = UKB_CARDS_ANSWERS;
        look_at_all(&pcsc, context, ret_cards);
        (void)pcsc.release(context);
    } else {
        ret_cards->service = ret_cards->result == UKB_PCSC_NO_SERVICE ? UKB_CARDS_NO_SERVICE : UKB_CARDS_REFUSED;
    }
    ukb_pcsc_close(&pcsc);
}
