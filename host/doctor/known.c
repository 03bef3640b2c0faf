/* SPDX-License-Identifier: MIT */
/* Data only: a new service, package or way to install is a new row, with where it is known from. */
#include "doctor/known.h"

#include "platform/file.h"

const struct ukb_known_service ukb_known_services[] = {
    /* Ports in the script that portals load to speak with a CA's certificate service, "fixed" it says: ws and http … */
    { 21051, { "a CA's certificate service (port 21051)", "CA 证书应用服务（端口 21051）" } },
    /* … and wss and https; a provincial platform's notes on signing in with a UKey name that one, too */
    { 21061, { "a CA's certificate service (port 21061)", "CA 证书应用服务（端口 21061）" } },
    /* Addresses in the script of an import and export platform, and in the manuals of programs that use it: wss … */
    { 61231,
      { "the UKey service of an import and export platform (port 61231)", "进出口平台的 UKey 服务（端口 61231）" } },
    /* … and ws */
    { 61232,
      { "the UKey service of an import and export platform (port 61232)", "进出口平台的 UKey 服务（端口 61232）" } },
    /* Address in the script of a maker of UKeys, for pages over https */
    { 51245, { "a UKey maker's service for web pages (port 51245)", "UKey 厂商的网页服务（端口 51245）" } },
};
const size_t ukb_known_service_count = sizeof(ukb_known_services) / sizeof(ukb_known_services[0]);

/* The packages' names as their distributions have them. */
static const struct {
    const char *tool;
    const char *command;
    const char *packages[UKB_PACKAGE_COUNT];
} installers[] = {
    { "/usr/bin/apt-get",
      "sudo apt-get install -y {1}",
      { [UKB_PACKAGE_PCSC] = "pcscd",
        [UKB_PACKAGE_OPENSC] = "opensc-pkcs11",
        [UKB_PACKAGE_PINENTRY] = "pinentry-gtk2" } },
    { "/usr/bin/dnf",
      "sudo dnf install -y {1}",
      { [UKB_PACKAGE_PCSC] = "pcsc-lite", [UKB_PACKAGE_OPENSC] = "opensc", [UKB_PACKAGE_PINENTRY] = "pinentry-gtk" } },
};

void
ukb_known_install(const struct ukb_doctor *doctor, struct ukb_finding *finding, enum ukb_known_package package)
{
    size_t i;

    for (i = 0; i < sizeof(installers) / sizeof(installers[0]); i++) {
        if (ukb_file_exists(ukb_doctor_path(doctor, installers[i].tool))) {
            ukb_found_command(finding, installers[i].command, installers[i].packages[package], NULL);
            return;
        }
    }
}
