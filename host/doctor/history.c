/* SPDX-License-Identifier: MIT */
/* Modules that crashed or hung in the last days, as the audit has it; a module that is well again can be pardoned. */
#include <stdio.h>
#include <string.h>

#include "doctor/looks.h"
#include "store/audit.h"

#define DAYS          7LL
#define SECONDS_A_DAY 86400LL
#define PAGES_MAX     32U
#define PARDON        "doctor.repair" /* the method of the entry from which failures are counted anew */

/* A module that failed. */
struct record {
    char module[UKB_MODULE_NAME_MAX_LEN + 1U];
    char last[UKB_AUDIT_OUTCOME_MAX_LEN + 1U];
    unsigned int count;
    bool pardoned; /* entries before this one count no more */
};

struct records {
    struct record items[UKB_MODULES_MAX];
    size_t count;
};

static struct record *
record_of(struct records *records, const char *module)
{
    size_t i;

    for (i = 0; i < records->count; i++) {
        if (strcmp(records->items[i].module, module) == 0) {
            return &records->items[i];
        }
    }
    if (records->count == UKB_MODULES_MAX) {
        return NULL;
    }
    (void)snprintf(records->items[records->count].module, sizeof(records->items[0].module), "%s", module);
    return &records->items[records->count++];
}

/* Take one entry; the newest come first. */
static void
take(struct records *records, const struct ukb_audit_entry *entry)
{
    struct record *record = entry->module[0] == '\0' ? NULL : record_of(records, entry->module);

    if (record == NULL || record->pardoned) {
        return;
    }
    if (strcmp(entry->method, PARDON) == 0) {
        record->pardoned = true;
        return;
    }
    if (record->count == 0) {
        (void)snprintf(record->last, sizeof(record->last), "%s", entry->outcome);
    }
    record->count++;
}

/* Read the entries of the last days. */
static enum ukb_status
read_records(const struct ukb_doctor *doctor, struct records *ret_records, struct ukb_error *reterr)
{
    const long long since_s = doctor->setting->now_s - DAYS * SECONDS_A_DAY;
    char cursor[UKB_CURSOR_MAX_LEN + 1U] = "";
    struct ukb_audit_list list = { .items = NULL };
    struct ukb_journal *journal = NULL;
    bool reached = false;
    enum ukb_status st = ukb_doctor_open_journal(doctor, &journal, &reached, reterr);
    bool more = true;
    size_t page;
    size_t i;

    for (page = 0; st == UKB_OK && more && page < PAGES_MAX; page++) {
        st = ukb_audit_list(journal, cursor, UKB_PAGE_MAX_ITEMS, &list, reterr);
        for (i = 0; st == UKB_OK && i < list.count; i++) {
            more = more && list.items[i].at_s >= since_s;
            if (more) {
                take(ret_records, &list.items[i]);
            }
        }
        more = more && list.next[0] != '\0';
        (void)snprintf(cursor, sizeof(cursor), "%s", list.next);
        ukb_audit_list_done(&list);
    }
    ukb_journal_close(journal);
    return st == UKB_END ? UKB_OK : st;
}

/* Does the module answer now? */
static bool
is_well(struct ukb_doctor *doctor, const char *name)
{
    const struct ukb_probes *probes = ukb_doctor_probes(doctor);
    size_t i;

    for (i = 0; i < probes->module_count; i++) {
        if (strcmp(probes->modules[i].module->name, name) == 0) {
            return probes->modules[i].probe.status == UKB_OK;
        }
    }
    return true; /* it is used no more */
}

void
ukb_look_history(struct ukb_doctor *doctor)
{
    struct records records = { .count = 0 };
    struct ukb_error error = { 0 };
    struct ukb_finding *row = NULL;
    char times[24];
    size_t i;

    if (read_records(doctor, &records, &error) != UKB_OK) {
        row = ukb_found(doctor, UKB_CAUSE_NOT_ASKED, NULL);
        ukb_found_evidence(row, "%s", error.message);
        return;
    }
    for (i = 0; i < records.count; i++) {
        const struct record *record = &records.items[i];

        if (record->count > 0) {
            row = ukb_found(
                doctor, is_well(doctor, record->module) ? UKB_CAUSE_MODULE_TROUBLED : UKB_CAUSE_MODULE_STILL_TROUBLED,
                record->module);
            (void)snprintf(times, sizeof(times), "%u", record->count);
            ukb_found_evidence(row, "%s: %u in %lld days", record->last, record->count, DAYS);
            ukb_found_values(row, record->module, times);
        }
    }
}

bool
ukb_repair_history(struct ukb_doctor *doctor, const struct ukb_finding *finding)
{
    struct ukb_audit_entry entry = { .method = PARDON, .outcome = "OK" };
    struct ukb_journal *journal = NULL;
    struct ukb_error error = { 0 };
    bool reached = false;
    bool written;

    (void)snprintf(entry.module, sizeof(entry.module), "%.*s", (int)UKB_MODULE_NAME_MAX_LEN, finding->subject);
    written = ukb_doctor_open_journal(doctor, &journal, &reached, &error) == UKB_OK &&
              ukb_audit_add(journal, &entry, &error) == UKB_OK;
    ukb_journal_close(journal);
    return written;
}
