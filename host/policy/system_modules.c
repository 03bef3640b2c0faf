/* SPDX-License-Identifier: MIT */
#include "policy/system_modules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"

#define OWN_NAME   "ukeybridge" /* in enable-in and disable-in */
#define SUFFIX     ".module"
#define SPACE      " \t\r\n\f\v"
#define SEPARATORS SPACE ","

enum key { MODULE, TRUST_POLICY, ENABLE_IN, DISABLE_IN, REMOTE, PRIORITY, USER_CONFIG, KEY_COUNT };

static const char *const keys[KEY_COUNT] = {
    [MODULE] = "module", [TRUST_POLICY] = "trust-policy", [ENABLE_IN] = "enable-in",     [DISABLE_IN] = "disable-in",
    [REMOTE] = "remote", [PRIORITY] = "priority",         [USER_CONFIG] = "user-config",
};

/* What a file says, by key; owned. NULL: nothing. */
struct values {
    char *of[KEY_COUNT];
};

struct entry {
    char name[UKB_MODULE_NAME_MAX_LEN + 1U];
    struct values values;
};

struct entries {
    size_t count;
    struct entry items[UKB_MODULE_FILES_MAX];
};

enum user_config { USER_NONE, USER_MERGE, USER_ONLY };

static void
values_done(struct values *values)
{
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        free(values->of[i]);
        values->of[i] = NULL;
    }
}

/* Reading: "name: value", a line each; comments start with '#' */

/* @p text without the space around it, cut in place. */
static char *
trim(char *text)
{
    size_t len;

    text += strspn(text, SPACE);
    len = strlen(text);
    while (len > 0 && strchr(SPACE, text[len - 1U]) != NULL) {
        text[--len] = '\0';
    }
    return text;
}

/* Keep what a line says; false when it says nothing that such a file may. */
static bool
read_line(char *line, struct values *values)
{
    char *colon = NULL;
    size_t i;

    line = trim(line);
    if (line[0] == '\0' || line[0] == '#') {
        return true;
    }
    colon = strchr(line, ':');
    if (colon == NULL || colon == line) {
        return false;
    }
    *colon = '\0';
    line = trim(line);
    for (i = 0; i < KEY_COUNT; i++) {
        if (strcmp(line, keys[i]) == 0) {
            free(values->of[i]); /* the last one counts */
            values->of[i] = strdup(trim(colon + 1));
        }
    }
    return true;
}

/* What the file at @p path says; nothing when it is no such file, or others than @p owner may write it. */
static void
read_file(const char *path, enum ukb_file_owner owner, struct values *values)
{
    struct ukb_buf content = UKB_BUF_INIT(UKB_MODULE_FILE_MAX_LEN);
    struct ukb_error why = { 0 };
    char *line = NULL;
    bool good = ukb_file_read(path, owner, &content, &why) == UKB_OK && content.len > 0 &&
                memchr(content.data, '\0', content.len) == NULL;

    line = good ? (char *)content.data : NULL;
    while (line != NULL && good) {
        char *end = strchr(line, '\n');

        if (end != NULL) {
            *end++ = '\0';
        }
        good = read_line(line, values);
        line = end;
    }
    if (!good) {
        values_done(values);
    }
    ukb_buf_done(&content);
}

/* folder/name, owned; NULL when it is too long. */
static char *
join(const char *folder, const char *name)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error why = { 0 };
    char *text = NULL;

    if (ukb_buf_append_text(&path, folder, &why) == UKB_OK && ukb_buf_append_text(&path, "/", &why) == UKB_OK &&
        ukb_buf_append_text(&path, name, &why) == UKB_OK) {
        text = ukb_buf_take(&path);
    }
    ukb_buf_done(&path);
    return text;
}

static void
read_in(const char *folder, const char *name, enum ukb_file_owner owner, struct values *values)
{
    char *path = join(folder, name);

    if (path != NULL) {
        read_file(path, owner, values);
    }
    free(path);
}

static enum user_config
read_user_config(const char *folder, enum ukb_file_owner owner, enum user_config otherwise)
{
    struct values values = { { NULL } };
    enum user_config mode = otherwise;
    const char *said = NULL;

    read_in(folder, "pkcs11.conf", owner, &values);
    said = values.of[USER_CONFIG] == NULL ? "" : values.of[USER_CONFIG];
    mode = strcmp(said, "none") == 0 ? USER_NONE : mode;
    mode = strcmp(said, "merge") == 0 ? USER_MERGE : mode;
    mode = strcmp(said, "only") == 0 ? USER_ONLY : mode;
    values_done(&values);
    return mode;
}

/* The module's name, from its file's; false when it is none. */
static bool
name_of(const char *file, char ret_name[UKB_MODULE_NAME_MAX_LEN + 1U])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const size_t len = strlen(file) - strlen(SUFFIX);

    if (len > UKB_MODULE_NAME_MAX_LEN || (strchr(letters, file[0]) == NULL && file[0] != '_')) {
        return false;
    }
    memcpy(ret_name, file, len);
    ret_name[len] = '\0';
    return strspn(ret_name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

static struct entry *
entry_of(struct entries *entries, const char *name)
{
    size_t i;

    for (i = 0; i < entries->count; i++) {
        if (strcmp(entries->items[i].name, name) == 0) {
            return &entries->items[i];
        }
    }
    if (entries->count == UKB_MODULE_FILES_MAX) {
        return NULL;
    }
    memcpy(entries->items[entries->count].name, name, strlen(name) + 1U);
    return &entries->items[entries->count++];
}

/* Read a folder; what an earlier one said under the same name stays, key by key. */
static void
read_folder(const char *folder, enum ukb_file_owner owner, struct entries *entries)
{
    struct ukb_folder files = { 0 };
    size_t i;
    size_t key;

    ukb_folder_list(folder, SUFFIX, UKB_MODULE_FILES_MAX, &files);
    for (i = 0; i < files.count; i++) {
        char name[UKB_MODULE_NAME_MAX_LEN + 1U];
        struct entry *entry = name_of(files.names[i], name) ? entry_of(entries, name) : NULL;
        struct values values = { { NULL } };

        if (entry == NULL) {
            continue;
        }
        read_in(folder, files.names[i], owner, &values);
        for (key = 0; key < KEY_COUNT; key++) {
            if (entry->values.of[key] == NULL) {
                entry->values.of[key] = values.of[key];
                values.of[key] = NULL;
            }
        }
        values_done(&values);
    }
    ukb_folder_done(&files);
}

/* Judging */

static bool
is_in(const char *list, const char *word)
{
    const size_t len = strlen(word);

    while (*list != '\0') {
        size_t item = strcspn(list, SEPARATORS);

        if (item == len && strncmp(list, word, len) == 0) {
            return true;
        }
        list += item;
        list += strspn(list, SEPARATORS);
    }
    return false;
}

static bool
is_for_us(const struct values *values)
{
    const char *enable_in = values->of[ENABLE_IN];
    const char *disable_in = values->of[DISABLE_IN];
    const char *trust = values->of[TRUST_POLICY];
    const char *remote = values->of[REMOTE];

    if (values->of[MODULE] == NULL || values->of[MODULE][0] == '\0') {
        return false;
    }
    if ((trust != NULL && strcmp(trust, "yes") == 0) || (remote != NULL && remote[0] != '\0')) {
        return false;
    }
    if (enable_in != NULL) {
        return is_in(enable_in, OWN_NAME);
    }
    return disable_in == NULL || !is_in(disable_in, OWN_NAME);
}

/* The larger the sooner; 0 for what is no number. */
static long
priority_of(const struct entry *entry)
{
    const char *text = entry->values.of[PRIORITY];
    char *end = NULL;
    long priority;

    if (text == NULL) {
        return 0;
    }
    errno = 0;
    priority = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' ? priority : 0;
}

static int
compare(const void *a, const void *b)
{
    const struct entry *one = a;
    const struct entry *other = b;
    const long first = priority_of(one);
    const long second = priority_of(other);

    if (first != second) {
        return first > second ? -1 : 1;
    }
    return strcmp(one->name, other->name);
}

static void
take(const struct entry *entry, const char *library, struct ukb_found_modules *found)
{
    const char *module = entry->values.of[MODULE];
    struct ukb_found_module *item = &found->items[found->count];

    if (!is_for_us(&entry->values) || (module[0] != '/' && library == NULL)) {
        return;
    }
    item->path = module[0] == '/' ? strdup(module) : join(library, module);
    if (item->path != NULL && (strlen(item->path) > UKB_PATH_MAX_LEN || !ukb_file_exists(item->path))) {
        free(item->path); /* left behind by a package that is gone */
        item->path = NULL;
    }
    if (item->path != NULL) {
        memcpy(item->name, entry->name, sizeof(item->name));
        found->count++;
    }
}

static void
read_modules_of(const char *folder, enum ukb_file_owner owner, struct entries *entries)
{
    char *modules = join(folder, "modules");

    if (modules != NULL) {
        read_folder(modules, owner, entries);
    }
    free(modules);
}

void
ukb_system_modules_read(const struct ukb_module_places *places, struct ukb_found_modules *ret_found)
{
    struct entries *entries = calloc(1, sizeof(*entries));
    enum user_config mode = USER_MERGE;
    size_t i;

    ret_found->count = 0;
    if (entries == NULL) {
        return;
    }
    if (places->admin != NULL) {
        mode = read_user_config(places->admin, UKB_FILE_OF_ANYONE, mode);
    }
    if (places->user == NULL) {
        mode = USER_NONE;
    } else if (mode != USER_NONE) {
        mode = read_user_config(places->user, UKB_FILE_OF_USER, mode);
    }
    if (mode != USER_NONE) {
        read_modules_of(places->user, UKB_FILE_OF_USER, entries);
    }
    if (mode != USER_ONLY && places->admin != NULL) {
        read_modules_of(places->admin, UKB_FILE_OF_ANYONE, entries);
    }
    if (mode != USER_ONLY && places->packages != NULL) {
        read_folder(places->packages, UKB_FILE_OF_ANYONE, entries);
    }
    qsort(entries->items, entries->count, sizeof(entries->items[0]), compare);
    for (i = 0; i < entries->count; i++) {
        take(&entries->items[i], places->library, ret_found);
        values_done(&entries->items[i].values);
    }
    free(entries);
}
