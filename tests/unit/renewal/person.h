/* SPDX-License-Identifier: MIT */
/* person - somebody at the computer who types the PIN of a file, and what a call of theirs works with. */
#ifndef UKB_TESTS_RENEWAL_PERSON_H
#define UKB_TESTS_RENEWAL_PERSON_H

#include "../platform/scratch.h"
#include "journal.h"
#include "ukey.h"

#include "renewal/renewal.h"

/* A pinentry program: the PIN is the content of a file beside it; without that file the dialog is closed. */
#define PERSON_PROGRAM                                                                                                 \
    "#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 1\necho OK\nwhile read -r line; do\ncase \"$line\" in\n"              \
    "GETPIN) echo >> asked; if [ -f pin ]; then echo \"D $(cat pin)\"; echo OK; else echo 'ERR 83886179'; fi;;\n"      \
    "BYE*) echo OK; exit 0;;\n*) echo OK;;\nesac\ndone\n"

struct person {
    void *scratch;
    struct journal journal;
    struct ukb_policy *policy;
    struct ukb_context context;
    struct ukb_renewal_env env;
};

static struct person person;

static inline void
person_types(const char *pin)
{
    const char *path = scratch_file(person.scratch, "pin", pin);

    assert_int_equal(chmod(path, 0600), 0);
}

static inline void
person_closes_the_dialog(void)
{
    assert_int_equal(unlink(scratch_path(person.scratch, "pin")), 0);
}

static inline bool
person_was_asked(void)
{
    return access(scratch_path(person.scratch, "asked"), F_OK) == 0;
}

/* The calls open a session and log in themselves: the fixture's own must be closed until a test looks. */
static inline void
person_looks(void)
{
    ukey.session = softhsm_session(&ukey.soft, true, true);
}

static inline void
person_acts(void)
{
    ukb_token_session_free(ukey.session);
    ukey.session = NULL;
}

static inline int
person_setup(void **state)
{
    struct ukb_dialog_config config = { .timeout_ms = 5000 };
    struct ukb_error err = { 0 };
    char dir[32];

    assert_int_equal(ukey_setup(state), 0);
    memset(&person, 0, sizeof(person));
    assert_int_equal(scratch_setup(&person.scratch), 0);
    journal_start(&person.journal);
    person_types("123456");
    (void)snprintf(dir, sizeof(dir), "%s", ((struct scratch *)person.scratch)->dir);
    config.program = scratch_file(person.scratch, "pinentry", PERSON_PROGRAM);
    assert_int_equal(chmod(config.program, 0700), 0);
    config.lock_dir = dir;
    assert_int_equal(ukb_dialog_new(&config, &person.env.dialog, &err), UKB_OK);
    assert_int_equal(ukb_policy_parse("{}", NULL, &person.policy, &err), UKB_OK);
    (void)snprintf(person.context.origin, sizeof(person.context.origin), "https://portal.example");
    person.context.present = true;
    person.env.policy = person.policy;
    person.env.journal = person.journal.journal;
    person.env.module = ukey.soft.module;
    person.env.context = &person.context;
    person.env.lock_dir = ((struct scratch *)person.scratch)->dir;
    person.env.now_s = MADE_START_S + MADE_DAY_S;
    return 0;
}

static inline int
person_teardown(void **state)
{
    ukb_dialog_free(person.env.dialog);
    ukb_policy_free(person.policy);
    journal_stop(&person.journal);
    assert_int_equal(scratch_teardown(&person.scratch), 0);
    return ukey_teardown(state);
}

/* How many renewals the journal holds, ten at most. */
static inline size_t
person_records(void)
{
    struct ukb_renewal_list list = { 0 };
    struct ukb_error err = { 0 };
    size_t count;

    assert_int_equal(ukb_journal_list(person.env.journal, NULL, NULL, NULL, 10, &list, &err), UKB_OK);
    count = list.count;
    ukb_renewal_list_done(&list);
    return count;
}

#endif /* UKB_TESTS_RENEWAL_PERSON_H */
