/* SPDX-License-Identifier: MIT */
#include "broker/started.h"

#include <string.h>

#include "core/json.h"
#include "platform/file.h"

#define MANIFEST_MAX_LEN 16384U

static bool
starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool
ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);

    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static bool
names(const cJSON *manifest, const char *add_on)
{
    const cJSON *id = NULL;

    cJSON_ArrayForEach(id, ukb_json_get(manifest, "allowed_extensions"))
    {
        if (cJSON_IsString(id) && strcmp(cJSON_GetStringValue(id), add_on) == 0) {
            return true;
        }
    }
    return false;
}

/* Does the manifest by which the host was found name this add-on? */
static enum ukb_status
check_add_on(const char *path, const char *add_on, struct ukb_error *reterr)
{
    struct ukb_buf text = UKB_BUF_INIT(MANIFEST_MAX_LEN);
    struct ukb_error cause = { 0 };
    cJSON *manifest = NULL;
    enum ukb_status st = ukb_file_read(path, UKB_FILE_OF_ANYONE, &text, &cause);

    if (st == UKB_OK) {
        st = ukb_json_parse(ukb_buf_text(&text), text.len, &manifest, &cause);
    }
    if (st != UKB_OK) {
        st = ukb_raise(reterr, UKB_E_ORIGIN_NOT_ALLOWED, cause.native, "no manifest can be read from %.200s", path);
    } else if (!names(manifest, add_on)) {
        st = ukb_raise(reterr, UKB_E_ORIGIN_NOT_ALLOWED, 0, "%.80s is no add-on that %.150s names", add_on, path);
    }
    cJSON_Delete(manifest);
    ukb_buf_done(&text);
    return st;
}

enum ukb_status
ukb_started_by_browser(int argc, char *const *argv, bool *ret_by_browser, struct ukb_error *reterr)
{
    const bool by_firefox = argc >= 3 && ends_with(argv[1], ".json") && strpbrk(argv[2], "@{") != NULL;
    const bool by_chromium = argc >= 2 && starts_with(argv[1], "chrome-extension://");
    enum ukb_status st = by_firefox && !by_chromium ? check_add_on(argv[1], argv[2], reterr) : UKB_OK;

    if (st == UKB_OK) {
        *ret_by_browser = by_chromium || by_firefox;
    }
    return st;
}
