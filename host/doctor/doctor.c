/* SPDX-License-Identifier: MIT */
/* Go through the table, look, mend, and tell it as the contract's checks. */
#include "doctor/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "doctor/finding.h"

/* Look at one check: a look that finds nothing to say says that all is well. */
static void
look(struct ukb_doctor *doctor, const struct ukb_check *check)
{
    const size_t before = doctor->findings->count;

    doctor->check = check;
    check->look(doctor);
    if (doctor->findings->count == before) {
        (void)ukb_found(doctor, UKB_CAUSE_GOOD, NULL);
    }
}

/* Add a text of the table, with these values in it; NULL adds nothing. */
static void
add_text(cJSON *json, const char *member, const char *text, const struct ukb_cause_values *values)
{
    struct ukb_buf buf = UKB_BUF_INIT(UKB_TEXT_MAX_LEN);
    struct ukb_error error = { 0 };

    if (text == NULL) {
        return;
    }
    if (ukb_cause_fill(text, values, &buf, &error) == UKB_OK) {
        (void)cJSON_AddStringToObject(json, member, ukb_buf_text(&buf));
    } else {
        (void)cJSON_AddStringToObject(json, member, text); /* a value beyond all measure: the evidence has it */
    }
    ukb_buf_done(&buf);
}

static void
add_known(cJSON *json, const char *member, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        (void)cJSON_AddStringToObject(json, member, text);
    }
}

static cJSON *
view(const struct ukb_finding *finding, const struct ukb_doctor_setting *setting, bool with_repaired)
{
    static const char *const statuses[] = { [UKB_CHECK_OK] = "ok",
                                            [UKB_CHECK_WARNING] = "warning",
                                            [UKB_CHECK_FAILED] = "failed",
                                            [UKB_CHECK_SKIPPED] = "skipped" };
    static const char *const repairs[] = {
        [UKB_REPAIR_NONE] = "none", [UKB_REPAIR_AUTOMATIC] = "automatic", [UKB_REPAIR_MANUAL] = "manual"
    };
    const struct ukb_cause_row *cause = &ukb_causes[finding->cause];
    const enum ukb_doctor_lang lang = setting->lang;
    const struct ukb_cause_values values = { .first = finding->values[0],
                                             .second = finding->values[1],
                                             .repair = ukb_cause_repair(lang, setting->at_terminal) };
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "id", finding->check->id);
    add_known(json, "subject", finding->subject);
    (void)cJSON_AddStringToObject(json, "group", finding->check->group);
    (void)cJSON_AddStringToObject(json, "status", statuses[cause->status]);
    (void)cJSON_AddStringToObject(json, "title", finding->check->title[lang]);
    add_known(json, "evidence", finding->evidence);
    add_text(json, "meaning", cause->meaning[lang], &values);
    (void)cJSON_AddStringToObject(json, "repair", repairs[cause->repair]);
    add_text(json, "instruction", cause->instruction[lang], &values);
    if (cause->repair == UKB_REPAIR_MANUAL) {
        add_known(json, "command", finding->command);
    }
    if (with_repaired) {
        (void)cJSON_AddBoolToObject(json, "repaired", finding->repaired);
    }
    return json;
}

static cJSON *
view_all(const struct ukb_doctor *doctor, bool with_repaired)
{
    cJSON *checks = cJSON_CreateArray();
    size_t i;

    for (i = 0; i < doctor->findings->count; i++) {
        (void)cJSON_AddItemToArray(checks, view(&doctor->findings->items[i], doctor->setting, with_repaired));
    }
    return checks;
}

/* A doctor with room for findings; two sets of them are needed for a repair. */
static enum ukb_status
begin(const struct ukb_doctor_setting *setting, struct ukb_doctor *ret_doctor, struct ukb_error *reterr)
{
    *ret_doctor = (struct ukb_doctor){ .setting = setting, .findings = calloc(1, sizeof(struct ukb_findings)) };
    if (ret_doctor->findings == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for the doctor's findings");
    }
    return UKB_OK;
}

static void
end(struct ukb_doctor *doctor)
{
    ukb_findings_done(doctor->findings);
    free(doctor->findings);
    ukb_probes_free(doctor->probes);
}

enum ukb_status
ukb_doctor_run(const struct ukb_doctor_setting *setting, cJSON **ret_checks, struct ukb_error *reterr)
{
    struct ukb_doctor doctor;
    enum ukb_status st = begin(setting, &doctor, reterr);
    size_t i;

    if (st != UKB_OK) {
        return st;
    }
    for (i = 0; i < ukb_check_count; i++) {
        look(&doctor, &ukb_checks[i]);
    }
    *ret_checks = view_all(&doctor, false);
    end(&doctor);
    return UKB_OK;
}

static const struct ukb_check *
find(const char *id)
{
    size_t i;

    for (i = 0; i < ukb_check_count; i++) {
        if (strcmp(ukb_checks[i].id, id) == 0) {
            return &ukb_checks[i];
        }
    }
    return NULL;
}

/* Mend what the findings from @p from on can have mended; true when something was. */
static bool
mend(struct ukb_doctor *doctor, size_t from)
{
    bool mended = false;
    size_t i;

    for (i = from; i < doctor->findings->count; i++) {
        const struct ukb_finding *finding = &doctor->findings->items[i];

        if (ukb_causes[finding->cause].repair == UKB_REPAIR_AUTOMATIC && finding->check->repair != NULL) {
            mended = finding->check->repair(doctor, finding) || mended;
        }
    }
    return mended;
}

/* Look, mend and look anew; only the second look's rows stay. */
static void
treat(struct ukb_doctor *doctor, const struct ukb_check *check)
{
    const size_t from = doctor->findings->count;
    bool mended;
    size_t i;

    look(doctor, check);
    mended = mend(doctor, from);
    while (doctor->findings->count > from) {
        free(doctor->findings->items[--doctor->findings->count].command);
        doctor->findings->items[doctor->findings->count].command = NULL;
    }
    look(doctor, check);
    for (i = from; i < doctor->findings->count; i++) {
        struct ukb_finding *finding = &doctor->findings->items[i];

        finding->repaired = mended && ukb_causes[finding->cause].status == UKB_CHECK_OK;
    }
}

enum ukb_status
ukb_doctor_repair(const struct ukb_doctor_setting *setting, const cJSON *ids, cJSON **ret_checks,
                  struct ukb_error *reterr)
{
    struct ukb_doctor doctor;
    const cJSON *id = NULL;
    enum ukb_status st;

    cJSON_ArrayForEach(id, ids)
    {
        if (find(id->valuestring) == NULL) {
            st = ukb_raise(reterr, UKB_E_PARAMS, 0, "no check \"%.64s\"", id->valuestring);
            ukb_error_add_string(reterr, "field", "checks");
            return st;
        }
    }
    st = begin(setting, &doctor, reterr);
    if (st != UKB_OK) {
        return st;
    }
    cJSON_ArrayForEach(id, ids)
    {
        treat(&doctor, find(id->valuestring));
    }
    *ret_checks = view_all(&doctor, true);
    end(&doctor);
    return UKB_OK;
}
