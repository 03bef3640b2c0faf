/* SPDX-License-Identifier: MIT */
/* Does a browser find this host, and may our extension start it there? */
#include <stdlib.h>
#include <string.h>

#include "doctor/looks.h"
#include "platform/browsers.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/manifest.h"

enum presence { ABSENT, UNREADABLE, PRESENT };

/* A manifest as it was found. */
struct found {
    struct ukb_buf path;
    struct ukb_buf text;
    enum presence presence;
    enum ukb_manifest_fault fault;
};

static const enum ukb_cause cause_of[] = {
    [UKB_MANIFEST_GOOD] = UKB_CAUSE_GOOD,
    [UKB_MANIFEST_NOT_JSON] = UKB_CAUSE_MANIFEST_SPOILT,
    [UKB_MANIFEST_OTHER_NAME] = UKB_CAUSE_MANIFEST_SPOILT,
    [UKB_MANIFEST_OTHER_PROGRAM] = UKB_CAUSE_MANIFEST_ELSEWHERE,
    [UKB_MANIFEST_OTHER_EXTENSION] = UKB_CAUSE_MANIFEST_STRANGER,
};

/* The browser of the check. */
static const struct ukb_browser *
browser_of(const struct ukb_check *check)
{
    size_t i;

    for (i = 0; i < ukb_browser_count; i++) {
        if (strcmp(ukb_browsers[i].name, check->of) == 0) {
            return &ukb_browsers[i];
        }
    }
    return NULL;
}

/* The program that a manifest names, as it names it, when links lead from there to @p program; owned. Else NULL. */
static char *
alias_of(const char *text, size_t len, const char *program)
{
    struct ukb_error error = { 0 };
    cJSON *manifest = NULL;
    const char *path = NULL;
    char *alias = NULL;
    char *real = NULL;
    char *own = ukb_folder_real_path(program);

    path = ukb_json_parse(text, len, &manifest, &error) == UKB_OK ? ukb_json_string(manifest, "path") : NULL;
    real = path == NULL || path[0] != '/' ? NULL : ukb_folder_real_path(path);
    if (real != NULL && own != NULL && strcmp(real, own) == 0) {
        alias = strdup(path);
    }
    free(real);
    free(own);
    cJSON_Delete(manifest);
    return alias;
}

/* Does it let an extension in that the browser's rules name, so one that a company packed with a key of its own? */
static bool
lets_a_companys_in(const struct ukb_doctor *doctor, const struct ukb_browser *browser, const struct ukb_buf *text)
{
    char ids[UKB_MANIFEST_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];
    const size_t count = ukb_manifest_ids(browser->form, ukb_buf_text(text), text->len, ids);
    bool lets = false;
    size_t i;

    for (i = 0; i < count; i++) {
        lets = lets || ukb_managed_wants(doctor, browser, ids[i]);
    }
    return lets;
}

static void
judge(struct found *found, const struct ukb_doctor *doctor, const struct ukb_browser *browser)
{
    const char *text = ukb_buf_text(&found->text);
    const char *program = doctor->setting->program;
    char *alias = NULL;

    found->fault = ukb_manifest_judge(browser->form, text, found->text.len, program);
    if (found->fault == UKB_MANIFEST_OTHER_PROGRAM) {
        alias = alias_of(text, found->text.len, program);
        found->fault = alias == NULL ? found->fault : ukb_manifest_judge(browser->form, text, found->text.len, alias);
        free(alias);
    }
    if (found->fault == UKB_MANIFEST_OTHER_EXTENSION && lets_a_companys_in(doctor, browser, &found->text)) {
        found->fault = UKB_MANIFEST_GOOD;
    }
}

/* The manifest in @p folder below @p above. */
static void
read_manifest(const struct ukb_doctor *doctor, const struct ukb_browser *browser, const char *above, const char *folder,
              struct found *ret_found)
{
    struct ukb_error error = { 0 };
    enum ukb_status st;

    ret_found->path = (struct ukb_buf)UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    ret_found->text = (struct ukb_buf)UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);
    ret_found->presence = ABSENT;
    ret_found->fault = UKB_MANIFEST_GOOD;
    if (ukb_buf_printf(&ret_found->path, &error, "%s%s%s/" UKB_MANIFEST_FILE, above, folder[0] == '/' ? "" : "/",
                       folder) != UKB_OK) {
        return;
    }
    st = ukb_file_read(ukb_buf_text(&ret_found->path), UKB_FILE_OF_ANYONE, &ret_found->text, &error);
    if (st == UKB_E_TOO_LARGE) {
        ret_found->presence = PRESENT;
        ret_found->fault = UKB_MANIFEST_NOT_JSON;
    } else if (st == UKB_OK) {
        ret_found->presence = PRESENT;
        judge(ret_found, doctor, browser);
    } else if (st != UKB_END) {
        ret_found->presence = UNREADABLE;
    }
}

static void
found_done(struct found *found)
{
    ukb_buf_done(&found->path);
    ukb_buf_done(&found->text);
}

static bool
is_good(const struct found *found)
{
    return found->presence == PRESENT && found->fault == UKB_MANIFEST_GOOD;
}

/* The user's manifest and the one for all users; the user's counts where both are there. */
static void
read_both(const struct ukb_doctor *doctor, const struct ukb_browser *browser, struct found *ret_user,
          struct found *ret_all)
{
    read_manifest(doctor, browser, doctor->setting->home, browser->user_dir, ret_user);
    read_manifest(doctor, browser, doctor->setting->root, browser->system_dir, ret_all);
}

/* The path that a manifest names, for people. */
static void
tell_where(struct ukb_finding *row, const struct found *found)
{
    struct ukb_error error = { 0 };
    cJSON *manifest = NULL;
    const char *path = NULL;

    if (ukb_json_parse(ukb_buf_text(&found->text), found->text.len, &manifest, &error) == UKB_OK) {
        path = ukb_json_string(manifest, "path");
    }
    ukb_found_evidence(row, "%s%s%s", ukb_buf_text(&found->path), path == NULL ? "" : " -> ", path == NULL ? "" : path);
    cJSON_Delete(manifest);
}

static void
tell(struct ukb_doctor *doctor, const struct ukb_browser *browser, const struct found *user, const struct found *all)
{
    const struct found *counts = user->presence == ABSENT ? all : user;
    struct ukb_finding *row = NULL;

    if (counts->presence == ABSENT) {
        const bool is_used = ukb_browser_is_used(browser, doctor->setting->home);

        row = ukb_found(doctor, is_used ? UKB_CAUSE_MANIFEST_MISSING : UKB_CAUSE_BROWSER_UNUSED, browser->name);
        ukb_found_evidence(row, "no %s", ukb_buf_text(&user->path));
        return;
    }
    if (counts->presence == UNREADABLE) {
        row = ukb_found(doctor, UKB_CAUSE_MANIFEST_UNREADABLE, browser->name);
        ukb_found_command(row, "sudo rm -r {1}", ukb_buf_text(&counts->path), NULL);
    } else if (counts == user && !is_good(user) && is_good(all)) {
        row = ukb_found(doctor, UKB_CAUSE_MANIFEST_SHADOWS, browser->name);
    } else {
        row = ukb_found(doctor, cause_of[counts->fault], browser->name);
    }
    tell_where(row, counts);
}

void
ukb_look_manifest(struct ukb_doctor *doctor)
{
    const struct ukb_browser *browser = browser_of(doctor->check);
    struct found user;
    struct found all;

    if (browser == NULL) {
        return; /* the tables are held against each other by a test */
    }
    read_both(doctor, browser, &user, &all);
    tell(doctor, browser, &user, &all);
    found_done(&user);
    found_done(&all);
}

/* The ids in a manifest that already led to this program; who wrote one that leads elsewhere let in whom they liked. */
static size_t
ids_of_ours(const struct found *found, enum ukb_manifest_form form, char ret_ids[][UKB_MANIFEST_ID_MAX_LEN + 1U])
{
    const bool ours = found->presence == PRESENT &&
                      (found->fault == UKB_MANIFEST_GOOD || found->fault == UKB_MANIFEST_OTHER_EXTENSION);

    return ours ? ukb_manifest_ids(form, ukb_buf_text(&found->text), found->text.len, ret_ids) : 0;
}

size_t
ukb_doctor_extension_ids(const struct ukb_doctor *doctor, const struct ukb_browser *browser,
                         char ret_ids[][UKB_MANIFEST_ID_MAX_LEN + 1U])
{
    struct ukb_buf text = UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);
    struct ukb_error error = { 0 };
    struct found user;
    struct found all;
    size_t count;

    read_both(doctor, browser, &user, &all);
    count = ids_of_ours(&user, browser->form, ret_ids);
    count += ids_of_ours(&all, browser->form, ret_ids + count);
    if (count == 0 && ukb_manifest_make(browser->form, doctor->setting->program, NULL, 0, &text, &error) == UKB_OK) {
        count = ukb_manifest_ids(browser->form, ukb_buf_text(&text), text.len, ret_ids);
    }
    ukb_buf_done(&text);
    found_done(&user);
    found_done(&all);
    return count;
}

/* Write the user's manifest anew; other extensions that were let in stay, where it was this program's. Else those stay
 * that root let in for all users, whose manifest this one hides. */
bool
ukb_repair_manifest(struct ukb_doctor *doctor, const struct ukb_finding *finding)
{
    const struct ukb_browser *browser = browser_of(finding->check);
    char ids[UKB_MANIFEST_IDS_MAX][UKB_MANIFEST_ID_MAX_LEN + 1U];
    const char *kept[UKB_MANIFEST_IDS_MAX];
    struct ukb_buf text = UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);
    struct ukb_error error = { 0 };
    struct found user;
    struct found all;
    size_t count;
    size_t i;
    bool written;

    read_both(doctor, browser, &user, &all);
    count = ids_of_ours(&user, browser->form, ids);
    count = count > 0 ? count : ids_of_ours(&all, browser->form, ids);
    for (i = 0; i < count; i++) {
        kept[i] = ids[i];
    }
    written = ukb_manifest_make(browser->form, doctor->setting->program, kept, count, &text, &error) == UKB_OK &&
              ukb_file_write(ukb_buf_text(&user.path), text.data, text.len, false, &error) == UKB_OK;
    ukb_buf_done(&text);
    found_done(&user);
    found_done(&all);
    return written;
}
