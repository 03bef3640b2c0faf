/* SPDX-License-Identifier: MIT */
/* From a token's id to a session that its user has unlocked, and the lock that keeps other processes from writing. */
#include "hold/hold.h"

#include <stdbool.h>
#include <stdio.h>

#include "hold/internal.h"
#include "hold/writes.h"
#include "platform/clock.h"
#include "platform/lock.h"
#include "secret/secret.h"
#include "token/token.h"

/*
 * How long one call waits for other processes, in all: less than any method's time that comes here. Who has waited that
 * long has tried no PIN, and may ask again.
 */
#define WAIT_MS 45000U

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

/* A token's lock, and the one before it, where who is going to write keeps those out who would look meanwhile: one look
 * after the other could go on for ever. */
static const char LOCK[] = "token";
static const char NEXT[] = "next";

struct lock_name {
    char text[UKB_TOKEN_ID_LEN + sizeof("token-")];
};

static struct lock_name
name_of(const char *what, const char *token)
{
    struct lock_name name;

    (void)snprintf(name.text, sizeof(name.text), "%s-%s", what, token);
    return name;
}

typedef enum ukb_status (*get_lock_fn)(const char *dir, const char *name, unsigned int wait_ms, enum ukb_status busy,
                                       struct ukb_lock **ret_lock, struct ukb_error *reterr);

/* Take or share the lock of @p token. @p inout_left_ms: the time left to wait; less afterwards. */
static enum ukb_status
get_lock(const char *dir, const char *token, get_lock_fn get, unsigned int *inout_left_ms, struct ukb_lock **ret_lock,
         struct ukb_error *reterr)
{
    static const char *const names[] = { NEXT, LOCK };
    struct ukb_lock *locks[2] = { NULL, NULL };
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; st == UKB_OK && i < 2U; i++) {
        const long long began_ms = ukb_clock_uptime_ms();
        unsigned long long took_ms;

        st = get(dir, name_of(names[i], token).text, *inout_left_ms, UKB_E_TOKEN_BUSY, &locks[i], reterr);
        took_ms = (unsigned long long)(ukb_clock_uptime_ms() - began_ms);
        *inout_left_ms -= took_ms < *inout_left_ms ? (unsigned int)took_ms : *inout_left_ms;
    }
    ukb_lock_release(locks[0]);
    *ret_lock = locks[1];
    return st;
}

/* The same for a hold, within the time of its call and @p wait_ms. */
static enum ukb_status
get_own_lock(struct ukb_hold *hold, get_lock_fn get, unsigned int wait_ms, struct ukb_error *reterr)
{
    const unsigned int all_ms = WAIT_MS - hold->waited_ms;
    const unsigned int may_ms = wait_ms < all_ms ? wait_ms : all_ms;
    unsigned int left_ms = may_ms;
    enum ukb_status st =
        get_lock(hold->env.lock_dir, ukb_token_session_info(hold->session)->id, get, &left_ms, &hold->lock, reterr);

    hold->waited_ms += may_ms - left_ms;
    return st;
}

struct ukb_lock *
ukb_hold_share_now(const char *lock_dir, const char *token)
{
    struct ukb_lock *lock = NULL;
    struct ukb_error ignored = { 0 };
    unsigned int no_time_ms = 0;

    return get_lock(lock_dir, token, ukb_lock_share, &no_time_ms, &lock, &ignored) == UKB_OK ? lock : NULL;
}

static void
unlock(struct ukb_hold *hold)
{
    ukb_lock_release(hold->writing); /* NULL is fine */
    ukb_lock_release(hold->lock);
    hold->writing = NULL;
    hold->lock = NULL;
}

enum ukb_status
ukb_hold_lock(struct ukb_hold *hold, struct ukb_error *reterr)
{
    enum ukb_status st = get_own_lock(hold, ukb_lock_take, WAIT_MS, reterr);

    if (st == UKB_OK) {
        st = ukb_writes_begin(hold->env.lock_dir, hold->env.module, &hold->writing, reterr);
    }
    if (st != UKB_OK) {
        unlock(hold);
    }
    return st;
}

static bool
sees_all(const struct ukb_hold *hold)
{
    return ukb_writes_are_seen(hold->env.lock_dir, hold->env.module);
}

/* Start the module again, for the UKey that we hold still. @p view: what it will have seen. */
static enum ukb_status
renew(struct ukb_hold *hold, unsigned long long view, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_token_session_anew(&hold->session, hold->writable, reterr);

    if (st == UKB_OK) {
        ukb_module_set_view(hold->env.module, view);
    }
    return st;
}

enum ukb_status
ukb_hold_catch_up(struct ukb_hold *hold, struct ukb_error *reterr)
{
    return sees_all(hold) ? UKB_OK : renew(hold, ukb_writes_view(hold->env.lock_dir), reterr);
}

enum ukb_status
ukb_hold_share(struct ukb_hold *hold, unsigned int wait_ms, struct ukb_error *reterr)
{
    enum ukb_status st = get_own_lock(hold, ukb_lock_share, wait_ms, reterr);

    if (st == UKB_OK) {
        st = ukb_hold_catch_up(hold, reterr);
    }
    if (st != UKB_OK) {
        unlock(hold);
    }
    return st;
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
    bool has_agreed;       /* to spend the last try */
    bool is_late;          /* others have written since the module started: it has to start again */
    struct ukb_secret pin; /* that was typed then, for the login on the session that comes */
};

/*
 * Others wait only from here on: the user may have taken a minute. What they did meanwhile is seen before C_Login; when
 * they left one try, the question about it is asked under the lock.
 */
static enum ukb_status
lock_in_time(struct login *login, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_hold_lock(login->hold, reterr);

    login->is_late = st == UKB_OK && !sees_all(login->hold);
    return login->is_late ? ukb_raise(reterr, UKB_E_TOKEN_BUSY, 0, "others wrote to the token meanwhile") : st;
}

static enum ukb_status
get_then_lock(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
              struct ukb_error *reterr)
{
    struct login *login = ctx;
    enum ukb_status st;

    if (login->is_late) {
        ukb_secret_move(ret_pin, &login->pin);
        return UKB_OK;
    }
    st = login->asks.get(ctx, state, min_len, max_len, ret_pin, reterr);
    if (st == UKB_OK) {
        st = lock_in_time(login, reterr);
    }
    if (login->is_late) {
        ukb_secret_move(&login->pin, ret_pin);
    }
    return st;
}

static enum ukb_status
ready_then_lock(void *ctx, struct ukb_error *reterr)
{
    struct login *login = ctx;
    enum ukb_status st;

    if (login->is_late) {
        return UKB_OK;
    }
    st = login->asks.ready_for_pad(ctx, reterr);
    return st != UKB_OK ? st : lock_in_time(login, reterr);
}

static enum ukb_status
agree_once(void *ctx, struct ukb_error *reterr)
{
    struct login *login = ctx;
    enum ukb_status st = login->has_agreed ? UKB_OK : login->asks.confirm_final_try(ctx, reterr);

    login->has_agreed = st == UKB_OK;
    return st;
}

/* The asking is of the session that the hold has now. */
static enum ukb_status
log_in(struct login *login, enum ukb_dialog_action action, const char *const *lines, size_t line_count,
       struct ukb_error *reterr)
{
    struct ukb_pin_source source = ukb_asking_source(&login->asking);

    login->asking = ukb_asking_of(login->hold, action, UKB_DIALOG_PIN_LOGIN);
    login->asking.facts.lines = lines;
    login->asking.facts.line_count = line_count;
    login->asks = source;
    source.get = get_then_lock;
    source.confirm_final_try = agree_once;
    source.ready_for_pad = ready_then_lock;
    return ukb_token_login(login->hold->session, &source, reterr);
}

enum ukb_status
ukb_hold_login(struct ukb_hold *hold, enum ukb_dialog_action action, const char *const *lines, size_t line_count,
               struct ukb_error *reterr)
{
    struct login login = { .hold = hold, .pin = UKB_SECRET_INIT };
    enum ukb_status st = log_in(&login, action, lines, line_count, reterr);

    if (login.is_late) { /* the PIN was not tried */
        st = renew(hold, ukb_writes_now(hold->env.lock_dir), reterr);
        if (st == UKB_OK) {
            st = log_in(&login, action, lines, line_count, reterr);
        }
    }
    hold->is_renewed = login.is_late;
    ukb_secret_done(&login.pin);
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
