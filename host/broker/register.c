/* SPDX-License-Identifier: MIT */
/* `ukeybridge register`: one file for each browser says where this program is and which extension may start it. */
#include "broker/command.h"

#include <stdio.h>
#include <string.h>

#include "broker/say.h"
#include "core/limits.h"
#include "platform/browsers.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/manifest.h"
#include "platform/paths.h"

#define BROWSERS_MAX 8U
#define MADE_FOLDERS 2U /* that were made for a manifest and go with it: its own, and the browser's that never ran */

struct options {
    bool remove;
    bool all_users;
    const char *manifest_dir;
    const struct ukb_browser *browsers[BROWSERS_MAX];
    size_t browser_count;
    const char *ids[UKB_MANIFEST_IDS_MAX];
    size_t id_count;
};

static int
usage(const char *what, const char *value)
{
    fprintf(stderr,
            ukb_say("ukeybridge: %s%s%s; `ukeybridge register --help` says how\n",
                    "ukeybridge: %s%s%s；用法见 ukeybridge register --help\n"),
            what, value == NULL ? "" : ukb_say(" ", ""), value == NULL ? "" : value);
    return UKB_EXIT_USAGE;
}

static const struct ukb_browser *
find_browser(const char *name)
{
    size_t i;

    for (i = 0; i < ukb_browser_count; i++) {
        if (strcmp(ukb_browsers[i].name, name) == 0) {
            return &ukb_browsers[i];
        }
    }
    return NULL;
}

/* One option that takes a value. */
static int
take_value(struct options *options, const char *option, const char *value)
{
    if (value == NULL) {
        return usage(ukb_say("a value is missing behind", "选项后面缺少值："), option);
    }
    if (strcmp(option, "--manifest-dir") == 0) {
        options->manifest_dir = value;
        return value[0] == '/' ? UKB_EXIT_OK
                               : usage(ukb_say("--manifest-dir must be an absolute path, not",
                                               "--manifest-dir 须为绝对路径，不能是 "),
                                       value);
    }
    if (strcmp(option, "--browser") == 0) {
        if (find_browser(value) == NULL || options->browser_count == BROWSERS_MAX) {
            return usage(ukb_say("no such browser:", "没有这个浏览器："), value);
        }
        options->browsers[options->browser_count++] = find_browser(value);
        return UKB_EXIT_OK;
    }
    if (!ukb_manifest_id_is_good(value) || options->id_count == UKB_MANIFEST_IDS_MAX) {
        return usage(ukb_say("an extension id is 32 letters from a to p, or name@domain for Firefox, not",
                             "扩展程序的标识为 32 个 a 至 p 的字母，Firefox 为“名称@域名”，不能是 "),
                     value);
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
            return usage(ukb_say("no such option:", "没有这个选项："), argv[i]);
        }
    }
    if (ret_options->manifest_dir != NULL && (ret_options->all_users || ret_options->browser_count > 1)) {
        return usage(ukb_say("--manifest-dir goes without --system and with one --browser at most",
                             "--manifest-dir 不能与 --system 同用，且至多用一个 --browser"),
                     NULL);
    }
    return UKB_EXIT_OK;
}

static enum ukb_status
make_manifest(const struct options *options, enum ukb_manifest_form form, struct ukb_buf *ret_text,
              struct ukb_error *reterr)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st = ukb_path_get(UKB_PATH_EXECUTABLE, &path, reterr);

    if (st == UKB_OK) {
        st = ukb_manifest_make(form, ukb_buf_text(&path), options->ids, options->id_count, ret_text, reterr);
    }
    ukb_buf_done(&path);
    return st;
}

/* Write or remove the manifest in one folder and say so. */
static enum ukb_status
apply_in(const struct options *options, const char *dir, enum ukb_manifest_form form, struct ukb_error *reterr)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_buf manifest = UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);
    enum ukb_status st;

    st = ukb_buf_printf(&path, reterr, "%s/" UKB_MANIFEST_FILE, dir);
    if (st == UKB_OK && options->remove) {
        st = ukb_file_remove(ukb_buf_text(&path), reterr);
        if (st == UKB_OK && options->manifest_dir == NULL) {
            ukb_folder_prune(dir, MADE_FOLDERS);
        }
    } else if (st == UKB_OK) {
        st = make_manifest(options, form, &manifest, reterr);
        if (st == UKB_OK) {
            st = ukb_file_write(ukb_buf_text(&path), manifest.data, manifest.len, false, reterr);
        }
    }
    if (st == UKB_OK) {
        printf("%s %s\n", options->remove ? ukb_say("removed", "已删除") : ukb_say("wrote", "已写入"),
               ukb_buf_text(&path));
    }
    ukb_buf_done(&path);
    ukb_buf_done(&manifest);
    return st == UKB_END ? UKB_OK : st;
}

static bool
is_wanted(const struct options *options, const struct ukb_browser *browser, const char *home)
{
    bool wanted = false;
    size_t i;

    for (i = 0; i < options->browser_count; i++) {
        wanted = wanted || options->browsers[i] == browser;
    }
    if (options->browser_count == 0) {
        wanted = options->all_users || options->remove || ukb_browser_is_used(browser, home);
    }
    return wanted;
}

static enum ukb_status
apply_to_browsers(const struct options *options, unsigned int *ret_count, struct ukb_error *reterr)
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
            st = apply_in(options, ukb_buf_text(&dir), ukb_browsers[i].form, reterr);
        }
        count++;
    }
    ukb_buf_done(&home);
    ukb_buf_done(&dir);
    *ret_count = count;
    return st;
}

/* The form of a manifest in a folder that was named: that of the browser that was. */
static enum ukb_manifest_form
named_form(const struct options *options)
{
    return options->browser_count == 0 ? UKB_MANIFEST_CHROMIUM : options->browsers[0]->form;
}

/* Every user's browser starts what is registered for all: nobody but root may be able to change it. */
static enum ukb_status
check_program(const struct options *options, struct ukb_error *reterr)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st = UKB_OK;

    if (options->all_users && !options->remove) {
        st = ukb_path_get(UKB_PATH_EXECUTABLE, &path, reterr);
        if (st == UKB_OK && !ukb_folder_keeps_roots(ukb_buf_text(&path))) {
            st = ukb_raise(
                reterr, UKB_E_POLICY_INVALID, 0,
                ukb_say("--system is for a program that only root can change, and so are the folders above it: not for "
                        "%s; install the package, or below /usr/local",
                        "--system 只用于程序本身及其上各级目录都只有 root 能改动的情形，而 %s "
                        "不是；请安装软件包，或安装到 /usr/local 下"),
                ukb_buf_text(&path));
        }
    }
    ukb_buf_done(&path);
    return st;
}

int
ukb_command_register(int argc, char **argv)
{
    struct ukb_error error = { 0 };
    struct options options;
    unsigned int count = 1;
    enum ukb_status st;
    int code = parse(argc, argv, &options);

    if (code != UKB_EXIT_OK) {
        return code;
    }
    st = check_program(&options, &error);
    if (st == UKB_OK) {
        st = options.manifest_dir != NULL ? apply_in(&options, options.manifest_dir, named_form(&options), &error)
                                          : apply_to_browsers(&options, &count, &error);
    }
    if (st != UKB_OK) {
        fprintf(stderr, "ukeybridge: %s\n", error.message);
        return UKB_EXIT_FAILED;
    }
    if (count == 0) {
        fputs(ukb_say("ukeybridge: no browser of yours was found; name one with --browser, or use --system\n",
                      "ukeybridge: 没有找到您用过的浏览器；请用 --browser 指定，或使用 --system\n"),
              stderr);
        return UKB_EXIT_FAILED;
    }
    return UKB_EXIT_OK;
}
