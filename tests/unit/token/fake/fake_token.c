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

static enum ukb_status
get(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
    struct ukb_error *reterr)
{
    struct fake_pins *pins = ctx;
    enum ukb_status st;

    (void)min_len;
    (void)max_len;
    pins->asked++;
    pins->state = state;
    if (pins->while_asking != NULL) {
        pins->while_asking();
    }
    if (pins->pin == NULL) {
        return ukb_raise(reterr, UKB_E_PIN_CANCELLED, 0, "cancelled");
    }
    st = ukb_secret_alloc(ret_pin, 256, reterr);
    if (st != UKB_OK) {
        return st;
    }
    ret_pin->len = strlen(pins->pin);
    memcpy(ret_pin->data, pins->pin, ret_pin->len);
    return UKB_OK;
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
