/* SPDX-License-Identifier: MIT */
/*
 * contract_objects - the objects that results, parameters and notifications are made of.
 *
 * Room: core, inside only: contract.c puts them into methods.
 */
#ifndef UKB_CORE_CONTRACT_OBJECTS_H
#define UKB_CORE_CONTRACT_OBJECTS_H

#include "core/contract.h"
#include "core/fields.h"
#include "core/limits.h"

#define UKB_FIELD_NAME_LEN 64U   /* a name of the contract's own */

/* Rows of a table of fields */

#define TEXT(field_name)                                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_STRING, UKB_OPTIONAL, UKB_TEXT_MAX_LEN, 0, NULL, NULL                                  \
    }
#define OBJECT(field_name, field_need, field_shape)                                                                    \
    {                                                                                                                  \
        field_name, UKB_FIELD_OBJECT, field_need, 0, 0, NULL, field_shape                                              \
    }
#define OBJECTS(field_name, field_shape)                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_OBJECTS, UKB_REQUIRED, 0, UKB_OBJECTS_MAX, NULL, field_shape                             \
    }
#define OF_VALUES(field_name, field_need, field_values)                                                                \
    {                                                                                                                  \
        field_name, UKB_FIELD_ENUM, field_need, 0, 0, field_values, NULL                                               \
    }
#define TIME(field_name)                                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_TIME, UKB_REQUIRED, 20, 0, NULL, NULL                                                    \
    }
#define BOOL(field_name, field_need)                                                                                   \
    {                                                                                                                  \
        field_name, UKB_FIELD_BOOL, field_need, 0, 0, NULL, NULL                                                       \
    }
#define INTEGER(field_name, field_need)                                                                                \
    {                                                                                                                  \
        field_name, UKB_FIELD_INTEGER, field_need, 0, 0, NULL, NULL                                                    \
    }
#define TOKEN_ID(field_name, field_need)                                                                               \
    {                                                                                                                  \
        field_name, UKB_FIELD_HEX, field_need, UKB_TOKEN_ID_LEN, 0, NULL, NULL                                         \
    }
#define CERTIFICATE_ID(field_name, field_need)                                                                         \
    {                                                                                                                  \
        field_name, UKB_FIELD_HEX, field_need, UKB_CERTIFICATE_ID_LEN, 0, NULL, NULL                                   \
    }
#define STRING(field_name, field_need, field_max_len)                                                                  \
    {                                                                                                                  \
        field_name, UKB_FIELD_STRING, field_need, field_max_len, 0, NULL, NULL                                         \
    }

/* Values */
extern const char *const ukb_values_algorithms[];
extern const char *const ukb_values_kinds[];
extern const char *const ukb_values_key_choices[];

/* Objects, and what notifications carry */
extern const struct ukb_shape ukb_object_client;
extern const struct ukb_shape ukb_object_host;
extern const struct ukb_shape ukb_object_limits;
extern const struct ukb_shape ukb_object_policy;
extern const struct ukb_shape ukb_object_pin;
extern const struct ukb_shape ukb_object_module;
extern const struct ukb_shape ukb_object_capabilities;
extern const struct ukb_shape ukb_object_token;
extern const struct ukb_shape ukb_object_problem;
extern const struct ukb_shape ukb_object_name;
extern const struct ukb_shape ukb_object_key;
extern const struct ukb_shape ukb_object_certificate;
extern const struct ukb_shape ukb_object_request;
extern const struct ukb_shape ukb_object_step;
extern const struct ukb_shape ukb_object_renewal_error;
extern const struct ukb_shape ukb_object_renewal;
extern const struct ukb_shape ukb_object_change;
extern const struct ukb_shape ukb_object_warning;
extern const struct ukb_shape ukb_object_portal;
extern const struct ukb_shape ukb_object_audit_entry;
extern const struct ukb_shape ukb_object_order;
extern const struct ukb_shape ukb_object_order_state;
extern const struct ukb_shape ukb_object_check;
extern const struct ukb_shape ukb_object_progress;
extern const struct ukb_shape ukb_object_tokens_changed;
extern const struct ukb_shape ukb_object_token_pending;

#endif /* UKB_CORE_CONTRACT_OBJECTS_H */
