/* SPDX-License-Identifier: MIT */
/* fake_token - an open session on the fake module, and a scripted source of PINs. */
#ifndef UKB_TESTS_FAKE_TOKEN_H
#define UKB_TESTS_FAKE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "fake_module.h"

#include "token/login.h"
#include "token/module.h"
#include "token/pin.h"
#include "token/session.h"

struct fake_token {
    struct ukb_module *module;
    struct ukb_token_session *session;
    size_t secret_used; /* bytes before; SoftHSM keeps some of the same heap */
};

/** The result of fake_reset(), opened for writing. Fails the test on any error. */
void fake_token_open(struct fake_token *token);

/** Close it; fails the test when a session is still open, or secret memory is left. */
void fake_token_close(struct fake_token *token);

/** A source that answers one PIN. Points into itself: do not copy it. */
struct fake_pins {
    const char *pin;            /* what the user types; NULL: the user cancels */
    enum ukb_status final_word; /* what confirm_final_try answers */
    unsigned int asked;         /* calls of get */
    unsigned int final_asked;   /* calls of confirm_final_try */
    enum ukb_pin_state state;   /* what get was told last */
    void (*while_asking)(void); /* something that happens while the dialog is open, or NULL */
    struct ukb_pin_source source;
};

/** Set @p pins up for a user who types @p pin and agrees to nothing more. */
const struct ukb_pin_source *fake_pins_init(struct fake_pins *pins, const char *pin);

/** A source of both PINs of a change. Points into itself: do not copy it. */
struct fake_new_pins {
    struct fake_pins present;
    const char *pin;             /* the new one; NULL: the user cancels */
    enum ukb_status ready;       /* what ready_for_pad answers */
    enum ukb_status write;       /* what before_write answers */
    unsigned int asked;          /* calls of get_new */
    unsigned int pad_asked;      /* calls of ready_for_pad */
    unsigned int writes;         /* calls of before_write */
    void (*while_asking)(void);  /* while the new PIN is asked for, or NULL */
    void (*while_waiting)(void); /* in before_write, or NULL */
    char unlike[64];             /* what the new PIN was to differ from */
    struct ukb_new_pin_source source;
};

/** Set @p pins up for a user who types @p present and then @p pin. */
const struct ukb_new_pin_source *fake_new_pins_init(struct fake_new_pins *pins, const char *present, const char *pin);

#endif /* UKB_TESTS_FAKE_TOKEN_H */
