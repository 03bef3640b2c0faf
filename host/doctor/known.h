/* SPDX-License-Identifier: MIT */
/*
 * known - data about what else is found on computers that UKeys are used on: packages, local services.
 *
 * Room: doctor, inside only.
 */
#ifndef UKB_DOCTOR_KNOWN_H
#define UKB_DOCTOR_KNOWN_H

#include "doctor/finding.h"

/** A local service of another portal or CA that takes the UKey for itself while it works. */
struct ukb_known_service {
    unsigned int port; /**< TCP, on this computer's own addresses */
    const char *name[UKB_DOCTOR_LANG_COUNT];
};

extern const struct ukb_known_service ukb_known_services[];
extern const size_t ukb_known_service_count;

enum ukb_known_package { UKB_PACKAGE_PCSC, UKB_PACKAGE_OPENSC, UKB_PACKAGE_PINENTRY, UKB_PACKAGE_COUNT };

/** Give @p finding the command that installs a package here; none where the way to install is not known. */
void ukb_known_install(const struct ukb_doctor *doctor, struct ukb_finding *finding, enum ukb_known_package package);

#endif /* UKB_DOCTOR_KNOWN_H */
