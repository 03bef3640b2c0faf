/* SPDX-License-Identifier: MIT */
/* Rules that an organisation set for a browser, as far as they bar this host or its extension. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/looks.h"
#include "doctor/relaxed.h"
#include "platform/browsers.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/manifest.h"

#define FILES_MAX    256U
#define FILE_MAX_LEN 262144U

/* Where browsers read rules from. Source: their documentation of policies on Linux, and what a Chromium does. */
static const struct place {
    const char *browser;
    const char *folder;
    const char *file;      /* the only one that is read; NULL: every file in the folder is, whatever its name */
    const char *within;    /* the member that holds the rules; NULL: the whole file does */
    const char *set_aside; /* a folder that no browser reads */
} places[] = {
    { "chrome", "/etc/opt/chrome/policies/managed", NULL, NULL, "/etc/opt/chrome/policies/set-aside" },
    { "chromium", "/etc/chromium/policies/managed", NULL, NULL, "/etc/chromium/policies/set-aside" },
    { "edge", "/etc/opt/edge/policies/managed", NULL, NULL, "/etc/opt/edge/policies/set-aside" },
    { "firefox", "/etc/firefox/policies", "policies.json", "policies", "/etc/firefox/set-aside" },
};

enum rule {
    BLOCKLIST,
    ALLOWLIST,
    USER_LEVEL,
    EXTENSION_BLOCKLIST,
    EXTENSION_ALLOWLIST,
    EXTENSION_FORCELIST,
    EXTENSION_SETTINGS,
    RULE_COUNT
};

static const char *const rule_names[RULE_COUNT] = {
    [BLOCKLIST] = "NativeMessagingBlocklist",
    [ALLOWLIST] = "NativeMessagingAllowlist",
    [USER_LEVEL] = "NativeMessagingUserLevelHosts",
    [EXTENSION_BLOCKLIST] = "ExtensionInstallBlocklist",
    [EXTENSION_ALLOWLIST] = "ExtensionInstallAllowlist",
    [EXTENSION_FORCELIST] = "ExtensionInstallForcelist",
    [EXTENSION_SETTINGS] = "ExtensionSettings",
};

/* Of each rule the value that is in force, and the file that sets it; owned. NULL: not set. */
struct rules {
    cJSON *values[RULE_COUNT];
    char *files[RULE_COUNT];
};

/* Take what one file says; a later file takes the place of an earlier one, and so does what stands later in a file. */
static void
take(struct rules *rules, cJSON *json, const char *path)
{
    size_t i;

    for (i = 0; i < RULE_COUNT; i++) {
        cJSON *value = cJSON_DetachItemFromObjectCaseSensitive(json, rule_names[i]);

        while (value != NULL) {
            cJSON_Delete(rules->values[i]);
            free(rules->files[i]);
            rules->values[i] = value;
            rules->files[i] = strdup(path);
            value = cJSON_DetachItemFromObjectCaseSensitive(json, rule_names[i]);
        }
    }
}

/* Read a file as its browser does: Firefox takes strict JSON only. */
static enum ukb_status
parse_file(const struct place *place, const char *path, cJSON **ret_json, struct ukb_error *reterr)
{
    struct ukb_buf text = UKB_BUF_INIT(FILE_MAX_LEN);
    struct ukb_buf strict = UKB_BUF_INIT(2U * FILE_MAX_LEN);
    const struct ukb_buf *read = place->file == NULL ? &strict : &text;
    enum ukb_status st = ukb_file_read(path, UKB_FILE_OF_ANYONE, &text, reterr);

    if (st == UKB_E_TOO_LARGE) {
        st = ukb_raise(reterr, st, 0, "larger than %u bytes", FILE_MAX_LEN);
    }
    if (st == UKB_OK && read == &strict) {
        st = ukb_relaxed_to_strict(ukb_buf_text(&text), text.len, &strict, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_json_parse_twins(ukb_buf_text(read), read->len, ret_json, reterr);
    }
    ukb_buf_done(&text);
    ukb_buf_done(&strict);
    return st;
}

/* What a file that could not be read tells. What is named like no file of rules and is none harms nobody. */
static enum ukb_cause
cause_of(enum ukb_status status, const char *path, const struct ukb_error *error)
{
    const char *end = strrchr(path, '.');

    switch (status) {
    case UKB_E_TOO_LARGE:
        return UKB_CAUSE_MANAGED_LARGE;
    case UKB_E_PARSE:
        return end != NULL && strcmp(end, ".json") == 0 ? UKB_CAUSE_MANAGED_SPOILT : UKB_CAUSE_GOOD;
    default:
        return error->native != 0 ? UKB_CAUSE_MANAGED_ACCESS : UKB_CAUSE_GOOD; /* a folder is no file of rules */
    }
}

static void
tell_unread(struct ukb_doctor *doctor, const struct place *place, const char *path, enum ukb_status status,
            const struct ukb_error *error)
{
    const enum ukb_cause cause = cause_of(status, path, error);
    struct ukb_finding *row = NULL;

    if (cause == UKB_CAUSE_GOOD) {
        return;
    }
    row = ukb_found(doctor, cause, doctor->check->of);
    ukb_found_evidence(row, "%s%s%s", cause == UKB_CAUSE_MANAGED_ACCESS ? "" : path,
                       cause == UKB_CAUSE_MANAGED_ACCESS ? "" : ": ", error->message);
    ukb_found_values(row, path, NULL);
    if (cause == UKB_CAUSE_MANAGED_ACCESS && error->native == EACCES) {
        ukb_found_command(row, "sudo chmod a+r {1}", path, NULL);
    } else if (cause != UKB_CAUSE_MANAGED_LARGE) {
        ukb_found_command(row, "sudo mkdir -p {2} && sudo mv --backup=numbered {1} {2}", path,
                          ukb_doctor_path(doctor, place->set_aside));
    }
}

/* @p teller has a row for each file that cannot be read; NULL: nobody is told. */
static void
read_file(struct ukb_doctor *teller, const struct place *place, const char *path, struct rules *rules)
{
    struct ukb_error error = { 0 };
    cJSON *json = NULL;
    enum ukb_status st = parse_file(place, path, &json, &error);

    if (st == UKB_OK) {
        take(rules, place->within == NULL ? json : cJSON_GetObjectItemCaseSensitive(json, place->within), path);
    } else if (st != UKB_END && teller != NULL) {
        tell_unread(teller, place, path, st, &error);
    }
    cJSON_Delete(json);
}

static void
read_all(struct ukb_doctor *teller, const struct place *place, const char *folder, struct rules *rules)
{
    struct ukb_folder files = { 0 };
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error error = { 0 };
    size_t i;

    ukb_folder_list_all(folder, FILES_MAX, &files);
    for (i = 0; i < files.count; i++) {
        ukb_buf_clear(&path);
        if ((place->file == NULL || strcmp(files.names[i], place->file) == 0) &&
            ukb_buf_printf(&path, &error, "%s/%s", folder, files.names[i]) == UKB_OK) {
            read_file(teller, place, ukb_buf_text(&path), rules);
        }
    }
    ukb_folder_done(&files);
    ukb_buf_done(&path);
}

/* Does a list name @p wanted, or where @p star all? A forced extension is followed by its address. */
static bool
names(const cJSON *list, const char *wanted, bool star)
{
    const size_t len = strlen(wanted);
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && ((star && strcmp(item->valuestring, "*") == 0) ||
                                     (strncmp(item->valuestring, wanted, len) == 0 &&
                                      (item->valuestring[len] == '\0' || item->valuestring[len] == ';')))) {
            return true;
        }
    }
    return false;
}

/* The command that names @p wanted in the list @p rule: in the file that sets it, or in one of its own. */
static void
command_to_allow(struct ukb_finding *row, const struct rules *rules, enum rule rule, const char *wanted,
                 const char *folder)
{
    static const char *const texts[RULE_COUNT][3] = {
        [ALLOWLIST] = { "sudo sed -i 's/\"NativeMessagingAllowlist\"[[:space:]]*:[[:space:]]*\\[/&\"{2}\"/' {1}",
                        "sudo sed -i 's/\"NativeMessagingAllowlist\"[[:space:]]*:[[:space:]]*\\[/&\"{2}\",/' {1}",
                        "echo '{\"NativeMessagingAllowlist\":[\"{2}\"]}' | sudo tee {1}/ukeybridge-host.json" },
        [EXTENSION_ALLOWLIST] = { "sudo sed -i 's/\"ExtensionInstallAllowlist\"[[:space:]]*:[[:space:]]*\\[/&\"{2}\"/' "
                                  "{1}",
                                  "sudo sed -i "
                                  "'s/\"ExtensionInstallAllowlist\"[[:space:]]*:[[:space:]]*\\[/&\"{2}\",/' {1}",
                                  "echo '{\"ExtensionInstallAllowlist\":[\"{2}\"]}' | sudo tee "
                                  "{1}/ukeybridge-extension.json" },
    };
    const bool is_set = rules->files[rule] != NULL;
    const size_t which = !is_set ? 2 : cJSON_GetArraySize(rules->values[rule]) == 0 ? 0 : 1;

    ukb_found_command(row, texts[rule][which], is_set ? rules->files[rule] : folder, wanted);
}

static const struct ukb_browser *
browser_of(const struct ukb_check *check)
{
    size_t i = 0;

    while (i < ukb_browser_count && strcmp(ukb_browsers[i].name, check->of) != 0) {
        i++;
    }
    return i < ukb_browser_count ? &ukb_browsers[i] : NULL;
}

static bool
is_for_all_users(const struct ukb_doctor *doctor, const struct ukb_browser *browser)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error error = { 0 };
    const bool is = ukb_buf_printf(&path, &error, "%s%s/" UKB_MANIFEST_FILE, doctor->setting->root,
                                   browser->system_dir) == UKB_OK &&
                    ukb_file_exists(ukb_buf_text(&path));

    ukb_buf_done(&path);
    return is;
}

/* How the rules of extensions would have that one installed; NULL: they do not say. */
static const char *
mode_of(const cJSON *settings, const char *id)
{
    return ukb_json_string(ukb_json_get(settings, id), "installation_mode");
}

static bool
bars(const cJSON *settings, const char *id)
{
    const char *mode = mode_of(settings, id);

    return mode != NULL && (strcmp(mode, "blocked") == 0 || strcmp(mode, "removed") == 0);
}

static bool
is_barred_by_list(const struct rules *rules, const char *id)
{
    return names(rules->values[EXTENSION_BLOCKLIST], id, true) &&
           !names(rules->values[EXTENSION_ALLOWLIST], id, false) &&
           !names(rules->values[EXTENSION_FORCELIST], id, false);
}

static bool
is_barred_by_settings(const struct rules *rules, const char *id)
{
    const cJSON *settings = rules->values[EXTENSION_SETTINGS];

    return bars(settings, ukb_json_get(settings, id) == NULL ? "*" : id);
}

/* What bars the host itself. */
static void
judge_host(struct ukb_doctor *doctor, const struct ukb_browser *browser, const char *folder, const struct rules *rules)
{
    const char *program = doctor->setting->program;
    struct ukb_finding *row = NULL;

    if (names(rules->values[BLOCKLIST], UKB_MANIFEST_NAME, true) &&
        !names(rules->values[ALLOWLIST], UKB_MANIFEST_NAME, false)) {
        row = ukb_found(doctor, UKB_CAUSE_NATIVE_BLOCKED, browser->name);
        ukb_found_evidence(row, "%s: %s", rules->files[BLOCKLIST], rule_names[BLOCKLIST]);
        command_to_allow(row, rules, ALLOWLIST, UKB_MANIFEST_NAME, folder);
    }
    if (cJSON_IsFalse(rules->values[USER_LEVEL]) && !is_for_all_users(doctor, browser)) {
        /* What others can change must neither be run by root nor be started by every user. */
        const bool kept = ukb_folder_keeps_roots(program);

        row = ukb_found(doctor, kept ? UKB_CAUSE_USER_LEVEL_OFF : UKB_CAUSE_USER_LEVEL_OWN, browser->name);
        ukb_found_evidence(row, "%s: %s false", rules->files[USER_LEVEL], rule_names[USER_LEVEL]);
        ukb_found_values(row, program, NULL);
        if (kept) {
            ukb_found_command(row, "sudo {1} register --browser {2} --system", program, browser->name);
        }
    }
}

/* What bars the extension: each that may start this program. The last of them is told of, see looks.h. */
static void
judge_extension(struct ukb_doctor *doctor, const struct ukb_browser *browser, const char *folder,
                const struct rules *rules)
{
    static const char setting[] = "sudo sed -i 's/\"ExtensionSettings\"[[:space:]]*:[[:space:]]*{/&\"{2}\":"
                                  "{\"installation_mode\":\"allowed\"},/' {1}";
    char ids[UKB_EXTENSION_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];
    const size_t count = ukb_doctor_extension_ids(doctor, browser, ids);
    const char *id = count == 0 ? "" : ids[count - 1U];
    struct ukb_finding *row = NULL;
    bool is_free = count == 0;
    size_t i;

    for (i = 0; i < count; i++) {
        is_free = is_free || (!is_barred_by_list(rules, ids[i]) && !is_barred_by_settings(rules, ids[i]));
    }
    if (!is_free && is_barred_by_list(rules, id)) {
        row = ukb_found(doctor, UKB_CAUSE_EXTENSION_BLOCKED, browser->name);
        ukb_found_evidence(row, "%s: %s", rules->files[EXTENSION_BLOCKLIST], rule_names[EXTENSION_BLOCKLIST]);
        ukb_found_values(row, rules->files[EXTENSION_BLOCKLIST], NULL);
        command_to_allow(row, rules, EXTENSION_ALLOWLIST, id, folder);
    }
    if (!is_free && is_barred_by_settings(rules, id)) {
        /* Who wrote a rule for this very extension meant it, and has to change it. */
        const bool is_meant = ukb_json_get(rules->values[EXTENSION_SETTINGS], id) != NULL;

        row = ukb_found(doctor, is_meant ? UKB_CAUSE_EXTENSION_MEANT : UKB_CAUSE_EXTENSION_BLOCKED, browser->name);
        ukb_found_evidence(row, "%s: %s", rules->files[EXTENSION_SETTINGS], rule_names[EXTENSION_SETTINGS]);
        ukb_found_values(row, rules->files[EXTENSION_SETTINGS], id);
        if (!is_meant) {
            ukb_found_command(row, setting, rules->files[EXTENSION_SETTINGS], id);
        }
    }
}

static void
rules_done(struct rules *rules)
{
    size_t i;

    for (i = 0; i < RULE_COUNT; i++) {
        cJSON_Delete(rules->values[i]);
        free(rules->files[i]);
    }
}

/* The rules of a browser, and the folder that they are in. False: none is known. */
static bool
read_rules(const struct ukb_doctor *doctor, struct ukb_doctor *teller, const struct ukb_browser *browser,
           struct ukb_buf *ret_folder, struct rules *ret_rules)
{
    struct ukb_error error = { 0 };
    size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (strcmp(places[i].browser, browser->name) == 0 &&
            ukb_buf_printf(ret_folder, &error, "%s%s", doctor->setting->root, places[i].folder) == UKB_OK) {
            read_all(teller, &places[i], ukb_buf_text(ret_folder), ret_rules);
            return true;
        }
    }
    return false;
}

bool
ukb_managed_wants(const struct ukb_doctor *doctor, const struct ukb_browser *browser, const char *id)
{
    static const char *const modes[] = { "allowed", "normal_installed", "force_installed" };
    struct rules rules = { .values = { NULL } };
    struct ukb_buf folder = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    const char *mode = NULL;
    bool wants = false;
    size_t i;

    if (read_rules(doctor, NULL, browser, &folder, &rules)) {
        mode = mode_of(rules.values[EXTENSION_SETTINGS], id);
        wants =
            names(rules.values[EXTENSION_FORCELIST], id, false) || names(rules.values[EXTENSION_ALLOWLIST], id, false);
    }
    for (i = 0; mode != NULL && i < sizeof(modes) / sizeof(modes[0]); i++) {
        wants = wants || strcmp(mode, modes[i]) == 0;
    }
    rules_done(&rules);
    ukb_buf_done(&folder);
    return wants;
}

void
ukb_look_managed(struct ukb_doctor *doctor)
{
    struct rules rules = { .values = { NULL } };
    struct ukb_buf folder = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    const struct ukb_browser *browser = browser_of(doctor->check);

    if (browser != NULL && read_rules(doctor, doctor, browser, &folder, &rules)) {
        judge_host(doctor, browser, ukb_buf_text(&folder), &rules);
        judge_extension(doctor, browser, ukb_buf_text(&folder), &rules);
    }
    rules_done(&rules);
    ukb_buf_done(&folder);
}
