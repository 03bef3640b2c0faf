/* SPDX-License-Identifier: MIT */
#include "../platform/scratch.h"

#include "serving.h"

#include <signal.h>

#define PERSON                                                                                                         \
    "#!/bin/sh\nexec 3>>\"$(dirname \"$0\")/dialogs\"\necho OK\nwhile read -r line; do\necho \"$line\" >&3\n"          \
    "case \"$line\" in\nGETPIN) n=$((n+1)); set -- %s; eval \"p=\\$$n\"; "                                             \
    "if [ \"$p\" = no ]; then echo 'ERR 83886179'; else echo 'S PIN_REPEATED'; echo \"D $p\"; echo OK; fi;;\n"         \
    "BYE*) echo OK; exit 0;;\n*) echo OK;;\nesac\ndone\n"

struct serving serving;

static void *scratch;

void
serving_start(enum ukb_worker_kind kind)
{
    struct ukb_error err = { 0 };
    int ends[2];

    (void)signal(SIGPIPE, SIG_IGN);
    memset(&serving, 0, sizeof(serving));
    assert_int_equal(scratch_setup(&scratch), 0);
    memcpy(serving.dir, ((struct scratch *)scratch)->dir, sizeof(serving.dir));
    assert_int_equal(setenv("XDG_STATE_HOME", serving.dir, 1), 0);
    assert_int_equal(pipe(ends), 0);
    serving.words = ends[0];
    assert_int_equal(fcntl(serving.words, F_SETFL, O_NONBLOCK), 0);
    (void)snprintf(serving.context.origin, sizeof(serving.context.origin), "%s", SERVING_ORIGIN);
    serving.context.present = true;
    serving.service = (struct ukb_service){
        .kind = kind, .lock_dir = UKB_BUF_INIT(UKB_PATH_MAX_LEN), .context = &serving.context, .out = ends[1]
    };
    assert_int_equal(ukb_buf_append_text(&serving.service.lock_dir, serving.dir, &err), UKB_OK);
    serving_policy("{}");
}

void
serving_stop(void)
{
    free(serving.service.seen);
    ukb_open_reset_free(serving.service.reset);
    ukb_dialog_free(serving.service.dialog);
    ukb_journal_close(serving.service.journal);
    ukb_policy_free(serving.service.policy);
    ukb_buf_done(&serving.service.lock_dir);
    (void)close(serving.service.out);
    (void)close(serving.words);
    assert_int_equal(scratch_teardown(&scratch), 0);
}

void
serving_policy(const char *policy_text)
{
    struct ukb_error err = { 0 };

    ukb_policy_free(serving.service.policy);
    serving.service.policy = NULL;
    if (ukb_policy_parse(policy_text, NULL, &serving.service.policy, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

const char *
serving_path(const char *name)
{
    return scratch_path(scratch, name);
}

const char *
serving_file(const char *name, unsigned int mode, const char *content)
{
    const char *path = scratch_file(scratch, name, content);

    assert_int_equal(chmod(path, mode), 0);
    return path;
}

void
serving_person(const char *words)
{
    struct ukb_dialog_config config = { .lock_dir = serving.dir, .timeout_ms = 5000 };
    struct ukb_error err = { 0 };
    char program[1024];

    (void)snprintf(program, sizeof(program), PERSON, words);
    config.program = serving_file("pinentry", 0700, program);
    ukb_dialog_free(serving.service.dialog);
    serving.service.dialog = NULL;
    if (ukb_dialog_new(&config, &serving.service.dialog, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
}

const char *
serving_dialogs(void)
{
    static char said[16384];
    FILE *file = fopen(serving_path("dialogs"), "r");
    size_t len = 0;

    if (file != NULL) {
        len = fread(said, 1, sizeof(said) - 1U, file);
        (void)fclose(file);
    }
    said[len] = '\0';
    return said;
}

cJSON *
serving_heard(void)
{
    static char body[UKB_REPLY_MAX_LEN];
    uint32_t len = 0;
    uint32_t got = 0;
    cJSON *message = NULL;

    if (read(serving.words, &len, sizeof(len)) != (ssize_t)sizeof(len)) {
        return NULL;
    }
    assert_true(len < sizeof(body));
    while (got < len) { /* it was written before: all of it is in the pipe */
        const ssize_t more = read(serving.words, body + got, len - got);

        assert_true(more > 0);
        got += (uint32_t)more;
    }
    message = cJSON_ParseWithLength(body, len);
    assert_non_null(message);
    return message;
}

void
serving_expect(const char *method, const char *member, bool value)
{
    cJSON *message = serving_heard();
    const cJSON *found = ukb_json_get(ukb_json_get(message, "params"), member);

    assert_non_null(message);
    assert_null(ukb_json_get(message, "id"));
    assert_string_equal(ukb_json_string(message, "method"), method);
    assert_true(cJSON_IsBool(found));
    assert_int_equal(cJSON_IsTrue(found), value);
    cJSON_Delete(message);
}

cJSON *
serving_call(enum ukb_method_id method, ukb_handler handler, const char *params_text, struct ukb_error *ret_error)
{
    cJSON *params = cJSON_Parse(params_text);
    cJSON *result = NULL;
    struct ukb_error err = { 0 };
    enum ukb_status st;

    assert_non_null(params);
    if (ukb_fields_check(ukb_contract[method].params, params, &err) != UKB_OK) { /* as the loop does before */
        fail_msg("%s", err.message);
    }
    memset(ret_error, 0, sizeof(*ret_error));
    st = handler(&serving.service, params, &result, ret_error);
    cJSON_Delete(params);
    if (st == UKB_OK) {
        ret_error->status = UKB_OK; /* what was overcome on the way may have left its words */
    }
    assert_int_equal(st, ret_error->status);
    assert_int_equal(st == UKB_OK, result != NULL);
    if (st == UKB_OK && ukb_fields_check(ukb_contract[method].result, result, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return result;
}
