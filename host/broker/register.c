/* SPDX-License-Identifier: MIT */
/* `ukeybridge register`: one file for each browser says where this program is and which extension may start it. */
#include "broker/command.h"

#include <stdio.h>
#include <string.h>

#include "broker/manifest_template.h"
#include "core/json.h"
#include "core/limits.h"
#include "platform/browsers.h"
#include "platform/file.h"
#include "platform/paths.h"

#define EXTENSION_ID_LEN 32U
#define IDS_MAX          8U
#define BROWSERS_MAX     8U
#define MANIFEST_MAX_LEN 16384U

struct options {
    bool remove;
    bool all_users;
    const char *manifest_dir;
    const char *browsers[BROWSERS_MAX];
    size_t browser_count;
    const char *ids[IDS_MAX];
    size_t id_count;
};

static int
usage(const char *what, const char *value)
{
    fprintf(stderr, "ukeybridge: %s%s%s; `ukeybridge register --help` says how\n", what, value == NULL ? "" : " ",
            value == NULL ? "" : value);
    return UKB_EXIT_USAGE;
}

static bool
browser_is_known(const char *name)
{
    size_t i;

    for (i = 0; i < ukb_browser_count; i++) {
        if (strcmp(ukb_browsers[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool
id_is_good(const char *id)
{
    return strlen(id) == EXTENSION_ID_LEN && strspn(id, "abcdefghijklmnop") == EXTENSION_ID_LEN;
}

/* One option that takes a value. */
static int
take_value(struct options *options, const char *option, const char *value)
{
    if (value == NULL) {
        return usage("a value is missing behind", option);
    }
    if (strcmp(option, "--manifest-dir") == 0) {
        options->manifest_dir = value;
        return value[0] == '/' ? UKB_EXIT_OK : usage("--manifest-dir must be an absolute path, not", value);
    }
    if (strcmp(option, "--browser") == 0) {
        if (!browser_is_known(value) || options->browser_count == BROWSERS_MAX) {
            return usage("no such browser:", value);
        }
        options->browsers[options->browser_count++] = value;
        return UKB_EXIT_OK;
    }
    if (!id_is_good(value) || options->id_count == IDS_MAX) {
        return usage("an extension id is 32 letters from a to p, not", value);
    }
    options->ids[options->id_count++] = value;
    return UKB_EXIT_OK;
}

static int
parse(int argc, char **argv, struct options *ret_options)
{
    int i;

    memset(ret_options, 0, sizeof(*ret_options));
    ret_options->remove = strcmp(argv[0], "unregister") == 0;
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--system") == 0) {
            ret_options->all_users = true;
        } else if (strcmp(argv[i], "--browser") == 0 || strcmp(argv[i], "--manifest-dir") == 0 ||
                   (strcmp(argv[i], "--extension-id") == 0 && !ret_options->remove)) {
            int code = take_value(ret_options, argv[i], argv[i + 1]);

            if (code != UKB_EXIT_OK) {
                return code;
            }
            i++;
        } else {
            return usage("no such option:", argv[i]);
        }
    }
    if (ret_options->manifest_dir != NULL && (ret_options->all_users || ret_options->browser_count > 0)) {
        return usage("--manifest-dir goes without --browser and --system", NULL);
    }
    return UKB_EXIT_OK;
}

/* The template with this program's path, and the ids given beside its own. */
static enum ukb_status
make_manifest(const struct options *options, struct ukb_buf *ret_text, struct ukb_error *reterr)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    char origin[sizeof("chrome-extension:///") + EXTENSION_ID_LEN];
    cJSON *manifest = NULL;
    char *text = NULL;
    enum ukb_status st;
    size_t i;

    st = ukb_json_parse(manifest_template, strlen(manifest_template), &manifest, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_path_get(UKB_PATH_EXECUTABLE, &path, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    (void)cJSON_ReplaceItemInObjectCaseSensitive(manifest, "path", cJSON_CreateString(ukb_buf_text(&path)));
    for (i = 0; i < options->id_count; i++) {
        (void)snprintf(origin, sizeof(origin), "chrome-extension://%s/", options->ids[i]);
        (void)cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(manifest, "allowed_origins"),
                                   cJSON_CreateString(origin));
    }
    text = cJSON_Print(manifest);
    if (text == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a manifest");
        goto out;
    }
    st = ukb_buf_printf(ret_text, reterr, "%s\n", text);
out:
    cJSON_free(text);
    cJSON_Delete(manifest);
    ukb_buf_done(&path);
    return st;
}

/* Write or remove the manifest in one folder and say so. */
static enum ukb_status
apply_in(const struct options *options, const char *dir, const struct ukb_buf *manifest, struct ukb_error *reterr)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st;

    st = ukb_buf_printf(&path, reterr, "%s/org.ukeybridge.host.json", dir);
    if (st == UKB_OK && options->remove) {
        st = ukb_file_remove(ukb_buf_text(&path), reterr);
    } else if (st == UKB_OK) {
        st = ukb_file_write(ukb_buf_text(&path), manifest->data, manifest->len, false, reterr);
    }
    if (st == UKB_OK) {
        printf("%s %s\n", options->remove ? "removed" : "wrote", ukb_buf_text(&path));
    }
    ukb_buf_done(&path);
    return st == UKB_END ? UKB_OK : st;
}

static bool
is_wanted(const struct options *options, const struct ukb_browser *browser, const char *home)
{
    struct ukb_buf profile = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error error = { 0 };
    bool wanted = false;
    size_t i;

    for (i = 0; i < options->browser_count; i++) {
        wanted = wanted || strcmp(options->browsers[i], browser->name) == 0;
    }
    if (options->browser_count == 0) {
        wanted = options->all_users || options->remove ||
                 (ukb_buf_printf(&profile, &error, "%s/%s", home, browser->profile) == UKB_OK &&
                  ukb_file_exists(ukb_buf_text(&profile)));
    }
    ukb_buf_done(&profile);
    return wanted;
}

static enum ukb_status
apply_to_browsers(const struct options *options, const struct ukb_buf *manifest, unsigned int *ret_count,
                  struct ukb_error *reterr)
{
    struct ukb_buf home = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_buf dir = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st = ukb_path_get(UKB_PATH_HOME, &home, reterr);
    unsigned int count = 0;
    size_t i;

    for (i = 0; i < ukb_browser_count && st == UKB_OK; i++) {
        if (!is_wanted(options, &ukb_browsers[i], ukb_buf_text(&home))) {
            continue;
        }
        ukb_buf_clear(&dir);
        st = options->all_users ? ukb_buf_append_text(&dir, ukb_browsers[i].system_dir, reterr)
                                : ukb_buf_printf(&dir, reterr, "%s/%s", ukb_buf_text(&home), ukb_browsers[i].user_dir);
        if (st == UKB_OK) {
            st = apply_in(options, ukb_buf_text(&dir), manifest, reterr);
        }
        count++;
    }
    ukb_buf_done(&home);
    ukb_buf_done(&dir);
    *ret_count = count;
    return st;
}

int
ukb_command_register(int argc, char **argv)
{
    struct ukb_buf manifest = UKB_BUF_INIT(MANIFEST_MAX_LEN);
    struct ukb_error error = { 0 };
    struct options options;
    unsigned int count = 1;
    enum ukb_status st;
    int code = parse(argc, argv, &options);

    if (code != UKB_EXIT_OK) {
        return code;
    }
    st = make_manifest(&options, &manifest, &error);
    if (st == UKB_OK && options.manifest_dir != NULL) {
        st = apply_in(&options, options.manifest_dir, &manifest, &error);
    } else if (st == UKB_OK) {
        st = apply_to_browsers(&options, &manifest, &count, &error);
    }
    ukb_buf_done(&manifest);
    if (st != UKB_OK) {
        fprintf(stderr, "ukeybridge: %s\n", error.message);
        return UKB_EXIT_FAILED;
    }
    if (count == 0) {
        fputs("ukeybridge: no browser of yours was found; name one with --browser, or use --system\n", stderr);
        return UKB_EXIT_FAILED;
    }
    return UKB_EXIT_OK;
}
