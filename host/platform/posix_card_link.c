/* SPDX-License-Identifier: MIT */
#include "platform/card_link.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "platform/cards.h"
#include "platform/pcsc.h"

#define RESULT_MASK 0xFFFFFFFFUL

/* Another program has its turn; a module in this process that keeps the card from its login to its logout (OpenSC with
 * lock_login) never lets go of it, and would be waited for by whoever keeps it from going on. */
#define REACH_TIMEOUT_S 3
#define RESETS_MAX      3U /* somebody resets the card between our connecting to it and our turn */

struct ukb_card_link {
    struct ukb_pcsc pcsc;
    char reader[UKB_PCSC_NAMES_MAX_LEN];
    bool has_context;
    ukb_pcsc_context context;
    bool has_card;
    ukb_pcsc_card card;
    bool has_transaction;
    ukb_pcsc_word protocol;
    unsigned char atr[UKB_ATR_MAX_LEN];
    size_t atr_len;

    /* Of the thread that reaches the card */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool has_ended;
    bool is_left_alone; /* nobody waits any more: what it reaches it lets go of */
    enum ukb_status st;
    struct ukb_error error;
};

/* UKB_OK, or what the result of the call @p what means: that the card is gone, another's, or @p otherwise. */
static enum ukb_status
judge(ukb_pcsc_result result, const char *what, enum ukb_status otherwise, struct ukb_error *reterr)
{
    const unsigned long code = (unsigned long)result & RESULT_MASK;
    enum ukb_status st = otherwise;

    if (code == UKB_PCSC_OK) {
        return UKB_OK;
    }
    if (code == UKB_PCSC_NO_CARD || code == UKB_PCSC_NO_READER || (code >= UKB_PCSC_MUTE && code <= UKB_PCSC_REMOVED)) {
        st = UKB_E_TOKEN_REMOVED;
    } else if (code == UKB_PCSC_SHARING) {
        st = UKB_E_TOKEN_BUSY;
    }
    return ukb_raise(reterr, st, code, "%s answered 0x%08lX", what, code);
}

/* The one reader of that name. PKCS #11 has room for the beginning of a long one: then no other may begin so. */
static enum ukb_status
find_reader(const struct ukb_card_link *link, char *names, const char **ret_name, struct ukb_error *reterr)
{
    const size_t len = strlen(link->reader);
    ukb_pcsc_word names_len = UKB_PCSC_NAMES_MAX_LEN;
    enum ukb_status st =
        judge(link->pcsc.list(link->context, NULL, names, &names_len), "SCardListReaders", UKB_E_UNSUPPORTED, reterr);
    const char *end = names + (names_len < UKB_PCSC_NAMES_MAX_LEN ? names_len : UKB_PCSC_NAMES_MAX_LEN);
    const char *exact = NULL;
    const char *beginning = NULL;
    size_t found = 0;
    const char *name;

    if (st != UKB_OK) {
        return st;
    }
    for (name = names; name < end && name[0] != '\0'; name += strlen(name) + 1U) {
        if (len > 0 && strncmp(name, link->reader, len) == 0) {
            exact = name[len] == '\0' ? name : exact;
            beginning = name;
            found++;
        }
    }
    if (found != 1 && (exact == NULL || len >= UKB_CARD_LINK_NAME_CUT_LEN)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "%zu readers are called \"%s\"", found, link->reader);
    }
    *ret_name = exact != NULL ? exact : beginning;
    return UKB_OK;
}

static void
let_go(struct ukb_card_link *link)
{
    if (link->has_transaction) {
        (void)link->pcsc.end(link->card, UKB_PCSC_LEAVE_CARD);
        link->has_transaction = false;
    }
    if (link->has_card) {
        (void)link->pcsc.disconnect(link->card, UKB_PCSC_LEAVE_CARD);
        link->has_card = false;
    }
}

static enum ukb_status
connect_and_begin(struct ukb_card_link *link, const char *name, struct ukb_error *reterr)
{
    char taken[UKB_PCSC_NAMES_MAX_LEN] = "";
    ukb_pcsc_word taken_len = sizeof(taken);
    ukb_pcsc_word atr_len = sizeof(link->atr);
    ukb_pcsc_word state = 0;
    enum ukb_status st = judge(link->pcsc.connect(link->context, name, UKB_PCSC_SHARE_SHARED, UKB_PCSC_ANY_PROTOCOL,
                                                  &link->card, &link->protocol),
                               "SCardConnect", UKB_E_UNSUPPORTED, reterr);

    link->has_card = st == UKB_OK;
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

static enum ukb_status
reach(struct ukb_card_link *link, struct ukb_error *reterr)
{
    char names[UKB_PCSC_NAMES_MAX_LEN + 1U] = "";
    const char *name = NULL;
    unsigned int tries = 0;
    enum ukb_status st = judge(link->pcsc.establish(UKB_PCSC_SCOPE_SYSTEM, NULL, NULL, &link->context),
                               "SCardEstablishContext", UKB_E_UNSUPPORTED, reterr);

    link->has_context = st == UKB_OK;
    if (st == UKB_OK) {
        st = find_reader(link, names, &name, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    do {
        let_go(link);
        st = connect_and_begin(link, name, reterr);
    } while (st == UKB_E_TOKEN_REMOVED && reterr->native == UKB_PCSC_RESET && ++tries < RESETS_MAX);
    return st;
}

static void
destroy(struct ukb_card_link *link)
{
    let_go(link);
    if (link->has_context) {
        (void)link->pcsc.release(link->context);
    }
    ukb_pcsc_close(&link->pcsc);
    (void)pthread_cond_destroy(&link->changed);
    (void)pthread_mutex_destroy(&link->mutex);
    free(link);
}

static void *
run(void *ctx)
{
    struct ukb_card_link *link = ctx;
    struct ukb_error error = { 0 };
    const enum ukb_status st = reach(link, &error);
    bool is_left_alone;

    (void)pthread_mutex_lock(&link->mutex);
    link->st = st;
    link->error = error;
    link->has_ended = true;
    is_left_alone = link->is_left_alone;
    (void)pthread_cond_signal(&link->changed);
    (void)pthread_mutex_unlock(&link->mutex);
    if (is_left_alone) {
        destroy(link);
    }
    return NULL;
}

/* Wait for the thread; when it takes too long it has the link to itself, and this is false. */
static bool
wait_for_thread(struct ukb_card_link *link)
{
    struct timespec end = { 0, 0 };
    bool has_ended;
    int result = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += REACH_TIMEOUT_S;
    (void)pthread_mutex_lock(&link->mutex);
    while (!link->has_ended && result == 0) {
        result = pthread_cond_timedwait(&link->changed, &link->mutex, &end);
    }
    has_ended = link->has_ended;
    link->is_left_alone = !has_ended;
    (void)pthread_mutex_unlock(&link->mutex);
    return has_ended;
}

/* One whose time nobody can set back. */
static bool
make_condition(pthread_cond_t *ret_condition)
{
    pthread_condattr_t attributes;
    bool made = false;

    if (pthread_condattr_init(&attributes) != 0) {
        return false;
    }
    made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(ret_condition, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return made;
}

static struct ukb_card_link *
make(const char *reader)
{
    struct ukb_card_link *link = calloc(1, sizeof(*link));

    if (link == NULL) {
        return NULL;
    }
    if (pthread_mutex_init(&link->mutex, NULL) != 0) {
        free(link);
        return NULL;
    }
    if (!make_condition(&link->changed)) {
        (void)pthread_mutex_destroy(&link->mutex);
        free(link);
        return NULL;
    }
    (void)snprintf(link->reader, sizeof(link->reader), "%s", reader);
    return link;
}

enum ukb_status
ukb_card_link_open(const char *reader, struct ukb_card_link **ret_link, struct ukb_error *reterr)
{
    struct ukb_card_link *link = make(reader);
    pthread_t thread;
    enum ukb_status st;

    if (link == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a card");
    }
    if (!ukb_pcsc_open(&link->pcsc)) {
        destroy(link);
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "nothing here uses PC/SC");
    }
    if (pthread_create(&thread, NULL, run, link) != 0) {
        destroy(link);
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "no thread for a card");
    }
    if (!wait_for_thread(link)) {
        (void)pthread_detach(thread);
        return ukb_raise(reterr, UKB_E_TIMEOUT, 0, "the card does not become free");
    }
    (void)pthread_join(thread, NULL);
    st = link->st;
    if (st != UKB_OK) {
        *reterr = link->error;
        destroy(link);
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

bool
ukb_card_link_is_by_characters(const struct ukb_card_link *link)
{
    return link->protocol == UKB_PCSC_PROTOCOL_T0;
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
    if (link != NULL) {
        destroy(link);
    }
}
