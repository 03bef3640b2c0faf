/* SPDX-License-Identifier: MIT */
#include "broker/health.h"

#define PAUSE_FIRST_MS 250U
#define PAUSE_MAX_MS   30000U

static size_t
index_of(const struct ukb_broker *broker, const struct ukb_policy_module *module)
{
    size_t count = 0;

    return (size_t)(module - ukb_policy_modules(broker->policy, &count));
}

void
ukb_health_failed(struct ukb_broker *broker, const struct ukb_policy_module *module, enum ukb_status reason)
{
    struct ukb_module_health *health = NULL;
    uint64_t pause_ms = PAUSE_FIRST_MS;
    unsigned int i;

    if (module == NULL) {
        return;
    }
    health = &broker->health[index_of(broker, module)];
    for (i = 0; i < health->failures && pause_ms < PAUSE_MAX_MS; i++) {
        pause_ms *= 2U;
    }
    health->failures++;
    health->reason = reason;
    health->not_before_ms = uv_now(&broker->loop) + (pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS);
}

void
ukb_health_good(struct ukb_broker *broker, const struct ukb_policy_module *module)
{
    const struct ukb_module_health good = { 0 };

    if (module != NULL) {
        broker->health[index_of(broker, module)] = good;
    }
}

enum ukb_status
ukb_health_check(const struct ukb_broker *broker, const struct ukb_policy_module *module, struct ukb_error *reterr)
{
    const struct ukb_module_health *health = NULL;

    if (module == NULL) {
        return UKB_OK;
    }
    health = &broker->health[index_of(broker, module)];
    if (uv_now(&broker->loop) >= health->not_before_ms) {
        return UKB_OK;
    }
    ukb_health_raise(module, health->reason, reterr);
    return health->reason;
}

void
ukb_health_raise(const struct ukb_policy_module *module, enum ukb_status reason, struct ukb_error *reterr)
{
    bool hung = reason == UKB_E_MODULE_HUNG;

    if (module == NULL) {
        ukb_raise(reterr, hung ? UKB_E_TIMEOUT : UKB_E_INTERNAL, 0, "the worker of the host's own data %s",
                  hung ? "took too long" : "ended unexpectedly");
        return;
    }
    ukb_raise(reterr, reason, 0, "module \"%s\" %s", module->name,
              hung ? "did not answer in time" : "ended unexpectedly");
    ukb_error_add_string(reterr, "module", module->name);
}
