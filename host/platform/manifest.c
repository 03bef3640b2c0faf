/* SPDX-License-Identifier: MIT */
#include "platform/manifest.h"

#include <stdio.h>
#include <string.h>

#include "platform/manifest_templates.h"

#define EXTENSION_ID_LEN 32U

static bool is_extension_id(const char *id);
static bool is_add_on_id(const char *id);

/* How a manifest names the extensions that may start the host. */
static const struct form {
    const char *manifest;
    const char *list;
    const char *before; /* each id in that list … */
    const char *after;
    bool (*is_id)(const char *id);
} forms[] = {
    [UKB_MANIFEST_CHROMIUM] = { chromium_manifest, "allowed_origins", "chrome-extension://", "/", is_extension_id },
    [UKB_MANIFEST_FIREFOX] = { firefox_manifest, "allowed_extensions", "", "", is_add_on_id },
};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

/* An entry of such a list. */
struct entry {
    char text[sizeof("chrome-extension:///") + UKB_MANIFEST_ID_MAX_LEN];
};

/* Chromium's: half of a key's hash, its digits written as letters. */
static bool
is_extension_id(const char *id)
{
    return strlen(id) == EXTENSION_ID_LEN && strspn(id, "abcdefghijklmnop") == EXTENSION_ID_LEN;
}

/* Firefox's: like a mail address, or a UUID in braces. */
static bool
is_add_on_id(const char *id)
{
    static const char word[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._";
    const size_t uuid_len = strlen("{01234567-0123-0123-0123-0123456789ab}");
    const size_t len = strlen(id);
    const char *at = id + strspn(id, word);

    if (id[0] == '{') {
        return len == uuid_len && strspn(id + 1, "0123456789abcdefABCDEF-") == uuid_len - 2U && id[len - 1U] == '}';
    }
    return len <= UKB_MANIFEST_ID_MAX_LEN && at[0] == '@' && at[1] != '\0' && at[1U + strspn(at + 1, word)] == '\0';
}

bool
ukb_manifest_id_is_good(const char *id)
{
    size_t i = 0;

    while (i < FORM_COUNT && !forms[i].is_id(id)) {
        i++;
    }
    return i < FORM_COUNT;
}

static struct entry
entry_of(const struct form *form, const char *id)
{
    struct entry entry;

    (void)snprintf(entry.text, sizeof(entry.text), "%s%.*s%s", form->before, (int)UKB_MANIFEST_ID_MAX_LEN, id,
                   form->after);
    return entry;
}

/* Does the list have that entry? */
static bool
lets_in(const cJSON *manifest, const struct form *form, const char *entry)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, ukb_json_get(manifest, form->list))
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, entry) == 0) {
            return true;
        }
    }
    return false;
}

static enum ukb_status
read_template(const struct form *form, cJSON **ret_manifest, struct ukb_error *reterr)
{
    return ukb_json_parse(form->manifest, strlen(form->manifest), ret_manifest, reterr);
}

enum ukb_status
ukb_manifest_make(enum ukb_manifest_form which, const char *program, const char *const *ids, size_t id_count,
                  struct ukb_buf *ret_text, struct ukb_error *reterr)
{
    const struct form *form = &forms[which];
    cJSON *manifest = NULL;
    char *text = NULL;
    enum ukb_status st = read_template(form, &manifest, reterr);
    size_t i;

    if (st != UKB_OK) {
        return st;
    }
    (void)cJSON_ReplaceItemInObjectCaseSensitive(manifest, "path", cJSON_CreateString(program));
    for (i = 0; i < id_count; i++) {
        const struct entry entry = entry_of(form, ids[i]);

        if (form->is_id(ids[i]) && !lets_in(manifest, form, entry.text)) {
            (void)cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(manifest, form->list),
                                       cJSON_CreateString(entry.text));
        }
    }
    text = cJSON_Print(manifest);
    st = text == NULL ? ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a manifest")
                      : ukb_buf_printf(ret_text, reterr, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(manifest);
    return st;
}

static bool
has_text(const cJSON *manifest, const char *member, const char *wanted)
{
    const char *text = ukb_json_string(manifest, member);

    return text != NULL && strcmp(text, wanted) == 0;
}

/* Does it let in every extension that ours lets in? */
static bool
lets_ours_in(const cJSON *manifest, const struct form *form)
{
    struct ukb_error error = { 0 };
    cJSON *ours = NULL;
    const cJSON *item = NULL;
    bool all = read_template(form, &ours, &error) == UKB_OK;

    cJSON_ArrayForEach(item, ukb_json_get(ours, form->list))
    {
        all = all && lets_in(manifest, form, item->valuestring);
    }
    cJSON_Delete(ours);
    return all;
}

enum ukb_manifest_fault
ukb_manifest_judge(enum ukb_manifest_form form, const char *text, size_t len, const char *program)
{
    enum ukb_manifest_fault fault = UKB_MANIFEST_GOOD;
    struct ukb_error error = { 0 };
    cJSON *manifest = NULL;

    if (ukb_json_parse(text, len, &manifest, &error) != UKB_OK || !cJSON_IsObject(manifest)) {
        fault = UKB_MANIFEST_NOT_JSON;
    } else if (!has_text(manifest, "name", UKB_MANIFEST_NAME) || !has_text(manifest, "type", "stdio") ||
               ukb_json_string(manifest, "description") == NULL || has_text(manifest, "description", "")) {
        fault = UKB_MANIFEST_OTHER_NAME;
    } else if (!has_text(manifest, "path", program)) {
        fault = UKB_MANIFEST_OTHER_PROGRAM;
    } else if (!lets_ours_in(manifest, &forms[form])) {
        fault = UKB_MANIFEST_OTHER_EXTENSION;
    }
    cJSON_Delete(manifest);
    return fault;
}

/* The id in an entry; false when it is none. */
static bool
read_entry(const struct form *form, const char *entry, char ret_id[UKB_MANIFEST_ID_MAX_LEN + 1U])
{
    const size_t before = strlen(form->before);
    const size_t around = before + strlen(form->after);
    const size_t len = strlen(entry);

    if (len <= around || len - around > UKB_MANIFEST_ID_MAX_LEN || strncmp(entry, form->before, before) != 0 ||
        strcmp(entry + len - strlen(form->after), form->after) != 0) {
        return false;
    }
    memcpy(ret_id, entry + before, len - around);
    ret_id[len - around] = '\0';
    return form->is_id(ret_id);
}

size_t
ukb_manifest_ids(enum ukb_manifest_form form, const char *text, size_t len,
                 char ret_ids[][UKB_MANIFEST_ID_MAX_LEN + 1U])
{
    struct ukb_error error = { 0 };
    cJSON *manifest = NULL;
    const cJSON *item = NULL;
    size_t count = 0;

    if (ukb_json_parse(text, len, &manifest, &error) != UKB_OK) {
        return 0;
    }
    cJSON_ArrayForEach(item, ukb_json_get(manifest, forms[form].list))
    {
        if (count < UKB_MANIFEST_IDS_MAX && cJSON_IsString(item) &&
            read_entry(&forms[form], item->valuestring, ret_ids[count])) {
            count++;
        }
    }
    cJSON_Delete(manifest);
    return count;
}
