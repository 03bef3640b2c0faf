/* SPDX-License-Identifier: MIT */
/*
 * veil - what a page is told of a fault of this computer.
 *
 * Room: broker.  Messages about files name them: paths hold users' names, and lines of a policy other sites'. Those are
 * for the extension's own pages, the command line and stderr.
 */
#ifndef UKB_BROKER_VEIL_H
#define UKB_BROKER_VEIL_H

#include "broker/broker.h"

/**
 * The error of a reply to @p context: to a page a message of this kind is replaced, reason and attributes stay. What a
 * page is not told is said on stderr, each reason once in the life of @p broker.
 */
struct ukb_error ukb_veil(struct ukb_broker *broker, const struct ukb_context *context, const struct ukb_error *error);

#endif /* UKB_BROKER_VEIL_H */
