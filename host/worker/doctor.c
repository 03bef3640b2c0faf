/* SPDX-License-Identifier: MIT */
/* doctor.run and doctor.repair, and the doctor's questions about what may hang, which a worker of its own answers. */
#include "doctor/doctor.h"

#include <string.h>

#include "dialog/words.h"
#include "platform/cards.h"
#include "platform/paths.h"
#include "worker/fleet.h"
#include "worker/service.h"

/* The setting's paths, in its order. */
enum { PROGRAM, WORKER, NET_WORKER, HOME, POLICY, CONFIG, STATE, LOCKS, PATH_COUNT };

struct places {
    struct ukb_buf paths[PATH_COUNT];
};

static enum ukb_status
find_places(struct places *ret_places, struct ukb_error *reterr)
{
    static const enum ukb_path which[PATH_COUNT] = {
        [PROGRAM] = UKB_PATH_BROKER,  [WORKER] = UKB_PATH_WORKER,  [NET_WORKER] = UKB_PATH_NET_WORKER,
        [HOME] = UKB_PATH_HOME,       [POLICY] = UKB_PATH_POLICY,  [CONFIG] = UKB_PATH_CONFIG,
        [STATE] = UKB_PATH_STATE_DIR, [LOCKS] = UKB_PATH_LOCK_DIR,
    };
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; i < PATH_COUNT; i++) {
        ret_places->paths[i] = (struct ukb_buf)UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    }
    for (i = 0; i < PATH_COUNT && st == UKB_OK; i++) {
        st = ukb_path_get(which[i], &ret_places->paths[i], reterr);
    }
    return st;
}

static void
places_done(struct places *places)
{
    size_t i;

    for (i = 0; i < PATH_COUNT; i++) {
        ukb_buf_done(&places->paths[i]);
    }
}

/* The language asked for, or the one that dialogs would use. */
static enum ukb_doctor_lang
language(const struct ukb_service *service, const cJSON *params)
{
    const char *asked = ukb_json_string(params, "language");

    return ukb_words_lang(asked == NULL ? service->context->lang : asked) == UKB_LANG_ZH ? UKB_DOCTOR_ZH
                                                                                         : UKB_DOCTOR_EN;
}

/* The system's log hears of what is not well, for those who look after many computers: the facts, no sentences. */
static void
tell_fleet(const struct ukb_policy *policy, const cJSON *checks)
{
    static const char *const members[] = { "id", "subject", "status", "evidence", "repair", "repaired" };
    const cJSON *check = NULL;
    size_t i;

    cJSON_ArrayForEach(check, checks)
    {
        const char *status = ukb_json_string(check, "status");
        const bool is_told =
            strcmp(status, "failed") == 0 || strcmp(status, "warning") == 0 || ukb_json_bool(check, "repaired", false);
        cJSON *facts = is_told ? cJSON_CreateObject() : NULL;

        for (i = 0; is_told && i < sizeof(members) / sizeof(members[0]); i++) {
            const cJSON *member = ukb_json_get(check, members[i]);

            if (member != NULL) {
                (void)cJSON_AddItemToObject(facts, members[i], cJSON_Duplicate(member, true));
            }
        }
        if (is_told) {
            ukb_fleet_tell(policy, "doctor", strcmp(status, "failed") == 0, facts);
        }
        cJSON_Delete(facts);
    }
}

/* Run the doctor on this computer as it is now: by the files of now, not by those that this worker started with. */
static enum ukb_status
consult(struct ukb_service *service, const cJSON *params, bool repair, cJSON **ret_result, struct ukb_error *reterr)
{
    struct places places;
    struct ukb_policy *policy = NULL;
    cJSON *checks = NULL;
    enum ukb_status st = find_places(&places, reterr);

    ukb_journal_close(service->journal); /* the doctor may set its file aside; whoever needs it opens it again */
    service->journal = NULL;
    if (st == UKB_OK) {
        st = ukb_policy_load(&policy, reterr);
    }
    if (st == UKB_OK) {
        const struct ukb_doctor_setting setting = {
            .policy = policy,
            .root = "",
            .home = ukb_buf_text(&places.paths[HOME]),
            .program = ukb_buf_text(&places.paths[PROGRAM]),
            .worker = ukb_buf_text(&places.paths[WORKER]),
            .net_worker = ukb_buf_text(&places.paths[NET_WORKER]),
            .policy_file = ukb_buf_text(&places.paths[POLICY]),
            .config_file = ukb_buf_text(&places.paths[CONFIG]),
            .state_dir = ukb_buf_text(&places.paths[STATE]),
            .lock_dir = ukb_buf_text(&places.paths[LOCKS]),
            .lang = language(service, params),
            .at_terminal = ukb_json_bool(params, "terminal", false),
            .now_s = ukb_service_now_s(),
        };

        st = repair ? ukb_doctor_repair(&setting, ukb_json_get(params, "checks"), &checks, reterr)
                    : ukb_doctor_run(&setting, &checks, reterr);
    }
    if (st == UKB_OK) {
        tell_fleet(policy, checks);
        *ret_result = cJSON_CreateObject();
        (void)cJSON_AddItemToObject(*ret_result, "checks", checks);
        if (!repair) {
            (void)cJSON_AddStringToObject(*ret_result, "home", ukb_buf_text(&places.paths[HOME]));
        }
    }
    ukb_policy_free(policy);
    places_done(&places);
    return st;
}

enum ukb_status
ukb_doctor_run_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    return consult(service, params, false, ret_result, reterr);
}

enum ukb_status
ukb_doctor_repair_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    return consult(service, params, true, ret_result, reterr);
}

static cJSON *
view_reader(const struct ukb_card_reader *reader)
{
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "name", reader->name);
    (void)cJSON_AddBoolToObject(json, "card", reader->has_card);
    (void)cJSON_AddBoolToObject(json, "taken", reader->is_taken);
    (void)cJSON_AddNumberToObject(json, "result", (double)reader->result);
    (void)cJSON_AddStringToObject(json, "atr", reader->atr);
    return json;
}

static cJSON *
probe_readers(void)
{
    static const char *const services[] = { [UKB_CARDS_NO_LIBRARY] = "no-library",
                                            [UKB_CARDS_NO_SERVICE] = "no-service",
                                            [UKB_CARDS_REFUSED] = "refused",
                                            [UKB_CARDS_ANSWERS] = "answers" };
    cJSON *json = cJSON_CreateObject();
    cJSON *readers = cJSON_AddArrayToObject(json, "readers");
    struct ukb_cards cards;
    size_t i;

    ukb_cards_look(&cards);
    (void)cJSON_AddStringToObject(json, "service", services[cards.service]);
    (void)cJSON_AddNumberToObject(json, "result", (double)cards.result);
    for (i = 0; i < cards.count; i++) {
        (void)cJSON_AddItemToArray(readers, view_reader(&cards.readers[i]));
    }
    return json;
}

/* Start the PIN dialog's program as a login would, and let it go before it shows anything. */
static enum ukb_status
probe_dialog(struct ukb_service *service, struct ukb_error *reterr)
{
    const struct ukb_dialog_config config = {
        .program = ukb_policy_pinentry(service->policy),
        .lang = service->context->lang,
        .lock_dir = ukb_buf_text(&service->lock_dir),
    };
    struct ukb_dialog *dialog = NULL;
    enum ukb_status st = ukb_dialog_new(&config, &dialog, reterr);

    if (st == UKB_OK) {
        st = ukb_dialog_started(dialog, reterr);
    }
    ukb_dialog_free(dialog);
    return st;
}

enum ukb_status
ukb_probe_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    if (strcmp(ukb_json_string(params, "of"), "dialog") == 0) {
        st = probe_dialog(service, reterr);
        *ret_result = st == UKB_OK ? cJSON_CreateObject() : NULL;
    } else {
        *ret_result = probe_readers();
    }
    return st;
}
