/* SPDX-License-Identifier: MIT */
/* The administrator's policy and the user's configuration, as they are now: this process may have read older ones. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doctor/looks.h"
#include "platform/file.h"
#include "platform/private_file.h"
#include "policy/portals.h"

/* The two files' texts, each NULL where there is none or it cannot be read. */
struct texts {
    struct ukb_buf policy;
    struct ukb_buf config;
    enum ukb_status policy_status;
    enum ukb_status config_status;
    struct ukb_error policy_error;
    struct ukb_error config_error;
};

static void
read_texts(const struct ukb_doctor *doctor, struct texts *ret_texts)
{
    memset(ret_texts, 0, sizeof(*ret_texts));
    ret_texts->policy = (struct ukb_buf)UKB_BUF_INIT(UKB_POLICY_FILE_MAX_LEN);
    ret_texts->config = (struct ukb_buf)UKB_BUF_INIT(UKB_POLICY_FILE_MAX_LEN);
    ret_texts->policy_status = ukb_file_read(doctor->setting->policy_file, UKB_FILE_OF_ADMINISTRATOR,
                                             &ret_texts->policy, &ret_texts->policy_error);
    ret_texts->config_status =
        ukb_file_read(doctor->setting->config_file, UKB_FILE_OF_USER, &ret_texts->config, &ret_texts->config_error);
}

static void
texts_done(struct texts *texts)
{
    ukb_buf_done(&texts->policy);
    ukb_buf_done(&texts->config);
}

/* The policy that the two files make, broken or not; NULL without memory. */
static struct ukb_policy *
parse(const struct texts *texts, bool with_config)
{
    struct ukb_error error = { 0 };
    struct ukb_policy *policy = NULL;
    const char *policy_text = texts->policy_status == UKB_OK ? ukb_buf_text(&texts->policy) : NULL;
    const char *config_text = with_config && texts->config_status == UKB_OK ? ukb_buf_text(&texts->config) : NULL;

    return ukb_policy_parse(policy_text, config_text, &policy, &error) == UKB_OK ? policy : NULL;
}

/* "/home/user/x/config.json" → "/home/user/x" */
static void
folder_of(const char *path, char ret_folder[UKB_PATH_MAX_LEN + 1U])
{
    const char *name = strrchr(path, '/');

    (void)snprintf(ret_folder, UKB_PATH_MAX_LEN + 1U, "%.*s", name == NULL ? 0 : (int)(name - path), path);
}

/* A fault begins with its file's name: with the folder before it, that is the place. */
static void
tell_fault(struct ukb_finding *row, const char *path, const struct ukb_policy *policy)
{
    char folder[UKB_PATH_MAX_LEN + 1U];

    folder_of(path, folder);
    ukb_found_evidence(row, "%s/%s", folder, ukb_policy_fault(policy));
    ukb_found_values(row, row->evidence, NULL);
}

static void
tell_too_large(struct ukb_finding *row, const char *path)
{
    ukb_found_evidence(row, "%s: larger than %u bytes", path, UKB_POLICY_FILE_MAX_LEN);
    ukb_found_values(row, row->evidence, NULL);
}

void
ukb_look_policy(struct ukb_doctor *doctor)
{
    const char *path = doctor->setting->policy_file;
    char folder[UKB_PATH_MAX_LEN + 1U];
    struct ukb_policy *policy = NULL;
    struct ukb_finding *row = NULL;
    struct texts texts;

    read_texts(doctor, &texts);
    policy = parse(&texts, false);
    if (texts.policy_status == UKB_END) {
        row = ukb_found(doctor, UKB_CAUSE_GOOD, NULL);
        ukb_found_evidence(row, "no %s", path);
    } else if (texts.policy_status == UKB_E_TOO_LARGE) {
        row = ukb_found(doctor, UKB_CAUSE_POLICY_CONTENT, NULL);
        tell_too_large(row, path);
    } else if (texts.policy_status != UKB_OK) {
        row = ukb_found(doctor, UKB_CAUSE_POLICY_ACCESS, NULL);
        ukb_found_evidence(row, "%s", texts.policy_error.message);
        ukb_found_values(row, path, NULL);
        folder_of(path, folder);
        ukb_found_command(row, "sudo chown root:root {1} {2} && sudo chmod 755 {1} && sudo chmod 644 {2}", folder,
                          path);
    } else if (policy != NULL && ukb_policy_fault(policy) != NULL) {
        row = ukb_found(doctor, UKB_CAUSE_POLICY_CONTENT, NULL);
        tell_fault(row, path, policy);
    } else {
        row = ukb_found(doctor, UKB_CAUSE_GOOD, NULL);
        ukb_found_evidence(row, "%s", path);
    }
    ukb_policy_free(policy);
    texts_done(&texts);
}

/* What is wrong with the configuration's rights, which its owner can mend. */
static bool
is_mendable(const struct ukb_error *error)
{
    return error->native == 0 && strstr(error->message, "chmod") != NULL;
}

/* Is the file itself at fault, and not its folder, or who knows which? */
static bool
is_about_file(const struct ukb_error *error, const char *path)
{
    return error->native == 0 && strncmp(error->message, path, strlen(path)) == 0;
}

static void
tell_config_access(struct ukb_doctor *doctor, const struct ukb_error *error)
{
    const char *path = doctor->setting->config_file;
    struct ukb_finding *row = NULL;
    char folder[UKB_PATH_MAX_LEN + 1U];

    row = ukb_found(doctor, is_mendable(error) ? UKB_CAUSE_CONFIG_ACCESS : UKB_CAUSE_CONFIG_FOREIGN, NULL);
    ukb_found_evidence(row, "%s", error->message);
    if (!is_mendable(error)) {
        folder_of(path, folder);
        ukb_found_command(row, "sudo mv {1} {1}.set-aside", is_about_file(error, path) ? path : folder, NULL);
    }
}

void
ukb_look_config(struct ukb_doctor *doctor)
{
    const char *path = doctor->setting->config_file;
    struct ukb_policy *alone = NULL;
    struct ukb_policy *both = NULL;
    struct ukb_finding *row = NULL;
    struct texts texts;

    read_texts(doctor, &texts);
    alone = parse(&texts, false);
    both = parse(&texts, true);
    if (texts.config_status == UKB_E_TOO_LARGE) {
        row = ukb_found(doctor, UKB_CAUSE_CONFIG_CONTENT, NULL);
        tell_too_large(row, path);
    } else if (texts.config_status != UKB_OK && texts.config_status != UKB_END) {
        tell_config_access(doctor, &texts.config_error);
    } else if (alone != NULL && ukb_policy_fault(alone) == NULL && both != NULL && ukb_policy_fault(both) != NULL) {
        row = ukb_found(doctor, UKB_CAUSE_CONFIG_CONTENT, NULL);
        tell_fault(row, path, both);
    } else {
        row = ukb_found(doctor, UKB_CAUSE_GOOD, NULL);
        ukb_found_evidence(row, "%s%s", texts.config_status == UKB_END ? "no " : "", path);
    }
    ukb_policy_free(alone);
    ukb_policy_free(both);
    texts_done(&texts);
}

bool
ukb_repair_config(struct ukb_doctor *doctor, const struct ukb_finding *finding)
{
    const char *path = doctor->setting->config_file;
    char folder[UKB_PATH_MAX_LEN + 1U];
    char other[UKB_PATH_MAX_LEN + 32U];

    /* The folder first: from then on nobody else can put another file in its place. What others could write may hold
     * their words, even their program for the PIN: it must not come into force by the repair. */
    folder_of(path, folder);
    if (finding->cause == UKB_CAUSE_CONFIG_ACCESS && !ukb_private_file_mend(folder)) {
        return false;
    }
    (void)snprintf(other, sizeof(other), "%s.%lld.set-aside", path, doctor->setting->now_s);
    return rename(path, other) == 0 || (finding->cause == UKB_CAUSE_CONFIG_ACCESS && errno == ENOENT);
}

static bool
count_portal(void *ctx, const char *portal, enum ukb_portal_from from)
{
    unsigned int *count = ctx;

    (void)portal;
    (void)from;
    *count += 1;
    return true;
}

void
ukb_look_portals(struct ukb_doctor *doctor)
{
    struct ukb_policy *policy = NULL;
    struct ukb_finding *row = NULL;
    unsigned int count = 0;
    struct texts texts;

    read_texts(doctor, &texts);
    policy = parse(&texts, true);
    if (policy == NULL || ukb_policy_fault(policy) != NULL ||
        (texts.policy_status != UKB_OK && texts.policy_status != UKB_END) ||
        (texts.config_status != UKB_OK && texts.config_status != UKB_END)) {
        row = ukb_found(doctor, UKB_CAUSE_NOT_ASKED, NULL);
        ukb_found_evidence(row, "the policy or the configuration is not in force");
    } else {
        ukb_policy_portals_each(policy, count_portal, &count);
        row = ukb_found(doctor, count > 0 ? UKB_CAUSE_GOOD : UKB_CAUSE_NO_PORTALS, NULL);
        ukb_found_evidence(row, "%u allowed", count);
        ukb_found_values(row, doctor->setting->policy_file, NULL);
    }
    ukb_policy_free(policy);
    texts_done(&texts);
}
