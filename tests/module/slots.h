/* SPDX-License-Identifier: MIT */
/*
 * slots - readers whose tokens come and go as a file says; a layer between the wrappers and the real module.
 *
 * Line n of the file is slot n (from 0): the label of the token in it, or nothing. See README.md.
 */
#ifndef UKB_TESTS_MODULE_SLOTS_H
#define UKB_TESTS_MODULE_SLOTS_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

/** Where the layer learns of tokens that were put in: at C_GetSlotList with NULL, or only when the module starts. */
enum ukb_fault_seen { UKB_FAULT_SEEN_AT_LIST, UKB_FAULT_SEEN_AT_INITIALIZE };

/**
 * Put the layer over @p real: the functions in @p list that know of slots are replaced. @p file and @p real are kept.
 */
void ukb_fault_slots_start(const char *file, enum ukb_fault_seen seen, const CK_FUNCTION_LIST *real,
                           CK_FUNCTION_LIST *list);

/** Is the token that @p session was opened on still where it was? If not, the session ends here. True without layer. */
bool ukb_fault_slots_holds(CK_SESSION_HANDLE session);

/** Take all tokens out, for every process: empties the file's lines. Nothing happens without layer. */
void ukb_fault_slots_pull(void);

#endif /* UKB_TESTS_MODULE_SLOTS_H */
