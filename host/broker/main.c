/* SPDX-License-Identifier: MIT */
/* ukeybridge: a browser starts it to serve the extension; a person types commands. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "broker/broker.h"
#include "broker/command.h"
#include "platform/stdio.h"

static bool
ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);

    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* Chromium gives the extension's origin; Firefox the manifest's path and the add-on's id. */
static bool
is_started_by_browser(int argc, char **argv)
{
    if (argc >= 2 && strncmp(argv[1], "chrome-extension://", strlen("chrome-extension://")) == 0) {
        return true;
    }
    return argc >= 3 && ends_with(argv[1], ".json") && strpbrk(argv[2], "@{") != NULL;
}

int
main(int argc, char **argv)
{
    static struct ukb_broker broker;
    int out = -1;
    struct ukb_error error = { 0 };
    enum ukb_status st;

    if (!is_started_by_browser(argc, argv)) {
        return ukb_command_run(argc, argv);
    }
    st = ukb_platform_take_stdout(&out, &error);
    if (st == UKB_OK) {
        st = ukb_broker_start(&broker, 0, out, &error);
    }
    if (st != UKB_OK) {
        fprintf(stderr, "ukeybridge: %s\n", error.message);
        return UKB_EXIT_FAILED;
    }
    if (ukb_policy_fault(broker.policy) != NULL) { /* for whoever started the browser at a terminal */
        fprintf(stderr, "ukeybridge: POLICY_INVALID: %s\n", ukb_policy_fault(broker.policy));
    }
    ukb_broker_run(&broker);
    return UKB_EXIT_OK;
}
