/* SPDX-License-Identifier: MIT */
#include "platform/readers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "platform/pcsc.h"
#include "platform/stdio.h"

#define RETRY_MS  2000U /* between two tries to reach the service */
#define CANCEL_MS 10U   /* a cancellation that came just before the wait began is lost: it is repeated */

#define RESULT_MASK 0xFFFFFFFFUL

/* What is worth a look; that a card is in use by somebody, which changes whenever we look, is not. */
#define WORTH_FLAGS (UKB_PCSC_UNKNOWN | UKB_PCSC_UNAVAILABLE | UKB_PCSC_EMPTY | UKB_PCSC_PRESENT)

struct ukb_readers {
    struct ukb_pcsc pcsc;
    int woken; /* we read */
    int wake;  /* the thread writes */
    bool had_news;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool is_stopping;
    bool has_ended;
    bool has_context;
    ukb_pcsc_context context;
    char names[UKB_PCSC_NAMES_MAX_LEN]; /* of the readers that are watched, each with its NUL */
    size_t names_len;
};

/* Readers as the service names them; the first stands for those that come and go. */
struct list {
    char names[UKB_PCSC_NAMES_MAX_LEN];
    struct ukb_pcsc_state states[1U + UKB_PCSC_READERS_MAX];
    size_t count;
};

static bool
is_result(ukb_pcsc_result result, long wanted)
{
    return ((ukb_pcsc_word)result & RESULT_MASK) == (ukb_pcsc_word)wanted;
}

/* The thread */

static void
wake(const struct ukb_readers *readers)
{
    (void)!write(readers->wake, "", 1); /* a pipe that is full wakes, too */
}

static bool
is_stopping(struct ukb_readers *readers)
{
    bool stopping;

    (void)pthread_mutex_lock(&readers->mutex);
    stopping = readers->is_stopping;
    (void)pthread_mutex_unlock(&readers->mutex);
    return stopping;
}

/* Wait for a change of what the mutex, which is held, guards. */
static void
wait_ms(struct ukb_readers *readers, unsigned int ms)
{
    struct timespec end = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += (time_t)(ms / 1000U);
    end.tv_nsec += (long)(ms % 1000U) * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000L;
    }
    (void)pthread_cond_timedwait(&readers->changed, &readers->mutex, &end);
}

static bool
connect_service(struct ukb_readers *readers)
{
    ukb_pcsc_context context = 0;

    if (!is_result(readers->pcsc.establish(UKB_PCSC_SCOPE_SYSTEM, NULL, NULL, &context), UKB_PCSC_OK)) {
        return false;
    }
    (void)pthread_mutex_lock(&readers->mutex);
    readers->context = context;
    readers->has_context = true;
    (void)pthread_mutex_unlock(&readers->mutex);
    return true;
}

static void
leave_service(struct ukb_readers *readers)
{
    (void)pthread_mutex_lock(&readers->mutex);
    readers->has_context = false; /* from here on nobody cancels it */
    readers->names_len = 0;
    (void)pthread_mutex_unlock(&readers->mutex);
    (void)readers->pcsc.release(readers->context);
}

static void
add_reader(struct list *list, const char *name, ukb_pcsc_word current)
{
    struct ukb_pcsc_state *state = &list->states[list->count++];

    memset(state, 0, sizeof(*state));
    state->reader = name;
    state->current = current;
}

/* The readers that there are, of which nothing is known yet. */
static bool
read_list(struct ukb_readers *readers, struct list *list)
{
    ukb_pcsc_word len = sizeof(list->names);
    const ukb_pcsc_result result = readers->pcsc.list(readers->context, NULL, list->names, &len);
    const char *name = list->names;

    if (is_result(result, UKB_PCSC_NO_READERS)) {
        len = 0;
    } else if (!is_result(result, UKB_PCSC_OK) || len > sizeof(list->names)) {
        return false;
    }
    list->count = 0;
    add_reader(list, UKB_PCSC_PLUG_AND_PLAY, 0);
    while (name < list->names + len && name[0] != '\0' && list->count <= UKB_PCSC_READERS_MAX) {
        add_reader(list, name, 0);
        name += strlen(name) + 1U;
    }
    list->states[0].current = (ukb_pcsc_word)(list->count - 1U) << UKB_PCSC_COUNT_SHIFT;
    return true;
}

/* Wait for news of the readers, and take them for known. Returns false when the service is gone, or we are to end. */
static bool
learn(struct ukb_readers *readers, struct list *list, ukb_pcsc_word timeout_ms, bool *ret_worth, bool *ret_relist)
{
    const ukb_pcsc_result result =
        readers->pcsc.wait(readers->context, timeout_ms, list->states, (ukb_pcsc_word)list->count);
    size_t i;

    if (!is_result(result, UKB_PCSC_OK) && !is_result(result, UKB_PCSC_TIMEOUT)) {
        return false;
    }
    *ret_relist = timeout_ms > 0 && (list->states[0].event & UKB_PCSC_CHANGED) != 0;
    *ret_worth = *ret_relist;
    for (i = 1; i < list->count; i++) {
        struct ukb_pcsc_state *state = &list->states[i];
        const ukb_pcsc_word differs = state->current ^ state->event;

        *ret_worth = *ret_worth || (differs & WORTH_FLAGS) != 0 || differs >> UKB_PCSC_COUNT_SHIFT != 0;
        *ret_relist = *ret_relist || (state->event & UKB_PCSC_UNKNOWN) != 0;
        state->current = state->event & ~(ukb_pcsc_word)UKB_PCSC_CHANGED;
    }
    return true;
}

/* From now on we hear of these. */
static void
tell_names(struct ukb_readers *readers, const struct list *list)
{
    size_t i;

    (void)pthread_mutex_lock(&readers->mutex);
    readers->names_len = 0;
    for (i = 1; i < list->count; i++) {
        const size_t len = strlen(list->states[i].reader) + 1U;

        memcpy(readers->names + readers->names_len, list->states[i].reader, len); /* they came out of such a buffer */
        readers->names_len += len;
    }
    (void)pthread_mutex_unlock(&readers->mutex);
}

/* Until the service is gone or we are to end. */
static void
watch(struct ukb_readers *readers)
{
    struct list list;
    bool worth = false;
    bool relist = false;

    while (!is_stopping(readers) && read_list(readers, &list) && learn(readers, &list, 0, &worth, &relist)) {
        tell_names(readers, &list);
        wake(readers); /* what happened before this was not seen */
        relist = false;
        while (!relist) {
            if (is_stopping(readers) || !learn(readers, &list, UKB_PCSC_INFINITE, &worth, &relist)) {
                return;
            }
            if (worth) {
                wake(readers);
            }
        }
    }
}

static void *
run(void *arg)
{
    struct ukb_readers *readers = arg;

    while (!is_stopping(readers)) {
        if (connect_service(readers)) {
            watch(readers);
            leave_service(readers);
            wake(readers); /* with the service all cards are gone */
        }
        (void)pthread_mutex_lock(&readers->mutex);
        if (!readers->is_stopping) {
            wait_ms(readers, RETRY_MS);
        }
        (void)pthread_mutex_unlock(&readers->mutex);
    }
    (void)pthread_mutex_lock(&readers->mutex);
    readers->has_ended = true;
    (void)pthread_cond_broadcast(&readers->changed);
    (void)pthread_mutex_unlock(&readers->mutex);
    return NULL;
}

/* The others */

static bool
make_pipe(struct ukb_readers *readers)
{
    int ends[2] = { -1, -1 };
    int i;

    if (pipe(ends) != 0) {
        return false;
    }
    for (i = 0; i < 2; i++) {
        (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    readers->woken = ends[0];
    readers->wake = ends[1];
    return true;
}

static bool
start_thread(struct ukb_readers *readers)
{
    pthread_condattr_t attributes;
    bool started;

    (void)pthread_mutex_init(&readers->mutex, NULL); /* these cannot fail on the systems that we know */
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&readers->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    started = pthread_create(&readers->thread, NULL, run, readers) == 0;
    if (!started) {
        (void)pthread_cond_destroy(&readers->changed);
        (void)pthread_mutex_destroy(&readers->mutex);
    }
    return started;
}

static void
release(struct ukb_readers *readers)
{
    if (readers->wake >= 0) {
        (void)close(readers->woken);
        (void)close(readers->wake);
    }
    ukb_pcsc_close(&readers->pcsc);
    free(readers);
}

enum ukb_status
ukb_readers_new(struct ukb_readers **ret_readers, struct ukb_error *reterr)
{
    struct ukb_readers *readers = calloc(1, sizeof(*readers));

    if (readers == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a thread");
    }
    readers->wake = -1;
    if (!ukb_pcsc_open(&readers->pcsc)) {
        release(readers);
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "nothing here uses PC/SC");
    }
    if (!make_pipe(readers) || !start_thread(readers)) {
        release(readers);
        return ukb_raise(reterr, UKB_E_INTERNAL, (unsigned long)errno, "no thread to watch the readers");
    }
    *ret_readers = readers;
    return UKB_OK;
}

void
ukb_readers_free(struct ukb_readers *readers)
{
    if (readers == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&readers->mutex);
    readers->is_stopping = true;
    (void)pthread_cond_broadcast(&readers->changed);
    while (!readers->has_ended) {
        if (readers->has_context) {
            (void)readers->pcsc.cancel(readers->context);
        }
        wait_ms(readers, CANCEL_MS);
    }
    (void)pthread_mutex_unlock(&readers->mutex);
    (void)pthread_join(readers->thread, NULL);
    (void)pthread_cond_destroy(&readers->changed);
    (void)pthread_mutex_destroy(&readers->mutex);
    release(readers);
}

enum ukb_status
ukb_readers_read(struct ukb_readers *readers, int fd, void *data, size_t size, uint32_t timeout_ms, size_t *ret_len,
                 struct ukb_error *reterr)
{
    struct pollfd waits[] = { { .fd = fd, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
    char ignored[64];

    if (readers == NULL) {
        return ukb_platform_read(fd, data, size, timeout_ms, ret_len, reterr);
    }
    waits[1].fd = readers->woken;
    while (poll(waits, 2, (int)timeout_ms) < 0 && errno == EINTR) {
    }
    if (waits[0].revents != 0) {
        return ukb_platform_read(fd, data, size, timeout_ms, ret_len, reterr);
    }
    if (waits[1].revents != 0) {
        readers->had_news = true;
        while (read(readers->woken, ignored, sizeof(ignored)) == (ssize_t)sizeof(ignored)) {
        }
    }
    return ukb_raise(reterr, UKB_E_TIMEOUT, 0, "nothing to read for %u ms", (unsigned int)timeout_ms);
}

bool
ukb_readers_had_news(struct ukb_readers *readers)
{
    const bool had_news = readers->had_news;

    readers->had_news = false;
    return had_news;
}

bool
ukb_readers_have(struct ukb_readers *readers, const char *name)
{
    const size_t len = strlen(name);
    bool found = false;
    size_t at;

    (void)pthread_mutex_lock(&readers->mutex);
    for (at = 0; len > 0 && at < readers->names_len && !found; at += strlen(readers->names + at) + 1U) {
        found = strncmp(readers->names + at, name, len) == 0;
    }
    (void)pthread_mutex_unlock(&readers->mutex);
    return found;
}
