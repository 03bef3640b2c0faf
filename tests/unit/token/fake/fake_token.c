/* SPDX-License-Identifier: MIT */
#include "../../test.h"

#include "fake_token.h"

#include <string.h>

#include <openssl/crypto.h>

#include "token/token.h"

void
fake_token_open(struct fake_token *token)
{
    struct ukb_error err = { 0 };
    struct ukb_token_list list;

    assert_int_equal(ukb_secret_start(&err), UKB_OK);
    token->secret_used = CRYPTO_secure_used();
    fake_reset();
    assert_int_equal(ukb_module_wrap("fake", fake_functions(), &token->module, &err), UKB_OK);
    assert_int_equal(ukb_tokens_list(token->module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(ukb_token_session_open(token->module, list.items[0].id, true, &token->session, &err), UKB_OK);
}

void
fake_token_close(struct fake_token *token)
{
    ukb_token_session_free(token->session);
    ukb_module_free(token->module);
    assert_int_equal(fake.open_sessions, 0);
    assert_int_equal(CRYPTO_secure_used(), token->secret_used); /* every path must have wiped the PIN */
}

/* What a user types, as a source hands it over; nothing typed is cancelling. */
static enum ukb_status
type(const char *typed, struct ukb_secret *ret_pin, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (typed == NULL) {
        return ukb_raise(reterr, UKB_E_PIN_CANCELLED, 0, "cancelled");
    }
    st = ukb_secret_alloc(ret_pin, 256, reterr);
    if (st == UKB_OK) {
        ret_pin->len = strlen(typed);
        memcpy(ret_pin->data, typed, ret_pin->len);
    }
    return st;
}

static enum ukb_status
get(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
    struct ukb_error *reterr)
{
    struct fake_pins *pins = ctx;

    (void)min_len;
    (void)max_len;
    pins->asked++;
    pins->state = state;
    if (pins->while_asking != NULL) {
        pins->while_asking();
    }
    return type(pins->pin, ret_pin, reterr);
}

static enum ukb_status
confirm_final_try(void *ctx, struct ukb_error *reterr)
{
    struct fake_pins *pins = ctx;

    pins->final_asked++;
    if (pins->final_word != UKB_OK) {
        return ukb_raise(reterr, pins->final_word, 0, "no");
    }
    return UKB_OK;
}

const struct ukb_pin_source *
fake_pins_init(struct fake_pins *pins, const char *pin)
{
    memset(pins, 0, sizeof(*pins));
    pins->pin = pin;
    pins->final_word = UKB_E_PIN_FINAL_TRY;
    pins->source.get = get;
    pins->source.confirm_final_try = confirm_final_try;
    pins->source.ctx = pins;
    return &pins->source;
}

/* The first member of a fake_new_pins is what the source of its present PIN gets as context. */
static enum ukb_status
ready_for_pad(void *ctx, struct ukb_error *reterr)
{
    struct fake_new_pins *pins = ctx;

    pins->pad_asked++;
    return pins->ready == UKB_OK ? UKB_OK : ukb_raise(reterr, pins->ready, 0, "no");
}

static enum ukb_status
get_new(void *ctx, const struct ukb_secret *unlike, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
        struct ukb_error *reterr)
{
    struct fake_new_pins *pins = ctx;

    (void)min_len;
    (void)max_len;
    pins->asked++;
    assert_true(unlike->len < sizeof(pins->unlike));
    memcpy(pins->unlike, unlike->data, unlike->len);
    if (pins->while_asking != NULL) {
        pins->while_asking();
    }
    return type(pins->pin, ret_pin, reterr);
}

static enum ukb_status
before_write(void *ctx, struct ukb_error *reterr)
{
    struct fake_new_pins *pins = ctx;

    pins->writes++;
    if (pins->while_waiting != NULL) {
        pins->while_waiting();
    }
    return pins->write == UKB_OK ? UKB_OK : ukb_raise(reterr, pins->write, 0, "no");
}

const struct ukb_new_pin_source *
fake_new_pins_init(struct fake_new_pins *pins, const char *present, const char *pin)
{
    memset(pins, 0, sizeof(*pins));
    pins->source.present = *fake_pins_init(&pins->present, present);
    pins->source.present.ready_for_pad = ready_for_pad;
    pins->source.present.ctx = pins;
    pins->source.get_new = get_new;
    pins->source.before_write = before_write;
    pins->pin = pin;
    return &pins->source;
}
