/* SPDX-License-Identifier: MIT */
/* ukeybridge: a browser starts it to serve the extension; a person types commands. */
#include <stdio.h>

#include "broker/broker.h"
#include "broker/command.h"
#include "broker/started.h"
#include "platform/stdio.h"

int
main(int argc, char **argv)
{
    static struct ukb_broker broker;
    int out = -1;
    struct ukb_error error = { 0 };
    bool by_browser = false;
    enum ukb_status st = ukb_started_by_browser(argc, argv, &by_browser, &error);

    if (st == UKB_OK && !by_browser) {
        return ukb_command_run(argc, argv);
    }
    if (st == UKB_OK) {
        st = ukb_platform_take_stdout(&out, &error);
    }
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
