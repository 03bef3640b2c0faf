/* SPDX-License-Identifier: MIT */
/*
 * pcsc - what posix_readers.c, posix_cards.c and posix_card_link.c use of PC/SC.
 *
 * Room: platform, inside only.  Source: pcsc-lite's winscard.h, pcsclite.h and wintypes.h, whose types and values have
 * not changed since version 1.5; declared here so that nothing is needed to build. The library is not linked: a module
 * that uses PC/SC has loaded it, and for the doctor a process of its own does.
 */
#ifndef UKB_PLATFORM_PCSC_H
#define UKB_PLATFORM_PCSC_H

#include <stdbool.h>

#define UKB_PCSC_READERS_MAX   16U   /* pcsc-lite's own limit */
#define UKB_PCSC_NAMES_MAX_LEN 4096U /* their names, each with its NUL */

typedef long ukb_pcsc_result;
typedef long ukb_pcsc_context;
typedef long ukb_pcsc_card;
typedef unsigned long ukb_pcsc_word;

/* SCARD_READERSTATE */
struct ukb_pcsc_state {
    const char *reader;
    void *user_data;
    ukb_pcsc_word current;
    ukb_pcsc_word event;
    ukb_pcsc_word atr_len;
    unsigned char atr[33];
};

/* SCARD_IO_REQUEST */
struct ukb_pcsc_header {
    ukb_pcsc_word protocol;
    ukb_pcsc_word len;
};

enum ukb_pcsc_flag {
    UKB_PCSC_CHANGED = 0x0002,
    UKB_PCSC_UNKNOWN = 0x0004,     /* no such reader */
    UKB_PCSC_UNAVAILABLE = 0x0008, /* the reader is going */
    UKB_PCSC_EMPTY = 0x0010,
    UKB_PCSC_PRESENT = 0x0020
};

#define UKB_PCSC_COUNT_SHIFT   16U /* above it: how often a card came or went; of UKB_PCSC_PLUG_AND_PLAY, the readers */
#define UKB_PCSC_SCOPE_SYSTEM  2UL
#define UKB_PCSC_INFINITE      0xFFFFFFFFUL
#define UKB_PCSC_PLUG_AND_PLAY "\\\\?PnP?\\Notification" /* stands for readers that come and go */

#define UKB_PCSC_OK         0L
#define UKB_PCSC_TIMEOUT    0x8010000AL
#define UKB_PCSC_NO_READERS 0x8010002EL
#define UKB_PCSC_NO_SERVICE 0x8010001DL /* its daemon does not run */
#define UKB_PCSC_SHARING    0x8010000BL /* another program has the card for itself */
#define UKB_PCSC_NO_CARD    0x8010000CL
#define UKB_PCSC_NO_READER  0x80100017L /* it went, as that of a USB token does */
#define UKB_PCSC_MUTE       0x80100066L /* unresponsive, unpowered, reset and removed follow it */
#define UKB_PCSC_RESET      0x80100068UL
#define UKB_PCSC_REMOVED    0x80100069L

#define UKB_PCSC_SHARE_SHARED 2UL
#define UKB_PCSC_ANY_PROTOCOL 3UL /* T=0 or T=1 */
#define UKB_PCSC_PROTOCOL_T0  1UL
#define UKB_PCSC_LEAVE_CARD   0UL

struct ukb_pcsc {
    void *library;
    ukb_pcsc_result (*establish)(ukb_pcsc_word scope, const void *reserved1, const void *reserved2,
                                 ukb_pcsc_context *ret_context);
    ukb_pcsc_result (*release)(ukb_pcsc_context context);
    ukb_pcsc_result (*list)(ukb_pcsc_context context, const char *groups, char *names, ukb_pcsc_word *inout_len);
    ukb_pcsc_result (*wait)(ukb_pcsc_context context, ukb_pcsc_word timeout_ms, struct ukb_pcsc_state *states,
                            ukb_pcsc_word count);
    ukb_pcsc_result (*cancel)(ukb_pcsc_context context);
    ukb_pcsc_result (*connect)(ukb_pcsc_context context, const char *reader, ukb_pcsc_word share,
                               ukb_pcsc_word protocols, ukb_pcsc_card *ret_card, ukb_pcsc_word *ret_protocol);
    ukb_pcsc_result (*disconnect)(ukb_pcsc_card card, ukb_pcsc_word disposition);
    ukb_pcsc_result (*begin)(ukb_pcsc_card card);
    ukb_pcsc_result (*end)(ukb_pcsc_card card, ukb_pcsc_word disposition);
    ukb_pcsc_result (*transmit)(ukb_pcsc_card card, const struct ukb_pcsc_header *header, const unsigned char *command,
                                ukb_pcsc_word command_len, struct ukb_pcsc_header *ret_header,
                                unsigned char *ret_response, ukb_pcsc_word *inout_len);
    ukb_pcsc_result (*status)(ukb_pcsc_card card, char *ret_reader, ukb_pcsc_word *inout_reader_len,
                              ukb_pcsc_word *ret_state, ukb_pcsc_word *ret_protocol, unsigned char *ret_atr,
                              ukb_pcsc_word *inout_atr_len);
};

/** Find the library in this process; false when it is not loaded. */
bool ukb_pcsc_open(struct ukb_pcsc *ret_pcsc);

/** Load the library; false when this system has none. */
bool ukb_pcsc_load(struct ukb_pcsc *ret_pcsc);
void ukb_pcsc_close(struct ukb_pcsc *pcsc);

#endif /* UKB_PLATFORM_PCSC_H */
