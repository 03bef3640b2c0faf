/* SPDX-License-Identifier: MIT */
/* interrupted - renewals that were cut off, for the calls that look after them. With person.h. */
#ifndef UKB_TESTS_RENEWAL_INTERRUPTED_H
#define UKB_TESTS_RENEWAL_INTERRUPTED_H

#include "person.h"

#include "renewal/internal.h"

#define PORTAL "https://portal.example"
#define OTHER  "https://other.example"

/* A key with a certificate, and the one that is to take its place. */
struct interrupted {
    struct ukb_token_key key;
    const struct ukb_certificate *old;
    const struct ukb_certificate *candidate;
};

/* On the session that is logged in; puts the old certificate on the UKey. */
static inline struct interrupted
interrupted_pair(const char *name)
{
    struct interrupted pair = { .key = ukey_key(name) };

    pair.old = ukey_certificate((struct made){ .common_name = name, .usage = "digitalSignature" }, &pair.key);
    pair.candidate = ukey_certificate((struct made){ .common_name = name,
                                                     .usage = "digitalSignature",
                                                     .serial = 2,
                                                     .not_after_s = MADE_START_S + 2 * MADE_YEAR_S },
                                      &pair.key);
    ukey_put(pair.old, pair.key.id, pair.key.id_len);
    return pair;
}

static inline const char *
interrupted_id(const char *name)
{
    static char id[UKB_RENEWAL_ID_MAX_LEN + 1U];

    (void)snprintf(id, sizeof(id), "%s-%s", ukey.soft.token_id, name);
    return id;
}

/* What a call of @p origin (NULL: the extension's window) left in the journal that was to exchange that pair. */
static inline void
interrupted_note(const char *name, const char *origin, enum ukb_renewal_state state, const struct interrupted *pair)
{
    static char request[] = "a request";
    struct ukb_error err = { 0 };
    struct ukb_renewal_object objects[] = { ukb_renewal_object_of(pair->old, UKB_RENEWAL_OLD),
                                            ukb_renewal_object_of(pair->candidate, UKB_RENEWAL_NEW) };
    struct ukb_renewal_record record = { .state = state,
                                         .key = UKB_RENEWAL_KEY_SAME,
                                         .origin = (char *)(uintptr_t)origin,
                                         .request_pem = request,
                                         .public_key = pair->key.public_key,
                                         .objects = objects,
                                         .object_count = 2 };

    memcpy(objects[1].key_id, pair->key.id, pair->key.id_len);
    objects[1].key_id_len = pair->key.id_len;
    memcpy(objects[1].temp_id, "temp", 4);
    objects[1].temp_id_len = 4;
    (void)snprintf(record.id, sizeof(record.id), "%s", interrupted_id(name));
    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    if (ukb_journal_insert(person.env.journal, &record, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

static inline enum ukb_renewal_state
interrupted_state(const char *name)
{
    struct ukb_renewal_record record = { 0 };
    struct ukb_error err = { 0 };
    enum ukb_renewal_state state;

    assert_int_equal(ukb_journal_get(person.env.journal, interrupted_id(name), &record, &err), UKB_OK);
    state = record.state;
    ukb_renewal_record_done(&record);
    return state;
}

#endif /* UKB_TESTS_RENEWAL_INTERRUPTED_H */
