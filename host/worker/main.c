/* SPDX-License-Identifier: MIT */
/*
 * ukeybridge-worker KIND [MODULE]: started by the broker, never by a person. KIND is plain, listing or login; MODULE
 * the name of a module in policy or configuration, which this process reads for itself.
 *
 * ukeybridge-worker-net is the same program with the network (UKB_WORKER_HTTP, see CMakeLists.txt): KIND is net.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki/warm.h"
#include "platform/guard.h"
#include "platform/incident.h"
#include "platform/paths.h"
#include "platform/process.h"
#include "platform/stdio.h"
#include "secret/secret.h"
#include "worker/service.h"

static const char *const kinds[] = {
    [UKB_WORKER_PLAIN] = "plain",
    [UKB_WORKER_NET] = "net",
    [UKB_WORKER_LISTING] = "listing",
    [UKB_WORKER_LOGIN] = "login",
};

/* Read the arguments; false when they are not the broker's. */
static bool
read_arguments(int argc, char **argv, enum ukb_worker_kind *ret_kind, const char **ret_module)
{
    size_t i;

    for (i = 0; argc >= 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(argv[1], kinds[i]) == 0) {
            *ret_kind = (enum ukb_worker_kind)i;
            *ret_module = argv[2]; /* NULL behind the last one */
            return argc == (*ret_kind <= UKB_WORKER_NET ? 2 : 3);
        }
    }
    return false;
}

static enum ukb_status
find_module(struct ukb_service *service, const char *name, struct ukb_error *reterr)
{
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(service->policy, &count);
    enum ukb_status st;
    size_t i;

    if (service->kind <= UKB_WORKER_NET) { /* they have none */
        return UKB_OK;
    }
    for (i = 0; i < count; i++) {
        if (strcmp(modules[i].name, name) == 0) {
            service->configured = &modules[i];
            return UKB_OK;
        }
    }
    st = ukb_raise(reterr, UKB_E_MODULE_MISSING, 0, "no module \"%.64s\" is configured", name);
    ukb_error_add_string(reterr, "module", name);
    return st;
}

static enum ukb_status
start(struct ukb_service *service, const char *module, struct ukb_stdio *ret_stdio, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_platform_take_stdio(ret_stdio, reterr);

    if (st == UKB_OK) {
        st = ukb_guard_start(ret_stdio->in, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_secret_start(reterr);
    }
    if (st == UKB_OK) {
        st = ukb_policy_load(&service->policy, reterr);
    }
    if (st == UKB_OK) {
        st = find_module(service, module, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_path_get(UKB_PATH_LOCK_DIR, &service->lock_dir, reterr);
    }
    service->out = ret_stdio->out;
    return st;
}

int
main(int argc, char **argv)
{
    struct ukb_service service = { .lock_dir = UKB_BUF_INIT(UKB_PATH_MAX_LEN), .http = UKB_WORKER_HTTP };
    struct ukb_stdio stdio = { -1, -1 };
    struct ukb_error error = { 0 };
    const char *module = NULL;
    int code = EXIT_FAILURE;

    if (!read_arguments(argc, argv, &service.kind, &module)) {
        fputs("ukeybridge-worker is started by ukeybridge\n", stderr);
        return 2;
    }
    ukb_platform_protect_memory();
    if (start(&service, module, &stdio, &error) == UKB_OK) {
        if (service.kind == UKB_WORKER_LOGIN) {
            ukb_pki_warm(); /* it was started before its call came */
        }
        code = ukb_service_run(&service, stdio.in);
    } else {
        fprintf(stderr, "ukeybridge-worker: %s\n", error.message);
    }
    ukb_readers_free(service.readers);
    free(service.seen);
    ukb_listed_done(&service.listed);
    ukb_open_reset_free(service.reset);
    ukb_dialog_free(service.dialog);
    ukb_module_free(service.module);
    ukb_journal_close(service.journal);
    ukb_policy_free(service.policy);
    ukb_buf_done(&service.lock_dir);
    return code;
}
