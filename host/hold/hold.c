/* SPDX-License-Identifier: MIT */
/* From a token's id to a session that its user has unlocked, and the lock that keeps other processes from writing. */
#include "hold/hold.h"

#include <stdbool.h>
#include <stdio.h>

#include "hold/internal.h"
#include "platform/lock.h"
#include "token/token.h"

/* Less than any method's time that comes here; who waits that long has tried no PIN, and may ask again. */
#define TOKEN_LOCK_WAIT_MS 45000U

/* Of a call that goes on to write, once or twice before the wait above, and of one that does not. */
#define WRITER_LOOK_WAIT_MS 20000U
#define READER_LOOK_WAIT_MS 5000U

enum ukb_status
ukb_hold_open(const struct ukb_hold_env *env, const char *token, bool writable, struct ukb_hold *ret_hold,
              struct ukb_error *reterr)
{
    if (env->module == NULL) {
        return ukb_raise(reterr, UKB_E_NO_TOKEN, 0, "no UKey with this id is inserted");
    }
    ret_hold->env = *env;
    ret_hold->writable = writable;
    return ukb_token_session_open(env->module, token, writable, &ret_hold->session, reterr);
}

/* "token-<id>" */
struct lock_name {
    char text[UKB_TOKEN_ID_LEN + sizeof("token-")];
};

static struct lock_name
name_of(const struct ukb_hold *hold)
{
    struct lock_name name;

    (void)snprintf(name.text, sizeof(name.text), "token-%s", ukb_token_session_info(hold->session)->id);
    return name;
}

static void
unlock(struct ukb_hold *hold)
{
    ukb_lock_release(hold->lock); /* NULL is fine */
    hold->lock = NULL;
}

enum ukb_status
ukb_hold_lock(struct ukb_hold *hold, struct ukb_error *reterr)
{
    return ukb_lock_take(hold->env.lock_dir, name_of(hold).text, TOKEN_LOCK_WAIT_MS, UKB_E_TOKEN_BUSY, &hold->lock,
                         reterr);
}

enum ukb_status
ukb_hold_share(struct ukb_hold *hold, struct ukb_error *reterr)
{
    return ukb_lock_share(hold->env.lock_dir, name_of(hold).text,
                          hold->writable ? WRITER_LOOK_WAIT_MS : READER_LOOK_WAIT_MS, UKB_E_TOKEN_BUSY, &hold->lock,
                          reterr);
}

void
ukb_hold_unshare(struct ukb_hold *hold)
{
    unlock(hold);
}

/* A login in progress; the asking is first, so that it is the ctx of what asks. */
struct login {
    struct ukb_asking asking;
    struct ukb_pin_source asks;
    struct ukb_hold *hold;
};

/*
 * Others wait only from here on: the user may have taken a minute. What they did meanwhile is seen before C_Login; when
 * they left one try, the question about it is asked under the lock.
 */
static enum ukb_status
get_then_lock(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
              struct ukb_error *reterr)
{
    const struct login *login = ctx;
    enum ukb_status st = login->asks.get(ctx, state, min_len, max_len, ret_pin, reterr);

    return st != UKB_OK ? st : ukb_hold_lock(login->hold, reterr);
}

static enum ukb_status
ready_then_lock(void *ctx, struct ukb_error *reterr)
{
    const struct login *login = ctx;
    enum ukb_status st = login->asks.ready_for_pad(ctx, reterr);

    return st != UKB_OK ? st : ukb_hold_lock(login->hold, reterr);
}

enum ukb_status
ukb_hold_login(struct ukb_hold *hold, enum ukb_dialog_action action, const char *const *lines, size_t line_count,
               struct ukb_error *reterr)
{
    struct login login = { .asking = ukb_asking_of(hold, action, UKB_DIALOG_PIN_LOGIN), .hold = hold };
    struct ukb_pin_source source = ukb_asking_source(&login.asking);
    enum ukb_status st;

    login.asks = source;
    source.get = get_then_lock;
    source.ready_for_pad = ready_then_lock;
    login.asking.facts.lines = lines;
    login.asking.facts.line_count = line_count;
    st = ukb_token_login(hold->session, &source, reterr);
    if (st != UKB_OK) {
        unlock(hold);
    }
    return st;
}

enum ukb_status
ukb_hold_confirm(const struct ukb_hold *hold, enum ukb_dialog_action action, const char *question,
                 struct ukb_error *reterr)
{
    const struct ukb_asking asking = ukb_asking_of(hold, action, UKB_DIALOG_PIN_LOGIN);

    return ukb_dialog_confirm(asking.dialog, &asking.facts, question, reterr);
}

void
ukb_hold_done(struct ukb_hold *hold)
{
    ukb_token_session_free(hold->session);
    hold->session = NULL;
    unlock(hold);
}

static bool
may_be_gone(enum ukb_status st)
{
    return st == UKB_E_TOKEN_ERROR || st == UKB_E_NO_CERTIFICATE || st == UKB_E_BAD_ENVELOPE;
}

enum ukb_status
ukb_hold_end(struct ukb_hold *hold, enum ukb_status st, struct ukb_error *reterr)
{
    struct ukb_error seen;

    if (hold->session != NULL && may_be_gone(st) && ukb_token_session_is_gone(hold->session)) {
        seen = *reterr;
        st = ukb_raise(reterr, UKB_E_TOKEN_REMOVED, seen.native, "the token was taken out: %s", seen.message);
    }
    ukb_hold_done(hold);
    return st;
}
