/* SPDX-License-Identifier: MIT */
/* portal - a site whose CA is trusted, a certificate of that CA on the UKey, and the one that is to take its place. With
 * person.h. */
#ifndef UKB_TESTS_RENEWAL_PORTAL_H
#define UKB_TESTS_RENEWAL_PORTAL_H

#include "person.h"

#include "renewal/internal.h"

struct portal {
    struct ukb_token_key key;
    const struct ukb_certificate *old;
    const struct ukb_certificate *candidate; /* for the same key, a year later */
    char old_id[UKB_CERTIFICATE_ID_LEN + 1U];
    struct ukb_install_params params; /* of a call by token */
};

static const struct made portal_ca = { .common_name = "CA", .key = "P-256/ca", .ca = true };
static struct portal portal;

/* The PEM of a certificate, until many more were made. */
static inline const char *
portal_pem(const struct ukb_certificate *certificate)
{
    static char texts[16][4096];
    static size_t count;
    char *text = texts[count++ % 16U];
    struct ukb_buf pem = UKB_BUF_INIT(sizeof(texts[0]) - 1U);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_certificate_to_pem(certificate, &pem, &err), UKB_OK);
    memcpy(text, ukb_buf_text(&pem), pem.len + 1U);
    ukb_buf_done(&pem);
    return text;
}

/* A certificate of the CA for @p key, or for a key that is on no UKey. It begins on that day, for a year. */
static inline const struct ukb_certificate *
portal_issue(const struct ukb_token_key *key, const char *usage, long serial, long long day)
{
    struct made made = { .common_name = "Li",
                         .key = "P-256/elsewhere",
                         .usage = usage,
                         .serial = serial,
                         .issuer = &portal_ca,
                         .not_before_s = MADE_START_S + day * MADE_DAY_S,
                         .not_after_s = MADE_START_S + day * MADE_DAY_S + MADE_YEAR_S };

    return key == NULL ? made_certificate(&made) : ukey_certificate(made, key);
}

static inline void
portal_policy(const char *retire)
{
    struct ukb_error err = { 0 };
    char text[256];

    (void)snprintf(text, sizeof(text), "{\"trustAnchors\":[\"%s\"],\"retireOldSigning\":\"%s\"}",
                   scratch_path(person.scratch, "ca.pem"), retire);
    ukb_policy_free(person.policy);
    assert_int_equal(ukb_policy_parse(text, NULL, &person.policy, &err), UKB_OK);
    person.env.policy = person.policy;
}

static inline int
portal_setup(void **state)
{
    assert_int_equal(person_setup(state), 0);
    (void)scratch_file(person.scratch, "ca.pem", portal_pem(made_certificate(&portal_ca)));
    portal_policy("expired");
    memset(&portal, 0, sizeof(portal));
    portal.key = ukey_key("key");
    portal.old = portal_issue(&portal.key, "digitalSignature", 1, 0);
    portal.candidate = portal_issue(&portal.key, "digitalSignature", 2, 1);
    memcpy(portal.old_id, ukb_certificate_facts(portal.old)->id, sizeof(portal.old_id));
    ukey_put(portal.old, portal.key.id, portal.key.id_len);
    portal.params = (struct ukb_install_params){ .token = ukey.soft.token_id,
                                                 .certificate = portal.old_id,
                                                 .signing = portal_pem(portal.candidate) };
    return 0;
}

/* A renewal of @p origin in the journal that exchanges the pair, in that state; its id, until the next call. */
static inline const char *
portal_note(const char *origin, enum ukb_renewal_state state)
{
    static char id[UKB_RENEWAL_ID_MAX_LEN + 1U];
    static unsigned int count;
    struct ukb_error err = { 0 };
    struct ukb_renewal_object objects[] = { ukb_renewal_object_of(portal.old, UKB_RENEWAL_OLD),
                                            ukb_renewal_object_of(portal.candidate, UKB_RENEWAL_NEW) };
    struct ukb_renewal_record record = { .state = state,
                                         .origin = (char *)(uintptr_t)origin,
                                         .public_key = portal.key.public_key,
                                         .objects = objects,
                                         .object_count = 2 };

    memcpy(objects[1].key_id, portal.key.id, portal.key.id_len);
    objects[1].key_id_len = portal.key.id_len;
    memcpy(objects[1].temp_id, "temp", 4);
    objects[1].temp_id_len = 4;
    (void)snprintf(id, sizeof(id), "%s-%u", ukey.soft.token_id, count++);
    memcpy(record.id, id, sizeof(id));
    memcpy(record.token, ukey.soft.token_id, sizeof(record.token));
    if (ukb_journal_insert(person.env.journal, &record, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return id;
}

#endif /* UKB_TESTS_RENEWAL_PORTAL_H */
